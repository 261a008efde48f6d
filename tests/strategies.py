"""Random specs that use the whole vocabulary, as documents: what a YAML file would hold.

They are valid by construction. Names are short and plain most of the time, so that what
Hypothesis shrinks to stays readable, and arbitrary text now and then.
"""

from __future__ import annotations

import unicodedata
from typing import Any

from gen_migration.build_columns import SYSTEM_COLUMNS
from gen_migration.type_names import ALIASES, BUILTIN
from hypothesis import strategies as st

MAX_BYTES = 63


def is_control(character: str) -> bool:
    return unicodedata.category(character) == "Cc"


# Whatever PostgreSQL can hold: no NUL, no half of a surrogate pair.
characters = st.characters(exclude_characters="\0", exclude_categories=["Cs"])
texts = st.text(characters, max_size=20) | st.sampled_from(
    [
        "it's",
        'say "hi"',
        "back\\slash",
        "\\:not_bound",
        ":bound and ::cast",
        "50% of %(all)s %s",
        "{{ jinja }} {% raw %}",
        "line\nbreak\r\n\ttab",
        '"""',
        "'''; import os",
        "$$ dollar $1",
        "\N{PILE OF POO}\u202e",
        "--  /* not a comment */",
        "null",
    ]
)
nonempty = texts.filter(bool)
# Names that PostgreSQL and Alembic keep for themselves; Hypothesis finds them in our code.
TAKEN = SYSTEM_COLUMNS | {"alembic_version"}
# Names hold no control characters: the tool refuses them.
name_characters = st.characters(exclude_categories=["Cs", "Cc"])
strange_names = (st.text(name_characters, min_size=1, max_size=20) | nonempty).filter(
    lambda text: (
        len(text.encode()) <= MAX_BYTES
        and not any(map(is_control, text))
        and text not in TAKEN
    )
)
plain_names = st.sampled_from(
    [
        "a",
        "b",
        "id",
        "name",
        "user",
        "order",
        "Mixed",
        "select",
        "no",
        "x_1",
        "created_at",
    ]
)
names = plain_names | plain_names | strange_names


def quoted(name: str) -> str:
    """Return a name as SQL."""
    return '"' + name.replace('"', '""') + '"'


def literal(text: str) -> str:
    """Return a text as a SQL literal."""
    return "'" + text.replace("'", "''") + "'"


def key(name: str) -> str:
    """Return a name as the key of a table, whose dots and quotes mean something."""
    plain = name == name.strip() and "." not in name and '"' not in name
    return name if plain else quoted(name)


# A type and the defaults that fit it.
TYPES: dict[str, st.SearchStrategy[Any]] = {
    "uuid": st.uuids().map(str),
    "text": texts,
    "varchar(40)": texts,
    "char(3)": st.text("abc", max_size=3),
    "integer": st.integers(-(2**31), 2**31 - 1),
    "bigint": st.integers(-(2**63), 2**63 - 1),
    "smallint": st.integers(-(2**15), 2**15 - 1),
    "numeric(10,2)": st.integers(-(10**7), 10**7),
    "double precision": st.integers(-1000, 1000),
    "boolean": st.booleans(),
    "jsonb": st.recursive(
        st.integers(-9, 9) | st.booleans() | st.none(),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(st.text("abc'\\%:", max_size=4), inner, max_size=3)
        ),
        max_leaves=4,
    ).filter(lambda value: isinstance(value, dict | list)),
    "json": st.just({"a": [1, None]}),
    "date": st.dates().map(str),
    "timestamptz": st.just("2026-01-31 12:30:00+00:00"),
    "timestamp(3)": st.just("2026-01-31 12:30:00"),
    "time": st.just("12:30"),
    "interval": st.sampled_from(["1 day", "02:30:00", "P1Y"]),
    "bytea": st.just("\\x00ff"),
    "inet": st.just("10.0.0.1"),
    "bit(3)": st.just("101"),
    "text[]": st.lists(texts, max_size=3),
    "integer[]": st.lists(st.integers(-5, 5), max_size=3),
    "int4range": st.just("[1,5)"),
    "tsvector": st.just("a b"),
    "point": st.just("(1,2)"),
    "money": st.just(5),
    "macaddr": st.just("08:00:2b:01:02:03"),
}
SORTABLE = frozenset(TYPES) - {"json", "point"}


def values(
    draw: st.DrawFn, column: dict[str, Any], labels: dict[str, list[str]], first: str
) -> None:
    """Let a column's values come from a default, a sequence or (`first` as SQL) another one."""
    kind = column["type"]
    source = draw(st.sampled_from(["none", "default", "sql", "identity", "generated"]))
    if source == "default" and kind in TYPES:
        column["default"] = draw(TYPES[kind])
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
        column["generated"] = {"stored": f"{first}::text"}


@st.composite
def columns(draw: st.DrawFn, enums: dict[str, list[str]]) -> dict[str, Any]:
    """Return columns; the first is a uuid, so that a foreign key has something to refer to."""
    result: dict[str, Any] = {}
    labels = {key(name): values for name, values in enums.items()}
    for position, name in enumerate(
        draw(st.lists(names, min_size=1, max_size=5, unique=True))
    ):
        kind = "uuid" if position == 0 else draw(st.sampled_from([*TYPES, *labels]))
        column: dict[str, Any] = {"type": kind}
        if position and draw(st.booleans()):
            column["nullable"] = True
        first = quoted(next(iter(result))) if position else ""
        values(draw, column, labels, first)
        if draw(st.booleans()):
            column["comment"] = draw(nonempty)
        if kind == "text" and draw(st.booleans()):
            column["storage"] = draw(st.sampled_from(["plain", "external", "main"]))
            column["collation"] = draw(st.sampled_from(["C", "POSIX"]))
        if kind == "jsonb" and draw(st.booleans()):
            column["compression"] = "pglz"
        result[name] = column
    return result


def identities() -> st.SearchStrategy[Any]:
    word = st.sampled_from(["always", "by default"])
    return word | st.fixed_dictionaries(
        {"generated": word},
        optional={
            "start": st.integers(1, 100),
            "increment": st.integers(1, 5),
            "min_value": st.just(1),
            "max_value": st.integers(1000, 30000),
            "cache": st.integers(1, 9),
            "cycle": st.booleans(),
        },
    )


def timing() -> st.SearchStrategy[dict[str, Any]]:
    return st.sampled_from(
        [{}, {}, {"deferrable": True}, {"deferrable": True, "initially_deferred": True}]
    )


@st.composite
def documents(draw: st.DrawFn) -> dict[str, Any]:
    """Return the document of a valid spec."""
    taken: set[str] = set()

    def fresh(base: st.SearchStrategy[str] = names) -> str:
        """Return a name that no other relation, type or constraint of the spec has."""
        name = draw(base)
        while name in taken:
            name = f"{name[:9]}_{len(taken)}"
        taken.add(name)
        return name

    enum_labels = st.lists(
        nonempty.filter(lambda text: len(text.encode()) <= MAX_BYTES),
        min_size=1,
        max_size=4,
        unique=True,
    )
    enums = {fresh(): draw(enum_labels) for _ in range(draw(st.integers(0, 2)))}
    # A type of PostgreSQL's own would hide an enum of its name.
    enums = {
        name: values for name, values in enums.items() if name not in BUILTIN_NAMES
    }
    tables: dict[str, Any] = {}
    firsts: dict[str, str] = {}
    for _ in range(draw(st.integers(1, 4))):
        name = fresh()
        body: dict[str, Any] = {"columns": draw(columns(enums))}
        first = next(iter(body["columns"]))
        constraints(draw, body, fresh, first)
        if draw(st.booleans()):
            body["comment"] = draw(nonempty)
        if draw(st.booleans()):
            body["storage_parameters"] = {"fillfactor": draw(st.integers(50, 100))}
        if draw(st.booleans()):
            body["unlogged"] = True
        tables[name] = body
        firsts[name] = first
    foreign_keys(draw, tables, firsts, fresh)
    document: dict[str, Any] = {"name": "random"}
    if draw(st.booleans()):
        document["description"] = draw(nonempty.filter(str.strip))
    if enums:
        document["enums"] = {key(name): values for name, values in enums.items()}
    if draw(st.booleans()):
        options = draw(identities().filter(lambda value: isinstance(value, dict)))
        options.pop("generated")
        document["sequences"] = {key(fresh()): options}
    document["tables"] = {key(name): body for name, body in tables.items()}
    return document


BUILTIN_NAMES = frozenset(BUILTIN) | frozenset(ALIASES)


def constraints(draw: st.DrawFn, body: dict[str, Any], fresh: Any, first: str) -> None:
    """Give a table keys, checks and indexes."""
    found = body["columns"]
    sortable = [name for name, column in found.items() if column["type"] in SORTABLE]
    body["primary_key"] = {"name": fresh(), "columns": [first]}
    some = st.lists(st.sampled_from(sortable), min_size=1, max_size=3, unique=True)
    if draw(st.booleans()):
        body["uniques"] = {fresh(): {"columns": draw(some), **draw(timing())}}
    if draw(st.booleans()):
        column = draw(st.sampled_from(list(found)))
        text = literal(draw(texts))
        body["checks"] = {
            fresh(): {
                "expression": f"{quoted(column)}::text <> {text} AND {text} IS NOT NULL",
                **draw(
                    st.sampled_from([{}, {"no_inherit": True}, {"not_valid": True}])
                ),
                **draw(st.sampled_from([{}, {"comment": draw(nonempty)}])),
            }
        }
    indexes = {}
    for _ in range(draw(st.integers(0, 2))):
        elements = [
            {
                "column": column,
                "order": draw(st.sampled_from(["asc", "desc"])),
                "nulls": draw(st.sampled_from(["first", "last"])),
            }
            for column in draw(some)
        ]
        index: dict[str, Any] = {"columns": elements, "unique": draw(st.booleans())}
        if draw(st.booleans()):
            index["where"] = f"{quoted(first)} IS NOT NULL"
        if draw(st.booleans()):
            index["include"] = [first]
        if draw(st.booleans()):
            index["comment"] = draw(nonempty)
        indexes[fresh()] = index
    if indexes:
        body["indexes"] = indexes


def foreign_keys(
    draw: st.DrawFn, tables: dict[str, Any], firsts: dict[str, str], fresh: Any
) -> None:
    """Let tables refer to each other, forwards, backwards and to themselves."""
    actions = st.sampled_from(["no action", "cascade", "restrict"])
    for name, body in tables.items():
        target = draw(st.none() | st.sampled_from(list(tables)))
        # PostgreSQL: a permanent table refers to permanent tables only.
        if target is None or (
            tables[target].get("unlogged") and not body.get("unlogged")
        ):
            continue
        body["foreign_keys"] = {
            fresh(): {
                "columns": [firsts[name]],
                "references": {"table": key(target), "columns": [firsts[target]]},
                "on_delete": draw(actions),
                "on_update": draw(actions),
                **draw(timing()),
                **draw(st.sampled_from([{}, {"not_valid": True}, {"match": "full"}])),
            }
        }


@st.composite
def pairs(draw: st.DrawFn) -> tuple[dict[str, Any], dict[str, Any], bool]:
    """Return two documents, and whether the second is the first after some edits."""
    from edits import edited

    old = draw(documents())
    if draw(st.integers(0, 3)) == 0:
        return old, draw(documents()), False
    return old, draw(edited(old)), True
