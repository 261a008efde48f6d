"""The helpers of a revision whose statements run on tables in use: their texts, and calls.

A helper is recognised by its syntax tree: one that was changed is a hand edit, and what it does
is not known. Whoever changes the text of a helper keeps the old one in `former_helpers`.
"""

from __future__ import annotations

import ast
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Any

from gen_migration.alembic_ops.calls import Call, Lines
from gen_migration.base.own_files import own_text
from gen_migration.postgres.hidden import shown
from gen_migration.render.former_helpers import FORMER

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from collections.abc import Set as AbstractSet

    from gen_migration.postgres.settings import Safety
    from gen_migration.render.violations import Offending

# What is around statements: one transaction, or each commits.
AT_ONCE, ONE_BY_ONE = WAITS = ("at_once", "one_by_one")
# What both of them need: it says how far they are, and who holds a lock.
SHARED = ("watched", "progress", "holders")
# What runs a statement as `op.execute` does, and what runs those of a spec.
WITH_SECRETS, WITH_TABS = PLAIN = ("with_secrets", "with_tabs")
STATEMENTS = "statements"
RUNS = (*PLAIN, STATEMENTS)
# What is around the builds of indexes, and what looks whether one is there already.
KEPT_INDEXES, *_ = KEEPS = ("kept_indexes", "has_index", "is_as_copied")
NAMES = (*WAITS, *SHARED, *RUNS, *KEEPS)
NO_LIMIT = "0s"


@cache
def text(name: str) -> str:
    """Return a helper as it stands at the end of a revision, not formatted."""
    return own_text("templates", f"{name}.py.j2")


def call(safety: Safety, steps: Mapping[str, str]) -> Call:
    """Return the call of the helper for statements that are one transaction."""
    limits = {"lock_timeout": safety.lock_timeout, "lock_retries": safety.lock_retries}
    return Call(AT_ONCE, (), {**steps, **limits})


def call_in_autocommit(
    safety: Safety,
    offending_rows: Iterable[Offending],
    steps: Mapping[str, str],
    *,
    concurrent: bool,
) -> Call:
    """Return the call of the helper for statements that commit one by one.

    What is concurrent waits in nobody's way, and has no limit.
    """
    options: dict[str, Any] = {**steps, "lock_timeout": NO_LIMIT}
    if not concurrent:
        options["lock_timeout"] = safety.lock_timeout
        options["lock_retries"] = safety.lock_retries
    options["statement_timeout"] = safety.statement_timeout
    queries = [
        (one.table, one.name, Lines(shown(f"find the rows: {one.query}")))
        for one in offending_rows
    ]
    if queries:
        options["hints"] = queries
    return Call(ONE_BY_ONE, (), options)


def builds_beside_others(part: object) -> bool:
    """Tell whether a part of a revision builds an index while others write, in `KEPT_INDEXES`."""
    return (
        isinstance(part, Call)
        and part.name == "op.create_index"
        and "postgresql_concurrently" in part.keywords
    )


def needed(names: AbstractSet[str]) -> list[str]:
    """Return the helpers that a revision carries which calls these names."""
    found = {*names}
    if not names.isdisjoint(WAITS):
        found.update(SHARED)
    if KEPT_INDEXES in names:
        found.update(KEEPS)
    return [one for one in NAMES if one in found]


def texts() -> tuple[str, ...]:
    """Return all that gen-migration has written, those of today first."""
    return *map(text, NAMES), *FORMER


def is_known(node: ast.stmt) -> bool:
    """Tell whether a function or class of a revision is one that gen-migration has written."""
    return (
        isinstance(node, ast.FunctionDef | ast.ClassDef) and ast.dump(node) in trees()
    )


@lru_cache(maxsize=64)
def is_helper(text: str) -> bool:
    """Tell whether lines are those of one helper, in whatever layout."""
    try:
        return [is_known(one) for one in ast.parse(text).body] == [True]
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False


@cache
def trees() -> frozenset[str]:
    return frozenset(ast.dump(ast.parse(one).body[0]) for one in texts())
