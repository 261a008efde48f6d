"""Rules about logical replication. Source: the manual, chapter 29 (Logical Replication)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gen_migration.model.given import columns_of
from gen_migration.model.schema import PrimaryKey, Unique
from gen_migration.operations import every as op
from gen_migration.rules.finding import DANGER, NOTE, WARNING
from gen_migration.rules.rule import rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gen_migration.kinds.publication_values import Published
    from gen_migration.model.schema import Schema
    from gen_migration.postgres.names import Name
    from gen_migration.rules.contexts import Edit, Hit, ObjectDesign

# What PostgreSQL takes for none.
NO_SLOT = "none"


@rule(
    "GM131",
    WARNING,
    op.DropObject,
    op.AlterObject,
    instead="drop it on the publisher: SELECT pg_drop_replication_slot('…')",
)
def slot_left_behind(edit: Edit, one: op.DropObject | op.AlterObject) -> Iterator[Hit]:
    """A subscription lets its slot go, which stays behind on the publisher.

    Until it is dropped there, the publisher keeps all that is written since, and runs out of disk.
    To drop it from here, PostgreSQL would have to connect to the publisher, outside of the
    revision's transaction. A subscription that is made anew takes it again, once it is enabled.
    """
    if one.kind != "subscription" or one.old.slot_name == NO_SLOT:
        return
    kept = {each.slot_name for each in edit.spec.schema.of(one.kind).values()}
    if one.old.slot_name not in kept:
        yield edit.hit(
            f"subscription {one.name} leaves its slot behind: {one.old.slot_name}"
        )


@rule("GM331", NOTE, of=("publication",), instead="list its tables, or its schemas")
def publication_of_all_tables(design: ObjectDesign) -> Iterator[Hit]:
    """A publication is of all tables of the database.

    So are those of others, and those to come: each needs a replica identity, or its rows can be
    changed no more. Only a superuser may create such a publication.
    """
    if design.value.all_tables:
        yield design.hit(" is of all tables, those to come as well")


@rule(
    "GM332",
    DANGER,
    of=("publication",),
    instead="give the table a primary key, or a replica_identity; or publish: [insert, truncate]",
)
def published_without_identity(design: ObjectDesign) -> Iterator[Hit]:
    """UPDATE and DELETE of a published table fail, since nothing tells old rows apart.

    What is sent of a change is the replica identity of the row. PostgreSQL refuses to change rows
    of a table that has none, or of which a list of columns leaves out a part of it, or of which
    a row filter looks at more than it (29.3, 29.4 and 29.5).
    """
    from gen_migration.kinds.publication_values import filtered

    value, schema = design.value, design.spec.schema
    if not {"update", "delete"} & {*value.publish}:
        return
    for name, one in published(design).items():
        identity = identity_of(schema, name)
        what = f" lets no row of table {name} be updated or deleted: "
        if identity is None:
            yield design.hit(f"{what}the table has no replica identity")
        elif one is not None and one.columns and is_full(schema, name):
            yield design.hit(
                f"{what}its replica identity is full, and its columns are listed"
            )
        elif one is not None and one.columns and not identity <= {*one.columns}:
            left = ", ".join(sorted(identity - {*one.columns}))
            yield design.hit(
                f"{what}its columns leave out {left} of the replica identity"
            )
        elif one is not None and not filtered(one) <= identity:
            more = ", ".join(sorted(filtered(one) - identity))
            yield design.hit(
                f"{what}its filter names {more} beside the replica identity"
            )


def published(design: ObjectDesign) -> dict[Name, Published | None]:
    """Return the tables of a publication, with what is said of those that it lists."""
    value, schema = design.value, design.spec.schema
    found: dict[Name, Published | None] = dict(value.names)
    for name, table in schema.tables.items():
        is_within = value.all_tables or (name.schema or "public") in value.schemas
        # What belongs to a partitioned table has the key of that.
        if is_within and not table.unlogged and table.partition_of is None:
            found.setdefault(name)
    return found


def is_full(schema: Schema, name: Name) -> bool:
    """Tell whether a whole row is the replica identity of a table."""
    table = schema.tables.get(name)
    given = None if table is None else table.replica_identity
    return given is not None and given.rows == "full"


def identity_of(schema: Schema, name: Name) -> set[str] | None:
    """Return the columns of the replica identity of a table; None where it has none."""
    table = schema.tables.get(name)
    if table is None:
        return set()
    if is_full(schema, name):
        return {*columns_of(schema, name)}
    given = table.replica_identity
    if given is not None and given.rows == "nothing":
        return None
    if given is not None and given.index is not None and given.index in table.indexes:
        elements = table.indexes[given.index].elements
        return {one.column for one in elements if one.column is not None}
    while table is not None:
        for key, one in table.constraints.items():
            if not isinstance(one, PrimaryKey | Unique) or one.deferrable:
                continue
            if isinstance(one, PrimaryKey) if given is None else key == given.index:
                return {*one.columns}
        parent = table.parent
        table = None if parent is None else schema.tables.get(parent)
    return None
