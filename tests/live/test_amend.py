"""--amend, --dry-run and --sql: the newest revision anew, and a look at what would be written."""

from __future__ import annotations

from typing import TYPE_CHECKING

import databases
import pytest
from environment import SHOP, Environment, environment, refused, written
from gen_migration.history import offline_sql
from gen_migration.scratch import databases as scratch

if TYPE_CHECKING:
    from pathlib import Path

    from environment import Done

STATE = "      state: {type: text, default: new}\n"
NOTE = SHOP.replace(STATE, f"{STATE}      note: {{type: text, nullable: true}}\n")
PHONE = SHOP.replace(STATE, f"{STATE}      phone: {{type: text, nullable: true}}\n")


def two_revisions(project: Environment) -> Path:
    """Write a first revision and one that adds a column; return the second."""
    written(project.generate())
    return project.root / written(project.generate(spec=NOTE))


def files(project: Environment) -> dict[str, bytes]:
    return {name: (project.root / name).read_bytes() for name in project.files()}


def identity(text: str) -> str:
    return next(line for line in text.splitlines() if line.startswith("revision: "))


def test_it_goes_from_the_parent_to_the_spec_as_it_is_now(project: Environment) -> None:
    path = two_revisions(project)
    before = path.read_text(encoding="utf-8")
    renamed = project.root / written(project.generate("--amend", spec=PHONE))
    assert renamed.name == path.name.replace("note", "phone")
    assert renamed.parent == path.parent
    assert not path.exists()
    after = renamed.read_text(encoding="utf-8")
    assert identity(after) == identity(before)
    assert "note" not in after
    assert '"phone"' in after
    # Its title only said what it did, and says so again.
    assert after.startswith('"""Add column phone to table customers\n')
    assert project.generate(spec=PHONE).stderr.startswith("up to date: ")
    assert project.generate("--amend", spec=PHONE).stderr.startswith("up to date: ")


def test_a_message_is_kept(project: Environment) -> None:
    written(project.generate())
    path = project.root / written(project.generate("-m", "For ticket 7", spec=NOTE))
    written(project.generate("--amend", spec=PHONE))
    assert path.read_text(encoding="utf-8").startswith('"""For ticket 7\n')
    path = project.root / written(
        project.generate("--amend", "-m", "Ticket 8", spec=NOTE)
    )
    assert path.read_text(encoding="utf-8").startswith('"""Ticket 8\n')
    assert path.stem.endswith("_ticket_8")


def test_the_first_revision(project: Environment) -> None:
    path = project.root / written(project.generate())
    before = path.read_text(encoding="utf-8")
    written(project.generate("--amend", spec=NOTE))
    after = path.read_text(encoding="utf-8")
    assert identity(after) == identity(before)
    assert '"note"' in after
    assert "down_revision: str | Sequence[str] | None = None" in after


def test_without_a_revision(project: Environment) -> None:
    refused(project.generate("--amend"), "has no revision yet", "without --amend")


def test_not_one_that_others_follow(project: Environment) -> None:
    two_revisions(project)
    other = SHOP.replace("name: shop", "name: other").replace("customers", "people")
    other = other.replace("orders", "sales").replace("ix_", "ix2_")
    follower = project.spec(other, "other.yaml")
    written(project.run(follower))
    before = files(project)
    for options in ((), ("--force",)):
        done = project.generate("--amend", *options, spec=PHONE)
        refused(done, "is followed by", "run without --amend")
    assert files(project) == before


def test_not_one_that_was_edited_by_hand(project: Environment) -> None:
    path = two_revisions(project)
    project.edit(path, "sa.Text()", "sa.String(90)")
    before = files(project)
    done = project.generate("--amend", spec=PHONE)
    refused(done, "was edited by hand", "without --amend", "--force")
    assert files(project) == before
    path = project.root / written(project.generate("--amend", "--force", spec=PHONE))
    assert "String(90)" not in path.read_text(encoding="utf-8")


def test_force_also_gives_up_what_cannot_be_replayed(project: Environment) -> None:
    path = two_revisions(project)
    project.edit(
        path, "def upgrade() -> None:\n", "def upgrade() -> None:\n    op.get_bind()\n"
    )
    written(project.generate("--amend", "--force", spec=PHONE))
    assert "    op.get_bind()\n" not in path.read_text(encoding="utf-8")


@pytest.mark.parametrize("driver", ["", "+psycopg", "+asyncpg"])
def test_not_one_that_a_database_has(project: Environment, driver: str) -> None:
    path = two_revisions(project)
    with databases.database() as url:
        named = url.replace("postgresql://", f"postgresql{driver}://")
        offline_sql.upgrade(url, path.parent)
        before = files(project)
        for options in ((), ("--force",)):
            done = project.generate("--amend", "--dev-url", named, *options, spec=PHONE)
            refused(
                done, "is applied in the database of --dev-url", "alembic downgrade"
            )
        assert files(project) == before
        offline_sql.downgrade(url, path.parent)
        written(project.generate("--amend", "--dev-url", named, spec=PHONE))


def test_a_database_that_does_not_answer(project: Environment) -> None:
    two_revisions(project)
    url = "postgresql://bob:secret@127.0.0.1:1/nothing"
    done = project.generate("--amend", "--dev-url", url, spec=PHONE)
    refused(done, "the database of --dev-url cannot be asked")
    assert "secret" not in done.stderr


def test_back_to_where_it_was_before(project: Environment) -> None:
    path = two_revisions(project)
    done = project.generate("--amend")
    refused(
        done, "is back to where it was before", "--amend --force to delete the file"
    )
    assert path.exists()
    done = project.generate("--amend", "--force")
    assert (done.status, done.stdout) == (0, "")
    assert done.stderr.startswith("deleted: ")
    assert not path.exists()
    assert project.generate().stderr.startswith("up to date: ")


@pytest.mark.parametrize("option", ["--force", "--dev-url=postgresql://x"])
def test_options_that_go_with_it(project: Environment, option: str) -> None:
    done = project.generate(option)
    assert done.status == 2
    assert f"{option.partition('=')[0]} goes with --amend" in done.stderr


@pytest.mark.parametrize("amend", [(), ("--amend",)], ids=["next", "amend"])
def test_a_dry_run_is_what_is_written(
    project: Environment, amend: tuple[str, ...]
) -> None:
    two_revisions(project)
    before = files(project)
    dry = project.generate(*amend, "--dry-run", spec=PHONE)
    assert dry.status == (0 if amend else 2)  # the note goes
    options = (*amend, "--allow-data-loss")
    dry = project.generate(*options, "--dry-run", spec=PHONE)
    assert dry.status == 0
    assert files(project) == before
    path = project.root / written(project.generate(*options, spec=PHONE))
    assert path.read_text(encoding="utf-8") == dry.stdout


def test_check_of_an_amendment(project: Environment) -> None:
    two_revisions(project)
    before = files(project)
    done = project.generate("--amend", "--check", spec=PHONE)
    assert (done.status, done.stdout) == (1, "add column phone to table customers\n")
    assert files(project) == before


def test_contradictions(project: Environment) -> None:
    for one, other in (("--check", "--sql"), ("--sql", "--dry-run")):
        done = project.generate(one, other)
        assert done.status == 2
        assert "contradict each other" in done.stderr


def schema_of(url: str) -> list[tuple[str, ...]]:
    with scratch.connect(url) as connection:
        return list(
            connection.execute(
                "SELECT attrelid::regclass::text, attname, attnotnull FROM pg_attribute"
                " WHERE attrelid IN ('customers'::regclass, 'orders'::regclass)"
                " AND attnum > 0 AND NOT attisdropped ORDER BY 1, 2"
            )
        )


def test_sql_is_for_a_database_without_alembic(project: Environment) -> None:
    first = written(project.generate())
    done: Done = project.generate("--sql", spec=NOTE)
    assert done.status == 0
    up, down = done.stdout.removeprefix("-- upgrade\n").split("-- downgrade\n")
    versions = (project.root / first).parent
    with databases.database() as one, databases.database() as other:
        for url in (one, other):
            offline_sql.upgrade(url, versions)
        before = schema_of(one)
        with scratch.connect(one) as connection:
            connection.execute(up)
        second = project.root / written(project.generate(spec=NOTE))
        offline_sql.upgrade(other, second.parent)
        assert schema_of(one) == schema_of(other) != before
        with scratch.connect(one) as connection:
            connection.execute(down)
        assert schema_of(one) == before


def test_an_amended_file_is_called_after_what_it_does_now(tmp_path: Path) -> None:
    """An Alembic environment decides about names; the words in them are the revision's."""
    project = environment(tmp_path / "project")
    project.configure(file_template="%%(slug)s_%%(rev)s")
    path = two_revisions(project)
    _, _, revision = path.stem.rpartition("_")
    assert path.name == f"shop_add_column_note_to_table_customers_{revision}.py"
    renamed = project.root / written(project.generate("--amend", spec=PHONE))
    assert not path.exists()
    assert renamed.name == f"shop_add_column_phone_to_table_customers_{revision}.py"
    own = renamed.rename(renamed.with_name("our_own_name.py"))
    assert project.root / written(project.generate("--amend", spec=NOTE)) == own
    project.alembic("heads")
