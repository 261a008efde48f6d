"""A spec as the tree of its models. Pure.

Partitions have no models: rows are read and written through their table.
"""

from __future__ import annotations

import builtins
from typing import TYPE_CHECKING

from gen_migration.alembic_ops import write
from gen_migration.alembic_ops.calls import Call, Word
from gen_migration.base.data_class import replace
from gen_migration.model.given import columns_in
from gen_migration.model.schema import ForeignKey, PrimaryKey, Table, Unique
from gen_migration.models import arguments
from gen_migration.models.annotations import Types
from gen_migration.models.module_names import Growing, names_of
from gen_migration.models.python_names import (
    Scope,
    class_name,
    constant_name,
    identifier,
)
from gen_migration.models.relations import related
from gen_migration.models.tree import Choice, Counter, Entity, External, Field, Tree
from gen_migration.postgres.names import KEYWORDS

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

    from gen_migration.model.schema import Column, Schema, Spec
    from gen_migration.postgres.names import Name

# What annotations name, and no attribute may hide from them.
BUILTINS = frozenset(dir(builtins)) & frozenset(
    "bool bytes dict float int list object str".split()
)


def tree(
    spec: Spec,
    library: Collection[str],
    reserved: frozenset[str],
    metadata: str,
    suffixes: Sequence[str],
) -> Tree:
    """Return the tree of a spec's models.

    `library` are the names that a module of this style has beside them, `reserved` those that no
    attribute of a class may have. `metadata` is the expression of the MetaData. `suffixes` are
    those of a table's classes; without any, all tables are variables.
    """
    growing = Growing(spec=spec, scope=Scope(library), imports={})
    base = growing.hint("spec", "").get("base")
    if base is not None:
        # All classes stand on it by this name.
        module, _, name = base.partition(":")
        growing.imports["Base"] = (module, name)
    choices = choices_of(growing)
    domains = {name: one.type for name, one in spec.schema.of("domain").items()}
    types = Types(choices, domains)
    tables = {
        name: one for name, one in spec.schema.tables.items() if one.parent is None
    }
    known = {*tables, *spec.external}
    named = names_of(growing, tables, suffixes)
    hidden = reserved | BUILTINS | growing.scope.taken
    entities = {
        name: entity(growing, name, one, named[name], types, known, hidden)
        for name, one in tables.items()
    }
    classes = {name: one for name, one in entities.items() if one.class_ is not None}
    keys = [
        (name, key, one)
        for name, table in tables.items()
        for key, one in arguments.constraints(table, known).items()
        if isinstance(one, ForeignKey)
    ]
    relations = related(classes, keys, spec.hints, hidden)
    return Tree(
        spec=spec.name,
        entities=tuple(
            replace(one, relations=relations.get(name, ()))
            for name, one in entities.items()
        ),
        choices=tuple(choices.values()),
        externals=() if growing.has_base else externals(growing, types, metadata),
        sequences=tuple(
            Counter(name=name, type=one.type, options=one.options)
            for name, one in spec.schema.sequences.items()
        ),
        imports=growing.imports,
        has_base=growing.has_base,
    )


def choices_of(growing: Growing) -> dict[Name, Choice]:
    """Return the enums that SQLAlchemy can name."""
    enums = growing.spec.schema.enums
    names = [
        name for name in growing.in_turn(enums) if name.schema not in KEYWORDS
    ]  # SQLAlchemy leaves `timestamp` without quotes
    # The user's own have their names as they are.
    hints = {name: growing.hint("enum", name).get("class", "") for name in names}
    own = {name: growing.imported(hint) for name, hint in hints.items() if ":" in hint}
    found = {}
    for name in names:
        plain = class_name(name.name)
        whole = plain if name.schema is None else class_name(name.schema) + plain
        value, scope = enums[name], Scope(("name", "value", "mro"))
        class_ = own.get(name)
        if class_ is None and value.values:
            wanted = (hints[name],) if hints[name] else (plain, whole)
            class_ = growing.scope.free(*wanted)
        found[name] = Choice(
            name=name,
            class_=class_,
            variable=growing.scope.free(f"{identifier(name.name, 'enum')}_type"),
            members={scope.free(constant_name(one)): one for one in value.values},
            comment=value.comment,
            is_own=name in own,
        )
    return {name: found[name] for name in enums if name in found}


def entity(
    growing: Growing,
    name: Name,
    value: Table,
    named: tuple[str | None, str],
    types: Types,
    known: Collection[Name],
    hidden: frozenset[str] | set[str],
) -> Entity:
    """Return a table with its columns, constraints and indexes."""
    columns = columns_in(growing.spec.schema, value)
    whole = replace(value, columns=columns)
    at_columns, rest = constraints_of(growing, value, known)
    names = attributes(growing, name, columns, hidden)
    fields = {
        key: column(growing, name, key, one, whole, types, names[key], at_columns)
        for key, one in columns.items()
    }
    mixins = growing.hint("table", name).get("mixins", ())
    return Entity(
        table=name,
        value=whole,
        class_=named[0],
        variable=named[1],
        fields=fields,
        arguments=(*rest, *arguments.indexes(value, has_base=growing.has_base)),
        options=arguments.options(name, value),
        mixins=tuple(growing.imported(one) for one in mixins),
    )


def constraints_of(
    growing: Growing, value: Table, known: Collection[Name]
) -> tuple[dict[str, list[Call]], list[Call]]:
    """Return the foreign keys of single columns by those, and all other constraints of a table."""
    at_columns: dict[str, list[Call]] = {}
    rest: list[Call] = []
    for key, one in arguments.constraints(value, known).items():
        found = arguments.constraint(key, one, has_base=growing.has_base)
        if isinstance(one, ForeignKey) and needs_index(growing.spec.schema, one):
            found = replace(found, keywords={**found.keywords, "use_alter": True})
        inline = (
            arguments.at_column(one, found) if isinstance(one, ForeignKey) else None
        )
        if isinstance(one, ForeignKey) and inline is not None:
            at_columns.setdefault(one.columns[0], []).append(inline)
        else:
            rest.append(found)
    return at_columns, rest


def attributes(
    growing: Growing,
    table: Name,
    columns: Iterable[str],
    hidden: frozenset[str] | set[str],
) -> dict[str, str]:
    """Return what the columns of a table are called in its class."""
    scope = Scope(hidden)
    wanted = {
        key: growing.hint("column", (table, key)).get("attribute")
        or identifier(key, "column")
        for key in columns
    }
    # Who is called as its column keeps that name.
    order = sorted(wanted, key=lambda key: wanted[key] != key)
    return {key: scope.free(wanted[key]) for key in order}


def column(
    growing: Growing,
    table: Name,
    key: str,
    value: Column,
    whole: Table,
    types: Types,
    name: str,
    at_columns: Mapping[str, list[Call]],
) -> Field:
    """Return a column as an attribute; its call is that of `sa.Column`, without foreign keys."""
    hint = growing.hint("column", (table, key))
    said = without_unsaid(value)
    counts = write.counts_key(key, said, whole)
    made = write.column(key, said, whole)
    of = types.expression(said.type.plain if counts else said.type, said.collation)
    if "type" in hint:
        of = Word(growing.imported(hint["type"]))
    keywords = {key: one for key, one in made.keywords.items() if key != "comment"}
    if value.comment is not None:
        keywords["comment"] = value.comment
    found = types.annotation(said.type)
    if "type" in hint and "annotation" not in hint:
        found = "Any"
    if "annotation" in hint:
        found = growing.imported(hint["annotation"])
    return Field(
        name=name,
        column=key,
        value=value,
        type=of,
        annotation=found,
        call=Call("sa.Column", (key, of, *made.arguments[2:]), keywords),
        is_key=key in arguments.key_of(whole),
        keys=tuple(at_columns.get(key, ())),
    )


def needs_index(schema: Schema, key: ForeignKey) -> bool:
    """Tell whether a foreign key refers to a unique index, which comes after the tables."""
    referred = schema.tables.get(key.referred_table)
    return referred is not None and not any(
        isinstance(one, PrimaryKey | Unique)
        and set(one.columns) == set(key.referred_columns)
        for one in referred.constraints.values()
    )


def without_unsaid(value: Column) -> Column:
    """Return a column without the names that SQLAlchemy has no words for."""
    found = replace(value, not_null=None, not_null_state=None)
    if found.identity is not None:
        found = replace(found, identity=replace(found.identity, sequence=None))
    return found


def externals(growing: Growing, types: Types, metadata: str) -> tuple[External, ...]:
    """Return the tables of others."""
    keys: dict[Name, dict[tuple[str, ...], None]] = {}
    for table in growing.spec.schema.tables.values():
        for one in table.foreign_keys.values():
            keys.setdefault(one.referred_table, {})[one.referred_columns] = None
    found = []
    for name, columns in growing.spec.external.items():
        if name in growing.spec.schema.tables:
            continue
        of = {key: types.expression(one.plain) for key, one in columns.items()}
        call = arguments.external(name, of, Word(metadata), keys.get(name, ()))
        variable = growing.scope.free(identifier(name.name, "table"))
        found.append(External(variable=variable, call=call))
    return tuple(found)
