"""Validation of checks and foreign keys in a revision of its own, without a strong lock. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gen_migration.base.data_class import replace
from gen_migration.diff.inherited import with_parts
from gen_migration.diff.rewrites import cost_of
from gen_migration.model.given import ancestry, heirs
from gen_migration.model.schema import Check, ForeignKey
from gen_migration.operations import every as op
from gen_migration.plan import forms
from gen_migration.plan.busy_tables import is_crowded
from gen_migration.plan.dependents import concerns
from gen_migration.plan.link import Direction, PlannedRevision, as_it_is
from gen_migration.plan.modes import LONG_THERE
from gen_migration.postgres.names import Name

if TYPE_CHECKING:
    from gen_migration.model.schema import Schema
    from gen_migration.plan.modes import Rules


def checked_later(made: PlannedRevision, rules: Rules) -> tuple[PlannedRevision, ...]:
    """Return a revision that is one transaction, and one that validates what it puts back.

    What puts back a foreign key reads both tables under lock, and so does, where types change for
    nothing, each check over such a column, be that NOT VALID. They come back NOT VALID; where all
    of them were that before, nothing is validated.
    """
    if made.upgrade.autocommit:
        return (made,)
    retyped = free_changes(made)
    held = checks_over(retyped, made.upgrade)
    later = {key: one for key, one in held.items() if not one.not_valid}
    later |= {
        key: one
        for key, one in put_back(made, rules).items()
        # What writes a table anew reads it for its checks in passing.
        if retyped or isinstance(one, ForeignKey)
    }
    later = {k: v for k, v in later.items() if not is_shared(made.downgrade.start, *k)}
    # What a table comes to have from elsewhere is said with all that it has by then.
    moved = {one.table for one in made.operations if isinstance(one, op.SetOrigin)}
    held, later = (
        {key: one for key, one in found.items() if key[0] not in moved}
        for found in (held, later)
    )
    if not (held or later):
        return (made,)
    checks = tuple(
        op.AlterConstraint(table=table, name=name, old=not_valid(value), new=value)
        for (table, name), value in later.items()
    )
    first = put_off(made, held, later, checks)
    if not checks:
        return (first,)
    end, undone = made.downgrade.start, op.inverse(checks)
    second = PlannedRevision(
        operations=checks,
        upgrade=forms.in_autocommit(first.downgrade.start, checks),
        back=as_it_is(
            forms.in_autocommit(end, undone)
            if is_crowded(checks, end, rules.unused)
            else Direction(start=end, operations=undone, waits=True)
        ),
    )
    return first, second


Checks = dict[tuple[Name, str], Check | ForeignKey]


def put_off(
    made: PlannedRevision,
    held: Checks,
    later: Checks,
    checks: tuple[op.Operation, ...],
) -> PlannedRevision:
    """Return a revision with constraints `held` off meanwhile, and those of `later` NOT VALID.

    `checks` validate them, in another one.
    """

    def unchecked(one: op.Operation) -> op.Operation:
        if isinstance(one, op.CreateConstraint) and (one.table, one.name) in later:
            return replace(one, new=not_valid(later[one.table, one.name]))
        if isinstance(one, op.SetInherited) and one.old is None:
            found = later.get((one.above, one.name))
            if found is not None:
                return replace(one, of=replace(not_valid(found), comment=None))
        return one

    there, back, undone = made.upgrade, made.downgrade, op.inverse(checks)
    start = op.apply(back.start, undone)
    operations = without(held, there.start, there.operations)
    return PlannedRevision(
        operations=(*made.operations, *undone),
        upgrade=replace(there, operations=tuple(map(unchecked, operations))),
        back=as_it_is(
            replace(back, start=start, operations=without(held, start, back.operations))
        ),
    )


def without(
    held: Checks, start: Schema, operations: tuple[op.Operation, ...]
) -> tuple[op.Operation, ...]:
    """Return operations from a schema on with constraints off meanwhile.

    What partitions have otherwise of them goes with them, and comes back as it is at the end.
    """
    drops = [
        op.DropConstraint(table=t, name=n, old=old) for (t, n), old in held.items()
    ]
    off, back = (
        with_parts(schema, drops) for schema in (start, op.apply(start, operations))
    )
    rest = (
        one
        for one in operations
        if not (isinstance(one, op.SetInherited) and (one.above, one.name) in held)
    )
    return (*off, *rest, *op.inverse(back))


# What writes tables anew, or makes the schema before speak of other names.
ELSEWHERE = (
    op.SetColumnGenerated,
    op.SetEnumValues,
    op.RemoveEnumValue,
    op.RenameObject,
    op.RenameColumn,
    op.RenameColumnOfObject,
    op.RenameConstraint,
)


def free_changes(made: PlannedRevision) -> set[tuple[Name, str]]:
    """Return the columns whose types change, where PostgreSQL writes nothing anew for it."""
    schema, found = made.upgrade.start, set()
    for one in made.operations:
        if isinstance(one, ELSEWHERE):
            return set()
        if isinstance(one, op.SetColumnType):
            if cost_of(one, schema) is not None:
                return set()
            found.add((one.table, one.name))
        schema = one.apply(schema)
    return found


def checks_over(columns: set[tuple[Name, str]], steps: Direction) -> Checks:
    """Return the checks over columns that stay where they are while the types change."""
    gone = {
        (one.table, one.name)
        for one in steps.operations
        if isinstance(one, op.DropConstraint)
    }
    return {
        (table, name): value
        for table, column in columns
        for name, value in steps.start.tables[table].constraints.items()
        if isinstance(value, Check)
        and not (value.not_enforced or (table, name) in gone)
        and concerns(value.expression, {column}, set())
    }


def put_back(made: PlannedRevision, rules: Rules) -> Checks:
    """Return the constraints that a revision takes off and puts back.

    Of a table that is attached after that, they may be its parent's then.
    """
    off: set[tuple[Name, str]] = set()
    found: Checks = {}
    for one in made.upgrade.operations:
        match one:
            case op.DropConstraint(table=table, name=name):
                off.add((table, name))
            case op.CreateConstraint(
                table=table, name=name, new=Check() | ForeignKey() as new
            ):
                late = isinstance(new, ForeignKey) and rules.has_late_keys(table)
                is_long = rules.modes(one) == LONG_THERE
                if (table, name) in off and is_long and not late:
                    found[table, name] = new
            case op.AttachPartition(table=table):
                found = {key: one for key, one in found.items() if key[0] != table}
    return found


def is_shared(schema: Schema, table: Name, name: str) -> bool:
    """Tell whether a table shares a check with its parents or its children (INHERITS).

    By itself, none of them can be made NOT VALID again, which the way back would do.
    """
    return any(
        isinstance(schema.tables[one].constraints.get(name), Check)
        for one in (*ancestry(schema, table), *heirs(schema, table))
    )


def not_valid(value: Check | ForeignKey) -> Check | ForeignKey:
    return replace(value, not_valid=True)
