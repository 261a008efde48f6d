"""The man page, which the command line says: man/gen-migration.1.

`python scripts/man.py` writes it anew; a test tells when it is old. It is one page of all commands,
as `man` is asked for what a command is called. (click-man makes a page for each command, and knows
none that is imported when it is called.) Source of the macros: man(7), groff_man(7).
"""

from __future__ import annotations

import inspect
import re
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING

import click
from gen_migration.cli import main

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "man" / "gen-migration.1"
FILES = (
    ("pyproject.toml", "The table [tool.gen-migration]: specs, and what options say."),
    ("alembic.ini", "Where the revisions are, as for alembic(1)."),
    ("output/", "Where they are without one."),
)
VARIABLES = (
    ("GEN_MIGRATION_DEV_URL", "Server for scratch databases, as --dev-url."),
    ("GEN_MIGRATION_BEFORE", "SQL that they begin with, as --before."),
    ("GEN_MIGRATION_SCRATCH", "Directory of the embedded PostgreSQL."),
    ("GEN_MIGRATION_VERIFY", "Whether revisions are proven before they are written."),
    ("GEN_MIGRATION_FAIL_ON", "Level of findings that diff fails on, as --fail-on."),
    ("GEN_MIGRATION_STATS", "File of sizes, as --stats."),
    ("ALEMBIC_CONFIG", "Configuration of Alembic, as --config."),
    ("SOURCE_DATE_EPOCH", "The time that revisions are written at, in seconds."),
    ("NO_COLOR", "No colours, where it is set."),
)


def page() -> str:
    """Return the page, as roff."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    context = click.Context(main, info_name=project["name"])
    lines = [
        f'.TH GEN-MIGRATION 1 "" "{project["name"]} {project["version"]}"',
        ".SH NAME",
        r"gen-migration \- the database schema is a YAML file under review",
        ".SH SYNOPSIS",
        r".B gen-migration",
        r"SPEC [OPTIONS]",
        ".br",
        r".B gen-migration",
        r"COMMAND [ARGS]...",
        ".SH DESCRIPTION",
        *described(inspect.cleandoc(main.help or "")),
        ".SH COMMANDS",
    ]
    for name in main.list_commands(context):
        command = main.get_command(context, name)
        assert command is not None  # noqa: S101 - it was listed
        own = click.Context(command, parent=context, info_name=name)
        usage = " ".join(command.collect_usage_pieces(own))
        lines += [
            f".SS gen-migration {name} {plain(usage)}",
            *described(inspect.cleandoc(command.help or "")),
            *options(command, own),
        ]
    lines += [".SH ENVIRONMENT", *tagged(VARIABLES), ".SH FILES", *tagged(FILES)]
    lines += [".SH SEE ALSO", ".BR alembic (1),", ".BR psql (1)"]
    return "\n".join(lines) + "\n"


def described(text: str) -> Iterator[str]:
    """Yield the paragraphs of a help text; what has a layout of its own keeps it."""
    for number, paragraph in enumerate(text.split("\n\n")):
        if number:
            yield ".PP"
        if paragraph.startswith("\b"):
            yield from (".nf", plain(paragraph.strip("\b\n")), ".fi")
        else:
            yield plain(paragraph)


def options(command: click.Command, context: click.Context) -> Iterator[str]:
    for parameter in command.get_params(context):
        record = parameter.get_help_record(context)
        if (
            record
            and isinstance(parameter, click.Option)
            and "--help" not in parameter.opts
        ):
            names, meaning = record
            yield from tagged([(names, re.sub(r"\s+", " ", meaning))])


def tagged(pairs: Iterable[tuple[str, str]]) -> Iterator[str]:
    for name, meaning in pairs:
        yield from (".TP", f".B {plain(name)}", plain(meaning))


def plain(text: str) -> str:
    """Return a text in which nothing means something to roff."""
    text = text.replace("\\", r"\e").replace("-", r"\-").replace("…", "...")
    text = re.sub(r"[^\x00-\x7f]", lambda one: rf"\[u{ord(one[0]):04X}]", text)
    return re.sub(r"^([.'])", r"\\&\1", text, flags=re.MULTILINE)


if __name__ == "__main__":
    PAGE.parent.mkdir(exist_ok=True)
    PAGE.write_text(page(), encoding="utf-8")
