"""Revisions that several runs share."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING
from unittest import mock

from alembic import util
from gen_migration.history.directory import OutputDirectory

if TYPE_CHECKING:
    from types import ModuleType

    from alembic.config import Config
    from alembic.script import ScriptDirectory


class Loaded(OutputDirectory):
    """A directory whose revisions are imported once, as they are now, for all runs.

    Those that another one has imported are taken from there. What the package itself runs is
    imported each time: a revision that is written by hand may have a state, which no second run of
    it expects.
    """

    def __init__(self, root: Path) -> None:
        super().__init__(root)
        with mock.patch.object(util, "load_python_file", load):
            self.loaded = super().environment()
            self.loaded[1].get_heads()

    def environment(self) -> tuple[Config, ScriptDirectory]:
        return self.loaded


def load(directory: str, name: str) -> ModuleType:
    return module(directory, name, (Path(directory) / name).read_bytes())


real = util.load_python_file


@lru_cache(maxsize=200)
def module(directory: str, name: str, _: bytes) -> ModuleType:
    """Return a revision as it was imported with this text."""
    return real(directory, name)
