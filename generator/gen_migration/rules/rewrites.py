"""Rules about what the statements of an upgrade write anew, move or fill while others wait.

Sources: the manual, "Explicit Locking" (13.3), and the page of ALTER TABLE.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from gen_migration.diff import rewrites
from gen_migration.kinds import type_of
from gen_migration.model.places import spec_path
from gen_migration.model.schema import Check
from gen_migration.operations import every as op
from gen_migration.plan import rewrite_gate
from gen_migration.plan.dependents import concerns
from gen_migration.plan.forms import is_volatile
from gen_migration.postgres.type_names import EXTENSION_TYPES
from gen_migration.rules.contexts import Hit, UpgradeStep
from gen_migration.rules.finding import BUILD, DANGER, NOTE, REWRITE, SCAN, WARNING
from gen_migration.rules.partition_proof import default_partition, is_bound_proven
from gen_migration.rules.rule import (
    ACCESS_EXCLUSIVE,
    ONLINE,
    QUIET,
    ROW_EXCLUSIVE,
    rule,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gen_migration.model.schema import Schema
    from gen_migration.postgres.names import Name
    from gen_migration.postgres.types import Type


@rule(
    "GM208",
    DANGER,
    op.SetColumnType,
    lock=ACCESS_EXCLUSIVE,
    instead="add a column of the new type, let code fill both, and drop the old one later",
)
def type_changed(step: UpgradeStep, one: op.SetColumnType) -> Iterator[Hit]:
    """A change of type reads or writes the whole table.

    PostgreSQL rewrites the table and its indexes, builds indexes on the column again, or reads all
    rows for a check over it, be that NOT VALID. Changes that are ones of the catalog alone (a
    longer varchar, varchar to text) are known, and are no finding. Several columns of a table are
    changed in one pass, where no USING reads another of them.
    """
    table, name = one.table, one.name
    if step.is_used(table) and rewrites.is_asked(one.old, one.new, one.using):
        cost = rewrites.cost_of(one, step.before)
        path = spec_path(step.spec, table, "columns", name, "type")
        what = f"the type of column {name} of table {table} changes"
        if cost is not None:
            work = REWRITE if cost is rewrites.Cost.REWRITE else BUILD
            others = ", ".join(each for each in step.one_pass if each != name)
            company = f", in one pass with {others}" if others else ""
            yield Hit(f"{what}: {cost.text}{company}", path, work)
        elif is_checked(step.before, table, name):
            text = f"{what}: reads all rows for a check, {rewrite_gate.WAIT}"
            yield Hit(text, path, SCAN)


def is_checked(schema: Schema, table: Name, column: str) -> bool:
    """Tell whether PostgreSQL reads all rows for a check over a column whose type changes."""
    return any(
        isinstance(one, Check)
        and not one.not_enforced
        and concerns(one.expression, {column}, set())
        for one in schema.tables[table].constraints.values()
    )


@rule(
    "GM209", DANGER, op.AddColumn, lock=ACCESS_EXCLUSIVE, work=REWRITE, instead=ONLINE
)
def volatile_default(step: UpgradeStep, one: op.AddColumn) -> Iterator[Hit]:
    """A new column has a default that differs from row to row.

    PostgreSQL rewrites the table to give each row its value. A constant default, or now(), is
    kept in the catalog, and is no finding.
    """
    if one.new.default and is_volatile(one.new.default):
        yield from step.hits("the table is written anew")


@rule(
    "GM210",
    DANGER,
    op.AddColumn,
    lock=ACCESS_EXCLUSIVE,
    work=REWRITE,
    instead="add a plain column, let code fill it, and write backfill: at it for the rows that are"
    " there",
)
def computed_column(step: UpgradeStep, one: op.AddColumn) -> Iterator[Hit]:
    """A new column is computed and stored, or counted by a sequence.

    PostgreSQL rewrites the table to give each row its value.
    """
    new = one.new
    if (new.generated and new.generated.stored) or new.has_sequence:
        yield from step.hits(f"writes the table anew, {rewrite_gate.WAIT}")


@rule(
    "GM211",
    DANGER,
    op.SetColumnExpression,
    lock=ACCESS_EXCLUSIVE,
    work=REWRITE,
    instead="add another column that is computed so, and drop this one later",
)
def expression_changed(step: UpgradeStep, one: op.SetColumnExpression) -> Iterator[Hit]:
    """The expression of a stored generated column changes.

    PostgreSQL computes each row's value again, and rewrites the table. (Before 17, where a column
    has to be dropped and added for it, that is GM210.)
    """
    if one.new is not None and one.new.stored:
        yield from step.hits()


@rule(
    "GM212",
    DANGER,
    op.SetTableUnlogged,
    op.SetTableTablespace,
    op.SetTableAccessMethod,
    lock=ACCESS_EXCLUSIVE,
    work=REWRITE,
    instead=QUIET + ": PostgreSQL has no other form of it",
)
def table_moved(step: UpgradeStep, one: op.SetTable) -> Iterator[Hit]:
    """A table becomes logged or unlogged, or gets another tablespace or access method.

    PostgreSQL writes all of it anew. On a partitioned table, which holds no rows, a tablespace is
    one for partitions to come, and is no finding.
    """
    found = step.before.tables.get(one.table)
    if found is not None and found.partition_by is None:
        yield from step.hits()


@rule(
    "GM213",
    WARNING,
    op.AttachPartition,
    lock=ACCESS_EXCLUSIVE,
    work=SCAN,
    instead="look for rows outside of the bound; in an edit before, add a check that says what"
    " the bound does, so that rows are not read again",
)
def partition_attached(step: UpgradeStep, one: op.AttachPartition) -> Iterator[Hit]:
    """A table with rows becomes a partition, or a partition gets another bound.

    Rows outside of the bound stop the upgrade: they are not moved to another partition.
    ATTACH PARTITION reads the table under its strongest lock, unless a check proves the bound
    (such as `at >= '2026-01-01' AND at < '2027-01-01'`, where `at` is NOT NULL); so it does the
    default partition of the parent.
    """
    if step.is_used(one.table) and not is_bound_proven(one, step.before):
        yield from step.hits()


@rule(
    "GM214",
    WARNING,
    op.DetachPartition,
    lock=ACCESS_EXCLUSIVE,
    instead=QUIET
    + "; DETACH … CONCURRENTLY by hand, where there is no default partition",
)
def partition_detached(step: UpgradeStep, one: op.DetachPartition) -> Iterator[Hit]:
    """A partition leaves its table.

    DETACH PARTITION is quick, but takes the strongest lock of the whole partitioned table: it
    waits for what runs there, and everybody else waits behind it.
    """
    place = one.old.partition_of
    if place is not None and step.is_used(place.parent):
        path = spec_path(step.spec, place.parent)
        yield Hit(one.summary, path, tables=(place.parent,))


@rule(
    "GM215",
    NOTE,
    op.CreateTable,
    lock=ACCESS_EXCLUSIVE,
    instead="make it before it is needed, when nobody is waiting",
)
def partition_created(step: UpgradeStep, one: op.CreateTable) -> Iterator[Hit]:
    """A table that is in use gets a new partition.

    CREATE TABLE … PARTITION OF takes the strongest lock of the partitioned table, new as the
    partition is; where there is a default partition, its rows are read meanwhile.
    """
    place = one.new.partition_of
    if place is not None and step.is_used(place.parent):
        default = default_partition(step.before, place.parent)
        work, table = (None, place.parent) if default is None else (SCAN, default)
        yield Hit(one.summary, step.path, work, (table,))


@rule(
    "GM216",
    WARNING,
    op.Backfill,
    lock=ROW_EXCLUSIVE,
    work=SCAN,
    instead="give the table a primary key, in an edit before: with online: true rows are filled in"
    " batches along it",
)
def backfill_at_once(step: UpgradeStep, _: op.Backfill) -> Iterator[Hit]:
    """Rows are filled in one transaction.

    One UPDATE of all rows keeps each of them locked until the transaction ends. A table without a
    primary key is filled so in any case.
    """
    yield from step.hits()


@rule(
    "GM217",
    WARNING,
    op.AddColumn,
    lock=ACCESS_EXCLUSIVE,
    work=REWRITE,
    instead="add a column of the type that the domain stands for, with a check of your own",
)
def column_of_a_domain(step: UpgradeStep, one: op.AddColumn) -> Iterator[Hit]:
    """A new column has a type that is a domain with a constraint, or that the spec does not define.

    PostgreSQL rewrites the table for such a domain, even for a column that may hold NULL. Types of
    extensions that are known by name are no finding.
    """
    of = one.new.type
    if is_foreign(step.spec.schema, of):
        what = f"{of.element} is a domain with a constraint"
        yield from step.hits(f"the table is written anew if {what}")


def is_foreign(schema: Schema, of: Type) -> bool:
    """Tell whether a type is a domain with a constraint, or may be one.

    It may be where it is neither built in, nor the spec's own, nor an extension's.
    """
    found = type_of(schema, of)
    if found is not None:
        return found[0].is_asking(found[1])
    return of.kind == "other" and of.name not in EXTENSION_TYPES
