"""A table's value back to the keys of a spec."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gen_migration.kinds.kind_spec import shortened
from gen_migration.model.given import (
    VALUES,
    columns_in,
    given_columns,
    inherited_column,
    with_own,
)
from gen_migration.model.own_columns import children
from gen_migration.model.schema import PrimaryKey
from gen_migration.spec.write import constraints, objects
from gen_migration.spec.write.access import access
from gen_migration.spec.write.columns import column, column_hints, filling, own_entry
from gen_migration.spec.write.writer import of, without_empty

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

    from gen_migration.model.schema import (
        Bound,
        Column,
        Constraint,
        ReplicaIdentity,
        Table,
    )
    from gen_migration.postgres.names import Name
    from gen_migration.postgres.types import Type
    from gen_migration.spec.write.writer import Writer


def table(writer: Writer, name: Name, value: Table) -> dict[str, Any]:
    """Return a table, its partitions inside of it."""
    short: dict[str, dict[str, Any]] = {column: {} for column in value.columns}
    rest = {
        key: constraint
        for key, constraint in value.constraints.items()
        if not constraints.at_column(writer, name, key, constraint, short)
    }
    declared = {
        key: column(writer, item, short[key] | column_hints(writer, name, key, item))
        for key, item in value.columns.items()
    }
    whole = columns_in(writer.spec.schema, value)
    columns = {**given(writer, value, whole), **without_given(writer, value, declared)}
    origins = {
        "inherits": [writer.name(one) for one in value.inherits],
        "of": value.of_type and writer.name(value.of_type),
    }
    return {
        **about(writer, name, value),
        **without_empty(origins),
        **({"columns": columns} if columns or not value.is_heir else {}),
        **body(writer, name, value, rest, whole),
    }


def without_given(
    writer: Writer, value: Table, declared: dict[str, Any]
) -> dict[str, Any]:
    """Return declared columns of a child that say what they have not, though its parents have."""
    found = dict(declared)
    above = given_columns(writer.spec.schema, value) if value.inherits else {}
    for key in declared.keys() & above.keys():
        unsaid = [
            field
            for field in VALUES
            if getattr(value.columns[key], field) is None
            and getattr(above[key], field) is not None
            and not (field == "default" and value.columns[key].has_value)
        ]
        if unsaid:
            entry = found[key]
            entry = entry if isinstance(entry, dict) else {"type": entry}
            found[key] = {**entry, **dict.fromkeys(unsaid)}
    return found


def given(
    writer: Writer, value: Table, columns: Mapping[str, Column]
) -> dict[str, Any]:
    """Return what a child or a typed table has otherwise of columns that it is given."""
    keys = keyed(value)
    above = given_columns(writer.spec.schema, value) if value.own else {}
    found = {}
    for key, own in value.own.items():
        is_told = key in keys and above[key].nullable
        if entry := own_entry(writer, own, columns[key].type, is_told=is_told):
            found[key] = entry
    return found


def keyed(value: Table) -> set[str]:
    """Return the columns of a table's primary key."""
    return {
        key
        for one in value.constraints.values()
        if isinstance(one, PrimaryKey)
        for key in one.columns
    }


def about(writer: Writer, name: Name, value: Table) -> dict[str, Any]:
    """Return what is said of a table as a whole."""
    return without_empty(
        {
            "renamed_from": writer.old_name("table", name),
            "expand": (name in writer.spec.hints.stand_ins) or None,
            "group": writer.spec.hints.groups.get(name),
            "python": writer.python("table", name),
            "ignore": writer.ignore("table", name),
            "comment": value.comment,
        }
    )


def body(
    writer: Writer,
    name: Name,
    value: Table,
    rest: Mapping[str, Constraint],
    columns: Mapping[str, Column],
) -> dict[str, Any]:
    """Return what a table and a partition have in common, with the rest of its constraints."""
    by = value.partition_by
    found = without_empty(
        {
            **constraints.sections(writer, name, rest, columns),
            "indexes": {
                key: constraints.index(writer, name, key, one, columns)
                for key, one in value.indexes.items()
            },
            "partition_by": None
            if by is None
            else {
                by.strategy: [constraints.element(one, columns) for one in by.elements]
            },
            "partitions": partitions(writer, name, value, columns),
            "unlogged": value.unlogged,
            "storage_parameters": constraints.parameters(value.storage_parameters),
            **of(value, "tablespace", "access_method", "row_security"),
            "replica_identity": replica_identity(value.replica_identity),
            "cluster_on": value.cluster_on,
            **objects.members(writer, "table", name),
        }
    )
    return found | access(value)


def replica_identity(value: ReplicaIdentity | None) -> Any:
    """Return what rows are known by."""
    if value is None:
        return None
    return value.rows if value.index is None else {"index": value.index}


def partitions(
    writer: Writer, parent: Name, value: Table, columns: Mapping[str, Column]
) -> dict[str, Any]:
    """Return the partitions of a table by name, theirs inside of them."""
    result = {}
    schema = writer.spec.schema
    for name in children(schema, parent):
        item = schema.tables[name]
        assert item.partition_of is not None  # noqa: S101 - it is a partition
        held = columns
        if item.own or item.partition_by is not None:
            held = {
                key: with_own(inherited_column(parent, key, one), item.own.get(key))
                for key, one in columns.items()
            }
        keys = {
            **bound(writer, item.partition_of.bound, value, columns),
            **about(writer, name, item),
            **partition_columns(writer, name, item, columns),
            **without_empty({"inherited": inherited(item)}),
            **body(writer, name, item, item.constraints, held),
        }
        result[writer.name(name)] = shortened(keys, "bound")
    return result


def partition_columns(
    writer: Writer, name: Name, value: Table, columns: Mapping[str, Column]
) -> dict[str, Any]:
    """Return what a partition has otherwise of its parent's columns."""
    forbidden = {key for key, one in columns.items() if not one.nullable}
    says = {key for key in value.own if "nullable" in value.own[key]}
    chosen = {key for key in says & forbidden if "not_null" not in value.own[key]}
    attached = bool(chosen) and forbidden <= says
    told = (chosen if attached else set()) | (keyed(value) - forbidden)
    found = {}
    for key, own in value.own.items():
        of_type = columns[key].type
        entry = own_entry(writer, own, of_type, is_told=key in told)
        if entry := entry | filling(writer, name, key, of_type):
            found[key] = entry
    return without_empty({"attached": attached, "columns": found})


def inherited(value: Table) -> dict[str, Any]:
    """Return what a partition has otherwise of indexes and constraints above it."""
    found = {}
    for key, one in value.inherited.items():
        entry = without_empty(of(one, "name", "tablespace"))
        if one.storage_parameters is not None:
            entry["storage_parameters"] = constraints.parameters(one.storage_parameters)
        found[key] = shortened(entry | without_empty(of(one, "comment")), "name")
    return found


KEYWORDS = {"MINVALUE": "minvalue", "MAXVALUE": "maxvalue"}


def bound(
    writer: Writer, value: Bound, parent: Table, columns: Mapping[str, Column]
) -> dict[str, Any]:
    """Return which rows a partition holds."""
    assert parent.partition_by is not None  # noqa: S101 - it has partitions
    types = [
        columns[item.column].type if item.column is not None else None
        for item in parent.partition_by.elements
    ]
    if value.lower:
        return {
            "from": bound_side(writer, value.lower, types),
            "to": bound_side(writer, value.upper, types),
        }
    if value.values:
        listed = [
            None if sql == "NULL" else writer.value(sql, types[0])
            for sql in value.values
        ]
        return {"in": listed}
    if value.modulus is not None:
        return {"modulus": value.modulus, "remainder": value.remainder}
    return {"bound": "default"}


def bound_side(
    writer: Writer, side: Collection[str], types: Iterable[Type | None]
) -> Any:
    """Return one side of a range: a value, or the list of several."""
    reserved = tuple(KEYWORDS.values())
    found = [
        KEYWORDS.get(sql) or writer.value(sql, of_type, reserved)
        for sql, of_type in zip(side, types, strict=True)
    ]
    return found[0] if len(found) == 1 and not isinstance(found[0], list) else found
