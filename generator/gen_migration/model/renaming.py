"""Schemas after a rename: one thing has another name, and so has all that names it.

PostgreSQL refers to things by their numbers, so that a rename reaches every key, index, check,
default and foreign key by itself. Here the same is done to the values, expressions included.
"""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache, partial
from itertools import cycle
from typing import TYPE_CHECKING, Any, TypeVar

from gen_migration.model import expression_edits as edits
from gen_migration.model import scoped_edits as scoped
from gen_migration.model.access import with_column
from gen_migration.model.automatic_names import with_given_sequence
from gen_migration.model.given import columns_of, heirs, typed_tables
from gen_migration.model.mapped import mapped
from gen_migration.postgres import signatures
from gen_migration.postgres.names import BTREE, Member, MethodName, Name
from gen_migration.postgres.signatures import CastName, Signature, TransformName
from gen_migration.postgres.types import Type

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping

    from gen_migration.model.schema import (
        Column,
        IndexPart,
        PartitionOf,
        Schema,
        Table,
    )

K = TypeVar("K")
V = TypeVar("V")
# The fields that hold a type.
TYPES = ("type", "subtype")
# The fields that hold SQL.
EXPRESSIONS = ("expression", "where", "default", "using", "with_check", "condition")


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
    schema = replace(schema, tables=result)
    schema = schema.with_("sequence", mapped(schema.sequences, owned))
    schema = statistics_of(schema, renamed)
    for old, new in renamed.items():
        schema = held_by(schema, old, new)

    def of_rows(value: Type) -> Type:
        name = Name(value.schema, value.name)
        if value.kind != "other" or name not in renamed:
            return value
        return replace(value, schema=renamed[name].schema, name=renamed[name].name)

    return with_types(schema, of_rows)


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


def member_kinds(schema: Schema) -> list[tuple[str, Mapping[Member, Any]]]:
    """Return the objects that stand on relations, by the words of their kinds."""
    return [
        (word, objects)
        for word, objects in schema.objects.items()
        if isinstance(next(iter(objects)), Member)
    ]


def in_members(schema: Schema, changes: Mapping[str, Callable[[Any], Any]]) -> Schema:
    """Return a schema in which fields of what stands on relations are changed."""
    for word, objects in member_kinds(schema):
        schema = schema.with_(word, mapped(objects, changes))
    return schema


def column_of_members(
    schema: Schema, family: Collection[Name], old: str, new: str
) -> Schema:
    """Return a schema in which what stands on relations calls a column by a new name."""
    kinds = member_kinds(schema)
    known = {
        name: frozenset(columns_of(schema, name)) for name in schema.tables if kinds
    }
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


def column(schema: Schema, of: Name, old: str, new: str) -> Schema:
    """Return a schema in which a column of a table, and of its heirs, is called `new`.

    KeyError where the table does not declare it.
    """
    if old not in schema.tables[of].columns:
        raise KeyError(old)
    return column_of_family(schema, {of, *heirs(schema, of)}, old, new)


def column_of_family(
    schema: Schema, family: Collection[Name], old: str, new: str
) -> Schema:
    """Return a schema in which a column that some tables have from each other is called `new`."""
    schema = column_of_members(schema, family, old, new)
    tables = dict(schema.tables)
    for name, value in schema.tables.items():
        changed = value
        if name in family:
            changed = column_of_table(value, name.name, old, new)
            if old in changed.columns:
                columns = rekeyed(changed.columns, old, new)
                changed = with_sequences(name, replace(changed, columns=columns))
        tables[name] = column_referred_to(changed, family, old, new)

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
    changed = with_expressions(value, edits.ColumnEdit(old, new, name))
    names = partial(with_name, old=old, new=new)
    changed = mapped(
        changed,
        {
            "column": lambda one: new if one == old else one,
            **dict.fromkeys(("columns", "include", "on_delete_columns"), names),
        },
    )
    if old in changed.own:
        changed = replace(changed, own=rekeyed(changed.own, old, new))
    if changed.grants is not None:
        changed = replace(changed, grants=with_column(changed.grants, old, new))
    return changed


def column_referred_to(
    value: Table, family: Collection[Name], old: str, new: str
) -> Table:
    """Return a table whose foreign keys refer to a column by another name."""
    keys = {
        name: replace(one, referred_columns=with_name(one.referred_columns, old, new))
        for name, one in value.foreign_keys.items()
        if one.referred_table in family
    }
    constraints = {**value.constraints, **keys}
    return replace(value, constraints=constraints) if keys else value


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


# Names that have types in them, and those of what holds such names.
TYPED = (Signature, MethodName, CastName, TransformName)


def with_types(schema: Schema, change: Callable[[Any], Any]) -> Schema:
    """Return a schema in which what is called by types, or holds such names, has others."""
    changes = dict.fromkeys(("type", "returns", "stype", "mstype", "stored"), change)
    changes["types"] = lambda types: tuple(map(change, types))
    named = dict.fromkeys(
        ("operator", "routine", "from_sql", "to_sql"),
        lambda one: signatures.with_types(one, change),
    )
    changes |= named
    objects = {
        word: {
            signatures.with_types(name, change): mapped(value, changes)
            for name, value in found.items()
        }
        if any(isinstance(name, TYPED) for name in found)
        else found
        for word, found in schema.objects.items()
    }
    return replace(schema, objects=objects)


def everywhere(schema: Schema, changes: Mapping[str, Callable[[Any], Any]]) -> Schema:
    """Return a schema with the fields of all tables and objects changed."""
    return replace(
        schema,
        tables=mapped(schema.tables, changes),
        objects={
            word: mapped(found, changes) for word, found in schema.objects.items()
        },
    )


def routine(schema: Schema, word: str, old: Signature, new: Signature) -> Schema:
    """Return a schema whose routine `old` is called `new`, in expressions as well.

    Where another one has the name, nothing but PostgreSQL knows which of both is called.
    """
    schema = schema.with_(word, rekeyed(schema.of(word), old, new))
    others = (
        name
        for found in schema.objects.values()
        for name in found
        if isinstance(name, Signature)
    )
    if old.called in {name.called for name in others}:
        return schema

    def used(one: Name) -> Name:
        return new.called if one == old.called else one

    changes = in_expressions(edits.CallEdit(old.called, new.called))
    for field in ("routine", "from_sql", "to_sql"):
        changes[field] = lambda one: new if one == old else one
    return everywhere(schema, {**changes, **dict.fromkeys(USED, used)})


# The fields that name a function.
USED = """
function difference support sfunc finalfunc combinefunc serialfunc deserialfunc msfunc minvfunc
mfinalfunc start gettoken end lextypes headline init lexize
restrict join handler inline validator
""".split()


def operator(schema: Schema, old: Signature, new: Signature) -> Schema:
    """Return a schema whose operator `old` is `new`, in another schema."""

    def used(one: Any) -> Any:
        return new if one == old else one

    def sorted_by(one: Name) -> Name:
        return new.called if one == old.called else one

    changes = in_expressions(edits.OperatorEdit(old.called, new.called))
    changed = everywhere(schema, {**changes, "operator": used, "sortop": sorted_by})
    return changed.with_("operator", rekeyed(changed.of("operator"), old, new))


def operator_family(schema: Schema, old: MethodName, new: MethodName) -> Schema:
    """Return a schema whose operator family `old` is called `new`."""

    def called(name: MethodName) -> MethodName:
        return new if name == old else name

    changed = everywhere(schema, dict.fromkeys(("family", "order_by"), called))
    word = "operator family"
    return changed.with_(word, rekeyed(changed.of(word), old, new))


def operator_class(schema: Schema, old: MethodName, new: MethodName) -> Schema:
    """Return a schema whose operator class `old` is called `new`, in indexes of its method."""

    def called(name: Name) -> Name:
        return new.called if name == old.called else name

    def of_parts(parts: Mapping[str, V]) -> dict[str, V]:
        return {
            key: mapped(one, {"opclass": called})
            if getattr(one, "method", BTREE) == old.method
            else one
            for key, one in parts.items()
        }

    tables = {
        name: replace(
            table,
            indexes=of_parts(table.indexes),
            constraints=of_parts(table.constraints),
            partition_by=table.partition_by
            and mapped(table.partition_by, {"opclass": called}),
        )
        for name, table in schema.tables.items()
    }
    schema = replace(schema, tables=tables)
    for word, objects in schema.objects.items():
        found = {
            name: replace(one, indexes=of_parts(one.indexes))
            if hasattr(one, "indexes")
            else replace(one, opclass=called(one.opclass))
            if getattr(one, "opclass", None)
            else one
            for name, one in objects.items()
        }
        schema = schema.with_(word, found)
    word = "operator class"
    return schema.with_(word, rekeyed(schema.of(word), old, new))


def language(schema: Schema, old: str, new: str) -> Schema:
    """Return a schema whose language `old` is called `new`, in routines and transforms too."""

    def called(one: str) -> str:
        return new if one == old else one

    changed = everywhere(schema, {"language": called})
    word, transforms = "language", "transform"
    named = {
        name._replace(language=called(name.language)): one
        for name, one in changed.of(transforms).items()
    }
    changed = changed.with_(transforms, named)
    return changed.with_(word, rekeyed(changed.of(word), old, new))


def collation(schema: Schema, old: Name, new: Name) -> Schema:
    """Return a schema whose collation `old` is called `new`."""

    def called(name: Name) -> Name:
        return new if name == old else name

    edit = edits.CollationEdit(old, new)
    changed = everywhere(schema, {"collation": called, **in_expressions(edit)})
    return changed.with_("collation", rekeyed(changed.of("collation"), old, new))


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


def sequence(schema: Schema, old: Name, new: Name) -> Schema:
    """Return a schema whose sequence `old` is called `new`, in `nextval` as well."""
    schema = everywhere(schema, in_expressions(edits.SequenceEdit(old, new)))
    return schema.with_("sequence", rekeyed(schema.sequences, old, new))


def namespace(schema: Schema, old: str, new: str) -> Schema:
    """Return a schema whose tables and sequences of the schema `old` are in `new`.

    What else is in it, `Schemas.renamed` moves.
    """

    def moved(name: Name) -> Name:
        return Name(new, name.name) if name.schema == old else name

    def of_type(value: Any) -> Any:
        is_moved = isinstance(value, Type) and value.schema == old
        return replace(value, schema=new) if is_moved else value

    for name in [name for name in schema.sequences if name.schema == old]:
        schema = sequence(schema, name, moved(name))
    schema = tables(
        schema, {name: moved(name) for name in schema.tables if name.schema == old}
    )
    changes: dict[str, Callable[[Any], Any]] = {
        **dict.fromkeys(TYPES, of_type),
        "multirange": moved,
        "difference": moved,
        "collation": moved,
        "opclass": moved,
        "referred_table": moved,  # of tables of others, too
        "function": moved,
        "of_type": moved,
        **in_expressions(edits.SchemaEdit(old, new)),
    }
    return everywhere(schema, changes)


def with_expressions(value: Table, edit: edits.Edit) -> Table:
    """Return a table with every expression edited."""
    return mapped(value, in_expressions(edit))


def in_expressions(edit: edits.Edit) -> dict[str, Callable[[Any], Any]]:
    """Return the changes that edit every expression, and every command of a rule."""
    found: dict[str, Callable[[Any], Any]] = {}
    found |= dict.fromkeys(EXPRESSIONS, partial(edited, edit=edit))
    return {**found, "commands": partial(edited_commands, edit=edit)}


def edited_commands(commands: tuple[str, ...], edit: edits.Edit) -> tuple[str, ...]:
    """Return commands of a rule after an edit."""
    return tuple(edits.edited_command(one, edit) for one in commands)


@lru_cache(maxsize=10_000)
def edited(sql: str, edit: edits.Edit) -> str:
    """Return an expression after an edit; the partitions of a table often share it."""
    return edits.edited(sql, edit)
