"""The notification tables behave as their spec says, and output/ is what the tool writes of it."""

from __future__ import annotations

import uuid
from pathlib import Path
from typing import TYPE_CHECKING, Any

import databases
import pytest
from catalog import difference, facts
from expected_catalog import expected
from gen_migration.history import offline_sql
from gen_migration.history.directory import OutputDirectory
from gen_migration.scratch import databases as scratch
from gen_migration.spec.load import load_file
from gen_migration.workflows.generate import generate

if TYPE_CHECKING:
    from collections.abc import Iterator

PROJECT = Path(__file__).parents[2]
SPEC = PROJECT / "spec" / "notifications.yaml"
OUTPUT = PROJECT / "output"
EXTERNAL = """
    CREATE TABLE users (id uuid PRIMARY KEY);
    CREATE TABLE organizations (id uuid PRIMARY KEY);
"""
USER, ORGANIZATION = uuid.UUID(int=1), uuid.UUID(int=2)
INSERTS = {
    "notifications": {
        "id": uuid.UUID(int=3),
        "user_id": USER,
        "type": "mention",
        "title": "Hello",
        "message": "You were mentioned.",
        "created_at": "2026-01-01 00:00:00+00",
    },
    "notification_preferences": {
        "id": uuid.UUID(int=4),
        "user_id": USER,
        "organization_id": ORGANIZATION,
        "created_at": "2026-01-01 00:00:00+00",
        "updated_at": "2026-01-01 00:00:00+00",
    },
    "organization_notification_preferences": {
        "id": uuid.UUID(int=5),
        "organization_id": ORGANIZATION,
        "created_at": "2026-01-01 00:00:00+00",
        "updated_at": "2026-01-01 00:00:00+00",
    },
}
NULLABLE = {
    "notifications": {"read_at", "aggregation_id", "deleted_at"},
    "notification_preferences": {"organization_id"},
    "organization_notification_preferences": set[str](),
}


def test_output_is_what_the_tool_writes(tmp_path: Path) -> None:
    written = generate(SPEC, OutputDirectory(tmp_path)).paths[0]
    committed = {
        path.name: path.read_text(encoding="utf-8") for path in OUTPUT.glob("*.py")
    }
    assert committed == {written.name: written.read_text(encoding="utf-8")}, (
        "run: make run"
    )


@pytest.fixture(scope="module", params=scratch.VERSIONS)
def upgraded(request: pytest.FixtureRequest) -> Iterator[Any]:
    with databases.database(request.param) as url, scratch.connect(url) as connection:
        connection.execute(EXTERNAL)
        offline_sql.upgrade(url, OUTPUT)
        yield connection


@pytest.fixture
def connection(upgraded: Any) -> Iterator[Any]:
    """Return a connection with one row in each table; what a test does is rolled back."""
    with upgraded.transaction(force_rollback=True):
        upgraded.execute("INSERT INTO users VALUES (%s)", [USER])
        upgraded.execute("INSERT INTO organizations VALUES (%s)", [ORGANIZATION])
        for table in INSERTS:
            insert(upgraded, table)
        yield upgraded


def insert(connection: Any, table: str, **changes: Any) -> None:
    row = INSERTS[table] | changes
    marks = ", ".join(["%s"] * len(row))
    connection.execute(
        f"INSERT INTO {table} ({', '.join(row)}) VALUES ({marks})", list(row.values())
    )


def count(connection: Any, table: str) -> int:
    found: int = connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0]
    return found


@pytest.mark.parametrize("version", scratch.VERSIONS)
def test_up_and_down(version: int) -> None:
    with databases.database(version) as url, scratch.connect(url) as connection:
        connection.execute(EXTERNAL)
        given = facts(connection)
        for _ in range(2):
            offline_sql.upgrade(url, OUTPUT)
            wanted = given | expected(load_file(SPEC), connection)
            assert difference(facts(connection), wanted) == ""
            offline_sql.downgrade(url, OUTPUT)
            assert difference(facts(connection), given) == ""


def test_deleting_a_user_deletes_what_is_theirs(connection: Any) -> None:
    other = uuid.UUID(int=11)
    connection.execute("INSERT INTO users VALUES (%s)", [other])
    insert(connection, "notifications", id=uuid.UUID(int=12), user_id=other)
    insert(connection, "notification_preferences", id=uuid.UUID(int=13), user_id=other)
    connection.execute("DELETE FROM users WHERE id = %s", [USER])
    for table in ("notifications", "notification_preferences"):
        left = connection.execute(f"SELECT user_id FROM {table}").fetchall()
        assert left == [(other,)], table
    assert count(connection, "organization_notification_preferences") == 1


def test_deleting_an_organization_deletes_its_preferences(connection: Any) -> None:
    connection.execute("DELETE FROM organizations WHERE id = %s", [ORGANIZATION])
    assert count(connection, "notification_preferences") == 0
    assert count(connection, "organization_notification_preferences") == 0
    assert count(connection, "notifications") == 1
    assert count(connection, "users") == 1


def test_defaults(connection: Any) -> None:
    sql = "SELECT data, status, delivered_via_ws, delivered_via_email, read_at, deleted_at"
    row = connection.execute(f"{sql} FROM notifications").fetchone()
    assert row == ({}, "unread", False, False, None, None)
    for table in ("notification_preferences", "organization_notification_preferences"):
        assert connection.execute(f"SELECT preferences FROM {table}").fetchone() == (
            {},
        )


@pytest.mark.parametrize("table", INSERTS)
def test_not_null(connection: Any, table: str) -> None:
    from psycopg.errors import NotNullViolation

    names = connection.execute(f"SELECT * FROM {table}").description
    refused = set()
    for column in (name.name for name in names):
        try:
            with connection.transaction():
                connection.execute(f"UPDATE {table} SET {column} = NULL")
        except NotNullViolation:
            refused.add(column)
    assert refused == {name.name for name in names} - NULLABLE[table]


@pytest.mark.parametrize(
    ("table", "changes"),
    [
        *((table, {}) for table in INSERTS),
        ("notification_preferences", {"id": uuid.UUID(int=14)}),
        ("organization_notification_preferences", {"id": uuid.UUID(int=14)}),
    ],
)
def test_no_duplicates(connection: Any, table: str, changes: dict[str, Any]) -> None:
    from psycopg.errors import UniqueViolation

    name = "pk" if not changes else "uq"
    with (
        pytest.raises(UniqueViolation, match=f'"{name}_{table}'),
        connection.transaction(),
    ):
        insert(connection, table, **changes)
    assert count(connection, table) == 1


def test_a_user_has_many_notifications(connection: Any) -> None:
    insert(connection, "notifications", id=uuid.UUID(int=15))
    assert count(connection, "notifications") == 2


@pytest.mark.parametrize(
    ("table", "column"),
    [
        ("notifications", "user_id"),
        ("notification_preferences", "user_id"),
        ("notification_preferences", "organization_id"),
        ("organization_notification_preferences", "organization_id"),
    ],
)
def test_no_strangers(connection: Any, table: str, column: str) -> None:
    from psycopg.errors import ForeignKeyViolation

    with pytest.raises(ForeignKeyViolation), connection.transaction():
        connection.execute(f"UPDATE {table} SET {column} = %s", [uuid.UUID(int=16)])


QUERIES = {
    "ix_notifications_user_id": f"WHERE user_id = '{USER}'",
    "ix_notifications_user_id_status_created_at": f"WHERE user_id = '{USER}'"
    " AND status = 'unread' ORDER BY created_at DESC LIMIT 20",
    "ix_notifications_type": "WHERE type = 'mention'",
    "ix_notifications_created_at": "ORDER BY created_at DESC LIMIT 20",
    "ix_notifications_aggregation_id": f"WHERE aggregation_id = '{USER}'",
}


def nodes(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield plan
    for below in plan.get("Plans", ()):
        yield from nodes(below)


@pytest.mark.parametrize("index", QUERIES)
def test_the_planner_can_use_each_index(connection: Any, index: str) -> None:
    """No sort either: the index has the order that is asked for."""
    for setting in ("enable_seqscan", "enable_bitmapscan"):
        connection.execute(f"SET LOCAL {setting} = off")
    # Where two indexes would do, the other one is out of the way.
    for other in QUERIES.keys() - {index}:
        connection.execute(f"DROP INDEX {other}")
    sql = f"EXPLAIN (FORMAT JSON) SELECT * FROM notifications {QUERIES[index]}"
    plan = connection.execute(sql).fetchone()[0][0]["Plan"]
    scans = [node for node in nodes(plan) if node.get("Index Name") == index]
    assert len(scans) == 1, plan
    assert [
        node["Node Type"] for node in nodes(plan) if "Sort" in node["Node Type"]
    ] == []
    # Reading forward is what `created_at desc` is for.
    backward = index == "ix_notifications_user_id_status_created_at"
    assert scans[0]["Scan Direction"] == ("Backward" if backward else "Forward")


def test_no_other_indexes(connection: Any) -> None:
    found = connection.execute("""
        SELECT indexrelid::regclass::text FROM pg_index
        WHERE indrelid = 'notifications'::regclass AND NOT indisprimary""")
    assert {row[0] for row in found} == set(QUERIES)
