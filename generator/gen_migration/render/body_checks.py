"""Bodies that PostgreSQL cannot check yet: they name what the same revision brings after them.

`pg_dump` switches the check off for all (manual, 19.11, `check_function_bodies`). Here it is off
from the first such body on, until the transaction ends. Pure.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gen_migration.kinds import BY_WORD
from gen_migration.operations import every as op

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from gen_migration.kinds.references import Reference

OFF = "SET LOCAL check_function_bodies = off"


def first_unchecked(operations: Sequence[op.Operation]) -> int | None:
    """Return the position of the first body that names what comes after it; None without one."""
    found = None
    later: set[str] = set()
    for position in reversed(range(len(operations))):
        operation = operations[position]
        wishes = wishes_of(operation)
        if wishes and not later.isdisjoint(words(wishes)):
            found = position
        later.update(brought(operation))
    return found


def wishes_of(operation: op.Operation) -> set[Reference]:
    """Return what the text of an operation names."""
    match operation:
        case op.CreateObject(kind=word, new=new) | op.AlterObject(kind=word, new=new):
            kind = BY_WORD.get(word)
            return set() if kind is None else kind.wishes(new)
    return set()


def words(wishes: set[Reference]) -> Iterator[str]:
    """Yield the names in references, without their schemas."""
    for _, name, *rest in wishes:
        if name is not None:
            yield name.name
        for one in rest:
            if isinstance(one, frozenset):
                yield from one


def brought(operation: Any) -> Iterator[str]:
    """Yield the names that are there only after an operation, without their schemas."""
    match operation:
        case op.RenameObject(new=new) | op.RenameColumn(new=new):
            yield new if isinstance(new, str) else new.name
        case op.CreateObject(name=name) | op.AddColumn(name=name):
            yield name if isinstance(name, str) else name.name
