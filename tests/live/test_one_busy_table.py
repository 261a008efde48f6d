"""While an upgrade waits for a table that somebody reads, everybody else reads all other tables."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

import pytest
from changes import ROOT, first_of, read_change, written
from crashes import until
from gen_migration.base.errors import Error
from gen_migration.history import offline_sql
from gen_migration.scratch import databases

if TYPE_CHECKING:
    from pathlib import Path

TABLES = ("customers", "orders", "items")
EDITS = [
    "add_column/of_several_tables",
    "set_column_type/of_several_tables",
    "create_constraint/of_several_tables",
]
# What others wait for: of readers, and of writers.
HELD = """
SELECT DISTINCT held.relation::regclass::text FROM pg_locks AS waiting
JOIN pg_locks AS held USING (pid)
WHERE NOT waiting.granted AND held.granted AND held.relation <> waiting.relation
    AND held.relation = ANY (%s::regclass[]) AND waiting.relation = ANY (%s::regclass[])
    AND held.mode IN ('ShareLock', 'ShareRowExclusiveLock', 'AccessExclusiveLock')
"""
WAITING = "SELECT count(*) FROM pg_locks WHERE NOT granted AND relation = ANY (%s::regclass[])"
# Renames of an edit change at once, and one foreign key locks two tables by itself.
TOGETHER = {
    "set_column_type/of_several_tables": {"customers", "orders"},
    "create_constraint/of_several_tables": {"customers", "items", "orders"},
}


@pytest.mark.parametrize("busy", TABLES)
@pytest.mark.parametrize("edit", EDITS)
@pytest.mark.parametrize("down", [False, True], ids=["up", "down"])
def test_one_table_is_waited_for(
    edit: str, busy: str, down: bool, database: str, tmp_path: Path
) -> None:
    case = read_change(ROOT / f"{edit}.txt")
    first = first_of(case)
    (tmp_path / "first.py").write_text(first.text, encoding="utf-8")
    offline_sql.upgrade(database, tmp_path)
    for number, text in enumerate(written(case)):
        quick = text.replace('lock_timeout="3s"', 'lock_timeout="300ms"')
        quick = quick.replace("lock_retries=10", "lock_retries=0")
        (tmp_path / f"later_{number}.py").write_text(quick, encoding="utf-8")
    if down:
        offline_sql.upgrade(database, tmp_path)

    def migrate() -> None:
        try:
            if down:
                offline_sql.downgrade(database, tmp_path, first.id)
            else:
                offline_sql.upgrade(database, tmp_path)
        except Error:
            pass  # it gives up

    waited, held = False, set()
    with databases.connect(database) as reader, databases.connect(database) as watcher:
        runner = threading.Thread(target=migrate)
        with reader.transaction():
            reader.execute(f"LOCK TABLE {busy} IN ROW SHARE MODE")
            reader.execute(f"SELECT FROM {busy}")
            runner.start()
            tables = [list(TABLES), list(TABLES)]
            for _ in until(30):
                if not runner.is_alive():
                    break
                waited |= watcher.execute(WAITING, tables[:1]).fetchone()[0] > 0
                held |= {name for (name,) in watcher.execute(HELD, tables).fetchall()}
        runner.join()
    assert waited or edit.startswith("create_constraint")
    assert held <= (TOGETHER[edit] if busy in TOGETHER.get(edit, ()) else set())
