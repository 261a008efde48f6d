"""One revision of a chain: what it does one way, and the other. Values."""

from __future__ import annotations

from dataclasses import field
from typing import TYPE_CHECKING

from gen_migration.base.data_class import dataclass
from gen_migration.model.schema import Schema
from gen_migration.plan import forms

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

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


def in_autocommit(start: Schema, operations: Iterable[Operation]) -> Direction:
    found = tuple(forms.steps(tuple(operations)))
    return Direction(start=start, operations=found, autocommit=True, waits=True)
