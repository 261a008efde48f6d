"""Random tables with parents and types: what each is to have, and the specs that say so.

Names are few, so that two specs have much in common: a column that moves from a child to its
parent, a table that gets another parent, one that a child declares as well.
"""

from __future__ import annotations

from copy import deepcopy
from typing import TYPE_CHECKING, Any

from hypothesis import strategies as st

if TYPE_CHECKING:
    from transitions import Pair

TABLES = ("a", "b", "c", "d", "e")
TYPES = {
    "x": ("integer", "bigint"),
    "y": ("text", "varchar(9)"),
    "z": ("date",),
}
LITERALS: dict[str, tuple[Any, ...]] = {
    "integer": (1, 2),
    "bigint": (1, 2),
    "text": ("a", "b"),
    "varchar(9)": ("a", "b"),
    "date": ("2026-01-01", "2026-01-02"),
}
CHECKS = {"ck_x": "x > 0", "ck_y": "y <> ''"}
OVERRIDES = ("default", "nullable", "comment", "statistics_target")


@st.composite
def wishes(draw: st.DrawFn) -> dict[str, Any]:
    """Return what a table is to have, as far as it can."""
    return {
        "parents": draw(st.lists(st.sampled_from(TABLES), max_size=2, unique=True)),
        "typed": draw(st.integers(0, 5)) == 0,
        "columns": draw(st.dictionaries(st.sampled_from(list(TYPES)), st.booleans())),
        "own": draw(
            st.dictionaries(
                st.sampled_from(list(TYPES)),
                st.sets(st.sampled_from(OVERRIDES), min_size=1),
            )
        ),
        "checks": draw(st.sets(st.sampled_from(list(CHECKS)))),
        "key": draw(st.integers(0, 3)) == 0,
    }


@st.composite
def families(draw: st.DrawFn) -> Pair:
    """Return two specs of tables with parents and types, of which the second is an edit."""
    old = {
        name: draw(wishes())
        for name in draw(st.lists(st.sampled_from(TABLES), min_size=1, unique=True))
    }
    new = deepcopy(old)
    for name in TABLES:
        match draw(st.integers(0, 5)):
            case 0:
                new.pop(name, None)
            case 1:
                new[name] = draw(wishes())
            case 2 if name in new:
                key = draw(st.sampled_from(list(new[name])))
                new[name][key] = draw(wishes())[key]
    sides = [draw(sides_of()) for _ in range(2)]
    return document(old, sides[0]), document(new, sides[1]), draw(st.booleans())


@st.composite
def sides_of(draw: st.DrawFn) -> dict[str, tuple[str, Any]]:
    """Return type and default of each column in one spec."""
    found = {}
    for name, types in TYPES.items():
        of = draw(st.sampled_from(types))
        found[name] = (of, draw(st.sampled_from((None, *LITERALS[of]))))
    return found


def document(
    wished: dict[str, Any], side: dict[str, tuple[str, Any]]
) -> dict[str, Any]:
    """Return the spec of tables that have what they can have of their wishes."""
    attributes = {name: side[name][0] for name in ("x", "y")}
    result: dict[str, Any] = {
        "name": "s",
        "composite_types": {"person": {"attributes": attributes}},
        "tables": {},
    }
    held: dict[str, Held] = {}
    for name in TABLES:
        if name in wished:
            held[name] = Held()
            body = table(name, wished[name], side, held)
            result["tables"][name] = body
    return result


class Held:
    """What a table has in the end: columns (whether they may be NULL, and defaults), checks."""

    def __init__(self) -> None:
        self.columns: dict[str, tuple[bool, Any]] = {}
        self.checks: set[str] = set()
        self.clashes: set[str] = set()


def take_over(mine: Held, parents: list[Held]) -> None:
    """Give a table what it has from its parents; note the columns whose defaults differ."""
    for parent in parents:
        for key, (nullable, default) in parent.columns.items():
            known = mine.columns.get(key, (True, None))
            if known[1] is not None and default not in {None, known[1]}:
                mine.clashes.add(key)
            first = default if known[1] is None else known[1]
            mine.columns[key] = (nullable and known[0], first)
        mine.checks |= parent.checks


def table(
    name: str,
    wish: dict[str, Any],
    side: dict[str, tuple[str, Any]],
    held: dict[str, Held],
) -> dict[str, Any]:
    mine = held[name]
    above = [one for one in wish["parents"] if one in held and one < name]
    body: dict[str, Any] = {"columns": {}}
    if above:
        body["inherits"] = above
    elif wish["typed"]:
        body["of"] = "person"
        mine.columns = {"x": (True, None), "y": (True, None)}
    take_over(mine, [held[one] for one in above])
    given = dict(mine.columns)
    if "of" not in body:
        declare(body["columns"], wish, side, mine, given)
    for key, fields in wish["own"].items():
        if key in given and key not in body["columns"]:
            override(body["columns"], key, fields, side, mine)
    checks = {key for key in wish["checks"] if key[3:] in mine.columns}
    if checks:
        body["checks"] = {key: CHECKS[key] for key in sorted(checks)}
        mine.checks |= checks
    if wish["key"] and mine.columns.get("x", (True, None))[0] is False:
        body["primary_key"] = {"name": f"pk_{name}", "columns": ["x"]}
    if above or "of" in body:
        return (
            body
            if body["columns"]
            else {k: v for k, v in body.items() if k != "columns"}
        )
    return body


def declare(
    columns: dict[str, Any],
    wish: dict[str, Any],
    side: dict[str, tuple[str, Any]],
    mine: Held,
    given: dict[str, tuple[bool, Any]],
) -> None:
    """Add the columns that a table declares, those among them that its parents disagree about."""
    for key in (*wish["columns"], *mine.clashes):
        of, default = side[key]
        nullable = wish["columns"].get(key, True) and given.get(key, (True,))[0]
        column: dict[str, Any] = {"type": of, "nullable": nullable}
        if default is not None:
            column["default"] = default
        elif key in mine.clashes:
            default = column["default"] = LITERALS[of][0]
        else:
            default = given.get(key, (True, None))[1]
        columns[key] = column
        mine.columns[key] = (nullable, default)


def override(
    columns: dict[str, Any],
    key: str,
    fields: set[str],
    side: dict[str, tuple[str, Any]],
    mine: Held,
) -> None:
    """Add what a table has otherwise of a column that it is given."""
    nullable, default = mine.columns[key]
    found: dict[str, Any] = {}
    if "default" in fields:
        default = found["default"] = LITERALS[side[key][0]][1]
    if "nullable" in fields and nullable:
        nullable = found["nullable"] = False
    if "comment" in fields:
        found["comment"] = "own"
    if "statistics_target" in fields:
        found["statistics_target"] = 7
    if found:
        columns[key] = found
        mine.columns[key] = (nullable, default)
