"""Random composite types, ranges and collations for specs, columns of them, and edits of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from edit_tools import fresh, refer_to_type, renamed_key
from hypothesis import strategies as st
from vocabulary import BUILTIN_NAMES, key, names, nonempty, place_and_name

if TYPE_CHECKING:
    from collections.abc import Callable

ATTRIBUTES = ["text", "integer", "varchar(20)", "timestamptz", "integer[]"]


@st.composite
def attributes(draw: st.DrawFn, types: list[str]) -> dict[str, Any]:
    """Return attributes of a composite type, by name."""
    result: dict[str, Any] = {}
    for name in draw(st.lists(names, min_size=1, max_size=3, unique=True)):
        one: dict[str, Any] = {"type": draw(st.sampled_from([*ATTRIBUTES, *types]))}
        if one["type"] == "text" and draw(st.booleans()):
            one["collation"] = "C"
        if draw(st.booleans()):
            one["comment"] = draw(nonempty)
        result[name] = one
    return result


def own_types(
    draw: st.DrawFn,
    document: dict[str, Any],
    fresh_name: Callable[[], str],
    places: st.SearchStrategy[str],
) -> None:
    """Add composite types to a document, and to some of its tables columns of them."""
    known = [*document.get("enums", ()), *document.get("domains", ())]
    for add in (collation, range_type):
        if draw(st.integers(0, 3)) == 0 and (name := fresh_name()) not in BUILTIN_NAMES:
            add(draw, document, draw(places) + key(name))
    known += document.get("range_types", ())
    if draw(st.integers(0, 2)) == 0:
        add_statistics(draw, document, draw(places) + key(fresh_name()))
    for _ in range(draw(st.integers(0, 2))):
        name = fresh_name()
        if name in BUILTIN_NAMES:
            continue
        full = draw(places) + key(name)
        one: dict[str, Any] = {"attributes": draw(attributes(known))}
        if draw(st.booleans()):
            one["comment"] = draw(nonempty)
        document.setdefault("composite_types", {})[full] = one
        known.append(full)
        if draw(st.booleans()):
            body = draw(st.sampled_from(list(document["tables"].values())))
            of = draw(st.sampled_from([full, f"{full}[]"]))
            body["columns"].setdefault(fresh_name(), {"type": of, "nullable": True})


def collation(draw: st.DrawFn, document: dict[str, Any], name: str) -> None:
    """Add a collation, and let some columns have it."""
    one: dict[str, Any] = {"locale": draw(st.sampled_from(["C", "POSIX"]))}
    if draw(st.booleans()):
        one["comment"] = draw(nonempty)
    document["collations"] = {name: one}
    for body in document["tables"].values():
        for column in body["columns"].values():
            if column["type"] == "text" and draw(st.booleans()):
                column["collation"] = name


def range_type(draw: st.DrawFn, document: dict[str, Any], name: str) -> None:
    """Add a range type, and let a column have it."""
    subtype = draw(st.sampled_from(["integer", "text", "numeric", "timestamptz"]))
    one: dict[str, Any] = {"subtype": subtype}
    if subtype == "text" and "collations" in document:
        one["collation"] = next(iter(document["collations"]))
    if draw(st.booleans()):
        one["comment"] = draw(nonempty)
    document["range_types"] = {name: one}
    if draw(st.booleans()):
        body = draw(st.sampled_from(list(document["tables"].values())))
        body["columns"].setdefault(f"of {name[:9]}", {"type": name, "nullable": True})


def add_statistics(draw: st.DrawFn, document: dict[str, Any], name: str) -> None:
    """Add statistics of a table that has the columns for them."""
    plain = {"text", "integer", "uuid", "bigint", "timestamptz"}
    able = {
        table: found
        for table, body in document["tables"].items()
        if len(
            found := [
                one
                for one, column in body["columns"].items()
                if column["type"] in plain and "generated" not in column
            ]
        )
        > 1
    }
    if not able:
        return
    table = draw(st.sampled_from([*able]))
    one: dict[str, Any] = {"table": table, "columns": able[table][:3]}
    if draw(st.booleans()):
        one["kinds"] = draw(
            st.lists(st.sampled_from(["mcv", "ndistinct"]), min_size=1, unique=True)
        )
    if draw(st.booleans()):
        one["target"] = draw(st.integers(0, 200))
    if draw(st.booleans()):
        one["comment"] = draw(nonempty)
    document.setdefault("statistics", {})[name] = one


def change_statistics(draw: st.DrawFn, document: dict[str, Any]) -> None:
    """Give statistics another target, other kinds, or one column less; or drop them."""
    for name, one in list(document.get("statistics", {}).items()):
        if draw(st.booleans()):
            one["target"] = draw(st.integers(0, 200))
        if draw(st.booleans()):
            one["kinds"] = ["dependencies"]
        if draw(st.integers(0, 3)) == 0:
            del document["statistics"][name]
        elif len(one["columns"]) > 2 and draw(st.booleans()):
            one["columns"].pop()


def rename_statistics(draw: st.DrawFn, document: dict[str, Any]) -> None:
    for name, one in list(document.get("statistics", {}).items()):
        if "renamed_from" not in one:
            new = place_and_name(name)[0] + fresh(draw)
            held = renamed_key(document["statistics"], name, new)
            held[new]["renamed_from"] = name
            document["statistics"] = held


def change_collation(draw: st.DrawFn, document: dict[str, Any]) -> None:
    """Give a collation another locale: a new one takes its place.

    A range type that something has cannot go over to that.
    """
    over = {
        one.get("collation")
        for name, one in document.get("range_types", {}).items()
        if str(document).count(repr(name)) > 1
    }
    for name, one in document.get("collations", {}).items():
        if name not in over:
            one["locale"] = draw(st.sampled_from(["C", "POSIX"]))
        one["comment"] = draw(nonempty)


def rename_collation(draw: st.DrawFn, document: dict[str, Any]) -> None:
    """Rename a collation; what names it follows."""
    for name, one in list(document.get("collations", {}).items()):
        if "renamed_from" in one:
            continue
        new = place_and_name(name)[0] + fresh(draw)
        document["collations"] = {new: {**one, "renamed_from": name}}
        typed = [*document.get("range_types", {}).values()]
        for body in document["tables"].values():
            typed += body["columns"].values()
        for each in typed:
            if each.get("collation") == name:
                each["collation"] = new


def change_range(draw: st.DrawFn, document: dict[str, Any]) -> None:
    """Give a range type another subtype, where nothing has it."""
    for name, one in document.get("range_types", {}).items():
        if str(document).count(repr(name)) == 1:
            one["subtype"] = draw(st.sampled_from(["integer", "numeric"]))
            one.pop("collation", None)


def some_type(draw: st.DrawFn, document: dict[str, Any]) -> str | None:
    """Return the name of a composite type that was not renamed yet."""
    found = document.get("composite_types", {})
    left = [name for name, one in found.items() if "renamed_from" not in one]
    return draw(st.sampled_from(left)) if left else None


def change_attributes(draw: st.DrawFn, document: dict[str, Any]) -> None:
    """Let attributes come and go, or give them other types."""
    name = some_type(draw, document)
    if name is None:
        return
    known = [*document.get("enums", ()), *document.get("domains", ())]
    held = document["composite_types"][name]["attributes"]
    if any("renamed_from" in one for one in held.values()):
        return
    kept = [one for one in held if draw(st.booleans())]
    new = draw(attributes(known))
    both = {one: held[one] for one in kept} | {
        # The type of an attribute that stays is kept, or not.
        one: value if draw(st.booleans()) else held.get(one, value)
        for one, value in new.items()
    }
    document["composite_types"][name]["attributes"] = both


def rename_attribute(draw: st.DrawFn, document: dict[str, Any]) -> None:
    name = some_type(draw, document)
    if name is None:
        return
    held = document["composite_types"][name]["attributes"]
    old, new = draw(st.sampled_from([*held])), fresh(draw)
    if "renamed_from" in held[old] or new in held:
        return
    held[old]["renamed_from"] = old
    document["composite_types"][name]["attributes"] = renamed_key(held, old, new)


def rename_type(draw: st.DrawFn, document: dict[str, Any]) -> None:
    """Rename a composite type, or move it; what is made of it follows."""
    name = some_type(draw, document)
    if name is None:
        return
    places = ["", *(f"{schema}." for schema in document.get("schemas", ()))]
    new = draw(st.sampled_from([place_and_name(name)[0], *places])) + fresh(draw)
    held = renamed_key(document["composite_types"], name, new)
    held[new]["renamed_from"] = name
    document["composite_types"] = held
    refer_to_type(document, name, new)


EDITS = [
    change_attributes,
    rename_attribute,
    rename_type,
    change_collation,
    rename_collation,
    change_range,
    change_statistics,
    rename_statistics,
]
