"""The target of a run: an Alembic configuration, or a directory of revisions."""

from __future__ import annotations

import os
from dataclasses import field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gen_migration.base.data_class import dataclass
from gen_migration.base.errors import Error
from gen_migration.base.tool_tables import tool_tables

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gen_migration.history.revision import Directory


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """A configuration with the options of AlembicDirectory, or else a directory."""

    config: Path | None = None
    output: Path = Path("output")
    options: Mapping[str, Any] = field(default_factory=dict)

    def open(self) -> Directory:
        """Return the directory of the revisions. Raises Error when it cannot be read."""
        if self.config is None:
            from gen_migration.history.directory import OutputDirectory

            return OutputDirectory(self.output)
        if not any(self.options.values()):
            from gen_migration.history.alembic_plain import PlainDirectory, settings_of

            settings = settings_of(self.config)
            if settings is not None:
                return PlainDirectory(self.config, settings)
        # Alembic brings all of SQLAlchemy with it (0.3 s).
        from gen_migration.history.alembic_directory import AlembicDirectory

        return AlembicDirectory(self.config, **self.options)


def find_target(
    output: Path | None, config: Path | None, working: Path, options: Mapping[str, Any]
) -> Target:
    """Return where revisions go: `output`, else an Alembic configuration, else `output/`.

    `options` are those of AlembicDirectory. Raises Error when they contradict each other.
    """
    if output is not None and config is not None:
        raise Error(
            "--output and --config contradict each other",
            hint="an Alembic configuration knows its version locations; leave --output out",
        )
    found = config or (None if output is not None else find_config(working))
    if found is not None:
        return Target(config=found, options=options)
    for name, value in options.items():
        option = f"--{name.replace('_', '-')}"
        if value and output is not None:
            raise Error(
                f"--output and {option} contradict each other",
                hint=f"{option} is for an Alembic configuration; leave one of the two out",
            )
        if value:
            raise Error(
                f"{option} needs an Alembic configuration",
                hint="run where alembic.ini is, or give it with -c",
            )
    return Target(output=output if output is not None else working / "output")


def find_config(working: Path) -> Path | None:
    """Return the Alembic configuration that the command `alembic` would find, or None."""
    named = os.environ.get("ALEMBIC_CONFIG")
    if named:
        return working / named
    ini, toml = working / "alembic.ini", working / "pyproject.toml"
    if ini.is_file():
        return ini
    return toml if has_alembic(toml) else None


def passed_over(target: Target, spec: Path) -> Path | None:
    """Return the Alembic configuration around a spec, where a history is to begin without it.

    Alembic looks in the working directory alone, and so does `find_config`: a run in another one
    would begin a history there.
    """
    if target.config or target.output != Target().output or target.output.exists():
        return None
    found = (find_config(directory) for directory in spec.absolute().parents)
    return next((one for one in found if one is not None), None)


def has_alembic(path: Path) -> bool:
    """Tell whether a TOML file configures Alembic. Raises Error when it is no TOML."""
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        return False
    if "alembic" not in text:
        return False
    return "alembic" in tool_tables(text, str(path))
