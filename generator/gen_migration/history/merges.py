"""Merged branches, of which Alembic may run either first."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gen_migration.base import cache
from gen_migration.base.errors import Error
from gen_migration.history.graph import in_order
from gen_migration.history.state import replayed
from gen_migration.model.schema import Schema

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gen_migration.history.revision import Revision
    from gen_migration.history.state import State

Trace = tuple[Schema, dict[str, list[str]]]


def state_of(written: list[Revision], revisions: tuple[Revision, ...]) -> State:
    """Return what some of the revisions have built, whichever of merged branches ran first.

    Raises Error where that decides what comes out, or a revision cannot be replayed.
    """
    ids = {one.id for one in written}
    check(written, [one for one in in_order(revisions, turned=True) if one.id in ids])
    return replayed(written)


def check(one: Sequence[Revision], other: Sequence[Revision]) -> None:
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
