"""What autocommit runs for operations: statements that can be repeated, and block for a moment.

Each sequence of statements leads from every state that an interrupted run of it leaves behind to
the same end. Source: the PostgreSQL manual, CREATE INDEX ("Building Indexes Concurrently"), DROP
INDEX, ALTER TABLE (ADD table_constraint NOT VALID, VALIDATE CONSTRAINT, ADD table_constraint
USING INDEX, and Notes), ALTER TYPE.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import singledispatch
from typing import TYPE_CHECKING, Any

from gen_migration import ddl, not_null, violations
from gen_migration.alterations import AddEnumValue, AlterConstraint, SetComment
from gen_migration.backfill import in_batches
from gen_migration.change_views import (
    alter_column,
    alter_table,
    is_deferral,
    is_validation,
)
from gen_migration.column_operations import (
    Backfill,
    SetColumnDefault,
    SetColumnNullable,
)
from gen_migration.operations import (
    CreateConstraint,
    CreateIndex,
    DropConstraint,
    DropIndex,
    Operation,
)
from gen_migration.renames import RenameIndex
from gen_migration.schema import Check, Element, ForeignKey, Index, PrimaryKey, Unique
from gen_migration.sql import aside, quote_name
from gen_migration.views import view

if TYPE_CHECKING:
    from gen_migration.safety import Safety
    from gen_migration.schema import Constraint, Schema
    from gen_migration.sql import Name


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """A statement as SQL.

    `concurrent` ones wait for other transactions without being in anybody's way. `violations` is
    a query for the rows that would stop it.
    """

    sql: str
    concurrent: bool = False
    violations: str | None = None


@dataclass(frozen=True, slots=True)
class Place:
    """What the form of an operation depends on: the schema before it, and the spec's words."""

    schema: Schema
    safety: Safety
    postgresql: int


@singledispatch
def statements(operation: Operation, _: Place) -> Iterator[Statement]:
    """Yield the statements of an operation that autocommit runs."""
    raise TypeError(f"no repeatable form of {type(operation).__name__}")


def create_index(table: Name, name: str, value: Index) -> Iterator[Statement]:
    """Yield what builds an index; what an interrupted build has left goes first."""
    index = table._replace(name=name).sql
    yield Statement(sql=f"DROP INDEX CONCURRENTLY IF EXISTS {index}", concurrent=True)
    yield Statement(
        sql=ddl.create_index(table, name, value, concurrently=True),
        concurrent=True,
        violations=violations.of_index(table, value) if value.unique else None,
    )


@statements.register
def _(operation: CreateIndex, _: Place) -> Iterator[Statement]:
    table, name, value = operation.table, operation.name, operation.new
    yield from create_index(table, name, value)
    if value.comment is not None:
        index = table._replace(name=name).sql
        yield Statement(sql=ddl.comment(f"INDEX {index}", value.comment))


@statements.register
def _(operation: DropIndex, _: Place) -> Iterator[Statement]:
    index = operation.table._replace(name=operation.name).sql
    yield Statement(sql=f"DROP INDEX CONCURRENTLY IF EXISTS {index}", concurrent=True)


@statements.register
def _(operation: RenameIndex, _: Place) -> Iterator[Statement]:
    index = operation.table._replace(name=operation.old).sql
    new = quote_name(operation.new)
    yield Statement(sql=f"ALTER INDEX IF EXISTS {index} RENAME TO {new}")


@statements.register
def _(operation: CreateConstraint, _: Place) -> Iterator[Statement]:
    yield from constraint(operation.table, operation.name, operation.new)


@statements.register
def _(operation: AlterConstraint, _: Place) -> Iterator[Statement]:
    old, new = operation.old, operation.new
    if is_deferral(old, new):
        for sql in view(operation)["statements"]:
            yield Statement(sql=sql)
    elif is_validation(old, new):
        yield validate(operation.table, operation.name, new)
    else:
        yield from constraint(operation.table, operation.name, new)


@statements.register
def _(operation: DropConstraint, _: Place) -> Iterator[Statement]:
    drop = f"DROP CONSTRAINT IF EXISTS {quote_name(operation.name)}"
    yield Statement(sql=alter_table(operation.table, drop))


def constraint(table: Name, name: str, value: Constraint) -> Iterator[Statement]:
    """Yield what gives a table a constraint, in the place of one of that name."""
    drop = f"DROP CONSTRAINT IF EXISTS {quote_name(name)}"
    match value:
        case PrimaryKey() | Unique():
            built = aside(name)
            yield from create_index(table, built, index_of(value))
            word = "PRIMARY KEY" if isinstance(value, PrimaryKey) else "UNIQUE"
            add = (
                f"ADD CONSTRAINT {quote_name(name)} {word}"
                f" USING INDEX {quote_name(built)}{ddl.deferral(value)}"
            )
            yield Statement(sql=alter_table(table, drop, add))
        case Check() | ForeignKey():
            later = value if value.not_valid else replace(value, not_valid=True)
            add = f"ADD {ddl.constraint(name, later)}"
            yield Statement(sql=alter_table(table, drop, add))
            if not value.not_valid:
                yield validate(table, name, value)
    if value.comment is not None:
        what = f"CONSTRAINT {quote_name(name)} ON {table.sql}"
        yield Statement(sql=ddl.comment(what, value.comment))


def index_of(value: PrimaryKey | Unique) -> Index:
    """Return the index that a key is made of."""
    return Index(
        elements=tuple(Element(column=name) for name in value.columns),
        unique=True,
        include=value.include,
        nulls_not_distinct=isinstance(value, Unique) and value.nulls_not_distinct,
    )


def validate(table: Name, name: str, value: Constraint) -> Statement:
    assert isinstance(value, Check | ForeignKey)  # noqa: S101 - the others have no such state
    return Statement(
        sql=alter_table(table, f"VALIDATE CONSTRAINT {quote_name(name)}"),
        violations=violations.of_constraint(table, value),
    )


@statements.register
def _(operation: SetColumnNullable, place: Place) -> Iterator[Statement]:
    if operation.new:
        yield Statement(sql=alter_column(operation, "DROP NOT NULL"))
    elif place.postgresql >= NOT_NULL_LATER:
        yield from forbid_null(operation, place.schema)
    else:
        yield from forbid_null_by_check(operation)


# NOT NULL … NOT VALID is new in 18 (release notes, E.4.3.3).
NOT_NULL_LATER = 18


def forbid_null(operation: SetColumnNullable, schema: Schema) -> Iterator[Statement]:
    """Yield what makes a column NOT NULL on PostgreSQL 18: a constraint, and its validation.

    To add it once more does nothing, also when it is valid.
    """
    table, column = operation.table, quote_name(operation.name)
    name = operation.not_null or not_null.free_name(
        table, schema.tables[table], operation.name
    )
    add = f"ADD CONSTRAINT {quote_name(name)} NOT NULL {column} NOT VALID"
    yield Statement(sql=alter_table(table, add))
    yield Statement(
        sql=alter_table(table, f"VALIDATE CONSTRAINT {quote_name(name)}"),
        violations=violations.of_nulls(table, operation.name),
    )


def forbid_null_by_check(operation: SetColumnNullable) -> Iterator[Statement]:
    """Yield what makes a column NOT NULL: a check, by which PostgreSQL knows all rows."""
    table, column = operation.table, quote_name(operation.name)
    check = quote_name(aside(f"{table.name}_{operation.name}"))
    drop = f"DROP CONSTRAINT IF EXISTS {check}"
    add = f"ADD CONSTRAINT {check} CHECK ({column} IS NOT NULL) NOT VALID"
    yield Statement(sql=alter_table(table, drop, add))
    yield Statement(
        sql=alter_table(table, f"VALIDATE CONSTRAINT {check}"),
        violations=violations.of_nulls(table, operation.name),
    )
    yield Statement(sql=alter_column(operation, "SET NOT NULL"))
    yield Statement(sql=alter_table(table, drop))
    if operation.not_null is not None:
        rename = not_null.rename(table, operation.name, operation.not_null)
        yield Statement(sql=rename)


@statements.register
def _(operation: Backfill, place: Place) -> Iterator[Statement]:
    if operation.new is not None:
        table = place.schema.tables[operation.table]
        yield Statement(sql=in_batches(operation, table, place.safety))


@statements.register(AddEnumValue)
@statements.register(SetColumnDefault)
@statements.register(SetComment)
def _(operation: Any, _: Place) -> Iterator[Statement]:
    yield from (Statement(sql=sql) for sql in plain(operation))


def plain(operation: AddEnumValue | SetColumnDefault | SetComment) -> list[str]:
    """Return statements that give the same end however often they run."""
    if isinstance(operation, SetColumnDefault):
        action = "DROP DEFAULT"
        if operation.new is not None:
            action = f"SET DEFAULT {ddl.default(operation.new)}"
        return [alter_column(operation, action)]
    found: list[str] = view(operation)["statements"]
    return found
