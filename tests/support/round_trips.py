"""A spec on a server: built, compared, imported, and taken up and down."""

from __future__ import annotations

import contextlib
import logging
import re
from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import click
import databases
import pytest
from both_ways import nothing
from catalog import difference, facts
from click.testing import CliRunner
from expected_catalog import expected
from gen_migration.base.errors import Error
from gen_migration.cli import main
from gen_migration.history import migrate, offline_sql
from gen_migration.history.drafts import first_revision
from gen_migration.history.target import Target
from gen_migration.postgres import urls
from gen_migration.review.formats import text as review_text
from gen_migration.scratch import prerequisites as given
from gen_migration.spec.load import load
from gen_migration.workflows.compare import compare as compared
from loaded import Loaded
from names_of_parts import misnamed

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from catalog import Facts
    from click.testing import Result
    from gen_migration.model.schema import Spec
    from gen_migration.review.review import Review


def prepare(specs: Sequence[Spec], before: str, connection: Any) -> Facts:
    """Build what a case asks for, and what specs take for given, in an empty database.

    Returns what it holds then.
    """
    needed = [before, *(one for spec in specs for one in given.of_all([spec]))]
    for statement in needed:
        connection.execute(statement, prepare=False)
    if any(needed):
        return facts(connection)
    return dict(nothing(connection.info.server_version // 10_000))


def read(url: str, spec: Spec | None = None) -> tuple[Facts, Facts]:
    """Return what a database holds, and what it should hold of a spec."""
    connection = databases.connection(url)
    return facts(connection), expected(spec, connection) if spec else {}


def unnamed(url: str, spec: Spec) -> dict[tuple[str, str, str], str]:
    """Return the names of NOT NULL that a spec gives and a database has not."""
    return misnamed(spec.schema, databases.connection(url))


def compare(found: Facts, wanted: Facts, when: str) -> None:
    """Fail, with the difference alone, unless the two are equal."""
    if lines := difference(found, wanted):
        pytest.fail(f"after the {when}:\n{lines}", pytrace=False)


def up(url: str, directory: Loaded) -> None:
    """Upgrade a database; fail with the words of the error alone, or where its steps miscount."""
    with said("upgrade"), counted():
        migrate.upgrade(url, directory)


def down(url: str, directory: Loaded, target: str = "base") -> None:
    """Downgrade a database; fail as `up` does."""
    with said("downgrade"), counted():
        migrate.downgrade(url, directory, target)


def stays(url: str, directory: Loaded, target: str) -> None:
    """Insist that a downgrade which PostgreSQL does not have is refused with the reason."""
    with pytest.raises(Error, match="NotImplementedError: "):
        migrate.downgrade(url, directory, target)


@contextlib.contextmanager
def said(step: str) -> Iterator[None]:
    try:
        yield
    except Error as error:
        pytest.fail(f"{step}: {error}", pytrace=False)


class Steps(logging.Handler):
    """What revisions say of their steps: for each revision the numbers of those, and of all."""

    def __init__(self) -> None:
        super().__init__()
        self.found: defaultdict[str, list[tuple[str, str]]] = defaultdict(list)

    def emit(self, record: logging.LogRecord) -> None:
        if match := STEP.match(record.getMessage()):
            self.found[match["revision"]].append((match["number"], match["count"]))


STEP = re.compile(r"(?P<revision>\w+): (?P<number>\d+) of (?P<count>\d+) took ")


@contextlib.contextmanager
def counted() -> Iterator[None]:
    """Insist that revisions know how many steps they have: each says its number, and the last."""
    log, steps = logging.getLogger("alembic.gen_migration"), Steps()
    log.addHandler(steps)
    log.setLevel("INFO")
    try:
        yield
    finally:
        log.removeHandler(steps)
        log.setLevel("NOTSET")
    for revision, found in steps.found.items():
        count = str(len(found))
        assert found == [(str(n), count) for n in range(1, len(found) + 1)], revision


@dataclass(frozen=True, slots=True, kw_only=True)
class Built:
    """A database that the revision of a spec has built, and what it held before."""

    url: str
    spec: Spec
    directory: Loaded
    given: Facts
    before: str = ""


def build(url: str, spec: Spec, text: str, versions: Path, before: str = "") -> Built:
    (versions / "revision.py").write_text(text, encoding="utf-8")
    found = prepare([spec], before, databases.connection(url))
    directory = Loaded(versions)
    up(url, directory)
    return Built(url=url, spec=spec, directory=directory, given=found, before=before)


def round_trip(built: Built) -> None:
    """Insist on what is built; also when it is built again, after nothing was left of it."""
    url, spec = built.url, built.spec
    assert unnamed(url, spec) == {}
    found, own = read(url, spec)
    wanted = built.given | own
    compare(found, wanted, "upgrade")
    down(url, built.directory)
    compare(read(url)[0], built.given, "downgrade")
    up(url, built.directory)
    compare(read(url)[0], wanted, "second upgrade")
    assert unnamed(url, spec) == {}


def shown(review: Review) -> str:
    return click.unstyle(review_text.render(review))


def unequal(spec: str, url: str, before: str, directory: Path) -> str:
    """Return what differs between a spec's text and a database, as lines without colours."""
    path = directory / "spec.yaml"
    path.write_text(spec, encoding="utf-8")
    return shown(compared(str(path), url, Target(), before=before).review)


def imported(*arguments: str) -> Result:
    return CliRunner().invoke(main, ["import", *arguments])


def revision(text: str) -> str:
    draft = first_revision(load(text, "spec.yaml"))
    return draft.text(draft.header)


def comes_back(built: Built, to: Path) -> None:
    """Insist that the spec of what was built builds the same, and is read the same."""
    url, before = built.url, built.before
    # The spec that is imported creates these types itself.
    types = ("CREATE DOMAIN", "CREATE TYPE")
    others = [one for one in before.splitlines() if not one.startswith(types)]
    with databases.database() as other:
        databases.connection(other).execute("\n".join(others), prepare=False)
        # What exists before, and no spec can hold, may need schemas that it creates.
        foreign = "CREATE SCHEMA" in before
        tables = [f"--table={name}" for name in built.spec.schema.tables if foreign]
        arguments = ("--name", "again", "--owners", *tables)
        first = imported(url, *arguments)
        assert first.exit_code == 0, first.stderr
        # A policy of the database's own role, the catalog names by that role.
        spec = first.stdout.replace(urls.parse(url).user, urls.parse(other).user)
        for one in given.make_roles(load(spec, "spec.yaml").schema):
            databases.connection(other).execute(one)
        (to / "revision.py").write_text(revision(spec), encoding="utf-8")
        offline_sql.upgrade(other, to)
        wrong = difference(read(other)[0], read(url)[0])
        assert not wrong, f"{wrong}\n{spec}"
        assert imported(other, *arguments).stdout == spec
