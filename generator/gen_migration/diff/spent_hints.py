"""Hints of a spec that do nothing any more, and can be removed. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gen_migration.base.errors import Problem
from gen_migration.operations import columns as col
from gen_migration.operations import renames
from gen_migration.operations.alterations import AlterObject
from gen_migration.operations.base import CreateObject
from gen_migration.operations.rows import Backfill

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from gen_migration.model.hints import Hints
    from gen_migration.operations.base import Operation

Key = tuple[str, Any]


# The hints that parts of tables and types are renamed by.
PARTS: dict[type, str] = {
    renames.RenameColumn: "columns",
    renames.RenameColumnOfObject: "columns",
    renames.RenameConstraint: "constraints",
    renames.RenameIndex: "indexes",
    renames.RenameEnumValue: "enum_values",
    renames.RenameAttribute: "attributes",
}


def used(
    operations: Iterable[Operation],
) -> Iterator[Key]:
    """Yield the hints that operations may come from, as the fields of Hints and their keys."""
    for operation in operations:
        match operation:
            case renames.RenameOfTable(table=holder, new=new):
                yield PARTS[type(operation)], (holder, new)
            case (
                renames.RenameEnumValue(name=holder, new=new)
                | renames.RenameAttribute(name=holder, new=new)
                | renames.RenameColumnOfObject(name=holder, new=new)
            ):
                yield PARTS[type(operation)], (holder, new)
            case col.SetColumnType(table=holder, name=name):
                yield "using", (holder, name)
                yield "rewrite", (holder, name)
            case Backfill(table=holder, name=name):
                yield "backfill", (holder, name)
            case (
                col.AddColumn()
                | col.SetColumnGenerated()
                | col.SetColumnNullable(new=False)
            ):
                yield "no_rows", (operation.table, operation.name)
            case renames.RenameObject(kind=kind, new=new):
                yield kind, new
            case CreateObject(name=name) | AlterObject(name=name):
                yield "queries", name


GONE = "history has renamed it, or never had it"
IN_PLACE = "this type changes in place, and no row is written anew"
# What each kind of hint is called in a spec, and why it does nothing.
WORDS = {
    "using": ("using", "the type of this column does not change"),
    "rewrite": ("rewrite", "the type of this column does not change"),
    "queries": ("rewrite", "its query does not change"),
    "backfill": ("backfill", "no rows of this column are to be filled"),
    "no_rows": ("backfill", "no rows of this column are to be filled"),
    "expand": (
        "expand",
        "history has made room, and closed it, or never had what it was",
    ),
    "stand_ins": ("expand", GONE),
    "enum_values": ("this renamed value", GONE),
}


def idle(hints: Hints, operations: Iterable[Operation]) -> list[Problem]:
    """Return the hints of a spec that none of the operations which lead to it comes from."""
    if not hints.places:
        return []
    operations = tuple(operations)
    needed = set(used(operations))
    retyped = {
        (one.table, one.name)
        for one in operations
        if isinstance(one, col.SetColumnType)
    }
    found = []
    for (kind, key), path in hints.places.items():
        # What an `ignore` does, only the rules can tell.
        if kind != "ignores" and (kind, key) not in needed:
            word, why = WORDS.get(kind, ("renamed_from", GONE))
            if kind == "expand" and key in retyped:
                why = IN_PLACE
            message = f"{word} does nothing: {why}"
            found.append(
                Problem(message=message, path=path, hint="remove it", at_key=True)
            )
    return found
