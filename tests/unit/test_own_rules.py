"""Rules of a project's own, and levels: those of the documentation, and mistakes in them."""

from __future__ import annotations

import io
import itertools
import json
import re
import subprocess
import tarfile
from pathlib import Path
from textwrap import dedent
from typing import TYPE_CHECKING

import pytest
from environment import forked
from gen_migration.base.configuration import configuration, configured
from gen_migration.base.errors import Error
from gen_migration.rules.custom import NOTE, Design, Hit, design_rule
from gen_migration.rules.own import loaded, write

if TYPE_CHECKING:
    from collections.abc import Iterator

    from environment import Done
    from gen_migration.rules.registry import Rules

PAGE = (Path(__file__).parents[2] / "docs" / "custom-rules.md").read_text("utf-8")
EXAMPLES = "\n".join(re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL))
OLD = """\
name: app
tables:
  users: {columns: {id: uuid, tenant_id: uuid}}
"""
NEW = """\
name: app
tables:
  users:
    columns: {id: uuid, tenant_id: uuid, data: {type: json, nullable: true}}
    indexes: {by_tenant: [tenant_id], ix_users_id: [id]}
  notes: {columns: {id: uuid, at: timestamptz}}
"""
NUMBER = itertools.count()


def project(root: Path, rules: str, table: str = "", new: str = NEW) -> str:
    """Write a project with a module of rules, and return the module's name, new each time."""
    name = f"rules_of_project_{next(NUMBER)}"
    (root / f"{name}.py").write_text(dedent(rules), encoding="utf-8")
    (root / "pyproject.toml").write_text(
        f'[tool.gen-migration]\nrules = ["{name}"]\n{table}', encoding="utf-8"
    )
    (root / "old.yaml").write_text(OLD, encoding="utf-8")
    (root / "new.yaml").write_text(new, encoding="utf-8")
    return name


def read(root: Path) -> Rules:
    return loaded(root, configuration(root))


def run(root: Path, *arguments: str) -> Done:
    return forked(["gen-migration", *arguments], root)


def test_the_examples_of_the_documentation(tmp_path: Path) -> None:
    project(tmp_path, EXAMPLES)
    done = run(tmp_path, "diff", "old.yaml", "new.yaml", "--format", "json")
    found = {
        (one["code"], one["severity"], one["message"], one["where"])
        for one in json.loads(done.stdout)["findings"]
        if one["code"].startswith("ACME")
    }
    assert found == {
        ("ACME001", "note", "index by_tenant does not begin with ix_", "new.yaml:5:15"),
        ("ACME002", "danger", "table notes has no column tenant_id", "new.yaml:6:3"),
        (
            "ACME003",
            "warning",
            "table users: column data is json, which is to be jsonb",
            "new.yaml:4:49",
        ),
    }
    shown = run(tmp_path, "diff", "old.yaml", "new.yaml", "--format", "sarif").stdout
    rules = json.loads(shown)["runs"][0]["tool"]["driver"]["rules"]
    assert "A table has no tenant_id." in {
        one["shortDescription"]["text"] for one in rules
    }
    explained = run(tmp_path, "explain", "ACME002").stdout
    assert explained.startswith("ACME002: A table has no tenant_id.\n")


def test_a_level_changes_and_switches_off(tmp_path: Path) -> None:
    levels = (
        "[tool.gen-migration.levels]\n"
        'ACME002 = "note"\nACME003 = "off"\n'
        'GM301 = { level = "error", reason = "it cost us a night" }\n'
    )
    project(tmp_path, EXAMPLES, levels)
    done = run(tmp_path, "diff", "old.yaml", "new.yaml", "--format", "json")
    severities = {
        one["code"]: one["severity"] for one in json.loads(done.stdout)["findings"]
    }
    assert severities["ACME002"] == "note"
    assert "ACME003" not in severities
    assert (
        "Here:     danger: it cost us a night"
        in run(tmp_path, "explain", "GM301").stdout
    )
    assert re.search(r"^ACME003 +off ", run(tmp_path, "explain").stdout, re.MULTILINE)


def test_what_is_off_is_no_note_of_a_revision(tmp_path: Path) -> None:
    project(tmp_path, "raise SystemExit('a revision asks no module')")
    (tmp_path / "app.yaml").write_text(OLD, encoding="utf-8")
    assert run(tmp_path, "app.yaml").status == 0
    (tmp_path / "app.yaml").write_text(
        OLD.replace("tenant_id: uuid", "tenant: {type: uuid, renamed_from: tenant_id}"),
        encoding="utf-8",
    )
    assert "GM112" in run(tmp_path, "app.yaml", "--dry-run").stderr
    with (tmp_path / "pyproject.toml").open("a", encoding="utf-8") as file:
        file.write('levels = { GM112 = "off" }\n')
    assert "GM112" not in run(tmp_path, "app.yaml", "--dry-run").stderr


def test_a_finding_of_ones_own_is_ignored_with_a_reason(tmp_path: Path) -> None:
    ignoring = NEW.replace(
        "notes: {", "notes: {ignore: {ACME002: the notes are of nobody}, "
    )
    project(tmp_path, EXAMPLES, new=ignoring)
    shown = run(tmp_path, "diff", "old.yaml", "new.yaml").stdout
    assert "ACME002" not in shown
    assert "GM001" not in shown
    project(tmp_path, EXAMPLES, new=ignoring.replace("ACME002", "ACME009"))
    assert (
        "ignore of ACME009 does nothing"
        in run(tmp_path, "diff", "old.yaml", "new.yaml").stdout
    )


@pytest.mark.parametrize(
    ("rules", "said"),
    [
        ("x = 1", "the module has no rule"),
        (
            "import no_such_module",
            "ModuleNotFoundError: No module named 'no_such_module'",
        ),
        ("1 / 0", "fails: ZeroDivisionError: division by zero"),
        (
            """
            from gen_migration.rules.custom import NOTE, design_rule
            @design_rule("GM999", NOTE, instead="?")
            def one(design):
                '''One.'''
            """,
            '"GM999" is no code of a rule',
        ),
        (
            """
            from gen_migration.rules.custom import NOTE, design_rule
            @design_rule("ACME1", NOTE, instead="?")
            def one(design):
                yield 1
            """,
            "rule ACME1 has no docstring",
        ),
        (
            """
            from gen_migration.rules.custom import NOTE, design_rule
            @design_rule("ACME1", NOTE, instead="?")
            def one(design):
                '''One.'''
            @design_rule("ACME1", NOTE, instead="?")
            def two(design):
                '''Two.'''
            """,
            "two rules have the code ACME1",
        ),
    ],
)
def test_a_mistake_in_a_module_is_told(tmp_path: Path, rules: str, said: str) -> None:
    project(tmp_path, rules)
    with pytest.raises(Error) as caught:
        read(tmp_path)
    assert said in str(caught.value)


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ("yield design.tabel", "AttributeError"),
        ("yield 'found'", "TypeError: 'found' is no Hit"),
        ("return None", "TypeError: 'NoneType' object is not iterable"),
    ],
)
def test_a_mistake_in_a_rule_is_told_with_its_line(
    tmp_path: Path, body: str, said: str
) -> None:
    name = project(
        tmp_path,
        f"""
        from gen_migration.rules.custom import NOTE, design_rule
        @design_rule("ACME1", NOTE, instead="?")
        def one(design):
            '''One.'''
            {body}
        """,
    )
    done = run(tmp_path, "diff", "old.yaml", "new.yaml")
    assert done.status == 2
    assert f"rule ACME1 fails: {said}" in done.stderr
    assert "Traceback" not in done.stderr
    assert f"{name}.py:6: " in done.stderr or body == "return None" or "Hit" in said


def test_names_that_are_none(tmp_path: Path) -> None:
    project(tmp_path, EXAMPLES)
    for name, said in (
        ("schema.no_such", "there is no module schema.no_such"),
        ("json", "there is no module json"),
    ):
        content = f'[tool.gen-migration]\nrules = ["{name}"]\n'
        with pytest.raises(Error, match=re.escape(said)):
            loaded(tmp_path, configured(content.encode(), "pyproject.toml"))
    (tmp_path / "json.py").write_text(EXAMPLES, encoding="utf-8")
    content = '[tool.gen-migration]\nrules = ["json"]\n'
    with pytest.raises(Error, match="json is the name of an installed module, too"):
        loaded(tmp_path, configured(content.encode(), "pyproject.toml"))
    content = '[tool.gen-migration.levels]\nGM3O1 = "off"\n'
    with pytest.raises(Error, match='did you mean "GM3'):
        loaded(tmp_path, configured(content.encode(), "pyproject.toml"))


def test_rules_of_a_revision_are_those_that_were_there(tmp_path: Path) -> None:
    def git(*arguments: str) -> None:
        given = ("-c", "user.name=a", "-c", "user.email=a@b.c")
        subprocess.run(["git", *given, *arguments], cwd=tmp_path, check=True)

    git("init", "-q")
    git("commit", "-q", "--allow-empty", "-m", "nothing")
    name = project(tmp_path, EXAMPLES)
    # A link is what it leads to; what is outside of the repository is no part of a revision.
    (tmp_path / f"{name}.py").rename(tmp_path / f"linked_{name}.py")
    (tmp_path / f"{name}.py").symlink_to(f"linked_{name}.py")
    (tmp_path / "outside.py").symlink_to(tmp_path.parent / "outside.py")
    git("add", ".")
    git("commit", "-q", "-m", "rules")
    (tmp_path / f"{name}.py").unlink()
    # A stranger's change of the module that judges it.
    (tmp_path / f"{name}.py").write_text("raise SystemExit('run')\n", encoding="utf-8")
    (tmp_path / "pyproject.toml").write_text("[tool.gen-migration]\n", encoding="utf-8")
    arguments = ("diff", "old.yaml", "new.yaml", "--rules-from")
    assert "ACME002" in run(tmp_path, *arguments, "HEAD").stdout
    # At the first commit there was nothing.
    assert "ACME002" not in run(tmp_path, *arguments, "HEAD~1").stdout
    # What a module imports is that revision's as well.
    (tmp_path / f"{name}.py").write_text(f"import helper_{name}\n", encoding="utf-8")
    (tmp_path / "pyproject.toml").write_text(
        f'[tool.gen-migration]\nrules = ["{name}"]\n', encoding="utf-8"
    )
    git("commit", "-q", "-a", "-m", "a helper is forgotten")
    strange = tmp_path / f"helper_{name}.py"
    strange.write_text("raise SystemExit('run')\n", encoding="utf-8")
    done = run(tmp_path, *arguments, "HEAD")
    assert f"ModuleNotFoundError: No module named 'helper_{name}'" in done.stderr
    failed = run(tmp_path, *arguments, "nowhere")
    assert failed.status == 2
    assert "nowhere" in failed.stderr


@pytest.mark.parametrize("name", ["../out.py", "a/../../out.py", "/{place}/out.py"])
def test_nothing_of_a_revision_is_written_elsewhere(name: str, tmp_path: Path) -> None:
    content, inside = io.BytesIO(), tmp_path / "inside"
    inside.mkdir()
    with tarfile.open(fileobj=content, mode="w") as tar:
        for one in (name.format(place=tmp_path), "a/within.py"):
            tar.addfile(tarfile.TarInfo(one))
    write(content.getvalue(), inside)
    assert [*tmp_path.rglob("*.py")] == [inside / "a" / "within.py"]


def test_a_rule_is_a_value() -> None:
    @design_rule("ACME7", NOTE, instead="nothing")
    def one(design: Design) -> Iterator[Hit]:
        """One."""
        yield design.hit("")

    assert (one.code, one.family, one.title) == ("ACME7", "3", "One.")
