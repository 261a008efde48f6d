"""Repeatable statements that autocommit runs for operations, and that block for a moment.

Each sequence of statements leads from every state that an interrupted run of it leaves behind to
the same end. Source: the PostgreSQL manual, CREATE INDEX ("Building Indexes Concurrently"), DROP
INDEX, ALTER TABLE (ADD table_constraint NOT VALID, VALIDATE CONSTRAINT, ADD table_constraint
USING INDEX, and Notes), ALTER TYPE.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import field, replace
from functools import singledispatch
from typing import TYPE_CHECKING

from gen_migration.base.data_class import dataclass
from gen_migration.model import not_null_names
from gen_migration.model.constraints import is_deferral, is_validation
from gen_migration.model.own_columns import partitions
from gen_migration.model.partitions import is_partitioned
from gen_migration.model.schema import Check, ForeignKey, PrimaryKey, Unique
from gen_migration.operations.alterations import (
    AddEnumValue,
    AlterConstraint,
    AlterObject,
    SetComment,
    SetTableStorage,
)
from gen_migration.operations.base import (
    CreateConstraint,
    CreateIndex,
    DropConstraint,
    DropIndex,
    Operation,
    apply,
)
from gen_migration.operations.columns import (
    AddColumn,
    Backfill,
    DropColumn,
    SetColumnCompression,
    SetColumnDefault,
    SetColumnNullable,
    SetColumnStorage,
    SetNotNullName,
)
from gen_migration.operations.renames import RenameIndex
from gen_migration.plan.modes import has_late_keys
from gen_migration.plan.together import runs
from gen_migration.postgres.names import aside, quote_name
from gen_migration.render import violations
from gen_migration.render.alter import alter_column, alter_table, said, set_default
from gen_migration.render.backfill import in_batches
from gen_migration.render.create import column_statements, drop_constraint, view
from gen_migration.render.online_partitions import (
    create_index_of_parts,
    drop_index,
    foreign_key_of_parts,
    key_of_parts,
    rename_index,
    rename_index_of_parts,
)
from gen_migration.render.statements import (
    Statement,
    add_foreign_key,
    create_index,
    drop_index_concurrently,
    index_of,
    using_index,
    validate,
)
from gen_migration.sql import ddl, do_block

if TYPE_CHECKING:
    from gen_migration.alembic_ops.calls import Call
    from gen_migration.model.schema import Constraint, Schema
    from gen_migration.postgres.names import Name
    from gen_migration.postgres.settings import Safety


@dataclass(frozen=True, slots=True)
class FormContext:
    """What the form of an operation depends on: the schema before it, and the spec's words.

    `fills` are those of the same revision before it, by their columns.
    """

    schema: Schema
    safety: Safety
    postgresql: int
    fills: Mapping[tuple[Name, str], Backfill] = field(default_factory=dict)


@singledispatch
def statements(operation: Operation, _: FormContext) -> Iterator[Statement]:
    """Yield the statements of an operation that autocommit runs."""
    raise TypeError(f"no repeatable form of {type(operation).__name__}")


@statements.register
def _(operation: AlterObject, _: FormContext) -> Iterator[Statement]:
    for sql in view(operation)["statements"]:
        yield Statement(sql=sql)


def of_all(operations: Sequence[Operation], place: FormContext) -> Iterator[Statement]:
    """Yield the statements of operations that follow one another, from where the first begins."""
    schema = place.schema
    fills: dict[tuple[Name, str], Backfill] = {}
    for run in runs(operations):
        at = replace(place, schema=schema, fills=fills)
        fills |= {
            (one.table, one.name): one for one in run if isinstance(one, Backfill)
        }
        yield from statements(run[0], at) if len(run) == 1 else at_once(run, at)
        schema = apply(schema, run)


def at_once(operations: Sequence[Operation], place: FormContext) -> Iterator[Statement]:
    """Yield what changes a key and the foreign keys on it: first what builds, last what reads.

    All else is one statement. The foreign keys are off meanwhile, and come back NOT VALID.
    """
    early: list[Statement] = []
    middle: list[str] = []
    late: list[Statement] = []
    schema = place.schema
    for one in operations:
        at = replace(place, schema=schema)
        match one:
            case DropIndex(table=table, name=name):
                middle.append(drop_index(table, name).sql)
            case RenameIndex(table=table, old=old, new=new):
                middle += [
                    drop_index(table, new).sql,
                    rename_index(table, old, new).sql,
                ]
            case CreateConstraint(table=table, name=name, new=ForeignKey() as new):
                later = replace(new, not_valid=True)
                middle.append(alter_table(table, f"ADD {ddl.constraint(name, later)}"))
                late += [] if new.not_valid else [validate(table, name, new)]
                late += constraint_comment(table, name, new)
            case _:
                found = (
                    altered(one, at)
                    if isinstance(one, AlterConstraint)
                    else statements(one, at)
                )
                for each in found:
                    if each.concurrent:
                        early.append(each)
                    else:
                        middle.append(each.sql)
        schema = one.apply(schema)
    yield from early
    yield Statement(sql=do_block.at_once(dict.fromkeys(middle)))
    yield from late


@statements.register
def _(operation: CreateIndex, place: FormContext) -> Iterator[Statement]:
    table, name, value = operation.table, operation.name, operation.new
    if is_partitioned(place.schema, table):
        yield from create_index_of_parts(place.schema, table, name, value)
    else:
        yield from create_index(table, name, value)
    if value.comment is not None:
        index = table._replace(name=name).sql
        yield Statement(sql=ddl.comment(f"INDEX {index}", value.comment))


@statements.register
def _(operation: DropIndex, place: FormContext) -> Iterator[Statement]:
    if is_partitioned(place.schema, operation.table):
        yield drop_index(operation.table, operation.name)
    else:
        yield drop_index_concurrently(operation.table, operation.name)


@statements.register
def _(operation: RenameIndex, place: FormContext) -> Iterator[Statement]:
    table, old, new = operation.table, operation.old, operation.new
    if is_partitioned(place.schema, table):
        yield from rename_index_of_parts(place.schema, table, old, new)
    else:
        yield rename_index(table, old, new)


@statements.register
def _(operation: CreateConstraint, place: FormContext) -> Iterator[Statement]:
    table, name, value = operation.table, operation.name, operation.new
    if not isinstance(value, ForeignKey):
        yield from constraint(table, name, value, place)
        return
    if has_late_keys(place.schema, table, place.postgresql):
        yield from foreign_key_of_parts(place.schema, table, name, value)
    else:
        yield add_foreign_key(table, name, replace(value, not_valid=True))
        if not value.not_valid:
            yield validate(table, name, value)
    yield from constraint_comment(table, name, value)


@statements.register
def _(operation: AlterConstraint, place: FormContext) -> Iterator[Statement]:
    is_key = isinstance(operation.new, PrimaryKey | Unique)
    if is_key and partitions(place.schema, operation.table):
        yield from at_once((operation,), place)
    else:
        yield from altered(operation, place)


def altered(operation: AlterConstraint, place: FormContext) -> Iterator[Statement]:
    """Yield what changes a constraint, a key of partitions in statements that are to be one."""
    old, new = operation.old, operation.new
    if is_deferral(old, new):
        for sql in view(operation)["statements"]:
            yield Statement(sql=sql)
    elif is_validation(old, new):
        yield validate(operation.table, operation.name, new)
    else:
        yield from constraint(operation.table, operation.name, new, place)


@statements.register
def _(operation: DropConstraint, _: FormContext) -> Iterator[Statement]:
    drop = f"DROP CONSTRAINT IF EXISTS {quote_name(operation.name)}"
    yield Statement(
        sql=alter_table(operation.table, drop),
        directive=drop_constraint(operation, if_exists=True),
    )


def constraint(
    table: Name, name: str, value: Constraint, place: FormContext
) -> Iterator[Statement]:
    """Yield what gives a table a constraint, in the place of one of that name."""
    drop = f"DROP CONSTRAINT IF EXISTS {quote_name(name)}"
    schema = place.schema
    match value:
        case PrimaryKey() | Unique() if is_partitioned(schema, table):
            yield from key_of_parts(schema, table, name, value)
        case PrimaryKey() | Unique():
            built = aside(name)
            yield from create_index(table, built, index_of(value))
            yield using_index(table, name, value, built)
        case Check() | ForeignKey():
            later = value if value.not_valid else replace(value, not_valid=True)
            add = f"ADD {ddl.constraint(name, later)}"
            yield Statement(sql=alter_table(table, drop, add))
            if not value.not_valid:
                yield validate(table, name, value)
    yield from constraint_comment(table, name, value)


def constraint_comment(
    table: Name, name: str, value: Constraint
) -> Iterator[Statement]:
    if value.comment is not None:
        what = f"CONSTRAINT {quote_name(name)} ON {table.sql}"
        yield Statement(sql=ddl.comment(what, value.comment))


@statements.register
def _(operation: SetColumnNullable, place: FormContext) -> Iterator[Statement]:
    if operation.new:
        sql = alter_column(operation, "DROP NOT NULL")
        yield Statement(sql=sql, directive=view(operation)["call"])
        yield from (Statement(sql=sql) for sql in said(operation))
    elif place.postgresql >= NOT_NULL_LATER:
        yield from forbid_null(operation, place)
    else:
        yield from forbid_null_by_check(operation, place)


def last_fill(operation: SetColumnNullable, place: FormContext) -> Iterator[Statement]:
    """Yield what fills the rows that came while a column was filled, once no more can come.

    None come where the column has the same value by default, which was there before.
    """
    fill = place.fills.get((operation.table, operation.name))
    if fill is None:
        return
    column = place.schema.tables[operation.table].columns[operation.name]
    if fill.new != column.default:
        yield from statements(fill, place)


# NOT NULL … NOT VALID is new in 18 (release notes, E.4.3.3).
NOT_NULL_LATER = 18


def forbid_null(
    operation: SetColumnNullable, place: FormContext
) -> Iterator[Statement]:
    """Yield what makes a column NOT NULL on PostgreSQL 18: a constraint, and its validation.

    To add it once more does nothing, also when it is valid.
    """
    table, column = operation.table, quote_name(operation.name)
    name = operation.not_null or not_null_names.free_name(
        place.schema, table, operation.name
    )
    add = f"ADD CONSTRAINT {quote_name(name)} NOT NULL {column} NOT VALID"
    yield Statement(sql=alter_table(table, add))
    yield from last_fill(operation, place)
    yield Statement(
        sql=alter_table(table, f"VALIDATE CONSTRAINT {quote_name(name)}"),
        offending=violations.of_nulls(table, name, operation.name),
    )


def forbid_null_by_check(
    operation: SetColumnNullable, place: FormContext
) -> Iterator[Statement]:
    """Yield what makes a column NOT NULL: a check, by which PostgreSQL knows all rows."""
    table, column = operation.table, quote_name(operation.name)
    check = aside(f"{table.name}_{operation.name}")
    drop = f"DROP CONSTRAINT IF EXISTS {quote_name(check)}"
    add = f"ADD CONSTRAINT {quote_name(check)} CHECK ({column} IS NOT NULL) NOT VALID"
    yield Statement(sql=alter_table(table, drop, add))
    yield from last_fill(operation, place)
    yield Statement(
        sql=alter_table(table, f"VALIDATE CONSTRAINT {quote_name(check)}"),
        offending=violations.of_nulls(table, check, operation.name),
    )
    yield Statement(sql=alter_column(operation, "SET NOT NULL"))
    yield Statement(sql=alter_table(table, drop))
    if operation.not_null is not None:
        rename = not_null_names.rename(table, operation.name, operation.not_null)
        yield Statement(sql=rename)


@statements.register
def _(operation: Backfill, place: FormContext) -> Iterator[Statement]:
    if operation.new is not None:
        table = place.schema.tables[operation.table]
        yield Statement(sql=in_batches(operation, table, place.safety))


@statements.register
def _(operation: AddColumn, _: FormContext) -> Iterator[Statement]:
    table, name, column = operation.table, operation.name, operation.new
    add = f"ADD COLUMN IF NOT EXISTS {ddl.column(name, column)}"
    call: Call | None = view(operation)["call"]
    if call is not None:
        call = replace(call, keywords={**call.keywords, "if_not_exists": True})
    yield Statement(sql=alter_table(table, add), directive=call)
    if column.comment is not None:
        what = f"COLUMN {table.sql}.{quote_name(name)}"
        yield Statement(sql=ddl.comment(what, column.comment))
    for sql in column_statements(table, name, column):
        yield Statement(sql=sql)


@statements.register
def _(operation: DropColumn, _: FormContext) -> Iterator[Statement]:
    drop = f"DROP COLUMN IF EXISTS {quote_name(operation.name)}"
    call: Call = view(operation)["call"]
    yield Statement(
        sql=alter_table(operation.table, drop),
        directive=replace(call, keywords={**call.keywords, "if_exists": True}),
    )


@statements.register(AddEnumValue)
@statements.register(SetColumnStorage)
@statements.register(SetColumnCompression)
@statements.register(SetTableStorage)
@statements.register(SetNotNullName)
@statements.register(SetComment)
def _(operation: Operation, _: FormContext) -> Iterator[Statement]:
    yield from (Statement(sql=sql) for sql in view(operation)["statements"])


@statements.register
def _(operation: SetColumnDefault, _: FormContext) -> Iterator[Statement]:
    yield Statement(sql=set_default(operation), directive=view(operation)["call"])
