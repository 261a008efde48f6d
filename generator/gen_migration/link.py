"""One revision of a chain: what it does one way, and the other. Values."""

from __future__ import annotations

from dataclasses import field
from typing import TYPE_CHECKING

from gen_migration import online
from gen_migration.data_class import dataclass
from gen_migration.schema import Schema

if TYPE_CHECKING:
    from collections.abc import Iterable

    from gen_migration.alterations import KeepEnumValues
    from gen_migration.operations import Operation


@dataclass(frozen=True, slots=True, kw_only=True)
class Steps:
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
    refusal: KeepEnumValues | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """One revision of a chain: its operations, and the steps there and back."""

    operations: tuple[Operation, ...] = ()
    upgrade: Steps = Steps()
    downgrade: Steps = Steps()


def in_autocommit(start: Schema, operations: Iterable[Operation]) -> Steps:
    found = tuple(online.steps(tuple(operations)))
    return Steps(start=start, operations=found, autocommit=True, waits=True)
