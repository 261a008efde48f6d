"""The history is the state: what a generated revision does, without a database.

Its `upgrade()` is read and never run: a revision may be a stranger's. Its text becomes a syntax
tree, and the tree is followed: no part of it is compiled, imported or looked up in a real object.
Each directive becomes one of our operations. Rendering a list of operations and replaying the text
gives the list back (law 5).
"""

from __future__ import annotations

import contextlib
import gc
from typing import TYPE_CHECKING

from gen_migration.alembic_ops.stubs import Function, Scope
from gen_migration.base.errors import Error
from gen_migration.render.header import parsed
from gen_migration.replay.evaluation.alike import shortened
from gen_migration.replay.evaluation.known_helpers import tree_beside_helpers
from gen_migration.replay.evaluation.statements import Reader
from gen_migration.replay.evaluation.values import WAY_OUT, Position
from gen_migration.replay.state import Replay

if TYPE_CHECKING:
    import ast
    from collections.abc import Iterator

    from gen_migration.model.schema import Schema
    from gen_migration.operations.base import Operation
    from gen_migration.replay.evaluation.expressions import Record


def replay(
    text: str, path: str, schema: Schema
) -> tuple[tuple[Operation, ...], Schema]:
    """Return what a revision's `upgrade()` does to a schema, and the schema after it.

    Raises Error with `path:line` where that cannot be known without a database.
    """
    state = state_after(text, path, schema)
    return tuple(state.operations), state.schema


def state_after(text: str, path: str, schema: Schema) -> Replay:
    """Return the state after a revision, with what it has passed over. Raises Error as `replay`."""
    from gen_migration.replay.directives import directive

    state = Replay(schema, Position(path, len(text)))
    read_upgrade(
        text,
        state.place,
        lambda name, args, options: directive(state, name, args, options),
    )
    return state


def read_upgrade(text: str, place: Position, record: Record) -> None:
    """Follow the `upgrade()` of a revision; `record` gets each directive.

    In front of it goes `adopted()`, where a revision has one: what was there already. `place`
    holds the line that is followed.

    Raises Error with the line of the revision where it cannot be followed.
    """
    with collected_later():
        follow(tree_of(text, place.path), place, record)


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


def tree_of(text: str, where: str) -> ast.Module:
    """Return the syntax tree of a revision. Raises Error with the line where it has none."""
    return tree_beside_helpers(text) or shortened(text) or parsed(text, where)


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
