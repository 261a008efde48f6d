"""`gen-migration status`: where a database is, what an interruption has left, what is next."""

from __future__ import annotations

from typing import TYPE_CHECKING

import databases
import psycopg
import pytest
from click.testing import CliRunner
from gen_migration.base.errors import Error
from gen_migration.cli import main
from gen_migration.history import migrate
from gen_migration.history.directory import OutputDirectory
from gen_migration.history.request import Request
from gen_migration.scratch.databases import VERSIONS
from gen_migration.workflows.generate import generate

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

OLD = """\
name: shop
tables:
  users:
    columns:
      id: {type: bigint, primary_key: true}
      email: text
"""
NEW = """\
name: shop
tables:
  users:
    columns:
      id: {type: bigint, primary_key: true}
      email: text
      name: {type: text, backfill: {sql: "split_part(email, '@', 1)"}}
    indexes:
      ix_users_email: {columns: [email], unique: true}
    checks:
      ck_users_email: email LIKE '%@%'
"""


class Project:
    """A directory of revisions, a spec and a database."""

    def __init__(self, root: Path, url: str) -> None:
        self.spec, self.output, self.url = root / "shop.yaml", root / "output", url

    def edit(self, text: str) -> list[str]:
        """Write the spec and its revisions; return their ids."""
        self.spec.write_text(text, encoding="utf-8")
        request = Request(allow_data_loss=True)
        made = generate(self.spec, OutputDirectory(self.output), request)
        return list(made.revisions)

    def upgrade(self, target: str = "heads") -> None:
        migrate.upgrade(self.url, OutputDirectory(self.output), target)

    def run(self, sql: str) -> None:
        with psycopg.connect(self.url, autocommit=True) as connection:
            connection.execute(sql)

    def said(self, *arguments: str) -> tuple[int, str]:
        command = ["status", self.url, "--output", str(self.output), *arguments]
        done = CliRunner().invoke(main, command)
        assert done.exception is None or isinstance(done.exception, SystemExit)
        return done.exit_code, done.output

    def status(self, *arguments: str) -> tuple[int, list[str]]:
        code, text = self.said(*arguments)
        return code, [line.strip() for line in text.splitlines()]


@pytest.fixture(params=VERSIONS, ids=str)
def project(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Project]:
    with databases.database(request.param) as url:
        made = Project(tmp_path, url)
        made.edit(OLD)
        yield made


def test_from_nothing_to_the_newest(project: Project) -> None:
    status, said = project.status()
    assert status == 1
    assert said[0].startswith("the database has run no revision")
    assert said[1] == "1 revision still to run:"
    assert said[3] == "next: alembic upgrade head"
    project.upgrade()
    status, said = project.status()
    assert status == 0
    assert said[0].endswith(", the newest revision")
    assert said[1:] == ["nothing is to be done"]


def test_an_upgrade_that_fails_on_its_way(project: Project) -> None:
    project.upgrade()
    # Two rows with one address: the unique index cannot be built.
    project.run("INSERT INTO users VALUES (1, 'a@b'), (2, 'a@b')")
    first, *rest = project.edit(NEW)
    with pytest.raises(Error):
        project.upgrade()
    status, said = project.status()
    text = "\n".join(said)
    assert status == 1
    assert said[0] == f"the database is at {first}"
    assert f"{len(rest)} revision" in said[1]
    assert f"revision {rest[0]} has begun: " in text
    assert "invalid       create index ix_users_email" in text
    assert "is invalid, and no revision builds it" not in text
    assert "indexes that are whole are passed over" in text
    assert "part 2 of" in text
    # What the status says of the next command is so.
    project.run("UPDATE users SET email = id || email")
    project.upgrade()
    assert project.status()[0] == 0


def test_a_backfill_with_rows_left(project: Project) -> None:
    project.upgrade()
    project.run("INSERT INTO users VALUES (1, 'a@b'), (2, 'c@d')")
    first, *_ = project.edit(NEW)
    project.upgrade(first)
    project.run("UPDATE users SET name = 'a' WHERE id = 1")
    text = "\n".join(project.status()[1])
    assert "rows left     fill column users.name" in text
    # Another session fills them just now, and says so as a revision does.
    far = "9 rows filled, 3 a second, 00:00:01 left"
    with psycopg.connect(project.url, application_name=far) as other:
        pid = other.info.backend_pid
        said = project.status()[1]
    assert f"a backfill is run by process {pid}: {far}" in said
    assert f"next: alembic upgrade head, once process {pid} has ended" in said
    project.run("UPDATE users SET name = 'a'")
    text = "\n".join(project.status()[1])
    assert "no rows left  fill column users.name" in text


def test_what_a_revision_makes_and_somebody_has_made_by_hand(project: Project) -> None:
    """No revision has begun by that, be it one transaction or one that commits on its way."""
    project.upgrade()
    project.run("ALTER TABLE users ADD name text; CREATE TABLE teams (id int)")
    new = NEW + "  teams: {columns: {id: int}}\n"
    first, second, *_ = project.edit(new)
    code, said = project.status()
    assert code == 1
    begin = said.index("made by hand:") + 1
    assert said[begin : begin + 3] == [
        f"revision {first} still has to make what is there already:",
        "add column name to table users",
        "create table teams",
    ]
    assert said[begin + 3].startswith("hint: the upgrade stops there; where revisions")
    project.run("DROP TABLE teams")
    said = project.status()[1]
    assert said[begin + 2].startswith("hint: the upgrade stops there: rename what is")
    assert said[begin + 2].endswith(f"alembic stamp {first}")
    with pytest.raises(Error, match="already exists"):
        project.upgrade()
    project.run("ALTER TABLE users DROP name")
    project.upgrade(first)
    project.run("CREATE UNIQUE INDEX ix_users_email ON users (email)")
    said = project.status()[1]
    begin = said.index("made by hand:") + 1
    assert said[begin : begin + 2] == [
        f"revision {second} still has to make what is there already:",
        "create index ix_users_email on table users",
    ]
    assert (
        "hint: the upgrade builds an index anew that is another one" in said[begin + 2]
    )
    assert "half done:" not in said
    assert "each of its steps can be repeated" not in "\n".join(said)
    project.run(
        "ALTER TABLE users ADD CONSTRAINT ck_users_email CHECK (true) NOT VALID"
    )
    text = "\n".join(project.status()[1])
    assert f"revision {second} has begun, or its first steps were done by hand:" in text
    project.run("ALTER TABLE users DROP CONSTRAINT ck_users_email")
    project.upgrade()
    assert project.status()[0] == 0


def test_what_no_revision_mends(project: Project) -> None:
    project.upgrade()
    project.run("INSERT INTO users VALUES (1, 'a@b'), (2, 'a@b')")
    with pytest.raises(psycopg.Error):
        project.run("CREATE UNIQUE INDEX CONCURRENTLY by_hand ON users (email)")
    project.run("ALTER TABLE users ADD CONSTRAINT ck CHECK (id > 0) NOT VALID")
    status, said = project.status()
    assert status == 1
    text = "\n".join(said)
    assert "index by_hand of table users is invalid, and no revision builds it" in text
    assert "hint: REINDEX INDEX CONCURRENTLY by_hand, or drop it" in text
    assert "constraint ck of table users is not validated" in text
    assert "hint: ALTER TABLE users VALIDATE CONSTRAINT ck" in text


def test_what_the_history_leaves_so_is_no_fault(project: Project) -> None:
    project.edit(
        OLD + "    checks: {ck: {expression: id > 0, not_valid: true}}\n"
        "    foreign_keys:\n"
        "      fk: {columns: [id], references: users.id, not_valid: true}\n"
    )
    project.upgrade()
    assert project.status()[0] == 0


def test_a_revision_that_no_file_has(project: Project) -> None:
    project.upgrade()
    project.run("UPDATE alembic_version SET version_num = 'gone'")
    status, said = project.status()
    assert status == 1
    assert said[:2] == [
        "the database is at gone",
        "gone is no revision of this history",
    ]


def test_the_table_of_another_name(project: Project) -> None:
    project.upgrade()
    project.run("CREATE SCHEMA own; ALTER TABLE alembic_version SET SCHEMA own")
    assert project.status()[0] == 0
    project.run("ALTER TABLE own.alembic_version RENAME TO versions")
    assert "another name, give --version-table" in "".join(project.status()[1])
    assert project.status("--version-table", "own.versions")[0] == 0
    project.run("CREATE SCHEMA a; CREATE TABLE a.alembic_version (version_num text)")
    project.run("CREATE SCHEMA b; CREATE TABLE b.alembic_version (version_num text)")
    status, said = project.status()
    assert status == 2
    assert "a.alembic_version, b.alembic_version" in said[0]


def test_nothing_of_the_database_changes_and_no_password_is_shown(
    project: Project,
) -> None:
    command = ["status", "postgresql://app:secret@localhost:1/none", "--output"]
    done = CliRunner().invoke(main, [*command, str(project.output)])
    assert done.exit_code == 2
    assert "secret" not in done.output
