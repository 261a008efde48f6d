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
    older = [
        case for case in cases if not any(map(NEWER.search, case.sections.values()))
    ]
    others = cases if "GEN_MIGRATION_ALL" in os.environ else one_of_each(older)
    return [
        (version, case)
        for version in VERSIONS
        for case in (cases if version == newest else others)
    ]


def some_with_servers(cases: Sequence[Case]) -> list[tuple[int, Case]]:
    """Return cases with the version of a server: one of a folder on the newest.

    With GEN_MIGRATION_ALL, each case meets each server.
    """
    if "GEN_MIGRATION_ALL" in os.environ:
        return with_servers(cases)
    return [(max(VERSIONS), case) for case in one_of_each(cases)]


def some(cases: Sequence[Case]) -> Sequence[Case]:
    """Return one case of a folder; with GEN_MIGRATION_ALL, each."""
    return cases if "GEN_MIGRATION_ALL" in os.environ else one_of_each(cases)


def one_of_each(cases: Sequence[Case]) -> list[Case]:
    """Return the first case of each folder."""
    return [*{case.path.parent: case for case in reversed(cases)}.values()]
