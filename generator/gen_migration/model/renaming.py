"""Schemas after a rename: one thing has another name, and so has all that names it.

PostgreSQL refers to things by their numbers, so that a rename reaches every key, index, check,
default and foreign key by itself. Here the same is done to the values, expressions included.
"""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache
from itertools import cycle
from typing import TYPE_CHECKING, Any, TypeVar

from gen_migration.model import expression_edits
from gen_migration.model.expression_edits import (
    ColumnEdit,
    SchemaEdit,
    SequenceEdit,
    TableEdit,
    TypeEdit,
    ValueEdit,
    renamed_literal,
)
from gen_migration.model.own_columns import columns_of, partitions
from gen_migration.model.schema import Exclude, ForeignKey, PrimaryKey, Unique
from gen_migration.postgres.names import Name

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping

    from gen_migration.model.expression_edits import Edit
    from gen_migration.model.schema import (
        Column,
        Constraint,
        Element,
        Index,
        Own,
        PartitionBy,
        PartitionOf,
        Schema,
        Table,
    )
    from gen_migration.postgres.types import Type

K = TypeVar("K")
V = TypeVar("V")


def rekeyed(mapping: Mapping[K, V], old: K, new: K) -> dict[K, V]:
    """Return a mapping in its order, with one key replaced. KeyError when it is not there."""
    if old not in mapping:
        raise KeyError(old)
    return {new if key == old else key: value for key, value in mapping.items()}


def with_name(names: tuple[str, ...], old: str, new: str) -> tuple[str, ...]:
    """Return names with one replaced."""
    return tuple(new if name == old else name for name in names)


def table(schema: Schema, old: Name, new: Name) -> Schema:
    """Return a schema whose table `old` is called `new`. KeyError when it is not there."""
    if old not in schema.tables:
        raise KeyError(old)
    return tables(schema, {old: new})


def tables(schema: Schema, renamed: Mapping[Name, Name]) -> Schema:
    """Return a schema in which tables have other names, by their old ones; all at once."""
    result: dict[Name, Table] = {}
    for name, value in schema.tables.items():
        new = renamed.get(name, name)
        changed = value
        if name.name != new.name:
            changed = with_expressions(changed, TableEdit(name.name, new.name))
        place = value.partition_of
        if place is not None and place.parent in renamed:
            place = replace(place, parent=renamed[place.parent])
            changed = replace(changed, partition_of=place)
        if refers(value, renamed):
            constraints = {
                key: replace(
                    one,
                    referred_table=renamed.get(one.referred_table, one.referred_table),
                )
                if isinstance(one, ForeignKey)
                else one
                for key, one in changed.constraints.items()
            }
            changed = replace(changed, constraints=constraints)
        result[new] = changed
    sequences = {
        name: replace(value, owned_by=(renamed[value.owned_by[0]], value.owned_by[1]))
        if value.owned_by is not None and value.owned_by[0] in renamed
        else value
        for name, value in schema.sequences.items()
    }
    return replace(schema, tables=result).with_("sequence", sequences)


def refers(value: Table, to: Collection[Name]) -> bool:
    """Tell whether a table has a foreign key to one of these: most have none, and stay."""
    return any(
        isinstance(one, ForeignKey) and one.referred_table in to
        for one in value.constraints.values()
    )


def column(schema: Schema, of: Name, old: str, new: str) -> Schema:
    """Return a schema in which a column of a table, and of its partitions, is called `new`."""
    family = {of, *partitions(schema, of)}
    tables = dict(schema.tables)
    for name, value in schema.tables.items():
        changed = value
        if name in family:
            changed = column_of_table(value, name.name, old, new)
        if refers(value, family):
            constraints = {
                key: replace(
                    one, referred_columns=with_name(one.referred_columns, old, new)
                )
                if isinstance(one, ForeignKey) and one.referred_table in family
                else one
                for key, one in changed.constraints.items()
            }
            changed = replace(changed, constraints=constraints)
        tables[name] = changed
    tables[of] = replace(tables[of], columns=rekeyed(tables[of].columns, old, new))
    sequences = {
        name: replace(value, owned_by=(value.owned_by[0], new))
        if value.owned_by is not None
        and value.owned_by[0] in family
        and value.owned_by[1] == old
        else value
        for name, value in schema.sequences.items()
    }
    return replace(schema, tables=tables).with_("sequence", sequences)


def column_of_table(value: Table, name: str, old: str, new: str) -> Table:
    changed = with_expressions(value, ColumnEdit(name, old, new))

    def element(one: Element) -> Element:
        return replace(one, column=new) if one.column == old else one

    if old in changed.own:
        changed = replace(changed, own=rekeyed(changed.own, old, new))
    partition_by = changed.partition_by
    if partition_by is not None:
        elements = tuple(element(one) for one in partition_by.elements)
        partition_by = replace(partition_by, elements=elements)
    return replace(
        changed,
        constraints={
            key: column_of_constraint(one, old, new, element)
            for key, one in changed.constraints.items()
        },
        indexes={
            key: replace(
                one,
                elements=tuple(element(e) for e in one.elements),
                include=with_name(one.include, old, new),
            )
            for key, one in changed.indexes.items()
        },
        partition_by=partition_by,
    )


def column_of_constraint(
    value: Constraint, old: str, new: str, element: Callable[[Element], Element]
) -> Constraint:
    match value:
        case PrimaryKey() | Unique():
            return replace(
                value,
                columns=with_name(value.columns, old, new),
                include=with_name(value.include, old, new),
            )
        case ForeignKey():
            return replace(
                value,
                columns=with_name(value.columns, old, new),
                on_delete_columns=with_name(value.on_delete_columns, old, new),
            )
        case Exclude():
            elements = tuple(
                replace(one, element=element(one.element)) for one in value.elements
            )
            include = with_name(value.include, old, new)
            return replace(value, elements=elements, include=include)
        case _:
            return value


def type_(schema: Schema, word: str, old: Name, new: Name) -> Schema:
    """Return a schema whose type `old`, of the kind of this word, is called `new`."""

    def of_type(value: Type) -> Type:
        if value.kind != "builtin" and (value.schema, value.name) == old:
            return replace(value, schema=new.schema, name=new.name)
        return value

    changed = with_types(schema, of_type, TypeEdit(old, new))
    return changed.with_(word, rekeyed(schema.of(word), old, new))


def enum_value(schema: Schema, of: Name, old: str, new: str) -> Schema:
    """Return a schema in which a value of an enum, and what is compared with it, is `new`."""
    values = schema.enums[of].values
    if old not in values:
        raise KeyError(old)
    tables = {}
    for name, value in schema.tables.items():
        columns = columns_of(schema, name)
        typed = {
            key
            for key, one in columns.items()
            if one.type.kind == "enum" and (one.type.schema, one.type.name) == of
        }
        edit = ValueEdit(of, frozenset(typed), old, new)
        changed = with_expressions(value, edit)
        tables[name] = replace(
            changed,
            columns={
                key: with_default_value(one, old, new) if key in typed else one
                for key, one in changed.columns.items()
            },
            own={
                key: with_own_value(one, old, new, array=columns[key].type.array)
                if key in typed
                else one
                for key, one in changed.own.items()
            },
            partition_of=with_bound_value(schema, value, edit),
        )
    renamed = replace(schema.enums[of], values=with_name(values, old, new))
    schema = replace(schema, tables=tables)
    return schema.with_("enum", {**schema.enums, of: renamed})


def with_default_value(value: Column, old: str, new: str) -> Column:
    """Return a column of the enum with the value in its default renamed."""
    if value.default is None:
        return value
    return replace(
        value, default=renamed_literal(value.default, old, new, array=value.type.array)
    )


def with_own_value(own: Own, old: str, new: str, *, array: bool) -> Own:
    """Return what a partition's column of the enum has of its own, with the value renamed."""
    if own.get("default") is None:
        return own
    return {**own, "default": renamed_literal(own["default"], old, new, array=array)}


def with_bound_value(
    schema: Schema, value: Table, edit: ValueEdit
) -> PartitionOf | None:
    """Return the place of a partition with a value of an enum in its bound renamed."""
    place = value.partition_of
    if place is None:
        return None
    parent = schema.tables[place.parent].partition_by
    if parent is None:
        return place
    columns = columns_of(schema, place.parent)

    def renamed(literals: tuple[str, ...]) -> tuple[str, ...]:
        # A list has one element and many values; a range one value for each element.
        found = zip(cycle(parent.elements), literals, strict=False)
        return tuple(
            renamed_literal(
                literal, edit.old, edit.new, array=columns[one.column].type.array
            )
            if one.column in edit.columns
            else literal
            for one, literal in found
        )

    bound = place.bound
    lower, upper = renamed(bound.lower), renamed(bound.upper)
    bound = replace(bound, lower=lower, upper=upper, values=renamed(bound.values))
    return replace(place, bound=bound)


def sequence(schema: Schema, old: Name, new: Name) -> Schema:
    """Return a schema whose sequence `old` is called `new`, in `nextval` as well."""
    edit = SequenceEdit(old, new)
    tables = {
        name: with_expressions(value, edit) for name, value in schema.tables.items()
    }
    schema = replace(schema, tables=tables)
    return schema.with_("sequence", rekeyed(schema.sequences, old, new))


def namespace(schema: Schema, old: str, new: str) -> Schema:
    """Return a schema whose tables and sequences of the schema `old` are in `new`.

    What else is in it, `Schemas.renamed` moves.
    """

    def moved(name: Name) -> Name:
        return Name(new, name.name) if name.schema == old else name

    for name in [name for name in schema.sequences if name.schema == old]:
        schema = sequence(schema, name, moved(name))
    schema = tables(
        schema, {name: moved(name) for name in schema.tables if name.schema == old}
    )

    def of_type(value: Type) -> Type:
        return replace(value, schema=new) if value.schema == old else value

    changed = with_types(schema, of_type, SchemaEdit(old, new))
    return replace(
        changed,
        # Of tables of others, too.
        tables={
            name: replace(
                with_names(one, moved),
                constraints={
                    key: replace(c, referred_table=moved(c.referred_table))
                    if isinstance(c, ForeignKey)
                    else c
                    for key, c in with_names(one, moved).constraints.items()
                },
            )
            for name, one in changed.tables.items()
        },
    )


def with_names(value: Table, moved: Callable[[Name], Name]) -> Table:
    """Return a table whose collations and operator classes are elsewhere."""

    def element(one: Element) -> Element:
        collation = one.collation and moved(one.collation)
        opclass = one.opclass and moved(one.opclass)
        return replace(one, collation=collation, opclass=opclass)

    def column(one: Column) -> Column:
        return replace(one, collation=moved(one.collation)) if one.collation else one

    partition_by = value.partition_by
    if partition_by is not None:
        elements = tuple(element(one) for one in partition_by.elements)
        partition_by = replace(partition_by, elements=elements)
    return replace(
        value,
        columns={key: column(one) for key, one in value.columns.items()},
        partition_by=partition_by,
        indexes={
            key: replace(one, elements=tuple(element(e) for e in one.elements))
            for key, one in value.indexes.items()
        },
        constraints={
            key: replace(
                one,
                elements=tuple(
                    replace(e, element=element(e.element)) for e in one.elements
                ),
            )
            if isinstance(one, Exclude)
            else one
            for key, one in value.constraints.items()
        },
    )


def with_types(schema: Schema, of_type: Callable[[Type], Type], edit: Edit) -> Schema:
    """Return a schema with other types in its columns and its expressions."""
    tables = {}
    for name, value in schema.tables.items():
        changed = with_expressions(value, edit)
        columns = {
            key: replace(one, type=of_type(one.type))
            for key, one in changed.columns.items()
        }
        tables[name] = replace(changed, columns=columns)
    return replace(schema, tables=tables)


def with_expressions(value: Table, edit: Edit) -> Table:  # noqa: C901 - one branch for each kind of node
    """Return a table with every expression edited."""

    def text(sql: Any) -> Any:
        return None if sql is None else edited(sql, edit)

    def element(one: Element) -> Element:
        if one.expression is None:
            return one
        return replace(one, expression=text(one.expression))

    def column(one: Column) -> Column:
        if one.default is None and one.generated is None:
            return one
        generated = one.generated
        if generated is not None:
            generated = replace(generated, expression=text(generated.expression))
        return replace(one, default=text(one.default), generated=generated)

    def own(one: Own) -> Own:
        return {**one, "default": text(one["default"])} if "default" in one else one

    def constraint(one: Any) -> Any:
        if isinstance(one, Exclude):
            elements = tuple(
                replace(e, element=element(e.element)) for e in one.elements
            )
            return replace(one, elements=elements, where=text(one.where))
        if hasattr(one, "expression"):
            return replace(one, expression=text(one.expression))
        return one

    def index(one: Index) -> Index:
        elements = tuple(element(e) for e in one.elements)
        return replace(one, elements=elements, where=text(one.where))

    def key(one: PartitionBy | None) -> PartitionBy | None:
        if one is None:
            return None
        return replace(one, elements=tuple(element(e) for e in one.elements))

    return replace(
        value,
        columns={name: column(one) for name, one in value.columns.items()},
        own={name: own(one) for name, one in value.own.items()},
        constraints={name: constraint(one) for name, one in value.constraints.items()},
        indexes={name: index(one) for name, one in value.indexes.items()},
        partition_by=key(value.partition_by),
    )


@lru_cache(maxsize=10_000)
def edited(sql: str, edit: Edit) -> str:
    """Return an expression after an edit; the partitions of a table often share it."""
    return expression_edits.edited(sql, edit)
