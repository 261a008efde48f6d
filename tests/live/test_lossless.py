"""A change of type that is called lossless is: PostgreSQL is asked, with values at the edges."""

from __future__ import annotations

import contextlib
from dataclasses import replace
from itertools import permutations
from typing import TYPE_CHECKING, Any

import pytest
from gen_migration.diff.lossless import LOSSLESS, between, is_lossless, lost, name
from gen_migration.model.casts import backward, conversion
from gen_migration.operations.columns import SetColumnType, Typing
from gen_migration.postgres.names import Name
from gen_migration.postgres.types import Type, parse_type
from gen_migration.scratch import databases
from servers import share
from tried_types import make_citext, owned

if TYPE_CHECKING:
    from collections.abc import Iterator

ENUMS = frozenset({(None, "mood", "enum")})
# Of a type, or of all that are written alike, values at its edges; the long ones are cut to fit.
TEXTS = [
    "", " ", "a", "A", "a ", " a", "ab", "abc  ", "ä", "ß", "İ", "ab\tc\n", "x" * 70,
    "€" * 21, "'\\\"", "{a,b}", "NULL", "true", "007", "7", "1.0", "$5.00", "\\101",
]  # fmt: skip
WHOLE = [
    *("0 1 -1 9 10 -128 255 256 32767 -32768 2147483647 -2147483648 16777217".split()),
    *("4294967295 9007199254740993 9223372036854775807 -9223372036854775808".split()),
]
BROKEN = "0.5 0.005 -0.01 0.1 99.99 999.995 1e-7 123456789.123456789 1e20 NaN".split()
FLOATS = [*BROKEN, "-0", "Infinity", "-Infinity", "1e-37", "3.4028235e38", "0.1000001"]
CLOCK = ["00:00", "23:59:59.999999", "24:00:00", "12:30:00.5", "02:30"]
DAYS = ["4714-11-24 BC", "0001-01-01", "1582-10-10", "1999-12-31", "2000-02-29"]
DAYS += ["2011-12-30", "2024-03-31", "294276-12-31", "infinity", "-infinity"]
SPANS = "-178000000 years;1 mon -1 day;36 hours;-0.000001 seconds;1.5 seconds;0;1 year;1 day"
JSONS = ["{}", "[]", "null", '"a\\u0041"', '{"b": 1,  "a": 1, "a": 2}', "1.50", "1e3"]
BOXES = ["(1,2),(0,0)", "(0.1,1e-9),(-1,-1)", "(1,1),(1,1)"]
POLYGONS = ["((0,0),(1,1),(2,0))", "((0,0))", "((1,1),(0,0))", "((0.1,1e300),(2,3))"]
NUMBERED = ["empty", "[1,5)", "(,)", "[1,)", "(,-7)"]
NETS = [
    "ffff:" * 7 + "fffe/127",
    "10.0.0.0/8",
    "10.0.0.1",
    "::1",
    "::/0",
    "ffff::/16",
    "192.168.1.0/24",
]
EDGES: dict[str, list[str]] = {
    **dict.fromkeys(("text", "varchar", "bpchar", "char", "name", "citext"), TEXTS),
    '"char"': [*TEXTS, "\\200", "\\377"],
    **dict.fromkeys(("smallint", "integer", "bigint", "oid"), WHOLE),
    "numeric": [*WHOLE, *FLOATS, "1.10", "1.1", "1e-300", "9" * 200],
    "real": [*WHOLE, *FLOATS],
    "double precision": [*WHOLE, *FLOATS, "5e-324", "1.7976931348623157e308"],
    "money": ["0", "0.01", "-0.01", "92233720368547758.07", "-92233720368547758.08"],
    "boolean": ["true", "false"],
    "uuid": ["0" * 32, "f" * 32, "A0EEBC99-9C0B-4EF8-BB6D-6BB9BD380A11"],
    "date": [*DAYS, "294276-12-30"],
    "timestamp": [*(f"{day} 02:30:00.123456" for day in DAYS[1:7]), *DAYS],
    "timestamptz": [f"{day} 02:30:00.5+{zone}" for day in DAYS[1:7] for zone in (0, 2)],
    "time": CLOCK,
    "timetz": [f"{clock}{zone}" for clock in CLOCK for zone in ("+00", "-15:59")],
    "interval": SPANS.split(";"),
    "json": JSONS,
    "jsonb": JSONS,
    "bytea": ["", "\\x00", "\\xff5c27", "\\x61"],
    "bit": ["0", "1", "101", "000", "11111", "00000"],
    "varbit": ["", "0", "1", "101", "10100", "00000"],
    "inet": [*NETS, "10.0.0.1/8"],
    "cidr": NETS,
    "macaddr": ["00:00:00:00:00:00", "ff:ff:ff:ff:ff:ff", "08:00:2b:01:02:03"],
    "macaddr8": ["00:00:00:00:00:00:00:00", "08:00:2b:01:02:03:04:05"],
    "point": ["(0,0)", "(0.1,-1e-300)", "(Infinity,NaN)"],
    "lseg": BOXES,
    "box": BOXES,
    "line": ["{1,2,3}", "{0.1,0,-1}"],
    "path": [*POLYGONS, "[(0,0),(1,1)]"],
    "polygon": POLYGONS,
    "circle": ["<(0,0),0>", "<(0.1,2),1e300>"],
    "int4range": NUMBERED,
    "int8range": NUMBERED,
    "numrange": [*NUMBERED, "(0.10,0.2]"],
    "daterange": ["empty", "(,)", "[2000-02-29,infinity)", "[infinity,infinity]"],
    "tsrange": ["empty", "(,)", "[2000-02-29 12:00,infinity)"],
    "tstzrange": ["empty", "(,)", "[2000-02-29 12:00+02,infinity]"],
    "tsvector": ["", "a", "'a b':1A,2 'it''s':3", "'\\\\x'"],
    "xml": ["<a/>", "<a> </a>"],
    "enum mood": ["happy", "", " sad"],
    "vector": ["[1,2,3]", "[0.1,-1e-30,1e30]"],
}
MODIFIED = """
varchar(1) varchar(5) varchar(6) varchar(9) varchar(20) varchar(36) varchar(63) varchar(64)
char(1) char(5) char(9) numeric(5,2) numeric(5,0) numeric(7,2) numeric(8,4) numeric(10,0)
numeric(19,0) numeric(22,3) numeric(4,-2) numeric(3,5) bit(1) bit(3) bit(5) varbit(3) varbit(5)
timestamp(0) timestamp(3) timestamp(6) timestamptz(3) time(0) time(6) timetz(3) interval(0)
interval(3) vector(3) serial bigserial
""".split()
FIELDS = [
    "interval year",
    "interval day",
    "interval day to hour",
    "interval hour to second",
]
FIELDS += ["interval second(3)", "interval day to second(3)"]
ARRAYS = """
smallint[] integer[] bigint[] text[] varchar[] varchar(5)[] varchar(9)[] char(5)[] char(9)[]
numeric[] numeric(5,2)[] numeric(8,4)[] uuid[] date[] timestamp[] timestamp(3)[] json[] jsonb[]
boolean[] bit(3)[] varbit[] mood[] real[] bytea[] citext[] vector(3)[] vector[] box[] cidr[] inet[]
""".split()
NAMES = [
    *(key.removeprefix("enum ") for key in EDGES if key not in {"char", "bit"}),
    *MODIFIED,
    *FIELDS,
    *ARRAYS,
]
TYPES = [parse_type(one, ENUMS) for one in NAMES]
LOSSLESS_PAIRS = [pair for pair in permutations(TYPES, 2) if is_lossless(*pair)]


def values(of: Type) -> str:
    """Return a query of the values of a type at its edges, each once; arrays of them, with NULL."""
    bare, element = (
        written(replace(of, arguments=(), array=False)),
        replace(of, array=False),
    )
    if of.name == "bit":
        bare = checked = "varbit"  # bits are cut, or filled, by the cast alone
    else:
        checked = written(element)
    listed = ", ".join("'" + one.replace("'", "''") + "'" for one in edges(of))
    value = f"v::text::{written(element)}" if of.name != "bpchar" else "v::bpchar"
    shown = f"ARRAY[{value}, NULL, {value}]" if of.array else value
    return (
        f"SELECT DISTINCT ON (concat(c)) c FROM (SELECT {shown} AS c"
        f" FROM unnest(ARRAY[{listed}]) AS v WHERE pg_input_is_valid(v, '{bare}')"
        f" AND pg_input_is_valid(v, '{checked}')) AS s ORDER BY concat(c)"
    )


def edges(of: Type) -> list[str]:
    key = name(replace(of, arguments=(), array=False))
    return EDGES["interval" if key.startswith("interval") else key]


def written(of: Type) -> str:
    return "interval" if of.name.startswith("interval") and of.array else of.plain.sql


def there_and_back(old: Type, new: Type, using: str | None = None) -> str:
    """Return SQL that takes values to another type and back, and counts what came of them."""
    using = using or conversion(old, new, "c").using
    ways = [(new, using), (old, backward(new, old, "c", using))]
    first, second = (
        f"ALTER TABLE t ALTER COLUMN c TYPE {to.plain.sql}"
        + (f" USING {clause}" if clause else "")
        for to, clause in ways
    )
    return f"""
        CREATE TABLE t AS SELECT c FROM ({values(old)}) AS s;
        ALTER TABLE t ADD COLUMN was text;
        UPDATE t SET was = concat('<', c, '>');
        {first};
        CREATE TABLE u AS SELECT count(DISTINCT concat(c)) AS n FROM t;
        {second};
        SELECT n, (SELECT count(*) FROM t),
            (SELECT count(*) FROM t WHERE was <> concat('<', c, '>')) FROM u;
    """


def spoiled(connection: Any, sql: str) -> str:
    """Return what is wrong with values after a way there and back; nothing is left of it."""
    import psycopg

    try:
        cursor = connection.execute(f"BEGIN; {sql} ROLLBACK")
    except psycopg.Error as error:
        connection.execute("ROLLBACK")
        return str(error).splitlines()[0]
    while cursor.description is None:
        assert cursor.nextset()
    distinct, count, changed = cursor.fetchone()
    assert count > 1
    if (distinct, changed) == (count, 0):
        return ""
    return f"of {count} values {distinct} stay distinct, {changed} come back changed"


@contextlib.contextmanager
def asked(version: int, zone: str = "Europe/Berlin") -> Iterator[Any]:
    with owned(version) as connection:
        make_citext(connection)
        connection.execute(
            "CREATE EXTENSION vector; CREATE TYPE mood AS ENUM ('happy', '', ' sad');"
            f" SET timezone = '{zone}'"
        )
        yield connection


@pytest.mark.parametrize("version", databases.VERSIONS)
def test_a_lossless_change_keeps_every_value(version: int) -> None:
    with asked(version) as connection:
        problems = [
            f"{old} to {new}: {what}"
            for old, new in share(version, LOSSLESS_PAIRS)
            if (what := spoiled(connection, there_and_back(old, new)))
        ]
    assert problems == []


def test_each_pair_of_the_table_is_tried() -> None:
    tried = {(name(old), name(new)) for old, new in LOSSLESS_PAIRS}
    pairs = {(old, new) for old, targets in LOSSLESS.items() for new in targets}
    assert pairs - tried == set()


SPOILED = [
    *[("real", "numeric"), ("double precision", "numeric"), ("numeric", "money")],
    *[("text", "name"), ("varchar", "name"), ("text", '"char"'), ("json", "jsonb")],
    *[("varchar(5)", "char(9)"), ("text", "date"), ("text", "timestamp")],
    *[("bigint", "money"), ("timestamp", "timestamptz"), ("bigint", "real")],
    *[("integer", "numeric(4,-2)"), ("bit(3)", "bit(5)"), ("bpchar", "text")],
    *[("time", "interval"), ("inet", "cidr"), ("bigint", "double precision")],
    *[("text", "uuid"), ("text", "integer"), ("text", "mood"), ("text", "bpchar")],
]


def test_what_spoils_values_is_told() -> None:
    """The values at the edges are such that PostgreSQL spoils one, or stops at it."""
    with asked(18) as connection:
        for old, new in SPOILED:
            one, other = parse_type(old, ENUMS), parse_type(new, ENUMS)
            assert not is_lossless(one, other)
            assert spoiled(connection, there_and_back(one, other)), (old, new)
    day, instant = parse_type("date"), parse_type("timestamptz")
    assert not is_lossless(day, instant)
    with asked(18, "Pacific/Apia") as connection:  # a day was left out there
        assert spoiled(connection, there_and_back(day, instant))


def test_a_day_that_no_timestamp_has_stops_the_change() -> None:
    with asked(18) as connection:
        sql = there_and_back(parse_type("date"), parse_type("timestamp"))
        late = sql.replace("294276-12-30", "5874897-12-31")
        assert spoiled(connection, late).startswith("date out of range for timestamp")


@pytest.mark.parametrize(
    "way", [("timestamp", "timestamptz"), ("timestamptz", "timestamp")]
)
def test_the_clock_of_utc(way: tuple[str, str]) -> None:
    old, new = map(parse_type, way)
    using = "c AT TIME ZONE 'UTC'"
    assert lost(change(old, new, using)) is None
    assert lost(change(old, new, "c AT TIME ZONE 'Europe/Berlin'")) is not None
    with asked(18) as connection:
        assert spoiled(connection, there_and_back(old, new, using)) == ""


def change(old: Type, new: Type, using: str | None) -> SetColumnType:
    return SetColumnType(
        table=Name(None, "t"), name="c", old=Typing(old), new=Typing(new), using=using
    )


@pytest.mark.parametrize(
    ("old", "new", "using", "what"),
    [
        ("integer", "bigint", "c::bigint", None),
        ("integer", "bigint", "c::text::bigint", "the spelling of values"),
        ("integer", "bigint", "c::smallint::bigint", "values outside of smallint"),
        ("integer", "bigint", "c + 0", "what using: leaves out"),
        ("integer", "bigint", "d::bigint", "what using: leaves out"),
        ("varchar(9)", "text", "c::varchar(5)::text", "more than 5 characters"),
        ("integer", "integer[]", "ARRAY[c]", None),
        ("integer", "bigint[]", "ARRAY[c]", "what using: leaves out"),
        ("integer", "integer[]", "ARRAY[d]", "what using: leaves out"),
        ("boolean", "integer", "c::int", None),
        ("integer", "boolean", "c::boolean", "what boolean does not hold"),
        ("integer", "boolean", "c <> 0", "what using: leaves out"),
        ("integer", "boolean", None, None),  # it is asked for
        ("money", "bigint", "c::numeric::bigint", "fractions"),
    ],
)
def test_a_cast_of_the_author(
    old: str, new: str, using: str | None, what: str | None
) -> None:
    assert lost(change(parse_type(old), parse_type(new), using)) == what


@pytest.mark.parametrize(
    ("old", "new", "what"),
    [
        ("varchar(50)", "varchar(40)", "more than 40 characters"),
        ("varchar(50)", "varchar(60)", None),
        ("varchar(50)", "text", None),
        ("text", "varchar(40)", "more than 40 characters"),
        ("uuid", "varchar(36)", None),
        ("uuid", "varchar(30)", "more than 30 characters"),
        ("bigint", "integer", "values outside of integer"),
        ("integer", "bigint", None),
        ("serial", "bigint", None),
        ("numeric(10,2)", "numeric(12,2)", None),
        ("numeric(10,2)", "numeric(12,4)", None),
        ("numeric(10,2)", "numeric(12,1)", "digits"),
        ("numeric", "numeric(12,1)", "digits"),
        ("numeric", "integer", "fractions"),
        ("integer", "numeric", None),
        ("integer", "numeric(5,0)", "digits"),
        ("integer", "real", "digits"),
        ("integer", "double precision", None),
        ("bigint", "double precision", "digits"),
        ("double precision", "real", "digits"),
        ("real", "double precision", None),
        ("timestamptz", "timestamp", "the time zone"),
        (
            "timestamp",
            "timestamptz",
            "times that the session's time zone does not have",
        ),
        ("timestamp", "date", "the time of day"),
        ("timestamp", "time", "the date"),
        ("timestamp", "timestamp(3)", "fractions of a second"),
        ("timestamp(3)", "timestamp(6)", None),
        ("date", "timestamp", None),
        ("inet", "cidr", "bits of the host"),
        ("bit(3)", "bit(2)", "bits"),
        ("json", "jsonb", "blanks, the order of keys, and keys that are there twice"),
        ("integer", "boolean", "what boolean does not hold"),
        ("varchar(5)", "char(9)", "blanks at the end"),
        ("bigint", "money", "values outside of money"),
        ("numeric", "money", "fractions of a cent"),
        ("text", "name", "more than 63 bytes"),
        ("text", '"char"', "all but the first byte"),
        ("real", "numeric", "digits"),
        ("text", "date", "the time of day"),
        ("text", "timestamp", "the time zone"),
        ("interval second(3)", "interval second(0)", "fractions of a second"),
        ("interval", "interval day", "parts of an interval"),
        ("text", "mood", "values that mood does not have"),
        ("integer", "oid", "values outside of oid"),
        ("boolean", "integer", None),
        ("integer[]", "integer", "what integer does not hold"),
        ("integer", "integer[]", "what integer[] does not hold"),
        ("integer[]", "text", None),
        ("text", "integer", "the spelling of values"),
        ("mood", "integer", "what integer does not hold"),
        ("text", "uuid", "the spelling of values"),
        ("mood", "text", None),
        ("bigint[]", "integer[]", "values outside of integer"),
    ],
)
def test_what_is_lost(old: str, new: str, what: str | None) -> None:
    one, other = parse_type(old, ENUMS), parse_type(new, ENUMS)
    assert what == between(one, other)
    assert is_lossless(one, other) == (what is None)
