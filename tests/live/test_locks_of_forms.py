"""Law 12: no form takes a stronger lock than its plain statement, on PostgreSQL 18 and 16.

Every statement of every golden change that autocommit runs, up and down, beside what a
transaction would run in its place. A form that is new is here by having a golden case.

Who reads a partition by its parent waits for the parent, too: what is locked of the parent counts
for its partitions. A key of a partition is a constraint of its own before it is the parent's, and
to get one, PostgreSQL locks out readers, as the plain statement does on the parent.
"""

from __future__ import annotations

import contextlib
import textwrap
import threading
from collections import defaultdict
from typing import TYPE_CHECKING, Any, NamedTuple

import databases
import pytest
from alembic import op
from alembic.migration import MigrationContext
from alembic.operations import Operations
from cases import spec_of
from changes import all_changes, first_of, name_of, planned, written
from crashes import TABLES, until
from environment import is_superusers
from gen_migration.history import offline_sql
from gen_migration.history.migrate import with_driver
from gen_migration.operations.base import apply as applied
from gen_migration.operations.enum_values import AddEnumValue
from gen_migration.render.online import FormContext, forms, statements
from gen_migration.render.ways import body
from gen_migration.scratch import databases as scratch
from round_trips import prepare
from servers import some_with_servers
from sqlalchemy import create_engine, pool

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from cases import Case
    from gen_migration.model.schema import Schema, Spec
    from gen_migration.operations.base import Operation
    from gen_migration.plan.link import Direction

# The table-level locks from the weakest to the strongest (manual, 13.3.1).
MODES = [
    "AccessShareLock",
    "RowShareLock",
    "RowExclusiveLock",
    "ShareUpdateExclusiveLock",
    "ShareLock",
    "ShareRowExclusiveLock",
    "ExclusiveLock",
    "AccessExclusiveLock",
]
# Of tables and indexes, by their names before the statement.
HELD = """
SELECT relation, mode FROM pg_locks
WHERE pid = %s AND locktype = 'relation' AND relation >= 16384
"""
PARENTS = "SELECT inhrelid::regclass::text, inhparent::regclass::text FROM pg_inherits"
NAMES = """
SELECT oid, oid::regclass::text FROM pg_class
WHERE relkind IN ('r', 'p') AND oid >= 16384
"""
WAITS = "SELECT wait_event_type = 'Lock' FROM pg_stat_activity WHERE pid = %s"
SECONDS = 10
# What has no other way, with its reason; as few as can be.
ALLOWED = {
    # What a partition's foreign key has of triggers on the other table goes with its attaching,
    # and to drop a trigger locks out readers (`RemoveTriggerById`). A moment; the plain statement
    # reads all partitions under its lock.
    ("create_constraint/of_partitioned_tables", "regions"),
}

Locks = dict[str, str]


class Found(NamedTuple):
    """A lock of ours that is stronger than that of the plain statement."""

    operation: str
    table: str
    ours: str
    plain: str


def strongest(modes: list[str]) -> str:
    return max(modes, key=MODES.index)


def stronger(operation: Operation, ours: Locks, plain: Locks) -> list[Found]:
    return [
        Found(operation.summary, table, mode, plain.get(table, "none"))
        for table, mode in ours.items()
        if table not in plain or MODES.index(mode) > MODES.index(plain[table])
    ]


class Observed(NamedTuple):
    """A database, with a connection of SQLAlchemy to work on it and one to look on."""

    connection: Any
    watcher: Any
    spec: Spec

    @property
    def pid(self) -> int:
        pid: int = self.connection.connection.dbapi_connection.info.backend_pid
        return pid

    def names(self) -> dict[int, str]:
        return dict(self.watcher.execute(NAMES).fetchall())

    def plain(self, operation: Operation, schema: Schema) -> Locks:
        """Return what the plain statements of an operation would lock, with all partitions."""
        if isinstance(operation, AddEnumValue):
            return {}  # it locks no table
        parents = dict(self.watcher.execute(PARENTS).fetchall())
        found = self.transaction([operation], schema, keep=False)
        for table in parents:
            line = [table]
            while line[-1] in parents:
                line.append(parents[line[-1]])
            modes = [found[one] for one in line if one in found]
            if modes:
                found[table] = strongest(modes)
        return found

    def held(self, names: dict[int, str]) -> Locks:
        """Return the strongest lock of each table that is known by a name."""
        modes = defaultdict(list)
        for oid, mode in self.watcher.execute(HELD, [self.pid]).fetchall():
            if oid in names:
                modes[names[oid]].append(mode)
        return {table: strongest(found) for table, found in modes.items()}

    def transaction(
        self, operations: list[Operation], schema: Schema, *, keep: bool
    ) -> Locks:
        """Run plain statements from a schema on, and return the locks that they take."""
        names = self.names()
        with self.connection.begin() as transaction:
            run(self.connection, body(operations, schema)(set()).lines)
            found = self.held(names)
            if not keep:
                transaction.rollback()
        return found

    def statement(self, sql: str) -> Locks:
        """Run a statement that can be repeated, and return the locks that it takes."""
        if "CONCURRENTLY" in sql or "COMMIT;" in sql:
            return self.waiting(sql)
        names = self.names()
        with self.connection.begin():
            self.connection.exec_driver_sql(sql.replace("%", "%%"))
            return self.held(names)

    def waiting(self, sql: str) -> Locks:
        """Run what no transaction can hold, and return its locks while it waits for a writer."""
        names, found = self.names(), {}
        runner = threading.Thread(target=self.autocommit, args=[sql])
        with self.writing():
            runner.start()
            for _ in until(SECONDS):
                waits = self.watcher.execute(WAITS, [self.pid]).fetchone()[0]
                if waits or not runner.is_alive():
                    break
            found = self.held(names)
        runner.join()
        return found

    @contextlib.contextmanager
    def writing(self) -> Iterator[None]:
        with self.watcher.transaction(force_rollback=True):
            for name, has_rows in self.watcher.execute(TABLES).fetchall():
                self.watcher.execute(f"LOCK TABLE {name} IN ROW EXCLUSIVE MODE")
                if has_rows:
                    self.watcher.execute(f"SELECT FROM {name} FOR UPDATE")
            yield

    def autocommit(self, sql: str) -> None:
        raw = self.connection.connection.dbapi_connection
        raw.autocommit = True
        raw.execute(sql)
        raw.autocommit = False


def run(connection: Any, lines: list[str]) -> None:
    """Run the body of a revision."""
    context = MigrationContext.configure(connection)
    import sqlalchemy as sa
    from sqlalchemy.dialects import postgresql

    def statements(sql: list[str], **_: Any) -> None:
        for one in sql:
            op.execute(one.replace(":", r"\:"))

    modules: dict[str, Any] = {"op": op, "sa": sa, "postgresql": postgresql}
    modules |= {"textwrap": textwrap, "statements": statements}
    with Operations.context(context):
        for line in lines:
            exec(line, modules)  # noqa: S102 - our own


def observed(place: Observed, steps: Direction) -> Iterator[Found]:
    """Run the steps of a revision, and yield the locks that are stronger than the plain ones."""
    schema = steps.start
    if not steps.autocommit:
        early = [one for one in steps.operations if isinstance(one, AddEnumValue)]
        at = FormContext(schema, place.spec.safety, place.spec.postgresql)
        for value in early:
            for one in statements(value, at):
                place.autocommit(one.sql)
        rest = list(steps.operations[len(early) :])
        place.transaction(rest, applied(schema, early), keep=True)
        return
    for operation in steps.operations:
        expected = place.plain(operation, schema)
        at = FormContext(schema, place.spec.safety, place.spec.postgresql)
        for one in statements(operation, at):
            for sql in (one.sql, *one.also):
                yield from stronger(operation, place.statement(sql), expected)
        schema = applied(schema, [operation])


CASES = [
    case
    for case in all_changes()
    if "offline" not in case.sections
    and any("with one_by_one(" in text for text in written(case))
]


@pytest.mark.parametrize(
    ("version", "case"),
    some_with_servers(CASES),
    ids=lambda one: one if isinstance(one, int) else name_of(one),
)
def test_no_lock_is_stronger(version: int, case: Case, tmp_path: Path) -> None:
    old = spec_of(case, "old.yaml")
    new = spec_of(case, "new.yaml")
    if max(old.postgresql, new.postgresql) > version:
        pytest.skip(f"the spec is for PostgreSQL {new.postgresql}")
    first = first_of(case)
    (tmp_path / "first.py").write_text(first.text, encoding="utf-8")
    links = planned(case).plan.links
    is_superuser = is_superusers(name_of(case))
    with databases.database(version, is_superuser=is_superuser) as url:
        engine = create_engine(with_driver(url), poolclass=pool.NullPool)
        with scratch.connect(url) as watcher, engine.connect() as connection:
            prepare([old, new], case.sections.get("before.sql", ""), watcher)
            offline_sql.upgrade(url, tmp_path)
            watcher.execute(case.sections.get("rows.sql", ""))
            place = Observed(connection, watcher, new)
            found = [one for link in links for one in observed(place, link.upgrade)]
            ways = [link.downgrade for link in reversed(links)]
            if not any(way.refusal for way in ways):
                found += [one for way in ways for one in observed(place, way)]
    name = name_of(case)
    assert [one for one in found if (name, one.table) not in ALLOWED] == []


def test_every_form_is_tried() -> None:
    tried = {
        type(operation)
        for case in CASES
        for link in planned(case).plan.links
        for steps in (link.upgrade, link.downgrade)
        for operation in steps.operations
        if steps.autocommit
    }
    assert {one for one in forms.registry if one is not object} <= tried
