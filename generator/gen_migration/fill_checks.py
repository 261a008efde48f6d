"""Candidates for the columns of a CHECK, read out of its parse tree. Pure.

A check gives alternatives; each says for some columns which values to try. They are guesses: what
really satisfies all checks of a table, the database tells (`fill_choices`).
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from functools import lru_cache
from itertools import product
from typing import TYPE_CHECKING, Any

from gen_migration.expressions import SqlMistake, parse_target, walk
from gen_migration.fill_patterns import like, matching
from gen_migration.fill_terms import (
    OPERATOR,
    Subject,
    columns_in,
    constant,
    constant_of,
    constants,
    subject,
)
from gen_migration.fill_values import array, of_length, step, word

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from gen_migration.column_types import Type


class Wish(Enum):
    """What is no value yet: any one of the type or the key, or one that is greater by little."""

    ANY = "any"
    LATER = "later"


Candidate = str | None | Wish
Alternative = dict[str, tuple[Candidate, ...]]

MOST = 24  # alternatives of one check
VARIANTS = 4  # values of one kind, so that keys can differ

# pg_query_pb2: BoolExprType, NullTestType, BoolTestType, A_Expr_Kind.
AND, OR = 1, 2
IS_NULL = 1
TRUE_TESTS = {1: True, 2: False, 3: False, 4: True, 5: None, 6: True}
ANY, ALL, DISTINCT, NOT_DISTINCT, IN = 2, 3, 4, 5, 7
BETWEEN = {11: True, 12: False, 13: True, 14: False}

TYPEOF = {
    "object": '{"a": 1}',
    "array": "[1]",
    "string": '"a"',
    "number": "1",
    "boolean": "true",
    "null": "null",
}


OPPOSITE = {
    "=": "<>",
    "<>": "=",
    "<": ">=",
    ">": "<=",
    "<=": ">",
    ">=": "<",
    "~": "!~",
    "!~": "~",
    "~*": "!~*",
    "!~*": "~*",
    "~~": "!~~",
    "!~~": "~~",
    "~~*": "!~~*",
    "!~~*": "~~*",
}
TURNED = {"<": ">", ">": "<", "<=": ">=", ">=": "<="}


@lru_cache(maxsize=10_000)
def alternatives(
    expression: str, columns: frozenset[tuple[str, Type]]
) -> tuple[Alternative, ...]:
    """Return what may satisfy a check; `columns` are those of its table, with their types."""
    try:
        node = parse_target(expression)[1]
        return tuple(Solver(dict(columns)).solve(node, wanted=True)[:MOST])
    except (SqlMistake, RecursionError):
        return ()


@dataclass(frozen=True, slots=True)
class Solver:
    """Finds what makes a condition true, or false; NULL is as good as true."""

    types: Mapping[str, Type]

    def solve(self, node: Any, *, wanted: bool) -> list[Alternative]:
        if node.HasField("bool_expr"):
            return self.connective(node.bool_expr, wanted=wanted)
        if node.HasField("null_test"):
            is_null = (node.null_test.nulltesttype == IS_NULL) == wanted
            found = subject(node.null_test.arg)
            if found is not None:
                return [{found.column: (None,) if is_null else (Wish.ANY,)}]
        if node.HasField("boolean_test"):
            truth = TRUE_TESTS.get(node.boolean_test.booltesttype)
            if truth is not None:
                return self.solve(node.boolean_test.arg, wanted=truth == wanted)
        if node.HasField("column_ref"):
            name = node.column_ref.fields[-1].string.sval
            return [{name: ("true" if wanted else "false",)}]
        if (whole := constant(node)) is not None:
            return [{}] if (whole.text == "true") == wanted else []
        if node.HasField("a_expr"):
            found_all = list(self.comparison(node.a_expr, wanted=wanted))
            if found_all:
                return found_all
        return [self.guess(node)]

    def connective(self, found: Any, *, wanted: bool) -> list[Alternative]:
        if found.boolop not in {AND, OR}:  # NOT
            return self.solve(found.args[0], wanted=not wanted)
        parts = [self.solve(one, wanted=wanted) for one in found.args]
        if (found.boolop == AND) == wanted:
            return merged(parts)
        return [one for part in parts for one in part][:MOST]

    def comparison(self, found: Any, *, wanted: bool) -> Iterator[Alternative]:
        """Yield what satisfies a comparison; nothing where it is not understood."""
        operator = found.name[0].string.sval
        left, right = found.lexpr, found.rexpr
        about = subject(left)
        if found.kind in {DISTINCT, NOT_DISTINCT}:
            operator = "<>" if found.kind == DISTINCT else "="
        if found.kind in BETWEEN and about is not None:
            ends = [constant(one) for one in right.list.items]
            if BETWEEN[found.kind] == wanted and ends[0] and ends[0].text is not None:
                yield self.values(about, ">=", ends[0].text)
            return
        if found.kind in {IN, ANY, ALL} and about is not None:
            # `<> ALL` and `NOT IN` exclude what they list.
            includes = (operator == "=") == wanted
            listed = constants(right)
            if listed and includes and found.kind != ALL:
                yield self.exactly(about, listed)
            return
        if not wanted:
            operator = OPPOSITE.get(operator, "")
        yield from self.simple(left, operator, right)

    def simple(self, left: Any, operator: str, right: Any) -> Iterator[Alternative]:
        about, other = subject(left), constant(right)
        if other is not None and operator == "=" and is_condition(left):
            yield from self.solve(left, wanted=other.text == "true")
            return
        if about is None and constant(left) is not None:
            about, other = subject(right), constant(left)
            left, operator = right, TURNED.get(operator, operator)
        if other is None and about is not None and operator in {"<", "<=", ">", ">="}:
            lower, upper = about, subject(right)
            if upper is not None and upper.column != lower.column:
                if operator in {">", ">="}:
                    lower, upper = upper, lower
                yield {lower.column: (Wish.ANY,), upper.column: (Wish.LATER,)}
            return
        if other is None or other.text is None:
            return
        if about is not None:
            yield self.values(about, operator, other.text)
        elif left.HasField("func_call"):
            yield from counted(left.func_call, operator, other.text)

    def exactly(self, about: Subject, listed: list[str]) -> Alternative:
        found = [one for text in listed for one in self.under(about, "=", text)]
        return {about.column: tuple(dict.fromkeys(found))}

    def values(self, about: Subject, operator: str, text: str) -> Alternative:
        return {about.column: tuple(dict.fromkeys(self.under(about, operator, text)))}

    def under(self, about: Subject, operator: str, text: str) -> list[Candidate]:
        """Return values of a column whose view compares so with a constant."""
        of = self.types.get(about.column)
        if about.view == "typeof":
            return [TYPEOF.get(text, text) if operator == "=" else Wish.ANY]
        if about.view == "start":
            return [text + word(number) for number in range(VARIANTS)]
        if about.view and of is not None:
            return [Wish.ANY, *sized(of, about.view, sizes(operator, text))]
        match operator:
            case "=":
                return [text]
            case "~" | "~*":
                return [matching(text, number) for number in range(VARIANTS)]
            case "~~" | "~~*":
                return [like(text, number) for number in range(VARIANTS)]
        steps = {">": (1, 2, 3), ">=": (0, 1, 2), "<": (-1, -2, -3), "<=": (0, -1, -2)}
        if of is None or operator not in steps:
            return [Wish.ANY]
        found = [step(of, text, one) for one in steps[operator]]
        return [Wish.ANY, *(one for one in found if one is not None)]

    def guess(self, node: Any) -> Alternative:
        """Return for each column of an expression all that may be meant."""
        kinds = walk(node)
        texts = [constant_of(one) for kind, one in kinds if kind == "a_const"]
        tested = {
            name: None
            for kind, one in kinds
            if kind == "null_test" or (kind == "func_call" and is_count(one))
            for name in columns_in(one)
        }
        if node.HasField("null_test"):
            tested |= columns_in(node.null_test)
        return {
            name: (
                Wish.ANY,
                *([None] if name in tested else []),
                *dict.fromkeys(text for text in texts if text is not None),
            )
            for name in columns_in(node)
        }


def is_condition(node: Any) -> bool:
    """Tell whether a node is a comparison or what is made of some."""
    if node.HasField("a_expr"):
        return (
            node.a_expr.kind != OPERATOR or node.a_expr.name[0].string.sval in OPPOSITE
        )
    return any(node.HasField(one) for one in ("bool_expr", "null_test", "boolean_test"))


def is_count(call: Any) -> bool:
    return call.funcname[-1].string.sval in COUNTS


COUNTS = {"num_nonnulls": True, "num_nulls": False}


def counted(call: Any, operator: str, text: str) -> Iterator[Alternative]:
    """Yield what satisfies `num_nonnulls(a, b) = 1`."""
    columns = [name for one in call.args for name in columns_in(one)]
    if not is_count(call) or not text.isdecimal() or not columns:
        return
    for size in sizes(operator, text):
        count = size if COUNTS[call.funcname[-1].string.sval] else len(columns) - size
        for start in range(len(columns)) if 0 <= count <= len(columns) else ():
            given = {columns[(start + i) % len(columns)] for i in range(count)}
            yield {name: (Wish.ANY,) if name in given else (None,) for name in columns}


def sizes(operator: str, text: str) -> list[int]:
    """Return numbers that compare so with a number."""
    if not text.isdecimal():
        return []
    size = int(text)
    found = {
        "=": [size],
        ">": [size + 1],
        ">=": [size, size + 1],
        "<": [size - 1, 1],
        "<=": [size, 1],
        "<>": [size + 1],
    }.get(operator, [])
    return [one for one in found if 0 <= one <= 10_000]


def sized(of: Type, view: str, lengths: list[int]) -> list[str]:
    """Return values of these lengths."""
    found: list[str] = []
    for size in lengths:
        if view == "items" or of.array:
            found.append(array(["1"] * size))
        elif of.name == "bytea":
            found += ["\\x" + of_length(n, 2 * size) for n in range(VARIANTS)]
        else:
            found += [of_length(number, size) for number in range(VARIANTS)]
    return found


def merged(parts: list[list[Alternative]]) -> list[Alternative]:
    """Return what takes one alternative of each part; columns of several have all candidates."""
    found: list[Alternative] = []
    for chosen in product(*parts):
        result: Alternative = {}
        for one in chosen:
            for name, candidates in one.items():
                known = result.get(name, ())
                result[name] = tuple(dict.fromkeys((*known, *candidates)))
        found.append(result)
        if len(found) == MOST:
            break
    return found
