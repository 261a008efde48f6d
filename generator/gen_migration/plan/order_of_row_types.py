"""The order of what holds rows of a table, and of changes of its columns. Pure.

PostgreSQL compares the columns with what a body of the SQL standard selects, when it creates the
function (`check_sql_fn_retval` in functions.c). It gives none another type while a column elsewhere
holds such rows (`find_composite_type_dependencies` in tablecmds.c).
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from gen_migration.kinds import BY_WORD
from gen_migration.model.given import ancestry
from gen_migration.operations import every as op
from gen_migration.postgres.names import Name, in_default_schema

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from gen_migration.model.schema import Schema


def of_rows_held(operations: Sequence[op.Operation]) -> Iterator[tuple[int, int]]:
    """Yield pairs of positions: a column goes before its rows get other types, or comes after."""
    changes: dict[Name, list[int]] = defaultdict(list)
    for position, one in enumerate(operations):
        if (name := retyped(one)) is not None:
            changes[name].append(position)
    for position, one in enumerate(operations) if changes else ():
        if not isinstance(one, op.AddColumn | op.DropColumn | op.SetColumnType):
            continue
        for side in ("old", "new"):
            value = getattr(one, side, None)
            if value is not None and value.type.kind == "other":
                name = in_default_schema(Name(value.type.schema, value.type.name))
                for change in changes.get(name, ()):
                    yield (position, change) if side == "old" else (change, position)


def retyped(operation: op.Operation) -> Name | None:
    """Return the relation of which an operation gives a column another type, or may do so."""
    match operation:
        case op.SetColumnType():
            return operation.table
        case op.AlterObject(kind=word, name=Name() as name, old=old, new=new):
            is_held = word in BY_WORD and BY_WORD[word].columns_held(old, new)
            return name if is_held else None
    return None


def of_row_types(
    operations: Sequence[op.Operation], old: Schema, new: Schema
) -> Iterator[tuple[int, int]]:
    """Yield pairs of positions: a function goes before its rows change, or comes after that."""
    found = [
        (position, side, name)
        for position, one in enumerate(operations)
        if isinstance(one, op.WholeObject | op.AlterObject) and one.kind in BY_WORD
        for side in ("old", "new")
        if (value := getattr(one, side, None)) is not None
        and (name := BY_WORD[one.kind].rows_of(value)) is not None
    ]
    if not found:
        return
    changes: dict[Name, list[int]] = defaultdict(list)
    for position, one in enumerate(operations):
        if (of := changed(one)) is not None:
            changes[of].append(position)
    for position, side, name in found:
        is_alteration = isinstance(operations[position], op.AlterObject)
        if side == "old" and is_alteration:
            continue
        schema = old if side == "old" else new
        above = ancestry(schema, name) if name in schema.tables else []
        for of in (name, *above):
            for change in changes.get(of, ()):
                yield (position, change) if side == "old" else (change, position)


def changed(operation: op.Operation) -> Name | None:
    """Return the table or the composite type of which an operation changes the columns."""
    match operation:
        case op.AddColumn() | op.DropColumn() | op.SetColumnType():
            return operation.table
        case op.AlterObject(kind="composite type") | op.ReorderAttributes():
            name: Name = operation.name
            return name
    return None
