"""Models of a spec: their text, their names, the command."""

from __future__ import annotations

import ast
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from cases import all_cases, ruff, spec_of
from click.testing import CliRunner
from gen_migration.cli import main
from gen_migration.models import module
from gen_migration.models.inflection import plural, singular
from gen_migration.models.styles import STYLES
from gen_migration.models.unsaid import unsaid
from gen_migration.spec.load import load
from models_law import imported, metadata_of

if TYPE_CHECKING:
    from click.testing import Result

SPEC = """\
name: blog
description: Posts.
enums:
  state: {values: [open, class, "not yet", ""]}
tables:
  users:
    comment: Who writes "posts".
    columns:
      id: {type: bigint, primary_key: true, identity: always}
      name: varchar(50)
      metadata: {type: jsonb, default: {}}
      str: {type: text, nullable: true}
      class: {type: text, python: {type: sqlalchemy:Text, annotation: builtins:str}}
  posts:
    columns:
      id: {type: bigint, primary_key: true, identity: always}
      author_id: {type: bigint, references: users.id, on_delete: cascade}
      editor_id: {type: bigint, nullable: true, references: users.id,
        python: {relationship: checker, back: checked}}
      parent_id: {type: bigint, nullable: true, references: posts.id}
      state: {type: state, default: open}
      states: state[]
      created_at: {type: timestamptz, default: {sql: now()}}
      tags: {type: "text[]", default: []}
    indexes:
      ix_posts_created_at: [created_at desc]
  profiles:
    python: {class: About, mixins: [contextlib:ContextDecorator]}
    columns:
      user_id: {type: bigint, primary_key: true, references: users.id}
  log:
    columns: {line: text}
"""
EXPECTED = Path(__file__).parents[1] / "golden" / "models"


def formatted(spec: str, style: str) -> str:
    return ruff("format", "--isolated", "-", text=module.text(load(spec, "s"), style))


@pytest.mark.parametrize("style", STYLES)
def test_the_text_of_each_style(style: str, request: pytest.FixtureRequest) -> None:
    path = EXPECTED / f"of_{style}.py"
    text = formatted(SPEC, style)
    if request.config.getoption("--update"):
        path.write_text(text, encoding="utf-8")
    assert path.read_text(encoding="utf-8") == text, (
        f"accept: pytest {__file__} --update"
    )


def test_ruff_accepts_each_style() -> None:
    """So does mypy, which reads them with all other files."""
    rules = ("--select", "E,F,I,UP,B", "--ignore", "E501")
    ruff("check", "--isolated", *rules, str(EXPECTED))


def test_golden_cases_are_python_with_what_they_import() -> None:
    texts = [
        module.text(spec_of(case), STYLES[number % len(STYLES)])
        for number, case in enumerate(all_cases())
        if "revision.py" in case.sections
    ]
    found = ruff(
        "check", "--isolated", "--select", "F", "-", text="\n\n\n".join(texts[:1])
    )
    assert "All checks passed" in found
    for text in texts:
        tree = ast.parse(text)
        known = {
            alias.asname or alias.name
            for one in ast.walk(tree)
            if isinstance(one, ast.Import | ast.ImportFrom)
            for alias in one.names
        }
        used = {one.id for one in ast.walk(tree) if isinstance(one, ast.Name)}
        assert known - used <= {"annotations"}


def test_labels_are_the_databases() -> None:
    found = imported(module.text(load(SPEC, "s"), "declarative"))
    assert found.User.__doc__ == 'Who writes "posts".'
    assert [one.value for one in found.State] == ["open", "class", "not yet", ""]
    state = found.Base.metadata.tables["posts"].columns["state"]
    assert state.type.enums == ["open", "class", "not yet", ""]


def test_no_text_of_a_spec_is_run() -> None:
    """Names and labels that would break out of the text come back as themselves (law 9)."""
    hostile = ['"""; raise SystemExit', "'); raise SystemExit(  #", "\\", "{0} %(a)s"]
    labels = "".join(f"\n    - {yaml(one)}" for one in ("a'b", 'a"b', "a\\b"))
    columns = "".join(
        f"\n      {yaml(one)}: {{type: text, default: {yaml(one)}, comment: {yaml(one)}}}"
        for one in hostile
    )
    table = yaml('"' + hostile[0].replace('"', '""') + '"')
    spec = f"name: s\nenums:\n  e:{labels}\ntables:\n  {table}:"
    spec += f"\n    comment: {yaml(hostile[0])}\n    columns:{columns}"
    spec += "\n      id: {type: bigint, primary_key: true}\n      e: e\n"
    for style in STYLES:
        found = imported(module.text(load(spec, "s"), style))
        if style == "pydantic":
            fields = found.RaiseSystemExitRead.model_fields.values()
            assert [one.description for one in fields][:4] == hostile
            continue
        metadata = metadata_of(found)
        (made,) = metadata.tables.values()
        assert (made.name, made.comment) == (hostile[0], hostile[0])
        assert [one.name for one in made.columns] == [*hostile, "id", "e"]
        assert [one.comment for one in made.columns][:4] == hostile
        of: Any = made.columns["e"].type
        assert of.enums == ["a'b", 'a"b', "a\\b"]


def yaml(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def run(*arguments: str) -> Result:
    return CliRunner().invoke(main, ["models", *arguments])


def test_the_file_is_written_and_checked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    spec, output = tmp_path / "blog.yaml", tmp_path / "models.py"
    spec.write_text(SPEC, encoding="utf-8")
    arguments = ("blog.yaml", "--output", "models.py")
    assert (run(*arguments, "--check").exit_code, output.exists()) == (1, False)
    done = run(*arguments)
    assert (done.exit_code, done.stdout) == (0, "models.py\n")
    written = output.read_text(encoding="utf-8")
    assert (run(*arguments, "--check").exit_code, run(*arguments).stdout) == (0, "")
    spec.write_text(SPEC.replace("varchar(50)", "varchar(60)"), encoding="utf-8")
    done = run(*arguments, "--check")
    assert (done.exit_code, done.stdout) == (1, "models.py\n")
    assert output.read_text(encoding="utf-8") == written
    assert run("blog.yaml").stdout == written.replace("String(50)", "String(60)")


def test_a_file_of_others_is_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "blog.yaml").write_text(SPEC, encoding="utf-8")
    (tmp_path / "models.py").write_text("x = 1\n", encoding="utf-8")
    done = run("blog.yaml", "--output", "models.py")
    assert done.exit_code == 2
    assert "the file was not written by gen-migration models" in done.stderr
    assert (tmp_path / "models.py").read_text(encoding="utf-8") == "x = 1\n"


def test_what_models_do_not_say_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    views = "views: {recent: SELECT id FROM posts}\n"
    (tmp_path / "blog.yaml").write_text(SPEC + views, encoding="utf-8")
    assert "note: models do not say the view (1)" in run("blog.yaml").stderr
    assert "note: models do not say the view: recent" in run("blog.yaml", "-v").stderr


def test_an_index_may_be_called_as_a_check() -> None:
    table = "{columns: {a: integer}, indexes: {b: [a]}, checks: {b: a > 0}}"
    assert [*unsaid(load(f"name: s\ntables: {{t: {table}}}\n", "s").schema)] == []


@pytest.mark.parametrize(
    ("hint", "message"),
    [
        ("python: 1x", "does not fit here"),
        ("python: {base: app}", "does not fit here"),
        ("python: {base: app.class:Base}", '"class" is a word of Python'),
        ("python: {base: 'os:system(1)'}", "does not fit here"),
    ],
)
def test_a_hint_is_a_name(hint: str, message: str) -> None:
    with pytest.raises(Exception, match="s:2:") as found:
        load(f"name: s\n{hint}\n", "s")
    assert message in str(found.value)


def test_a_relationship_goes_with_a_key() -> None:
    column = "{type: text, python: {relationship: other}}"
    with pytest.raises(Exception, match='"relationship" goes with "references"'):
        load(f"name: s\ntables: {{t: {{columns: {{a: {column}}}}}}}\n", "s")


@pytest.mark.parametrize(
    ("many", "one"),
    [
        *[("users", "user"), ("people", "person"), ("statuses", "status")],
        *[
            ("boxes", "box"),
            ("houses", "house"),
            ("entries", "entry"),
            ("news", "news"),
        ],
        *[("addresses", "address"), ("caches", "cache"), ("branches", "branch")],
        *[("responses", "response"), ("analyses", "analysis"), ("data", "data")],
    ],
)
def test_nouns(many: str, one: str) -> None:
    assert (singular(many), singular(one)) == (one, one)
    assert plural(one) == many
