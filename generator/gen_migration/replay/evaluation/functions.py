"""Names in a revision: what they stand for, and which are a function's own."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Any

from gen_migration.alembic_ops.stubs import Builtin
from gen_migration.replay.evaluation.calls import BUILTINS, ERRORS
from gen_migration.replay.evaluation.values import UnknownError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from gen_migration.alembic_ops.stubs import Function, Scope


def lookup(name: str, scope: Scope | None) -> Any:
    """Return the value of a name. Raises UnknownError."""
    while scope is not None:
        if name in scope.names:
            return scope.names[name]
        if name in scope.own:
            break
        scope = scope.outer
    if scope is None and (name in {"dict", *BUILTINS, *ERRORS}):
        return Builtin(name)
    raise UnknownError(f"the name {name}")


def bound(
    function: Function, arguments: list[Any], keywords: dict[str, Any]
) -> dict[str, Any]:
    """Return the names that the arguments of a call get. Raises TypeError."""
    signature = function.node.args
    places = [one.arg for one in (*signature.posonlyargs, *signature.args)]
    found = dict(zip(reversed(places), reversed(function.defaults), strict=False))
    found |= function.keyword_defaults
    found |= dict(zip(places, arguments, strict=False))
    rest = arguments[len(places) :]
    given = set(places[: len(arguments)])
    if signature.vararg is not None:
        found[signature.vararg.arg] = tuple(rest)
    elif rest:
        raise TypeError(f"{function.node.name}() takes {len(places)} arguments")
    by_name = {one.arg for one in (*signature.args, *signature.kwonlyargs)}
    others = {}
    for key, value in keywords.items():
        if key in given:
            raise TypeError(f"{function.node.name}() got {key} twice")
        if key in by_name:
            found[key] = value
        elif signature.kwarg is not None:
            others[key] = value
        else:
            raise TypeError(f"{function.node.name}() has no argument {key}")
    if signature.kwarg is not None:
        found[signature.kwarg.arg] = others
    for name in (*places, *(one.arg for one in signature.kwonlyargs)):
        if name not in found:
            raise TypeError(f"{function.node.name}() misses the argument {name}")
    return found


def assigned(nodes: Iterable[ast.AST]) -> Iterator[str]:
    """Yield the names that statements assign: those are a function's own."""
    for node in nodes:
        match node:
            case ast.Name(id=name, ctx=ast.Store()):
                yield name
            case ast.FunctionDef(name=name) | ast.ClassDef(name=name):
                yield name
            case ast.alias(name=name, asname=asname):
                yield asname or name.partition(".")[0]
            case ast.Tuple(elts=elements) | ast.List(elts=elements):
                yield from assigned(elements)
            case ast.expr():
                pass  # what a comprehension assigns is its own
            case _:
                yield from assigned(ast.iter_child_nodes(node))
