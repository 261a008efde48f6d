"""The tool inside real Alembic environments, made by `alembic init` with each template."""

from __future__ import annotations

import contextlib
import os
import re
import subprocess
import zoneinfo
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import databases
import pytest
from alembic_batch import batch, driver_url
from click.testing import CliRunner
from dumps import dump
from environment import (
    SHOP,
    Environment,
    environment,
    refused,
    revision_of,
    written,
)
from gen_migration.cli import main
from gen_migration.scratch import databases as scratch
from ruff.__main__ import find_ruff_bin

EPOCH = "1700000000"  # 2023-11-14 22:13:20 UTC

BLOG = """\
name: blog
description: Create the blog.
tables:
  posts:
    columns:
      id: {type: bigint, primary_key: true}
"""
# What the naming convention of a project would make of the names, if it could.
METADATA = """
import sqlalchemy as sa

target_metadata = sa.MetaData(
    naming_convention={
        "pk": "pk_other_%(table_name)s",
        "fk": "fk_other_%(table_name)s_%(column_0_name)s",
        "uq": "uq_other_%(table_name)s_%(column_0_name)s",
        "ix": "ix_other_%(column_0_label)s",
        "ck": "ck_other_%(table_name)s_%(constraint_name)s",
    }
)
from sqlalchemy.schema import conv

sa.Table("hand", target_metadata, sa.Column("id", sa.Integer(), primary_key=True))
sa.Table(
    "customers",
    target_metadata,
    sa.Column("id", sa.BigInteger(), sa.Identity(always=True), primary_key=True),
    sa.Column("email", sa.Text(), nullable=False),
    sa.Column("state", sa.Text(), nullable=False, server_default="new"),
    sa.UniqueConstraint("email", name=conv("uq_customers_email")),
    sa.Index(conv("ix_customers_by_their_current_state_only"), "state"),
)
sa.Table(
    "orders",
    target_metadata,
    sa.Column("id", sa.BigInteger(), sa.Identity(always=True), primary_key=True),
    sa.Column("customer_id", sa.BigInteger(), nullable=False),
    sa.ForeignKeyConstraint(
        ["customer_id"],
        ["customers.id"],
        name=conv("fk_orders_customer_id_customers"),
        ondelete="CASCADE",
    ),
)
"""


@pytest.fixture
def forked(generic: Environment) -> Environment:
    """Return an environment with a root aaaa and two heads, bbbb and cccc, on it."""
    generic.hand_written("aaaa1111")
    generic.hand_written("bbbb1111", "--branch-label", "left")
    generic.hand_written("cccc1111", "--head", "aaaa1111", "--splice")
    return generic


def constraints(url: str) -> list[str]:
    query = (
        "SELECT conname FROM pg_constraint WHERE connamespace = 'public'::regnamespace"
        " AND contype <> 'n' UNION SELECT indexname FROM pg_indexes"
        " WHERE schemaname = 'public' ORDER BY 1"
    )
    with scratch.connect(url) as connection:
        return [row[0] for row in connection.execute(query)]


# --- the life of a revision -------------------------------------------------------------


@pytest.mark.parametrize(
    ("template", "driver"),
    [
        ("generic", "psycopg"),
        ("generic", "psycopg2"),
        ("async", "asyncpg"),
        ("pyproject", "psycopg"),
        ("pyproject_async", "asyncpg"),
    ],
)
def test_revision_lives_in_an_environment(
    template: str, driver: str, tmp_path: Path, database: str
) -> None:
    project = environment(tmp_path / "project", template)
    project.edit(
        project.ini, "driver://user:pass@localhost/dbname", driver_url(database, driver)
    )
    project.edit(project.root / "migrations/env.py", "target_metadata = None", METADATA)
    parent = project.hand_written("aaaa1111")
    text = parent.read_text("utf-8")
    up = 'op.create_table("hand", sa.Column("id", sa.Integer(), primary_key=True))'
    text = text.replace("    pass\n", f"    {up}\n", 1)
    parent.write_text(text.replace("    pass\n", '    op.drop_table("hand")\n', 1))

    done = project.run(project.spec())
    path = written(done)
    assert project.down_revision(path) == "aaaa1111"
    revision = revision_of(project.root / path)
    assert path == f"migrations/versions/{revision}_shop.py"

    outputs = batch(
        project,
        database,
        ["upgrade", "head"],
        ["relations"],
        ["current"],
        ["check"],
        ["downgrade", "-1"],
        ["relations"],
        ["downgrade", "base"],
        ["relations"],
        ["upgrade", "head"],
        ["upgrade", "head", "--sql"],
        ["history"],
        ["heads"],
    )
    everything = (
        "alembic_version customers customers_id_seq hand hand_id_seq orders"
        " orders_id_seq"
    )
    assert outputs[1] == everything
    assert outputs[2] == f"{revision} (head)"
    assert outputs[3] == "No new upgrade operations detected."
    assert outputs[5] == "alembic_version hand hand_id_seq"
    assert outputs[7] == "alembic_version"
    assert outputs[10].splitlines() == [
        f"aaaa1111 -> {revision} (head), Create the shop.",
        "<base> -> aaaa1111, by hand",
    ]
    assert outputs[11] == f"{revision} (head)"
    assert [name for name in constraints(database) if "hand" not in name] == [
        "alembic_version_pkc",
        "ck_customers_state",
        "fk_orders_customer_id_customers",
        "ix_customers_by_their_current_state_only",
        "pk_customers",
        "pk_orders",
        "uq_customers_email",
    ]

    with databases.database() as other:
        with scratch.connect(other) as connection:
            connection.execute(outputs[9])
        assert dump(database) == dump(other)


def test_multidb_is_refused(tmp_path: Path) -> None:
    project = environment(tmp_path / "project", "multidb")
    before = project.files()
    refused(project.generate(), "alembic.ini", "multidb", "-c")
    assert before == project.files()
    assert not (project.root / "output").exists()


def test_same_id_as_without_alembic(generic: Environment) -> None:
    inside = written(generic.generate())
    outside = written(generic.generate("--output", "elsewhere"))
    assert Path(inside).name == Path(outside).name
    texts = [(generic.root / path).read_bytes() for path in (inside, outside)]
    assert texts[0] == texts[1]


# --- where the configuration is ---------------------------------------------------------


def test_configuration_is_found_from_elsewhere(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    elsewhere = Environment(tmp_path / "elsewhere")
    elsewhere.root.mkdir()
    by_option = environment(tmp_path / "option")
    path = written(elsewhere.generate("-c", "../option/alembic.ini"))
    assert (elsewhere.root / path).resolve().parent == by_option.versions

    by_variable = environment(tmp_path / "variable")
    monkeypatch.setenv("ALEMBIC_CONFIG", str(by_variable.ini))
    path = written(elsewhere.generate())
    assert (elsewhere.root / path).resolve().parent == by_variable.versions
    assert (elsewhere.root / path).is_file()
    again = elsewhere.generate("-c", "../option/alembic.ini")
    assert again.stderr.startswith("up to date: ")

    monkeypatch.setenv("ALEMBIC_CONFIG", "../variable/nothing.ini")
    refused(elsewhere.generate(), "nothing.ini", "no such file")
    assert elsewhere.files() == []


def test_toml_is_found_from_elsewhere(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    project = environment(tmp_path / "project", "pyproject")
    elsewhere = Environment(tmp_path / "elsewhere")
    elsewhere.root.mkdir()
    monkeypatch.setenv("ALEMBIC_CONFIG", "../project/pyproject.toml")
    path = written(elsewhere.generate())
    assert (elsewhere.root / path).resolve().parent == project.versions
    monkeypatch.delenv("ALEMBIC_CONFIG")
    for name in ("pyproject.toml", "alembic.ini"):
        done = elsewhere.generate("--config", f"../project/{name}")
        assert done.stderr.startswith("up to date: ")
    project.ini.unlink()
    assert project.generate().stderr.startswith("up to date: ")


def test_pyproject_without_alembic_is_no_configuration(tmp_path: Path) -> None:
    project = Environment(tmp_path)
    (tmp_path / "pyproject.toml").write_text("[project]\nname = 'x'\n")
    assert written(project.generate()).startswith("output/")


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("[tool.alembic]\nscript_location = \n", id="not-toml"),
        pytest.param("[tool.alembic]\nx = 1\n", id="no-script-location"),
        pytest.param(
            "[tool.alembic]\nscript_location = 'nothing'\n", id="no-such-place"
        ),
        pytest.param("# [tool.alembic]\n[project]\nname = 'x'\n", id="comment"),
    ],
)
def test_broken_toml(text: str, tmp_path: Path) -> None:
    project = Environment(tmp_path)
    (tmp_path / "pyproject.toml").write_text(text)
    done = project.generate()
    if text.startswith("#"):
        assert written(done).startswith("output/")
    else:
        refused(done, "pyproject.toml")
        # Nothing has been imported yet, so no revision can be at fault.
        assert "a revision cannot be imported" not in done.stderr
        assert not (tmp_path / "output").exists()


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("script_location = migrations\n", id="no-section"),
        pytest.param("[alembic]\nx = 1\n", id="no-script-location"),
        pytest.param("[alembic]\nscript_location = nothing\n", id="no-such-place"),
        pytest.param(
            "[alembic]\nscript_location = %(nothing)s/x\n", id="interpolation"
        ),
    ],
)
def test_broken_ini(text: str, generic: Environment) -> None:
    generic.ini.write_text(text)
    before = generic.files()
    done = generic.generate()
    refused(done, "alembic.ini")
    assert "a revision cannot be imported" not in done.stderr
    assert before == generic.files()


@pytest.mark.parametrize(
    "arguments",
    [
        ("--head", "head"),
        ("--splice",),
        ("--branch-label", "x"),
        ("--version-path", "x"),
        ("--depends-on", "x"),
    ],
    ids=lambda arguments: arguments[0],
)
def test_options_need_a_configuration(
    arguments: tuple[str, ...], tmp_path: Path
) -> None:
    done = Environment(tmp_path).generate(*arguments)
    refused(done, arguments[0], "Alembic configuration", "-c")
    assert not (tmp_path / "output").exists()


def test_output_beside_a_configuration(generic: Environment) -> None:
    assert written(generic.generate("--output", "here")).startswith("here/")
    assert generic.files() == []
    refused(generic.generate("--output", "here", "-c", "alembic.ini"), "contradict")


# --- names of files ---------------------------------------------------------------------


def test_file_template(generic: Environment, monkeypatch: pytest.MonkeyPatch) -> None:
    date = "%%(year)d/%%(month).2d/%%(day).2d_%%(hour).2d%%(minute).2d%%(second).2d"
    generic.configure(
        file_template=f"{date}_%%(epoch)s-%%(rev)s-%%(slug)s",
        recursive_version_locations="true",
        truncate_slug_length="12",
    )
    monkeypatch.setenv("SOURCE_DATE_EPOCH", EPOCH)
    path = written(generic.generate("-m", "The shop and what belongs to it"))
    revision = revision_of(generic.root / path)
    name = f"14_221320_{EPOCH}-{revision}-the_shop.py"
    assert path == f"migrations/versions/2023/11/{name}"
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1800000000")
    assert generic.generate().stderr.startswith("up to date: ")
    assert generic.files() == [path]


def test_subdirectory_that_alembic_does_not_read(generic: Environment) -> None:
    """Without recursive_version_locations, Alembic would never see the file again."""
    generic.configure(file_template="sub/%%(rev)s_%%(slug)s")
    generic.generate()
    second = generic.generate()
    assert len(generic.files()) <= 1
    assert second.status == 2 or second.stderr.startswith("up to date")
    assert "Traceback" not in second.stderr


def test_dates_are_deterministic(
    generic: Environment, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    template = "%%(year)d%%(month).2d%%(day).2d%%(hour).2d%%(minute).2d_%%(rev)s"
    other = environment(tmp_path / "other")
    monkeypatch.setenv("SOURCE_DATE_EPOCH", EPOCH)
    found = []
    for project, timezone in ((generic, "UTC"), (other, "America/New_York")):
        project.configure(file_template=template)
        done = project.run(project.spec(), SOURCE_DATE_EPOCH=EPOCH, TZ=timezone)
        found.append(done.stdout.splitlines()[-1])
    assert found[0] == found[1]
    assert found[0].startswith("migrations/versions/202311142213_")


def test_timezone_counts_with_a_fixed_date(
    generic: Environment, monkeypatch: pytest.MonkeyPatch
) -> None:
    if "Asia/Tokyo" not in zoneinfo.available_timezones():
        pytest.skip("no time zones on this machine")
    monkeypatch.setenv("SOURCE_DATE_EPOCH", EPOCH)
    generic.configure(
        file_template="%%(day).2d_%%(hour).2d%%(minute).2d_%%(rev)s",
        timezone="Asia/Tokyo",
    )
    assert Path(written(generic.generate())).name.startswith("15_0713_")


@pytest.mark.parametrize("value", ["", "yesterday", "1.5", "9" * 30])
def test_bad_source_date_epoch(
    value: str, generic: Environment, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", value)
    refused(generic.generate(), "SOURCE_DATE_EPOCH", repr(value))
    assert generic.files() == []


def test_unknown_timezone(generic: Environment) -> None:
    generic.configure(timezone="Europe/Nowhere")
    refused(generic.generate(), "Europe/Nowhere")
    assert generic.files() == []


def test_name_that_is_too_long(generic: Environment) -> None:
    generic.configure(truncate_slug_length="400")
    refused(generic.generate("-m", "long " * 70), "File name too long")
    assert generic.files() == []


@pytest.mark.parametrize(
    "message",
    [
        "Plain words",
        'with \'quotes\', "double" ones and """three"""',
        "back\\slash \\N{no such} \\u12",
        "two\nlines",
        "große Änderung 日本 🎉",
        "%s %(x)s {x} {{ x }} ${x}",
        "trailing backslash \\",
        'trailing quote "',
    ],
)
def test_message(message: str, generic: Environment) -> None:
    path = written(generic.generate("-m", message))
    script = generic.scripts().get_revision("head")
    assert script is not None
    assert script.doc == message
    assert script.longdoc.startswith(message)
    assert generic.files() == [path]
    assert generic.generate().stderr.startswith("up to date: ")


# --- branches ---------------------------------------------------------------------------


def test_several_heads_need_a_choice(forked: Environment) -> None:
    before = forked.files()
    refused(forked.generate(), "bbbb1111", "cccc1111", "alembic merge heads", "--head")
    assert before == forked.files()


@pytest.mark.parametrize(
    ("arguments", "parents"),
    [
        (("--head", "cccc1111"), "cccc1111"),
        (("--head", "bbbb"), "bbbb1111"),
        (("--head", "left@head"), "bbbb1111"),
        (("--head", "cccc1111@head"), "cccc1111"),
        (("--head", "base"), None),
        (("--head", "heads"), ("bbbb1111", "cccc1111")),
        (("--head", "aaaa1111", "--splice"), "aaaa1111"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else None,
)
def test_head(arguments: tuple[str, ...], parents: Any, forked: Environment) -> None:
    path = written(forked.generate(*arguments))
    found = forked.down_revision(path)
    wanted = set(parents) if isinstance(parents, tuple) else parents
    assert (set(found) if isinstance(found, tuple) else found) == wanted
    text = (forked.root / path).read_text("utf-8")
    line = text.partition("Revises:")[2].partition("\n")[0].strip()
    expected = parents if isinstance(parents, tuple) else [parents or ""]
    assert sorted(line.split(", ")) == sorted(expected)
    for again in ((), arguments):
        *notes, last = forked.generate(*again).stderr.splitlines()
        assert last == f"up to date: {path}"
        given = [one for one in again if one in {"--head", "--depends-on"}]
        assert [note.split()[1] for note in notes] == given


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--head", "aaaa1111"), ("aaaa1111", "not a head", "--splice")),
        (("--head", "dddd1111"), ("dddd1111",)),
        (("--head", "nothing@head"), ("nothing",)),
        (("--head", "head"), ("heads",)),
        (("--head", "bbbb1111", "--depends-on", "dddd"), ("dddd",)),
        (("--head", "bbbb1111", "--version-path", "x"), ("version locations",)),
        (("--head", "bbbb1111", "--branch-label", "left"), ("left",)),
        (("--head", "bbbb1111", "--branch-label", "bbbb1111"), ("bbbb1111",)),
        (("--head", ""), ("head",)),
    ],
    ids=lambda value: " ".join(value[-2:]),
)
def test_bad_choice_writes_nothing(
    arguments: tuple[str, ...], words: tuple[str, ...], forked: Environment
) -> None:
    before = forked.files()
    refused(forked.generate(*arguments), *words)
    assert before == forked.files()
    assert not (forked.root / "x").exists()
    forked.alembic("heads")  # the history can still be read


def test_after_a_merge(forked: Environment) -> None:
    forked.alembic("merge", "heads", "--rev-id", "dddd1111", "-m", "join")
    path = written(forked.generate())
    assert forked.down_revision(path) == "dddd1111"


def test_label_and_dependencies(forked: Environment) -> None:
    arguments: tuple[str, ...] = ("--head", "base", "--branch-label", "shop")
    arguments += ("--depends-on", "bbbb", "--depends-on", "cccc1111")
    path = written(forked.generate(*arguments))
    script = forked.scripts().get_revision("shop@head")
    assert script is not None
    assert Path(script.path) == forked.root / path
    assert script.branch_labels == {"shop"}
    assert set(script.dependencies or ()) == {"bbbb1111", "cccc1111"}
    assert (forked.root / path).read_text("utf-8").count("checksum=") == 1
    assert "\nup to date: " in forked.generate(*arguments).stderr
    # The next spec stands on the branch of the first.
    name = forked.spec(BLOG, "blog.yaml")
    with contextlib.chdir(forked.root):
        result = CliRunner().invoke(main, [name, "--head", "shop@head"])
    assert result.exit_code == 0, result.stderr
    second = forked.scripts().get_revision("shop@head")
    assert second is not None
    assert second.down_revision == script.revision


def test_dependency_on_a_branch_keeps_its_name(forked: Environment) -> None:
    written(forked.generate("--head", "cccc1111", "--depends-on", "left"))
    script = forked.scripts().get_revision("cccc1111@head")
    assert script is not None
    assert script.dependencies == "left"


def test_version_locations(generic: Environment) -> None:
    generic.edit(
        generic.ini,
        "[alembic]\n",
        "[alembic]\nversion_locations ="
        " %(here)s/versions_a%(here)s/versions_b\n".replace(
            "a%(here)s", f"a{os.pathsep}%(here)s"
        ),
    )
    refused(generic.generate(), "--version-path")
    assert generic.files() == []
    path = written(generic.generate("--version-path", "versions_b"))
    assert path.startswith("versions_b/")
    name = generic.spec(BLOG, "blog.yaml")
    with contextlib.chdir(generic.root):  # goes where its parent is
        result = CliRunner().invoke(main, [name])
    assert result.exit_code == 0, result.stderr
    assert [Path(name).parent.name for name in generic.files()] == ["versions_b"] * 2
    assert generic.generate().stderr.startswith("up to date: ")


# --- hooks ------------------------------------------------------------------------------


def executable(path: Path, text: str) -> str:
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(0o755)
    return str(path)


def test_hooks_run_and_stdout_is_the_path(generic: Environment) -> None:
    script = executable(
        generic.root / "hook.sh", f'echo talk; echo "$1" >> {generic.root}/log'
    )
    ruff = {"type": "exec", "executable": find_ruff_bin()}
    generic.hooks(
        note={"type": "exec", "executable": script},
        ruff=ruff | {"options": "format --line-length 120 REVISION_SCRIPT_FILENAME"},
    )
    done = generic.run(generic.spec())
    path = written(done)
    assert (generic.root / "log").read_text() == f"{generic.root / path}\n"
    # A revision that a formatter has touched is not one that was edited by hand.
    assert max(map(len, (generic.root / path).read_text("utf-8").splitlines())) > 90
    assert generic.generate().stderr.startswith("up to date: ")
    assert len((generic.root / "log").read_text().splitlines()) == 1
    assert done.stdout == f"{path}\n"


def test_stdout_is_the_path(generic: Environment) -> None:
    generic.configure(version_locations="%(here)s/versions_new")
    parent = generic.root / "versions_new" / "aaaa1111_by_hand.py"
    parent.parent.mkdir()
    text = "revision = 'aaaa1111'\ndown_revision = None\nprint('imported')\n"
    parent.write_text(text)
    done = generic.run(generic.spec())
    assert done.stdout == f"{written(done)}\n"


def test_hook_that_sorts_imports_is_no_hand_edit(generic: Environment) -> None:
    """Alembic's own documentation proposes `ruff check --fix` as a hook."""
    generic.hooks(
        ruff={
            "type": "exec",
            "executable": find_ruff_bin(),
            "options": "check --isolated --quiet --fix --select I --config"
            " lint.isort.force-sort-within-sections=true REVISION_SCRIPT_FILENAME",
        }
    )
    path = written(generic.generate())
    text = (generic.root / path).read_text("utf-8")
    assert text.index("from alembic") < text.index("import sqlalchemy")
    assert generic.generate().stderr.startswith("up to date: ")


@pytest.mark.parametrize(
    ("hook", "words"),
    [
        (
            {"type": "exec", "executable": "/nonexistent/formatter"},
            "/nonexistent/formatter",
        ),
        ({"type": "nonsense"}, "nonsense"),
        ({"executable": "true"}, "broken.type"),
        (
            {"type": "console_scripts", "entrypoint": "no-such-formatter"},
            "no-such-formatter",
        ),
    ],
    ids=["executable", "type", "no-type", "entrypoint"],
)
def test_hook_that_cannot_run(
    hook: dict[str, str], words: str, generic: Environment
) -> None:
    """It is named, and nothing is written that it was to look at."""
    generic.hooks(broken=hook)
    done = generic.generate()
    assert (done.status, done.stdout) == (2, "")
    (error,) = [one for one in done.stderr.splitlines() if one.startswith("error: ")]
    assert words in error
    assert "Traceback" not in done.stderr
    assert generic.files() == []


def test_interrupted_hook_is_told_truly(generic: Environment) -> None:
    script = executable(generic.root / "hook.sh", "kill -INT $PPID; sleep 0.3")
    generic.hooks(stop={"type": "exec", "executable": script})
    done = generic.run(generic.spec())
    assert done.status == 130
    assert "Traceback" not in done.stderr
    assert not (generic.files() and "nothing was written" in done.stderr)
    after = generic.run(generic.spec())
    assert after.status in (0, 130)
    assert len(generic.files()) <= 1


# --- a history that is broken or edited -------------------------------------------------


@pytest.mark.parametrize(
    "code",
    [
        "raise RuntimeError('boom')",
        "import no_such_module_at_all",
        "import sys; sys.exit(1)",
        "1 / 0",
    ],
)
def test_a_revision_by_hand_is_not_run(code: str, generic: Environment) -> None:
    """What is wrong with it is Alembic's to say, when it runs it."""
    path = generic.hand_written("aaaa1111")
    path.write_text(f"{code}\n{path.read_text('utf-8')}\n{code}\n")
    text = (generic.root / written(generic.generate())).read_text("utf-8")
    assert 'down_revision: str | Sequence[str] | None = "aaaa1111"' in text


def test_a_revision_that_is_no_python(generic: Environment) -> None:
    path = generic.hand_written("aaaa1111")
    path.write_text(f"import (\n{path.read_text('utf-8')}")
    before = generic.files()
    refused(generic.generate(), f"{path.name}:1: ", "SyntaxError", "\n  hint: ")
    assert before == generic.files()


def test_history_with_a_hole(generic: Environment) -> None:
    generic.hand_written("aaaa1111")
    generic.hand_written("bbbb1111")
    (generic.versions / "aaaa1111_by_hand.py").unlink()
    before = generic.files()
    done = generic.run(generic.spec())
    refused(done)
    place = "migrations/versions/bbbb1111_by_hand.py"
    assert done.stderr == (
        f"error: {place}: the revision bbbb1111 follows aaaa1111, which is not there\n"
        "  hint: bring the file of aaaa1111 back, or correct down_revision\n"
    )
    assert before == generic.files()


def test_a_dependency_that_is_not_there(generic: Environment) -> None:
    path = generic.hand_written("aaaa1111")
    text = path.read_text("utf-8")
    path.write_text(re.sub(r"(?m)^depends_on.*$", "depends_on = 'cccc1111'", text))
    done = generic.run(generic.spec())
    refused(done, "follows cccc1111, which is not there", "correct depends_on")
    assert "Warning" not in done.stderr


def test_an_id_that_is_there_twice(generic: Environment) -> None:
    path = generic.hand_written("aaaa1111")
    second = path.with_name("second.py")
    second.write_bytes(path.read_bytes())
    done = generic.run(generic.spec())
    refused(done)
    place = "migrations/versions"
    assert done.stderr == (
        f"error: {place}/second.py: the revision aaaa1111 is in"
        f" {place}/aaaa1111_by_hand.py as well\n"
        "  hint: remove one of the two files, or give one an id of its own\n"
    )


def test_history_that_is_a_circle(generic: Environment) -> None:
    path = generic.hand_written("aaaa1111")
    generic.hand_written("bbbb1111")
    text = path.read_text("utf-8")
    path.write_text(
        re.sub(r"(?m)^down_revision.*$", "down_revision = 'bbbb1111'", text)
    )
    before = generic.files()
    done = generic.run(generic.spec())
    refused(done)
    assert "a revision cannot be imported" not in done.stderr
    assert before == generic.files()


def test_revision_that_imports_the_project(generic: Environment) -> None:
    """prepend_sys_path is honoured."""
    (generic.root / "the_project_of_a_test.py").write_text("X = 1\n")
    path = generic.hand_written("aaaa1111")
    text = path.read_text("utf-8")
    path.write_text(f"{text}\nfrom the_project_of_a_test import X  # noqa\n")
    done = generic.run(generic.spec())
    text = (generic.root / written(done)).read_text("utf-8")
    assert '\ndown_revision: str | Sequence[str] | None = "aaaa1111"\n' in text


def test_formatters_are_no_hand_edit(generic: Environment) -> None:
    path = generic.root / written(generic.generate())
    text = path.read_text("utf-8")

    def ruff(*arguments: str) -> None:
        command = [find_ruff_bin(), "format", "--isolated", "--quiet", *arguments]
        subprocess.run([*command, path], check=True)

    ruff("--line-length", "120")
    assert path.read_text("utf-8") != text
    wide = generic.generate()
    assert (wide.status, wide.stdout) == (0, "")
    ruff("--config", "format.quote-style='single'", "--line-length", "40")
    assert "'customers'" in path.read_text("utf-8")
    assert generic.generate().stderr.startswith("up to date: ")
    changed = path.read_text("utf-8").replace("\n", "\r\n").encode()
    path.write_bytes(changed)
    assert generic.generate().stderr.startswith("up to date: ")
    assert path.read_bytes() == changed


@pytest.mark.parametrize(
    ("old", "new", "following"),
    [
        (
            '"ix_customers_by_their_current_state_only"',
            '"ix_customers_other"',
            "ALTER INDEX ix_customers_other",
        ),
        ("sa.text(\"'new'\")", "sa.text(\"'old'\")", "'new'"),
        ("def downgrade() -> None:\n", "def downgrade() -> None:\n    return\n", None),
        ('    op.drop_table("orders")\n', "", None),
        (
            "down_revision: str | Sequence[str] | None = None",
            "down_revision = None",
            None,
        ),
    ],
)
def test_hand_edit_counts(
    old: str, new: str, following: str | None, generic: Environment
) -> None:
    path = generic.root / written(generic.generate())
    generic.edit(path, old, new)
    before = path.read_bytes()
    done = generic.generate()
    if following is None:
        assert done.stderr.startswith("up to date: ")
        assert len(generic.files()) == 1
    else:
        assert following in (generic.root / written(done)).read_text("utf-8")
    assert path.read_bytes() == before


def test_revision_under_a_generated_one_is_rebased(generic: Environment) -> None:
    """A user may move a revision with `down_revision = …`; it does what it did."""
    path = generic.root / written(generic.generate())
    generic.hand_written("zzzz1111", "--head", "base", "--splice")
    generic.edit(path, "| None = None", '| None = "zzzz1111"')
    assert generic.generate().stderr.startswith("up to date: ")


def test_two_specs_at_the_same_moment(generic: Environment) -> None:
    names = [generic.spec(SHOP), generic.spec(BLOG, "blog.yaml"), "shop.yaml"]
    with ThreadPoolExecutor(len(names)) as pool:
        for one in pool.map(generic.run, names):
            assert one.status == 0, one.stderr
    assert len(generic.files()) == 2
    assert len(list(generic.scripts().walk_revisions())) == 2
    assert len(generic.scripts().get_heads()) == 1
