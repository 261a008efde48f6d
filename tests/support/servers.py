"""Which golden cases `make test` takes, and which of them meets which PostgreSQL server.

With GEN_MIGRATION_ALL, as the workflows set it, each case meets each server. So does a case that
git does not have as it is: the text of a revision that nobody changes has been tried before.
"""

from __future__ import annotations

import os
import re
import subprocess
from collections import defaultdict
from functools import cache
from itertools import cycle
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from gen_migration.scratch.databases import VERSIONS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cases import Case

One = TypeVar("One")
Two = TypeVar("Two")
GOLDEN = Path(__file__).parents[1] / "golden"
NEWER = re.compile(r"^postgresql: *1[78]\b", re.MULTILINE)


def with_servers(cases: Sequence[Case]) -> list[tuple[int, Case]]:
    """Return cases with the version of a server: of a folder the first on the newest.

    One of a folder is on the others, one that is not on the newest if there is one. What no commit
    holds as it is now is on each server.
    """
    newest = max(VERSIONS)
    taken = {newest: one_of_each(cases)}
    older = [
        case for case in cases if not any(map(NEWER.search, case.sections.values()))
    ]
    rest = [case for case in older if case not in taken[newest]]
    for version in VERSIONS:
        others = taken.setdefault(version, one_of_each([*rest, *older]))
        if is_all():
            others[:] = cases
        others += [case for case in cases if is_new(case) and case not in others]
    return [(version, case) for version in VERSIONS for case in taken[version]]


def some_with_servers(cases: Sequence[Case], step: int = 1) -> list[tuple[int, Case]]:
    """Return cases with the version of a server: one of each nth folder on the newest."""
    if is_all():
        return with_servers(cases)
    return [(max(VERSIONS), case) for case in some(cases, step)]


def some(cases: Sequence[Case], step: int = 1) -> Sequence[Case]:
    """Return one case of each nth folder, and each that no commit holds as it is."""
    if is_all():
        return cases
    taken = one_of_each(cases)[::step]
    return [*taken, *(case for case in cases if is_new(case) and case not in taken)]


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


@cache
def uncommitted(golden: Path = GOLDEN) -> frozenset[Path]:
    """Return the golden cases that are new in this working tree, or about to be accepted."""
    command = ["git", "status", "--porcelain", "--no-renames", "-uall", "-z", "."]
    done = subprocess.run(
        command, cwd=golden, capture_output=True, text=True, check=False
    )
    top = golden.parents[1]
    return frozenset(top / entry[3:] for entry in done.stdout.split("\0") if entry)


def is_new(case: Case) -> bool:
    return case.path in uncommitted()


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
