"""The columns of a spec's partitions, where they differ from their table's."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gen_migration.base.data_class import replace
from gen_migration.base.errors import nearest, quoted
from gen_migration.model.given import own_of
from gen_migration.model.not_null_names import default_name
from gen_migration.spec.build import column_values, columns
from gen_migration.spec.build.context import UNKNOWN
from gen_migration.sql.ddl import OPTIONS_OF_COLUMNS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gen_migration.model.schema import Column, Own
    from gen_migration.postgres.names import Name
    from gen_migration.spec.build.context import Body, Spot
    from gen_migration.spec.column_shapes import ColumnShape, NotNullShape
    from gen_migration.spec.table_shapes import PartitionColumnShape, PartitionShape


def own_columns(
    at: Spot,
    name: Name,
    parent: Body,
    given: Mapping[str, Column],
    shape: PartitionShape,
) -> dict[str, Own]:
    """Return what a partition has otherwise of the columns that its parent gives it.

    A primary key of its own forbids NULL in its columns.
    """
    at /= "columns"
    for key in shape.columns:
        if key not in given and not at.build.is_broken((at / key).path):
            (at / key).wrong_key(
                f"its table has no column {quoted(key)}",
                nearest(key, given) or "a partition has the columns of its table",
            )
    keys = () if shape.primary_key is None else shape.primary_key.columns
    found = {}
    for key, column in given.items():
        written = shape.columns.get(key)
        value = column
        if written is not None:
            counting = counts(parent, key)
            value = own_column(at / key, written, column, counts=counting)
        forbids = written.not_null if written is not None else None
        named = forbids is not None
        if forbids is not None:
            place, chosen = at / key / "not_null", default_name(name.name, key)
            if key in keys:
                columns.not_plain(place, forbids, "a column of a primary key")
            value = with_not_null(place, forbids, chosen, column, value)
        says = written is not None and (written.nullable is False or named)
        if (says or key in keys) and value.nullable:
            value = replace(value, nullable=False)
        says = says or (shape.attached and not column.nullable)
        if says and not named:
            value = replace(value, not_null=None)
        if own := own_of(value, column, says=says):
            found[key] = own
    return found


def with_not_null(
    at: Spot, shape: NotNullShape, chosen: str, above: Column, value: Column
) -> Column:
    """Return a column of a partition with a NOT NULL of its own, which is called so by itself."""
    if not above.nullable:
        columns.not_plain(at, shape, "a column of the table above")
    found = columns.called_not_null(at, shape, chosen)
    if "not_null_state" in found:
        at.need(18, "a constraint of NOT NULL that is more than a name")
    return replace(value, **found)


def counts(body: Body, key: str) -> bool:
    """Tell whether a column is an identity of the table at the top of partitions."""
    while body.parent is not None:
        body = body.build.bodies[body.parent]
    return body.columns[key].identity is not None


def own_column(
    at: Spot, shape: PartitionColumnShape | ColumnShape, column: Column, *, counts: bool
) -> Column:
    """Return a column that a table is given, as the spec has it there.

    `counts` tells that it is an identity where it comes from.
    """
    if shape.nullable and not column.nullable:
        (at / "nullable").wrong_key(
            "a partition or a child cannot hold NULL where its table does not",
            'remove "nullable"',
        )
    changed: dict[str, Any] = {"comment": shape.comment or None}
    given, of = shape.written, column.type
    if "default" in given and of is not UNKNOWN:
        if column.generated is not None or counts:
            (at / "default").wrong_key(
                "a column that is generated or an identity has no default", "remove it"
            )
        changed["default"] = column_values.default(at / "default", shape.default, of)
    if "storage" in given:
        changed["storage"] = columns.storage(at / "storage", shape, of)
    if "compression" in given:
        changed["compression"] = columns.compression(at / "compression", shape, of)
    is_virtual = column.generated is not None and not column.generated.stored
    changed["statistics_target"] = columns.statistics_target(
        at / "statistics_target", shape.statistics_target, is_virtual=is_virtual
    )
    for option in OPTIONS_OF_COLUMNS:
        changed[option] = columns.distinct(at / option, getattr(shape, option))
    return replace(column, **changed)
