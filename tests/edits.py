"""Random edits of a random spec, as an engineer would make them: renames, types, partitions, ….

What they give is valid by construction, or left out: an edit that the loader refuses is undone.
"""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, Any

from gen_migration.errors import Error
from gen_migration.load import load
from hypothesis import strategies as st
from strategies import SORTABLE, TYPES, identities, key, nonempty, plain_names, quoted
from yaml_text import yaml_text

if TYPE_CHECKING:
    from collections.abc import Callable

    Edit = Callable[[st.DrawFn, dict[str, Any]], None]


@st.composite
def edited(draw: st.DrawFn, old: dict[str, Any]) -> dict[str, Any]:
    """Return a document after one to five edits."""
    document: dict[str, Any] = without_hints(copy.deepcopy(old))
    for _ in range(draw(st.integers(1, 5))):
        changed = copy.deepcopy(document)
        draw(st.sampled_from(EDITS))(draw, changed)
        try:
            load(yaml_text(changed), "edited.yaml")
        except Error:
            continue
        document = changed
    return document


def without_hints(document: Any) -> Any:
    """Return a document without what an edit before it has said of itself."""
    if isinstance(document, dict):
        return {
            name: without_hints(value)
            for name, value in document.items()
            if name not in HINTS or isinstance(value, dict)
        }
    return document


HINTS = frozenset(("renamed_from", "using", "backfill"))


def some_table(draw: st.DrawFn, document: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    name = draw(st.sampled_from(list(document["tables"])))
    return name, document["tables"][name]


def some_column(draw: st.DrawFn, body: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    name = draw(st.sampled_from(list(body["columns"])))
    return name, body["columns"][name]


def renamed_key(mapping: dict[str, Any], old: str, new: str) -> dict[str, Any]:
    return {new if name == old else name: value for name, value in mapping.items()}


def fresh(draw: st.DrawFn) -> str:
    return "n_" + draw(st.text("abc", min_size=1, max_size=6))


def rename_table(draw: st.DrawFn, document: dict[str, Any]) -> None:
    name, body = some_table(draw, document)
    new = draw(plain_names | st.builds("t_{}".format, st.text("xyz", max_size=3)))
    if key(new) in document["tables"] or "renamed_from" in body:
        return
    body["renamed_from"] = name
    document["tables"] = renamed_key(document["tables"], name, key(new))
    for other in document["tables"].values():
        for one in other.get("foreign_keys", {}).values():
            if one["references"]["table"] == name:
                one["references"]["table"] = key(new)


def swap_tables(draw: st.DrawFn, document: dict[str, Any]) -> None:
    names = list(document["tables"])
    if len(names) < 2:
        return
    one, other = names[:2]
    for name in (one, other):
        if "renamed_from" in document["tables"][name]:
            return
        document["tables"][name]["renamed_from"] = name
    swapped = {one: other, other: one}
    document["tables"] = {
        swapped.get(name, name): body for name, body in document["tables"].items()
    }
    for body in document["tables"].values():
        for key_ in body.get("foreign_keys", {}).values():
            target = key_["references"]["table"]
            key_["references"]["table"] = swapped.get(target, target)


def drop_table(draw: st.DrawFn, document: dict[str, Any]) -> None:
    name, _ = some_table(draw, document)
    if len(document["tables"]) == 1:
        return
    del document["tables"][name]
    for body in document["tables"].values():
        keys = body.get("foreign_keys", {})
        body["foreign_keys"] = {
            k: v for k, v in keys.items() if v["references"]["table"] != name
        }


def renamed_column(body: dict[str, Any], old: str, new: str) -> None:  # noqa: C901 - each place that names a column
    """Rename a column in all that names it in its table."""
    body["columns"] = renamed_key(body["columns"], old, new)

    def name(one: Any) -> Any:
        if isinstance(one, dict):
            return {**one, "column": name(one["column"])}
        return new if one == old else one

    def text(sql: str) -> str:
        return sql.replace(quoted(old), quoted(new))

    for key_ in (
        body.get("primary_key", {}),
        *body.get("uniques", {}).values(),
        *body.get("foreign_keys", {}).values(),
        *body.get("indexes", {}).values(),
    ):
        for part in ("columns", "include"):
            if part in key_:
                key_[part] = [name(one) for one in key_[part]]
        if "where" in key_:
            key_["where"] = text(key_["where"])
    for check in body.get("checks", {}).values():
        check["expression"] = text(check["expression"])
    for column in body["columns"].values():
        if "generated" in column:
            column["generated"]["stored"] = text(column["generated"]["stored"])


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


def swap_columns(draw: st.DrawFn, document: dict[str, Any]) -> None:
    """Exchange the names of two columns that nothing names."""
    _, body = some_table(draw, document)
    names = list(body["columns"])[-2:]
    if len(names) < 2 or len(body["columns"]) < 3:
        return
    one, other = (body["columns"][name] for name in names)
    if "renamed_from" in one or "renamed_from" in other:
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
    _, body = some_table(draw, document)
    name, _ = some_column(draw, body)
    if len(body["columns"]) > 1:
        del body["columns"][name]
        keep_what_fits(body)


def keep_what_fits(body: dict[str, Any]) -> None:
    """Take away the indexes and constraints of columns that are gone."""
    columns = body["columns"]

    def fits(one: dict[str, Any]) -> bool:
        used = [c["column"] if isinstance(c, dict) else c for c in one["columns"]]
        return set(used) | set(one.get("include", ())) <= set(columns)

    for kind in ("uniques", "indexes", "foreign_keys"):
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
    if column.pop("nullable", False):
        if column["type"] in TYPES and "generated" not in column:
            column["backfill"] = draw(TYPES[column["type"]])
    elif "backfill" not in column:
        column["nullable"] = True


def change_identity(draw: st.DrawFn, document: dict[str, Any]) -> None:
    _, body = some_table(draw, document)
    _, column = some_column(draw, body)
    if column["type"] not in {"integer", "bigint"}:
        return
    if column.pop("identity", None) is None or draw(st.booleans()):
        column.pop("nullable", None)
        column.pop("default", None)
        column["identity"] = draw(identities())


def change_details(draw: st.DrawFn, document: dict[str, Any]) -> None:
    """Change comments, storage, and what else is no more than a property."""
    _, body = some_table(draw, document)
    _, column = some_column(draw, body)
    match draw(st.integers(0, 5)):
        case 0:
            column["comment"] = draw(nonempty)
        case 1:
            body["comment"] = draw(nonempty)
        case 2:
            column.pop("comment", None)
            body.pop("comment", None)
        case 3:
            body["storage_parameters"] = {"fillfactor": draw(st.integers(50, 100))}
        case 4:
            if column["type"] in {"text", "jsonb"}:
                column["storage"] = draw(st.sampled_from(["external", "main"]))
        case _:
            body.pop("storage_parameters", None)


def toggle_unlogged(draw: st.DrawFn, document: dict[str, Any]) -> None:
    unlogged = draw(st.booleans())
    for body in document["tables"].values():
        body["unlogged"] = unlogged


def change_constraints(draw: st.DrawFn, document: dict[str, Any]) -> None:
    _, body = some_table(draw, document)
    kind = draw(st.sampled_from(["uniques", "checks", "foreign_keys", "indexes"]))
    found = body.get(kind) or {}
    if not found:
        return
    name = draw(st.sampled_from(list(found)))
    match draw(st.integers(0, 4)):
        case 0:
            del found[name]
        case 1:
            body[kind] = renamed_key(found, name, fresh(draw))
        case 2:
            found[name]["comment"] = draw(nonempty)
        case 3 if kind in {"checks", "foreign_keys"}:
            found[name]["not_valid"] = not found[name].get("not_valid", False)
        case 4 if kind == "foreign_keys":
            found[name]["deferrable"] = not found[name].get("deferrable", False)
            found[name].pop("initially_deferred", None)
        case _ if kind == "indexes":
            found[name]["storage_parameters"] = {"fillfactor": 70}


def add_index(draw: st.DrawFn, document: dict[str, Any]) -> None:
    _, body = some_table(draw, document)
    sortable = [n for n, c in body["columns"].items() if c["type"] in SORTABLE]
    if sortable:
        index = {"columns": [{"column": draw(st.sampled_from(sortable))}]}
        body.setdefault("indexes", {}).setdefault("i" + fresh(draw), index)


def enum_of(draw: st.DrawFn, document: dict[str, Any]) -> str | None:
    """Return an enum that has values; None where there is none."""
    found = [name for name in document.get("enums", ()) if values_of(document, name)]
    return draw(st.sampled_from(found)) if found else None


def values_of(document: dict[str, Any], name: str) -> list[str]:
    found = document["enums"][name]
    values: list[str] = found["values"] if isinstance(found, dict) else found
    return values


def columns_of(document: dict[str, Any], enum: str) -> list[dict[str, Any]]:
    return [
        column
        for body in document["tables"].values()
        for column in body["columns"].values()
        if column["type"] == enum
    ]


def add_enum_value(draw: st.DrawFn, document: dict[str, Any]) -> None:
    name = enum_of(draw, document)
    if name is not None:
        values, value = values_of(document, name), "v" + fresh(draw)
        if value not in values:
            values.insert(draw(st.integers(0, len(values))), value)
            if draw(st.booleans()):
                for column in columns_of(document, name):
                    if "default" in column:
                        column["default"] = value


def remove_enum_value(draw: st.DrawFn, document: dict[str, Any]) -> None:
    name = enum_of(draw, document)
    if name is not None:
        values = values_of(document, name)
        gone = values.pop(draw(st.integers(0, len(values) - 1)))
        for column in columns_of(document, name):
            if column.get("default") == gone:
                column.pop("default")


def reorder_enum(draw: st.DrawFn, document: dict[str, Any]) -> None:
    name = enum_of(draw, document)
    if name is not None:
        values_of(document, name).reverse()


def rename_enum_value(draw: st.DrawFn, document: dict[str, Any]) -> None:
    name = enum_of(draw, document)
    if name is None or isinstance(document["enums"][name], dict):
        return
    values, new = values_of(document, name), "r" + fresh(draw)
    if new in values:
        return
    old = draw(st.sampled_from(values))
    values[values.index(old)] = new
    document["enums"][name] = {"values": values, "renamed_values": {new: old}}
    for column in columns_of(document, name):
        if column.get("default") == old:
            column["default"] = new


def rename_enum(draw: st.DrawFn, document: dict[str, Any]) -> None:
    name = enum_of(draw, document)
    new = "e" + fresh(draw)
    if name is None or isinstance(document["enums"][name], dict):
        return
    columns = columns_of(document, name)
    values = {"values": values_of(document, name), "renamed_from": name}
    document["enums"] = renamed_key(document["enums"], name, new)
    document["enums"][new] = values
    for column in columns:
        column["type"] = new


def change_sequence(draw: st.DrawFn, document: dict[str, Any]) -> None:
    options = draw(identities().filter(lambda value: isinstance(value, dict)))
    options.pop("generated")
    for name in document.get("sequences", {}):
        document["sequences"][name] = options


EDITS: list[Edit] = [
    rename_table,
    swap_tables,
    drop_table,
    rename_column,
    swap_columns,
    add_column,
    add_column,
    drop_column,
    change_type,
    change_type,
    change_default,
    change_nullable,
    change_identity,
    change_details,
    toggle_unlogged,
    change_constraints,
    change_constraints,
    add_index,
    add_enum_value,
    remove_enum_value,
    reorder_enum,
    rename_enum_value,
    rename_enum,
    change_sequence,
]
