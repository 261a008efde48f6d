"""Identities whose sequences take each other's names, in steps that find each name free. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gen_migration.base.data_class import replace
from gen_migration.model.automatic_names import sequence_name
from gen_migration.operations.columns import SetColumnIdentity
from gen_migration.postgres.names import aside

if TYPE_CHECKING:
    from collections.abc import Iterable

    from gen_migration.operations.base import Operation
    from gen_migration.postgres.names import Name


def with_free_names(changes: Iterable[Operation]) -> list[Operation]:
    """Return changes in which a sequence whose name another gets is set aside before."""
    found = [*changes]
    names = [names_of(one) for one in found]
    wanted = {pair[1] for pair in names if pair is not None and pair[0] != pair[1]}
    first: list[Operation] = []
    for position, (one, pair) in enumerate(zip(found, names, strict=True)):
        if pair is None or pair[0] == pair[1] or pair[0] not in wanted:
            continue
        assert isinstance(one, SetColumnIdentity)  # noqa: S101 - it has names
        assert one.old is not None  # noqa: S101 - as well
        meanwhile = replace(one.old, sequence=aside(pair[0].name))
        first.append(replace(one, new=meanwhile))
        found[position] = replace(one, old=meanwhile)
    return [*first, *found]


def names_of(change: Operation) -> tuple[Name, Name] | None:
    """Return the names of the sequence before and after a change of an identity."""
    if not isinstance(change, SetColumnIdentity):
        return None
    old, new = change.old, change.new
    if old is None or new is None:
        return None
    table, chosen = change.table, sequence_name(change.table, change.name)
    before, after = (
        table._replace(name=one.sequence) if one.sequence else chosen
        for one in (old, new)
    )
    return before, after
