"""Where revisions are, and where something is tried, as values."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from gen_migration.base.configuration import Configuration
from gen_migration.base.data_class import dataclass

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from gen_migration.history.target import Target
    from gen_migration.verify.workbench import Workbench


@dataclass(frozen=True, slots=True, kw_only=True)
class History:
    """Where the revisions of a spec are, and what the next one follows.

    That is a directory (`output`) or an Alembic configuration (`config`); without either, what the
    project's configuration says of the spec, else `$ALEMBIC_CONFIG`, `alembic.ini` or
    `pyproject.toml` of the working directory, else its directory `output`. The rest is called, and
    means, what it does in `alembic revision`.
    """

    output: Path | None = None
    config: Path | None = None
    head: str | None = None
    splice: bool = False
    branch_label: str | None = None
    version_path: str | None = None
    depends_on: tuple[str, ...] = ()

    def target(
        self, configuration: Configuration, spec: str | Path | None = None
    ) -> Target:
        """Return where the revisions of a spec are. Raises Error where fields contradict."""
        from gen_migration.workflows.configured import target_of

        options = {
            "head": self.head,
            "splice": self.splice,
            "branch_label": self.branch_label,
            "version_path": self.version_path,
            "depends_on": self.depends_on,
        }
        return target_of(configuration, spec, self.output, self.config, options)


def silent(_: str) -> None:
    """Say nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scratch:
    """Where something is tried: a server for scratch databases, and the SQL they begin with.

    `dev_url` is the URL of a server; without one, the project's configuration says which, or else
    it is the embedded one. `before` is a file of SQL. `say` hears of each step of a proof that has
    ended; of what begins, whoever listens (`progress`).
    """

    dev_url: str | None = None
    before: Path | None = None
    say: Callable[[str], None] = silent

    def configured(self, configuration: Configuration) -> tuple[str | None, str]:
        """Return the server, and the SQL to begin with. Raises Error where that is no file."""
        from gen_migration.workflows.configured import scratch_of
        from gen_migration.workflows.sources import sql_of

        dev_url, before = scratch_of(configuration, self.dev_url, self.before)
        return dev_url, sql_of(before)

    def bench(self, configuration: Configuration) -> Workbench:
        """Return where a revision is tried. Raises Error."""
        from gen_migration.verify.workbench import Workbench

        dev_url, before = self.configured(configuration)
        return Workbench(dev_url=dev_url, before=before, say=self.say)


# What functions take where they are told nothing.
HISTORY, SCRATCH, PLAIN = History(), Scratch(), Configuration()


def passed_over(target: Target, spec: Path) -> tuple[str, ...]:
    """Return a note where a history is to begin beside the Alembic configuration of a spec."""
    from gen_migration.history.target import passed_over

    if (found := passed_over(target, spec)) is None:
        return ()
    config = os.path.relpath(found)
    note = f"note: {config} is not used: a history begins in {target.output}"
    return (f"{note}\n  hint: run where it is, or with -c {config}",)


def plain(notes: tuple[str, ...]) -> tuple[str, ...]:
    """Return notes without the word that they begin with on a terminal."""
    return tuple(one.removeprefix("note: ") for one in notes)
