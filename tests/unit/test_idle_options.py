"""Options that have no effect are told; nobody is left to believe that they did something."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner
from environment import SHOP, Environment, written
from gen_migration.cli import main

if TYPE_CHECKING:
    from environment import Done

STATE = "      state: {type: text, default: new}\n"
NOTE = SHOP.replace(STATE, f"{STATE}      note: {{type: text, nullable: true}}\n")
PLACES = {
    "--head": "base",
    "--branch-label": "label",
    "--version-path": "migrations/versions",
    "--depends-on": "0123456789ab",
    "--message": "For ticket 7",
}


def idle(done: Done) -> list[str]:
    """Return the options that a run says have no effect."""
    return [
        line.split()[1]
        for line in done.stderr.splitlines()
        if line.startswith("note: --") and "has no effect" in line
    ]


@pytest.mark.parametrize(("option", "value"), PLACES.items())
def test_where_nothing_is_to_be_written(
    generic: Environment, option: str, value: str
) -> None:
    written(generic.generate())
    for looks in ((), ("--check",), ("--dry-run",), ("--sql",), ()):
        done = generic.generate(option, value, *looks)
        assert (done.status, idle(done)) == (0, [option]), done


def test_verify_where_nothing_is_to_be_written(project: Environment) -> None:
    written(project.generate())
    done = project.generate("--verify")
    assert idle(done) == ["--verify"]
    assert "gen-migration verify SPEC" in done.stderr
    assert idle(project.generate()) == []


@pytest.mark.parametrize("look", ["--check", "--dry-run", "--sql"])
def test_what_a_look_does_not_need(generic: Environment, look: str) -> None:
    written(generic.generate())
    given = [
        part
        for option in ("--branch-label", "--version-path", "--message")
        for part in (option, PLACES[option])
    ]
    done = generic.generate(*given, look, spec=NOTE)
    expected = ["--branch-label", "--message", "--version-path"]
    assert sorted(idle(done)) == (
        ["--version-path"] if look == "--dry-run" else expected
    )
    assert idle(generic.generate(look, spec=NOTE)) == []


@pytest.mark.parametrize("option", sorted(PLACES.keys() - {"--message"} | {"--splice"}))
def test_an_amended_revision_stays_where_it_is(
    generic: Environment, option: str
) -> None:
    written(generic.generate())
    value = [PLACES[option]] if option in PLACES else []
    done = generic.generate("--amend", option, *value, spec=NOTE)
    assert done.status == 2
    assert f"--amend and {option} contradict each other" in done.stderr


def test_where_no_history_is_looked_at(project: Environment) -> None:
    written(project.generate())
    with contextlib.chdir(project.root):
        for command, options in (
            (["diff", "shop.yaml", "shop.yaml"], ["--output=output", "--all"]),
            (["diff", "history", "shop.yaml"], ["--all"]),
            (["diagram", "shop.yaml"], ["--config=alembic.ini"]),
        ):
            plain = CliRunner().invoke(main, command)
            assert "has no effect" not in plain.stderr
            for option in options:
                done = CliRunner().invoke(main, [*command, option])
                words = f"note: {option.partition('=')[0]} has no effect"
                assert words in done.stderr, (command, done.stderr)


def test_verify_of_what_is_there(generic: Environment) -> None:
    written(generic.generate())
    done = generic.run("verify", "shop.yaml", "--head", "base")
    assert (done.status, idle(done)) == (0, ["--head"])


def test_verify_tells_its_notes_once(project: Environment) -> None:
    written(project.generate())
    renamed = (
        SHOP.replace("state: {type: text,", "mood: {renamed_from: state, type: text,")
        .replace("state IN", "mood IN")
        .replace("[state]", "[mood]")
    )
    done = project.generate("--verify", spec=renamed)
    assert done.status == 0, done
    assert done.stderr.count("GM112") == 1
