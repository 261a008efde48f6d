"""Reader of a revision's `upgrade()`, which is never run.

A revision may be a stranger's. Its text becomes a syntax tree, and the tree is followed: no part
of it is compiled, imported or looked up in a real object.
"""

from __future__ import annotations

import ast
import contextlib
import gc
from typing import TYPE_CHECKING

from gen_migration.alembic_ops.stubs import Function, Scope
from gen_migration.base.errors import Error
from gen_migration.replay.evaluation.statements import Reader
from gen_migration.replay.evaluation.values import WAY_OUT, Position

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gen_migration.replay.evaluation.expressions import Record


def parsed(text: str, path: str) -> ast.Module:
    """Return the syntax tree of a revision. Raises Error with the line where it has none."""
    try:
        return ast.parse(text)
    except SyntaxError as error:
        words, line = f"SyntaxError: {error.msg}", error.lineno
    except (ValueError, RecursionError, MemoryError) as error:
        words, line = f"{type(error).__name__}: {error}".removesuffix(": "), None
    raise Error(
        f"the revision cannot be read: {words}",
        where=f"{path}:{line}" if line else path,
        hint="mend or remove it",
    )


def read_upgrade(text: str, place: Position, record: Record) -> None:
    """Follow the `upgrade()` of a revision; `record` gets each directive.

    In front of it goes `adopted()`, where a revision has one: what was there already. `place`
    holds the line that is followed.

    Raises Error with the line of the revision where it cannot be followed.
    """
    with collected_later():
        follow(parsed(text, place.path), place, record)


@contextlib.contextmanager
def collected_later() -> Iterator[None]:
    """Collect no garbage meanwhile: a tree is large, has no cycles, and lives to the end."""
    was = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was:
            gc.enable()


def follow(tree: ast.Module, place: Position, record: Record) -> None:
    """Follow the top of a revision, then its `upgrade()`. Raises Error."""
    reader = Reader(place, record)
    module = Scope({"__name__": "revision"})
    try:
        reader.block(tree.body, module)
        reader.in_module = False
        for name in ("adopted", "upgrade"):
            function = module.names.get(name)
            if isinstance(function, Function):
                place.line = function.node.lineno
                reader.call_function(function, [], {})
            elif name == "upgrade" or name in module.names:
                raise Error(
                    f"the revision has no {name}()",
                    where=place.path,
                    hint="bring it back",
                )
    except TypeError as error:
        raise place.unknown(str(error)) from None
    except RecursionError:
        raise place.error(
            "the revision is nested too deeply to be read", WAY_OUT
        ) from None
