"""What golden changes do to rows, and when they refuse."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from both_ways import read
from changes import ROOT, first_of, planned, read_change, text_of
from gen_migration.base.errors import Error
from gen_migration.history import offline_sql
from gen_migration.history.offline_sql import both_ways
from gen_migration.scratch import databases

if TYPE_CHECKING:
    from pathlib import Path


class Change:
    """A golden change on a database that is at its first revision."""

    def __init__(self, name: str, url: str, directory: Path) -> None:
        case = read_change(ROOT / f"{name}.txt")
        first = first_of(case)
        self.url, self.directory = url, directory
        self.drafts = planned(case).drafts
        self.first = first.id
        (directory / "first.py").write_text(first.text, encoding="utf-8")
        for number, draft in enumerate(self.drafts):
            text = text_of(draft)
            (directory / f"later_{number}.py").write_text(text, encoding="utf-8")
        offline_sql.upgrade(url, directory, first.id)

    def upgrade(self) -> None:
        offline_sql.upgrade(self.url, self.directory)

    def downgrade(self) -> None:
        offline_sql.downgrade(self.url, self.directory, self.first)

    def run(self, sql: str) -> list[Any]:
        with databases.connect(self.url) as connection:
            cursor = connection.execute(sql)
            return [row[0] for row in cursor] if cursor.description else []


def test_a_removed_value_that_rows_hold_stops_the_upgrade_with_their_number(
    database: str, tmp_path: Path
) -> None:
    change = Change("set_enum_values/removed", database, tmp_path)
    change.run("INSERT INTO t VALUES ('ugly', '{}'), ('ugly', '{}'), ('good', '{}')")
    before = read(database)
    with pytest.raises(Error, match=r"2 rows of t.a still hold 'ugly'"):
        change.upgrade()
    assert before == read(database)
    change.run("UPDATE t SET a = 'good'")
    change.run("UPDATE t SET b = '{good,ugly}'")
    with pytest.raises(Error, match=r"3 rows of t.b still hold 'ugly'"):
        change.upgrade()
    change.run("UPDATE t SET b = '{good,bad}'")
    change.upgrade()
    assert change.run("SELECT b::text FROM t") == ["{good,bad}"] * 3


def test_an_added_value_that_rows_hold_stops_the_downgrade(
    database: str, tmp_path: Path
) -> None:
    change = Change("add_enum_value/at_the_end", database, tmp_path)
    change.upgrade()
    change.run("INSERT INTO t VALUES ('ugly')")
    with pytest.raises(Error, match=r"1 rows of t.a still hold 'ugly'"):
        change.downgrade()
    change.run("UPDATE t SET a = 'good'")
    change.downgrade()
    assert change.run("SELECT a::text FROM t") == ["good"]


def test_a_new_value_is_a_default_after_one_upgrade(
    database: str, tmp_path: Path
) -> None:
    change = Change("add_enum_value/used_in_the_same_edit", database, tmp_path)
    offline_sql.downgrade(database, tmp_path)
    change.upgrade()
    assert change.run("SELECT enumlabel FROM pg_enum WHERE enumlabel LIKE 'it%'")


@pytest.mark.parametrize(
    ("name", "row", "value", "why"),
    [
        ("in_a_partition", "(new)", "new", "a is in the partition key of table t"),
        (
            "of_a_range_type_of_columns",
            '(1,"[fine,happy)")',
            "fine",
            "m of table t has the type moods, which is made of it",
        ),
    ],
)
def test_what_postgresql_has_no_way_to_do_is_said(
    database: str, tmp_path: Path, name: str, row: str, value: str, why: str
) -> None:
    reason = f"PostgreSQL cannot take '{value}' out of enum mood: column {why}"
    change = Change(f"add_enum_value/{name}", database, tmp_path)
    change.upgrade()
    change.run(f"INSERT INTO t SELECT ('{row}'::t).*")
    before = read(database)
    with pytest.raises(Error, match=reason):
        change.downgrade()
    assert before == read(database)
    assert change.run("SELECT t::text FROM t") == [row]
    texts = [text_of(draft) for draft in change.drafts]
    sql = both_ways(texts, [draft.header for draft in change.drafts])
    assert f"-- no way back: {reason}" in sql


@pytest.mark.parametrize(
    ("name", "rows", "query", "after", "back"),
    [
        (
            "add_column/backfill",
            "INSERT INTO users VALUES (1, 'ada@example.org')",
            "SELECT to_jsonb(users) FROM users",
            [{"id": 1, "email": "ada@example.org", "name": "ada"}],
            [{"id": 1, "email": "ada@example.org"}],
        ),
        (
            "backfill/default_as_well",
            "INSERT INTO t VALUES (NULL), ('x')",
            "SELECT a FROM t ORDER BY a",
            ["old", "x"],
            ["old", "x"],
        ),
        (
            "drop_column/plain",
            "INSERT INTO users VALUES (1, 'Ada')",
            "SELECT to_jsonb(users) FROM users",
            [{"id": 1}],
            [{"id": 1, "name": ""}],
        ),
        (
            "rename_column/swap_of_one_type",
            "INSERT INTO t VALUES ('x', 'y')",
            "SELECT to_jsonb(t) FROM t",
            [{"a": "y", "b": "x"}],
            [{"a": "x", "b": "y"}],
        ),
        (
            "rename_enum_value/swap",
            "INSERT INTO t VALUES ('good'), ('good'), ('bad')",
            "SELECT a::text FROM t ORDER BY a::text",
            ["bad", "bad", "good"],
            ["bad", "good", "good"],
        ),
        (
            "rename_table/swap_of_the_same_columns",
            "INSERT INTO a VALUES ('x')",
            "SELECT x FROM b",
            ["x"],
            [],
        ),
        (
            "set_column_type/using",
            "INSERT INTO t VALUES (0), (7)",
            "SELECT a::text FROM t ORDER BY a",
            ["false", "true"],
            ["0", "1"],
        ),
        (
            "set_column_type/array",
            "INSERT INTO t VALUES ('{1,2}', '{}', 'a,b')",
            "SELECT to_jsonb(t) FROM t",
            [{"a": [1, 2], "b": [], "c": ["a", "b"]}],
            [{"a": [1, 2], "b": [], "c": "{a,b}"}],
        ),
        (
            "set_partition_bound/border_between_two",
            "INSERT INTO events VALUES (5), (17)",
            "SELECT n FROM events ORDER BY n",
            [5, 17],
            [5, 17],
        ),
    ],
)
def test_rows(
    name: str,
    rows: str,
    query: str,
    after: list[Any],
    back: list[Any],
    database: str,
    tmp_path: Path,
) -> None:
    change = Change(name, database, tmp_path)
    change.run(rows)
    change.upgrade()
    assert after == change.run(query)
    change.downgrade()
    assert back == change.run(query)
