"""The input texts of types that have a small language of their own, checked without a server.

Each check returns what is wrong with a text, as a hint, or nothing. Where a type reads more than
is known here (`money` by the locale of the server), the form is the one that every server reads.
Source: the PostgreSQL manual, chapter 8 (Data Types), and the input functions of the types.
"""

from __future__ import annotations

import math
import re
import struct
from decimal import Decimal
from typing import TYPE_CHECKING
from xml.parsers import expat

from gen_migration.sql.literal_paths import check_jsonpath, check_tsquery
from gen_migration.sql.literal_words import EXPRESSION

if TYPE_CHECKING:
    from collections.abc import Callable

    from gen_migration.postgres.types import Type

    # What is wrong with a text of a type, as a hint, or nothing.
    Check = Callable[[str, Type], str]

# Patterns are compiled when a text is looked at: those of geometric types take 20 ms.
FLAGS = re.ASCII | re.IGNORECASE


def like(pattern: str, hint: str) -> Check:
    """Return the check of a type whose texts all look alike."""

    def check(value: str, _: Type) -> str:
        fits = re.fullmatch(pattern, value.strip(), FLAGS)
        return "" if fits else f"{hint}, {EXPRESSION}"

    return check


def is_float(value: Decimal, code: str) -> bool:
    """Tell whether a number lies in the range of `double precision` (d) or `real` (f)."""
    try:
        (held,) = struct.unpack(code, struct.pack(code, float(value)))
    except OverflowError:
        return False
    return math.isfinite(held) and (held != 0 or value == 0)


NUMBER = r"([-+]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:e[-+]?[0-9]+)?|nan|[-+]?inf(?:inity)?)"
PAIR = rf"(?:\(\s*{NUMBER}\s*,\s*{NUMBER}\s*\)|{NUMBER}\s*,\s*{NUMBER})"
PAIRS = rf"{PAIR}(?:\s*,\s*{PAIR})*"
TWO = rf"{PAIR}\s*,\s*{PAIR}"


def shape(
    pattern: str, hint: str, more: Callable[[list[Decimal]], str] = lambda _: ""
) -> Check:
    """Return the check of a geometric type: of its form, of its numbers, and of what is `more`."""

    def check(value: str, _: Type) -> str:
        if not re.fullmatch(pattern, value.strip(), FLAGS):
            return f"write {hint}, {EXPRESSION}"
        numbers = [Decimal(one[0]) for one in re.finditer(NUMBER, value, FLAGS)]
        if all(not one.is_finite() or is_float(one, "d") for one in numbers):
            return more(numbers)
        return "a number is out of the range of double precision"

    return check


def line(numbers: list[Decimal]) -> str:
    """Return what is wrong with the numbers of a line."""
    if len(numbers) == 3:
        return "" if any(numbers[:2]) else "A and B of {A,B,C} cannot both be zero"
    return "" if numbers[:2] != numbers[2:] else "the two points have to be different"


def circle(numbers: list[Decimal]) -> str:
    """Return what is wrong with the numbers of a circle."""
    return "the radius cannot be negative" if numbers[-1].is_signed() else ""


def check_macaddr8(value: str, _: Type) -> str:
    """Return what is wrong with six or eight bytes; one mark may stand between any of them."""
    form = re.fullmatch(
        r"[0-9a-f]{2}([:.-]?[0-9a-f]{2}){5}(([:.-]?[0-9a-f]{2}){2})?",
        value,
        re.IGNORECASE,
    )
    one_mark = len(set(value) & set(":.-")) <= 1
    return "" if form and one_mark else f"write 08:00:2b:01:02:03:04:05, {EXPRESSION}"


CENTS = 2**63


def check_money(value: str, _: Type) -> str:
    found = re.fullmatch(
        r"(\(?)\s*([-+]?)\$?([-+]?)\s*([0-9][0-9,]*(?:\.[0-9]*)?|\.[0-9]+)\s*(\)?)",
        value.strip(),
        re.ASCII,
    )
    if found is None or bool(found[1]) != bool(found[5]) or (found[2] and found[3]):
        return f"write a number: 12.50, {EXPRESSION}"
    sign = -1 if "-" in (found[2], found[3]) or found[1] else 1
    return money_range(sign * Decimal(found[4].replace(",", "")))


def money_range(value: Decimal) -> str:
    """Return what is wrong with an amount: it is kept as a whole number of cents."""
    fits = -CENTS <= value * 100 <= CENTS - 1
    return "" if fits else "money holds -92233720368547758.08 to 92233720368547758.07"


def check_bytes(value: str, _: Type) -> str:
    if value[:2] == "\\x":
        if re.fullmatch(r"(\s*[0-9a-fA-F]{2})*\s*", value[2:], re.ASCII):
            return ""
        return "behind \\x there are two hexadecimal digits for each byte"
    if re.fullmatch(r"([^\\]|\\\\|\\[0-3][0-7]{2})*", value, re.DOTALL):
        return ""
    return 'write bytes in hexadecimal: "\\\\x00ff"; a backslash is written twice'


def check_xml(value: str, _: Type) -> str:
    """Return what a parser says of it as content; of what has a document type, nothing."""
    text = re.sub(r"\A\s*<\?xml\s[^>]*\?>", "", value)
    if "<!DOCTYPE" in text:
        return ""
    parser = expat.ParserCreate()
    try:
        parser.Parse(f"<x>{text}</x>", True)
    except expat.ExpatError as error:
        return f"as XML: {expat.ErrorString(error.code)}"
    return ""


HEX = "[0-9a-f]"
NUMBERS = r"(-?[0-9]+(\s+-?[0-9]+)*)?"
SNAPSHOT = like(
    r"[0-9]+:[0-9]+:([0-9]+(,[0-9]+)*)?", "write xmin:xmax:list, as 10:20:10,14"
)
WHOLE = like("[0-9]+", "write a whole number")
FORMS: dict[str, Check] = {
    "macaddr": like(
        rf"{HEX}{{1,2}}([:-]){HEX}{{1,2}}(\1{HEX}{{1,2}}){{4}}"
        rf"|{HEX}{{6}}[:-]?{HEX}{{6}}|{HEX}{{4}}([.-]){HEX}{{4}}\3{HEX}{{4}}",
        "write 08:00:2b:01:02:03",
    ),
    "macaddr8": check_macaddr8,
    "point": shape(PAIR, "(1,2)"),
    "lseg": shape(rf"\[\s*{TWO}\s*\]|\(?\s*{TWO}\s*\)?", "[(0,0),(1,1)]"),
    "box": shape(rf"\(\s*{TWO}\s*\)|{TWO}", "(1,1),(0,0)"),
    "line": shape(
        rf"\{{\s*{NUMBER}\s*,\s*{NUMBER}\s*,\s*{NUMBER}\s*\}}|\[?\(?\s*{TWO}\s*\)?\]?",
        "{1,-1,0}, or two points: [(0,0),(1,1)]",
        line,
    ),
    "path": shape(rf"\[\s*{PAIRS}\s*\]|\(\s*{PAIRS}\s*\)|{PAIRS}", "[(0,0),(1,1)]"),
    "polygon": shape(rf"\(\s*{PAIRS}\s*\)|{PAIRS}", "((0,0),(1,1),(2,0))"),
    "circle": shape(
        rf"<\s*{PAIR}\s*,\s*{NUMBER}\s*>|\(\s*{PAIR}\s*,\s*{NUMBER}\s*\)|{PAIR}\s*,\s*{NUMBER}",
        "<(0,0),1>",
        circle,
    ),
    "money": check_money,
    "bytea": check_bytes,
    "pg_lsn": like(rf"{HEX}{{1,8}}/{HEX}{{1,8}}", "write 16/B374D848"),
    "jsonpath": check_jsonpath,
    "tsquery": check_tsquery,
    "xml": check_xml,
    "tid": like(r"\([0-9]{1,10},[0-9]{1,5}\)", "write (0,1)"),
    **dict.fromkeys(("xid", "xid8", "cid"), WHOLE),
    **dict.fromkeys(("int2vector", "oidvector"), like(NUMBERS, "write 1 2 3")),
    **dict.fromkeys(("pg_snapshot", "txid_snapshot"), SNAPSHOT),
}
