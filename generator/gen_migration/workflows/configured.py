"""The project's configuration, as it is or as a revision of git has it, and what it is for."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from gen_migration.base.configuration import (
    FILE,
    Configuration,
    configuration,
    configured,
)
from gen_migration.base.errors import Error
from gen_migration.history.target import Target, find_target

if TYPE_CHECKING:
    from collections.abc import Mapping

# What of it the environment says otherwise.
VARIABLES = {
    one: f"GEN_MIGRATION_{one.upper()}"
    for one in ("dev_url", "before", "verify", "fail_on", "stats")
}
TYPES = {one.name: one.type for one in msgspec.structs.fields(Configuration)}
HINTS = {"verify": "write true or false", "fail_on": "write danger, warning or never"}


def configuration_here(revision: str | None = None) -> Configuration:
    """Return what the working directory's `pyproject.toml` says, now or at a revision of git.

    The environment wins over it. Raises Error where either or the revision is wrong.
    """
    return with_environment(of_file(revision), os.environ)


def of_file(revision: str | None) -> Configuration:
    if revision is None:
        return configuration(Path())
    # Most runs ask no git.
    from gen_migration.spec import git

    source = git.GitPath(revision=revision, path=f"./{FILE}")
    if not git.git("ls-tree", "-z", revision, "--", FILE, of=source):
        return Configuration()
    return configured(git.part(source).text.encode(), source.label)


def with_environment(found: Configuration, environ: Mapping[str, str]) -> Configuration:
    """Return a configuration with what the environment says. Raises Error where that is none."""
    given = {}
    for key, name in VARIABLES.items():
        if word := environ.get(name):
            try:
                given[key] = msgspec.convert(word, TYPES[key], strict=False)
            except msgspec.ValidationError:
                raise Error(
                    f'no such value: "{word}"', where=name, hint=HINTS[key]
                ) from None
    return msgspec.structs.replace(found, **given) if given else found


def target_of(
    configured: Configuration,
    spec: Path | str | None,
    output: Path | None,
    config: Path | None,
    options: Mapping[str, Any],
) -> Target:
    """Return where the revisions of a spec are: as the options say, or the configuration.

    Raises Error as `find_target` does.
    """
    if spec is not None and output is None and config is None:
        wanted = os.path.normpath(spec)
        for one in configured.places:
            if os.path.normpath(one.path) == wanted:
                output = Path(one.output) if one.output else None
                config = Path(one.config) if one.config else None
    return find_target(output, config, Path(), options)


def scratch_of(
    configured: Configuration, dev_url: str | None, before: Path | None
) -> tuple[str | None, Path | None]:
    """Return the server of scratch databases and the SQL before, as options or configured."""
    path = Path(configured.before) if configured.before else None
    return dev_url or configured.dev_url or None, before or path
