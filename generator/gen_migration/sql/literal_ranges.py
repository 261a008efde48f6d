"""The input texts of ranges and multiranges, checked without a server.

Source: the PostgreSQL manual, chapter 8.17 (Range Types), "Range Input/Output".
"""

from __future__ import annotations

import re
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING

from gen_migration.base.data_class import replace
from gen_migration.postgres.type_names import INTEGERS
from gen_migration.sql.literal_times import check_date, check_timestamp

if TYPE_CHECKING:
    from gen_migration.postgres.types import Type

QUOTED = r'"(?:[^"\\]|""|\\.)*"'
BOUND = rf'(?:{QUOTED}|[^\s"\\,()\[\]{{}}][^"\\,()\[\]{{}}]*)?'
RANGE = rf"\s*(?:empty|[\[(]\s*(?P<lower>{BOUND})\s*,\s*(?P<upper>{BOUND})\s*[\])])\s*"
ELEMENTS = {
    "int4": "integer",
    "int8": "bigint",
    "num": "numeric",
    "ts": "timestamp",
    "tstz": "timestamptz",
    "date": "date",
}


def check_range(value: str, column_type: Type) -> str:
    """Return what is wrong with a range, or a list of them in braces; nothing where it is one."""
    kind = re.sub("(multi)?range$", "", column_type.name)
    element = replace(column_type, name=ELEMENTS[kind], array=False)
    form = re.compile(RANGE, re.IGNORECASE)
    if not column_type.name.endswith("multirange"):
        found = form.fullmatch(value)
        return one_range(found, element) if found else "write [1,5), in quotes"
    text = value.strip()
    hint = "write {[1,5), [7,9)}, in quotes"
    if text[:1] + text[-1:] != "{}":
        return hint
    at, end, first = 1, len(text) - 1, True
    while text[at:end].strip():
        if not first:
            comma = re.compile(r"\s*,").match(text, at)
            if comma is None:
                return hint
            at = comma.end()
        found = form.match(text, at)
        if found is None:
            return hint
        if problem := one_range(found, element):
            return problem
        at, first = found.end(), False
    return ""


def one_range(found: re.Match[str], element: Type) -> str:
    """Return what is wrong with the bounds of a range."""
    bounds = [bound(text or "") for text in (found["lower"], found["upper"])]
    for text in bounds:
        if text and (problem := check_bound(text, element)):
            return problem
    if element.name not in {"integer", "bigint", "numeric"} or not all(bounds):
        return ""
    low, high = map(Decimal, bounds)
    ordered = high.is_nan() or (not low.is_nan() and low <= high)
    return "" if ordered else "the lower bound is above the upper one"


def bound(text: str) -> str:
    """Return a bound without its quotes."""
    text = text.strip()
    if text.startswith('"'):
        text = re.sub(r'\\(.)|"(")', lambda one: one[1] or one[2], text[1:-1])
    return text.strip()


def check_bound(text: str, element: Type) -> str:
    if element.name == "date":
        return check_date(text, element)
    if element.name in {"timestamp", "timestamptz"}:
        return check_timestamp(text, element)
    if element.name == "numeric":
        try:
            Decimal(text)
        except InvalidOperation:
            return f"{text} is no number"
        return ""
    whole = re.fullmatch(r"[-+]?[0-9]+", text, re.ASCII)
    fits = whole and int(text) in INTEGERS[element.name]
    return "" if fits else f"{text} is no {element.name}"
