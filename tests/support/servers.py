"""Which golden case meets which PostgreSQL server."""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING

from gen_migration.scratch.databases import VERSIONS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cases import Case

NEWER = re.compile(r"^postgresql: *1[78]\b", re.MULTILINE)


def with_servers(cases: Sequence[Case]) -> list[tuple[int, Case]]:
    """Return cases with the version of a server: all on the newest, one of a folder on others.

    With GEN_MIGRATION_ALL, as the workflows set it, each case meets each server.
    """
    newest = max(VERSIONS)
    some = {
        case.path.parent: case
        for case in reversed(cases)
        if not any(map(NEWER.search, case.sections.values()))
    }
    others = cases if "GEN_MIGRATION_ALL" in os.environ else list(some.values())
    return [
        (version, case)
        for version in VERSIONS
        for case in (cases if version == newest else others)
    ]
