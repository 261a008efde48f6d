"""What TEXT shows is what happens, and everything that there is stands in it."""

from __future__ import annotations

import datetime as dt
import re
import subprocess
import sys
import textwrap
from pathlib import Path

import click
import pytest
from cases import revision_of
from click.testing import CliRunner
from gen_migration.base.configuration import Configuration, configured
from gen_migration.base.errors import Errors
from gen_migration.cli import main
from gen_migration.history import offline_sql
from gen_migration.history.directory import OutputDirectory
from gen_migration.history.target import Target
from gen_migration.review.formats import text as review_text
from gen_migration.scratch import databases
from gen_migration.spec.load import load
from gen_migration.spec.shapes import SpecShape
from gen_migration.verify.verify import Workbench
from gen_migration.workflows.adopt import draft_of
from gen_migration.workflows.compare import compare
from gen_migration.workflows.generate import generate
from gen_migration.workflows.sizes import sizes
from gen_migration.workflows.squash import Asked, squash
from readme import BLOCKS, TEXT, edited

ROOT = Path(__file__).parents[2]
PYTHON = [
    textwrap.dedent(text)
    for text in re.findall(r"```python\n(.*?)```", TEXT, re.DOTALL)
]
YAML = [text for language, text in BLOCKS if language == "yaml"]


def test_the_first_screen_is_true() -> None:
    shown = next(text for language, text in BLOCKS if language == "python")
    assert shown in revision_of(load(YAML[0], "spec.yaml"))


def test_the_next_revision_is_true(tmp_path: Path) -> None:
    shown = [text for language, text in BLOCKS if language == "python"][1]
    diff = next(text for language, text in BLOCKS if language == "diff")
    path = tmp_path / "app.yaml"
    for text in (YAML[0], edited(YAML[0], diff)):
        path.write_text(text, encoding="utf-8")
        result = generate(path, OutputDirectory(tmp_path / "output"))
    assert shown in result.paths[0].read_text(encoding="utf-8")


def committed_on_main() -> None:
    """Make a repository of the working directory, with all of it on a branch main."""
    git = ("git", "-c", "user.name=a", "-c", "user.email=a@example.org")
    for words in (["init", "-q", "-b", "main"], ["add", "."], ["commit", "-qm", "a"]):
        subprocess.run([*git, *words], check=True)


def test_the_review_is_true(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shown = next(text for _, text in BLOCKS if text.startswith("$ gen-migration diff"))
    diff = next(text for language, text in BLOCKS if language == "diff")
    path = tmp_path / "spec" / "app.yaml"
    path.parent.mkdir()
    monkeypatch.chdir(tmp_path)
    path.write_text(YAML[0], encoding="utf-8")
    committed_on_main()
    path.write_text(edited(YAML[0], diff), encoding="utf-8")
    found = compare("main:spec/app.yaml", None, Target())
    text = click.unstyle(review_text.render(found.review))
    assert shown == f"$ gen-migration diff main:spec/app.yaml\n{text}"


SHOP = """\
name: shop
tables:
  orders:
    columns:
      id: { type: bigint, primary_key: true }
      total: integer
      state: text
    indexes:
      ix_orders_state: [state]
  plans:
    columns:
      id: { type: bigint, primary_key: true }
      price: integer
"""


def test_the_review_with_sizes_is_true(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    command = "$ gen-migration diff main:spec/shop.yaml --stats spec/stats.yaml\n"
    shown = next(text for _, text in BLOCKS if text.startswith(command))
    stats = next(text for _, text in BLOCKS if text.startswith("# Sizes for reviews"))
    diff = next(text for language, text in BLOCKS if "-      total: integer" in text)
    path = tmp_path / "spec" / "shop.yaml"
    path.parent.mkdir()
    monkeypatch.chdir(tmp_path)
    path.write_text(SHOP, encoding="utf-8")
    (path.parent / "stats.yaml").write_text(stats, encoding="utf-8")
    committed_on_main()
    path.write_text(edited(SHOP, diff), encoding="utf-8")
    found = compare(
        "main:spec/shop.yaml",
        None,
        Target(),
        sizes=sizes(Path("spec/stats.yaml"), Configuration(), dt.date(2026, 12, 1)),
    )
    text = click.unstyle(review_text.render(found.review))
    assert shown == f"{command}{text}"


def test_what_is_assumed_is_what_stands_there() -> None:
    shown = next(text for language, text in BLOCKS if "busy-writes" in text)
    found = configured(textwrap.dedent(shown).encode(), "pyproject.toml")
    assert found.assume == Configuration().assume
    assert "stats-age" in shown


def test_the_chain_of_one_edit_is_true(tmp_path: Path) -> None:
    diff = [text for language, text in BLOCKS if language == "diff"][1]
    path = tmp_path / "app.yaml"
    for text in (YAML[0], edited(YAML[0], diff)):
        path.write_text(text, encoding="utf-8")
        result = generate(path, OutputDirectory(tmp_path / "output"))
    shown = next(text for _, text in BLOCKS if "_1_of_2_" in text)
    for one in result.paths:
        assert f"output/{one.name}\n" in shown
    assert f"revisions {', '.join(result.revisions)} follow" in shown


def test_the_expansion_is_true(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Expand, deploy, contract: what is said on the terminal, and the files that come."""
    diff = next(text for _, text in BLOCKS if "renamed_from: name, expand" in text)
    command = "$ gen-migration spec/shop.yaml"
    shown = [text for _, text in BLOCKS if text.startswith(command)]
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("GIT_COMMITTER_DATE", "2026-11-30T12:00:00")
    Path("spec").mkdir()
    Path("spec/shop.yaml").write_text(USERS, encoding="utf-8")
    ran("--output", "output")
    Path("spec/shop.yaml").write_text(edited(USERS, diff), encoding="utf-8")
    found = [f"{command}\n{ran('--output', 'output')}"]
    committed_on_main()
    found += [
        f"{command} {option}\n{ran(option, '--output', 'output')}"
        for option in ("--check", "--contract")
    ]
    assert shown == found


USERS = """\
name: shop
tables:
  users:
    columns:
      id: { type: bigint, primary_key: true }
      name: { type: text, default: nobody }
    indexes:
      ix_users_by_name: [name]
"""


def ran(*arguments: str) -> str:
    """Return what a run says, without the line that counts operations."""
    done = CliRunner().invoke(main, ["spec/shop.yaml", *arguments])
    assert done.exit_code == 0, done.output
    lines = done.output.splitlines(keepends=True)
    return "".join(line for line in lines if not line.startswith("revision"))


def test_the_squash_is_true(tmp_path: Path) -> None:
    diff = [text for language, text in BLOCKS if language == "diff"][1]
    path = tmp_path / "app.yaml"
    directory = OutputDirectory(tmp_path / "output")
    for text in (YAML[0], edited(YAML[0], diff)):
        path.write_text(text, encoding="utf-8")
        generate(path, directory)
    done = squash(path, directory, Asked(force=True), Workbench())
    shown = next(text for _, text in BLOCKS if "--squash\n" in text)
    said = [f"output/{one.name}" for one in done.paths]
    said += [f"deleted: output/{one.name}" for one in done.deleted]
    assert shown.splitlines()[1:] == said


def test_the_adopting_revision_is_true() -> None:
    shown = next(text for text in PYTHON if "def adopted" in text)
    spec = load(YAML[0], "spec/app.yaml")
    draft = draft_of(spec, ("parent",), None)
    assert shown in draft.final(draft.header, Path("revision.py"))


def test_the_mistakes_are_reported_as_shown() -> None:
    spec = next(text for text in YAML if "defualt" in text)
    shown = next(text for _, text in BLOCKS if "error: spec/app.yaml" in text)
    with pytest.raises(Errors) as caught:
        load(spec, "spec/app.yaml")
    assert shown.split("\n", 1)[1] == f"{caught.value}\n"


def test_every_other_spec_in_it_loads() -> None:
    for text in YAML:
        if "defualt" not in text:
            load(text, "TEXT.md")


COMMANDS = main.list_commands(click.Context(main))


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_and_option_is_in_it(name: str) -> None:
    command = main.get_command(click.Context(main), name)
    assert command is not None
    assert f"gen-migration {name}" in TEXT or name == "generate"
    assert command.help
    for parameter in command.params:
        for option in parameter.opts:
            assert f"`{option}" in TEXT or not option.startswith("--")


def test_the_drift_is_found_as_shown(database: str, tmp_path: Path) -> None:
    shown = next(text for _, text in BLOCKS if "app.yaml postgresql://" in text)
    path = tmp_path / "app.yaml"
    path.write_text(YAML[0], encoding="utf-8")
    generate(path, OutputDirectory(tmp_path))
    with databases.connect(database) as connection:
        connection.execute("CREATE TABLE users (id uuid PRIMARY KEY)")
        offline_sql.upgrade(database, tmp_path)
        connection.execute("ALTER TABLE notifications ALTER status TYPE varchar(30)")
        connection.execute("CREATE INDEX ON notifications (status)")
    found = compare(str(path), database, Target())
    lines = click.unstyle(review_text.render(found.review)).splitlines()
    assert lines[-len(shown.splitlines()) + 3 :] == shown.splitlines()[3:]


def test_every_key_of_a_spec_is_in_it() -> None:
    for word in SpecShape.by_word():
        assert f"`{word}`" in TEXT


def test_help_fits_a_narrow_terminal() -> None:
    for arguments in (["--help"], *([name, "--help"] for name in COMMANDS)):
        command = [sys.executable, "-m", "gen_migration", *arguments]
        done = subprocess.run(command, capture_output=True, text=True, check=True)
        assert done.stdout.startswith("Usage: ")
        assert max(map(len, done.stdout.splitlines())) <= 80


def test_make_targets_that_it_names_exist() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    for target in re.findall(r"`?make (\w+)", TEXT):
        assert f"\n{target}:" in makefile
