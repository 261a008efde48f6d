"""Histories of hand-written revisions on a scratch database, without the project's env.py."""

from __future__ import annotations

import os
import signal
import textwrap
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest
from environment import Environment, environment, forked
from forks import Fork
from gen_migration.base import progress
from gen_migration.base.errors import Error
from gen_migration.history import migrate
from gen_migration.history.alembic_directory import AlembicDirectory
from gen_migration.history.directory import OutputDirectory
from gen_migration.scratch import databases

if TYPE_CHECKING:
    from pathlib import Path

    from gen_migration.history.revision import Directory

HEAD = """\
\"\"\"{title}\"\"\"

from alembic import context, op
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

revision = {id!r}
down_revision = {down!r}
branch_labels = None
depends_on = {depends!r}
"""
# Fails at the commit.
TWICE = """\
op.execute("CREATE TABLE t (a int UNIQUE INITIALLY DEFERRED)")
op.execute("INSERT INTO t VALUES (1), (1)")
"""
ELSEWHERE = "postgresql+psycopg://nobody:secret@127.0.0.1:1/elsewhere"


@dataclass(frozen=True)
class History:
    """A project whose revisions are written by hand."""

    root: Path
    versions: Path
    directory: Directory

    def add(
        self,
        id_: str,
        up: str,
        down: str = "pass",
        *,
        follows: Any = None,
        depends: Any = None,
        before: str = "",
    ) -> Path:
        """Write a revision; `up` and `down` are the bodies of its functions."""
        text = HEAD.format(title=f"do {id_}", id=id_, down=follows, depends=depends)
        text += textwrap.dedent(before)
        for name, body in (("upgrade", up), ("downgrade", down)):
            lines = textwrap.indent(textwrap.dedent(body).strip(), "    ")
            text += f"\n\ndef {name}():\n{lines}\n"
        path = self.versions / f"{id_}_by_hand.py"
        path.write_text(text, encoding="utf-8")
        return path


@pytest.fixture(params=["output", "alembic"])
def history(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> History:
    """Return an empty history, in a directory of its own and in an Alembic environment."""
    monkeypatch.chdir(tmp_path)
    if request.param == "output":
        versions = tmp_path / "output"
        versions.mkdir()
        return History(tmp_path, versions, OutputDirectory(versions))
    project = environment(tmp_path)
    project.edit(project.ini, "driver://user:pass@localhost/dbname", ELSEWHERE)
    # Whoever runs it is told.
    (tmp_path / "migrations" / "env.py").write_text("raise SystemExit('env.py')\n")
    return History(tmp_path, project.versions, AlembicDirectory(project.ini))


def rows(url: str, query: str) -> list[Any]:
    with databases.connect(url) as connection:
        return [row[0] for row in connection.execute(query).fetchall()]


def tables(url: str) -> list[str]:
    query = (
        "SELECT relname FROM pg_class WHERE relkind = 'r'"
        " AND relnamespace = 'public'::regnamespace AND relname <> 'alembic_version'"
        " ORDER BY relname"
    )
    return rows(url, query)


def versions(url: str) -> list[str]:
    return sorted(rows(url, "SELECT version_num FROM alembic_version"))


def refusal(
    url: str, history: History, target: Any = "heads", *, down: bool = False
) -> str:
    step = migrate.downgrade if down else migrate.upgrade
    with pytest.raises(Error) as caught:
        step(url, history.directory, target)
    return str(caught.value)


# --- what revisions do ------------------------------------------------------------------


def test_a_history_as_people_write_them(
    history: History, database: str, capfd: pytest.CaptureFixture[str]
) -> None:
    history.add(
        "a1",
        """
        mood = postgresql.ENUM("sad", "ok", name="mood", create_type=False)
        mood.create(op.get_bind(), checkfirst=True)
        op.create_table(
            "users",
            sa.Column("id", sa.Integer(), primary_key=True),
            sa.Column("mood", mood, nullable=False),
        )
        print("made users")
        """,
        """
        op.drop_table("users")
        postgresql.ENUM(name="mood").drop(op.get_bind())
        """,
    )
    history.add(
        "b1",
        """
        if not has_table("orders"):
            op.execute("CREATE TABLE orders (id int PRIMARY KEY, note text DEFAULT 'x %')")
        op.get_bind().execute(sa.text("INSERT INTO users VALUES (:id, 'ok')"), {"id": 7})
        for row in op.get_bind().execute(sa.text("SELECT id FROM users")):
            op.get_bind().execute(sa.text("INSERT INTO orders VALUES (:id)"), {"id": row.id})
        """,
        "op.execute('DROP TABLE orders; DELETE FROM users')",
        follows="a1",
        before="""
        def has_table(name):
            return name in sa.inspect(op.get_bind()).get_table_names()
        """,
    )
    history.add(
        "c1",
        """
        with op.get_context().autocommit_block():
            op.execute("ALTER TYPE mood ADD VALUE 'happy'")
        with context.get_context().autocommit_block():
            op.execute("CREATE INDEX CONCURRENTLY ix_mood ON users (mood)")
        op.execute("UPDATE users SET mood = 'happy'")
        """,
        "op.execute('DROP INDEX ix_mood')",
        follows="b1",
    )
    said: list[str] = []
    with progress.heard_by(said.append):
        migrate.upgrade(database, history.directory)
    assert said == [
        "upgrade 1 of 3: a1 do a1",
        "upgrade 2 of 3: b1 do b1",
        "upgrade 3 of 3: c1 do c1",
        "",
    ]
    assert tables(database) == ["orders", "users"]
    assert rows(database, "SELECT mood::text FROM users") == ["happy"]
    assert rows(database, "SELECT note FROM orders WHERE id = 7") == ["x %"]
    assert versions(database) == ["c1"]
    found = capfd.readouterr()
    assert found.out == ""
    assert found.err == "made users\n"

    migrate.downgrade(database, history.directory, "b1")
    assert versions(database) == ["b1"]
    with progress.heard_by(said.append):
        migrate.downgrade(database, history.directory)
    assert said[4:] == ["downgrade 1 of 2: b1 do b1", "downgrade 2 of 2: a1 do a1", ""]
    assert tables(database) == []
    assert rows(database, "SELECT typname FROM pg_type WHERE typname = 'mood'") == []


def test_whatever_way_a_revision_prints(history: History, tmp_path: Path) -> None:
    history.add(
        "a1",
        """
        os.write(1, b"one ")
        os.system("printf 'two '")
        sys.__stdout__.write("three ")
        logging.basicConfig(stream=sys.stdout, level=logging.INFO)
        logging.getLogger("alembic.runtime.migration").info("four")
        """,
        before="import logging, os, sys\nprint('imported')\n",
    )
    program = (
        "import sys\n"
        "from pathlib import Path\n"
        "from gen_migration.history import migrate as run_history\n"
        "from gen_migration.scratch import databases as scratch\n"
        "from gen_migration.history.target import find_target\n"
        "directory = find_target(None, None, Path(), {}).open()\n"
        "with scratch.database() as url:\n"
        "    run_history.upgrade(url, directory)\n"
        "print('the product')\n"
    )
    done = forked(["python", "-c", program], tmp_path)
    assert done.status == 0
    assert done.stdout == "the product\n"
    for word in ("imported", "one", "two", "three", "four"):
        assert word in done.stderr


def test_a_value_is_usable_in_the_next_revision(
    history: History, database: str
) -> None:
    history.add("a1", "op.execute(\"CREATE TYPE mood AS ENUM ('sad')\")")
    history.add("b1", "op.execute(\"ALTER TYPE mood ADD VALUE 'ok'\")", follows="a1")
    history.add(
        "c1",
        "op.execute(\"CREATE TABLE t (m mood DEFAULT 'ok')\")",
        follows="b1",
    )
    migrate.upgrade(database, history.directory)
    assert tables(database) == ["t"]


def test_the_configuration_is_there_and_names_the_scratch_database(
    history: History, database: str
) -> None:
    name = rows(database, "SELECT current_database()")[0]
    history.add(
        "a1",
        f"""
        url = context.config.get_main_option("sqlalchemy.url")
        assert op.get_context().config is context.config
        engine = sa.create_engine(url, poolclass=sa.pool.NullPool)
        with engine.begin() as connection:
            found = connection.execute(sa.text("SELECT current_database()")).scalar()
            assert found == {name!r}, found
        section = context.config.get_section(context.config.config_ini_section)
        assert section["sqlalchemy.url"] == url
        assert context.is_offline_mode() is False
        assert context.get_x_argument() == []
        assert context.get_head_revision() == "a1"
        """,
    )
    migrate.upgrade(database, history.directory)


def test_depends_on_and_two_heads(history: History, database: str) -> None:
    history.add(
        "a1", "op.execute('CREATE TABLE a (id int PRIMARY KEY)')", "op.drop_table('a')"
    )
    history.add("b1", "op.execute('CREATE TABLE b ()')", "op.drop_table('b')")
    history.add(
        "c1",
        "op.execute('CREATE TABLE c (id int REFERENCES a)')",
        "op.drop_table('c')",
        follows="b1",
        depends="a1",
    )
    history.add(
        "d1", "op.execute('CREATE TABLE d ()')", "op.drop_table('d')", follows="a1"
    )
    assert "Multiple head revisions" in refusal(database, history, "head")
    directory = history.directory
    migrate.upgrade(database, directory, ("b1", "a1"))
    assert (tables(database), versions(database)) == (["a", "b"], ["a1", "b1"])
    migrate.upgrade(database, directory, ("c1",))
    assert tables(database) == ["a", "b", "c"]
    migrate.upgrade(database, directory, ())
    migrate.upgrade(database, directory)
    assert (tables(database), versions(database)) == (
        ["a", "b", "c", "d"],
        ["c1", "d1"],
    )

    migrate.downgrade(database, directory, ("d1", "b1"))
    assert (tables(database), versions(database)) == (["a", "b", "d"], ["b1", "d1"])
    migrate.downgrade(database, directory, ("b1", "a1"))
    assert (tables(database), versions(database)) == (["a", "b"], ["a1", "b1"])
    migrate.downgrade(database, directory, ("b1",))
    assert (tables(database), versions(database)) == (["b"], ["b1"])
    migrate.downgrade(database, directory, ())
    assert (tables(database), versions(database)) == ([], [])


def test_a_merge(history: History, database: str) -> None:
    history.add("a1", "op.execute('CREATE TABLE a ()')", "op.drop_table('a')")
    history.add("b1", "pass", follows="a1")
    history.add("c1", "pass", follows="a1")
    history.add(
        "d1",
        "op.drop_table('a')",
        "op.execute('CREATE TABLE a ()')",
        follows=("b1", "c1"),
    )
    migrate.upgrade(database, history.directory)
    assert (tables(database), versions(database)) == ([], ["d1"])
    migrate.downgrade(database, history.directory, ("b1", "c1"))
    assert (tables(database), versions(database)) == (["a"], ["b1", "c1"])


# --- what goes wrong --------------------------------------------------------------------


def test_the_words_of_the_database(history: History, database: str) -> None:
    history.add("a1", "op.execute('CREATE TABLE a ()')")
    path = history.add(
        "b1",
        "op.execute('CREATE TABLE b ()')\nfill()",
        follows="a1",
        before="""
    def fill():
        op.execute("INSERT INTO nowhere VALUES (1)")
    """,
    )
    line = (
        path.read_text()
        .splitlines()
        .index('    op.execute("INSERT INTO nowhere VALUES (1)")')
    )
    place = path.relative_to(history.root)
    assert refusal(database, history) == (
        f'error: {place}:{line + 1}: upgrade of revision b1: relation "nowhere" does not exist\n'
        "  LINE 1: INSERT INTO nowhere VALUES (1)\n"
        "                      ^\n"
        "  hint: on an empty database, each revision may use only what those before it have built:"
        " what an env.py or a person prepares belongs into a revision; SQL that makes functions,"
        " types and roles of others: --before FILE"
    )
    assert (tables(database), versions(database)) == (["a"], ["a1"])


@pytest.mark.parametrize(
    ("old", "again"),
    [
        ("CREATE TABLE a ()", "CREATE TABLE a ()"),
        ("CREATE TYPE a AS ENUM ('x')", "CREATE TYPE a AS ENUM ('x')"),
        ("CREATE SCHEMA a", "CREATE SCHEMA a"),
        ("CREATE TABLE a (b int)", "ALTER TABLE a ADD b int"),
    ],
)
def test_what_is_built_already(
    old: str, again: str, history: History, database: str
) -> None:
    history.add("a1", f'op.execute("{old}")')
    path = history.add("b1", f'op.execute("{again}")', follows="a1")
    text = refusal(database, history)
    assert "already exists" in text
    assert "mend the revision" in text
    mark = "# gen-migration: spec=shop checksum=0123456789abcdef\n"
    path.write_text(f"{path.read_text('utf-8')}\n\n{mark}", encoding="utf-8")
    text = refusal(database, history)
    assert "hint: an earlier revision builds it already" in text
    assert "delete this one and run gen-migration SPEC --adopt" in text


@pytest.mark.parametrize(
    "body",
    [
        "SELECT f()",
        "CREATE TABLE a (b of_others)",
        "GRANT SELECT ON a TO nobody_at_all",
    ],
)
def test_what_others_make(body: str, history: History, database: str) -> None:
    history.add("a1", f'op.execute("{body}")')
    assert "types and roles of others: --before FILE" in refusal(database, history)


@pytest.mark.parametrize(
    ("body", "words", "hint"),
    [
        ("1 / 0", "ZeroDivisionError: division by zero", "no env.py runs before it"),
        ("raise SystemExit(3)", "SystemExit: 3", "mend the revision"),
        ("op.get_bind().execute('SELECT 1')", "Not an executable object", "mend"),
        (
            "import no_such_package.inner",
            "No module named 'no_such_package'",
            "install",
        ),
        (
            "op.execute('CREATE EXTENSION postgis')",
            'extension "postgis" is not available',
            "--dev-url",
        ),
        (
            "cursor = op.get_bind().connection.cursor()\ncursor.execute('SELEC 1')",
            'syntax error at or near "SELEC"',
            "mend the revision",
        ),
        (
            TWICE,
            "duplicate key value violates unique constraint",
            "mend the revision",
        ),
    ],
    ids=["python", "exit", "sqlalchemy", "import", "extension", "driver", "commit"],
)
def test_whatever_a_revision_raises(
    body: str, words: str, hint: str, history: History, database: str
) -> None:
    path = history.add("a1", body)
    text = refusal(database, history)
    assert text.startswith(f"error: {path.relative_to(history.root)}")
    assert "upgrade of revision a1: " in text
    assert words in text.partition("\n  hint: ")[0]
    assert hint in text.partition("\n  hint: ")[2]
    assert "sqlalche.me" not in text
    assert tables(database) == []


def test_no_way_back(history: History, database: str) -> None:
    history.add("a1", "pass", "raise NotImplementedError('never')")
    migrate.upgrade(database, history.directory)
    text = refusal(database, history, "base", down=True)
    assert "downgrade of revision a1: NotImplementedError: never" in text
    assert "no way back" in text
    assert versions(database) == ["a1"]


def test_a_revision_that_cannot_be_imported(history: History, database: str) -> None:
    path = history.add("a1", "pass", before="import no_such_package.models\n")
    text = refusal(database, history)
    place = path.relative_to(history.root)
    line = path.read_text().splitlines().index("import no_such_package.models") + 1
    assert text.startswith(f"error: {place}:{line}: the revision cannot be imported: ")
    assert "No module named 'no_such_package'" in text
    assert 'hint: install "no_such_package" into the environment' in text
    path.write_text("revision = 'a1'\ndown_revision = None\ndef upgrade(:\n")
    text = refusal(database, history)
    assert f"{path.name}:3: the revision cannot be imported: SyntaxError" in text


def test_a_revision_without_a_downgrade(history: History, database: str) -> None:
    path = history.add("a1", "pass")
    path.write_text(path.read_text().partition("def downgrade")[0])
    migrate.upgrade(database, history.directory)
    text = refusal(database, history, "base", down=True)
    assert text.startswith(
        f"error: {path.relative_to(history.root)}: the revision has no downgrade()\n  hint: "
    )


def test_a_target_that_is_not_there(history: History, database: str) -> None:
    history.add("a1", "pass")
    assert "Can't locate revision" in refusal(database, history, "zzzz")
    assert "Can't locate revision" in refusal(database, history, ("zzzz",))


def test_a_server_that_does_not_answer(history: History) -> None:
    history.add("a1", "pass")
    text = refusal("postgresql://me:secret@127.0.0.1:1/x", history)
    assert text.startswith(
        "error: cannot connect to postgresql://me:***@127.0.0.1:1/x: "
    )
    assert "secret" not in text


def test_nothing_of_alembic_is_left_behind(history: History, database: str) -> None:
    from alembic import context

    history.add("a1", "1 / 0")
    refusal(database, history)
    with pytest.raises((NameError, AttributeError)):
        context.get_context()


# --- Alembic's configuration ------------------------------------------------------------


def test_application_code_and_locations_of_the_configuration(
    generic: Environment, database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(generic.root)
    generic.edit(generic.ini, "prepend_sys_path = .", "prepend_sys_path = %(here)s/src")
    generic.configure(
        version_locations="%(here)s/one:%(here)s/two",
        recursive_version_locations="true",
    )
    generic.edit(generic.ini, "path_separator = os", "path_separator = :")
    package = generic.root / "src" / "shop_of_this_test"
    package.mkdir(parents=True)
    (package / "__init__.py").write_text("NAME = 'from_the_application'\n")
    for name, parent in (("one", None), ("two/2024", "one")):
        place = generic.root / name
        place.mkdir(parents=True)
        id_ = name.partition("/")[0]
        (place / f"{id_}.py").write_text(
            "from alembic import op\nfrom shop_of_this_test import NAME\n"
            f"revision = {id_!r}\ndown_revision = {parent!r}\n"
            f"def upgrade():\n    op.execute(f'CREATE TABLE {{NAME}}_{id_} ()')\n"
            "def downgrade():\n    pass\n"
        )
    migrate.upgrade(database, AlembicDirectory(generic.ini))
    assert tables(database) == ["from_the_application_one", "from_the_application_two"]


def test_ctrl_c_stops_a_revision_that_hangs(tmp_path: Path) -> None:
    versions_ = tmp_path / "output"
    versions_.mkdir()
    history = History(tmp_path, versions_, OutputDirectory(versions_))
    history.add("a1", "print('running')\nop.execute('SELECT pg_sleep(600)')")
    program = (
        "from pathlib import Path\n"
        "from gen_migration.history import migrate as run_history\n"
        "from gen_migration.scratch import databases as scratch\n"
        "from gen_migration.history.directory import OutputDirectory\n"
        "with scratch.database() as url:\n"
        "    run_history.upgrade(url, OutputDirectory(Path('output')))\n"
    )
    reading, writing = os.pipe()
    process = Fork(
        ["python", "-c", program], tmp_path, os.environ, out=writing, err=writing
    )
    os.close(writing)
    with os.fdopen(reading) as file:
        assert file.readline() == "running\n"
        time.sleep(0.3)
        process.send_signal(signal.SIGINT)
        stderr = file.read()
    process.wait()
    assert stderr.rstrip().endswith("KeyboardInterrupt")
