"""One thing that a doctor has looked at, as a value."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from gen_migration.base.data_class import dataclass

if TYPE_CHECKING:
    from gen_migration.base.errors import Error

Level = Literal["ok", "note", "error"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What was looked at: as it should be, worth to know, or wrong; and how to mend it."""

    level: Level
    text: str
    hint: str = ""


def wrong(error: Error) -> Found:
    """Return an error as what is wrong."""
    text = f"{error.where}: {error.message}" if error.where else error.message
    return Found(level="error", text=text, hint=error.hint)
