"""A table's value back to the keys of a spec."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gen_migration.model import naming
from gen_migration.model.hints import NO_ROWS
from gen_migration.model.partitions import partition_column
from gen_migration.model.schema import (
    Check,
    Element,
    Exclude,
    ExcludeElement,
    ForeignKey,
    PrimaryKey,
    Unique,
)
from gen_migration.postgres.expressions import SqlMistake
from gen_migration.postgres.names import Name, quote_name
from gen_migration.spec.write.writer import sequence_options, without_empty
from gen_migration.sql import ddl
from gen_migration.sql.elements import parse_element, parse_exclude_element

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from gen_migration.model.schema import (
        Bound,
        Column,
        Constraint,
        Index,
        PartitionBy,
        Table,
    )
    from gen_migration.postgres.types import Type
    from gen_migration.spec.write.writer import Writer


def with_hints(value: Any, short: str, hints: Mapping[str, Any]) -> Any:
    """Return what was written of an object, with its hints beside the key of its short form."""
    if not hints:
        return value
    return {**(value if isinstance(value, dict) else {short: value}), **hints}


def part_hints(writer: Writer, kind: str, table: Name, name: str) -> dict[str, Any]:
    """Return the hints of a constraint or an index."""
    old = getattr(writer.spec.hints, kind).get((table, name))
    return without_empty(
        {"renamed_from": old, "ignore": writer.ignore("part", (table, name))}
    )


def table(writer: Writer, name: Name, value: Table) -> dict[str, Any]:
    """Return a table, its partitions inside of it."""
    short: dict[str, dict[str, Any]] = {column: {} for column in value.columns}
    rest = {
        key: constraint
        for key, constraint in value.constraints.items()
        if not at_column(writer, name, key, constraint, short)
    }
    columns = {
        key: column(writer, item, short[key] | column_hints(writer, name, key, item))
        for key, item in value.columns.items()
    }
    about = {
        "renamed_from": writer.old_name("table", name),
        "ignore": writer.ignore("table", name),
        "comment": value.comment,
    }
    return without_empty(about) | {
        "columns": columns,
        **body(writer, name, value, rest, value.columns),
    }


def column_hints(
    writer: Writer, table: Name, name: str, value: Column
) -> dict[str, Any]:
    hints = writer.spec.hints
    found = without_empty(
        {
            "renamed_from": hints.columns.get((table, name)),
            "using": hints.using.get((table, name)),
            "rewrite": hints.rewrite.get((table, name)),
            "ignore": writer.ignore("column", (table, name)),
        }
    )
    if (fill := hints.backfill.get((table, name))) is not None:
        found["backfill"] = writer.value(fill, value.type)
    if hints.no_rows.get((table, name)):
        found["backfill"] = dict(NO_ROWS)
    return found


def body(
    writer: Writer,
    name: Name,
    value: Table,
    constraints: Mapping[str, Constraint],
    columns: Mapping[str, Column],
) -> dict[str, Any]:
    """Return what a table and a partition have in common."""
    by_kind: dict[type, dict[str, Any]] = {
        Unique: {},
        ForeignKey: {},
        Check: {},
        Exclude: {},
    }
    primary = None
    for key, constraint in constraints.items():
        if isinstance(constraint, PrimaryKey):
            primary = with_hints(
                primary_key(name, key, constraint),
                "columns",
                part_hints(writer, "constraints", name, key),
            )
        else:
            by_kind[type(constraint)][key] = constraint
    table_name = name.name

    def hinted(written: Any, short: str, kind: str = "constraints") -> Any:
        return lambda key, item: with_hints(
            written(item), short, part_hints(writer, kind, name, key)
        )

    def all_of(objects: Mapping[str, Any], written: Any) -> dict[str, Any]:
        return {key: written(key, item) for key, item in objects.items()}

    return without_empty(
        {
            "primary_key": primary,
            "uniques": named(
                by_kind[Unique],
                hinted(key_constraint, "columns"),
                lambda c: naming.unique_name(table_name, c.columns),
            ),
            "foreign_keys": named(
                by_kind[ForeignKey],
                hinted(lambda c: foreign_key(writer, c), ""),
                lambda c: naming.foreign_key_name(
                    table_name, c.columns, c.referred_table.name
                ),
            ),
            "checks": all_of(by_kind[Check], hinted(check, "expression")),
            "excludes": all_of(
                by_kind[Exclude], hinted(lambda c: exclude(c, columns), "")
            ),
            "indexes": all_of(
                value.indexes, hinted(lambda c: index(c, columns), "columns", "indexes")
            ),
            "partition_by": partition_by(value.partition_by, columns),
            "partitions": partitions(writer, name, value, columns),
            "unlogged": value.unlogged,
            "storage_parameters": parameters(value.storage_parameters),
            "tablespace": value.tablespace,
        }
    )


def named(objects: Mapping[str, Any], written: Any, convention: Any) -> Any:
    """Return objects by name, or as a list when the convention gives all of their names."""
    found = {key: written(key, item) for key, item in objects.items()}
    if all(key == convention(item) for key, item in objects.items()):
        return list(found.values())
    return found


def at_column(
    writer: Writer,
    table: Name,
    name: str,
    value: Constraint,
    short: dict[str, dict[str, Any]],
) -> bool:
    """Put a constraint to its column where the short form says all of it."""
    if part_hints(writer, "constraints", table, name):
        return False
    match value:
        case PrimaryKey(columns=(column,)) if (
            value == PrimaryKey(columns=(column,))
            and name == naming.primary_key_name(table.name)
            and column in short
        ):
            short[column]["primary_key"] = True
        case Unique(columns=(column,)) if (
            value == Unique(columns=(column,))
            and name == naming.unique_name(table.name, (column,))
            and column in short
        ):
            short[column]["unique"] = True
        case ForeignKey(columns=(column,)) if (
            value
            == ForeignKey(
                columns=(column,),
                referred_table=value.referred_table,
                referred_columns=value.referred_columns,
                on_delete=value.on_delete,
                on_update=value.on_update,
            )
            and name
            == naming.foreign_key_name(table.name, (column,), value.referred_table.name)
            and column in short
            and "references" not in short[column]
        ):
            short[column] |= without_empty(
                {
                    "references": writer.column(
                        value.referred_table, value.referred_columns[0]
                    ),
                    "on_delete": lower(value.on_delete),
                    "on_update": lower(value.on_update),
                }
            )
        case _:
            return False
    return True


def lower(words: str | None) -> str | None:
    return None if words is None else words.lower()


def column(writer: Writer, value: Column, short: dict[str, Any]) -> Any:
    """Return a column; its type alone where that is all."""
    identity = generated = default = None
    if value.identity is not None:
        word = "always" if value.identity.always else "by default"
        options = sequence_options(value.identity.options, value.type.name)
        identity = {"generated": word, **options} if options else word
    if value.generated is not None:
        kind = "stored" if value.generated.stored else "virtual"
        generated = {kind: value.generated.expression}
    null = {"nullable": value.nullable, "not_null": value.not_null}
    result = {"type": str(value.type), **without_empty(null)}
    if value.default is not None:
        default = writer.value(value.default, value.type)
        result["default"] = default
    result |= short
    result |= without_empty(
        {
            "generated": generated,
            "identity": identity,
            "collation": str(value.collation) if value.collation else None,
            "storage": value.storage,
            "compression": value.compression,
            "comment": value.comment,
        }
    )
    return result if len(result) > 1 else result["type"]


def deferral(value: Any) -> dict[str, Any]:
    if value.initially_deferred:
        return {"initially_deferred": True}
    return {"deferrable": value.deferrable}


def primary_key(table: Name, name: str, value: PrimaryKey) -> Any:
    result = key_constraint(value)
    if name == naming.primary_key_name(table.name):
        return result
    return {
        "name": name,
        **(result if isinstance(result, dict) else {"columns": result}),
    }


def key_constraint(value: PrimaryKey | Unique) -> Any:
    result = without_empty(
        {
            "columns": list(value.columns),
            "include": list(value.include),
            "nulls_not_distinct": isinstance(value, Unique)
            and value.nulls_not_distinct,
            **deferral(value),
            "without_overlaps": value.without_overlaps,
            "comment": value.comment,
        }
    )
    return result if len(result) > 1 else result["columns"]


def foreign_key(writer: Writer, value: ForeignKey) -> dict[str, Any]:
    if len(value.referred_columns) == 1:
        target: Any = writer.column(value.referred_table, value.referred_columns[0])
    else:
        target = {
            "table": writer.name(value.referred_table),
            "columns": list(value.referred_columns),
        }
    on_delete = lower(value.on_delete)
    if value.on_delete_columns:
        on_delete = (
            f"{on_delete} ({', '.join(map(quote_name, value.on_delete_columns))})"
        )
    return without_empty(
        {
            "columns": list(value.columns),
            "references": target,
            "on_delete": on_delete,
            "on_update": lower(value.on_update),
            "match": "full" if value.match_full else None,
            "period": value.period,
            **deferral(value),
            "not_valid": value.not_valid and not value.not_enforced,
            "not_enforced": value.not_enforced,
            "comment": value.comment,
        }
    )


def check(value: Check) -> Any:
    result = without_empty(
        {
            "expression": value.expression,
            "no_inherit": value.no_inherit,
            "not_valid": value.not_valid and not value.not_enforced,
            "not_enforced": value.not_enforced,
            "comment": value.comment,
        }
    )
    return result if len(result) > 1 else result["expression"]


def exclude(value: Exclude, columns: Iterable[str]) -> dict[str, Any]:
    return without_empty(
        {
            "method": None if value.method == "gist" else value.method,
            "elements": [exclude_element(item, columns) for item in value.elements],
            "include": list(value.include),
            "where": value.where,
            **deferral(value),
            "comment": value.comment,
        }
    )


def exclude_element(value: ExcludeElement, columns: Iterable[str]) -> Any:
    short = f"{ddl.element(value.element)} WITH {value.operator}"
    try:
        if parse_exclude_element(short)[0] == value:
            return short
    except SqlMistake:
        pass
    long = element(value.element, columns)
    return {
        **(long if isinstance(long, dict) else {"sql": long}),
        "with": value.operator,
    }


def element(value: Element, columns: Iterable[str]) -> Any:
    """Return an element of an index: a column's name, SQL, or what SQL is too short for."""
    if value == Element(column=value.column) and value.column is not None:
        return value.column
    short = ddl.element(value)
    try:
        if short not in columns and parse_element(short)[0] == value:
            return short
    except SqlMistake:
        pass
    return without_empty(
        {
            "column": value.column,
            "expression": value.expression,
            "collation": str(value.collation) if value.collation else None,
            "opclass": str(value.opclass) if value.opclass else None,
            "opclass_parameters": parameters(value.opclass_parameters),
            "order": "desc" if value.descending else None,
            "nulls": None
            if value.nulls_first == value.descending
            else ("first" if value.nulls_first else "last"),
        }
    )


def parameters(values: Mapping[str, str]) -> dict[str, Any]:
    """Return parameters; a number or a truth value as such."""
    return {
        key: int(value)
        if value.isascii() and value.isdigit() and value == str(int(value))
        else value
        for key, value in values.items()
    }


def index(value: Index, columns: Iterable[str]) -> Any:
    result = without_empty(
        {
            "columns": [element(item, columns) for item in value.elements],
            "unique": value.unique,
            "nulls_not_distinct": value.nulls_not_distinct,
            "method": None if value.method == "btree" else value.method,
            "where": value.where,
            "include": list(value.include),
            "storage_parameters": parameters(value.storage_parameters),
            "tablespace": value.tablespace,
            "comment": value.comment,
        }
    )
    return result if len(result) > 1 else result["columns"]


def partition_by(
    value: PartitionBy | None, columns: Iterable[str]
) -> dict[str, Any] | None:
    if value is None:
        return None
    return {value.strategy: [element(item, columns) for item in value.elements]}


def partitions(
    writer: Writer, parent: Name, value: Table, columns: Mapping[str, Column]
) -> dict[str, Any]:
    """Return the partitions of a table by name, theirs inside of them."""
    result = {}
    for name, item in writer.spec.schema.tables.items():
        if item.partition_of is None or item.partition_of.parent != parent:
            continue
        held = columns
        if item.own or item.partition_by is not None:
            held = {
                key: partition_column(item, parent, key, one)
                for key, one in columns.items()
            }
        rows = bound(writer, item.partition_of.bound, value, columns)
        about = {
            "renamed_from": writer.old_name("table", name),
            "ignore": writer.ignore("table", name),
            "comment": item.comment,
        }
        more = {
            **without_empty(about),
            **partition_columns(writer, item, columns),
            **without_empty({"inherited": inherited(item)}),
            **body(writer, name, item, item.constraints, held),
        }
        result[writer.name(name)] = (
            {**rows, **more} if rows != DEFAULT or more else "default"
        )
    return result


def partition_columns(
    writer: Writer, value: Table, columns: Mapping[str, Column]
) -> dict[str, Any]:
    """Return what a partition has otherwise of its parent's columns."""
    forbidden = {key for key, one in columns.items() if not one.nullable}
    says = {key for key in value.own if "nullable" in value.own[key]}
    chosen = {key for key in says & forbidden if "not_null" not in value.own[key]}
    attached = bool(chosen) and forbidden <= says
    keys = {
        key
        for one in value.constraints.values()
        if isinstance(one, PrimaryKey)
        for key in one.columns
    }
    told = (chosen if attached else set()) | (keys - forbidden)
    found = {}
    for key, own in value.own.items():
        given = dict(own)
        if key in told or "not_null" in own:
            given.pop("nullable", None)
        if given.get("default") is not None:
            given["default"] = writer.value(own["default"], columns[key].type)
        if given:
            found[key] = {field: given[field] for field in ORDER if field in given}
    return without_empty({"attached": attached, "columns": found})


def inherited(value: Table) -> dict[str, Any]:
    """Return what a partition has otherwise of indexes and constraints above it."""
    found = {}
    for key, one in value.inherited.items():
        entry = without_empty({"name": one.name, "tablespace": one.tablespace})
        if one.storage_parameters is not None:
            entry["storage_parameters"] = parameters(one.storage_parameters)
        entry |= without_empty({"comment": one.comment})
        found[key] = one.name if list(entry) == ["name"] else entry
    return found


# As in `column`.
ORDER = ("nullable", "not_null", "default", "storage", "compression", "comment")
DEFAULT = {"bound": "default"}
KEYWORDS = ("minvalue", "maxvalue")


def bound(
    writer: Writer, value: Bound, parent: Table, columns: Mapping[str, Column]
) -> dict[str, Any]:
    assert parent.partition_by is not None  # noqa: S101 - it has partitions
    types = [
        columns[item.column].type if item.column is not None else None
        for item in parent.partition_by.elements
    ]

    def values(side: tuple[str, ...], keys: Iterable[Type | None]) -> list[Any]:
        return [
            sql.lower()
            if sql in {"MINVALUE", "MAXVALUE"}
            else writer.value(sql, key, KEYWORDS)
            for sql, key in zip(side, keys, strict=True)
        ]

    if value.lower:
        sides = [values(side, types) for side in (value.lower, value.upper)]
        lower_, upper = (side[0] if is_single(side) else side for side in sides)
        return {"from": lower_, "to": upper}
    if value.values:
        key = types[0]
        listed = [
            None if sql == "NULL" else writer.value(sql, key) for sql in value.values
        ]
        return {"in": listed}
    if value.modulus is not None:
        return {"modulus": value.modulus, "remainder": value.remainder}
    return dict(DEFAULT)


def is_single(side: list[Any]) -> bool:
    """Tell whether one value may stand for the list of it."""
    return len(side) == 1 and not isinstance(side[0], list)
