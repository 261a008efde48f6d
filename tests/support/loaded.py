"""Revisions that several runs share."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gen_migration.history.directory import OutputDirectory

if TYPE_CHECKING:
    from pathlib import Path

    from alembic.config import Config
    from alembic.script import ScriptDirectory


class Loaded(OutputDirectory):
    """A directory whose revisions are imported once, as they are now, for all runs.

    What the package itself runs is imported each time: a revision that is written by hand may
    have a state, which no second run of it expects.
    """

    def __init__(self, root: Path) -> None:
        super().__init__(root)
        self.loaded = super().environment()
        self.loaded[1].get_heads()

    def environment(self) -> tuple[Config, ScriptDirectory]:
        return self.loaded
