"""What `diff` compares: files, revisions of git, the history, databases and models."""

from __future__ import annotations

import shutil
import subprocess
import sys
import textwrap
from pathlib import Path
from typing import TYPE_CHECKING

import databases
import pytest
from click.testing import CliRunner
from comparing import run
from gen_migration.cli import main
from repositories import NEW, OLD, git
from statements import execute

if TYPE_CHECKING:
    from collections.abc import Iterator

    from click.testing import Result
    from environment import Environment

CHANGE = """\

~ table t
    ~ column kind
        type: varchar(20) → varchar(30)

0 to add, 1 to change, 0 to drop
"""


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a repository with a spec as a file and as a directory; each is edited since."""
    monkeypatch.chdir(tmp_path)
    git("init", "-q", "-b", "main")
    Path("spec/parts").mkdir(parents=True)
    parts = {"_spec.yaml": "name: shop\n", "t.yaml": OLD.partition("\n")[2]}
    Path("spec/shop.yaml").write_text(OLD, encoding="utf-8")
    for name, text in parts.items():
        Path("spec/parts", name).write_text(text, encoding="utf-8")
    git("add", ".")
    git("commit", "-q", "-m", "first")
    Path("spec/shop.yaml").write_text(NEW, encoding="utf-8")
    Path("spec/parts/t.yaml").write_text(NEW.partition("\n")[2], encoding="utf-8")
    return tmp_path


@pytest.mark.parametrize("path", ["spec/shop.yaml", "spec/parts"])
@pytest.mark.usefixtures("repository")
def test_a_revision_of_git(path: str) -> None:
    for arguments in ([f"main:{path}"], [f"main:{path}", path]):
        result = run(*arguments)
        assert result.stdout == f"main:{path} → {path}\n{CHANGE}"
        assert result.exit_code == 1
    result = run(f"main:{path}", f"HEAD:{path}")
    assert (result.exit_code, result.stdout) == (0, "")
    assert result.stderr == f"no difference: main:{path} and HEAD:{path}\n"


def test_a_path_of_git_counts_from_the_top(
    repository: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(repository / "spec")
    for name in ("shop.yaml", "parts"):
        for old in (f"main:spec/{name}", f"main:./{name}"):
            result = run(old)
            assert result.exit_code == 1, result.stderr
            assert CHANGE in result.stdout


def test_a_worktree_has_its_own_files(
    repository: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    git("worktree", "add", "-q", "-b", "topic", "elsewhere")
    monkeypatch.chdir(repository / "elsewhere")
    assert run("main:spec/shop.yaml").exit_code == 0  # the edit is not here
    Path("spec/shop.yaml").write_text(NEW, encoding="utf-8")
    git("commit", "-q", "-a", "-m", "second")
    for revision in ("main", "topic~1"):
        result = run(f"{revision}:spec/shop.yaml")
        assert result.exit_code == 1, result.stderr
        assert CHANGE in result.stdout


def test_a_shallow_clone_says_that_it_is_one(
    repository: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    git("commit", "-q", "-a", "-m", "second")
    git("clone", "-q", "--depth", "1", repository.as_uri(), "shallow")
    monkeypatch.chdir(repository / "shallow")
    assert run("HEAD:spec/shop.yaml").exit_code == 0
    for revision in ("HEAD~1", "v1"):
        result = run(f"{revision}:spec/shop.yaml")
        assert (result.exit_code, result.stdout) == (2, "")
        assert f"error: {revision}:spec/shop.yaml: git: invalid object" in result.stderr
        assert "hint: this clone is shallow" in result.stderr


def test_a_path_outside_of_the_repository(
    repository: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    inner = repository / "inner"
    inner.mkdir()
    monkeypatch.chdir(inner)
    git("init", "-q", "-b", "main")
    git("commit", "-q", "--allow-empty", "-m", "first")
    result = run("main:../spec/shop.yaml")
    assert (result.exit_code, result.stdout) == (2, "")
    assert "outside repository" in result.stderr
    assert "hint: give the file itself" in result.stderr
    # The file itself is no matter of git.
    assert run("../spec/shop.yaml", "../spec/parts").exit_code == 0


@pytest.mark.parametrize(
    ("source", "message"),
    [
        (
            "nobranch:spec/shop.yaml",
            "git: invalid object name 'nobranch'",
        ),
        ("main:spec/none.yaml", "git: path 'spec/none.yaml' does not exist in 'main'"),
        ("--help:spec/shop.yaml", "no such option"),
        ("nofile.yaml", "no such file"),
        ("models:nomodule", "names no models"),
        ("models:nomodule:Base", "No module named 'nomodule'"),
        ("mysql://host/name", "is no URL of a PostgreSQL database"),
        (
            "postgresql://me:secret@127.0.0.1:1/x",
            "cannot connect to postgresql://me:***@",
        ),
    ],
)
@pytest.mark.usefixtures("repository")
def test_what_cannot_be_read(source: str, message: str) -> None:
    result = run(source, "spec/shop.yaml")
    assert result.exit_code == 2
    assert message in result.stderr
    assert "hint: " in result.stderr or "no such option" in result.stderr
    assert "Traceback" not in result.stderr
    assert "secret" not in result.stderr
    assert result.stdout == ""


def test_outside_of_a_repository(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path.parent))
    result = run("main:spec.yaml")
    assert result.exit_code == 2
    assert "hint: run in the repository that the spec is in" in result.stderr


@pytest.mark.usefixtures("repository")
def test_a_mistake_in_an_old_spec_has_its_line() -> None:
    Path("spec/shop.yaml").write_text("name: shop\ntable: {}\n", encoding="utf-8")
    git("commit", "-q", "-a", "-m", "broken")
    result = run("main:spec/shop.yaml", "spec/parts")
    assert result.exit_code == 2
    assert "error: main:spec/shop.yaml:2:1:" in result.stderr


def test_the_history(project: Environment, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(project.root)
    path = project.spec(OLD)
    root = "migrations" if project.ini.exists() else "output"
    place = f"history ({root})"
    nothing = run("history", path)
    assert nothing.exit_code == 1
    assert nothing.stderr == f"note: no revision in {root} yet\n"
    assert "+ table t\n    + column id integer" in nothing.stdout
    assert CliRunner().invoke(main, [path]).exit_code == 0
    assert run(path).stderr == f"no difference: {place} and {path}\n"
    project.spec(NEW)
    for arguments in ([path], ["history", path]):
        result = run(*arguments)
        assert result.stdout == f"{place} → {path}\n{CHANGE}"
    assert run(path, "history").stdout.startswith(f"{path} → {place}\n")
    with databases.database() as url:
        execute(url, "CREATE TABLE t (id integer NOT NULL, kind varchar(20) NOT NULL)")
        assert run("history", url).exit_code == 0
        assert run(path, url).exit_code == 1


def test_a_history_without_a_spec_needs_one(
    project: Environment, monkeypatch: pytest.MonkeyPatch, database: str
) -> None:
    monkeypatch.chdir(project.root)
    none = run("history", database)
    assert "no revision in the history was written by gen-migration" in none.stderr
    for name in ("one", "two"):
        spec = project.spec(OLD.replace("shop", name).replace("  t:", f"  {name}:"))
        assert CliRunner().invoke(main, [spec]).exit_code == 0
    both = run("history", database)
    assert "the history is of several specs: one, two" in both.stderr
    assert (none.exit_code, both.exit_code) == (2, 2)


def test_what_is_to_be_compared(database: str) -> None:
    result = run(database)
    assert result.exit_code == 2
    assert "hint: gen-migration diff SPEC postgresql://" in result.stderr


def test_two_databases(database: str) -> None:
    execute(database, f"{COUNTED.format('a')}; {UNHELD.format('a')}")
    with databases.database(16) as other:
        execute(other, COUNTED.format("a"))
        same = run(database, other)
        assert same.exit_code == 0
        note = f"note: only in {database}, which a spec cannot hold: {WORDS} a_1_pkey of a_1"
        assert same.stderr.startswith(note)
        execute(other, "CREATE TABLE b (x integer)")
        result = run(database, other)
    assert result.exit_code == 1
    assert "+ table b\n    + column x integer\n" in result.stdout


def test_two_databases_name_what_both_cannot_hold(database: str) -> None:
    tables = "; ".join(map(COUNTED.format, "cvw"))
    execute(database, f"{tables}; {UNHELD.format('v')}; {UNHELD.format('w')}")
    with databases.database() as other:
        execute(other, f"{tables}; {UNHELD.format('v')}; {UNHELD.format('c')}")
        result = run(database, other)
    assert result.exit_code == 0
    assert result.stderr.splitlines()[:-1] == [
        f"note: not compared, since a spec cannot hold it: {WORDS} v_1_pkey of v_1",
        f"note: only in {database}, which a spec cannot hold: {WORDS} w_1_pkey of w_1",
        f"note: only in {other}, which a spec cannot hold: {WORDS} c_1_pkey of c_1",
    ]


def test_names_of_not_null_that_one_server_keeps(database: str) -> None:
    named = "CREATE TABLE a (x integer CONSTRAINT there NOT NULL)"
    execute(database, named)
    with databases.database(16) as older, databases.database() as other:
        execute(older, named)
        execute(other, "CREATE TABLE a (x integer NOT NULL)")
        for pair in ([database, older], [older, database]):
            assert run(*pair).exit_code == 0
        assert "name of NOT NULL: there → none" in run(database, other).stdout


def test_what_a_not_null_is_beside_its_name(database: str, tmp_path: Path) -> None:
    plain = "CREATE TABLE a (x integer CONSTRAINT there NOT NULL, y integer)"
    execute(database, plain)
    execute(
        database,
        "ALTER TABLE a ALTER CONSTRAINT there NO INHERIT, ADD NOT NULL y NOT VALID;"
        "COMMENT ON CONSTRAINT there ON a IS 'X.'",
    )
    path = str(tmp_path / "spec.yaml")
    imported = ["import", database, "--output", path, "--name", "a", "--strict"]
    assert invoke(*imported).exit_code == 0
    written = Path(path).read_text(encoding="utf-8")
    assert "not_null: {name: there, no_inherit: true, comment: X.}" in written
    assert "not_null: {name: a_y_not_null, not_valid: true}" in written
    assert run(path, database).exit_code == 0
    with databases.database() as other, databases.database(16) as older:
        execute(other, plain)
        execute(older, plain + "; ALTER TABLE a ALTER y SET NOT NULL")
        assert "NO INHERIT VALID comment 'X.' → VALID" in run(path, other).stdout
        assert run(database, older).exit_code == 0


def test_a_history_that_is_not_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("spec.yaml").write_text(OLD, encoding="utf-8")
    nothing = run("spec.yaml")
    assert nothing.exit_code == 1
    assert nothing.stderr == "note: no revision in output yet\n"
    assert nothing.stdout.startswith("history (output) → spec.yaml\n")
    for arguments in (["spec.yaml"], ["history", "spec.yaml"]):
        wrong = run(*arguments, "--output", "outptu")
        assert (wrong.exit_code, wrong.stdout) == (2, "")
        assert "error: outptu: no such directory\n  hint: " in wrong.stderr
    Path("other.yaml").write_text(OLD.replace("shop", "other"), encoding="utf-8")
    assert invoke("other.yaml").exit_code == 0
    other = run("spec.yaml", "--output", "output")
    assert other.stderr == "note: no revision of shop in output yet\n"
    Path("empty.yaml").write_text("name: other\n", encoding="utf-8")
    assert "note" not in run("empty.yaml").stderr


def test_a_configuration_without_its_directory(generic: Environment) -> None:
    path = generic.spec(OLD)
    shutil.rmtree(generic.root / "migrations")
    result = run(path, "-c", str(generic.ini))
    assert result.exit_code == 2
    assert "Path doesn't exist" in result.stderr


@pytest.mark.parametrize("option", ["--dev-url", "--before"])
def test_options_of_what_is_built(option: str, database: str, spec: str) -> None:
    for pair in ([spec, spec], [spec], ["history", spec], [database, database]):
        result = run(*pair, option, "postgresql://localhost/x")
        assert result.exit_code == 2
        assert f"error: {option} goes with models:" in result.stderr


def test_a_database_that_is_imported_needs_no_server(database: str) -> None:
    result = invoke("import", database, "--dev-url", database)
    assert result.exit_code == 2
    assert "error: --dev-url goes with models:" in result.stderr


@pytest.fixture
def spec(tmp_path: Path) -> str:
    path = tmp_path / "spec.yaml"
    path.write_text(OLD, encoding="utf-8")
    return str(path)


# A table, and what no spec can say of it.
COUNTED = (
    "CREATE TABLE {0} (x integer PRIMARY KEY) PARTITION BY LIST (x);"
    "CREATE TABLE {0}_1 PARTITION OF {0} FOR VALUES IN (1)"
)
UNHELD = "COMMENT ON INDEX {}_1_pkey IS 'I'"
WORDS = "comment on an index"
TABLE = "CREATE TABLE t (id integer NOT NULL, kind varchar(20) NOT NULL)"


def test_objects_of_others_are_counted(database: str, spec: str) -> None:
    execute(
        database, f"{TABLE}; CREATE TABLE others (a integer); CREATE TYPE e AS ENUM ()"
    )
    execute(database, "GRANT SELECT ON t TO PUBLIC")
    result = run(spec, database)
    assert result.exit_code == 0
    assert "has 2 more objects, which the spec does not describe" in result.stderr
    everything = run(spec, database, "--all")
    assert everything.exit_code == 1
    assert "+ table others" in everything.stdout


def test_with_all_everything_that_a_spec_cannot_hold_is_named(
    database: str, spec: str
) -> None:
    execute(database, f"{TABLE}; {COUNTED.format('v')}; {UNHELD.format('v')}")
    assert WORDS not in run(spec, database).stderr
    result = run(spec, database, "--all")
    assert result.exit_code == 1
    assert "+ table v" in result.stdout
    note = f"note: not compared, since a spec cannot hold it: {WORDS} v_1_pkey of v_1\n"
    assert result.stderr.startswith(note)


def test_tables_that_the_spec_refers_to_are_not_counted(
    database: str, tmp_path: Path
) -> None:
    path = tmp_path / "spec.yaml"
    path.write_text(
        "name: shop\nexternal: {public.users: {id: integer}}\ntables:\n  t:\n"
        "    columns: {id: {type: integer, references: public.users.id}}\n",
        encoding="utf-8",
    )
    execute(
        database,
        "CREATE TABLE users (id serial PRIMARY KEY); CREATE TABLE others ();"
        "CREATE TABLE t (id integer NOT NULL CONSTRAINT fk_t_id_users REFERENCES users)",
    )
    result = run(str(path), database)
    assert result.exit_code == 0, result.output
    assert "has 1 more object, which the spec does not describe" in result.stderr


def test_another_home_schema(database: str, spec: str) -> None:
    name = database.partition("?")[0].rpartition("/")[2]
    execute(database, f'CREATE SCHEMA "My App"; SET search_path = "My App"; {TABLE}')
    execute(database, f'ALTER DATABASE {name} SET search_path = "My App"')
    assert run(spec, database).exit_code == 0


def test_an_extension_in_a_schema_of_its_own(database: str, tmp_path: Path) -> None:
    path = tmp_path / "spec.yaml"
    path.write_text(
        "name: s\nextensions: [vector]\ntables: {t: {columns: {v: vector(3)}}}\n",
        "utf-8",
    )
    execute(
        database, "CREATE SCHEMA extensions; CREATE EXTENSION vector SCHEMA extensions"
    )
    execute(database, "CREATE TABLE t (v extensions.vector(3) NOT NULL)")
    result = run(str(path), database)
    assert result.exit_code == 0, result.output


def test_functions_of_others_stand_in_a_file(database: str, tmp_path: Path) -> None:
    path, before = tmp_path / "spec.yaml", tmp_path / "functions.sql"
    path.write_text(
        "name: s\ntables: {t: {columns: {id: {type: text, default: {sql: new_id()}}}}}\n",
        encoding="utf-8",
    )
    sql = "CREATE FUNCTION new_id() RETURNS text LANGUAGE sql AS 'SELECT ''x''::text'"
    before.write_text(sql, encoding="utf-8")
    execute(database, f"{sql}; CREATE TABLE t (id text NOT NULL DEFAULT new_id())")
    refused = run(str(path), database)
    assert refused.exit_code == 2
    assert "function new_id() does not exist" in refused.stderr
    assert "--before" in refused.stderr
    assert run(str(path), database, "--before", str(before)).exit_code == 0


MODELS = """
import enum
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

print("a module that talks")


class Base(DeclarativeBase):
    metadata = sa.MetaData(naming_convention={"pk": "pk_%(table_name)s"})


class Kind(enum.Enum):
    small = 1
    large = 2


class Thing(Base):
    __tablename__ = "things"
    __table_args__ = (sa.CheckConstraint("size IN ('a', 'b')", name="ck_size"),)
    id: Mapped[int] = mapped_column(sa.BigInteger, sa.Identity(always=True), primary_key=True)
    kind: Mapped[Kind]
    size: Mapped[str] = mapped_column(sa.String(20), server_default="a")
    email: Mapped[str | None] = mapped_column(postgresql.CITEXT if CITEXT else sa.Text)
    made: Mapped[str] = mapped_column(sa.DateTime(timezone=True), server_default=sa.func.now())


class Part(Base):
    __tablename__ = "parts"
    __table_args__ = {"schema": "store"}
    id: Mapped[int] = mapped_column(primary_key=True)
    tags: Mapped[list[str]] = mapped_column(postgresql.ARRAY(sa.Text))
"""
FOUND = """\
name: models
schemas: [store]
enums:
  kind: [small, large]
tables:
  things:
    columns:
      id: {type: bigint, primary_key: true, identity: always}
      kind: kind
      size: {type: varchar(20), default: a}
      email: {type: text, nullable: true}
      made: {type: timestamptz, default: {sql: now()}}
    checks:
      ck_size: size IN ('a', 'b')
  store.parts:
    columns:
      id: {type: serial, primary_key: true}
      tags: 'text[]'
"""


@pytest.fixture
def models(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """Return a source of models, in a package that is in the working directory."""
    package = tmp_path / "shop_of_models"
    package.mkdir()
    (package / "__init__.py").touch()
    text = textwrap.dedent(MODELS).replace(
        "CITEXT if CITEXT else ", "CITEXT if 0 else "
    )
    (package / "models.py").write_text(text, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    yield "models:shop_of_models.models:Base.metadata"
    for name in [one for one in sys.modules if one.startswith("shop_of_models")]:
        del sys.modules[name]


def invoke(*arguments: str) -> Result:
    return CliRunner().invoke(main, list(arguments))


def test_models_to_a_spec_and_no_difference(models: str, database: str) -> None:
    result = invoke("import", models, "--strict")
    assert result.exit_code == 0, result.stderr
    assert result.stdout == FOUND
    assert result.stderr == "a module that talks\n"
    Path("spec.yaml").write_text(result.stdout, encoding="utf-8")
    for pair in (
        [models, "spec.yaml"],
        ["spec.yaml", models.removesuffix(".metadata")],
    ):
        assert run(*pair).exit_code == 0
    Path("spec.yaml").write_text(result.stdout.replace("(20)", "(30)"), "utf-8")
    changed = run(models, "spec.yaml")
    assert changed.exit_code == 1
    assert "type: varchar(20) → varchar(30)" in changed.stdout
    assert run(models, database).exit_code == 1


def test_a_mistake_in_models_has_its_line(models: str) -> None:
    path = Path("shop_of_models/models.py")
    text = path.read_text(encoding="utf-8")
    path.write_text(text + "\nraise RuntimeError('no settings')\n", encoding="utf-8")
    result = invoke("import", models)
    assert result.exit_code == 2
    line = text.count("\n") + 2
    assert f"models.py:{line}: the models cannot be imported" in result.stderr
    assert "RuntimeError: no settings" in result.stderr


@pytest.mark.parametrize(
    ("path", "message"),
    [("Base.meta", 'has no "Base.meta"'), ("Kind", '"Kind" is no MetaData')],
)
def test_what_is_no_metadata(models: str, path: str, message: str) -> None:
    result = invoke("import", models.replace("Base.metadata", path))
    assert result.exit_code == 2
    assert message in result.stderr


def test_extensions_that_models_use_are_created(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("models_of_vectors.py").write_text(
        "import sqlalchemy as sa\n"
        "class Vector(sa.types.UserDefinedType):\n"
        "    cache_ok = True\n"
        "    def get_col_spec(self, **kw):\n"
        "        return 'vector(3)'\n"
        "metadata = sa.MetaData()\n"
        "sa.Table('t', metadata, sa.Column('v', Vector()))\n",
        encoding="utf-8",
    )
    result = invoke("import", "models:models_of_vectors:metadata")
    assert result.exit_code == 0, result.stderr
    assert "extensions:\n  vector:" in result.stdout or "[vector]" in result.stdout
    assert "v: {type: vector(3), nullable: true}" in result.stdout


MODULE = """\
import os
import sqlalchemy as sa
metadata = sa.MetaData()
sa.Table("t", metadata, sa.Column("id", sa.Integer))
"""


@pytest.fixture
def module(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Return the file of models whose source is `models:own_models:metadata`."""
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "own_models.py"
    path.write_text(MODULE, encoding="utf-8")
    yield path
    sys.modules.pop("own_models", None)


LISTENER = """\
@sa.event.listens_for(metadata, "before_create")
def listen(target, connection, **kw):
    {}
"""
SUBCLASS = """\
class Meta(sa.MetaData):
    def create_all(self, *arguments, **kw):
        raise SystemExit(0)
metadata = Meta()
"""


@pytest.mark.parametrize(
    ("text", "line", "message"),
    [
        (
            "import sys\nsys.exit('please set DATABASE_URL')\n",
            6,
            "the models cannot be imported: SystemExit: please set DATABASE_URL",
        ),
        ("raise SystemExit(0)\n", 5, "the models cannot be imported: SystemExit: 0"),
        ("raise GeneratorExit\n", 5, "the models cannot be imported: GeneratorExit"),
        ("eval('1 +')\n", 5, "the models cannot be imported: SyntaxError: "),
        ("def broken(:\n", 5, "the models cannot be imported: SyntaxError: "),
        (
            "sa.Table('u', metadata, 1)\n",
            5,
            "the models cannot be imported: ArgumentError: ",
        ),
        (
            "del metadata\ndef __getattr__(name):\n    raise KeyError(name)\n",
            7,
            "the models cannot be imported: KeyError: 'metadata'",
        ),
        (
            LISTENER.format("{}['none']"),
            7,
            "the models cannot be created: KeyError: 'none'",
        ),
        (LISTENER.format("os.sys.exit(0)"), 7, "cannot be created: SystemExit: 0"),
        (
            LISTENER.format("connection.exec_driver_sql('SELECT nothing')"),
            7,
            'PostgreSQL refuses the models: column "nothing" does not exist',
        ),
        (SUBCLASS, 7, "the models cannot be created: SystemExit: 0"),
    ],
)
def test_whatever_models_raise_is_an_error_with_its_line(
    module: Path, text: str, line: int, message: str
) -> None:
    module.write_text(MODULE + text, encoding="utf-8")
    result = invoke("import", "models:own_models:metadata")
    assert result.exit_code == 2, result.output
    assert isinstance(result.exception, SystemExit)
    assert f"error: own_models.py:{line}: " in result.stderr
    assert message in result.stderr
    assert "hint: " in result.stderr
    assert result.stdout == ""


def test_a_missing_table_is_the_models_own_mistake(module: Path) -> None:
    text = "sa.Table('u', metadata, sa.Column('t', sa.ForeignKey('none.id')))\n"
    module.write_text(MODULE + text, encoding="utf-8")
    result = invoke("import", "models:own_models:metadata")
    assert result.exit_code == 2
    assert "could not find table 'none'" in result.stderr
    assert result.stderr.endswith("hint: mend the models\n")


def test_what_models_print_goes_to_standard_error(
    module: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    text = "os.system('echo imported')\nos.write(1, b'bytes\\n')\n"
    listener = LISTENER.format("print('created'); os.system('echo created too')")
    module.write_text(MODULE + text + listener, encoding="utf-8")
    done = invoke("import", "models:own_models:metadata")
    assert done.exit_code == 0, done.output
    assert done.stdout.startswith("name: own_models\n")
    assert "created\n" in done.stderr
    printed = capfd.readouterr()
    assert printed.out == ""
    for said in ("imported", "bytes", "created too"):
        assert f"{said}\n" in printed.err


SECRETS = [
    "host=localhost password=s3cret",
    "dbname=x password = 's3cret s3cret'",
    "dbname=x password='s3cret \\' s3cret",
    r"dbname=x password=a\ s3cret",
    "password=s3cret dbname=a:b",
    "sslpassword=s3cret",
    "passwd=s3cret",
    "postgresql:/me:s3cret@localhost/x",
    "postgres:me:s3cret@localhost/x",
    " postgresql://me:s3cret@localhost/x",
    "postgresql://127.0.0.1:1/x?passwd=s3cret",
    "postgresql://127.0.0.1:1/x?user=me&PASSWORD=s3cret",
]


@pytest.mark.parametrize("text", SECRETS)
def test_no_source_shows_a_password(
    text: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for result in (
        invoke("import", text),
        run(text, "history"),
        run("history", text),
        run(text),
    ):
        assert result.exit_code == 2
        assert "s3cret" not in result.output
        assert "hint: " in result.stderr


def test_a_connection_string_is_no_source(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    text = "host=localhost dbname=x"
    result = invoke("import", text)
    assert f'"{text}" is a connection string of libpq' in result.stderr
    assert "hint: write it as a URL: postgresql://" in result.stderr
    Path(text).write_text(OLD, encoding="utf-8")
    assert run(text, text).stderr == f"no difference: {text} and {text}\n"


def test_what_a_driver_says_has_no_tabs() -> None:
    result = invoke("import", "postgresql://me@127.0.0.1:1/x")
    assert "Is the server running" in result.stderr
    assert "\\t" not in result.stderr


def test_models_and_a_database_name_what_is_not_compared(
    module: Path, database: str
) -> None:
    execute(database, "CREATE TABLE t (id integer)")
    execute(database, f"{COUNTED.format('v')}; {UNHELD.format('v')}")
    assert module.exists()
    result = run("models:own_models:metadata", database)
    assert result.exit_code == 1
    note = (
        f"note: only in {database}, which a spec cannot hold: {WORDS} v_1_pkey of v_1\n"
    )
    assert result.stderr.startswith(note)


def test_models_without_tables(module: Path) -> None:
    module.write_text("import sqlalchemy\nmetadata = sqlalchemy.MetaData()\n", "utf-8")
    result = invoke("import", "models:own_models:metadata")
    assert result.exit_code == 0
    assert result.stderr == "note: nothing found in models:own_models:metadata\n"


def test_two_specs_need_neither_a_database_nor_alembic(repository: Path) -> None:
    code = (
        "import sys; from gen_migration.workflows.compare import compare;"
        "from gen_migration.history.target import Target;"
        "print(bool(compare('main:spec/shop.yaml', None, Target()).review.changes),"
        " sorted({'alembic', 'sqlalchemy', 'psycopg'} & set(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=repository,
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout == "True []\n"
