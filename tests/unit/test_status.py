"""Positions in a history, the steps that leave a trace, and a status in words."""

from __future__ import annotations

from pathlib import Path

import pytest
from gen_migration.base.data_class import replace
from gen_migration.history.revision import Revision
from gen_migration.model.schema import Schema
from gen_migration.operations import every as op
from gen_migration.operations.rows import Backfill
from gen_migration.postgres.names import Name
from gen_migration.postgres.settings import Safety
from gen_migration.render.backfill import filled, in_batches
from gen_migration.spec.load import load
from gen_migration.status.position import position
from gen_migration.status.read import Answers, InvalidIndex
from gen_migration.status.report import Status, lines
from gen_migration.status.steps import Trace, steps

USERS = Name(None, "users")


def revision(id_: str, *parents: str) -> Revision:
    text = f'"""Do {id_}."""\n'
    return Revision(id=id_, parents=parents, path=Path(f"{id_}.py"), text=text)


HINT = (
    'upgrade it to s first, with the last release that still has old ("alembic upgrade s" there),'
    " and then with this one"
)
HISTORY = (
    revision("a"),
    revision("b", "a"),
    revision("c", "a"),
    revision("d", "b", "c"),
)


@pytest.mark.parametrize(
    ("versions", "waiting", "following"),
    [
        ((), "abcd", "a"),
        (("a",), "bcd", "bc"),
        (("b",), "cd", "c"),
        (("b", "c"), "d", "d"),
        (("d",), "", ""),
        (("x",), "abcd", "a"),
    ],
)
def test_what_waits_and_what_runs_next(
    versions: tuple[str, ...], waiting: str, following: str
) -> None:
    found = position(HISTORY, versions)
    assert "".join(one.id for one in found.waiting) == waiting
    assert "".join(one.id for one in found.next) == following
    assert found.unknown == tuple(one for one in versions if one == "x")


@pytest.mark.parametrize("table", ["users", 's."odd SET"."', "a.b"])
@pytest.mark.parametrize("column", ["name", 'q"uote', "two words"])
@pytest.mark.parametrize("key", ["", "id"])
def test_a_backfill_is_known_by_its_text(table: str, column: str, key: str) -> None:
    names = {"users": USERS, "a.b": Name("a", "b")}
    name = names.get(table, Name("s", "odd SET"))
    columns = {"id": "{type: bigint, primary_key: true}" if key else "bigint"}
    text = f"name: a\ntables: {{t: {{columns: {{id: {columns['id']}}}}}}}\n"
    value = load(text, "a.yaml").schema.tables[Name(None, "t")]
    fill = Backfill(table=name, name=column, new="upper('WHERE x IS NULL')")
    assert filled(in_batches(fill, value, Safety())) == (name, column)
    assert filled("UPDATE users SET name = 'x' WHERE id IS NULL") is None


def test_what_was_there_before_is_no_trace() -> None:
    text = "name: a\ntables: {users: {columns: {a: int}, indexes: {i: [a]}}}\n"
    schema = load(text, "a.yaml").schema
    value = schema.tables[USERS]
    operations = [
        op.CreateIndex(table=USERS, name="i", new=value.indexes["i"]),
        op.AddColumn(table=USERS, name="a", new=value.columns["a"]),
    ]
    assert list(steps(operations, (), schema)) == []
    bare = replace(schema, tables={USERS: replace(value, columns={}, indexes={})})
    traced = [one.trace for one in steps(operations, (), bare)]
    assert traced == [Trace.INDEX, Trace.COLUMN]
    # A table of the revision itself comes in one transaction with what stands on it.
    assert list(steps(operations, (), Schema())) == []


def test_an_index_that_is_being_built_is_nobodys_fault() -> None:
    index = InvalidIndex(
        table=USERS, name="i", pid=7, phase="building index", percent=40
    )
    answers = Answers(versions=("d",), steps=(), indexes=(index,), constraints=())
    found = Status(position=position(HISTORY, ("d",)), answers=answers, steps={})
    assert found.is_done
    assert list(lines(found)) == [
        "the database is at d, the newest revision",
        "half done:",
        "  index i of table users is being built by process 7: building index, 40 %",
    ]


def test_many_revisions_are_not_all_listed() -> None:
    chain = [revision("r00")]
    chain += [revision(f"r{n:02}", f"r{n - 1:02}") for n in range(1, 15)]
    answers = Answers(versions=(), steps=(), indexes=(), constraints=())
    found = Status(position=position(tuple(chain), ()), answers=answers, steps={})
    said = list(lines(found))
    assert said[1] == "15 revisions still to run:"
    assert said[2] == "  r00  Do r00."
    assert "  and 5 more" in said
    assert said[-2:] == ["next: alembic upgrade head", "  begins with r00"]


def test_a_database_that_a_squash_has_left_behind() -> None:
    squash = replace(revision("s"), replaces=("old",))
    answers = Answers(versions=("old",), steps=(), indexes=(), constraints=())
    at = position((squash,), ("old",))
    assert list(lines(Status(position=at, answers=answers, steps={}))) == [
        "the database is at old",
        "  the database is at revision old, which the squash s has taken the place of",
        f"  hint: {HINT}",
    ]
