"""The history is the state: what a generated revision does, without a database.

Its `upgrade()` is read and not run; each directive becomes one of our operations. Rendering a
list of operations and replaying the text gives the list back (law 5).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from gen_migration.replay.evaluation.values import Position
from gen_migration.replay.reading import read_upgrade
from gen_migration.replay.state import Replay

if TYPE_CHECKING:
    from gen_migration.model.schema import Schema
    from gen_migration.operations.base import Operation


def replay(
    text: str, path: str, schema: Schema
) -> tuple[tuple[Operation, ...], Schema]:
    """Return what a revision's `upgrade()` does to a schema, and the schema after it.

    Raises Error with `path:line` where that cannot be known without a database.
    """
    from gen_migration.replay.directives import directive

    state = Replay(schema, Position(path, len(text)))
    read_upgrade(
        text,
        state.place,
        lambda name, args, options: directive(state, name, args, options),
    )
    return tuple(state.operations), state.schema
