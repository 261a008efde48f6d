"""A plan, its revisions, and what each does one way and the other. Values."""

from __future__ import annotations

from dataclasses import field
from typing import TYPE_CHECKING

from gen_migration.base.data_class import dataclass
from gen_migration.model.schema import Schema
from gen_migration.operations.base import only_builds

if TYPE_CHECKING:
    from collections.abc import Callable

    from gen_migration.diff import columns
    from gen_migration.diff.columns import Question
    from gen_migration.diff.expansions import Expansion, Refused
    from gen_migration.diff.stand_ins import StandIn
    from gen_migration.operations.base import Operation, Refusal


@dataclass(frozen=True, slots=True, kw_only=True)
class Direction:
    """What a revision does one way.

    In `autocommit`, every statement is one that can be repeated; else all are one transaction.
    `waits` says that a lock of something that is in use may have to be waited for. `start` is the
    schema before. `refusal` is what a revision before has no way back from, so that nothing is
    lost on the way to it.
    """

    start: Schema = field(default_factory=Schema)
    operations: tuple[Operation, ...] = ()
    autocommit: bool = False
    waits: bool = False
    refusal: Refusal | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedRevision:
    """One revision of a chain: its operations, and the steps there and back.

    Those are planned once somebody asks for the `downgrade`, and others work with the `upgrade` by
    then.
    """

    operations: tuple[Operation, ...] = ()
    upgrade: Direction = Direction()
    back: Callable[[], Direction] = Direction

    @property
    def downgrade(self) -> Direction:
        """What it does on the way back."""
        return self.back()


def as_it_is(direction: Direction) -> Callable[[], Direction]:
    """Return what gives a direction that is there."""
    return lambda: direction


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """The operations that lead from one schema to another, and the revisions that do them.

    `schema` is that other one, with the owners and the grants that it leaves as they were, and
    what expansions hold that are `waiting` for their contract.
    """

    operations: tuple[Operation, ...]
    schema: Schema
    links: tuple[PlannedRevision, ...] = ()
    questions: tuple[Question | columns.Refusal | Refused, ...] = ()
    waiting: tuple[Expansion | StandIn, ...] = ()

    @property
    def upgrade(self) -> tuple[Operation, ...]:
        """The steps of all revisions, one after the other."""
        return tuple(step for link in self.links for step in link.upgrade.operations)

    @property
    def downgrade(self) -> tuple[Operation, ...]:
        """The steps of all revisions on the way back."""
        back = reversed(self.links)
        return tuple(step for link in back for step in link.downgrade.operations)

    @property
    def is_first(self) -> bool:
        """Whether nothing is there before that it could lock or destroy."""
        return not self.links or self.links[0].upgrade.start == Schema()

    @property
    def only_builds(self) -> bool:
        """Whether it builds tables where nothing was: there is nothing to ask or to tell then."""
        return bool(self.links) and self.is_first and only_builds(self.operations)
