"""Random specs that use the whole vocabulary, as documents: what a YAML file would hold.

They are valid by construction.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from edits import edited
from hypothesis import strategies as st
from strategies_of_access import add_access
from strategies_of_domains import LABELS, domains
from strategies_of_functions import no_cast, routines
from strategies_of_marks import mark
from strategies_of_members import members
from strategies_of_operators import operators
from strategies_of_partitions import inherit, partitioned, without_states
from strategies_of_parts import parts
from strategies_of_replication import add_publications
from strategies_of_text_search import add_text_search
from strategies_of_types import own_types
from strategies_of_views import add_views
from vocabulary import (
    BUILTIN_NAMES,
    MAX_BYTES,
    SCHEMAS,
    SERIAL,
    TYPES,
    computed,
    counters,
    estimates,
    identities,
    key,
    literal,
    names,
    nonempty,
    place_and_name,
    quoted,
    states_of_forbidding,
    texts,
    timing,
)

if TYPE_CHECKING:
    from collections.abc import Callable

Pair = tuple[dict[str, Any], dict[str, Any], bool]


def values(
    draw: st.DrawFn,
    column: dict[str, Any],
    labels: dict[str, list[str]],
    first: str,
    postgresql: int,
) -> None:
    """Let a column's values come from a default, a sequence or (`first` as SQL) another one."""
    kind = column["type"]
    source = draw(st.sampled_from(["none", "default", "sql", "identity", "generated"]))
    if kind in SERIAL:
        column.pop("nullable", None)
    elif source == "default" and kind in TYPES:
        column["default"] = draw(TYPES[kind])
    elif source == "default" and kind.endswith("[]"):
        some = st.lists(st.sampled_from(labels[kind]), max_size=3)
        column["default"] = draw(some)
    elif source == "default":
        column["default"] = draw(st.sampled_from(labels[kind]))
    elif source == "sql" and kind == "timestamptz":
        column["default"] = {"sql": "now()"}
    elif source == "sql" and kind == "text":
        column["default"] = {"sql": f"upper({literal(draw(texts))})"}
    elif source == "identity" and kind in {"integer", "bigint", "smallint"}:
        column.pop("nullable", None)
        column["identity"] = draw(identities())
    elif source == "generated" and kind == "text" and first:
        column["generated"] = draw(computed(first, postgresql))


@st.composite
def columns(
    draw: st.DrawFn, labels: dict[str, list[str]], postgresql: int
) -> dict[str, Any]:
    """Return columns; the first is a uuid, so that a foreign key has something to refer to."""
    result: dict[str, Any] = {}
    kinds = [*TYPES, *sorted(SERIAL), *labels, *labels]
    for position, name in enumerate(
        draw(st.lists(names, min_size=1, max_size=5, unique=True))
    ):
        kind = "uuid" if position == 0 else draw(st.sampled_from(kinds))
        column: dict[str, Any] = {"type": kind}
        if position and draw(st.booleans()):
            column["nullable"] = True
        first = quoted(next(iter(result))) if position else ""
        values(draw, column, labels, first, postgresql)
        if draw(st.booleans()):
            column["comment"] = draw(nonempty)
        stored = "virtual" not in column.get("generated", {})
        if kind == "text" and stored and draw(st.booleans()):
            column["storage"] = draw(st.sampled_from(["plain", "external", "main"]))
            column["collation"] = draw(st.sampled_from(["C", "POSIX"]))
        if kind == "jsonb" and draw(st.booleans()):
            column["compression"] = "pglz"
        if draw(st.integers(0, 3)) == 0:
            column |= draw(estimates(column))
        result[name] = column
    return result


enum_labels = st.lists(
    nonempty.filter(lambda text: len(text.encode()) <= MAX_BYTES),
    min_size=1,
    max_size=4,
    unique=True,
)


@st.composite
def documents(draw: st.DrawFn, version: int = 18) -> dict[str, Any]:
    """Return the document of a valid spec for this version of PostgreSQL or an older one."""
    taken: set[str] = set()

    def fresh() -> str:
        """Return a name that no other relation, type or constraint of the spec has."""
        name = draw(names)
        while name in taken:
            name = f"{name[:9]}_{len(taken)}"
        taken.add(name)
        return name

    postgresql = draw(st.sampled_from([14, version]))
    schemas = draw(st.lists(st.sampled_from(SCHEMAS), max_size=2, unique=True))
    places = st.sampled_from(["", *(f"{name}." for name in schemas)])
    enums = {
        draw(places) + key(name): draw(enum_labels)
        for name in [fresh() for _ in range(draw(st.integers(0, 2)))]
        if name not in BUILTIN_NAMES
    }
    domains_ = {
        draw(places) + key(name): draw(domains())
        for name in [fresh() for _ in range(draw(st.integers(0, 2)))]
        if name not in BUILTIN_NAMES
    }
    labels = enums | dict.fromkeys(domains_, LABELS)
    labels |= {f"{name}[]": found for name, found in labels.items()}
    tables = {
        draw(places) + key(fresh()): table(draw, labels, postgresql, fresh, places)
        for _ in range(draw(st.integers(1, 4)))
    }
    foreign_keys(draw, tables, fresh)
    for body in tables.values():
        members(draw, body)
        inherit(draw, body, fresh)
    mark(draw, draw(st.sampled_from(list(tables.values()))))
    document: dict[str, Any] = {"name": "random", "postgresql": postgresql}
    if draw(st.booleans()):
        document["description"] = draw(nonempty.filter(str.strip))
    if schemas:
        document["schemas"] = {name: {} for name in schemas}
    if enums:
        document["enums"] = enums
    if domains_:
        document["domains"] = domains_
    for _ in range(draw(st.integers(0, 2))):
        place, name = draw(places), fresh()
        options = sequence(draw, tables, place)
        document.setdefault("sequences", {})[place + key(name)] = options
        if "cycle" not in options:
            counted(draw, tables, place + quoted(name))
    document["tables"] = tables
    without_states(document)
    own_types(draw, document, fresh, places)
    add_text_search(draw, document, fresh, places)
    add_views(draw, document, lambda: draw(places) + key(fresh()))
    routines(draw, document, fresh, places)
    add_publications(draw, document)
    add_access(draw, document, draw(st.integers(0, 2)) == 0)
    operators(draw, document, no_cast(fresh), places)
    return document


def table(
    draw: st.DrawFn,
    labels: dict[str, list[str]],
    postgresql: int,
    fresh: Callable[[], str],
    places: st.SearchStrategy[str],
) -> dict[str, Any]:
    """Return a table that refers to no other one."""
    body: dict[str, Any] = {"columns": draw(columns(labels, postgresql))}
    if postgresql >= 18 and draw(st.integers(0, 3)) == 0:
        for column in body["columns"].values():
            if not column.get("nullable") and draw(st.booleans()):
                column["not_null"] = fresh()
    name_sequences(draw, body, fresh)
    parts(draw, body, fresh, labels, postgresql)
    if draw(st.booleans()):
        body["comment"] = draw(nonempty)
    if draw(st.integers(0, 3)) == 0:
        partitioned(draw, body, lambda: draw(places) + key(fresh()))
        states_of_not_null(draw, body)
        return body
    states_of_not_null(draw, body)
    if draw(st.booleans()):
        body["storage_parameters"] = {"fillfactor": draw(st.integers(50, 100))}
    if draw(st.booleans()):
        body["unlogged"] = True
    return body


def states_of_not_null(draw: st.DrawFn, body: dict[str, Any]) -> None:
    """Let some NOT NULL that have names be more, or less, than plain."""
    keys = body.get("primary_key", {}).get("columns", ())
    for name, column in body["columns"].items():
        if "not_null" in column and draw(st.booleans()):
            whole = "partition_by" in body or name in keys or "identity" in column
            whole = whole or "primary_key" in column or "serial" in column["type"]
            state = draw(states_of_forbidding(whole=whole))
            column["not_null"] = {"name": column["not_null"], **state}


def name_sequences(
    draw: st.DrawFn, body: dict[str, Any], fresh: Callable[[], str]
) -> None:
    """Name the sequences of some identities."""
    for column in body["columns"].values():
        if "identity" in column and draw(st.booleans()):
            held = column["identity"]
            given = held if isinstance(held, dict) else {"generated": held}
            column["identity"] = {**given, "sequence": fresh()}


def sequence(draw: st.DrawFn, tables: dict[str, Any], place: str) -> dict[str, Any]:
    """Return a sequence, which a column of the same schema owns now and then."""
    options: dict[str, Any] = draw(counters())
    name, body = draw(st.sampled_from(list(tables.items())))
    # PostgreSQL: a sequence has the schema and the persistence of its owner.
    near = place_and_name(name)[0] == place and not body.get("unlogged")
    if near and draw(st.booleans()):
        options["owned_by"] = f"{name}.{key(next(iter(body['columns'])))}"
    return options


def counted(draw: st.DrawFn, tables: dict[str, Any], sequence: str) -> None:
    """Let a column have the next value of a sequence (as SQL) for its default."""
    body = draw(st.sampled_from(list(tables.values())))
    for column in body["columns"].values():
        if column["type"] == "bigint" and not VALUED & set(column):
            column["default"] = {"sql": f"nextval({literal(sequence)})"}
            return


VALUED = frozenset(("default", "identity", "generated"))


def foreign_keys(
    draw: st.DrawFn, tables: dict[str, Any], fresh: Callable[[], str]
) -> None:
    """Let tables refer to each other, forwards, backwards and to themselves."""
    actions = st.sampled_from(["no action", "cascade", "restrict"])
    for body in tables.values():
        target = draw(st.none() | st.sampled_from(list(tables)))
        # PostgreSQL: a permanent table refers to permanent tables only.
        if target is None or (
            tables[target].get("unlogged") and not body.get("unlogged")
        ):
            continue
        ways: list[dict[str, Any]] = [{}, {"match": "full"}]
        # PostgreSQL: a key of a partitioned table is valid.
        if "partition_by" not in body:
            ways.append({"not_valid": True})
        body["foreign_keys"] = {
            fresh(): {
                "columns": [next(iter(body["columns"]))],
                "references": {
                    "table": target,
                    "columns": [next(iter(tables[target]["columns"]))],
                },
                "on_delete": draw(actions),
                "on_update": draw(actions),
                **draw(timing()),
                **draw(st.sampled_from(ways)),
            }
        }


@st.composite
def pairs(draw: st.DrawFn, version: int = 18) -> Pair:
    """Return two documents, and whether the second is the first after some edits."""
    old = draw(documents(version))
    if draw(st.integers(0, 3)) == 0:
        return old, draw(documents(version)), False
    new = draw(edited(old))
    if "grants" in str(old):
        add_access(draw, new)
    return old, new, True
