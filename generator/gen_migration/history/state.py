"""The state that the revisions of a spec have built so far."""

from __future__ import annotations

import hashlib
from dataclasses import field
from typing import TYPE_CHECKING

from gen_migration.base import cache
from gen_migration.base.data_class import dataclass
from gen_migration.history import value_json
from gen_migration.model.schema import Schema
from gen_migration.operations.origins import Origins

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gen_migration.history.revision import Revision


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """A schema, and what its parts were called before."""

    schema: Schema = field(default_factory=Schema)
    origins: Origins = field(default_factory=Origins)


def replayed(revisions: Sequence[Revision]) -> State:
    """Return the state after revisions, in their order. Raises Error with the revision's line.

    What an earlier run found after the first of them is not replayed again.
    """
    keys = [cache.key(b"state", part) for part in prefixes(revisions)]
    state, done = State(), 0
    for count in range(len(revisions), 0, -1):
        found = state_in(cache.load(keys[count - 1]))
        if found is not None:
            state, done = found, count
            break
    for revision in revisions[done:]:
        from gen_migration.replay.replay import replay

        operations, schema = replay(revision.text, str(revision.path), state.schema)
        state = State(schema=schema, origins=state.origins.after(operations))
    if revisions[done:]:
        cache.store(keys[-1], value_json.dumps((state.schema, state.origins)))
    return state


def prefixes(revisions: Sequence[Revision]) -> list[bytes]:
    """Return a hash of the first revision, of the first two, and so on."""
    found = hashlib.sha256()
    result = []
    for revision in revisions:
        found.update(hashlib.sha256(revision.text.encode()).digest())
        result.append(found.digest())
    return result


def state_in(data: bytes | None) -> State | None:
    """Return the state in an entry of the cache; None where there is none."""
    if data is None:
        return None
    try:
        found, origins = value_json.loads(data)
    except (ValueError, TypeError):
        return None
    if isinstance(found, Schema) and isinstance(origins, Origins):
        return State(schema=found, origins=origins)
    return None
