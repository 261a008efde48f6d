"""The project's configuration, as it is or as a revision of git has it."""

from __future__ import annotations

from pathlib import Path

from gen_migration.base.configuration import (
    FILE,
    Configuration,
    configuration,
    configured,
)


def configuration_here(revision: str | None = None) -> Configuration:
    """Return what the working directory's `pyproject.toml` says, now or at a revision of git.

    Raises Error where the file or the revision is wrong.
    """
    if revision is None:
        return configuration(Path())
    # Most runs ask no git.
    from gen_migration.spec import git

    source = git.GitPath(revision=revision, path=f"./{FILE}")
    if not git.git("ls-tree", "-z", revision, "--", FILE, of=source):
        return Configuration()
    return configured(git.part(source).text.encode(), source.label)
