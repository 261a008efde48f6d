"""Expressions of a revision, evaluated over its syntax tree; nothing in it is run.

What is known: literals, names of the file, f-strings and operators of constants, comprehensions,
functions of the file, and calls of Alembic and SQLAlchemy, which are only written down. All else
is an Error with its line. The work is bounded, whatever the text is.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Any

from gen_migration.alembic_ops import stubs
from gen_migration.alembic_ops.calls import Call
from gen_migration.alembic_ops.stubs import Scope, described
from gen_migration.replay.evaluation import calls
from gen_migration.replay.evaluation.alike import Once, Text
from gen_migration.replay.evaluation.functions import lookup
from gen_migration.replay.evaluation.operators import combined, compared
from gen_migration.replay.evaluation.texts import joined, shown
from gen_migration.replay.evaluation.values import (
    CONSTANT,
    MAX_DEPTH,
    Position,
    UnknownError,
    is_true,
    items_of,
    weight,
    what,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    Record = Callable[[str, tuple[Any, ...], dict[str, Any]], None]

CONTEXT = "alembic.context."
FAILS = (ArithmeticError, AttributeError, LookupError, TypeError, ValueError)


class Evaluator:
    """Evaluates expressions; `record` gets each directive with its arguments."""

    def __init__(self, place: Position, record: Record) -> None:
        self.place = place
        self.record = record
        self.depth = 0
        self.in_module = True
        self.texts: list[str] = []  # those of the call that is followed

    def evaluate(self, node: ast.expr, scope: Scope) -> Any:
        """Return the value of an expression. Raises Error."""
        place = self.place
        place.left -= 1
        # What nearly all of them are, first.
        if type(node) is Text:
            return self.texts[node.number]
        if type(node) is Once and node.value is not None:
            return node.value
        if type(node) is ast.Constant:
            return constant(node, place)
        found = EXPRESSIONS.get(type(node))
        place.line = node.lineno
        if found is None:
            raise place.unknown(f"{what(node)} is not evaluated")
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise place.unknown(f"more than {MAX_DEPTH} levels within each other")
        try:
            value = found(self, node, scope)
        except UnknownError as error:
            place.line = node.lineno
            raise place.unknown(f"{error} is not known without running it") from None
        except FAILS as error:
            place.line = node.lineno
            raise place.unknown(f"{type(error).__name__}: {error}") from None
        self.depth -= 1
        if place.left < 0:
            place.spend()
        return value

    def values(self, nodes: list[ast.expr], scope: Scope) -> list[Any]:
        """Return the values of several expressions, with those of `*several`."""
        found: list[Any] = []
        for node in nodes:
            if isinstance(node, ast.Starred):
                found += items_of(self.evaluate(node.value, scope), self.place)
            else:
                found.append(self.evaluate(node, scope))
        return found

    def once(self, node: Once, scope: Scope) -> Any:
        node.value = self.evaluate(node.of, scope)
        return node.value

    def name(self, node: ast.Name, scope: Scope) -> Any:
        value = lookup(node.id, scope)
        # A name may stand for much, and be written often.
        self.place.spend(weight(value))
        return value

    def attribute(self, node: ast.Attribute, scope: Scope) -> Any:
        value = self.evaluate(node.value, scope)
        if isinstance(value, stubs.Batch):
            return stubs.Directive(node.attr, value)
        if isinstance(value, stubs.Reference) and value.path == "alembic.op":
            return stubs.Directive(node.attr)
        return calls.attribute(value, node.attr)

    def call(self, node: ast.Call, scope: Scope) -> Any:
        function = self.evaluate(node.func, scope)
        arguments = self.values(node.args, scope)
        keywords: dict[str, Any] = {}
        for one in node.keywords:
            value = self.evaluate(one.value, scope)
            if one.arg is not None:
                keywords[one.arg] = value
            elif isinstance(value, dict):
                keywords |= value
            else:
                raise UnknownError(f"**{described(value)}")
        self.place.line = node.lineno
        if isinstance(function, stubs.Directive):
            return self.directive(function, arguments, keywords)
        if isinstance(function, stubs.Function):
            return self.call_function(function, arguments, keywords)
        if isinstance(function, stubs.Reference) and function.path.startswith(CONTEXT):
            name = function.path.removeprefix(CONTEXT)
            if name != "autocommit_block":
                raise UnknownError(f"op.get_context().{name}")
            return stubs.Transparent()
        return calls.result(function, arguments, keywords, self.place)

    def directive(
        self, function: stubs.Directive, arguments: list[Any], keywords: dict[str, Any]
    ) -> Any:
        """Write a directive down, or return what it gives."""
        name, batch = function.name, function.batch
        if name in {"f", "inline_literal"} and batch is None:
            (value,) = arguments
            return value
        if name == "get_context" and batch is None:
            return stubs.Reference("alembic.context")
        if self.in_module:
            raise UnknownError(f"op.{name} at the top of the file")
        if name == "batch_alter_table" and batch is None:
            table, *_ = *arguments, keywords.get("table_name")
            return stubs.Transparent(stubs.Batch(table, keywords.get("schema")))
        if batch is not None:
            keywords = {"table_name": batch.table, "schema": batch.schema, **keywords}
        self.record(name, tuple(arguments), keywords)
        return None

    def call_function(
        self, function: stubs.Function, arguments: list[Any], keywords: dict[str, Any]
    ) -> Any:
        """Return what a function of the file gives."""
        raise NotImplementedError  # statements are another module's

    def dict_(self, node: ast.Dict, scope: Scope) -> Any:
        found: dict[Any, Any] = {}
        for key, value in zip(node.keys, node.values, strict=True):
            if key is None:
                found |= calls.mapping(self.place, self.evaluate(value, scope))
            else:
                name = calls.key(self.evaluate(key, scope))
                found[name] = self.evaluate(value, scope)
        return found

    def joined_string(self, node: ast.JoinedStr, scope: Scope) -> str:
        parts = []
        for one in node.values:
            if isinstance(one, ast.FormattedValue):
                spec = ""
                if one.format_spec is not None:
                    spec = self.evaluate(one.format_spec, scope)
                conversion = chr(one.conversion) if one.conversion > 0 else ""
                value = self.evaluate(one.value, scope)
                parts.append(shown(value, conversion, spec))
            else:
                parts.append(self.evaluate(one, scope))
        return joined(parts, self.place)

    def binary(self, node: ast.BinOp, scope: Scope) -> Any:
        chain = [node]
        while isinstance(chain[-1].left, ast.BinOp):  # "a" + "b" + "c" + …
            chain.append(chain[-1].left)
        value = self.evaluate(chain[-1].left, scope)
        for one in reversed(chain):
            right = self.evaluate(one.right, scope)
            self.place.line = one.lineno
            value = combined(type(one.op), value, right, self.place)
        return value

    def unary(self, node: ast.UnaryOp, scope: Scope) -> Any:
        value = self.evaluate(node.operand, scope)
        if isinstance(node.op, ast.Not):
            return not is_true(value)
        if isinstance(value, Call):
            return value
        if isinstance(value, int | float) and isinstance(node.op, ast.USub | ast.UAdd):
            return -value if isinstance(node.op, ast.USub) else +value
        raise UnknownError(f"an operator before {described(value)}")

    def boolean(self, node: ast.BoolOp, scope: Scope) -> Any:
        stop = isinstance(node.op, ast.Or)
        value = None
        for one in node.values:
            value = self.evaluate(one, scope)
            if one is not node.values[-1] and is_true(value) is stop:
                return value
        return value

    def compare(self, node: ast.Compare, scope: Scope) -> Any:
        left = self.evaluate(node.left, scope)
        for op, comparator in zip(node.ops, node.comparators, strict=True):
            right = self.evaluate(comparator, scope)
            found = compared(op, left, right, self.place)
            if not found or isinstance(found, Call):
                return found
            left = right
        return True

    def choice(self, node: ast.IfExp, scope: Scope) -> Any:
        chosen = is_true(self.evaluate(node.test, scope))
        return self.evaluate(node.body if chosen else node.orelse, scope)

    def subscript(self, node: ast.Subscript, scope: Scope) -> Any:
        value = self.evaluate(node.value, scope)
        if isinstance(value, Call):
            return value
        if not isinstance(value, str | tuple | list | dict):
            raise UnknownError(f"a part of {described(value)}")
        if isinstance(node.slice, ast.Slice):
            ends = (node.slice.lower, node.slice.upper, node.slice.step)
            given = [None if one is None else self.evaluate(one, scope) for one in ends]
            self.place.spend(weight(value))
            return value[slice(*given)]
        return value[self.evaluate(node.slice, scope)]

    def comprehension(self, node: Any, scope: Scope) -> Any:
        return [
            self.evaluate(node.elt, inner)
            for inner in self.turns(node.generators, scope)
        ]

    def dict_comprehension(self, node: ast.DictComp, scope: Scope) -> Any:
        found = {}
        for inner in self.turns(node.generators, scope):
            key = calls.key(self.evaluate(node.key, inner))
            found[key] = self.evaluate(node.value, inner)
        return found

    def turns(
        self, generators: list[ast.comprehension], scope: Scope
    ) -> Iterator[Scope]:
        """Yield the names of each turn of a comprehension."""
        first, *rest = generators
        if first.is_async:
            raise UnknownError("async")
        for value in items_of(self.evaluate(first.iter, scope), self.place):
            self.place.spend()
            inner = Scope(outer=scope)
            self.assign(first.target, value, inner)
            if all(is_true(self.evaluate(one, inner)) for one in first.ifs):
                if rest:
                    yield from self.turns(rest, inner)
                else:
                    yield inner

    def assign(self, target: ast.expr, value: Any, scope: Scope) -> None:
        """Give a name its value, or several theirs."""
        match target:
            case ast.Name(id=name):
                scope.names[name] = value
            case ast.Tuple(elts=targets) | ast.List(elts=targets):
                values = items_of(value, self.place)
                if len(values) != len(targets):
                    raise self.place.unknown(
                        f"ValueError: {len(targets)} names for {len(values)} values"
                    )
                for one, item in zip(targets, values, strict=True):
                    self.assign(one, item, scope)
            case ast.Attribute() if is_logger(self.evaluate(target.value, scope)):
                pass
            case _:
                raise self.place.unknown(f"{what(target)} as a target")


def constant(node: ast.Constant, place: Position) -> Any:
    if isinstance(node.value, CONSTANT):
        return node.value
    place.line = node.lineno
    raise place.unknown(f"{node.value!r} is not evaluated")


def unordered(values: list[Any]) -> frozenset[Any]:
    return frozenset(calls.comparable(values))


def is_logger(value: Any) -> bool:
    return isinstance(value, Call) and value.name.startswith("logging.")


EXPRESSIONS: dict[type, Callable[[Any, Any, Scope], Any]] = {
    Once: Evaluator.once,
    ast.Name: Evaluator.name,
    ast.Attribute: Evaluator.attribute,
    ast.Call: Evaluator.call,
    ast.Tuple: lambda self, node, scope: tuple(self.values(node.elts, scope)),
    ast.List: lambda self, node, scope: self.values(node.elts, scope),
    ast.Set: lambda self, node, scope: unordered(self.values(node.elts, scope)),
    ast.Dict: Evaluator.dict_,
    ast.JoinedStr: Evaluator.joined_string,
    ast.BinOp: Evaluator.binary,
    ast.UnaryOp: Evaluator.unary,
    ast.BoolOp: Evaluator.boolean,
    ast.Compare: Evaluator.compare,
    ast.IfExp: Evaluator.choice,
    ast.Subscript: Evaluator.subscript,
    ast.ListComp: Evaluator.comprehension,
    ast.GeneratorExp: Evaluator.comprehension,
    ast.SetComp: lambda self, node, scope: unordered(self.comprehension(node, scope)),
    ast.DictComp: Evaluator.dict_comprehension,
}
