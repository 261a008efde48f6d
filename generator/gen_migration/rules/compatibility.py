"""Rules about what an edit asks of code of the version before, where nothing goes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gen_migration.diff.attribute_order import WORD as COMPOSITE
from gen_migration.diff.expansions import expansion_of
from gen_migration.diff.missing_values import valueless
from gen_migration.diff.refused_identities import PARTITIONS, is_refused
from gen_migration.model.schema import Index, PrimaryKey, Unique
from gen_migration.operations import every as op
from gen_migration.rules.constraint_proof import holds, unique_keys
from gen_migration.rules.finding import DANGER, NOTE, WARNING
from gen_migration.rules.rule import rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gen_migration.model.schema import Column, Spec
    from gen_migration.postgres.names import Name
    from gen_migration.rules.contexts import Edit, Hit


@rule(
    "GM121",
    WARNING,
    op.SetColumnNullable,
    breaks=True,
    instead="deploy code that always writes a value first; what rows get that hold NULL is"
    " backfill: at the column",
)
def not_null_set(edit: Edit, one: op.SetColumnNullable) -> Iterator[Hit]:
    """A column that is there becomes NOT NULL.

    Running code that writes NULL, or leaves the column out where it has no default, fails. Rows
    that hold NULL stop the upgrade where nothing fills them.
    """
    key = (one.table, one.name)
    if not one.new and key not in added(edit) and one.table not in edit.unused:
        yield edit.of_column(one, " becomes NOT NULL")


@rule(
    "GM122",
    DANGER,
    op.AddColumn,
    op.SetColumnNullable,
    breaks=True,
    instead="give it a default; or add it with nullable: true, deploy code that writes it, and"
    " make it NOT NULL in a later edit",
)
def required_column(
    edit: Edit, one: op.AddColumn | op.SetColumnNullable
) -> Iterator[Hit]:
    """A new column is NOT NULL and has no default.

    Every INSERT of running code, which does not know it, fails. Without a backfill, the upgrade
    itself fails on a table with rows.
    """
    key = (one.table, one.name)
    if isinstance(one, op.AddColumn):
        is_required = not one.new.nullable
    else:
        is_required = not one.new and key in added(edit) - expanded(edit)
    column = column_of(edit.spec, *key)
    # What children have of an identity is a plain column.
    is_given = isinstance(one, op.AddColumn) and is_refused(edit.start, one, PARTITIONS)
    if (
        not is_required
        or one.table in edit.unused
        or column is None
        or (column.has_value and not is_given)
    ):
        return
    what = ": new, NOT NULL, and without a default"
    if not edit.spec.hints.no_rows.get(key, False) and any(valueless([one])):
        what = ": a new NOT NULL column without a default fails on a table with rows"
    yield edit.of_column(one, what)


def expanded(edit: Edit) -> set[tuple[Name, str]]:
    """Return the columns that a trigger of the edit fills: those of an expansion."""
    found = (
        expansion_of(one.name, one.new)
        for one in edit.made.operations
        if isinstance(one, op.CreateObject) and one.kind == "trigger"
    )
    return {(one.table, key) for one in found if one for key in (one.old, *one.names)}


@rule(
    "GM123",
    WARNING,
    op.SetColumnDefault,
    breaks=True,
    instead="deploy code that writes the column first",
)
def default_dropped(edit: Edit, one: op.SetColumnDefault) -> Iterator[Hit]:
    """A column that is NOT NULL loses its default.

    An INSERT of running code that leaves the column out fails.
    """
    column = column_of(edit.spec, one.table, one.name) if one.new is None else None
    if (one.table, one.name) in expanded(edit):
        return
    if column is not None and not (column.nullable or column.has_value):
        yield edit.of_column(one, " loses its default")


@rule(
    "GM124",
    WARNING,
    op.SetColumnIdentity,
    breaks=True,
    instead='write identity: "by default"',
)
def identity_always(edit: Edit, one: op.SetColumnIdentity) -> Iterator[Hit]:
    """An identity column that is there takes no values from outside any more.

    With GENERATED ALWAYS, an INSERT that gives a value of its own fails.
    """
    if one.new and one.new.always and not (one.old and one.old.always):
        yield edit.of_column(one, " becomes GENERATED ALWAYS")


@rule(
    "GM125",
    WARNING,
    op.DropConstraint,
    op.DropIndex,
    breaks=True,
    instead="deploy code that does not need it first",
)
def unique_dropped(edit: Edit, gone: op.DropConstraint | op.DropIndex) -> Iterator[Hit]:
    """What made rows unique goes.

    Running code with INSERT … ON CONFLICT over these columns fails, since PostgreSQL finds no
    constraint for it; everything else may write duplicates from then on.
    """
    match gone.old:
        case PrimaryKey(columns=key) | Unique(columns=key):
            columns: tuple[str | None, ...] = key
        case Index(unique=True, elements=elements):
            columns = tuple(one.column for one in elements)
        case _:
            return
    value = edit.spec.schema.tables.get(gone.table)
    if value is None or gone.table in edit.unused:
        return
    kept = {frozenset(key) for key in unique_keys(value)}
    if frozenset(columns) not in kept:
        yield edit.hit()


@rule(
    "GM126",
    NOTE,
    op.CreateConstraint,
    op.CreateIndex,
    instead="look for rows that violate it first, and deploy code that keeps it",
)
def constraint_added(
    edit: Edit, made: op.CreateConstraint | op.CreateIndex
) -> Iterator[Hit]:
    """A table that is there gets a constraint, or a unique index.

    Rows that violate it stop the upgrade (with `not_valid: true`, only new ones are checked), and
    running code that writes such rows fails. Where no row can violate it, as another one was there
    that forbids the same, or the columns are new and NULL, it is no finding.
    """
    new = made.new
    is_asking = not getattr(new, "not_enforced", False)
    if isinstance(new, Index):
        is_asking = new.unique
    if is_asking and made.table not in edit.unused and not holds(made, edit.made):
        yield edit.hit()


@rule(
    "GM127",
    NOTE,
    op.AddEnumValue,
    instead="add values that you are sure of: a value is quickly added, and slowly removed",
)
def enum_value_added(edit: Edit, _: op.AddEnumValue) -> Iterator[Hit]:
    """An enum gets a value.

    Code of the version before may read a value that it does not know. The way back makes the type
    anew, and writes the tables that use it, while readers and writers wait.
    """
    yield edit.hit()


def added(edit: Edit) -> set[tuple[Name, str]]:
    """Return the columns that are new."""
    return {
        (one.table, one.name)
        for one in edit.made.operations
        if isinstance(one, op.AddColumn)
    }


def column_of(spec: Spec, table: Name, name: str) -> Column | None:
    """Return a column as the spec wants it."""
    found = spec.schema.tables.get(table)
    return None if found is None else found.columns.get(name)


@rule(
    "GM129",
    WARNING,
    op.AlterObject,
    instead="write what is new at the end, and renamed_from: at an attribute that only gets"
    " another name, which keeps its place",
)
def attributes_elsewhere(edit: Edit, one: op.AlterObject) -> Iterator[Hit]:
    """The attributes of a type that columns have come to be in another order than the spec's.

    What is added comes last, and PostgreSQL moves none while columns have the type. A row that is
    made by position, such as `ROW(1, 'a')::place`, gives values to other attributes than a reader
    of the spec thinks.
    """
    if one.kind != COMPOSITE:
        return
    found = [*one.new.attributes]
    wanted = [*edit.spec.schema.of(COMPOSITE)[one.name].attributes]
    is_last = {*found} == {*wanted} > {*one.old.attributes} & {*found}
    is_ordered = found == wanted or any(
        isinstance(other, op.ReorderAttributes) and other.name == one.name
        for other in edit.made.operations
    )
    if is_last and not is_ordered:
        order = ", ".join(found)
        yield edit.hit(f"the attributes of {one.name} are in this order: {order}")
