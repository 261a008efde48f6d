"""What the revisions of a spec have built so far."""

from __future__ import annotations

import hashlib
import io
import pickle
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from gen_migration import cache
from gen_migration.origins import Origins
from gen_migration.schema import Schema

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gen_migration.history import Revision


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
        found = unpickled(cache.load(keys[count - 1]))
        if found is not None:
            state, done = found, count
            break
    for revision in revisions[done:]:
        from gen_migration.replay import replay

        operations, schema = replay(revision.text, str(revision.path), state.schema)
        state = State(schema=schema, origins=state.origins.after(operations))
    if revisions[done:]:
        cache.store(keys[-1], pickle.dumps(state, protocol=5))
    return state


def prefixes(revisions: Sequence[Revision]) -> list[bytes]:
    """Return a hash of the first revision, of the first two, and so on."""
    found = hashlib.sha256()
    result = []
    for revision in revisions:
        found.update(hashlib.sha256(revision.text.encode()).digest())
        result.append(found.digest())
    return result


class Unpickler(pickle.Unpickler):
    """Makes values of the model, and nothing else: a cache is no place to run code from."""

    def find_class(self, module: str, name: str) -> Any:
        """Return a class of the model. Raises UnpicklingError for all else."""
        if (module, name) in ALLOWED:
            return super().find_class(module, name)
        raise pickle.UnpicklingError(f"{module}.{name}")


MODEL = """
Bound Check Column Element Enum Exclude ExcludeElement Extension ForeignKey Generated Identity
Index Namespace PartitionBy PartitionOf PrimaryKey Schema Sequence SequenceOptions Table Unique
"""
ALLOWED = {("gen_migration.schema", name) for name in MODEL.split()} | {
    ("gen_migration.column_types", "Type"),
    ("gen_migration.origins", "Origins"),
    ("gen_migration.sql", "Name"),
    ("gen_migration.state", "State"),
}


def unpickled(data: bytes | None) -> State | None:
    """Return the state in an entry; None where there is none."""
    if data is None:
        return None
    try:
        found = Unpickler(io.BytesIO(data)).load()
    except Exception:  # noqa: BLE001 - a pickle that is none of ours may raise anything
        return None
    return found if isinstance(found, State) else None
