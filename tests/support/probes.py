"""Probes: tables like those of a spec, on which PostgreSQL prints expressions.

Their SQL is written here, not by the code that is tested.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from columns_of_tables import columns_of
from gen_migration.model.schema import (
    Check,
    Column,
    Exclude,
    Index,
    PrimaryKey,
    Unique,
)

if TYPE_CHECKING:
    from collections.abc import Iterable

    from gen_migration.model.schema import (
        Element,
        PartitionOf,
        Schema,
        Table,
    )
    from gen_migration.postgres.names import Name
    from gen_migration.postgres.types import Type


PROBE = "probe {}"  # a schema that no spec has
ABOVE = "above probe {}"  # and another one
SERIAL = {
    "smallserial": ("smallint", 2**15 - 1),
    "serial": ("integer", 2**31 - 1),
    "bigserial": ("bigint", 2**63 - 1),
}


def quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def dotted(name: Name) -> str:
    return ".".join(quoted(part) for part in name if part is not None)


def type_sql(column_type: Type) -> str:
    """Return a type as SQL; serial types are the integers that they make."""
    if column_type.kind == "builtin":
        name = SERIAL.get(column_type.name, (column_type.name,))[0]
    else:
        parts = (column_type.schema, column_type.name)
        name = ".".join(quoted(part) for part in parts if part is not None)
    if column_type.arguments:
        name += "(" + ", ".join(column_type.arguments) + ")"
    return name + ("[]" if column_type.array else "")


def key_elements(constraint: PrimaryKey | Unique) -> tuple[Element, ...]:
    from gen_migration.model.schema import Element

    return tuple(Element(column=column) for column in constraint.columns)


def method_of(constraint: PrimaryKey | Unique) -> str:
    return "gist" if constraint.without_overlaps else "btree"


def probe_sql(name: Name, schema: Schema, number: int) -> Iterable[str]:
    """Yield the statements of a probe: plain SQL, each expression in parentheses."""
    table, columns = schema.tables[name], columns_of(schema, name)
    place, place_above = (one.format(number) for one in (PROBE, ABOVE))
    yield f"CREATE SCHEMA {quoted(place)}"
    target = f"{quoted(place)}.{quoted(name.name)}"
    body = f"({', '.join(column_sql(key, column) for key, column in columns.items())})"
    by = partition_key(table)
    if table.partition_of is None:
        yield f"CREATE TABLE {target} {body} {by}"
    else:
        above = f"{quoted(place_above)}.{quoted(table.partition_of.parent.name)}"
        parent = schema.tables[table.partition_of.parent]
        bound = bound_sql(table.partition_of)
        yield f"CREATE SCHEMA {quoted(place_above)}"
        yield f"CREATE TABLE {above} {body} {partition_key(parent)}"
        yield f"CREATE TABLE {target} PARTITION OF {above} {bound} {by}"
    for key, constraint in table.constraints.items():
        add = f"ALTER TABLE {target} ADD CONSTRAINT {quoted(key)}"
        if isinstance(constraint, Check):
            yield f"{add} CHECK ({constraint.expression})"
        elif isinstance(constraint, Exclude):
            body = ", ".join(
                f"{element_sql(item.element)} WITH {item.operator}"
                for item in constraint.elements
            )
            where = f" WHERE ({constraint.where})" if constraint.where else ""
            yield f"{add} EXCLUDE USING {constraint.method} ({body}){where}"
        elif isinstance(constraint, PrimaryKey | Unique):
            method = method_of(constraint)
            index = Index(elements=key_elements(constraint), method=method)
            yield index_sql(key, index, target)
    for key, index in table.indexes.items():
        yield index_sql(key, index, target)


def column_sql(name: str, column: Column) -> str:
    sql = f"{quoted(name)} {type_sql(column.type)}"
    if column.collation is not None:
        sql += f" COLLATE {dotted(column.collation)}"
    if column.default is not None:
        sql += f" DEFAULT ({column.default})"
    if column.generated is not None:
        kind = "STORED" if column.generated.stored else "VIRTUAL"
        sql += f" GENERATED ALWAYS AS ({column.generated.expression}) {kind}"
    return sql


def element_sql(element: Element) -> str:
    sql = quoted(element.column) if element.column else f"({element.expression})"
    if element.collation is not None:
        sql += f" COLLATE {dotted(element.collation)}"
    if element.opclass is not None:
        sql += f" {dotted(element.opclass)}"
    return sql


def index_sql(name: str, index: Index, target: str) -> str:
    body = ", ".join(element_sql(element) for element in index.elements)
    where = f" WHERE ({index.where})" if index.where else ""
    return (
        f"CREATE INDEX {quoted(name)} ON {target} USING {index.method} ({body}){where}"
    )


def partition_key(table: Table) -> str:
    if table.partition_by is None:
        return ""
    body = ", ".join(element_sql(element) for element in table.partition_by.elements)
    return f"PARTITION BY {table.partition_by.strategy} ({body})"


def bound_sql(partition: PartitionOf) -> str:
    bound = partition.bound
    if bound.modulus is not None:
        return f"FOR VALUES WITH (MODULUS {bound.modulus}, REMAINDER {bound.remainder})"
    if bound.values:
        return f"FOR VALUES IN ({', '.join(bound.values)})"
    if bound.lower:
        lower, upper = ", ".join(bound.lower), ", ".join(bound.upper)
        return f"FOR VALUES FROM ({lower}) TO ({upper})"
    return "DEFAULT"
