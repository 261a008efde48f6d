"""Repeatable statements that autocommit runs for operations, and that block for a moment.

Each sequence of statements leads from every state that an interrupted run of it leaves behind to
the same end. Source: the PostgreSQL manual, CREATE INDEX ("Building Indexes Concurrently"), DROP
INDEX, ALTER TABLE (ADD table_constraint NOT VALID, VALIDATE CONSTRAINT, ADD table_constraint
USING INDEX, and Notes), ALTER TYPE.
"""

from __future__ import annotations

from dataclasses import field
from functools import singledispatch
from typing import TYPE_CHECKING

from gen_migration.alembic_ops.calls import Call
from gen_migration.base.data_class import dataclass, replace
from gen_migration.kinds import BY_WORD
from gen_migration.model.constraints import is_deferral, is_validation
from gen_migration.model.given import column_of
from gen_migration.model.own_columns import partitions
from gen_migration.model.partitions import is_partitioned, standalone
from gen_migration.model.schema import Check, ForeignKey, PrimaryKey, Unique
from gen_migration.operations import every as op
from gen_migration.plan.modes import has_late_keys
from gen_migration.plan.together import runs
from gen_migration.postgres.names import aside, quote_name
from gen_migration.render import alter, check_rows, create, only_indexes, repeatable
from gen_migration.render import online_partitions as of_parts
from gen_migration.render.alter_clauses import alter_column, alter_table
from gen_migration.render.backfill import in_batches
from gen_migration.render.edits import plain
from gen_migration.render.hidden_rows import FORCED, refused
from gen_migration.render.online_not_null import forbid_null, validation
from gen_migration.render.repeatable import Forms, Statement
from gen_migration.sql import ddl, do_block

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

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
    fills: Mapping[tuple[Name, str], op.Backfill] = field(default_factory=dict)


@singledispatch
def forms(operation: op.Operation, _: FormContext) -> Forms:
    """Yield the forms of the statements of an operation that autocommit runs."""
    raise TypeError(f"no repeatable form of {type(operation).__name__}")


def statements(operation: op.Operation, place: FormContext) -> Iterator[Statement]:
    """Yield the statements of an operation that autocommit runs."""
    return as_statements(forms(operation, place))


def as_statements(found: Iterable[Statement | str]) -> Iterator[Statement]:
    for one in found:
        yield Statement(sql=one) if isinstance(one, str) else one


def directive(operation: op.Operation, **how: bool) -> Call | None:
    """Return the directive of an operation, with more options; None where it takes SQL."""
    first = next(iter(plain(operation)))
    if not isinstance(first, Call):
        return None
    return replace(first, keywords={**first.keywords, **how})


def of_all(
    operations: Sequence[op.Operation], place: FormContext
) -> Iterator[Statement]:
    """Yield the statements of operations that follow one another, from where the first begins."""
    schema = place.schema
    fills: dict[tuple[Name, str], op.Backfill] = {}
    for run in runs(operations):
        at = replace(place, schema=schema, fills=fills)
        fills |= {
            (one.table, one.name): one for one in run if isinstance(one, op.Backfill)
        }
        found = forms(run[0], at) if len(run) == 1 else at_once(run, at)
        yield from as_statements(found)
        schema = op.apply(schema, run)


def at_once(operations: Sequence[op.Operation], place: FormContext) -> Forms:
    """Yield what changes a key and the foreign keys on it: first what builds, last what reads.

    All else is one statement. The foreign keys are off meanwhile, and come back NOT VALID.
    """
    early: list[Statement] = []
    middle: list[str] = []
    late: list[Statement | str] = []
    schema = place.schema
    for one in operations:
        at = replace(place, schema=schema)
        match one:
            case op.DropIndex(table=table, name=name):
                middle.append(repeatable.drop_index(table, name))
            case op.RenameIndex(table=table, old=old, new=new):
                middle.append(repeatable.drop_index(table, new))
                middle.append(repeatable.rename_index(table, old, new))
            case op.CreateConstraint(table=table, name=name, new=ForeignKey() as new):
                later = replace(new, not_valid=True)
                middle.append(alter_table(table, f"ADD {ddl.constraint(name, later)}"))
                late += [] if new.not_valid else [repeatable.validate(table, name, new)]
                late += create.constraint_comment(table, name, new)
            case _:
                found = (
                    altered(one, at)
                    if isinstance(one, op.AlterConstraint)
                    else forms(one, at)
                )
                for each in as_statements(found):
                    if each.concurrent:
                        early.append(each)
                    else:
                        middle += (each.sql, *each.also)
        schema = one.apply(schema)
    yield from early
    yield do_block.at_once(dict.fromkeys(middle))
    yield from late


@forms.register
def _(operation: op.CreateIndex, place: FormContext) -> Forms:
    table, name, value = operation.table, operation.name, operation.new
    if value.only is not None:
        yield from only_indexes.create_in_use(place.schema, table, name, value)
    elif is_partitioned(place.schema, table):
        yield from of_parts.create_index(place.schema, table, name, value)
    else:
        yield from repeatable.create_index(table, name, value)
    yield from create.commented(create.index_called(table, name), value.comment)


@forms.register
def _(operation: op.DropIndex, place: FormContext) -> Forms:
    if is_partitioned(place.schema, operation.table):
        yield repeatable.drop_index(operation.table, operation.name)
    else:
        yield repeatable.drop_index_concurrently(operation.table, operation.name)


@forms.register
def _(operation: op.RenameIndex, place: FormContext) -> Forms:
    table, old, new = operation.table, operation.old, operation.new
    if is_partitioned(place.schema, table):
        yield from of_parts.rename_index(place.schema, table, old, new)
    else:
        yield repeatable.rename_index(table, old, new)


@forms.register
def _(operation: op.CreateConstraint, place: FormContext) -> Forms:
    table, name, value = operation.table, operation.name, operation.new
    if not isinstance(value, ForeignKey):
        yield from constraint(table, name, value, place)
        return
    if has_late_keys(place.schema, table, place.postgresql):
        yield from of_parts.foreign_key(place.schema, table, name, value)
    else:
        yield repeatable.add_foreign_key(table, name, replace(value, not_valid=True))
        if not value.not_valid:
            yield repeatable.validate(table, name, value)
    yield from create.constraint_comment(table, name, value)


@forms.register
def _(operation: op.AlterConstraint, place: FormContext) -> Forms:
    is_key = isinstance(operation.new, PrimaryKey | Unique)
    if is_key and partitions(place.schema, operation.table):
        yield from at_once((operation,), place)
    else:
        yield from altered(operation, place)


def altered(operation: op.AlterConstraint, place: FormContext) -> Forms:
    """Yield what changes a constraint, a key of partitions in statements that are to be one."""
    old, new = operation.old, operation.new
    if is_deferral(old, new):
        yield from (one for one in plain(operation) if isinstance(one, str))
    elif is_validation(old, new):
        yield repeatable.validate(operation.table, operation.name, new)
    else:
        yield from constraint(operation.table, operation.name, new, place)


@forms.register
def _(operation: op.DropConstraint, _: FormContext) -> Forms:
    sql = alter_table(operation.table, repeatable.dropping(operation.name))
    call = create.drop_constraint(operation, if_exists=True)
    yield Statement(sql=sql, directive=call)


def constraint(table: Name, name: str, value: Constraint, place: FormContext) -> Forms:
    """Yield what gives a table a constraint, in the place of one of that name."""
    schema = place.schema
    match value:
        case PrimaryKey() | Unique() if is_partitioned(schema, table):
            yield from of_parts.key(schema, table, name, value)
        case PrimaryKey() | Unique():
            built = aside(name)
            yield from repeatable.create_index(table, built, repeatable.index_of(value))
            yield repeatable.using_index(table, name, value, built)
        case Check() | ForeignKey():
            later = value if value.not_valid else replace(value, not_valid=True)
            add = f"ADD {ddl.constraint(name, later)}"
            yield alter_table(table, repeatable.dropping(name), add)
            if not value.not_valid:
                yield repeatable.validate(table, name, value)
    yield from create.constraint_comment(table, name, value)


@forms.register
def _(operation: op.SetColumnNullable, place: FormContext) -> Forms:
    if not operation.new:
        fill = last_fill(operation, place)
        yield from forbid_null(operation, place.schema, place.postgresql, fill)
        return
    sql = alter_column(operation, "DROP NOT NULL")
    yield Statement(sql=sql, directive=directive(operation))
    if not operation.only:
        yield from alter.said(operation)


def last_fill(operation: op.SetColumnNullable, place: FormContext) -> Forms:
    """Yield what fills the rows that came while a column was filled, once no more can come.

    None come where the column has the same value by default, which was there before.
    """
    fill = place.fills.get((operation.table, operation.name))
    if fill is None:
        return
    column = column_of(place.schema, operation.table, operation.name)
    if fill.new != column.default:
        yield from forms(fill, place)


@forms.register
def _(operation: op.SetNotNullState, _: FormContext) -> Forms:
    validated = validation(operation.table, operation.constraint, operation.name)
    for one in plain(operation):
        assert isinstance(one, str)  # noqa: S101 - none is a directive of Alembic's
        yield validated if one == validated.sql else one


@forms.register
def _(operation: op.Backfill, place: FormContext) -> Forms:
    if operation.new is not None:
        table = standalone(place.schema, operation.table)
        batches = in_batches(operation, table, place.safety)
        forced = table.row_security == FORCED
        yield from refused([batches]) if forced else [batches]


@forms.register
def _(operation: op.CheckRows, place: FormContext) -> Forms:
    if operation.new is not None:
        found = [check_rows.block(operation)]
        table = place.schema.tables[operation.table]
        yield from refused(found) if table.row_security == FORCED else found


@forms.register
def _(operation: op.AddColumn, _: FormContext) -> Forms:
    column = ddl.column(operation.name, alter.first_form(operation))
    sql = alter_table(operation.table, f"ADD COLUMN IF NOT EXISTS {column}")
    rest = [*plain(operation)][1:]
    call = directive(operation, if_not_exists=True)
    also = (one for one in alter.column_comment(operation) if one not in rest)
    yield Statement(sql=sql, directive=call, also=(*also,))
    yield from (one for one in rest if isinstance(one, str))


@forms.register
def _(operation: op.DropColumn, _: FormContext) -> Forms:
    drop = f"DROP COLUMN IF EXISTS {quote_name(operation.name)}"
    sql = alter_table(operation.table, drop)
    yield Statement(sql=sql, directive=directive(operation, if_exists=True))


@forms.register
def _(operation: op.SetColumnDefault, _: FormContext) -> Forms:
    sql = alter.set_default(operation)
    yield Statement(sql=sql, directive=directive(operation))


@forms.register
def _(operation: op.AlterObject, _: FormContext) -> Forms:
    kind, name = BY_WORD[operation.kind], operation.name
    yield from kind.alter_in_use(name, operation.old, operation.new)


@forms.register(op.AddEnumValue)
@forms.register(op.SetColumnStorage)
@forms.register(op.SetColumnCompression)
@forms.register(op.SetColumnStatisticsTarget)
@forms.register(op.SetColumnDistinct)
@forms.register(op.SetReplicaIdentity)
@forms.register(op.SetClustering)
@forms.register(op.SetTableStorage)
@forms.register(op.SetNotNullName)
@forms.register(op.SetComment)
@forms.register(op.SetIndexComment)
@forms.register(op.SetGrants)
def _(operation: op.Operation, _: FormContext) -> Forms:
    # It can be repeated as it is.
    yield from (one for one in plain(operation) if isinstance(one, str))
