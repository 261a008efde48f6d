"""Changes by object: the values that every format prints. Pure."""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING

from gen_migration.base.data_class import dataclass

if TYPE_CHECKING:
    from collections.abc import Iterable


class Action(Enum):
    """What happens to an object; one that is replaced is dropped, and created anew."""

    ADD = "add"
    CHANGE = "change"
    DROP = "drop"
    REPLACE = "replace"

    @property
    def counted(self) -> tuple[Action, ...]:
        """What it counts as."""
        if self is Action.REPLACE:
            return (Action.ADD, Action.DROP)
        return (self,)


# Of what is there before and after, properties have two values.
STAYS = (Action.CHANGE, Action.REPLACE)
# What says how something is done. The condition of a policy is called so as well.
HOW = ("using", "backfill")


@dataclass(frozen=True, slots=True)
class Detail:
    """A property, and its value before and after in words; None where it has none."""

    what: str
    old: str | None
    new: str | None

    @property
    def is_how(self) -> bool:
        """Whether it says how something is done, and never had a value before."""
        return self.what in HOW and self.old is None


def in_one(found: Iterable[Detail]) -> tuple[Detail, ...]:
    """Return details, of which steps of one property are one, unless it is then as it was."""
    result: list[Detail] = []
    for one in found:
        for place, step in enumerate(result):
            follows = (step.what, step.new) == (one.what, one.old)
            if follows and step.old != one.new:
                result[place] = Detail(one.what, step.old, one.new)
                break
        else:
            result.append(one)
    return tuple(result)


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What happens to an object, or to a part of a table or an enum.

    `definition` is what comes or goes, as SQL; `old_name` is what it was called before, where
    that is another name.
    """

    kind: str
    name: str
    action: Action
    old_name: str | None = None
    definition: str | None = None
    details: tuple[Detail, ...] = ()
    parts: tuple[Change, ...] = ()
