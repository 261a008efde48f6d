"""Schemas in which a type, a value of an enum, or an attribute has another name."""

from __future__ import annotations

from functools import partial
from itertools import cycle
from typing import TYPE_CHECKING, Any

from gen_migration.base.data_class import replace
from gen_migration.model import expression_edits as edits
from gen_migration.model.given import columns_of, typed_tables
from gen_migration.model.mapped import mapped
from gen_migration.model.renaming import (
    TYPES,
    V,
    everywhere,
    in_expressions,
    member_kinds,
    rekeyed,
    with_expressions,
    with_name,
    with_types,
)
from gen_migration.model.table_renaming import column_of_family
from gen_migration.postgres.types import Type

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from gen_migration.model.schema import Column, PartitionOf, Schema, Table
    from gen_migration.postgres.names import Name


def type_(schema: Schema, word: str, old: Name, new: Name) -> Schema:
    """Return a schema whose type `old`, of the kind of this word, is called `new`."""

    def of_type(value: Any) -> Any:
        is_own = isinstance(value, Type) and value.kind != "builtin"
        if is_own and (value.schema, value.name) == old:
            return replace(value, schema=new.schema, name=new.name)
        return value

    def called(name: Any) -> Any:
        return new if name == old else name

    changes: dict[str, Callable[[Any], Any]] = dict.fromkeys(TYPES, of_type)
    changes["of_type"] = called
    changes |= in_expressions(edits.TypeEdit(old, new))
    changed = with_types(everywhere(schema, changes), of_type)
    return changed.with_(word, rekeyed(changed.of(word), old, new))


def enum_value(schema: Schema, of: Name, old: str, new: str) -> Schema:
    """Return a schema in which a value of an enum, and what is compared with it, is `new`."""
    values = schema.enums[of].values
    if old not in values:
        raise KeyError(old)
    tables = {}
    for name, value in schema.tables.items():
        typed = {
            key: one
            for key, one in columns_of(schema, name).items()
            if one.type.kind == "enum" and (one.type.schema, one.type.name) == of
        }
        edit = edits.ValueEdit(old, new, of, frozenset(typed))
        schema = value_of_members(schema, name, edit)
        changed = with_expressions(value, edit)
        tables[name] = replace(
            changed,
            columns=with_default_value(changed.columns, typed, old, new),
            own=with_default_value(changed.own, typed, old, new),
            partition_of=with_bound_value(schema, value, edit),
        )
    renamed = replace(schema.enums[of], values=with_name(values, old, new))
    schema = replace(schema, tables=tables)
    return schema.with_("enum", {**schema.enums, of: renamed})


def value_of_members(schema: Schema, holder: Name, edit: edits.ValueEdit) -> Schema:
    """Return a schema in which what stands on a relation calls a value of an enum anew."""
    for word, objects in member_kinds(schema):
        found = {
            name: mapped(one, in_expressions(edit)) if name.holder == holder else one
            for name, one in objects.items()
        }
        schema = schema.with_(word, found)
    return schema


def attribute(schema: Schema, of: Name, old: str, new: str) -> Schema:
    """Return a schema in which an attribute of a composite type is called `new`."""
    value = schema.of("composite type")[of]
    tables = {}
    for name, table in schema.tables.items():
        typed = {
            key
            for key, one in columns_of(schema, name).items()
            if not one.type.array and (one.type.schema, one.type.name) == of
        }
        edit = edits.AttributeEdit(old, new, frozenset(typed))
        tables[name] = with_expressions(table, edit) if typed else table
    renamed = replace(value, attributes=rekeyed(value.attributes, old, new))
    objects = {**schema.of("composite type"), of: renamed}
    family = typed_tables(schema, of)
    schema = replace(schema, tables=tables).with_("composite type", objects)
    return column_of_family(schema, family, old, new) if family else schema


def with_default_value(
    columns: Mapping[str, V], typed: Mapping[str, Column], old: str, new: str
) -> dict[str, V]:
    """Return columns, of which those of the enum have its value in their default renamed."""
    found = dict(columns)
    for key in typed.keys() & columns.keys():
        array = typed[key].type.array
        literal = partial(edits.renamed_literal, old=old, new=new, array=array)
        found[key] = mapped(columns[key], {"default": literal})
    return found


def with_bound_value(
    schema: Schema, value: Table, edit: edits.ValueEdit
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
            edits.renamed_literal(
                literal, edit.old, edit.new, array=columns[one.column].type.array
            )
            if one.column in edit.columns
            else literal
            for one, literal in found
        )

    bound = mapped(place.bound, dict.fromkeys(("lower", "upper", "values"), renamed))
    return replace(place, bound=bound)
