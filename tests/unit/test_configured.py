"""What a command takes from `[tool.gen-migration]` and from the environment."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner
from gen_migration.base.configuration import Configuration
from gen_migration.base.errors import Error
from gen_migration.cli import main
from gen_migration.workflows.configured import (
    configuration_here,
    scratch_of,
    target_of,
)

if TYPE_CHECKING:
    from click.testing import Result

SPEC = "name: {0}\ntables: {{{0}: {{columns: {{id: uuid}}}}}}\n"
NOWHERE = "postgresql://127.0.0.1:1/nothing"


@pytest.fixture(autouse=True)
def _project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("a", "b"):
        Path(f"{name}.yaml").write_text(SPEC.format(name), encoding="utf-8")
    say('specs = ["a.yaml", { path = "b.yaml", output = "of_b" }]')


def say(*lines: str) -> None:
    text = "\n".join(["[tool.gen-migration]", *lines, ""])
    Path("pyproject.toml").write_text(text, encoding="utf-8")


def run(*arguments: str, **environ: str) -> Result:
    return CliRunner().invoke(main, list(arguments), env=environ)


def written() -> list[str]:
    return sorted(str(path.parent) for path in Path().rglob("*.py"))


def test_a_command_without_a_spec_is_for_all() -> None:
    assert run("--check").exit_code == 1
    first = run()
    assert first.exit_code == 0, first.output
    assert written() == ["of_b", "output"]
    assert run().stderr.count("up to date: ") == 2
    assert run("--check").exit_code == 0


def test_the_layout_is_that_of_all() -> None:
    found = run("format", "--check")
    assert (found.exit_code, found.stdout) == (1, "a.yaml\nb.yaml\n")
    assert run("format").exit_code == 0
    assert run("format", "--check").exit_code == 0
    say()
    found = run("format")
    assert found.exit_code == 2
    assert 'specs = ["spec/app.yaml"]' in found.stderr


def test_hints_are_used_where_the_history_of_a_spec_is() -> None:
    assert run("b.yaml").exit_code == 0
    spec = Path("b.yaml")
    new = spec.read_text().replace("b: {columns", "c: {renamed_from: b, columns")
    spec.write_text(new, encoding="utf-8")
    assert run("b.yaml").exit_code == 0
    assert run("format", "--drop-used", "./b.yaml").exit_code == 0
    assert "renamed_from" not in spec.read_text()


def test_one_that_fails_stops_no_other() -> None:
    say('specs = ["gone.yaml", "a.yaml"]')
    found = run()
    assert found.exit_code == 2
    assert "error: gone.yaml: no such file\n  hint: " in found.stderr
    assert written() == ["output"]


def test_the_worst_status_is_that_of_the_command() -> None:
    assert run("a.yaml").exit_code == 0
    assert run("--check").exit_code == 1


def test_a_spec_that_is_named_has_its_place_for_each_command() -> None:
    for spec in ("b.yaml", "./b.yaml"):
        assert run(spec).exit_code == 0
    assert written() == ["of_b"]
    assert run("diff", "b.yaml").exit_code == 0
    # The option wins.
    assert run("b.yaml", "--check", "--output", "other").exit_code == 1
    assert run("diff", "b.yaml", "--output", "of_b").exit_code == 0


def test_what_is_of_one_revision_is_of_one_spec() -> None:
    found = run("-m", "a message")
    assert found.exit_code == 2
    assert "--message is of one spec: name it" in found.stderr
    say('specs = ["a.yaml"]')
    assert run("-m", "a message").exit_code == 0


def test_without_a_spec_in_either_place() -> None:
    say()
    assert run().output.startswith("Usage: ")
    found = run("--check")
    assert found.exit_code == 2
    assert 'specs = ["spec/app.yaml"]' in found.stderr


def test_reviews_fail_on_what_is_configured() -> None:
    Path("new.yaml").write_text("name: a\n", encoding="utf-8")
    assert run("diff", "a.yaml", "new.yaml").exit_code == 1
    say('fail-on = "never"')
    assert run("diff", "a.yaml", "new.yaml").exit_code == 0
    danger = {"GEN_MIGRATION_FAIL_ON": "danger"}
    assert run("diff", "a.yaml", "new.yaml", **danger).exit_code == 1
    never = ("--fail-on", "never")
    assert run("diff", "a.yaml", "new.yaml", *never, **danger).exit_code == 0


def test_the_server_of_scratch_databases() -> None:
    say(f'dev-url = "{NOWHERE}"', 'before = "before.sql"', "verify = true")
    Path("before.sql").write_text("", encoding="utf-8")
    found = run("a.yaml")
    assert found.exit_code == 2
    assert "127.0.0.1" in found.stderr
    assert written() == []
    # What writes nothing proves nothing.
    assert run("a.yaml", "--check").exit_code == 1
    assert run("a.yaml", GEN_MIGRATION_VERIFY="false").exit_code == 0
    assert "127.0.0.1" in run("verify", "a.yaml").stderr
    configured = configuration_here()
    assert scratch_of(configured, None, None) == (NOWHERE, Path("before.sql"))
    assert scratch_of(configured, "else", Path("b")) == ("else", Path("b"))
    assert scratch_of(Configuration(), None, None) == (None, None)


def test_the_environment_wins_over_the_file(monkeypatch: pytest.MonkeyPatch) -> None:
    say('dev-url = "a"')
    monkeypatch.setenv("GEN_MIGRATION_DEV_URL", "b")
    assert configuration_here().dev_url == "b"
    monkeypatch.setenv("GEN_MIGRATION_VERIFY", "perhaps")
    with pytest.raises(Error, match='GEN_MIGRATION_VERIFY: no such value: "perhaps"'):
        configuration_here()


def test_a_place_that_contradicts_itself() -> None:
    say('specs = [{ path = "a.yaml", output = "o", config = "alembic.ini" }]')
    with pytest.raises(Error, match="contradict"):
        target_of(configuration_here(), "a.yaml", None, None, {})


def test_what_is_of_one_spec_takes_the_only_one() -> None:
    several = "pyproject.toml has 2 specs, and this is of one: name it: a.yaml, b.yaml"
    for name in ("models", "diagram", "docs"):
        more = ("--output", "site") if name == "docs" else ()
        say('specs = ["a.yaml"]')
        assert run(name, *more).stdout == run(name, "a.yaml", *more).stdout != ""
        say('specs = ["a.yaml", "b.yaml"]')
        refused = run(name, *more)
        assert (refused.exit_code, refused.stdout) == (2, "")
        assert f"error: {several}\n" in refused.stderr
        say("specs = []")
        assert "error: missing argument 'SPEC'" in run(name, *more).stderr
