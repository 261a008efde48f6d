"""What is said to a person: in colours, and wrapped, where it is a terminal."""

from __future__ import annotations

import os
import re
import sys
import textwrap
from typing import Any

import click

from gen_migration.base.errors import Error

COLOURS = {"ok": "green", "note": "yellow", "error": "red", "hint": "cyan"}
# "error: …", or a word that stands in a column of its own, as `doctor` has them.
LEAD = re.compile(
    r" *(?:(?:error|note|hint):(?= )|(?P<cell>ok {4}|note {2}|error )(?=\S))"
)
# The cells of a row before its last one, as `explain` and `status` have them.
CELLS = re.compile(r" *(?:\S+ {2,})*")


def say(text: str, *, err: bool = True) -> None:
    """Print a text on standard error, or output; as it is where that is no terminal."""
    if (sys.stderr if err else sys.stdout).isatty():
        colour = not os.environ.get("NO_COLOR")
        from shutil import get_terminal_size

        text = laid_out(text, get_terminal_size().columns, colour=colour)
        echo(text, err=err, color=colour)
    else:
        echo(text, err=err)


def echo(text: Any = "", *, err: bool = False, nl: bool = True, **more: Any) -> None:
    """Print a text as it is, where no line of progress is left before it."""
    progress("")
    click.echo(text, err=err, nl=nl, **more)


def say_error(error: BaseException) -> None:
    """Print an error on standard error, with what went wrong besides."""
    say("\n".join([str(error), *notes(error)]))


def say_refusal(error: click.ClickException) -> None:
    """Print what click refuses of a command line, as all errors are."""
    context = error.ctx if isinstance(error, click.UsageError) else None
    message = " ".join(error.format_message().split()).removesuffix(".")
    told = Error(
        message[:1].lower() + message[1:],
        hint=f"see {context.command_path} --help" if context else "",
    )
    say_error(told)


def notes(error: BaseException) -> list[str]:
    """Return what went wrong besides, while an error was on its way here."""
    return getattr(error, "__notes__", [])


# The line of progress that is on the terminal.
_shown: list[str] = []


def progress(line: str) -> None:
    """Show what goes on, where a person looks on, in a line that the next one overwrites.

    An empty one takes it away.
    """
    if (line or _shown) and sys.stderr.isatty():
        click.echo(f"{line[:78]}\033[K\r", err=True, nl=False)
        _shown[:] = [line] if line else []


def laid_out(text: str, width: int, *, colour: bool) -> str:
    """Return a text in lines of a width, with the words that lines begin with in colours.

    No path and no code is broken: a word that is longer than a line stays whole. Pure.
    """
    return "\n".join(line_of(line, width, colour=colour) for line in text.split("\n"))


def line_of(line: str, width: int, *, colour: bool) -> str:
    """Return a line as lines of a width; what goes on stands further in, or below its cell."""
    lead, cells = LEAD.match(line), CELLS.match(line)
    begin = cells.end() if cells else 0
    if lead is not None and lead["cell"]:
        begin = lead.end()
    elif begin > width // 2 or not line[:begin].strip():
        begin = len(line) - len(line.lstrip(" ")) + 2
    wrapped = textwrap.fill(
        line,
        width,
        subsequent_indent=" " * begin,
        break_long_words=False,
        break_on_hyphens=False,
        replace_whitespace=False,
        drop_whitespace=True,
    )
    if lead is None or not colour:
        return wrapped
    word = lead[0].strip(" ")
    styled = click.style(word, fg=COLOURS[word.rstrip(":")], bold=True)
    return wrapped.replace(word, styled, 1)
