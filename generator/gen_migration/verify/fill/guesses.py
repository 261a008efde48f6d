"""Values to try for the columns of a CHECK, read out of its parse tree. Pure.

They are guesses from the constants that columns are compared with. Which of them satisfy all
checks of a table together, the database tells (`fill.choices`).
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

from gen_migration.postgres.expressions import parse_target
from gen_migration.postgres.parser import SqlMistake, walk
from gen_migration.verify.fill.patterns import like, matching
from gen_migration.verify.fill.values import array, of_length, step, word

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gen_migration.postgres.types import Type

Guesses = dict[str, tuple[str, ...]]

VARIANTS = 4  # values of one kind, so that keys can differ
STEPS = (0, 1, -1, 2, -2, 3, -3)  # from a constant
LONGEST = 10_000
LENGTHS = frozenset("length char_length character_length octet_length".split())
ITEMS = frozenset(("cardinality", "array_length"))
STARTS = frozenset(("substr", "substring", "left", "starts_with"))
HASH = "satisfies_hash_partition"
TYPEOF = {
    "object": '{"a": 1}',
    "array": "[1]",
    "string": '"a"',
    "number": "1",
    "boolean": "true",
    "null": "null",
}


def columns_named(expression: str) -> tuple[str, ...]:
    """Return the columns that an expression names."""
    try:
        return columns_in(walk(parse_target(expression)[1]))
    except SqlMistake:
        return ()


def columns_hashed(expression: str) -> tuple[str, ...]:
    """Return the columns whose hash decides whether an expression is true."""
    if HASH not in expression:
        return ()
    calls = [
        one for kind, one in walk(parse_target(expression)[1]) if kind == "func_call"
    ]
    hashes = [one for one in calls if one.funcname[-1].string.sval == HASH]
    return columns_in([node for one in hashes for node in walk(one)])


def columns_in(nodes: list[tuple[str, Any]]) -> tuple[str, ...]:
    found = (one.fields[-1].string.sval for kind, one in nodes if kind == "column_ref")
    return tuple(dict.fromkeys(found))


def text_of(found: Any) -> str | None:
    """Return the text of a constant; None for NULL."""
    kind = found.WhichOneof("val")
    if kind == "boolval":
        return "true" if found.boolval.boolval else "false"
    return None if kind is None else str(getattr(getattr(found, kind), kind))


@lru_cache(maxsize=10_000)
def guesses(expression: str, columns: frozenset[tuple[str, Type]]) -> Guesses:
    """Return what to try for the columns that a check names.

    `columns` are those of its table, with their types.
    """
    types = dict(columns)
    try:
        nodes = walk(parse_target(expression)[1])
    except (SqlMistake, RecursionError):
        return {}
    found: dict[str, dict[str, None]] = {name: {} for name in columns_in(nodes)}
    comparisons = [walk(one) for kind, one in nodes if kind == "a_expr"]
    operators = [one.name[-1].string.sval for kind, one in nodes if kind == "a_expr"]
    for operator, inside in [*zip(operators, comparisons, strict=True), ("", nodes)]:
        for name in columns_in(inside):
            if of := types.get(name):
                found[name] |= dict.fromkeys(compared(operator, inside, of))
    return {name: tuple(texts) for name, texts in found.items()}


def compared(operator: str, nodes: list[tuple[str, Any]], of: Type) -> Iterator[str]:
    """Yield values of a type that may compare so with the constants among nodes."""
    calls = {one.funcname[-1].string.sval for kind, one in nodes if kind == "func_call"}
    for kind, one in nodes:
        if kind != "a_const" or (text := text_of(one)) is None:
            continue
        for number in range(VARIANTS):
            if operator in {"~", "~*"}:
                yield matching(text, number)
            if operator in {"~~", "~~*"}:
                yield like(text, number)
            if calls & STARTS:
                yield text + word(number)
        if text.isdecimal() and calls & (LENGTHS | ITEMS):
            yield from sized(of, int(text), is_array=bool(calls & ITEMS) or of.array)
        if "jsonb_typeof" in calls or "json_typeof" in calls:
            yield TYPEOF.get(text, text)
        yield text
        yield from filter(None, (step(of, text, one) for one in STEPS))
        if text.startswith("{"):
            yield from (item.strip('"') for item in text[1:-1].split(","))


def sized(of: Type, length: int, *, is_array: bool) -> Iterator[str]:
    """Yield values as long as this, and by one longer or shorter."""
    for size in (length, length + 1, length - 1):
        if not 0 <= size <= LONGEST:
            continue
        if is_array:
            yield array(["1"] * size)
            continue
        for number in range(VARIANTS):
            if of.name == "bytea":
                yield "\\x" + of_length(number, 2 * size)
            else:
                yield of_length(number, size)
