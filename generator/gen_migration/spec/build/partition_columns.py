"""The columns of a spec's partitions, where they differ from their table's."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from gen_migration.base.errors import nearest
from gen_migration.model.partitions import own_of
from gen_migration.spec.build import columns
from gen_migration.spec.build.context import UNKNOWN

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gen_migration.base.errors import Place
    from gen_migration.model.schema import Column, Own
    from gen_migration.spec.build.context import Body, Build
    from gen_migration.spec.shapes import PartitionColumnShape, PartitionShape


def own_columns(
    state: Build,
    parent: Body,
    given: Mapping[str, Column],
    shape: PartitionShape,
    path: Place,
) -> dict[str, Own]:
    """Return what a partition has otherwise of the columns that its parent gives it.

    A primary key of its own forbids NULL in its columns.
    """
    for key in shape.columns:
        if key not in given and not state.is_broken((*path, "columns", key)):
            state.problem(
                f'its table has no column "{key}"',
                *(*path, "columns", key),
                hint=nearest(key, given) or "a partition has the columns of its table",
                at_key=True,
            )
    keys = () if shape.primary_key is None else shape.primary_key.columns
    found = {}
    for key, column in given.items():
        where = (*path, "columns", key)
        written = shape.columns.get(key)
        value = column
        if written is not None:
            value = own_column(state, parent, key, written, column, where)
        named = written is not None and written.not_null is not None
        says = written is not None and (written.nullable is False or named)
        if (says or key in keys) and value.nullable:
            value = replace(value, nullable=False)
        if (says or (shape.attached and not column.nullable)) and not named:
            value = replace(value, not_null=None)
        says = says or (shape.attached and not column.nullable)
        own = own_of(value, column, says=says)
        if own:
            found[key] = own
    return found


def counts(state: Build, body: Body, key: str) -> bool:
    """Tell whether a column is an identity of the table at the top of partitions."""
    while body.parent is not None:
        body = state.bodies[body.parent]
    return body.columns[key].identity is not None


def own_column(
    state: Build,
    parent: Body,
    key: str,
    shape: PartitionColumnShape,
    column: Column,
    path: Place,
) -> Column:
    """Return a column of a partition as the spec has it."""
    if shape.nullable and not column.nullable:
        state.problem(
            "a partition cannot hold NULL where its table does not",
            *(*path, "nullable"),
            hint='remove "nullable"',
            at_key=True,
        )
    changed: dict[str, Any] = {"comment": shape.comment or None}
    if shape.not_null is not None:
        state.identifier(shape.not_null, *(*path, "not_null"), at_key=False)
        changed["not_null"] = shape.not_null
    given = shape.model_fields_set
    if "default" in given and column.type is not UNKNOWN:
        if column.generated is not None or counts(state, parent, key):
            state.problem(
                "a column that is generated or an identity has no default",
                *(*path, "default"),
                hint="remove it",
                at_key=True,
            )
        changed["default"] = columns.default(state, shape.default, column.type, path)
    if "storage" in given:
        changed["storage"] = columns.storage(state, shape, column.type, path)
    if "compression" in given:
        changed["compression"] = columns.compression(state, shape, column.type, path)
    return replace(column, **changed)
