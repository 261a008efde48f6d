"""The state that the revisions of a spec have built so far, also on branches that were merged."""

from __future__ import annotations

import hashlib
from dataclasses import field
from typing import TYPE_CHECKING

from gen_migration.base import cache, progress
from gen_migration.base.data_class import dataclass
from gen_migration.base.errors import Error
from gen_migration.history import value_json
from gen_migration.history.graph import in_order
from gen_migration.model.schema import Schema
from gen_migration.operations.origins import Origins

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from gen_migration.history.revision import Revision

Trace = tuple[Schema, dict[str, list[str]]]


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
    for number, revision in enumerate(revisions[done:], done + 1):
        from gen_migration.replay.replay import replay

        progress.tell(f"reading revision {number} of {len(revisions)}")
        operations, schema = replay(revision.text, str(revision.path), state.schema)
        state = State(schema=schema, origins=state.origins.after(operations))
    if revisions[done:]:
        cache.store(keys[-1], value_json.dumps((state.schema, state.origins)))
    return state


def schemas_after(revisions: Sequence[Revision]) -> Iterator[Schema]:
    """Yield what revisions have built after each of them. Raises Error with the revision's line."""
    from gen_migration.replay.replay import replay

    schema = Schema()
    for revision in revisions:
        _, schema = replay(revision.text, str(revision.path), schema)
        yield schema


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


def state_of(written: list[Revision], revisions: tuple[Revision, ...]) -> State:
    """Return what some of the revisions have built, whichever of merged branches ran first.

    Raises Error where that decides what comes out, or a revision cannot be replayed.
    """
    ids = {one.id for one in written}
    check_order(
        written, [one for one in in_order(revisions, turned=True) if one.id in ids]
    )
    return replayed(written)


def check_order(one: Sequence[Revision], other: Sequence[Revision]) -> None:
    """Raise Error where revisions do something else in another order that they may run in."""
    order, turned = ([revision.id for revision in each] for each in (one, other))
    if order == turned:
        return
    key = cache.key(b"orders", *(revision.text.encode() for revision in (*one, *other)))
    if cache.load(key) is not None:
        return
    first, second = traced(one), traced(other)
    if isinstance(first, Error) and str(first) == str(second):
        raise first  # whatever the order
    if first != second or isinstance(first, Error):
        moved = [a for a, b in zip(one, turned, strict=True) if a.id != b]
        failed = next(
            (each for each in (first, second) if isinstance(each, Error)), None
        )
        raise conflict(moved, failed)
    cache.store(key, b"")


def conflict(moved: Sequence[Revision], failed: Error | None) -> Error:
    """Return the error that says which revisions cannot live side by side."""
    listed = ", ".join(sorted(one.id for one in moved))
    reason = "they touch the same things" if failed is None else failed.message
    return Error(
        f"branches were merged that do not go together ({listed}): what comes out depends on"
        f" which of them runs first ({reason})",
        where=str(moved[-1].path) if failed is None else failed.where,
        hint="delete the revisions of one branch and the merge, and run again: what they did"
        " is written anew, behind the other branch",
    )


def traced(revisions: Sequence[Revision]) -> Trace | Error:
    """Return the schema after revisions, and what each of them does; or where that fails."""
    from gen_migration.replay.replay import replay

    schema, done = Schema(), {}
    for revision in revisions:
        try:
            operations, schema = replay(revision.text, str(revision.path), schema)
        except Error as error:
            return error
        done[revision.id] = [operation.summary for operation in operations]
    return schema, done
