"""The helper of a revision whose statements run on tables in use: its text, and calls of it.

The text is one constant, so that replay recognises a helper that was changed by hand.
"""

from __future__ import annotations

from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, Any

from gen_migration import python_code
from gen_migration.hidden import shown
from gen_migration.python_code import Call, Lines

if TYPE_CHECKING:
    from collections.abc import Iterable

    from gen_migration.safety import Safety
    from gen_migration.violations import Offending

NAME = "tables_in_use"


@cache
def text() -> str:
    """Return the helper as it stands at the end of a revision, not formatted."""
    found = resources.files("gen_migration.templates") / f"{NAME}.py.j2"
    return found.read_text("utf-8")


def call(safety: Safety) -> Call:
    """Return the call of the helper for statements that are one transaction."""
    return python_code.call(
        NAME, lock_timeout=safety.lock_timeout, lock_retries=safety.lock_retries
    )


def call_in_autocommit(safety: Safety, offending_rows: Iterable[Offending]) -> Call:
    """Return the call of the helper for statements that commit one by one."""
    options: dict[str, Any] = {
        "autocommit": True,
        "lock_timeout": safety.lock_timeout,
        "lock_retries": safety.lock_retries,
        "statement_timeout": safety.statement_timeout,
    }
    queries = {(one.table, one.name): Lines(shown(one.query)) for one in offending_rows}
    if queries:
        options["find_rows"] = queries
    return Call(NAME, (), options)
