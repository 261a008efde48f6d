"""Edits of columns."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from edit_tools import (
    change_sql,
    fresh,
    keep_statistics,
    parts_of,
    renamed_key,
    some_column,
    some_table,
    with_partitions,
)
from hypothesis import strategies as st
from vocabulary import (
    TYPES,
    computed,
    estimates,
    identities,
    key,
    nonempty,
    quoted,
    states_of_forbidding,
)

if TYPE_CHECKING:
    from collections.abc import Iterator


def renamed_column(body: dict[str, Any], old: str, new: str) -> None:
    """Rename a column in all that names it in its table."""
    body["columns"] = renamed_key(body["columns"], old, new)

    def name(one: Any) -> Any:
        if isinstance(one, dict):
            return {**one, "column": name(one["column"])} if "column" in one else one
        return new if one == old else one

    def rename(one: dict[str, Any], *kinds: str) -> None:
        for kind in kinds:
            if kind in one:
                one[kind] = [name(element) for element in one[kind]]

    change_sql(body, lambda sql: sql.replace(quoted(old), quoted(new)))
    for part in parts_of(body):
        rename(part, "columns", "include", "elements")
    for by in with_partitions(body):
        rename(by.get("partition_by", {}), "range", "list", "hash")
        if by is not body and old in by.get("columns", {}):
            by["columns"] = renamed_key(by["columns"], old, new)


def rename_column(draw: st.DrawFn, document: dict[str, Any]) -> None:
    table, body = some_table(draw, document)
    name, column = some_column(draw, body)
    new = fresh(draw)
    if new in body["columns"] or "renamed_from" in column:
        return
    column["renamed_from"] = name
    renamed_column(body, name, new)
    for other in document["tables"].values():
        for one in other.get("foreign_keys", {}).values():
            if one["references"]["table"] == table:
                columns = one["references"]["columns"]
                one["references"]["columns"] = [
                    new if c == name else c for c in columns
                ]
    for one in document.get("statistics", {}).values():
        if one["table"] == table:
            one["columns"] = [new if c == name else c for c in one["columns"]]
    for sequence in document.get("sequences", {}).values():
        if sequence.get("owned_by") == f"{table}.{key(name)}":
            sequence["owned_by"] = f"{table}.{key(new)}"


def texts_in(value: Any) -> Iterator[str]:
    """Yield each text of a value, keys aside."""
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, list):
        for one in value:
            yield from texts_in(one)
    elif isinstance(value, str):
        yield value


def swap_columns(draw: st.DrawFn, document: dict[str, Any]) -> None:
    """Exchange the names of two columns that nothing names."""
    _, body = some_table(draw, document)
    names = list(body["columns"])[-2:]
    if len(names) < 2 or len(body["columns"]) < 3:
        return
    one, other = (body["columns"][name] for name in names)
    if "renamed_from" in one or "renamed_from" in other:
        return
    computed_from = [column.get("generated") for column in body["columns"].values()]
    parts = [value for part, value in body.items() if part != "columns"]
    others = list(texts_in([*parts, *computed_from]))
    if any(name == text or quoted(name) in text for name in names for text in others):
        return
    one["renamed_from"], other["renamed_from"] = names
    body["columns"] |= {names[0]: other, names[1]: one}


def add_column(draw: st.DrawFn, document: dict[str, Any]) -> None:
    _, body = some_table(draw, document)
    kind = draw(st.sampled_from(sorted(TYPES)))
    value = draw(TYPES[kind])
    column: dict[str, Any] = {"type": kind}
    way = draw(st.sampled_from(["nullable", "default", "backfill"]))
    column[way] = True if way == "nullable" else value
    if draw(st.booleans()):
        column["comment"] = draw(nonempty)
    body["columns"].setdefault(fresh(draw), column)


def drop_column(draw: st.DrawFn, document: dict[str, Any]) -> None:
    table, body = some_table(draw, document)
    name, _ = some_column(draw, body)
    if len(body["columns"]) > 1:
        del body["columns"][name]
        keep_statistics(
            document, lambda one: one["table"] != table or name not in one["columns"]
        )
        keep_what_fits(body)


def keep_what_fits(body: dict[str, Any]) -> None:
    """Take away the indexes and constraints of columns that are gone."""
    columns = body["columns"]

    def fits(one: dict[str, Any]) -> bool:
        elements = [*one.get("columns", ()), *one.get("elements", ())]
        used = [c.get("column") if isinstance(c, dict) else c for c in elements]
        return set(used) | set(one.get("include", ())) <= set(columns)

    for kind in ("uniques", "indexes", "foreign_keys", "excludes"):
        found = body.get(kind, {})
        body[kind] = {name: one for name, one in found.items() if fits(one)}
    body.pop("checks", None)
    for column in columns.values():
        column.pop("generated", None)


# Types whose values are read by the next one, in a row.
LADDERS = (
    ("smallint", "integer", "bigint", "numeric(30,2)", "text"),
    ("varchar(40)", "varchar(80)", "text"),
    ("date", "timestamptz"),
    ("json", "jsonb"),
    ("uuid", "text"),
)


def change_type(draw: st.DrawFn, document: dict[str, Any]) -> None:
    _, body = some_table(draw, document)
    _, column = some_column(draw, body)
    for ladder in LADDERS:
        if column["type"] in ladder[:-1] and "identity" not in column:
            position = ladder.index(column["type"])
            column["type"] = draw(st.sampled_from(ladder[position + 1 :]))
            column.pop("default", None)
            column.pop("compression", None)
            return


def change_default(draw: st.DrawFn, document: dict[str, Any]) -> None:
    _, body = some_table(draw, document)
    _, column = some_column(draw, body)
    if column["type"] in TYPES and not {"identity", "generated"} & set(column):
        if draw(st.booleans()):
            column["default"] = draw(TYPES[column["type"]])
        else:
            column.pop("default", None)


def change_nullable(draw: st.DrawFn, document: dict[str, Any]) -> None:
    _, body = some_table(draw, document)
    _, column = some_column(draw, body)
    made = {*document.get("composite_types", ()), *document.get("range_types", ())}
    if column["type"].removesuffix("[]") in made:
        return  # rows have no values of it
    if column.pop("nullable", False):
        if column["type"] in TYPES and "generated" not in column:
            column["backfill"] = draw(TYPES[column["type"]])
    elif "backfill" not in column:
        column["nullable"] = True
        column.pop("not_null", None)


def change_identity(draw: st.DrawFn, document: dict[str, Any]) -> None:
    _, body = some_table(draw, document)
    _, column = some_column(draw, body)
    # PostgreSQL: before 17, no column of a partitioned table counts by itself.
    if column["type"] not in {"integer", "bigint"} or "partition_by" in body:
        return
    if column.pop("identity", None) is None or draw(st.booleans()):
        column.pop("nullable", None)
        column.pop("default", None)
        column["identity"] = draw(identities())


def change_details(draw: st.DrawFn, document: dict[str, Any]) -> None:
    """Change comments, storage, and what else is no more than a property."""
    _, body = some_table(draw, document)
    _, column = some_column(draw, body)
    match draw(st.integers(0, 6)):
        case 0:
            column["comment"] = draw(nonempty)
        case 1:
            body["comment"] = draw(nonempty)
        case 2:
            column.pop("comment", None)
            body.pop("comment", None)
        case 3 if "partition_by" not in body:
            body["storage_parameters"] = {"fillfactor": draw(st.integers(50, 100))}
        case 4:
            if column["type"] in {"text", "jsonb"} and "generated" not in column:
                column["storage"] = draw(st.sampled_from(["external", "main"]))
        case 5:
            for key_ in ("statistics_target", "n_distinct", "n_distinct_inherited"):
                column.pop(key_, None)
            column |= draw(estimates(column))
        case _:
            body.pop("storage_parameters", None)


def change_not_null(draw: st.DrawFn, document: dict[str, Any]) -> None:
    """Name a NOT NULL, or give its name and what it is to another column, or to none."""
    _, body = some_table(draw, document)
    _, column = some_column(draw, body)
    if column.get("nullable") or document.get("postgresql", 14) < 18:
        return
    _, other = some_column(draw, body)
    held = column.pop("not_null", None)
    if held is None:
        name = f"nn_{len(body['columns'])}_{fresh(draw)}"
        state = draw(st.just({}) | states_of_forbidding(whole=False))
        column["not_null"] = {"name": name, **state}
    elif draw(st.booleans()):
        name = held["name"] if isinstance(held, dict) else held
        state = draw(states_of_forbidding(whole=draw(st.booleans())))
        column["not_null"] = {"name": name, **state}
    elif not other.get("nullable") and draw(st.booleans()):
        before = other.pop("not_null", None)
        other["not_null"] = held
        if before is not None and other is not column:
            column["not_null"] = before


def change_generated(draw: st.DrawFn, document: dict[str, Any]) -> None:
    """Compute a text in another way, or no more."""
    _, body = some_table(draw, document)
    name, column = some_column(draw, body)
    first = next(iter(body["columns"]))
    if column["type"] == "text" and name != first and "identity" not in column:
        column.pop("default", None)
        column.pop("storage", None)
        if column.pop("generated", None) is None or draw(st.booleans()):
            column["generated"] = draw(computed(quoted(first), document["postgresql"]))
            if "virtual" in column["generated"]:
                leave_out_of_indexes(body, name)


def leave_out_of_indexes(body: dict[str, Any], column: str) -> None:
    """Take away what PostgreSQL has no index for: that of a virtual column."""
    for kind in ("uniques", "indexes", "excludes"):
        found = body.get(kind, {})
        body[kind] = {key: one for key, one in found.items() if column not in str(one)}
    for partition in (body.get("partitions") or {}).values():
        if isinstance(partition, dict):
            leave_out_of_indexes(partition, column)


def change_collation(draw: st.DrawFn, document: dict[str, Any]) -> None:
    _, body = some_table(draw, document)
    _, column = some_column(draw, body)
    if column["type"] in {"text", "varchar(40)", "text[]"}:
        column["collation"] = draw(st.sampled_from(["C", "POSIX"]))


EDITS = [
    rename_column,
    swap_columns,
    add_column,
    add_column,
    drop_column,
    change_type,
    change_type,
    change_default,
    change_nullable,
    change_not_null,
    change_identity,
    change_generated,
    change_collation,
    change_details,
]
