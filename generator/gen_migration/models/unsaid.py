"""What models do not say of a schema: what SQLAlchemy has no words for. Pure.

`said` is that list, as the schema that is left without it; docs/models.md has it in words.
"""

from __future__ import annotations

from dataclasses import fields
from typing import TYPE_CHECKING, Any

from gen_migration.base.data_class import replace
from gen_migration.model.given import columns_in
from gen_migration.model.schema import Column, Enum, Schema, Sequence, Table
from gen_migration.models import arguments
from gen_migration.models.entities import without_unsaid
from gen_migration.postgres.names import KEYWORDS

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

    from gen_migration.model.schema import Index
    from gen_migration.postgres.names import Name


def said(schema: Schema, known: Collection[Name] = ()) -> Schema:
    """Return what models say of a schema: its tables, enums and sequences, without the rest.

    `known` are tables of others that foreign keys point at.
    """
    tables = {name: one for name, one in schema.tables.items() if one.parent is None}
    there = {*tables, *known}
    return Schema(
        tables={name: table(schema, one, there) for name, one in tables.items()},
        objects={
            "enum": {
                name: Enum(values=one.values)
                for name, one in schema.enums.items()
                if name.schema not in KEYWORDS
            },
            "sequence": {
                name: Sequence(type=one.type, options=one.options)
                for name, one in schema.sequences.items()
            },
        },
    )


def table(schema: Schema, value: Table, known: Collection[Name]) -> Table:
    """Return a table as models say it: with all of its columns, wherever they come from."""
    return Table(
        columns={key: column(one) for key, one in columns_in(schema, value).items()},
        constraints=arguments.constraints(value, known),
        indexes=indexes(value.indexes),
        partition_by=arguments.partition_by(value),
        inherits=value.inherits if arguments.inherits_plainly(value) else (),
        unlogged=value.unlogged,
        tablespace=value.tablespace,
        access_method=value.access_method,
        comment=value.comment,
    )


def indexes(held: Mapping[str, Index]) -> dict[str, Index]:
    """Return indexes as models say them."""
    return {
        key: replace(one, comment=None)
        for key, one in held.items()
        if arguments.is_said(one)
    }


def with_unsaid(value: Column, other: Column) -> Column:
    """Return a column of models with what they do not say from another one."""
    found = column(other)
    unlike = {
        one.name: getattr(other, one.name)
        for one in fields(other)
        if one.name != "identity"
        and getattr(found, one.name) != getattr(other, one.name)
    }
    return replace(value, **unlike)


def column(value: Column) -> Column:
    """Return a column as models say it."""
    found = without_unsaid(value)
    return Column(
        type=found.type,
        nullable=found.nullable,
        default=found.default,
        generated=found.generated,
        identity=found.identity,
        collation=found.collation,
        comment=found.comment,
    )


def unsaid(schema: Schema, known: Collection[Name] = ()) -> Iterator[tuple[str, str]]:
    """Yield what models do not say: in a word, and of which object."""
    left = said(schema, known)
    for word in schema.objects:
        for name, value in schema.of(word).items():
            held = left.of(word).get(name)
            if held is None:
                yield word, str(name)
            else:
                yield from differing(word, str(name), value, held)
    for name, value in schema.tables.items():
        if value.parent is not None:
            yield "partition", str(name)
            continue
        yield from of_table(schema, str(name), value, left.tables[name])


def of_table(
    schema: Schema, name: str, value: Table, held: Table
) -> Iterator[tuple[str, str]]:
    """Yield what models do not say of a table and of its parts."""
    whole = replace(
        value,
        own={},
        columns=held.columns,
        constraints=held.constraints,
        indexes=held.indexes,
    )
    yield from differing("table", name, whole, held)
    for key, column_ in columns_in(schema, value).items():
        yield from differing("column", f"{name}.{key}", column_, held.columns[key])
    # An index may be called as a constraint that has none.
    parts: tuple[tuple[Mapping[str, Any], Mapping[str, Any]], ...] = (
        (value.constraints, held.constraints),
        (value.indexes, held.indexes),
    )
    for mine, said_ in parts:
        for key, one in mine.items():
            if (found := said_.get(key)) is None:
                yield one.word, f"{key} of {name}"
            else:
                yield from differing(one.word, f"{key} of {name}", one, found)


def differing(word: str, name: str, value: Any, held: Any) -> Iterator[tuple[str, str]]:
    """Yield the fields of an object that models do not say."""
    for one in fields(value):
        if getattr(value, one.name) != getattr(held, one.name):
            yield f"{one.name.replace('_', ' ')} of {word}", name
