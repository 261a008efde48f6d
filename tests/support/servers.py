"""Which golden cases `make test` takes, and which of them meets which PostgreSQL server.

With GEN_MIGRATION_ALL, as the workflows set it, each case meets each server.
"""

from __future__ import annotations

import os
import re
from collections import defaultdict
from itertools import cycle
from typing import TYPE_CHECKING, TypeVar

from gen_migration.scratch.databases import VERSIONS

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from cases import Case

One = TypeVar("One")
Two = TypeVar("Two")
NEWER = re.compile(r"^postgresql: *1[78]\b", re.MULTILINE)


def with_servers(cases: Sequence[Case]) -> list[tuple[int, Case]]:
    """Return cases with the version of a server: all on the newest, one of a folder on others."""
    newest = max(VERSIONS)
    older = [
        case for case in cases if not any(map(NEWER.search, case.sections.values()))
    ]
    others = cases if is_all() else one_of_each(older)
    return [
        (version, case)
        for version in VERSIONS
        for case in (cases if version == newest else others)
    ]


def half_with_servers(cases: Sequence[Case]) -> list[tuple[int, Case]]:
    """Return cases with the version of a server: every second of a folder on the newest.

    One of a folder is on the others, one that is not on the newest if there is one.
    """
    if is_all():
        return with_servers(cases)
    newest = max(VERSIONS)
    half = [case for found in folders(cases) for case in found[::2]]
    rest = [case for found in folders(cases) for case in found[1::2]]
    others = [
        (version, case)
        for version, case in with_servers([*rest, *half])
        if version != newest
    ]
    return [*others, *((newest, case) for case in half)]


def some_with_servers(cases: Sequence[Case]) -> list[tuple[int, Case]]:
    """Return cases with the version of a server: one of a folder on the newest."""
    if is_all():
        return with_servers(cases)
    return [(max(VERSIONS), case) for case in one_of_each(cases)]


def some(cases: Sequence[Case]) -> Sequence[Case]:
    """Return one case of a folder."""
    return cases if is_all() else one_of_each(cases)


def each_nth(step: int, cases: Sequence[One]) -> Sequence[One]:
    """Return the first case, and each nth after it."""
    return cases if is_all() else cases[::step]


def in_turn(cases: Sequence[One], others: Sequence[Two]) -> list[tuple[One, Two]]:
    """Return each case with one of the others, which take turns."""
    if is_all():
        return [(case, other) for case in cases for other in others]
    return list(zip(cases, cycle(others), strict=False))


def share(version: int, of: Sequence[One]) -> Sequence[One]:
    """Return what a server of a version is asked, where each is asked in turn."""
    return of if is_all() else of[VERSIONS.index(version) :: len(VERSIONS)]


def is_all() -> bool:
    """Tell whether all cases are asked for."""
    return "GEN_MIGRATION_ALL" in os.environ


def one_of_each(cases: Sequence[Case]) -> list[Case]:
    """Return the first case of each folder."""
    return [found[0] for found in folders(cases)]


def folders(cases: Sequence[Case]) -> list[list[Case]]:
    """Return the cases of each folder."""
    found: defaultdict[Path, list[Case]] = defaultdict(list)
    for case in cases:
        found[case.path.parent].append(case)
    return [*found.values()]
