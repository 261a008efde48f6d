"""No password is shown: in no stream, in no file, whatever the form in which it is given."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

import databases
import pytest
from click.testing import CliRunner
from environment import SHOP, Environment, written
from gen_migration.api import FORMATS
from gen_migration.cli import main

if TYPE_CHECKING:
    from collections.abc import Iterator

SECRET = "s3cret"  # noqa: S105 - it is one, for the test
# As it is, and as it may be written in a URL.
SHOWN = (SECRET, "s3%63ret", "%733cret")
FORMS = {
    "before the host": f"postgresql://bob:{SECRET}@127.0.0.1:1/shop",
    "percent-encoded": "postgresql://bob:s3%63ret@127.0.0.1:1/shop",
    "a parameter": f"postgresql://bob@127.0.0.1:1/shop?password={SECRET}",
    "a parameter among others": (
        f"postgresql://127.0.0.1:1/shop?user=bob&password={SECRET}&sslmode=disable"
    ),
    "an encoded parameter": "postgresql://bob@127.0.0.1:1/shop?pass%77ord=%733cret",
    "a parameter with = in it": f"postgresql://bob@127.0.0.1:1/shop?password={SECRET}=&a=b",
    "of the key": f"postgresql://bob@127.0.0.1:1/shop?sslpassword={SECRET}",
    "short": f"postgres://bob:{SECRET}@127.0.0.1:1/shop",
    "with a driver": f"postgresql+psycopg://bob:{SECRET}@127.0.0.1:1/shop",
    "several hosts": f"postgresql://bob:{SECRET}@127.0.0.1:1,127.0.0.1:2/shop",
    "words of libpq": f"host=127.0.0.1 port=1 password={SECRET}",
    "quoted words of libpq": f"host=127.0.0.1 port=1 password = '{SECRET}'",
    "a port that is none": f"postgresql://bob:{SECRET}@127.0.0.1:port/shop",
    "a bracket left open": f"postgresql://bob:{SECRET}@[::1/shop",
    "one slash": f"postgresql:/bob:{SECRET}@127.0.0.1:1/shop",
    "an at sign in it": f"postgresql://bob:{SECRET}@{SECRET}@127.0.0.1:1/shop",
    "a slash in it": f"postgresql://bob:a/{SECRET}@127.0.0.1:1/shop",
    "a question mark in it": f"postgresql://bob:a?{SECRET}@127.0.0.1:1/shop",
    "another database": f"mysql://bob:{SECRET}@127.0.0.1:1/shop",
}
COMMANDS = {
    "generate": ["{}"],
    "check": ["{}", "--check"],
    "verify": ["verify", "{}"],
    "verify on a server": ["verify", "shop.yaml", "--dev-url", "{}"],
    "amend": ["shop.yaml", "--amend", "--dev-url", "{}"],
    "prove": ["shop.yaml", "--verify", "--dev-url", "{}"],
    "adopt": ["shop.yaml", "--adopt", "--dev-url", "{}"],
    "diff": ["diff", "shop.yaml", "{}"],
    "diff from": ["diff", "{}", "shop.yaml"],
    "diff of two": ["diff", "{}", "{}"],
    "models": ["diff", "shop.yaml", "models:{}"],
    "import": ["import", "{}"],
    "import on a server": ["import", "models:a:b", "--dev-url", "{}"],
    "import to": ["import", "{}", "--output", "{}"],
    "format": ["format", "{}"],
    "diagram": ["diagram", "{}"],
    "diagram from": ["diagram", "shop.yaml", "--old", "{}"],
}


@pytest.fixture
def _shop(generic: Environment) -> Iterator[None]:
    written(generic.generate())
    generic.spec(
        SHOP.replace("{type: text, default: new}", "{type: text, default: old}")
    )
    with contextlib.chdir(generic.root):
        yield


def silent(*arguments: str) -> None:
    """Run a command, and insist that it keeps the password for itself."""
    done = CliRunner().invoke(main, arguments)
    assert done.exception is None or isinstance(done.exception, SystemExit), arguments
    for stream in (done.stdout, done.stderr):
        for shown in SHOWN:
            assert shown not in stream, (arguments, stream)


@pytest.mark.usefixtures("_shop")
@pytest.mark.parametrize("command", COMMANDS)
def test_no_password_is_shown(command: str) -> None:
    for url in FORMS.values():
        silent(*[part.format(url) for part in COMMANDS[command]])


@pytest.mark.usefixtures("_shop")
def test_nor_one_of_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PGPASSWORD", SECRET)
    for arguments in COMMANDS.values():
        silent(
            *[part.format("postgresql://bob@127.0.0.1:1/shop") for part in arguments]
        )


@pytest.mark.usefixtures("_shop")
def test_nor_one_of_a_database_that_is_there(generic: Environment) -> None:
    with databases.database() as url:
        known = f"{url}{'&' if '?' in url else '?'}password={SECRET}"
        for name in FORMATS:
            silent("diff", known, "shop.yaml", "--format", name)
            silent("diff", known, known, "--format", name)
        silent("import", known)
        silent("import", known, "--output", "imported.yaml")
        for name in ("schema.svg", "schema.html"):
            silent("diagram", known, "--output", name)
        silent("verify", "shop.yaml", "--dev-url", known)
        silent("shop.yaml", "--amend", "--dev-url", known)
    assert (generic.root / "imported.yaml").exists()
    assert (generic.root / "schema.html").exists()
    for path in generic.root.rglob("*"):
        if path.is_file():
            assert SECRET.encode() not in path.read_bytes(), path
