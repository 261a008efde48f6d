"""What the revisions of a spec have built so far."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from gen_migration.origins import Origins
from gen_migration.replay import replay
from gen_migration.schema import Schema

if TYPE_CHECKING:
    from collections.abc import Iterable

    from gen_migration.history import Revision


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """A schema, and what its parts were called before."""

    schema: Schema = field(default_factory=Schema)
    origins: Origins = field(default_factory=Origins)


def replayed(revisions: Iterable[Revision]) -> State:
    """Return the state after revisions, in their order. Raises Error with the revision's line."""
    schema, origins = Schema(), Origins()
    for revision in revisions:
        operations, schema = replay(revision.text, str(revision.path), schema)
        origins = origins.after(operations)
    return State(schema=schema, origins=origins)
