"""Publications of a spec: from their keys, and back to them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gen_migration.base.errors import quoted
from gen_migration.kinds.kind_spec import shortened
from gen_migration.kinds.publication_values import (
    ACTIONS,
    Publication,
    Published,
    filtered,
    in_order,
)
from gen_migration.model.given import columns_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gen_migration.model.schema import Schema

# The PostgreSQL that has lists of columns, row filters and schemas; that which has generated ones.
LISTS, GENERATED = 15, 18


def build(at: Any, shape: Any) -> Any:
    listed = shape.tables
    if not isinstance(listed, dict):
        listed = dict.fromkeys(listed)
    found = [
        table(at / "tables", key, index, shape.tables)
        for index, key in enumerate(listed)
    ]
    if shape.schemas:
        (at / "schemas").need(LISTS, "a publication of schemas")
    if shape.publish_generated_columns != "none":
        (at / "publish_generated_columns").need(GENERATED, "publish_generated_columns")
    if shape.all_tables and (listed or shape.schemas):
        key = "tables" if listed else "schemas"
        (at / key).wrong_key(
            "a publication of all tables lists none", f"remove {quoted(key)}"
        )
    if shape.schemas and any(one and one.columns for one in found):
        (at / "schemas").wrong_key(
            "a publication of schemas has no lists of columns",
            "write a publication of its own for the tables that have them",
        )
    publish = ACTIONS if shape.publish is None else shape.publish
    return Publication(
        tables=in_order(one for one in found if one is not None),
        schemas=tuple(sorted(shape.schemas)),
        all_tables=shape.all_tables,
        publish=tuple(one for one in ACTIONS if one in publish),
        publish_via_partition_root=shape.publish_via_partition_root,
        publish_generated_columns=shape.publish_generated_columns,
    )


def table(at: Any, key: str, index: int, shapes: Any) -> Published | None:
    """Return what is published of a table; None where its name is reported."""
    if not isinstance(shapes, dict):
        name = (at / index).name(key, at_key=False)
        return None if name is None else Published(table=name)
    name, shape, at = (at / key).name(key), shapes[key], at / key
    where = None
    if shape.where is not None:
        (at / "where").need(LISTS, "a row filter")
        where = (at / "where").expression(shape.where, ())
    if shape.columns:
        (at / "columns").need(LISTS, "a list of columns")
    if name is None:
        return None
    columns = tuple(sorted({*shape.columns}))
    return Published(table=name, columns=columns, where=where)


def faults(
    value: Publication, schema: Schema
) -> Iterator[tuple[tuple[Any, ...], str, str]]:
    for one in value.tables:
        place = ("tables", str(one.table))
        table = schema.tables.get(one.table)
        if table is None:
            what = f"unknown table {quoted(one.table)}"
            yield place, what, "write a table of this spec"
            continue
        if table.unlogged:
            what = f"table {quoted(one.table)} is unlogged, and cannot be published"
            yield place, what, "leave it out"
        is_partitioned = table.partition_by is not None
        if (
            is_partitioned
            and (one.columns or one.where)
            and not value.publish_via_partition_root
        ):
            what = f"table {quoted(one.table)} is partitioned, and is published as its partitions"
            yield (
                place,
                what,
                "write publish_via_partition_root: true, or leave out the rest",
            )
        held = columns_of(schema, one.table)
        for key in one.columns:
            if key not in held:
                what = f"table {quoted(one.table)} has no column {quoted(key)}"
                yield (*place, "columns"), what, "write one of its columns"
        for key in sorted(filtered(one) - held.keys()):
            what = f"unknown column {quoted(key)}"
            hint = "a text literal in SQL stands in single quotes"
            yield (*place, "where"), what, hint


def dump(writer: Any, value: Publication) -> dict[str, Any]:
    tables: Any = [writer.name(one.table) for one in value.tables]
    if any(one.columns or one.where for one in value.tables):
        tables = {writer.name(one.table): of_table(one) for one in value.tables}
    publish = list(value.publish)
    # In short, it is its tables.
    return {
        **({"tables": tables} if tables else {}),
        "schemas": list(value.schemas),
        "all_tables": value.all_tables or None,
        "publish": None if value.publish == ACTIONS else publish,
        "publish_via_partition_root": value.publish_via_partition_root or None,
        "publish_generated_columns": {"none": None}.get(
            value.publish_generated_columns, value.publish_generated_columns
        ),
    }


def of_table(value: Published) -> Any:
    """Return what a spec says of a table."""
    keys: dict[str, Any] = {}
    if value.columns:
        keys["columns"] = list(value.columns)
    if value.where:
        keys["where"] = value.where
    return shortened(keys, "columns")
