"""Errors and notes on standard error: in colours, and wrapped, where it is a terminal."""

from __future__ import annotations

import os
import re
import sys
import textwrap
from typing import Any

import click

COLOURS = {"error:": "red", "note:": "yellow", "hint:": "cyan"}
LEAD = re.compile(r"(?P<indent> *)(?P<word>error:|note:|hint:)(?= )")


def say(text: str) -> None:
    """Print a text on standard error; as it is where that is no terminal."""
    if sys.stderr.isatty():
        colour = not os.environ.get("NO_COLOR")
        from shutil import get_terminal_size

        text = laid_out(text, get_terminal_size().columns, colour=colour)
        echo(text, err=True, color=colour)
    else:
        echo(text, err=True)


def echo(text: Any = "", *, err: bool = False, nl: bool = True, **more: Any) -> None:
    """Print a text as it is, where no line of progress is left before it."""
    progress("")
    click.echo(text, err=err, nl=nl, **more)


def say_error(error: BaseException) -> None:
    """Print an error on standard error, with what went wrong besides."""
    say("\n".join([str(error), *notes(error)]))


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
    lead = LEAD.match(line)
    if lead is None:
        return line
    wrapped = textwrap.fill(
        line,
        width,
        subsequent_indent=lead["indent"] + "  ",
        break_long_words=False,
        break_on_hyphens=False,
        replace_whitespace=False,
        drop_whitespace=True,
    )
    if not colour:
        return wrapped
    word = click.style(lead["word"], fg=COLOURS[lead["word"]], bold=True)
    return lead["indent"] + word + wrapped[lead.end() :]
