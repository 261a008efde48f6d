"""`gen-migration diff --format`: where each format comes from, and with which exit status."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import databases
import pytest
from click.testing import CliRunner
from comparing import run
from gen_migration import api
from gen_migration.cli import diff, main
from gen_migration.review.formats.github import annotation
from gen_migration.rules.finding import Finding, Severity
from repositories import NEW, OLD, git
from statements import execute

if TYPE_CHECKING:
    from click.testing import Result

FORMATS = api.FORMATS
TYPE = ("tables", "t", "columns", "kind")
FINDING = Finding(
    code="GM102", severity=Severity.DANGER, message="It is written anew.", path=TYPE
)
# How each begins where something changes, and where nothing does.
BEGINNINGS = {
    "text": ("old.yaml → new.yaml\n\n~ table t\n", ""),
    "markdown": (
        "### Schema: 0 to add, 1 to change, 0 to drop\n",
        "### Schema: no changes\n",
    ),
    "json": ('{\n  "version": 1,', '{\n  "version": 1,'),
    "sql": ("-- upgrade\nALTER TABLE ", ""),
    "mermaid": ("erDiagram\n", "erDiagram\n"),
    "github": ("", ""),
    "gitlab": ("[", "["),
    "sarif": ("{\n", "{\n"),
}


@pytest.fixture(autouse=True)
def _specs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("old.yaml").write_text(OLD, encoding="utf-8")
    Path("new.yaml").write_text(NEW, encoding="utf-8")


@pytest.fixture
def _found(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the rules find one thing, whatever changes."""
    monkeypatch.setattr("gen_migration.review.review.findings", lambda *_: (FINDING,))


def formatted(name: str, *sources: str) -> Result:
    return run(*sources, "--format", name)


@pytest.mark.parametrize("name", FORMATS)
def test_every_format_and_its_exit_status(name: str) -> None:
    some, nothing = BEGINNINGS[name]
    for status, sources, beginning in (
        (1, ("old.yaml", "new.yaml"), some),
        (0, ("old.yaml", "old.yaml"), nothing),
    ):
        result = formatted(name, *sources)
        assert result.exit_code == status, result.stderr
        assert result.stdout.startswith(beginning)
        assert bool(result.stdout) == bool(beginning)
        assert result.stdout[-1:] in {"", "\n"}
        same = formatted(name, *sources)
        assert same.stdout == result.stdout
    wrong = formatted(name, "old.yaml", "none.yaml")
    assert (wrong.exit_code, wrong.stdout) == (2, "")


def test_text_is_what_is_printed_without_being_asked() -> None:
    sources = ("old.yaml", "new.yaml")
    assert run(*sources).stdout == formatted("text", *sources).stdout
    unknown = formatted("html", *sources)
    assert (unknown.exit_code, unknown.stdout) == (2, "")
    assert "'html' is not one of" in unknown.stderr


def test_colours_are_for_terminals(monkeypatch: pytest.MonkeyPatch) -> None:
    arguments = ["diff", "old.yaml", "new.yaml"]
    monkeypatch.delenv("NO_COLOR", raising=False)
    coloured = CliRunner().invoke(main, arguments, color=True)
    assert "\x1b[33m\x1b[1m~ table t\x1b[0m" in coloured.stdout
    assert "\x1b" not in CliRunner().invoke(main, arguments).stdout
    monkeypatch.setenv("NO_COLOR", "1")
    assert "\x1b" not in CliRunner().invoke(main, arguments, color=True).stdout


def test_sql_is_that_of_the_next_revision() -> None:
    assert CliRunner().invoke(main, ["old.yaml"]).exit_code == 0
    Path("old.yaml").write_text(NEW, encoding="utf-8")
    theirs = CliRunner().invoke(main, ["old.yaml", "--sql"]).stdout
    ours = formatted("sql", "old.yaml").stdout

    # What it takes to run them beside them.
    noise = ("BEGIN;", "COMMIT;", "SET ", "SELECT set_config(", "-- Running")

    def statements(text: str) -> list[str]:
        lines = [line for line in text.splitlines() if line]
        return [
            line
            for line in lines
            if "alembic_version" not in line and not line.startswith(noise)
        ]

    assert "ALTER TABLE t ALTER COLUMN kind TYPE VARCHAR(30);" in ours
    assert statements(theirs) == [line for line in ours.splitlines() if line]


def test_a_rename_that_history_has_made_is_none() -> None:
    path = Path("old.yaml")
    assert CliRunner().invoke(main, [str(path)]).exit_code == 0
    renamed = OLD.replace(
        "kind: varchar(20)", "sort: {type: varchar(20), renamed_from: kind}"
    )
    path.write_text(renamed, encoding="utf-8")
    assert "~ column kind → sort (renamed)" in run(str(path)).stdout
    assert CliRunner().invoke(main, [str(path)]).exit_code == 0
    # A column of the old name is a new one.
    path.write_text(renamed.replace("sort:", "kind: int, sort:"), encoding="utf-8")
    result = run(str(path))
    assert "+ column kind integer" in result.stdout
    assert "renamed" not in result.stdout


@pytest.mark.usefixtures("_found")
def test_github_looks_for_files_from_the_top_of_the_repository(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    git("init", "-q", "-b", "main")
    (tmp_path / "backend").mkdir()
    for name in ("old.yaml", "new.yaml"):
        (tmp_path / name).rename(tmp_path / "backend" / name)
    git("add", "-A")
    git("commit", "-qm", "a commit")
    monkeypatch.chdir(tmp_path / "backend")
    sources = ("old.yaml", "new.yaml")
    assert "file=backend/new.yaml,line=4," in formatted("github", *sources).stdout
    log = json.loads(formatted("sarif", *sources).stdout)
    place = log["runs"][0]["results"][0]["locations"][0]["physicalLocation"]
    assert place["artifactLocation"] == {"uri": "backend/new.yaml"}
    assert "danger GM102 new.yaml:4:28\n" in formatted("text", *sources).stdout
    # At a revision of git, a path counts from the top unless it begins with a dot.
    for path in ("./new.yaml", "backend/new.yaml"):
        found = formatted("github", "old.yaml", f"main:{path}").stdout
        assert "file=backend/new.yaml,line=4," in found


@pytest.mark.usefixtures("_found")
def test_a_finding_has_its_line_in_the_new_spec() -> None:
    assert formatted("github", "old.yaml", "new.yaml").stdout == (
        "::error file=new.yaml,line=4,col=28,title=GM102::It is written anew.\n"
    )
    assert "danger GM102 new.yaml:4:28\n" in run("old.yaml", "new.yaml").stdout
    log = json.loads(formatted("sarif", "old.yaml", "new.yaml").stdout)
    (found,) = log["runs"][0]["results"]
    assert found["locations"][0]["physicalLocation"]["region"] == {
        "startLine": 4,
        "startColumn": 28,
    }


@pytest.mark.usefixtures("_found")
def test_a_finding_in_a_directory_and_at_a_revision() -> None:
    head, tables = NEW.split("\n", 1)
    Path("parts").mkdir()
    Path("parts/a.yaml").write_text(head + "\n", encoding="utf-8")
    Path("parts/b.yaml").write_text(tables, encoding="utf-8")
    shown = "::error file=parts/b.yaml,line=3,col=28,"
    assert formatted("github", "old.yaml", "parts").stdout.startswith(shown)
    git("init", "-q", "-b", "main")
    git("add", ".")
    git("commit", "-q", "-m", "first")
    at_revision = formatted("github", "old.yaml", "main:parts")
    assert at_revision.stdout.startswith(shown)


@pytest.mark.usefixtures("_found")
@pytest.mark.parametrize("name", FORMATS)
def test_databases_in_every_format(name: str, database: str) -> None:
    execute(
        database,
        "CREATE TABLE t (id integer NOT NULL, kind varchar(20) NOT NULL, more text)",
    )
    with databases.database() as other:
        execute(other, "CREATE TABLE t (id integer NOT NULL)")
        for sources in (
            ("old.yaml", database),
            (database, "new.yaml"),
            (database, other),
        ):
            result = formatted(name, *sources)
            assert result.exit_code == 1, result.output
            # No revision does it, and no code of a previous version runs: nothing is found.
            words = {"text": "column more", "github": "", "gitlab": "[]"}
            words["sarif"] = '"results": []'
            assert words.get(name, "more") in result.stdout
            assert "GM102" not in result.stdout
    found = json.loads(formatted("json", "old.yaml", database).stdout)
    assert (found["drift"], found["findings"]) == (True, [])
    text = formatted("text", "old.yaml", database).stdout
    assert text.endswith(
        "\n\ndrift: 1 only in the second, 0 different, 0 only in the first\n"
    )


def test_a_rename_beside_a_database(database: str) -> None:
    execute(database, "CREATE TABLE t (id integer NOT NULL, sort varchar(20) NOT NULL)")
    text = OLD.replace(
        "kind: varchar(20)", "kind: {type: varchar(20), renamed_from: sort}"
    )
    Path("new.yaml").write_text(text, encoding="utf-8")
    result = run(database, "new.yaml")
    assert "~ column sort → kind (renamed)" in result.stdout


def test_a_cast_that_is_still_to_be_written_is_a_note() -> None:
    for name, kind in (("old", "date"), ("new", "integer")):
        text = OLD.replace("varchar(20)", kind)
        Path(f"{name}.yaml").write_text(text, encoding="utf-8")
    result = run("old.yaml", "new.yaml")
    assert result.exit_code == 1
    assert "type: date → integer" in result.stdout
    assert result.stderr.startswith("note: new.yaml:4:34: ")
    assert "cannot turn date into integer by itself" in result.stderr


def test_the_help_names_every_format_and_source() -> None:
    text = CliRunner().invoke(main, ["diff", "--help"]).stdout
    for word in (*FORMATS, "history", "models:", "postgresql://", "Exit status: 0"):
        assert word in text


@pytest.mark.parametrize("name", FORMATS)
@pytest.mark.parametrize(
    ("level", "found", "status"),
    [
        ("danger", Severity.DANGER, 1),
        ("danger", Severity.WARNING, 0),
        ("danger", None, 0),
        ("warning", Severity.DANGER, 1),
        ("warning", Severity.WARNING, 1),
        ("warning", Severity.NOTE, 0),
        ("never", Severity.DANGER, 0),
    ],
)
def test_fail_on(
    name: str,
    level: str,
    found: Severity | None,
    status: int,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The status is that of the findings; what is printed is the same."""
    findings = () if found is None else (replace(FINDING, severity=found),)
    monkeypatch.setattr("gen_migration.review.review.findings", lambda *_: findings)
    plain = formatted(name, "old.yaml", "new.yaml")
    done = formatted(name, "old.yaml", "new.yaml", "--fail-on", level)
    assert (done.exit_code, done.stdout) == (status, plain.stdout)
    assert plain.exit_code == 1


def test_fail_on_where_nothing_differs() -> None:
    for level in diff.LEVELS:
        assert run("old.yaml", "old.yaml", "--fail-on", level).exit_code == 0


def test_what_separates_properties_is_escaped() -> None:
    """A comma, a colon and a percent sign in a file's name end no property of an annotation."""
    finding = Finding(
        code="GM102",
        severity=Severity.WARNING,
        message="a, b: 100%\nc",
        path=(),
        where="a,b/c:d/100%.yaml:4:28",
    )
    assert annotation(finding) == (
        "::warning file=a%2Cb/c%3Ad/100%25.yaml,line=4,col=28,title=GM102"
        "::a, b: 100%25%0Ac"
    )
