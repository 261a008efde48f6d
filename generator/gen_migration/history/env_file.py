"""The way that an `env.py` connects, read from its text, which is never run.

Revisions whose statements commit one by one need transactions of Alembic's own, and so does a
revision that is one transaction, to be rid of the locks of those before it. Where `env.py` has
begun a transaction before, Alembic leaves it alone (`MigrationContext.begin_transaction`).
"""

from __future__ import annotations

import ast
import os
from typing import TYPE_CHECKING

from gen_migration.base.errors import Error

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

RUNS = {"configure", "run_migrations"}  # of alembic.context


def notes(root: Path) -> tuple[str, ...]:
    """Return what to change in the `env.py` of a directory; nothing where it has none."""
    path = root / "env.py"
    try:
        tree = ast.parse(path.read_bytes())
    except (OSError, SyntaxError, ValueError, RecursionError):
        return ()
    return tuple(told(path, *one) for one in begun(tree))


def told(path: Path, line: int, name: str) -> str:
    error = Error(
        f"{name}.begin() holds all revisions of an upgrade in one transaction: those that commit"
        " statement by statement stop there, and the others keep their locks to its end",
        where=f"{os.path.relpath(path)}:{line}",
        hint=f"write {name}.connect() in its place: context.begin_transaction() does the rest",
    )
    return str(error).replace("error: ", "note: ", 1)


def begun(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """Yield line and subject of each `with ….begin()` that migrations run in."""
    running = runners(tree)
    for node in ast.walk(tree):
        if not isinstance(node, ast.With | ast.AsyncWith):
            continue
        for item in node.items:
            match item.context_expr:
                case ast.Call(func=ast.Attribute(value=subject, attr="begin")) if any(
                    named(one) & running for one in node.body
                ):
                    yield node.lineno, ast.unparse(subject)


def runners(tree: ast.Module) -> set[str]:
    """Return the names of what runs migrations: Alembic's, and functions that use those."""
    functions = {
        node.name: named(node)
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    }
    found = set(RUNS)
    while more := {name for name, uses in functions.items() if uses & found} - found:
        found |= more
    return found


def named(node: ast.AST) -> set[str]:
    """Return the names and attributes that a piece of code speaks of."""
    return {
        one.id if isinstance(one, ast.Name) else one.attr
        for one in ast.walk(node)
        if isinstance(one, ast.Name | ast.Attribute)
    }
