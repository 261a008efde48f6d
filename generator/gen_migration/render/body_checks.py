"""Bodies that PostgreSQL cannot check: they name what comes later, or is not known to be there.

`pg_dump` switches the check off for all (manual, 19.11, `check_function_bodies`). Here it is off
from the first such body on, until the transaction ends. Pure.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gen_migration.kinds import BY_WORD
from gen_migration.operations import every as op
from gen_migration.postgres.type_names import (
    ALIASES,
    BUILTIN,
    EXTENSION_TYPES,
    PSEUDO,
    SERIAL,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from gen_migration.kinds.references import Reference
    from gen_migration.model.schema import Schema

OFF = "SET LOCAL check_function_bodies = off"


def first_unchecked(operations: Sequence[op.Operation], start: Schema) -> int | None:
    """Return the position of the first body that may not be checked; None without one.

    That is one that names what comes after it, or a relation or a type that is not there at the
    start and does not come either: the body may make it itself, or others do.
    """
    bodies = {n: names for n, one in enumerate(operations) if (names := checked(one))}
    if not bodies:
        return None
    known = {name.name for name in start.names}
    known.update(word for one in operations for word in brought(one))
    found = None
    later: set[str] = set()
    for position in reversed(range(len(operations))):
        names = bodies.get(position, set())
        is_known = needed(operations[position], names) <= known
        if not (is_known and later.isdisjoint(words(names))):
            found = position
        later.update(brought(operations[position]))
    return found


# Types that are there without a spec, or are taken for it.
THERE = BUILTIN.keys() | ALIASES.keys() | SERIAL.keys() | PSEUDO | EXTENSION_TYPES


def needed(operation: Any, names: set[Reference]) -> set[str]:
    """Return the relations in references, and the types of SQL, that are not PostgreSQL's own.

    Of another language, what may be the name of a type may be any word.
    """
    is_sql = getattr(getattr(operation, "new", None), "language", "") == "sql"
    spaces = {"relations", "types"} if is_sql else {"relations"}
    return {
        name.name
        for space, name, *_ in names
        if space in spaces
        and name is not None
        and name.schema not in {"pg_catalog", "information_schema"}
        and not (name.schema is None and name.name.startswith("pg_"))
        and not (space == "types" and name.name in THERE)
    }


def checked(operation: op.Operation) -> set[Reference]:
    """Return what PostgreSQL looks for in the text of an operation."""
    match operation:
        case op.CreateObject(kind=word, new=new) | op.AlterObject(kind=word, new=new):
            kind = BY_WORD.get(word)
            return set() if kind is None else kind.checked(new)
    return set()


def words(names: set[Reference]) -> Iterator[str]:
    """Yield the names in references, without their schemas."""
    for _, name, *rest in names:
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
