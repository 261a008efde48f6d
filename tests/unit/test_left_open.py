"""What a spec leaves open is no difference to a database."""

from __future__ import annotations

import pytest
from gen_migration.catalog.tolerances import with_names_left_open
from gen_migration.kinds.extensions import Extension
from gen_migration.kinds.schemas import Namespace
from gen_migration.model.not_null_names import free_name
from gen_migration.model.schema import Column, Schema, Table
from gen_migration.postgres.names import PUBLIC, PUBLIC_COMMENT, Name
from gen_migration.postgres.types import Type
from gen_migration.replay.replay import replay
from gen_migration.spec.load import load

T = Name(None, "t")
NAME = "t_a_not_null"
TEXT = Type(name="text")


def schema(name: str | None, version: str | None) -> Schema:
    column = Column(type=TEXT, not_null=name)
    return Schema(
        tables={T: Table(columns={"a": column})},
        objects={"extension": {"vector": Extension(version=version)}},
    )


def test_what_is_left_open_is_left_out() -> None:
    found = schema("old_a_not_null", "0.8.0")
    assert with_names_left_open(found, schema(None, None)) == schema(None, None)


def test_a_name_that_is_left_open_is_known_all_the_same() -> None:
    found = with_names_left_open(schema("old_a_not_null", None), schema(None, None))
    assert found.kept == {(T, "a"): "old_a_not_null"}
    assert free_name(found, T, "b") == "t_b_not_null"
    renamed = Schema(tables={T: Table(columns={"b": Column(type=TEXT)})})
    named = Schema(tables={T: Table(columns={"b": Column(type=TEXT, not_null=NAME)})})
    assert free_name(with_names_left_open(named, renamed), T, "a") == f"{NAME}1"


def test_what_is_given_is_compared() -> None:
    found = schema("old_a_not_null", "0.8.0")
    assert with_names_left_open(found, schema("x", "1.0")) == found


def test_the_name_that_postgresql_chooses_is_none_when_it_is_read() -> None:
    spec = schema("t_a_not_null", None)
    assert with_names_left_open(schema(None, None), spec) == spec


def test_before_18_a_name_is_no_difference() -> None:
    assert with_names_left_open(schema(None, "1"), schema("x", "1"), 17) == schema(
        "x", "1"
    )


def test_what_the_spec_has_not_is_as_it_was_found() -> None:
    found = schema("old_a_not_null", "0.8.0")
    assert with_names_left_open(found, Schema()) == found
    assert with_names_left_open(found, Schema(tables={T: Table(columns={})})) == found


def test_a_comment_on_a_schema_is_no_difference_for_a_spec_without_it() -> None:
    held = {"app": Namespace(comment="Ours."), PUBLIC: Namespace(comment="x")}
    found = Schema(objects={"schema": held})
    plain, said = (
        Schema(objects={"schema": {"app": Namespace(comment=one)}})
        for one in (None, "Mine.")
    )
    assert with_names_left_open(found, plain) == plain
    assert with_names_left_open(found, said).of("schema") == {
        "app": Namespace(comment="Ours.")
    }
    spec = Schema(objects={"schema": {PUBLIC: Namespace(comment="y")}})
    kept = with_names_left_open(found, spec).of("schema")
    assert kept[PUBLIC] == Namespace(comment="x")


@pytest.mark.parametrize("written", ["[public]", "{public: {comment: %s}}"])
def test_public_is_there_already(written: str) -> None:
    text = f"name: x\nschemas: {written.replace('%s', PUBLIC_COMMENT)}\n"
    assert load(text, "x.yaml").schema == Schema()


def test_a_revision_that_creates_public_is_replayed_without_it() -> None:
    text = 'def upgrade():\n    op.execute("CREATE SCHEMA public")\n'
    assert replay(f"from alembic import op\n{text}", "x.py", Schema()) == ((), Schema())
