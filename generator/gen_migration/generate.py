"""The command that everything is for: a spec's file becomes the next revision."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING

from gen_migration.errors import Error
from gen_migration.files import locked
from gen_migration.history import Draft, OutputDirectory
from gen_migration.load import load_file
from gen_migration.creation import creation
from gen_migration.render import Header
from gen_migration.revision import is_edited, revision_id, unmarked_text

if TYPE_CHECKING:
    from pathlib import Path

    from gen_migration.history import Directory, Revision
    from gen_migration.operations import Operation
    from gen_migration.schema import Spec


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """What a run did: the revision that is there now, and whether this run wrote it."""

    path: Path
    revision: str
    parents: tuple[str, ...]
    operations: tuple[Operation, ...]
    written: bool


def generate(path: Path, directory: Directory, message: str | None = None) -> Result:
    """Write the revision that a spec asks for, unless it is there already.

    Raises Error or Errors; nothing is written then.
    """
    spec = load_file(path)
    operations = creation(spec.schema)
    if not operations:
        raise Error(
            "the spec describes nothing",
            where=str(path),
            hint='add a table under "tables:"',
        )
    with locked(directory.root):
        written = directory.of_spec(spec.name)
        if written:
            return up_to_date(spec, path, operations, written)
        draft = first_revision(spec, operations, directory.parents(), message)
        target = directory.write(draft)
    return Result(
        path=target,
        revision=draft.header.revision,
        parents=draft.header.parents,
        operations=operations,
        written=True,
    )


def first_revision(
    spec: Spec,
    operations: tuple[Operation, ...],
    parents: tuple[str, ...] = (),
    message: str | None = None,
) -> Draft:
    """Return the revision that builds a spec from nothing, after its parents."""
    header = Header(
        message=message or spec.description or spec.name,
        revision=revision_id(parents, spec.name, operations),
        spec=spec.name,
        down_revision=parents if parents[1:] else next(iter(parents), None),
    )
    return Draft(
        header=header,
        slug=message or spec.name,
        text=lambda final: unmarked_text(final, operations),
    )


def up_to_date(
    spec: Spec, path: Path, operations: tuple[Operation, ...], written: list[Revision]
) -> Result:
    """Return the revision that a spec has written before. Raises Error when it is another."""
    newest = written[0]
    if is_edited(newest.text):
        raise Error(
            f"the revision {newest.id} was edited by hand",
            where=str(newest.path),
            hint="undo the edit, and change the spec",
        )
    if revision_id(newest.parents, spec.name, operations) != newest.id:
        raise Error(
            f'the spec "{spec.name}" has changed since its revision {newest.id}',
            where=str(path),
            hint="this version writes a spec's first revision only; while no database has it,"
            f" remove {newest.path} and run again",
        )
    return Result(
        path=newest.path,
        revision=newest.id,
        parents=newest.parents,
        operations=operations,
        written=False,
    )


def find_directory(
    output: Path | None, config: Path | None, working: Path, **options: object
) -> Directory:
    """Return where revisions go: `output`, else an Alembic configuration, else `output/`.

    `options` are those of AlembicDirectory. Raises Error when they contradict each other, or the
    configuration cannot be read.
    """
    if output is not None and config is not None:
        raise Error(
            "--output and --config contradict each other",
            hint="an Alembic configuration knows its version locations; leave --output out",
        )
    found = config or (None if output is not None else find_config(working))
    if found is not None:
        from gen_migration.alembic_directory import AlembicDirectory

        return AlembicDirectory(found, **options)  # type: ignore[arg-type]
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
    return OutputDirectory(output if output is not None else working / "output")


def find_config(working: Path) -> Path | None:
    """Return the Alembic configuration that the command `alembic` would find, or None."""
    named = os.environ.get("ALEMBIC_CONFIG")
    if named:
        return working / named
    ini, toml = working / "alembic.ini", working / "pyproject.toml"
    if ini.is_file():
        return ini
    return toml if has_alembic(toml) else None


def has_alembic(path: Path) -> bool:
    """Tell whether a TOML file configures Alembic. Raises Error when it is no TOML."""
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        return False
    if "alembic" not in text:
        return False
    import tomllib

    try:
        return "alembic" in tomllib.loads(text).get("tool", {})
    except tomllib.TOMLDecodeError as error:
        raise Error(f"not TOML: {error}", where=str(path), hint="mend it") from None
