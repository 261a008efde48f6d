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
from gen_migration.fill_values import array, of_length, step, word

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from gen_migration.column_types import Type


class Wish(Enum):
    """What is no value yet: any value of the type, or of the key that is referred to."""

    ANY = "any"


Candidate = str | None | Wish
Alternative = dict[str, tuple[Candidate, ...]]

MOST = 24  # alternatives of one check
VARIANTS = 4  # values of one kind, so that keys can differ

# pg_query_pb2: BoolExprType, NullTestType, BoolTestType, A_Expr_Kind.
AND, OR = 1, 2
IS_NULL = 1
TRUE_TESTS = {1: True, 2: False, 3: False, 4: True, 5: None, 6: True}
OPERATOR, ANY, ALL, DISTINCT, NOT_DISTINCT, IN, LIKE, ILIKE = 1, 2, 3, 4, 5, 7, 8, 9
BETWEEN = {11: True, 12: False, 13: True, 14: False}

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


def columns_named(expression: str) -> frozenset[str]:
    """Return the columns that an expression names."""
    try:
        return frozenset(columns_in(parse_target(expression)[1]))
    except SqlMistake:
        return frozenset()


def columns_in(node: Any) -> dict[str, None]:
    found = ("column_ref", node) if node.DESCRIPTOR.name == "ColumnRef" else None
    inside = [*([found] if found else []), *walk(node)]
    return {
        one.fields[-1].string.sval: None for kind, one in inside if kind == "column_ref"
    }


def literal_text(sql: str) -> str | None:
    """Return the text of a SQL literal; None for NULL and for what is none."""
    try:
        found = constant(parse_target(sql)[1])
    except SqlMistake:
        return None
    return None if found is None else found.text


@dataclass(frozen=True, slots=True)
class Constant:
    """A constant of an expression; the text of NULL is None."""

    text: str | None


def constant(node: Any) -> Constant | None:
    """Return the constant that a node is, perhaps behind a cast."""
    while node.HasField("type_cast"):
        node = node.type_cast.arg
    if node.HasField("a_expr") and node.a_expr.kind == OPERATOR:
        sign, inner = node.a_expr.name[0].string.sval, constant(node.a_expr.rexpr)
        if sign == "-" and not node.a_expr.HasField("lexpr") and inner:
            return Constant(f"-{inner.text}")
    if not node.HasField("a_const"):
        return None
    found = node.a_const
    if found.isnull:
        return Constant(None)
    match found.WhichOneof("val"):
        case "ival":
            return Constant(str(found.ival.ival))
        case "fval":
            return Constant(found.fval.fval)
        case "boolval":
            return Constant("true" if found.boolval.boolval else "false")
        case "sval":
            return Constant(found.sval.sval)
    return None


def constants(node: Any) -> list[str]:
    """Return the constants of a list: of IN, of ARRAY[…], or of '{…}'."""
    while node.HasField("type_cast"):
        node = node.type_cast.arg
    items: Iterable[Any] = ()
    if node.HasField("a_array_expr"):
        items = node.a_array_expr.elements
    elif node.HasField("list"):
        items = node.list.items
    elif (whole := constant(node)) and (whole.text or "").startswith("{"):
        return [one.strip('"') for one in (whole.text or "")[1:-1].split(",")]
    found = [constant(item) for item in items]
    return [one.text for one in found if one is not None and one.text is not None]


@dataclass(frozen=True, slots=True)
class Subject:
    """A column in a comparison, and what is done to it before."""

    column: str
    view: str = ""


VIEWS = {
    **dict.fromkeys(("length", "char_length", "character_length"), "length"),
    "octet_length": "octets",
    **dict.fromkeys(("cardinality", "array_length"), "items"),
    **dict.fromkeys(("jsonb_typeof", "json_typeof"), "typeof"),
    **dict.fromkeys(("lower", "upper", "btrim", "ltrim", "rtrim"), ""),
    **dict.fromkeys(("substr", "substring", "left"), "start"),
}
TYPEOF = {
    "object": '{"a": 1}',
    "array": "[1]",
    "string": '"a"',
    "number": "1",
    "boolean": "true",
    "null": "null",
}


def subject(node: Any) -> Subject | None:
    """Return the column that a node is about, where one function at most stands around it."""
    view = ""
    while True:
        if node.HasField("type_cast"):
            node = node.type_cast.arg
        elif node.HasField("collate_clause"):
            node = node.collate_clause.arg
        elif node.HasField("coalesce_expr"):
            node = node.coalesce_expr.args[0]
        elif node.HasField("func_call") and node.func_call.args:
            name = node.func_call.funcname[-1].string.sval
            if name not in VIEWS:
                return None
            view = view or VIEWS[name]
            node = node.func_call.args[0]
        elif node.HasField("column_ref"):
            return Subject(node.column_ref.fields[-1].string.sval, view)
        else:
            return None


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
        if about is None and constant(left) is not None:
            about, other = subject(right), constant(left)
            left, operator = right, TURNED.get(operator, operator)
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


def constant_of(found: Any) -> str | None:
    kind = found.WhichOneof("val")
    if kind == "boolval":
        return "true" if found.boolval.boolval else "false"
    inner = getattr(found, kind) if kind else None
    return None if inner is None else str(getattr(inner, kind))


def is_count(call: Any) -> bool:
    return call.funcname[-1].string.sval in COUNTS


COUNTS = {"num_nonnulls": True, "num_nulls": False}


def counted(call: Any, operator: str, text: str) -> Iterator[Alternative]:
    """Yield what satisfies `num_nonnulls(a, b) = 1`."""
    columns = [name for one in call.args for name in columns_in(one)]
    if not is_count(call) or not text.isdecimal() or not columns:
        return
    for size in sizes(operator, text):
        count = (
            size if COUNTS[call.funcname[-1].string.sval] else len(columns) - size
        )
        for start in range(len(columns)) if 0 <= count <= len(columns) else ():
            given = {columns[(start + i) % len(columns)] for i in range(count)}
            yield {
                name: (Wish.ANY,) if name in given else (None,) for name in columns
            }


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
    make: Callable[[int, int], str] = lambda number, size: of_length(number, size)  # noqa: E731
    if view == "items" or of.array:
        make = lambda _, size: array(["1"] * size)  # noqa: E731
    elif of.name == "bytea":
        make = lambda number, size: "\\x" + of_length(number, 2 * size)  # noqa: E731
    return [make(number, size) for size in lengths for number in range(VARIANTS)]


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
