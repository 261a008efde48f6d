"""Random grants and owners for specs, and edits of them.

Roles are of a whole server, which tests share: none of these may do anything.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from hypothesis import strategies as st

if TYPE_CHECKING:
    from collections.abc import Iterator

Document = dict[str, Any]
ROLES = ("gm_ann", "gm_bob", "public")
RELATION = ("select", "insert", "update", "delete", "truncate", "references", "trigger")
OF_COLUMNS = ("select", "insert", "update", "references")
# By the key of the kind; what others would need to have is not taken from them.
WORDS = {
    "schemas": ("usage", "create"),
    "sequences": ("usage", "select", "update"),
    "tables": RELATION,
    "views": RELATION,
    "materialized_views": RELATION,
    "functions": ("execute",),
    "enums": ("usage",),
    "domains": ("usage",),
    "composite_types": ("usage",),
}
# What a value that is no mapping stands for.
SHORT = {"enums": "values", "views": "query", "materialized_views": "query"}
# An owner needs rights on what is under a table or a view, or calls it.
OWNED = ("enums", "composite_types")


@st.composite
def privileges(draw: st.DrawFn, key: str, columns: list[str]) -> Any:
    """Return the privileges of a role."""
    if draw(st.integers(0, 3)) == 0:
        return "all"
    words = st.lists(st.sampled_from(WORDS[key]), max_size=3, unique=True)
    found: list[Any] = list(draw(words))
    if draw(st.booleans()) and columns:
        some = st.lists(st.sampled_from(columns), min_size=1, max_size=2, unique=True)
        found.append({draw(st.sampled_from(OF_COLUMNS)): draw(some)})
    if draw(st.booleans()):
        word = draw(st.sampled_from(WORDS[key]))
        found.append({word: True, "with_grant_option": True})
    return found


@st.composite
def grants(draw: st.DrawFn, key: str, columns: list[str]) -> dict[str, Any]:
    """Return grants on an object; all roles may not grant a privilege on."""
    found = {}
    for role in draw(st.lists(st.sampled_from(ROLES), max_size=3, unique=True)):
        held = draw(privileges(key, columns))
        if role == "public" and isinstance(held, list):
            held = [one for one in held if "with_grant_option" not in one]
        if (key, role) == ("schemas", "public"):  # see `scratch.roles`
            held = ["usage"]
        found[role] = held
    return found


def objects(document: Document) -> Iterator[tuple[str, dict[Any, Any], Any]]:
    """Yield what may have grants: the key of its kind, the mapping that has it, and its key."""
    for key in WORDS:
        held = document.get(key, {})
        if isinstance(held, dict):
            yield from ((key, held, name) for name in held)


def add_access(draw: st.DrawFn, document: Document, has: bool = True) -> None:
    """Give some objects grants and owners, or other ones; what is gone from columns is mended."""
    for key, held, name in objects(document) if has else ():
        value = held[name]
        if not isinstance(value, dict):
            if key not in SHORT:
                continue
            value = {SHORT[key]: value}
        columns = [*value["columns"]] if key == "tables" else []
        mend(value, columns)
        if draw(st.integers(0, 5)) == 0:
            held[name] = value
            value["grants"] = draw(grants(key, columns))
            if key in OWNED and draw(st.booleans()):
                value["owner"] = draw(st.sampled_from(ROLES[:2]))
            # Who makes tables with a type has to be able to use it: who is its owner, here.
            value["grants"].pop(value.get("owner"), None)
    if has and draw(st.booleans()):
        add_defaults(draw, document)


LATER = {"tables": "tables", "functions": "functions", "types": "enums"}


def add_defaults(draw: st.DrawFn, document: Document) -> None:
    """Say what is granted on what is created later."""
    names = ["public", *document.get("schemas", {})]
    places = ["", *(f" in schema {one}" for one in names)]
    found = document["default_privileges"] = {}
    for words, key in LATER.items():
        held, place = draw(grants(key, [])), draw(st.sampled_from(places))
        held = {role: one for role, one in held.items() if one}
        if key != "tables" and held.pop("public", None) is not None and not place:
            held["public"] = []  # what all have by themselves is taken
        if draw(st.booleans()) and held:
            found[words + place] = {"grants": held}


def mend(value: dict[str, Any], columns: list[str]) -> None:
    """Take what names columns that are no more out of the grants on a table."""
    named = {
        old: key
        for key, one in value.get("columns", {}).items()
        if isinstance(one, dict) and (old := one.get("renamed_from")) is not None
    }
    for role, held in value.get("grants", {}).items():
        if isinstance(held, list):
            kept = [mended(one, columns, named) for one in held]
            value["grants"][role] = [one for one in kept if one]


def mended(one: Any, columns: list[str], named: dict[str, str]) -> Any:
    """Return an item of privileges with the columns that there are."""
    if not isinstance(one, dict):
        return one
    found = {
        word: [named.get(each, each) for each in held]
        if isinstance(held, list)
        else held
        for word, held in one.items()
    }
    return {
        word: held
        for word, held in found.items()
        if not isinstance(held, list) or {*held} <= {*columns}
    }
