"""Errors and notes on a terminal: colours, and lines of its width; elsewhere as they are."""

from __future__ import annotations

import sys

import click
import pytest
from gen_migration.base import progress
from gen_migration.base.errors import Error
from gen_migration.cli import talk

PATH = "a/very/long/path/that-has-hyphens/and_is_longer_than_a_line.yaml:12:34:"
TEXT = (
    f"error: {PATH} there is something wrong with what stands here\n"
    "  hint: write something else, which is longer than one line of forty"
)


def test_lines_have_the_width_and_words_stay_whole() -> None:
    plain = talk.laid_out(TEXT, 40, colour=False)
    assert plain.split() == TEXT.split()
    assert all(len(line) <= 40 or PATH in line for line in plain.split("\n"))
    assert "\n    " in plain  # what belongs to a hint is below it


def test_colours_are_all_that_they_add() -> None:
    coloured = talk.laid_out(TEXT, 40, colour=True)
    assert click.unstyle(coloured) == talk.laid_out(TEXT, 40, colour=False)
    assert coloured.startswith("\x1b[31m\x1b[1merror:\x1b[0m")
    assert "\x1b[36m\x1b[1mhint:\x1b[0m " in coloured


@pytest.mark.parametrize(("no_color", "coloured"), [("", True), ("1", False)])
def test_on_a_terminal(
    no_color: str,
    coloured: bool,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("NO_COLOR", no_color)
    monkeypatch.setenv("COLUMNS", "40")
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    talk.say(TEXT)
    expected = talk.laid_out(TEXT, 40, colour=coloured)
    assert capsys.readouterr().err == f"{expected}\n"
    assert ("\x1b" in expected) is coloured


def test_what_is_no_error_has_the_width_too(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A cell at the beginning of a line stays alone in its column, in its colour."""
    monkeypatch.setenv("NO_COLOR", "1")
    monkeypatch.setenv("COLUMNS", "40")
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    long = "database and history are where they have to be"
    talk.say(f"ok    {long}\n  1a2b  {long}", err=False)
    assert capsys.readouterr().out == (
        "ok    database and history are where\n      they have to be\n"
        "  1a2b  database and history are where\n        they have to be\n"
    )
    coloured = talk.laid_out(f"ok    {long}", 40, colour=True)
    assert coloured.startswith("\x1b[32m\x1b[1mok\x1b[0m    database")


def test_further_lines_of_a_message_belong_to_it() -> None:
    error = Error("refused\nDETAIL:  why", hint="mend it:\nSELECT 1", where="a.py:3")
    assert str(error) == (
        "error: a.py:3: refused\n  DETAIL:  why\n  hint: mend it:\n    SELECT 1"
    )


def test_elsewhere(capsys: pytest.CaptureFixture[str]) -> None:
    talk.say(TEXT)
    assert capsys.readouterr().err == f"{TEXT}\n"


def test_progress_is_for_a_terminal(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A line takes the place of the one before, and none is left at the end."""
    for is_terminal, expected in ((False, ""), (True, "one\x1b[K\r\x1b[K\rsaid\n")):
        monkeypatch.setattr(sys.stderr, "isatty", lambda found=is_terminal: found)
        with progress.heard_by(talk.progress):
            progress.tell("one")
            if is_terminal:
                talk.say("said")
        progress.tell("nobody hears")
        assert capsys.readouterr().err == expected
