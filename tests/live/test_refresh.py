"""A spec that follows its models: in place, with its comments, its hints and what else it says."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner
from gen_migration.base.errors import Error
from gen_migration.cli import main
from gen_migration.models import module
from gen_migration.scratch.models_name import Models
from gen_migration.spec.load import load, load_file
from gen_migration.workflows.refresh import refreshed
from gen_migration.workflows.refresh_files import write
from hypothesis import given
from random_examples import EXAMPLES, live
from strategies import Pair, pairs
from yaml_text import yaml_text

if TYPE_CHECKING:
    from pathlib import Path

    from click.testing import Result

SPEC = """\
# The shop.
name: shop # its name
enums:
  state: [open, not yet]
functions:
  touch(): # sets the time
    returns: trigger
    language: plpgsql
    body: |
      BEGIN RETURN NEW; END
views:
  recent: {query: {file: sql/recent.sql}}
tables:
  # Who buys.
  users:
    columns:
      # The key.
      id: {type: bigint, primary_key: true, identity: always}
      name: varchar(5) # short
      note: {type: text, nullable: true, storage: external, ignore: {GM101: because}}
      age: {type: integer, check: age > 0, python: years}
    indexes:
      ix_users_name: [name] # by name
    python: Human
  orders:
    columns:
      id: {type: bigint, primary_key: true, identity: by default}
      user_id: {type: bigint, references: users.id, on_delete: cascade}
      state: {type: state, default: not yet}
  # It will go.
  old:
    columns: {id: {type: bigint, primary_key: true}}
"""
# What is otherwise in the models, and how the spec says it then.
EDITS = {
    "sa.String(5)": "sa.String(50)",
    'NOT_YET = "not yet"': 'NOT_YET = "not yet"\n    GONE = "gone"',
    "    user: Mapped": '    total: Mapped[int] = mapped_column(sa.Integer, comment="a\\nb")\n'
    "    user: Mapped",
}
TAG = """
class Tag(Base):
    __tablename__ = "tags"
    id: Mapped[int] = mapped_column(sa.BigInteger, sa.Identity(always=True), primary_key=True)
"""
FOLLOWED = {
    "[open, not yet]": "[open, not yet, gone]",
    "varchar(5)": "varchar(50)",
    "default: not yet}\n": 'default: not yet}\n      total: {type: integer, comment: "a\\nb"}\n',
    "  # It will go.\n  old:\n    columns: {id: {type: bigint, primary_key: true}}\n": "  tags:\n"
    "    columns:\n      id: {type: bigint, identity: always}\n"
    "    primary_key: {name: tags_pkey, columns: [id]}\n"
    "  # It will go.\n",
}


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "sql").mkdir()
    (tmp_path / "sql" / "recent.sql").write_text("SELECT id FROM orders\n", "utf-8")
    (tmp_path / "shop.yaml").write_text(SPEC, encoding="utf-8")
    return tmp_path


def run(*arguments: str) -> Result:
    return CliRunner().invoke(main, arguments)


def refresh(name: str, *more: str) -> Result:
    source = f"models:{name}:Base.metadata"
    return run("import", source, "--output", "shop.yaml", "--refresh", *more)


def test_a_spec_follows_its_models(project: Path) -> None:
    text = module.text(load_file(project / "shop.yaml"), "declarative")
    (project / "shop_as_it_was.py").write_text(text, encoding="utf-8")
    done = run("diff", "shop.yaml", "models:shop_as_it_was:Base.metadata")
    assert (done.exit_code, done.stdout) == (0, ""), done.stderr
    done = refresh("shop_as_it_was")
    assert (done.exit_code, done.stdout) == (0, ""), done.stderr
    assert (project / "shop.yaml").read_text(encoding="utf-8") == SPEC

    for old, new in EDITS.items():
        assert old in text
        text = text.replace(old, new)
    text = text[: text.index("class Old(")] + TAG
    (project / "shop_as_it_is.py").write_text(text, encoding="utf-8")
    done = refresh("shop_as_it_is")
    assert (done.exit_code, done.stdout) == (0, "shop.yaml\n"), done.stderr
    wanted = SPEC
    for old, new in FOLLOWED.items():
        assert old in wanted
        wanted = wanted.replace(old, new)
    found = (project / "shop.yaml").read_text(encoding="utf-8")
    assert found == wanted
    assert run("diff", "shop.yaml", "models:shop_as_it_is:Base.metadata").exit_code == 0


KEY = "columns: {id: {type: bigint, primary_key: true}}"
SPLIT = {
    "_spec.yaml": "# The shop.\nname: shop\nenums: {state: [open, not yet]}\n",
    "users.yaml": f"tables:\n  users: # who buys\n    {KEY}\n",
    "old.yaml": f"tables:\n  old:\n    {KEY}\n",
    "gone.yaml": f"# Why it is.\ntables:\n  gone:\n    {KEY}\n",
}
SPLIT_MODELS = """
import sqlalchemy as sa

metadata = sa.MetaData()
state = sa.Enum("open", "not yet", name="state", metadata=metadata)
for name in ("users", "tags"):
    key = sa.Column("id", sa.BigInteger, primary_key=True, autoincrement=False)
    age = sa.Column("age", sa.Integer, nullable=False)
    sa.Table(name, metadata, key, age)
"""


def test_a_spec_of_a_file_for_each_table_follows_its_models(project: Path) -> None:
    spec = project / "spec"
    spec.mkdir()
    for name, text in SPLIT.items():
        (spec / name).write_text(text, encoding="utf-8")
    (project / "split_models.py").write_text(SPLIT_MODELS, encoding="utf-8")
    source = "models:split_models:metadata"
    done = run("import", source, "--output", "spec", "--refresh")
    assert done.exit_code == 0, done.stderr
    assert {*done.stdout.splitlines()} == {
        "spec/users.yaml",
        "spec/tags.yaml",
        "spec/old.yaml (removed)",
        "spec/gone.yaml",
    }
    found = {one.name: one.read_text(encoding="utf-8") for one in spec.glob("*.yaml")}
    assert found.keys() == {"_spec.yaml", "users.yaml", "tags.yaml", "gone.yaml"}
    assert found["_spec.yaml"] == SPLIT["_spec.yaml"]
    assert found["gone.yaml"] == "# Why it is.\ntables: {}\n"
    assert "users: # who buys\n" in found["users.yaml"]
    assert "age: integer" in found["users.yaml"]
    assert found["tags.yaml"].startswith("tables:\n  tags:\n")
    assert run("diff", "spec", source).exit_code == 0
    assert run("import", source, "--output", "spec", "--refresh").stdout == ""


def test_what_it_does_not_go_with() -> None:
    done = refresh("any", "--name", "other")
    assert "--refresh goes with models and --output" in done.stderr


# A type that the new spec alone has; statistics, or a view, on a table that is gone.
REFUSED = (
    "PostgreSQL refuses the models",
    "cannot be written as the models are",
    "PostgreSQL refuses the schema",
)


@pytest.mark.fuzz
def test_random_specs_follow_random_models(project: Path) -> None:
    counter = itertools.count()

    @live(EXAMPLES // 10)
    @given(pairs())
    def each(pair: Pair) -> None:
        old, new, *_ = pair
        name = f"models_of_edit_{next(counter)}"
        path = project / "random.yaml"
        path.write_text(yaml_text(old), encoding="utf-8")
        text = module.text(load(yaml_text(new), "new.yaml"), "tables")
        (project / f"{name}.py").write_text(text, encoding="utf-8")
        source = Models(name, "metadata")
        try:
            found = refreshed(path, source, None)
            if found:
                write(found, path)
                assert refreshed(path, source, None) == {}
        except Error as error:
            assert any(why in error.message for why in REFUSED)  # noqa: PT017

    each()
