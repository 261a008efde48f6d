"""Backfills of tables whose policies may hide rows from their owner, who would not fill those.

With `row_security` off, PostgreSQL refuses such a statement instead (manual, 19.11): who migrates
needs BYPASSRLS, or is told so. Pure.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from gen_migration.operations import every as op

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from gen_migration.model.schema import Schema

T = TypeVar("T")
OFF, BACK = "SET row_security = off", "RESET row_security"


FORCED = "forced"  # policies hold for the owner of the table, too


def refused(statements: Iterable[T]) -> Iterator[T | str]:
    """Yield statements that are refused where a policy would hide rows from them."""
    yield OFF
    yield from statements
    yield BACK


def over_hidden(operations: Sequence[op.Operation], start: Schema) -> set[int]:
    """Return the positions of what reads or fills rows that policies may hide."""
    if op.only_builds(operations):
        return set()
    states = {name: table.row_security for name, table in start.tables.items()}
    found = set()
    for position, one in enumerate(operations):
        match one:
            case op.SetTableRowSecurity(table=table, new=new):
                states[table] = new
            case op.RenameTable(old=old, new=new) | op.MoveTable(old=old, new=new):
                states[new] = states.pop(old, None)
            case (
                op.Backfill(table=table, new=str())
                | op.CheckRows(table=table, new=str())
            ) if states.get(table) == FORCED:
                found.add(position)
    return found
