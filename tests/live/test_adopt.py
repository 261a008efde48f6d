"""`gen-migration SPEC --adopt`: a history that people wrote, taken over without a change."""

from __future__ import annotations

import contextlib
import sys
from typing import TYPE_CHECKING

import databases
import pytest
from alembic_batch import batch, driver_url
from cases import ruff
from click.testing import CliRunner
from dumps import dump
from environment import (
    Done,
    Environment,
    as_superuser,
    environment,
    refused,
    revision_of,
)
from gen_migration.cli import main
from gen_migration.history import migrate, offline_sql
from gen_migration.history.alembic_directory import AlembicDirectory
from gen_migration.scratch import databases as scratch

if TYPE_CHECKING:
    from pathlib import Path

# Written as people write: raw SQL, a look at the connection, an enum of its own making.
FIRST = '''\
"""Create users."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "aaaa1111"
down_revision = None


def has_table(name):
    return name in sa.inspect(op.get_bind()).get_table_names()


def upgrade():
    mood = postgresql.ENUM("sad", "ok", name="mood", create_type=False)
    mood.create(op.get_bind(), checkfirst=True)
    if not has_table("users"):
        op.execute(
            """
            CREATE TABLE users (
                id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
                email varchar(100) NOT NULL,
                mood mood DEFAULT 'ok' NOT NULL,
                CHECK (email IN ('a', 'b'))
            )
            """
        )


def downgrade():
    op.drop_table("users")
    op.execute("DROP TYPE mood")
'''
SECOND = '''\
"""Add orders, and happiness."""

import sqlalchemy as sa
from alembic import op

revision = "bbbb1111"
down_revision = "aaaa1111"


def upgrade():
    with op.get_context().autocommit_block():
        op.execute("ALTER TYPE mood ADD VALUE 'happy'")
    op.create_table(
        "orders",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("user_id", sa.BigInteger(), sa.ForeignKey("users.id"), index=True),
        sa.Column("seen", sa.DateTime(timezone=True), server_default=sa.func.now()),
    )
    op.get_bind().execute(sa.text("UPDATE users SET mood = 'happy' WHERE mood = 'ok'"))
    op.execute("CREATE TABLE elsewhere (id int)")


def downgrade():
    op.drop_table("elsewhere")
    op.drop_table("orders")
'''
NOTE = "      note: {type: text, nullable: true}\n"


def write_history(project: Environment) -> None:
    """Write the revisions that were there before the tool was."""
    versions = project.versions if project.ini.exists() else project.root / "output"
    versions.mkdir(exist_ok=True)
    for name, text in (("1_users", FIRST), ("2_orders", SECOND)):
        (versions / f"{name}.py").write_text(text, encoding="utf-8")


def build(project: Environment, url: str) -> None:
    """Run the history on a database."""
    if not project.ini.exists():
        offline_sql.upgrade(url, project.root / "output")
        return
    with contextlib.chdir(project.root):
        migrate.upgrade(url, AlembicDirectory(project.ini))


def run(project: Environment, *arguments: str) -> Done:
    """Run the tool in this process."""
    with contextlib.chdir(project.root):
        result = CliRunner().invoke(main, arguments)
    if result.exception is not None:
        assert isinstance(result.exception, SystemExit), result.exception
    return Done(result.exit_code, result.stdout, result.stderr)


@pytest.fixture
def imported(project: Environment, database: str) -> Environment:
    """Return a project with a history by hand and the spec of what it builds, but for a table."""
    write_history(project)
    build(project, database)
    tables = ("--table", "users", "--table", "orders")
    done = run(
        project, "import", database, "--name", "shop", "--output", "shop.yaml", *tables
    )
    assert done.status == 0, done
    return project


def spec(project: Environment) -> Path:
    return project.root / "shop.yaml"


def with_note(project: Environment) -> str:
    text = spec(project).read_text("utf-8")
    line = "      email: varchar(100)\n"
    assert line in text
    return text.replace(line, line + NOTE)


def adopted(project: Environment, *arguments: str) -> Path:
    """Adopt; return the revision."""
    done = run(project, "shop.yaml", "--adopt", *arguments)
    assert done.status == 0, done
    return project.root / done.stdout.strip()


# --- the road ---------------------------------------------------------------------------


def test_what_is_written(imported: Environment) -> None:
    before = imported.files()
    done = run(imported, "shop.yaml", "--adopt")
    assert done.status == 0, done
    path = imported.root / done.stdout.strip()
    id_ = revision_of(path)
    assert sorted({*imported.files()} - {*before}) == [done.stdout.strip()]
    assert path.name == f"{id_}_adopt_shop.py"
    assert done.stderr == (
        f"revision {id_} follows bbbb1111, which builds the spec: from now on an edit of the"
        " spec gives its next revision\n"
    )
    ruff("format", "--isolated", "--check", str(path))
    ruff("check", "--isolated", str(path))
    text = path.read_text("utf-8")
    assert text.startswith(f'"""Adopt 2 tables of shop\n\nRevision ID: {id_}\n')
    assert 'down_revision: str | Sequence[str] | None = "bbbb1111"' in text
    up, _, rest = text.partition("def upgrade() -> None:")[2].partition("\n\n\n")
    assert "op." not in up
    down, _, declared = rest.partition("\n\n\n")
    assert down.startswith("def downgrade() -> None:")
    assert "op." not in down
    assert declared.startswith("def adopted() -> None:")
    assert declared.count("op.create_table(") == 2
    assert "elsewhere" not in text

    for arguments in ((), ("--check",)):
        done = run(imported, "shop.yaml", *arguments)
        assert (done.status, done.stdout) == (0, "")
        assert done.stderr.startswith("up to date: ")


def test_the_whole_road(tmp_path: Path, database: str) -> None:
    """From a database in production to the next revision, which Alembic itself applies."""
    project = environment(tmp_path / "project")
    project.edit(
        project.ini,
        "driver://user:pass@localhost/dbname",
        driver_url(database, "psycopg"),
    )
    write_history(project)

    def alembic(*commands: list[str]) -> list[str]:
        return batch(project, database, *commands)

    alembic(["upgrade", "head"])
    with scratch.connect(database) as connection:
        connection.execute("INSERT INTO users (email) VALUES ('a')")
    tables = ("--table", "users", "--table", "orders")
    done = run(
        project, "import", database, "--name", "shop", "--output", "shop.yaml", *tables
    )
    assert done.status == 0, done
    before = dump(database)
    revision = revision_of(adopted(project))
    done = run(project, "status", database)
    assert "made by hand" not in done.stdout
    assert "half done" not in done.stdout
    found = alembic(["upgrade", "head"], ["current"])
    assert found[1] == f"{revision} (head)"
    assert dump(database) == before

    spec(project).write_text(with_note(project), encoding="utf-8")
    done = run(project, "shop.yaml")
    assert done.status == 0, done
    path = project.root / done.stdout.strip()
    text = path.read_text("utf-8")
    assert text.count("    op.add_column(") == 1
    assert text.count("    op.drop_column(") == 1
    following = revision_of(path)
    found = alembic(["upgrade", "head"], ["current"])
    assert found[1] == f"{following} (head)"
    assert "note text" in dump(database)

    found = alembic(["downgrade", revision], ["downgrade", "-1"], ["current"])
    assert found[2] == "bbbb1111"
    assert dump(database) == before
    found = alembic(["upgrade", "head"], ["downgrade", "base"], ["relations"])
    assert found[2] == "alembic_version"
    # A new database takes the same road.
    alembic(["upgrade", "head"])
    done = run(project, "import", database, "--name", "shop", *tables)
    assert done.stdout.count("note: ") == 1
    assert run(project, "shop.yaml", "--check").stderr.startswith("up to date: ")


MODELS = """\
import enum
import sqlalchemy as sa
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column


class Base(DeclarativeBase):
    pass


class Mood(enum.Enum):
    happy = 1
    sad = 2


class Person(Base):
    __tablename__ = "people"
    __table_args__ = (sa.CheckConstraint("size IN ('a', 'b')", name="ck_size"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    mood: Mapped[Mood]
    size: Mapped[str] = mapped_column(sa.String(20), server_default="a", index=True)
"""
OF_MODELS = """\
import sqlalchemy as sa
from alembic import op

revision = "cccc1111"
down_revision = None


def upgrade():
    op.execute("CREATE TYPE mood AS ENUM ('happy', 'sad')")
    op.create_table(
        "people",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("mood", sa.dialects.postgresql.ENUM(name="mood", create_type=False),
                  nullable=False),
        sa.Column("size", sa.String(20), server_default="a", nullable=False),
        sa.CheckConstraint("size IN ('a', 'b')", name="ck_size"),
    )
    op.create_index("ix_people_size", "people", ["size"])


def downgrade():
    op.drop_table("people")
    op.execute("DROP TYPE mood")
"""


def test_models_are_adopted(project: Environment) -> None:
    (project.root / "app_of_people.py").write_text(MODELS, encoding="utf-8")
    versions = project.versions if project.ini.exists() else project.root / "output"
    versions.mkdir(exist_ok=True)
    (versions / "1_people.py").write_text(OF_MODELS, encoding="utf-8")
    source = "models:app_of_people:Base.metadata"
    path = project.root / "shop.yaml"
    try:
        done = run(project, "import", source, "--name", "shop", "--output", "shop.yaml")
        assert done.status == 0, done
        text = path.read_text(encoding="utf-8")
        path.write_text(text.replace("size IN ('a', 'b')", "size = 'a'"), "utf-8")
        refused_ = run(project, "shop.yaml", "--adopt")
        assert refused_.status == 1
        assert "size = 'a'" in refused_.stdout
        path.write_text(text, encoding="utf-8")
        adopted(project)
        assert run(project, "shop.yaml", "--check").status == 0
        assert run(project, "diff", "shop.yaml", source).status == 0
        assert run(project, "verify", "shop.yaml").status == 0
    finally:
        sys.modules.pop("app_of_people", None)
    path.write_text(text.replace("varchar(20)", "varchar(30)"), encoding="utf-8")
    done = run(project, "shop.yaml")
    assert done.status == 0, done
    following = (project.root / done.stdout.split()[0]).read_text("utf-8")
    assert following.count("    op.alter_column(") == 2


def test_check_and_dry_run_write_nothing(imported: Environment) -> None:
    before = imported.files()
    done = run(imported, "shop.yaml", "--adopt", "--check")
    assert (done.status, done.stdout) == (0, "")
    assert done.stderr.endswith(
        "shop.yaml: the history builds it, so it can be adopted\n"
    )
    dry = run(imported, "shop.yaml", "--adopt", "--dry-run")
    assert dry.status == 0
    assert imported.files() == before
    assert adopted(imported).read_text("utf-8") == dry.stdout


def test_a_server_of_its_own(imported: Environment) -> None:
    later = next(imported.root.rglob("2_orders.py")).with_name("3_check.py")
    later.write_text(
        "from alembic import op\nrevision = 'cccc1111'\ndown_revision = 'bbbb1111'\n"
        "def upgrade():\n"
        "    assert op.get_bind().dialect.server_version_info[0] == 16, 'not 16'\n"
        "def downgrade(): ...\n"
    )
    done = run(imported, "shop.yaml", "--adopt")
    refused(done, "3_check.py:5: upgrade of revision cccc1111: AssertionError: not 16")
    with databases.database(16) as url:
        path = adopted(imported, "--dev-url", as_superuser(url), "-m", "Take over")
    assert path.read_text("utf-8").startswith('"""Take over\n')
    assert path.name.endswith("_take_over.py")


def test_options_of_alembic(tmp_path: Path, database: str) -> None:
    project = environment(tmp_path / "project")
    write_history(project)
    build(project, database)
    (project.versions / "3.py").write_text(
        "revision = 'cccc1111'\ndown_revision = 'bbbb1111'\n"
        "def upgrade():\n    raise ValueError('too far')\ndef downgrade(): ...\n"
    )
    (project.versions / "other.py").write_text(
        "from alembic import op\nrevision = 'dddd1111'\ndown_revision = None\n"
        "def upgrade():\n    op.execute('CREATE TABLE beside (id int NOT NULL)')\n"
        "def downgrade(): ...\n"
    )
    with scratch.connect(database) as connection:
        connection.execute("CREATE TABLE beside (id int NOT NULL)")
    tables = [f"--table={one}" for one in ("users", "orders", "beside")]
    run(project, "import", database, "--name=shop", "--output=shop.yaml", *tables)
    options = ["--head", "bbbb1111", "--splice", "--adopt"]
    done = run(project, "shop.yaml", *options)
    assert done.status == 1
    assert "\n+beside:" in done.stdout.replace(" ", "")
    options += ["--depends-on", "dddd1111", "--branch-label", "shop"]
    done = run(project, "shop.yaml", *options)
    assert done.status == 0, done
    text = (project.root / done.stdout.strip()).read_text("utf-8")
    assert 'depends_on: str | Sequence[str] | None = "dddd1111"' in text


def test_external_tables(project: Environment) -> None:
    write_history(project)
    spec(project).write_text(
        """\
name: shop
external:
  users: {id: bigint}
tables:
  orders:
    columns:
      id: serial
      user_id: {type: bigint, nullable: true}
      seen: {type: timestamptz, nullable: true, default: {sql: now()}}
    primary_key: {columns: [id], name: orders_pkey}
    foreign_keys:
      orders_user_id_fkey: {columns: [user_id], references: users.id}
    indexes:
      ix_orders_user_id: [user_id]
""",
        encoding="utf-8",
    )
    text = adopted(project).read_text("utf-8")
    assert text.startswith('"""Adopt 1 table of shop\n')
    assert run(project, "shop.yaml").stderr.startswith("up to date: ")


# --- where the history builds something else --------------------------------------------


def test_a_difference_is_shown_and_nothing_written(imported: Environment) -> None:
    text = spec(imported).read_text("utf-8")
    spec(imported).write_text(text.replace("varchar(100)", "varchar(90)"))
    before = imported.files()
    for arguments in ((), ("--check",), ("--dry-run",)):
        done = run(imported, "shop.yaml", "--adopt", *arguments)
        assert done.status == 1
        assert done.stdout.startswith("--- the history\n+++ shop.yaml\n@@")
        changed = [line for line in done.stdout.splitlines()[2:] if line[0] in "+-"]
        assert [line.replace(" ", "") for line in changed] == [
            "-email:varchar(100)",
            "+email:varchar(90)",
        ]
        assert done.stderr == (
            "error: shop.yaml: the history builds something else than the spec says; nothing is"
            " written\n  hint: edit the spec until it says what the lines with - say, or write it"
            " anew from a database that is at the head: gen-migration import URL --output FILE\n"
        )
    assert imported.files() == before


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("[sad, ok, happy]", "[sad, ok]"),
        ("[sad, ok, happy]", "[sad, happy, ok]"),
        ("ix_orders_user_id: [user_id]", "ix_orders_user_id: [user_id desc]"),
        ("users_email_check", "another_name"),
        ("default: ok", "default: sad"),
    ],
)
def test_all_of_it_counts(old: str, new: str, imported: Environment) -> None:
    text = spec(imported).read_text("utf-8")
    assert old in text
    spec(imported).write_text(text.replace(old, new))
    assert run(imported, "shop.yaml", "--adopt").status == 1


# --- refusals ---------------------------------------------------------------------------


def test_no_second_time(imported: Environment) -> None:
    path = adopted(imported)
    before = imported.files()
    done = run(imported, "shop.yaml", "--adopt")
    refused(done, "has revisions in the history already", revision_of(path))
    assert "run without --adopt" in done.stderr
    assert imported.files() == before


def test_no_amendment(imported: Environment) -> None:
    path = adopted(imported)
    before = path.read_bytes()
    spec(imported).write_text(with_note(imported), encoding="utf-8")
    for force in ((), ("--force",), ("--check",), ("--dry-run",)):
        done = run(imported, "shop.yaml", "--amend", *force)
        refused(done, "adopts what was there", "delete the file", "without --amend")
    assert path.read_bytes() == before
    # What follows is amended as ever.
    following = imported.root / run(imported, "shop.yaml").stdout.strip()
    text = spec(imported).read_text("utf-8")
    spec(imported).write_text(text.replace("note:", "remark:"))
    done = run(imported, "shop.yaml", "--amend")
    assert done.status == 0, done
    (amended,) = following.parent.glob(f"{following.name.partition('_')[0]}_*.py")
    assert '"remark"' in amended.read_text("utf-8")
    assert not following.exists()  # its name said what it did


def test_no_history(project: Environment) -> None:
    project.spec("name: shop\ntables:\n  a: {columns: {id: integer}}\n")
    done = run(project, "shop.yaml", "--adopt")
    refused(done, "the history is empty", "leave --adopt out")
    assert not (project.root / "output").exists()


def test_no_parent(imported: Environment) -> None:
    if imported.ini.exists():
        done = run(imported, "shop.yaml", "--adopt", "--head", "base")
        refused(done, "there is nothing to adopt")


def test_an_empty_spec(imported: Environment) -> None:
    spec(imported).write_text("name: shop\n")
    refused(run(imported, "shop.yaml", "--adopt"), "describes nothing", "shop.yaml")


def test_a_parent_that_is_no_head(tmp_path: Path) -> None:
    project = environment(tmp_path / "project")
    write_history(project)
    # The proof would fail: it must not begin.
    path = next(project.root.rglob("1_users.py"))
    text = path.read_text("utf-8").replace(
        "def upgrade():", "def upgrade():\n    1 / 0"
    )
    path.write_text(text, encoding="utf-8")
    project.spec("name: shop\ntables:\n  users: {columns: {id: integer}}\n")
    done = run(project, "shop.yaml", "--adopt", "--head", "aaaa1111")
    refused(done, "the revision aaaa1111 is no head", "--splice", "bbbb1111")
    done = run(project, "shop.yaml", "--adopt", "--head", "aaaa1111", "--splice")
    refused(done, "ZeroDivisionError")


def test_adopt_was_forgotten(imported: Environment, database: str) -> None:
    """The way back from a first revision that builds what is there."""
    note = (
        "note: the history has 2 revisions by hand; if they build these tables already:"
        " gen-migration SPEC --adopt\n"
    )
    assert run(imported, "shop.yaml", "--check").stderr.startswith(note)
    done = run(imported, "shop.yaml")
    assert done.status == 0, done
    assert done.stderr.startswith(note)
    path = done.stdout.strip()
    done = run(imported, "status", database)
    assert "delete its file, and run gen-migration SPEC --adopt" in done.stdout
    done = run(imported, "shop.yaml", "--adopt")
    refused(done, f"delete {path}, then run with --adopt again", "run without --adopt")
    (imported.root / path).unlink()
    adopted(imported)
    spec(imported).write_text(with_note(imported), encoding="utf-8")
    done = run(imported, "shop.yaml")
    assert "by hand" not in done.stderr
    done = run(imported, "shop.yaml", "--adopt")
    refused(done, "run without --adopt")
    assert "delete" not in done.stderr


@pytest.mark.parametrize(
    ("table", "is_named"), [("orders", True), ("order", False), ("seen", True)]
)
def test_a_note_only_where_a_table_is_named(
    table: str, is_named: bool, project: Environment
) -> None:
    write_history(project)
    project.spec(f"name: shop\ntables:\n  {table}: {{columns: {{id: integer}}}}\n")
    done = run(project, "shop.yaml")
    assert done.status == 0, done
    assert ("revisions by hand" in done.stderr) is is_named


def test_two_heads(imported: Environment) -> None:
    versions = next(imported.root.rglob("1_users.py")).parent
    (versions / "other.py").write_text(
        "revision = 'cccc1111'\ndown_revision = 'aaaa1111'\n"
        "def upgrade(): ...\ndef downgrade(): ...\n"
    )
    refused(run(imported, "shop.yaml", "--adopt"), "the history has 2 heads")


def test_a_revision_that_fails(imported: Environment) -> None:
    path = next(imported.root.rglob("2_orders.py"))
    text = path.read_text("utf-8").replace("CREATE TABLE elsewhere", "CREATE elsewhere")
    path.write_text(text, encoding="utf-8")
    line = next(
        i for i, one in enumerate(text.splitlines(), 1) if "CREATE elsew" in one
    )
    place = path.relative_to(imported.root)
    done = run(imported, "shop.yaml", "--adopt")
    refused(
        done, f"{place}:{line}: upgrade of revision bbbb1111: syntax error at or near"
    )


@pytest.mark.parametrize(
    ("option", "words"),
    [
        ("--amend", "--adopt and --amend contradict each other"),
        ("--sql", "what --adopt writes runs no SQL"),
        ("--allow-data-loss", "--adopt and --allow-data-loss contradict each other"),
        ("--force", "--force goes with --amend"),
    ],
)
def test_contradictions(option: str, words: str, project: Environment) -> None:
    project.spec()
    done = run(project, "shop.yaml", "--adopt", option)
    assert done.status == 2
    assert words in " ".join(done.stderr.split())


# --- what is adopted is history like any other ------------------------------------------


def test_a_hand_edit_is_recognised_and_counts(imported: Environment) -> None:
    from gen_migration.render.marker import is_edited

    path = adopted(imported)
    assert not is_edited(path.read_text("utf-8"))
    imported.edit(path, "sa.String(100)", "sa.String(90)")
    assert is_edited(path.read_text("utf-8"))
    done = run(imported, "shop.yaml", "--check")
    assert done.status == 1
    assert "varchar(90) to varchar(100)" in done.stdout


def test_what_is_added_to_its_upgrade_counts(imported: Environment) -> None:
    path = adopted(imported)
    end = 'the revisions before this one have built it."""\n'
    column = '    op.add_column("users", sa.Column("note", sa.Text(), nullable=True))\n'
    imported.edit(path, end, end + column)
    assert run(imported, "shop.yaml", "--check").status != 0
    spec(imported).write_text(with_note(imported), encoding="utf-8")
    assert run(imported, "shop.yaml", "--check").stderr.startswith("up to date: ")


def test_its_id_is_not_that_of_a_revision_that_builds(imported: Environment) -> None:
    path = adopted(imported)
    id_ = revision_of(path)
    path.unlink()
    text = run(imported, "shop.yaml", "--dry-run").stdout
    assert "op.create_table(" in text
    assert f'revision: str = "{id_}"' not in text
    assert revision_of(adopted(imported)) == id_
