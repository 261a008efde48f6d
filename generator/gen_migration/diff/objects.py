"""The changes of objects that both schemas have, and that are no tables."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gen_migration import kinds
from gen_migration.base.data_class import replace
from gen_migration.diff.columns import comments
from gen_migration.diff.free_names import relations
from gen_migration.diff.set_aside import going
from gen_migration.diff.tables import pairs
from gen_migration.model.given import typed_tables
from gen_migration.operations import base as basic
from gen_migration.operations.alterations import altered

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gen_migration.kinds.kind import Kind
    from gen_migration.kinds.nodes import Node
    from gen_migration.model.schema import Schema
    from gen_migration.operations.base import Operation
    from gen_migration.postgres.names import Name


def without_taken(kind: Kind, name: Any, value: Any, new: Schema) -> Any:
    """Return an object without those of its indexes whose names something else gets."""
    held = value.indexes if kind.has_indexes else {}
    left = held.keys() - new.of(kind.word)[name].indexes.keys() if held else ()
    taken = relations(new) if left else set()
    for key in left:
        if name._replace(name=key) in taken:
            value = kind.read_index(value, key, None)
    return value


def objects(
    old: Schema, new: Schema, let_go: set[Name], anew: set[Node], ends: set[Node]
) -> Iterator[Operation]:
    """Yield the changes of objects that are no tables, and are not made `anew`.

    What of them stands on `ends`, which go meanwhile, leaves them and comes back. Tables of
    `let_go` own no sequence meanwhile (see `owners`).
    """
    goes = going(old, ends)
    for kind in kinds.of(old, new):
        for name, one, other in concerned(kind, old, new):
            if (kind.word, name) in anew:
                continue
            yield from comments(kind.word, name, None, one, other)
            between = kind.without_parts(one, goes) if kind.lets_go else one
            between = without_taken(kind, name, between, new)
            heirs = kind.gives_columns and typed_tables(old, name)
            for step in (
                *altered(kind, name, one, between),
                *altered(kind, name, between, other),
            ):
                yield replace(step, has_heirs=bool(heirs))
    yield from owners(old, new, let_go)


def concerned(kind: Kind, old: Schema, new: Schema) -> Iterator[tuple[Any, Any, Any]]:
    """Yield the objects of a kind that both schemas have and that differ, or may let go."""
    before, after = ({**kind.given, **side.of(kind.word)} for side in (old, new))
    if not kind.lets_go:
        return pairs(before, after)
    return ((name, before[name], after[name]) for name in before if name in after)


def owners(old: Schema, new: Schema, let_go: set[Name]) -> Iterator[Operation]:
    """Yield the changes of what owns sequences.

    Tables of `let_go` own none meanwhile: they are dropped, or become unlogged, and PostgreSQL 15
    would do the same to what they own.
    """
    for name, sequence in old.sequences.items():
        if name not in new.sequences:
            continue
        before, owner = sequence.owned_by, new.sequences[name].owned_by
        if before != owner or (owner is not None and owner[0] in let_go):
            if before is not None:
                yield basic.SetSequenceOwner(name=name, old=before, new=None)
            if owner is not None:
                yield basic.SetSequenceOwner(name=name, old=None, new=owner)
