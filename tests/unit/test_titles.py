"""Titles of revisions: what has changed when all is done, in a line that one can read."""

from __future__ import annotations

from typing import Any

import pytest
from gen_migration.history.titles import summary
from gen_migration.model.schema import Column, Index, Table
from gen_migration.operations import every as op
from gen_migration.postgres.names import Name
from gen_migration.postgres.types import parse_type

T = Name(None, "t")
TABLE = Table(columns={"a": Column(type=parse_type("integer"))})


def view(name: str, old: Any, new: Any) -> op.WholeObject:
    """Return an operation that drops or creates a view; its values are only compared."""
    made = op.DropObject if new is None else op.CreateObject
    return made(kind="view", name=name, old=old, new=new)


def index(old: Any, new: Any) -> op.WholePart:
    made = op.DropIndex if new is None else op.CreateIndex
    return made(table=T, name="ix", old=old, new=new)


def column(name: str) -> op.Operation:
    return op.AddColumn(table=T, name=name, new=Column(type=parse_type("integer")))


ONE, OTHER = Index(elements=()), Index(elements=(), unique=True)
SAID: dict[str, tuple[list[op.Operation], str]] = {
    "what comes back as it was is left out": (
        [view("v", 1, None), column("b"), view("v", None, 1)],
        "Add column b to table t",
    ),
    "what comes back otherwise is one change, where it is done": (
        [view("v", 1, None), column("b"), view("v", None, 2)],
        "Add column b to table t, change view v",
    ),
    "so is an index": (
        [index(ONE, None), index(None, OTHER)],
        "Change index ix of table t",
    ),
    "what is only there meanwhile is nothing": (
        [view("v", None, 1), column("b"), view("v", 1, None)],
        "Add column b to table t",
    ),
    "what goes in the end has gone": (
        [view("v", 1, None), view("v", None, 2), view("v", 2, None)],
        "Drop view v",
    ),
    "what is new in the end is new": (
        [view("v", None, 1), view("v", 1, None), view("v", None, 2)],
        "Create view v",
    ),
    "where nothing is left, it is told what is done": (
        [view("v", 1, None), view("v", None, 1)],
        "Drop view v, create view v",
    ),
    "rows of a table do not come back": (
        [op.DropTable(name=T, old=TABLE), op.CreateTable(name=T, new=TABLE)],
        "Drop table t, create table t",
    ),
    "two others are named, where they fit": (
        [column("b"), column("c"), column("d")],
        "Add column b to table t, add column c to table t and 1 more",
    ),
    "one is, where they do not": (
        [column("b" * 30), column("c")],
        f"Add column {'b' * 30} to table t and 1 more",
    ),
    "values are told": (
        [op.SetComment(kind="table", name=T, old="a" * 9, new="b" * 9)],
        f"Change comment of table t from '{'a' * 9}' to '{'b' * 9}'",
    ),
    "but not where the line is long": (
        [op.SetComment(kind="table", name=T, old="a" * 30, new="b" * 30)],
        "Change comment of table t",
    ),
    "no operations": ([], "Nothing"),
}


@pytest.mark.parametrize("case", SAID)
def test_title(case: str) -> None:
    operations, said = SAID[case]
    assert summary(tuple(operations)) == said
