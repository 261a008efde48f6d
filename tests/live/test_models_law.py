"""Models create what their spec has built, but for what SQLAlchemy has no words for."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

import databases
import pytest
from cases import Case, all_cases, name_of, spec_of
from gen_migration.history import migrate
from gen_migration.models import module
from gen_migration.models.styles import STYLES
from gen_migration.postgres.names import Name
from gen_migration.spec.load import load
from hypothesis import given
from hypothesis import strategies as st
from models_law import drift, imported, mapped, metadata_of, unlike
from pydantic import ValidationError
from random_examples import EXAMPLES, live
from round_trips import build, revision
from servers import in_turn, some_with_servers
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session
from strategies import documents
from yaml_text import yaml_text

CASES = [
    case
    for case in all_cases()
    if "revision.py" in case.sections and "offline" not in case.sections
]
# The styles that have a MetaData; a dataclass has what a declarative class has.
MADE = [style for style in STYLES if style not in {"dataclass", "pydantic"}]
# What `create_all`, or Alembic, cannot do with them.
REFUSED = {
    # A default that counts with the sequence of another table's serial column, which is not there.
    "table/sequence_of_another": "does not exist",
    "table/sequence_of_another_cycle": "does not exist",
    "table/sequences_of_each_other": "does not exist",
    # A table that a default names by a text; SQLAlchemy knows the order of keys alone.
    "column/default_others": "does not exist",
    # Alembic makes a column of each element of an index.
    "index/column_twice": "is already present in table",
    # SQLAlchemy splits what a foreign key refers to at its dots, also when it reads a database.
    "names/dots": "could not find table",
}


@pytest.mark.parametrize(
    ("version", "case", "style"),
    [(*both, style) for both, style in in_turn(some_with_servers(CASES, 2), MADE)],
    ids=lambda one: name_of(one) if isinstance(one, Case) else one,
)
def test_golden_cases(version: int, case: Case, style: str, tmp_path: Path) -> None:
    spec, before = spec_of(case), case.sections.get("before.sql", "")
    if spec.postgresql > version:
        pytest.skip(f"the spec is for PostgreSQL {spec.postgresql}")
    metadata = metadata_of(imported(module.text(spec, style)))
    with databases.database(version) as url:
        build(url, spec, case.sections["revision.py"], tmp_path, before)
        if (why := REFUSED.get(name_of(case))) is not None:
            with pytest.raises(SQLAlchemyError, match=why):
                assert [*unlike(url, spec, metadata), *drift(url, spec, metadata)]
            return
        assert unlike(url, spec, metadata) == []
        assert drift(url, spec, metadata) == []


SHOP = """\
name: shop
enums:
  state: [open, "not yet"]
tables:
  users:
    columns:
      id: {type: bigint, primary_key: true, identity: always}
      name: varchar(5)
      metadata: {type: jsonb, default: {a: 1}}
      double: {type: text, generated: {stored: name || name}}
  orders:
    columns:
      id: {type: bigint, primary_key: true, identity: by default}
      user_id: {type: bigint, references: users.id, on_delete: cascade}
      parent_id: {type: bigint, nullable: true, references: orders.id}
      state: {type: state, default: not yet}
"""


@pytest.mark.parametrize("style", ["declarative", "dataclass", "sqlmodel"])
def test_rows_go_through_models(style: str) -> None:
    spec = load(SHOP, "shop.yaml")
    shapes = imported(module.text(spec, "pydantic"), "shapes")
    with databases.database() as url, mapped(module.text(spec, style)) as found:
        engine = migrate.engine_of(url)
        metadata_of(found).create_all(engine)
        with Session(engine) as session:
            given = shapes.UserCreate(name="Ada").model_dump(exclude_unset=True)
            user = found.User(**given)
            first = found.Order(user_id=0)
            first.user, first.children = user, [found.Order(user_id=0)]
            first.children[0].user = user
            session.add(user)
            session.commit()
            read = shapes.UserRead.model_validate(user).model_dump(by_alias=True)
            assert read == {
                "id": 1,
                "name": "Ada",
                "metadata": {"a": 1},
                "double": "AdaAda",
            }
            assert [one.state for one in user.orders] == [found.State.NOT_YET] * 2
            (below,) = first.children
            assert (below.parent is first, first.parent) == (True, None)
            session.delete(user)
            session.commit()
            assert session.query(found.Order).count() == 0
        engine.dispose()
    with pytest.raises(ValidationError):
        shapes.UserCreate(name="longer")


@pytest.mark.fuzz
def test_random_specs() -> None:
    @live(EXAMPLES // 6)
    @given(documents(), st.sampled_from(MADE))
    def each(document: dict[str, Any], style: str) -> None:
        source = yaml_text(document)
        spec = load(source, "spec.yaml")
        text = module.text(spec, style)
        metadata = metadata_of(imported(text))
        tables = {Name(one.schema, one.name) for one in metadata.tables.values()}
        wanted = {
            name for name, one in spec.schema.tables.items() if one.parent is None
        }
        assert wanted | {*spec.external} == tables
        with tempfile.TemporaryDirectory() as versions, databases.database() as url:
            build(url, spec, revision(source), Path(versions))
            try:
                found = unlike(url, spec, metadata)
            except SQLAlchemyError as error:
                assert any(why in str(error) for why in REFUSED.values())  # noqa: PT017
            else:
                assert found == []

    each()
