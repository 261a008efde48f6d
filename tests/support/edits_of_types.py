"""Edits of enums, sequences and schemas."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from edit_tools import fresh, refer_to_type, renamed_key
from hypothesis import strategies as st
from strategies_of_views import Query
from vocabulary import counters, literal, place_and_name, quoted


def renamed(default: Any, old: str | None, new: str) -> Any:
    """Return a default with one value, or (where it is None) each value renamed."""
    if isinstance(default, list):
        return [renamed(one, old, new) for one in default]
    return new if old is None or default == old else default


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
        if column["type"] in {enum, f"{enum}[]"}
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
                        column["default"] = renamed(column["default"], None, value)


def remove_enum_value(draw: st.DrawFn, document: dict[str, Any]) -> None:
    name = enum_of(draw, document)
    if name is not None:
        values = values_of(document, name)
        gone = values.pop(draw(st.integers(0, len(values) - 1)))
        for column in columns_of(document, name):
            if gone == column.get("default") or gone in column.get("default", ()):
                column.pop("default")
        for body in document["tables"].values():
            body["indexes"] = {
                key_: one
                for key_, one in body.get("indexes", {}).items()
                if not one.get("where", "").endswith(f" = {literal(gone)}")
            }


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
        if "default" in column:
            column["default"] = renamed(column["default"], old, new)
    for body in document["tables"].values():
        typed = [key_ for key_, one in body["columns"].items() if one["type"] == name]
        for index in body.get("indexes", {}).values():
            for key_ in typed:
                if index.get("where") == f"{quoted(key_)} = {literal(old)}":
                    index["where"] = f"{quoted(key_)} = {literal(new)}"


def rename_enum(draw: st.DrawFn, document: dict[str, Any]) -> None:
    name = enum_of(draw, document)
    bare = "e" + fresh(draw)
    if name is None or isinstance(document["enums"][name], dict):
        return
    places = ["", *(f"{schema}." for schema in document.get("schemas", ()))]
    new = draw(st.sampled_from([place_and_name(name)[0], *places])) + bare
    if draw(st.booleans()):  # moved, or nothing
        new = place_and_name(new)[0] + place_and_name(name)[1]
    values = {"values": values_of(document, name), "renamed_from": name}
    document["enums"] = renamed_key(document["enums"], name, new)
    document["enums"][new] = values
    refer_to_type(document, name, new)


def change_sequence(draw: st.DrawFn, document: dict[str, Any]) -> None:
    options = draw(counters())
    for name, one in document.get("sequences", {}).items():
        kept = {key: one[key] for key in ("owned_by", "renamed_from") if key in one}
        document["sequences"][name] = options | kept


def rename_sequence(draw: st.DrawFn, document: dict[str, Any]) -> None:
    for name, one in document.get("sequences", {}).items():
        if "renamed_from" in one:
            continue
        place, bare = place_and_name(name)
        new = place + fresh(draw)
        document["sequences"] = renamed_key(document["sequences"], name, new)
        one["renamed_from"] = name
        before = literal(place + (bare if bare.startswith('"') else quoted(bare)))
        for body in document["tables"].values():
            for column in body["columns"].values():
                default = column.get("default")
                if isinstance(default, dict) and default.get("sql") == (
                    f"nextval({before})"
                ):
                    column["default"] = {"sql": f"nextval({literal(new)})"}
        return


def moved(text: Any, old: str, new: str) -> Any:
    """Return a part of a document in which a schema has another name."""
    match text:
        case dict():
            return {moved(k, old, new): moved(v, old, new) for k, v in text.items()}
        case list():
            return [moved(one, old, new) for one in text]
        case Query(parts=parts):
            return Query.of(replace(parts, of=moved(parts.of, old, new)))
        case str() if text.startswith(f"{old}."):
            return new + text.removeprefix(old)
        case str():
            for start in ("nextval('", "OPERATOR("):
                text = text.replace(f"{start}{old}.", f"{start}{new}.")
            return text
        case _:
            return text


def rename_schema(draw: st.DrawFn, document: dict[str, Any]) -> None:
    """Rename a schema in all that it holds."""
    schemas = document.get("schemas", {})
    new = fresh(draw)
    # What has moved already was in the schema when that had its old name.
    if new in schemas or "renamed_from" in str(document) or not schemas:
        return
    old = draw(st.sampled_from(list(schemas)))
    changed = moved(document, old, new)
    document.clear()
    document.update(changed)
    document["schemas"] = renamed_key(schemas, old, new)
    document["schemas"][new] = {"renamed_from": old}


EDITS = [
    add_enum_value,
    remove_enum_value,
    reorder_enum,
    rename_enum_value,
    rename_enum,
    change_sequence,
    rename_sequence,
    rename_schema,
]
