"""A kind that only its own declaration knows finds its place in every plan: here, pictures."""

from __future__ import annotations

import re
import sys
from typing import TYPE_CHECKING, Any

import pytest
from gen_migration.base.data_class import dataclass, replace
from gen_migration.kinds import BY_WORD, KINDS
from gen_migration.kinds.kind import Kind
from gen_migration.kinds.references import Finder, words_of
from gen_migration.model.schema import Schema
from gen_migration.plan.planner import plan
from gen_migration.postgres.names import Name, quote_name
from gen_migration.spec.load import load

if TYPE_CHECKING:
    from gen_migration.kinds.references import Reference
    from gen_migration.operations.base import Operation


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture of columns of one relation."""

    of: Name
    columns: tuple[str, ...]
    comment: str | None = None


class Pictures(Kind):
    """Pictures, as far as an order needs them."""

    word = "picture"
    value = Picture
    called = "PICTURE"
    space = "relations"
    groups = (("columns",),)

    def refers(self, value: Any, find: Finder) -> set[Reference]:  # noqa: ARG002
        columns = {("column", value.of, name) for name in value.columns}
        return {("relations", value.of), *columns}


@pytest.fixture(autouse=True)
def _views(monkeypatch: pytest.MonkeyPatch) -> None:
    """Add the kind, of which specs know nothing, to those that a plan walks over."""
    load(TABLES, "spec.yaml")  # so that what reads specs is imported before
    kinds = (*KINDS[:2], Pictures(), *KINDS[2:])
    for name, module in list(sys.modules.items()):
        if PLANNING.match(name) and hasattr(module, "KINDS"):
            monkeypatch.setattr(module, "KINDS", kinds)
    monkeypatch.setitem(BY_WORD, "picture", kinds[2])


PLANNING = re.compile(
    r"gen_migration\.(kinds(\.(graph|nodes))?$|(diff|plan|operations)\b)"
)
TABLES = """\
name: shop
tables:
  z: {columns: {id: integer}}
  a: {columns: {id: integer, note: text}}
"""
A = Name(None, "a")
UPPER, LOWER = Name("public", "above"), Name(None, "zz_below")
VIEWS = {UPPER: Picture(of=LOWER, columns=()), LOWER: Picture(of=A, columns=("id",))}


def schema(text: str = TABLES, views: Any = VIEWS) -> Schema:
    return load(text, "spec.yaml").schema.with_("picture", views)


def lines(operations: tuple[Operation, ...]) -> list[str]:
    return [one.summary for one in operations]


def test_what_stands_on_tables_comes_after_them() -> None:
    made = plan(Schema(), schema())
    assert lines(made.upgrade) == [
        "create table z",
        "create table a",
        "create picture zz_below",
        "create picture public.above",
    ]
    assert lines(made.downgrade) == [
        "drop picture public.above",
        "drop picture zz_below",
        "drop table a",
        "drop table z",
    ]


def test_what_stands_on_a_column_is_off_while_its_type_changes() -> None:
    wider = schema(
        TABLES.replace("a: {columns: {id: integer", "a: {columns: {id: bigint")
    )
    assert lines(plan(schema(), wider).upgrade) == [
        "drop picture public.above",
        "drop picture zz_below",
        "change type of column a.id from integer to bigint",
        "create picture zz_below",
        "create picture public.above",
    ]
    # Of another column, nothing stands in the way.
    other = schema(TABLES.replace("note: text", "note: varchar(9)"))
    assert lines(plan(schema(), other).upgrade) == [
        "change type of column a.note from text to varchar(9)"
    ]


def test_what_lets_go_of_a_column_does_so_before_it_goes() -> None:
    both = {**VIEWS, LOWER: replace(VIEWS[LOWER], columns=("id", "note"))}
    less = schema(TABLES.replace(", note: text", ""))
    assert lines(plan(schema(views=both), less).operations) == [
        "change columns of picture zz_below from ('id', 'note') to ('id',)",
        "drop column note of table a",
    ]
    assert lines(plan(less, schema(views=both)).operations) == [
        "add column note to table a",
        "change columns of picture zz_below from ('id',) to ('id', 'note')",
    ]


def test_what_stands_on_a_table_that_is_made_anew_is_made_anew() -> None:
    parted = TABLES.replace(
        "note: text}}", "note: text}, partition_by: {hash: [id]}, partitions: {}}"
    )
    made = lines(plan(schema(), schema(parted)).operations)
    assert made == [
        "drop picture public.above",
        "drop picture zz_below",
        "drop table a",
        "create table a",
        "create picture zz_below",
        "create picture public.above",
    ]


@pytest.mark.parametrize("name", ["a", "A", "a-b", "a$b", 'q"q', "\U000a5b24", "ü"])
def test_a_name_is_found_however_it_is_written(name: str) -> None:
    """An expression is parsed only where it may hold a name that is looked for."""
    sql = f"{quote_name(name)} > 0"
    assert ("column", A, name) in Finder(words_of([name])).expression(A, sql)
    assert Finder(words_of(["other"])).expression(A, sql) == set()
