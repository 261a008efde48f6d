"""What an `env.py` does that matters to revisions, read from its text, which is never run.

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
    tree = tree_of(path)
    return () if tree is None else tuple(told(path, *one) for one in begun(tree))


def tree_of(path: Path) -> ast.Module | None:
    """Return the syntax tree of an `env.py`; None where there is none, or it has none."""
    try:
        return ast.parse(path.read_bytes())
    except (OSError, SyntaxError, ValueError, RecursionError):
        return None


def told(path: Path, line: int, name: str, hint: str) -> str:
    error = Error(
        f"{name}.begin() holds all revisions of an upgrade in one transaction: those that commit"
        " statement by statement stop there, and the others keep their locks to its end",
        where=f"{os.path.relpath(path)}:{line}",
        hint=f"{hint}: context.begin_transaction() does the rest",
    )
    return str(error).replace("error: ", "note: ", 1)


def begun(tree: ast.Module) -> Iterator[tuple[int, str, str]]:
    """Yield line, subject and way out of each `….begin()` that migrations run in.

    That is one of a `with` around them, or a statement of the function that runs them.
    """
    running = runners(tree)
    for node in ast.walk(tree):
        match node:
            case ast.With() | ast.AsyncWith():
                calls = [one.context_expr for one in node.items]
                form = "write {}.connect() in its place"
            case ast.FunctionDef() | ast.AsyncFunctionDef():
                steps = [one for each in node.body for one in ast.walk(each)]
                calls = [
                    one.value for one in steps if isinstance(one, ast.Assign | ast.Expr)
                ]
                form = "leave {}.begin() out, with what commits it"
            case _:
                continue
        if not any(named(one) & running for one in node.body):
            continue
        for call in calls:
            match call:
                case ast.Call(func=ast.Attribute(value=subject, attr="begin")):
                    name = ast.unparse(subject)
                    yield call.lineno, name, form.format(name)


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
