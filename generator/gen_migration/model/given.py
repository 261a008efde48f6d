"""Columns that a table has from others: partitions, children and typed tables. Pure.

A partition has those of its parent, a child (INHERITS) those of all its parents, where it does not
declare one itself, and a typed table (OF) the attributes of its type. What such a table has
otherwise of a column is its `own`. A database holds a whole column for each table; `own` says the
same in less.

Source: the PostgreSQL manual, chapter 5.11 (Inheritance) and CREATE TABLE (INHERITS, OF, PARTITION
OF), and for what is merged, `MergeAttributes` in tablecmds.c.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

from gen_migration.base.data_class import replace
from gen_migration.model.automatic_names import sequence_name
from gen_migration.model.schema import Check, Column
from gen_migration.postgres.names import quote_text

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from gen_migration.model.schema import Own, Schema, Table
    from gen_migration.postgres.names import Name

# What a table has of a column that is given when it comes to be, or otherwise of its own.
VALUES = ("default", "storage", "compression")
# What is each table's own, and is handed to no other.
ALONE = (
    *("not_null_state", "statistics_target", "n_distinct", "n_distinct_inherited"),
    "comment",
)


class Same:
    """A value by what it is, and not by what it is equal to."""

    __slots__ = ("value",)

    def __init__(self, value: Any) -> None:
        self.value = value

    def __hash__(self) -> int:
        return id(self.value)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Same) and self.value is other.value


@lru_cache(maxsize=8)
def by_parent(tables: Same) -> dict[Name, list[Name]]:
    """Return the partitions and children of each of these tables."""
    found: dict[Name, list[Name]] = {}
    for name, table in tables.value.items():
        # Each step of an edit asks this of all tables, most of which have none.
        if table.inherits or table.partition_of is not None:
            for parent in table.parents:
                found.setdefault(parent, []).append(name)
    return found


@lru_cache(maxsize=8)
def is_flat(tables: Same) -> bool:
    """Tell whether none of these tables is a child or a typed table."""
    every = tables.value.values()
    return not any(one.inherits or one.of_type is not None for one in every)


def has_heirs(schema: Schema, name: Name) -> bool:
    """Tell whether other tables have columns of a table."""
    return name in by_parent(Same(schema.tables))


def heirs(schema: Schema, of: Name) -> list[Name]:
    """Return all tables that have columns of a table: its partitions and children, and theirs.

    Each comes after all that it has columns from.
    """
    below = by_parent(Same(schema.tables))
    if of not in below:
        return []
    done: dict[Name, None] = {}

    def walk(name: Name, above: frozenset[Name]) -> None:
        for one in reversed(below.get(name, ())):
            if one not in done and one not in above:
                walk(one, above | {one})
                done[one] = None

    walk(of, frozenset((of,)))
    return [*reversed(done)]


def ancestry(schema: Schema, name: Name) -> list[Name]:
    """Return all tables that a table has columns from, as far as they are there."""
    found: dict[Name, None] = {}
    waiting = [name]
    while waiting:
        for parent in schema.tables[waiting.pop()].parents:
            if parent in schema.tables and parent not in found:
                found[parent] = None
                waiting.append(parent)
    return [*found]


def in_line(schema: Schema) -> list[Name]:
    """Return the tables that have columns from others, each after those."""
    done: dict[Name, None] = {}

    def visit(name: Name, below: frozenset[Name]) -> None:
        for parent in schema.tables[name].parents:
            if parent in schema.tables and parent not in below:
                visit(parent, below | {parent})
        done[name] = None

    for name, table in schema.tables.items():
        if table.has_given:
            visit(name, frozenset((name,)))
    return [name for name in done if schema.tables[name].has_given]


def typed_tables(schema: Schema, of: Name) -> list[Name]:
    """Return the typed tables of a composite type, and their heirs."""
    whole = [name for name, table in schema.tables.items() if table.of_type == of]
    return [
        *dict.fromkeys(one for name in whole for one in (name, *heirs(schema, name)))
    ]


def inherited_column(parent: Name, name: str, column: Column) -> Column:
    """Return what a partition or a child has of a column of its parent.

    What is the parent's alone stays there, and so does an identity, which PostgreSQL takes from
    what is detached, and a NOT NULL with NO INHERIT. A serial column goes on with the parent's
    sequence, as PostgreSQL prints it.
    """
    alone: dict[str, Any] = dict.fromkeys(ALONE)
    state = column.not_null_state
    if state is not None and state.no_inherit:
        alone |= {"nullable": True, "not_null": None}
    found = replace(column, identity=None, **alone)
    if not column.type.is_serial:
        return found
    sequence = quote_text(sequence_name(parent, name).sql)
    return replace(
        found, type=column.type.plain, default=f"nextval({sequence}::regclass)"
    )


def merged(first: Column, other: Column) -> Column:
    """Return the column that a child has from two parents: of what differs, the first one's.

    A default is that of the parent that has one, and NULL is forbidden where one forbids it.
    """
    found = first
    if first.nullable and not other.nullable:
        found = replace(found, nullable=False, not_null=other.not_null)
    if first.default is None and other.default is not None:
        found = replace(found, default=other.default)
    return found


def given_columns(schema: Schema, table: Table) -> dict[str, Column]:
    """Return the columns that a table has from others, before what it has otherwise of them."""
    if table.of_type is not None:
        return attributes(schema, table.of_type)
    found: dict[str, Column] = {}
    for parent in table.parents:
        if parent not in schema.tables:
            continue
        for key, one in columns_of(schema, parent).items():
            column = inherited_column(parent, key, one)
            found[key] = merged(found[key], column) if key in found else column
    return found


def attributes(schema: Schema, name: Name) -> dict[str, Column]:
    """Return the columns that a composite type gives to its typed tables."""
    value = schema.of("composite type").get(name)
    return {
        key: Column(type=one.type, collation=one.collation, nullable=True)
        for key, one in ({} if value is None else value.attributes).items()
    }


def given_column(schema: Schema, table: Table, name: str) -> Column | None:
    """Return a column that a table has from others; None where they have none of this name."""
    if table.of_type is not None:
        return attributes(schema, table.of_type).get(name)
    found = None
    for parent in table.parents:
        held = held_column(schema, parent, name)
        if held is not None:
            column = inherited_column(parent, name, held)
            found = column if found is None else merged(found, column)
    return found


def held_column(schema: Schema, name: Name, column: str) -> Column | None:
    """Return a column of a table as the database holds it; None where there is none."""
    table = schema.tables.get(name)
    if table is None:
        return None
    declared = table.columns.get(column)
    if not table.has_given:
        return declared
    given = given_column(schema, table, column)
    if given is None or declared is None:
        return declared if given is None else with_own(given, table.own.get(column))
    return both(declared, given)


def both(declared: Column, given: Column) -> Column:
    """Return a column that a child declares, and that its parents have too."""
    if not declared.nullable or given.nullable:
        return declared
    return replace(declared, nullable=False, not_null=given.not_null)


def with_own(given: Column, own: Own | None) -> Column:
    """Return a column that is given, with what a table has otherwise of it."""
    if not own:
        return given
    # Who says NOT NULL gives it a name, or leaves that to PostgreSQL.
    if "nullable" in own:
        given = replace(given, not_null=None)
    return replace(given, **own)


def columns_of(schema: Schema, name: Name) -> Mapping[str, Column]:
    """Return all columns of a table, those that are given first."""
    return columns_in(schema, schema.tables[name])


def columns_in(schema: Schema, table: Table) -> Mapping[str, Column]:
    """Return all columns of a table that may not be in the schema."""
    if not table.has_given:
        return table.columns
    found = {}
    for key, given in given_columns(schema, table).items():
        declared = table.columns.get(key)
        found[key] = (
            with_own(given, table.own.get(key))
            if declared is None
            else both(declared, given)
        )
    return {**found, **{k: v for k, v in table.columns.items() if k not in found}}


def column_of(schema: Schema, name: Name, column: str) -> Column:
    """Return a column of a table. KeyError where there is none."""
    found = held_column(schema, name, column)
    if found is None:
        raise KeyError(column)
    return found


def own_of(column: Column, given: Column, *, says: bool) -> Own:
    """Return what a table's column has otherwise than what is given.

    `says` tells whether it says NOT NULL itself, though what gives it may do so as well.
    """
    own: dict[str, Any] = {
        field: getattr(column, field)
        for field in VALUES
        if getattr(column, field) != getattr(given, field)
    }
    if column.identity is not None:
        own["identity"] = column.identity
    if not column.nullable and (says or given.nullable):
        own["nullable"] = False
        if column.not_null is not None:
            own["not_null"] = column.not_null
    for field in ALONE:
        if (value := getattr(column, field)) is not None:
            own[field] = value
    return own


def given_checks(schema: Schema, table: Table) -> dict[str, Check]:
    """Return the checks that a child has from its parents; keys and indexes, it has none of."""
    found: dict[str, Check] = {}
    for parent in table.inherits:
        for key, one in checks_of(schema, parent):
            found.setdefault(key, replace(one, comment=None))
    return found


def checks_of(schema: Schema, name: Name) -> Iterator[tuple[str, Check]]:
    """Yield the checks of a table that its children have too."""
    table = schema.tables.get(name)
    if table is not None:
        for key, one in {**given_checks(schema, table), **table.constraints}.items():
            if isinstance(one, Check) and not one.no_inherit:
                yield key, one
