"""Schemas with what open expansions hold. Pure.

A history with an open expansion has the old column, the new one, a trigger and its function: with
them, a spec's schema is what is to be there meanwhile. The old column and all that stands on it
stay as they are; what an edit changes of that waits for the contract.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from gen_migration.base.data_class import replace
from gen_migration.diff.expansions import aside_name, opened
from gen_migration.kinds.graph import Graph
from gen_migration.model.constraints import expressions_of, plain_columns
from gen_migration.operations.renames import RenameColumn
from gen_migration.postgres.names_in import names_in

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from typing import Any

    from gen_migration.diff.expansions import Expansion
    from gen_migration.kinds.nodes import Node
    from gen_migration.model.schema import Column, Constraint, Index, Schema, Table


def expanded(
    old: Schema, new: Schema, found: Iterable[Expansion], *, anew: bool = True
) -> Schema:
    """Return a wanted schema with what expansions hold, as the `old` schema has it.

    The function of each is made `anew`, or what it is in the old schema. A schema that holds an
    expansion already stays as it is.
    """
    for one in found:
        if one.trigger not in opened(new):
            new = with_expansion(old, new, one, anew=anew)
    return new


def with_expansion(old: Schema, new: Schema, one: Expansion, *, anew: bool) -> Schema:
    """Return a wanted schema with what an expansion holds."""
    wanted, before = new.tables[one.table], old.tables[one.table]
    if one.is_in_place and wanted.columns[one.old].type != before.columns[one.old].type:
        aside = RenameColumn(table=one.table, old=one.old, new=one.names[0])
        # What PostgreSQL calls its NOT NULL is chosen anew.
        new = replace(aside.apply(new), kept=new.kept)
        wanted = new.tables[one.table]
    sides = (one.old, *one.names)
    kept = {
        name: before.columns[name]
        for name in sides
        if name not in wanted.columns and name in before.columns
    }
    defaults = {
        name: default
        for name in one.names
        if name in wanted.columns
        and (default := wanted.columns[name].default) is not None
    }
    taken = {column.not_null for column in kept.values()}
    columns = {
        **{
            name: meanwhile(column, taken) if name in sides else column
            for name, column in wanted.columns.items()
        },
        **{name: replace(column, default=None) for name, column in kept.items()},
    }
    table = replace(with_parts(before, wanted, set(kept)), columns=columns)
    new = replace(new, tables={**new.tables, one.table: table})
    new = with_objects(old, new, {("column", one.table, name) for name in kept})
    if anew or one.trigger not in old.of("trigger"):
        trigger, function = one.fires, one.routine(columns, defaults)
    else:
        trigger = old.of("trigger")[one.trigger]
        function = old.of("function")[one.function]
    new = new.with_("function", {**new.of("function"), one.function: function})
    return new.with_("trigger", {**new.of("trigger"), one.trigger: trigger})


def meanwhile(column: Column, taken: set[str | None]) -> Column:
    """Return a column without default, and without a name of its NOT NULL that another has."""
    name = None if column.not_null in taken else column.not_null
    return replace(column, default=None, not_null=name)


def with_parts(before: Table, wanted: Table, kept: set[str]) -> Table:
    """Return a table with the constraints and indexes of columns that are kept.

    Where one of the new column's has the name of such a part, it stands beside it meanwhile.
    """
    held = {
        field: {key: one for key, one in parts(before, field) if uses(one, kept)}
        for field in PARTS
    }
    taken = set().union(*held.values())
    changed: dict[str, Any] = {}
    for field in PARTS:
        own = {
            aside_name(key) if key in taken else key: one
            for key, one in parts(wanted, field)
        }
        changed[field] = {**own, **held[field]}
    return replace(wanted, **changed)


PARTS = ("constraints", "indexes")


def parts(table: Table, field: str) -> Iterable[tuple[str, Any]]:
    found: Mapping[str, Any] = getattr(table, field)
    return found.items()


def uses(part: Constraint | Index, columns: set[str]) -> bool:
    """Tell whether a constraint or an index is about one of some columns."""
    return not plain_columns(part).isdisjoint(columns) or any(
        not names_in(text).columns.isdisjoint(columns) for text in expressions_of(part)
    )


def with_objects(old: Schema, new: Schema, columns: set[Node]) -> Schema:
    """Return a schema whose objects are as they were where they stand on columns that are kept."""
    for word, name in Graph(old).standing_on(columns):
        if name in new.of(word):
            new = new.with_(word, {**new.of(word), name: old.of(word)[name]})
    return new


def names_back(schema: Schema, one: Expansion, wanted: Schema) -> dict[str, Any]:
    """Return the renames that give what stood aside its name, as the fields of hints."""
    table, after = schema.tables[one.table], wanted.tables[one.table]
    found: dict[str, Any] = {
        field: {
            (one.table, key): aside_name(key)
            for key, _ in parts(after, field)
            if aside_name(key) in getattr(table, field)
        }
        for field in PARTS
    }
    (aside,) = one.names[:1]
    is_back = one.is_in_place and (
        after.columns[one.old].type == table.columns[aside].type
    )
    found["columns"] = {(one.table, one.old): aside} if is_back else {}
    return found


def gone(schema: Schema, one: Expansion, wanted: Schema) -> tuple[str, ...]:
    """Return the columns of an expansion that a wanted schema has no more."""
    if names_back(schema, one, wanted)["columns"]:
        return (one.old,)
    after = wanted.tables[one.table].columns
    return tuple(name for name in (one.old, *one.names) if name not in after)
