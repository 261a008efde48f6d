"""Statements of a revision, followed over its syntax tree; nothing in it is run."""

from __future__ import annotations

import ast
from enum import Enum, auto
from typing import TYPE_CHECKING, Any

from gen_migration.alembic_ops import stubs
from gen_migration.alembic_ops.stubs import Scope, described
from gen_migration.render.helpers import NAMES, PLAIN, RUNS, is_known
from gen_migration.replay.evaluation.alike import Alike
from gen_migration.replay.evaluation.calls import LIBRARY, PACKAGES
from gen_migration.replay.evaluation.expressions import Evaluator
from gen_migration.replay.evaluation.functions import assigned, bound
from gen_migration.replay.evaluation.known_helpers import KnownHelper
from gen_migration.replay.evaluation.values import (
    MAX_DEPTH,
    Position,
    UnknownError,
    is_true,
    items_of,
    what,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from gen_migration.base.errors import Error
    from gen_migration.replay.evaluation.expressions import Record


class Flow(Enum):
    """Where it goes on after a statement."""

    NEXT = auto()
    CONTINUE = auto()
    BREAK = auto()
    RETURN = auto()


class Reader(Evaluator):
    """Follows statements."""

    def __init__(self, place: Position, record: Record) -> None:
        super().__init__(place, record)
        self.returned: Any = None

    def block(self, nodes: Iterable[ast.stmt], scope: Scope) -> Flow:
        """Follow statements one after the other. Raises Error."""
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise self.place.unknown(f"more than {MAX_DEPTH} levels within each other")
        flow = Flow.NEXT
        for node in nodes:
            flow = self.statement(node, scope)
            if flow is not Flow.NEXT:
                break
        self.depth -= 1
        return flow

    def statement(self, node: ast.stmt, scope: Scope) -> Flow:
        self.place.line = node.lineno
        self.place.spend()
        if type(node) in FLOWS:
            return FLOWS[type(node)]
        found = STATEMENTS.get(type(node))
        if found is None:
            raise self.place.unknown(f"{what(node)} is not evaluated")
        try:
            return found(self, node, scope) or Flow.NEXT
        except UnknownError as error:
            self.place.line = node.lineno
            raise self.place.unknown(
                f"{error} is not known without running it"
            ) from None

    def expression(self, node: ast.Expr, scope: Scope) -> None:
        self.evaluate(node.value, scope)

    def alike(self, node: Alike, scope: Scope) -> None:
        self.texts, self.place.start = node.texts, node.lineno - 1
        try:
            self.evaluate(node.call, scope)
        finally:
            self.place.start = 0

    def assignment(self, node: ast.Assign, scope: Scope) -> None:
        value = self.evaluate(node.value, scope)
        for target in node.targets:
            self.assign(target, value, scope)

    def annotated(self, node: ast.AnnAssign, scope: Scope) -> None:
        self.annotation(node.annotation)
        if node.value is not None:
            self.assign(node.target, self.evaluate(node.value, scope), scope)

    def augmented(self, node: ast.AugAssign, scope: Scope) -> None:
        if not isinstance(node.target, ast.Name):
            raise UnknownError(f"{what(node.target)} as a target")
        name = ast.copy_location(ast.Name(node.target.id, ast.Load()), node)
        whole = ast.copy_location(ast.BinOp(name, node.op, node.value), node)
        value = self.evaluate(whole, scope)
        if isinstance(value, list | dict):  # what else has the name of the same object?
            raise UnknownError(f"a change of {described(value)} in its place")
        self.assign(node.target, value, scope)

    def loop(self, node: ast.For, scope: Scope) -> Flow | None:
        for value in items_of(self.evaluate(node.iter, scope), self.place):
            self.assign(node.target, value, scope)
            flow = self.block(node.body, scope)
            if flow is Flow.BREAK:
                return None
            if flow is Flow.RETURN:
                return flow
        return self.block(node.orelse, scope)

    def while_loop(self, node: ast.While, scope: Scope) -> Flow | None:
        while is_true(self.evaluate(node.test, scope)):
            flow = self.block(node.body, scope)
            if flow is Flow.BREAK:
                return None
            if flow is Flow.RETURN:
                return flow
        return self.block(node.orelse, scope)

    def condition(self, node: ast.If, scope: Scope) -> Flow:
        # A chain of `elif` is no deeper than its first `if`.
        while not is_true(self.evaluate(node.test, scope)):
            if len(node.orelse) != 1 or not isinstance(node.orelse[0], ast.If):
                return self.block(node.orelse, scope)
            node = node.orelse[0]
        return self.block(node.body, scope)

    def context(self, node: ast.With, scope: Scope) -> Flow:
        for item in node.items:
            value = self.evaluate(item.context_expr, scope)
            if not isinstance(value, stubs.Transparent):
                raise UnknownError(f"with {described(value)}")
            if item.optional_vars is not None:
                self.assign(item.optional_vars, value.value, scope)
        return self.block(node.body, scope)

    def function(self, node: ast.FunctionDef, scope: Scope) -> None:
        self.signature(node)
        self.decorated(node.decorator_list, scope)
        if node.decorator_list or node.name in NAMES:
            if not is_known(node):
                raise changed(self.place, node)
            scope.names[node.name] = stand_in(node.name)
            return
        arguments = node.args
        scope.names[node.name] = stubs.Function(
            node,
            scope,
            tuple(self.values(arguments.defaults, scope)),
            {
                key.arg: self.evaluate(value, scope)
                for key, value in zip(
                    arguments.kwonlyargs, arguments.kw_defaults, strict=True
                )
                if value is not None
            },
        )

    def known_helper(self, node: KnownHelper, scope: Scope) -> None:
        self.decorated(node.decorators, scope)
        scope.names[node.name] = stand_in(node.name)

    def decorated(self, decorators: Iterable[ast.expr], scope: Scope) -> None:
        """See that a decorator is that of our helpers."""
        for one in decorators:
            found = self.evaluate(one, scope)
            if found != stubs.Reference("contextlib.contextmanager"):
                raise UnknownError(f"the decorator {described(found)}")

    def signature(self, node: ast.FunctionDef) -> None:
        """See that annotations are names, of which Python evaluates nothing else."""
        arguments = node.args
        every = [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs]
        every += [one for one in (arguments.vararg, arguments.kwarg) if one is not None]
        for one in every:
            if one.annotation is not None:
                self.annotation(one.annotation)
        if node.returns is not None:
            self.annotation(node.returns)

    def annotation(self, node: ast.expr) -> None:
        for one in ast.walk(node):
            if isinstance(one, ast.expr) and not isinstance(one, ANNOTATION):
                self.place.line = one.lineno
                raise self.place.unknown(f"{what(one)} in an annotation")

    def class_(self, node: ast.ClassDef, scope: Scope) -> None:
        if not is_known(node):
            raise changed(self.place, node)
        scope.names[node.name] = stubs.Helper(node.name, is_class=True)

    def imports(self, node: ast.Import, scope: Scope) -> None:
        for one in node.names:
            top = one.name.partition(".")[0]
            self.importable(one.name)
            name, path = (one.asname, one.name) if one.asname else (top, top)
            scope.names[name] = stubs.Reference(path)

    def imports_from(self, node: ast.ImportFrom, scope: Scope) -> None:
        module = node.module or ""
        if node.level:
            raise not_replayed(self.place, module)
        self.importable(module)
        for one in node.names:
            if one.name == "*":
                raise UnknownError(f"what {module} gives with *")
            scope.names[one.asname or one.name] = stubs.Reference(
                f"{module}.{one.name}"
            )

    def importable(self, module: str) -> None:
        """See that only the name of a package is taken, whose functions are known."""
        top = module.partition(".")[0]
        if top not in PACKAGES and top not in LIBRARY:
            raise not_replayed(self.place, module)

    def returns(self, node: ast.Return, scope: Scope) -> Flow:
        self.returned = None if node.value is None else self.evaluate(node.value, scope)
        return Flow.RETURN

    def raises(self, node: ast.Raise, scope: Scope) -> None:
        value = None if node.exc is None else self.evaluate(node.exc, scope)
        self.place.line = node.lineno
        raise self.place.unknown(f"it raises {described(value)}")

    def asserts(self, node: ast.Assert, scope: Scope) -> None:
        if not is_true(self.evaluate(node.test, scope)):
            raise self.place.unknown("it raises AssertionError")

    def call_function(
        self, function: stubs.Function, arguments: list[Any], keywords: dict[str, Any]
    ) -> Any:
        node = function.node
        scope = Scope(outer=function.scope, own=frozenset(assigned(node.body)))
        scope.names = bound(function, arguments, keywords)
        self.returned = None
        flow = self.block(node.body, scope)
        value, self.returned = self.returned, None
        return value if flow is Flow.RETURN else None


def stand_in(name: str) -> stubs.Helper | stubs.Directive:
    """Return what a function means that is one of the helpers."""
    if name not in RUNS:
        return stubs.Helper(name)
    # The values of secrets are none of what it does.
    return stubs.Directive("execute" if name in PLAIN else name)


def changed(place: Position, node: ast.FunctionDef | ast.ClassDef) -> Error:
    place.line = node.lineno
    return place.error(
        f"{node.name} is none of the helpers that gen-migration writes, or was changed",
        "bring it back as it was, and write what upgrade() does with Alembic's directives or as"
        " SQL",
    )


def not_replayed(place: Position, module: str) -> Error:
    return place.error(
        f"a generated revision imports {module or 'a neighbour'}, which is not replayed"
    )


# What an annotation may be made of.
ANNOTATION = (
    ast.Name,
    ast.Attribute,
    ast.Subscript,
    ast.BinOp,
    ast.Constant,
    ast.Tuple,
    ast.List,
)
FLOWS = {ast.Pass: Flow.NEXT, ast.Break: Flow.BREAK, ast.Continue: Flow.CONTINUE}
STATEMENTS: dict[type, Callable[[Any, Any, Scope], Flow | None]] = {
    ast.Expr: Reader.expression,
    Alike: Reader.alike,
    KnownHelper: Reader.known_helper,
    ast.Assign: Reader.assignment,
    ast.AnnAssign: Reader.annotated,
    ast.AugAssign: Reader.augmented,
    ast.For: Reader.loop,
    ast.While: Reader.while_loop,
    ast.If: Reader.condition,
    ast.With: Reader.context,
    ast.FunctionDef: Reader.function,
    ast.ClassDef: Reader.class_,
    ast.Import: Reader.imports,
    ast.ImportFrom: Reader.imports_from,
    ast.Return: Reader.returns,
    ast.Raise: Reader.raises,
    ast.Assert: Reader.asserts,
}
