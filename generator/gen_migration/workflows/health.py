"""One thing that a doctor has looked at, as a value."""

from __future__ import annotations

from typing import Literal

from gen_migration.base.data_class import dataclass

Level = Literal["ok", "note", "error"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What was looked at: as it should be, worth to know, or wrong; and how to mend it."""

    level: Level
    text: str
    hint: str = ""
