"""Schemas in which a table, or a column of it, has another name, and so has all that names it."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from gen_migration.base.data_class import replace
from gen_migration.model import expression_edits as edits
from gen_migration.model import kept_names
from gen_migration.model import scoped_edits as scoped
from gen_migration.model.access import with_column
from gen_migration.model.automatic_names import with_given_sequence
from gen_migration.model.given import columns_of, heirs
from gen_migration.model.mapped import mapped
from gen_migration.model.renaming import (
    EXPRESSIONS,
    TYPES,
    V,
    edited_commands,
    everywhere,
    in_expressions,
    in_texts,
    member_kinds,
    rekeyed,
    with_expressions,
    with_name,
    with_types,
)
from gen_migration.model.schema import ForeignKey, Schema
from gen_migration.postgres.names import Name, in_default_schema
from gen_migration.postgres.types import Type

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping

    from gen_migration.model.schema import IndexPart, Table

    Columns = Callable[[Name], Collection[str]]


def table(schema: Schema, old: Name, new: Name) -> Schema:
    """Return a schema whose table `old` is called `new`. KeyError when it is not there."""
    if old not in schema.tables:
        raise KeyError(old)
    return in_texts(tables(schema, {old: new}), old, new)


def tables(schema: Schema, renamed: Mapping[Name, Name]) -> Schema:
    """Return a schema in which tables have other names, by their old ones; all at once."""

    def called(name: Name) -> Name:
        return renamed.get(name, name)

    def each(names: tuple[Name, ...]) -> tuple[Name, ...]:
        return tuple([called(name) for name in names])

    result: dict[Name, Table] = {}
    for name, value in schema.tables.items():
        new, changed = called(name), value
        if not value.related.isdisjoint(renamed):
            changes: dict[str, Callable[[Any], Any]] = {
                "referred_table": called,
                "parent": called,
                "inherits": each,
            }
            changed = mapped(value, changes)
        if any(one.only is not None for one in value.indexes.values()):
            changed = mapped(changed, {"only": partial(parts_of, called=called)})
        if name.name != new.name:
            edit = edits.TableEdit(name.name, new.name)
            changed = with_expressions(changed, edit)
            changed = with_sequences(new, changed)
        result[new] = changed
    owned = {"owned_by": lambda owner: (called(owner[0]), owner[1])}
    after = replace(schema, tables=result)
    schema = kept_names.of_renamed_tables(schema, after, renamed)
    schema = schema.with_("sequence", mapped(schema.sequences, owned))
    schema = statistics_of(schema, renamed)
    for old, new in renamed.items():
        schema = held_by(schema, old, new)
    return with_rows(schema, renamed)


def with_rows(schema: Schema, renamed: Mapping[Name, Name]) -> Schema:
    """Return a schema in which the types of rows are called as their relations are."""
    change = partial(of_rows, renamed=renamed)
    return with_types(everywhere(schema, dict.fromkeys(TYPES, change)), change)


def of_rows(value: Any, renamed: Mapping[Name, Name]) -> Any:
    """Return a type, which has another name where it is the rows of a relation that has."""
    if not isinstance(value, Type) or value.kind != "other":
        return value
    said = Name(value.schema, value.name)
    name = said if said in renamed else in_default_schema(said)
    if name not in renamed:
        return value
    new = renamed[name]
    schema = new.schema if name == said else new.schema or value.schema
    return replace(value, schema=schema, name=new.name)


def held_by(schema: Schema, old: Name, new: Name) -> Schema:
    """Return a schema in which what stands on a relation, or names it, calls it by a new name."""
    for word, objects in member_kinds(schema):
        found = {}
        for name, one in objects.items():
            on = name.holder == old
            called = name._replace(schema=new.schema, of=new.name) if on else name
            found[called] = mapped(one, table_changes(name.holder, old, new))
        schema = schema.with_(word, found)
    return schema


def parts_of(
    held: Mapping[Name, IndexPart], called: Callable[[Name], Name]
) -> dict[Name, IndexPart]:
    """Return the parts of an index by other names of their tables."""
    return {
        called(name): one
        if one.only is None
        else replace(one, only=parts_of(one.only, called))
        for name, one in held.items()
    }


def table_changes(
    holder: Name, old: Name, new: Name
) -> dict[str, Callable[[Any], Any]]:
    """Return what a new name of a relation changes in what stands on `holder`."""
    found = in_expressions(scoped.ScopedTableEdit(old, new, holder))
    return {**found, "from_table": lambda name: new if name == old else name}


def column_of_object(
    schema: Schema, known: Columns, name: Name, old: str, new: str
) -> Schema:
    """Return a schema in which others call a column of a relation that is no table `new`.

    The columns of relations are `known` as before. Queries follow by themselves
    (`kinds.relations.followed`).
    """
    schema = column_of_members(schema, {name}, old, new, known)
    return statistics_of_column(schema, {name}, old, new)


def column_of_members(
    schema: Schema,
    family: Collection[Name],
    old: str,
    new: str,
    known: Columns | None = None,
) -> Schema:
    """Return a schema in which what stands on relations calls a column by a new name.

    Columns of relations are `known`; where nothing is given, those of tables are.
    """
    kinds = member_kinds(schema)
    known = known or columns_of_tables(schema if kinds else Schema())
    for word, objects in kinds:
        changed = {}
        for name, one in objects.items():
            edit = scoped.ScopedColumnEdit(
                old, new, name.holder, frozenset(family), known
            )
            changes: dict[str, Callable[[Any], Any]] = {}
            changes |= dict.fromkeys(EXPRESSIONS, partial(edits.edited, edit=edit))
            changes["commands"] = partial(edited_commands, edit=edit)
            if name.holder in family:
                changes["columns"] = partial(with_name, old=old, new=new)
            changed[name] = mapped(one, changes)
        schema = schema.with_(word, changed)
    return schema


def columns_of_tables(schema: Schema) -> Columns:
    """Return what tells the columns of a table."""
    tables = {name: frozenset(columns_of(schema, name)) for name in schema.tables}

    def known(relation: Name) -> frozenset[str]:
        found = (tables[one] for one in tables if scoped.same(relation, one))
        return frozenset().union(*found)

    return known


def column(
    schema: Schema, of: Name, old: str, new: str, known: Columns | None = None
) -> Schema:
    """Return a schema in which a column of a table, and of its heirs, is called `new`.

    KeyError where the table does not declare it.
    """
    if old not in schema.tables[of].columns:
        raise KeyError(old)
    after = column_of_family(schema, {of, *heirs(schema, of)}, old, new, known)
    return kept_names.of_renamed_column(schema, after, of, old, new)


def column_of_family(
    schema: Schema,
    family: Collection[Name],
    old: str,
    new: str,
    known: Columns | None = None,
) -> Schema:
    """Return a schema in which a column that some tables have from each other is called `new`."""
    schema = column_of_members(schema, family, old, new, known)
    tables = dict(schema.tables)
    for name, value in schema.tables.items():
        changed = value
        if name in family:
            changed = column_of_table(value, name.name, old, new)
            if old in changed.columns:
                columns = rekeyed(changed.columns, old, new)
                changed = with_sequences(name, replace(changed, columns=columns))
        # Most tables have no constraint at all that concerns this one.
        if value.constraints:
            changed = column_referred_to(changed, family, old, new)
        tables[name] = changed

    def owned(owner: tuple[Name, str]) -> tuple[Name, str]:
        return (owner[0], new) if owner[0] in family and owner[1] == old else owner

    schema = statistics_of_column(replace(schema, tables=tables), family, old, new)
    return schema.with_("sequence", mapped(schema.sequences, {"owned_by": owned}))


def with_sequences(name: Name, value: Table) -> Table:
    """Return a table of this name, in which no sequence is named as it would be by itself."""
    columns = {
        key: with_given_sequence(name, key, one) for key, one in value.columns.items()
    }
    return value if columns == value.columns else replace(value, columns=columns)


def statistics_of(schema: Schema, renamed: Mapping[Name, Name]) -> Schema:
    """Return a schema whose statistics are of relations that have other names."""
    found = {}
    for name, value in schema.of("statistics").items():
        new, changed = renamed.get(value.table, value.table), value
        if new.name != value.table.name:
            edit = edits.TableEdit(value.table.name, new.name)
            changed = mapped(value, in_expressions(edit))
        found[name] = replace(changed, table=new)
    return schema.with_("statistics", found)


def statistics_of_column(
    schema: Schema, family: Collection[Name], old: str, new: str
) -> Schema:
    """Return a schema whose statistics call a column by a new name."""
    found = {}
    for name, value in schema.of("statistics").items():
        changed = value
        if value.table in family:
            edit = edits.ColumnEdit(old, new, value.table.name)
            changes = {"column": lambda one: new if one == old else one}
            changed = mapped(value, changes | in_expressions(edit))
            elements = sorted(
                changed.elements,
                key=lambda one: (one.column is None, one.column or ""),
            )
            changed = replace(changed, elements=tuple(elements))
        found[name] = changed
    return schema.with_("statistics", found)


def column_of_table(value: Table, name: str, old: str, new: str) -> Table:
    """Return a table in which all that names a column has another name, but for the column."""
    changed = column_of_parts(value, name, old, new)
    if old in changed.own:
        changed = replace(changed, own=rekeyed(changed.own, old, new))
    if changed.grants is not None:
        changed = replace(changed, grants=with_column(changed.grants, old, new))
    return changed


def column_of_parts(value: V, name: str, old: str, new: str) -> V:
    """Return what is in a relation with a column by another name, where it is named."""
    names = partial(with_name, old=old, new=new)
    changes: dict[str, Callable[[Any], Any]] = {
        **in_expressions(edits.ColumnEdit(old, new, name)),
        "column": lambda one: new if one == old else one,
        **dict.fromkeys(("columns", "include", "on_delete_columns"), names),
    }
    return mapped(value, changes)


def column_referred_to(
    value: Table, family: Collection[Name], old: str, new: str
) -> Table:
    """Return a table whose foreign keys refer to a column by another name."""
    keys = {
        name: replace(one, referred_columns=with_name(one.referred_columns, old, new))
        for name, one in value.constraints.items()
        if isinstance(one, ForeignKey) and one.referred_table in family
    }
    constraints = {**value.constraints, **keys}
    return replace(value, constraints=constraints) if keys else value
