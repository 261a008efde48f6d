"""A literal that is taken is one for PostgreSQL, and one that is refused is none."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import databases
import pytest
from gen_migration.postgres.names import quote_text
from gen_migration.postgres.types import Type, parse_type
from gen_migration.scratch import databases as scratch
from gen_migration.sql.literal_forms import FORMS, check_xml
from gen_migration.sql.literals import LiteralMistake, is_endless, literal

# Texts by their types: good ones and bad ones.
TEXTS: dict[str, tuple[list[Any], list[Any]]] = {
    "macaddr": (
        [
            "08:00:2b:01:02:03",
            "08-00-2b-01-02-03",
            "08002b:010203",
            "08002b-010203",
            "0800.2b01.0203",
            "0800-2b01-0203",
            "08002b010203",
            "8:0:2B:1:2:3",
        ],
        [
            "08:00:2b:01:02",
            "08:00:2b:01:02:0g",
            "hello",
            "",
            "08:00:2b-01:02:03",
            "08:00:2b:01:02:03:04:05",
        ],
    ),
    "macaddr8": (
        [
            "08:00:2b:01:02:03:04:05",
            "08-00-2b-01-02-03-04-05",
            "08002b:0102030405",
            "08002b-0102030405",
            "0800.2b01.0203.0405",
            "0800-2b01-0203-0405",
            "08002b01:02030405",
            "08002b0102030405",
            "08:00:2b:01:02:03",
            "08002b010203",
            "0800.2b01.0203",
        ],
        ["08:00:2b:01:02:03:04", "x", "08:00:2b-01:02:03", "8:0:2b:1:2:3:4:5"],
    ),
    "point": (
        ["(1,2)", "1,2", " ( 1 , 2.5e3 ) ", "(nan,infinity)", "(-inf,.5)", "(1.,2)"],
        ["(1e400,0)", "(1e-400,0)", "(1)", "(1,2,3)", "a", "(1,2", "1,2)", ""],
    ),
    "lseg": (
        ["[(0,0),(1,1)]", "((0,0),(1,1))", "(0,0),(1,1)", "0,0,1,1"],
        ["(0,0)", "[(0,0),(1,1)", "x", "(0,0),(1,1),(2,2)"],
    ),
    "box": (
        ["(1,1),(0,0)", "((1,1),(0,0))", "1,1,0,0"],
        ["(1,1)", "[(1,1),(0,0)]", "x"],
    ),
    "line": (
        ["{1,-1,0}", "[(0,0),(1,1)]", "((0,0),(1,1))", "(0,0),(1,1)", "0,0,1,1"],
        ["{0,0,1}", "[(1,1),(1,1)]", "{1,2}", "x", "{1,2,3", "{1e400,1,1}"],
    ),
    "path": (
        ["[(0,0),(1,1)]", "((0,0),(1,1))", "(0,0),(1,1)", "0,0,1,1", "(0,0)"],
        ["[(0,0)", "x", "((0,0),(1,1)]", "[]", ""],
    ),
    "polygon": (
        ["((0,0),(1,1),(2,0))", "(0,0),(1,1)", "0,0,1,1", "(0,0)"],
        ["[(0,0),(1,1)]", "x", "()", ""],
    ),
    "circle": (
        ["<(0,0),1>", "((0,0),1)", "(0,0),1", "0,0,1"],
        ["<(0,0),-1>", "<(0,0)>", "x", "<(0,0),1"],
    ),
    "money": (
        [
            Decimal(5),
            Decimal("12.50"),
            Decimal("-92233720368547758.08"),
            "12.50",
            "$12.50",
            "-$12.50",
            "$-12.50",
            "(12.50)",
            "1,000.00",
            "-5",
            "+5",
            ".5",
            "5.",
            "92233720368547758.07",
            "-92233720368547758.08",
        ],
        [
            "92233720368547758.08",
            "abc",
            "12.50 EUR",
            "1.2.3",
            "--5",
            "-92233720368547758.09",
            "1e3",
        ],
    ),
    "bytea": (
        ["", "\\x", "\\x00ff", "\\x00 ff", "abc", "a\\\\b", "\\001", "ä"],
        ["\\xzz", "\\x0", "\\400", "a\\b", "\\", "\\x 0 0"],
    ),
    "pg_lsn": (
        ["0/0", "16/B374D848", "FFFFFFFF/FFFFFFFF"],
        ["123456789/0", "0", "x/y", "/1", "1/"],
    ),
    "jsonpath": (
        [
            "$",
            "$.a",
            "$.a[*] ? (@.b > 1)",
            "strict $.a",
            "lax $",
            "$.**{2}",
            "$.* ",
            "$.a.size()",
            '"a"',
            "1 + 2",
            "-$.a",
            "!($.a == 1)",
            "exists($.a)",
            "($.a == 1) is unknown",
            '$.a ? (@ like_regex "^a" flag "i")',
            '$.a ? (@ starts with "x")',
            "$var",
            '$"v x"',
            "true",
            "$.a[0 to last]",
            '$."a b"',
            "$ ? (@.x == 1 && @.y == 2 || !(@.z > 3))",
            '$.a.datetime("HH24")',
            "null",
            "$.*",
            "$.a[*]",
            "$[1,2]",
            "$.ключ",
        ],
        [
            "x",
            "",
            "a.b",
            "$.",
            "$.a[",
            "$ ? (@.a >",
            "$.a b",
            "$ $",
            "(1",
            "$.a)",
            "strict",
            "$ ?",
            "1 2",
            "@ > 1",
            "[1]",
            "{a}",
            "$.a[*] ? @.b",
        ],
    ),
    "tsquery": (
        [
            "cat",
            "cat & dog",
            "cat | !dog",
            "(a & b) | c",
            "a <-> b",
            "a <2> b",
            "'a b' & c",
            "cat:ab*",
            "cat:*",
            "!a",
            "!!a",
            "",
            "  ",
            "'it''s'",
            "a\\&b",
            "a-b",
            "a.b",
            "a,b",
            "a*b",
        ],
        ["a b", "a &", "& a", "(a", "a)", "a !b", "a & & b", "()", "a:x", "a <x> b"],
    ),
    "tid": (
        ["(0,1)", "(4294967295,65535)"],
        ["(0)", "x", "0,1"],
    ),
    "xid": (
        ["1"],
        ["x"],
    ),
    "xid8": (
        ["1"],
        ["x"],
    ),
    "cid": (
        ["1"],
        ["x"],
    ),
    "int2vector": (
        ["1 2 3", ""],
        ["a"],
    ),
    "oidvector": (
        ["1 2", ""],
        ["x"],
    ),
    "pg_snapshot": (
        ["10:20:10,14", "10:20:"],
        ["x", "10:20"],
    ),
    "txid_snapshot": (
        ["10:20:10,14", "10:20:"],
        ["x"],
    ),
    "int4range": (
        ["[1,5)", "empty", "(,)", "[ 1 , 5 ]", "[1,2147483647)", "[1,)", '["1",5)'],
        ["[1,x)", "[5,1)", "[1,2,3)", "1-5", "[1,2147483648)", "(1;2)", ""],
    ),
    "numrange": (
        ["[1.5,2)", "[1e3,NaN)"],
        ["[2,1)", "[a,b)", "[0,-1]"],
    ),
    "daterange": (
        ["[2024-01-01,2024-02-01)", "[2024-01-01,infinity)"],
        ["[x,)", "[2024-02-30,)"],
    ),
    "tstzrange": (
        ["[2024-01-01 00:00+00,)", '["2024-01-01 00:00+00","2024-02-01")'],
        ["[yes,)"],
    ),
    "int4multirange": (
        ["{}", "{[1,5)}", "{[1,5), [7,9)}", "{empty}"],
        ["{[1,5) [7,9)}", "{1}", "[1,5)", "{[1,5),}"],
    ),
    "nummultirange": (
        ["{[1.5,2)}"],
        ["{[2,1)}"],
    ),
    "interval": (
        ["1 day", "infinity", "-infinity", "P1D", "1 day 02:30", "+infinity"],
        ["soon"],
    ),
    "timestamp": (
        ["infinity", "2024-02-29 12:00"],
        ["2023-02-29"],
    ),
    "real": (
        [
            Decimal(1),
            Decimal(0),
            Decimal("-0"),
            Decimal("3.4028235e38"),
            Decimal("1e-45"),
            Decimal("NaN"),
            Decimal("-Infinity"),
            Decimal("0.1"),
        ],
        [Decimal("1e400"), Decimal("3.5e38"), Decimal("-1e39"), Decimal("1e-46")],
    ),
    "double precision": (
        [Decimal("1e308"), Decimal("5e-324"), Decimal("-Infinity"), Decimal("0.1")],
        [Decimal("1e309"), Decimal("-1e400"), Decimal("1e-400")],
    ),
    "numeric": (
        [Decimal("1e400"), Decimal("NaN")],
        [],
    ),
    "numeric(5,2)": (
        [Decimal("999.99"), Decimal("NaN")],
        [Decimal(1000), Decimal("Infinity"), Decimal("999.995")],
    ),
}
# What only a server with its parser of XML can be asked of, and the embedded ones have none.
XML = {
    "<a/>": True,
    "text": True,
    "a<b/>c": True,
    "<a>": False,
    "a & b": False,
    "": True,
}


def is_taken(value: Any, name: str) -> bool:
    try:
        literal(value, parse_type(name), {})
    except LiteralMistake:
        return False
    return True


@pytest.mark.parametrize("name", TEXTS)
def test_what_is_taken(name: str) -> None:
    good, bad = TEXTS[name]
    assert [one for one in good if not is_taken(one, name)] == []
    assert [one for one in bad if is_taken(one, name)] == []


def test_every_form_is_tried() -> None:
    assert set(FORMS) - {"xml"} <= set(TEXTS)
    assert all(good and bad for name, (good, bad) in TEXTS.items() if name != "numeric")


def test_xml() -> None:
    of = Type(name="xml")
    assert {text: not check_xml(text, of) for text in XML} == XML
    declared = '<?xml version="1.0"?><a/>'
    assert check_xml(declared, of) == ""
    assert check_xml("<!DOCTYPE a><a>", of) == ""  # is not looked at


@pytest.mark.parametrize("version", scratch.VERSIONS)
def test_postgresql_says_the_same(version: int) -> None:
    import psycopg

    problems = []
    with databases.database(version) as url, scratch.connect(url) as connection:
        for name, (good, bad) in TEXTS.items():
            for value, is_good in [(one, True) for one in good] + [
                (one, False) for one in bad
            ]:
                sql = str(value) if isinstance(value, Decimal) else quote_text(value)
                if is_good:
                    sql = literal(value, parse_type(name), {})
                young = is_endless(sql, parse_type(name)) and version < 17
                try:
                    connection.execute(
                        f"BEGIN; CREATE TABLE t (c {name} DEFAULT {sql});"
                        " INSERT INTO t DEFAULT VALUES; ROLLBACK"
                    )
                    done = True
                except psycopg.Error:
                    connection.execute("ROLLBACK")
                    done = False
                if done is not (is_good and not young):
                    problems.append((name, value, done))
    assert problems == []


def test_a_long_text_is_quickly_looked_at() -> None:
    for name, text in (
        ("polygon", "(0,0)," * 20_000),
        ("path", "[" + " " * 50_000),
        ("tsquery", "a & " * 20_000),
        ("jsonpath", "$" + ".a" * 20_000 + " b"),
        ("bytea", "a" * 100_000 + "\\x"),
        ("int4multirange", "{" + "[1,2)," * 20_000 + "}"),
        ("macaddr8", "00:" * 50_000),
    ):
        assert not is_taken(text, name)
