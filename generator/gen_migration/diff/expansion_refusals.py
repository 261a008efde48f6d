"""Why an expansion cannot be opened, and what to do instead. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gen_migration.diff.expansions import LAST
from gen_migration.kinds.graph import Graph
from gen_migration.model.given import heirs
from gen_migration.model.schema import PrimaryKey

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from gen_migration.diff.expansions import Expansion
    from gen_migration.model.schema import Column, Schema, Table

WITHOUT = "leave expand out"
ALONE = "leave expand out, or make that change in an edit of its own"


def reasons(old: Schema, new: Schema, one: Expansion) -> Iterator[tuple[str, str]]:
    """Yield why an expansion cannot be opened, and what to do instead."""
    before, after = old.tables[one.table], new.tables[one.table]
    spelled = {name: one.old if one.is_in_place else name for name in one.names}
    targets = {
        name: after.columns[key]
        for name, key in spelled.items()
        if key in after.columns
    }
    yield from of_table(old, new, one)
    yield from of_values(before.columns[one.old], targets)
    yield from of_types(old, new, targets)
    yield from of_parts(before, one)
    yield from of_columns(old, one)
    yield from of_objects(old, one)


def of_table(old: Schema, new: Schema, one: Expansion) -> Iterator[tuple[str, str]]:
    table = old.tables[one.table]
    is_related = table.has_given or new.tables[one.table].has_given
    if is_related or table.partition_by or [*heirs(old, one.table)]:
        yield (
            "the table has partitions, parents, children, or a type that it is of",
            f"{WITHOUT}: its columns change with theirs",
        )


def of_values(
    source: Column, targets: Mapping[str, Column]
) -> Iterator[tuple[str, str]]:
    """Yield what of the columns themselves no trigger can keep alike."""
    columns = (source, *targets.values())
    if any(one.generated for one in columns):
        yield (
            "a generated column is computed, and nobody writes it",
            f"{WITHOUT}: add the new column beside the old one, and drop that later",
        )
    if any(one.has_sequence for one in columns):
        yield "its values come from a sequence", WITHOUT
    if source.default is not None and all(
        one.default is None for one in targets.values()
    ):
        yield (
            "the old column has a default and the new one none, and old code relies on it",
            "keep the default, and drop it in an edit after the contract",
        )
    if any(one.nullable for one in columns) and any(
        one.default is not None for one in columns
    ):
        yield (
            "it may hold NULL and has a default: a NULL that is written looks like none",
            "make it NOT NULL, or drop its default, in an edit of its own first",
        )
    if len(targets) == 1 and any(
        one.nullable != source.nullable for one in targets.values()
    ):
        yield "whether it may hold NULL changes as well", ALONE
    if any(one.not_null_state is not None for one in columns):
        yield "its NOT NULL is no plain one", ALONE


TYPES = ("enum", "domain", "composite type", "range type", "base type")


def of_types(
    old: Schema, new: Schema, targets: Mapping[str, Column]
) -> Iterator[tuple[str, str]]:
    """Yield the types that are not there yet when the column is added."""
    before, after = (
        {(one.schema, one.name) for word in TYPES for one in schema.of(word)}
        for schema in (old, new)
    )
    for column in targets.values():
        name = (column.type.schema, column.type.name)
        if column.type.kind != "builtin" and name in after - before:
            yield (
                f"the type {column.type} is new in the same edit",
                "add the type first, in an edit of its own",
            )


def of_parts(before: Table, one: Expansion) -> Iterator[tuple[str, str]]:
    for constraint in before.constraints.values():
        if isinstance(constraint, PrimaryKey) and one.old in constraint.columns:
            yield (
                "it is part of the primary key, of which a table has one",
                f"{WITHOUT}, or make another column the key in an edit of its own first",
            )
    if any(
        column == one.old
        for given in (before.grants or {}).values()
        for _, column in given
    ):
        yield (
            "roles have privileges on the column alone",
            "grant them on the table meanwhile",
        )


def of_columns(old: Schema, one: Expansion) -> Iterator[tuple[str, str]]:
    """Yield the columns that hold on to it, of this table and of others."""
    for table, value in old.tables.items():
        for name, key in value.foreign_keys.items():
            if key.referred_table == one.table and one.old in key.referred_columns:
                yield f"the foreign key {name} of table {table} refers to it", WITHOUT
    graph = Graph(old)
    for name, column in old.tables[one.table].columns.items():
        if column.generated is None:
            continue
        read = graph.find.expression(one.table, column.generated.expression)
        if ("column", one.table, one.old) in graph.found(
            ("column", one.table, name), read
        ):
            yield f"the generated column {name} is computed from it", WITHOUT


def of_objects(old: Schema, one: Expansion) -> Iterator[tuple[str, str]]:
    """Yield the objects that cannot wait for the contract as they are."""
    for word, name in Graph(old).standing_on({("column", one.table, one.old)}):
        if word == "materialized view":
            yield (
                f"the materialized view {name} stands on it",
                f"{WITHOUT}, or drop the view in an edit of its own first",
            )
    for name, trigger in old.of("trigger").items():
        if name.holder != one.table:
            continue
        if one.old in trigger.columns:
            yield (
                f"the trigger {name.name} fires only where this column is written",
                "let it fire for all updates, in an edit of its own first",
            )
        if name.name > one.trigger.name and trigger.timing == "before" and trigger.row:
            yield (
                f"the trigger {name.name} would fire after that of the expansion",
                f"give it a name before {LAST}",
            )
