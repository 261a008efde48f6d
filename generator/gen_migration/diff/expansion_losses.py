"""What a contract destroys. Pure.

A column that goes is no loss: what it holds is what takes its place says, which the revision proves
first. A type that holds less is one, which no proof can be asked for.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from gen_migration.diff import lossless, rewrites
from gen_migration.diff.expansions import expansion_of
from gen_migration.operations.base import DropObject
from gen_migration.operations.columns import DropColumn, SetColumnType, Typing
from gen_migration.operations.renames import RenameColumn
from gen_migration.postgres.names import quote_name

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from gen_migration.diff.expansions import Expansion
    from gen_migration.model.schema import Column, Schema
    from gen_migration.operations.base import Operation
    from gen_migration.postgres.names import Name


def closed(operations: Sequence[Operation]) -> dict[tuple[Name, str], Expansion]:
    """Return the columns that go with an expansion of which another side stays, by their names."""
    ends = [
        found
        for one in operations
        if isinstance(one, DropObject) and one.kind == "trigger"
        if (found := expansion_of(one.name, one.old)) is not None
    ]
    if not ends:
        return {}
    gone = dropped(operations)
    result: dict[tuple[Name, str], Expansion] = {}
    for one in ends:
        for side, other in (((one.old,), one.names), (one.names, (one.old,))):
            if not any((one.table, name) in gone for name in other):
                result |= {(one.table, name): one for name in side}
    return {key: one for key, one in result.items() if key in gone}


def dropped(operations: Iterable[Operation]) -> dict[tuple[Name, str], DropColumn]:
    """Return the drops of columns, by the names that these had first."""
    names: dict[tuple[Name, str], str] = {}
    found = {}
    for one in operations:
        match one:
            case RenameColumn(table=table, old=old, new=new):
                names[table, new] = names.pop((table, old), old)
            case DropColumn(table=table, name=name):
                found[table, names.get((table, name), name)] = one
    return found


def loss(
    operation: DropColumn, name: str, one: Expansion, schema: Schema
) -> str | None:
    """Return what the type of the column that stays loses of one that goes; None where nothing.

    `schema` is that in the end, in which the column that stays has its own name.
    """
    table = schema.tables[one.table].columns
    known = {name: operation.old}
    for other in (one.old, *one.names):
        column = table.get(one.old if one.is_in_place else other)
        if other != name and column is not None:
            known[other] = column
    return lost(one, known, (name,))


def lost(
    one: Expansion, known: Mapping[str, Column], columns: tuple[str, ...]
) -> str | None:
    """Return what a cast loses of columns that go.

    None is for an expression of the spec as well: what that leaves out, the rows tell.
    """
    if len(one.names) > 1 or len(columns) != 1:
        return None
    (name,), (new, up) = columns, one.new[0]
    other, value = (new, up) if name == one.old else (one.old, one.down)
    if not {name, other} <= known.keys():
        return None
    old, after = (
        Typing(known[key].type, known[key].collation) for key in (name, other)
    )
    using = None if value == quote_name(name) else value
    if old == after or (
        using is not None and rewrites.casts(old.type, after.type, using, name) is None
    ):
        return None
    return lossless.lost(
        SetColumnType(table=one.table, name=name, old=old, new=after, using=using)
    )
