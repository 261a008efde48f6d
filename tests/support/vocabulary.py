"""What random specs are made of: texts, names, types with the defaults that fit them.

Names are short and plain most of the time, so that what Hypothesis shrinks to stays readable, and
arbitrary text now and then.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gen_migration.postgres.hidden import unseen
from gen_migration.postgres.names import UNQUOTED
from gen_migration.postgres.type_names import ALIASES, BUILTIN
from gen_migration.spec.build.expressions import SYSTEM_COLUMNS
from hypothesis import strategies as st

if TYPE_CHECKING:
    from collections.abc import Mapping

MAX_BYTES = 63


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
# Names hold nothing that nobody sees: the tool refuses them.
name_characters = st.characters(exclude_categories=["Cs", "Cc", "Cf", "Zl", "Zp"])


def as_name(text: str) -> str:
    """Return what of a text can be a name.

    A filter would have Hypothesis throw away two of three specs, since most texts of any length
    have a character that nobody sees.
    """
    seen = "".join(one for one in text if unseen(one) is None)
    name = seen.encode()[:MAX_BYTES].decode(errors="ignore")
    # Its catalogs, PostgreSQL finds before tables that are called so.
    is_taken = name in TAKEN | UNQUOTED | {""} or name.startswith("pg_")
    return f"{name}_" if is_taken else name


strange_names = (st.text(name_characters, min_size=1, max_size=20) | texts).map(as_name)
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


# Schemas that a spec may create.
SCHEMAS = ["s", "other"]


def place_and_name(key: str) -> tuple[str, str]:
    """Return the schema (with its dot, or nothing) and the rest of the key of a table."""
    if key.startswith('"') or "." not in key:
        return "", key
    place, dot, name = key.partition(".")
    return place + dot, name


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
VIRTUAL = 18  # the PostgreSQL that has virtual generated columns
SERIAL = frozenset(("serial", "bigserial"))
# A type of PostgreSQL's own would hide an enum of its name.
BUILTIN_NAMES = frozenset(BUILTIN) | frozenset(ALIASES)


def computed(first: str, postgresql: int) -> st.SearchStrategy[dict[str, str]]:
    """Return what computes a text from a column (as SQL)."""
    kinds = ["stored", "virtual"] if postgresql >= VIRTUAL else ["stored"]
    sql = st.sampled_from([f"{first}::text", f"upper({first}::text)"])
    return st.builds(lambda kind, text: {kind: text}, st.sampled_from(kinds), sql)


def counters() -> st.SearchStrategy[dict[str, Any]]:
    """Return the options of a sequence."""
    return st.fixed_dictionaries(
        {},
        optional={
            "start": st.integers(1, 100),
            "increment": st.integers(1, 5),
            "min_value": st.just(1),
            "max_value": st.integers(1000, 30000),
            "cache": st.integers(1, 9),
            "cycle": st.booleans(),
        },
    )


def identities() -> st.SearchStrategy[Any]:
    word = st.sampled_from(["always", "by default"])
    return word | st.builds(
        lambda generated, options: {"generated": generated, **options}, word, counters()
    )


def estimates(column: Mapping[str, Any]) -> st.SearchStrategy[dict[str, Any]]:
    """Return what ANALYZE is told of a column; it samples no virtual one."""
    target = {"statistics_target": st.integers(0, 10_000)}
    numbers = st.integers(-1, 1000) | st.sampled_from([-0.5, -1.0, 3.25])
    return st.fixed_dictionaries(
        {},
        optional={
            **({} if "virtual" in column.get("generated", ()) else target),
            "n_distinct": numbers,
            "n_distinct_inherited": numbers,
        },
    )


def states_of_forbidding(*, whole: bool) -> st.SearchStrategy[dict[str, Any]]:
    """Return what a NOT NULL is beside its name; a `whole` one is of all rows, and inherited."""
    less = {} if whole else {"no_inherit": st.booleans(), "not_valid": st.booleans()}
    return st.fixed_dictionaries({}, optional={**less, "comment": nonempty})


def timing() -> st.SearchStrategy[dict[str, Any]]:
    return st.sampled_from(
        [{}, {}, {"deferrable": True}, {"deferrable": True, "initially_deferred": True}]
    )
