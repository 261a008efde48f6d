"""Create the notification tables.

Revision ID: 90258ebfe667
Revises:

Written by gen-migration from the spec notification_system.
"""

import json
import logging
import random
import re
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager, nullcontext, suppress
from typing import Any

import sqlalchemy as sa
from alembic import op
from alembic.util import CommandError
from sqlalchemy import event
from sqlalchemy.dialects import postgresql

# revision identifiers, used by Alembic.
revision: str = "90258ebfe667"
down_revision: str | Sequence[str] | None = None
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

# gen-migration: spec=notification_system checksum=935974d7e243c277


def upgrade() -> None:
    with at_once(steps="1-8 of 8", lock_timeout="3s", lock_retries=10):
        op.create_table(
            "notifications",
            sa.Column("id", postgresql.UUID(as_uuid=True), nullable=False),
            sa.Column("user_id", postgresql.UUID(as_uuid=True), nullable=False),
            sa.Column("type", sa.String(50), nullable=False),
            sa.Column("title", sa.String(255), nullable=False),
            sa.Column("message", sa.Text(), nullable=False),
            sa.Column(
                "data",
                postgresql.JSONB(),
                server_default=sa.text("'{}'"),
                nullable=False,
            ),
            sa.Column(
                "status",
                sa.String(20),
                server_default=sa.text("'unread'"),
                nullable=False,
            ),
            sa.Column("read_at", sa.DateTime(timezone=True), nullable=True),
            sa.Column(
                "delivered_via_ws",
                sa.Boolean(),
                server_default=sa.text("false"),
                nullable=False,
            ),
            sa.Column(
                "delivered_via_email",
                sa.Boolean(),
                server_default=sa.text("false"),
                nullable=False,
            ),
            sa.Column("aggregation_id", postgresql.UUID(as_uuid=True), nullable=True),
            sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
            sa.Column("deleted_at", sa.DateTime(timezone=True), nullable=True),
            sa.PrimaryKeyConstraint("id", name=op.f("pk_notifications")),
            sa.ForeignKeyConstraint(
                ["user_id"],
                ["users.id"],
                name=op.f("fk_notifications_user_id_users"),
                ondelete="CASCADE",
            ),
        )
        op.create_index(op.f("ix_notifications_user_id"), "notifications", ["user_id"])
        op.create_index(
            op.f("ix_notifications_user_id_status_created_at"),
            "notifications",
            ["user_id", "status", "created_at"],
        )
        op.create_index(op.f("ix_notifications_type"), "notifications", ["type"])
        op.create_index(
            op.f("ix_notifications_created_at"),
            "notifications",
            [sa.text("created_at DESC")],
        )
        op.create_index(
            op.f("ix_notifications_aggregation_id"), "notifications", ["aggregation_id"]
        )
        op.create_table(
            "notification_preferences",
            sa.Column("id", postgresql.UUID(as_uuid=True), nullable=False),
            sa.Column("user_id", postgresql.UUID(as_uuid=True), nullable=False),
            sa.Column("organization_id", postgresql.UUID(as_uuid=True), nullable=True),
            sa.Column(
                "preferences",
                postgresql.JSONB(),
                server_default=sa.text("'{}'"),
                nullable=False,
            ),
            sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
            sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
            sa.PrimaryKeyConstraint("id", name=op.f("pk_notification_preferences")),
            sa.UniqueConstraint(
                "user_id", name=op.f("uq_notification_preferences_user_id")
            ),
            sa.ForeignKeyConstraint(
                ["user_id"],
                ["users.id"],
                name=op.f("fk_notification_preferences_user_id_users"),
                ondelete="CASCADE",
            ),
            sa.ForeignKeyConstraint(
                ["organization_id"],
                ["organizations.id"],
                name=op.f("fk_notification_preferences_organization_id_organizations"),
                ondelete="CASCADE",
            ),
        )
        op.create_table(
            "organization_notification_preferences",
            sa.Column("id", postgresql.UUID(as_uuid=True), nullable=False),
            sa.Column("organization_id", postgresql.UUID(as_uuid=True), nullable=False),
            sa.Column(
                "preferences",
                postgresql.JSONB(),
                server_default=sa.text("'{}'"),
                nullable=False,
            ),
            sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
            sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
            sa.PrimaryKeyConstraint(
                "id", name=op.f("pk_organization_notification_preferences")
            ),
            sa.UniqueConstraint(
                "organization_id",
                name=op.f("uq_organization_notification_preferences_organization_id"),
            ),
            sa.ForeignKeyConstraint(
                ["organization_id"],
                ["organizations.id"],
                name=op.f(
                    "fk_organization_notification_preferences_organization_i_a32a"
                ),
                ondelete="CASCADE",
            ),
        )


def downgrade() -> None:
    with at_once(steps="1-3 of 3", lock_timeout="3s", lock_retries=10):
        op.drop_table("organization_notification_preferences")
        op.drop_table("notification_preferences")
        op.drop_table("notifications")


@contextmanager
def at_once(
    *, steps: str = "1 of 1", lock_retries: int, **limits: str
) -> Iterator[None]:
    """Run statements on tables in use as one transaction: waits are short, and retried."""
    context, new = op.get_context(), f"json_each_text('{json.dumps(limits)}')"

    def execute(cursor: Any, sql: str, values: Any, say: Any, tries: int = 0) -> bool:
        cursor.execute("SAVEPOINT at_once")
        try:
            return cursor.execute(sql, values) or True
        except Exception as error:
            said = [f"revision {revision}: {error}", " ".join(sql.split())[:200]]
            code = getattr(error, "sqlstate", getattr(error, "pgcode", ""))
            raced = code == "XX000" and "tuple concurrently updated" in str(error)
            if raced or code == "55P03":
                cursor.execute("ROLLBACK TO SAVEPOINT at_once")
                rows = [] if raced else holders(cursor, sql)  # raced, it waits no more
                who = [one for own, one in rows if not own][:5]
                if tries < lock_retries and not any(own for own, _ in rows):
                    pause = 0 if raced else random.uniform(0.5, 1) * min(2**tries, 60)
                    whom = ", ".join([said[1][:100], *who])
                    say(f"is tried again in {pause:.0f} s: {whom}")
                    time.sleep(pause)  # nobody sleeps on a strong lock of their own
                    return execute(cursor, sql, values, say, tries + 1)
                said += who
            raise CommandError(" -- ".join(said)) from error

    if not getattr(context, "_in_external_transaction", False):
        with context.autocommit_block():
            pass  # what went before is committed
    op.execute(f"SELECT set_config('gm.'||key, current_setting(key), true) FROM {new}")
    for name, limit in limits.items():
        op.execute(f"SET LOCAL {name} = '{limit}'")
    with nullcontext() if context.as_sql else watched(steps, execute):
        yield
    op.execute(f"SELECT set_config(key, current_setting('gm.'||key), true) FROM {new}")


@contextmanager
def watched(steps: str, execute: Callable[..., bool]) -> Iterator[None]:
    """Run each statement by a function, and say how far it is: nothing needs what is said."""
    bind, ended, now = op.get_bind(), threading.Event(), (0, 0.0, "")  # nth, when, what

    def say(text: str) -> None:
        with suppress(Exception):
            first, *_, last = re.findall("[0-9]+", steps)
            said = "".join(filter(str.isprintable, " ".join(text.split())))
            line = f"{revision}: {int(first) + now[0] - 1} of {last} {said}"
            log = logging.getLogger("alembic.gen_migration")
            if log.handlers or log.root.handlers or log.isEnabledFor(logging.INFO):
                log.info("%s", line)
            elif sys.stderr.isatty():
                sys.stderr.write(f"{line}\n")

    def run(cursor: Any, sql: str, values: Any, _: Any) -> bool:
        nonlocal now
        text = " ".join(sql.split())
        what = re.sub("^DO .*?((ALTER|UPDATE) .*?)( AND |;).*", r"\1", text)
        now = (now[0] + 1, time.monotonic(), what[:100])
        try:
            execute(cursor, sql, values, say)
        except KeyboardInterrupt:
            said = f"interrupted -- {now[2]} -- run the same command again"
            raise CommandError(f"revision {revision}: {said}") from None
        say(f"took {time.monotonic() - now[1]:.1f} s: {now[2]}")
        now = (now[0], 0.0, "")
        return True

    given = bind.connection.driver_connection, lambda: now, say, ended
    thread = threading.Thread(target=progress, args=given, daemon=True)
    with ExitStack() as stack:
        event.listen(bind.engine, "do_execute", run)
        stack.callback(event.remove, bind.engine, "do_execute", run)
        with suppress(RuntimeError):
            thread.start()
            stack.callback(thread.join, 5)
        stack.callback(ended.set)
        yield


def progress(raw: Any, now: Any, say: Any, ended: threading.Event) -> None:
    """Say how far a long statement is, as a second connection sees it, where there is one."""

    def looks() -> Any:
        with suppress(Exception):
            driver = sys.modules[type(raw).__module__.partition(".")[0]]
            dsn, pid = getattr(raw, "dsn", "") or raw.info.dsn, raw.info.backend_pid
            own = driver.connect(dsn, password=raw.info.password, connect_timeout=5)
            with closing(own), closing(own.cursor()) as cursor:
                own.autocommit = True
                while True:
                    cursor.execute(f"""SELECT phase || CASE WHEN phase ~ 'waiting|sorting' THEN ''
        WHEN tuples_total > 0 THEN format(' %s %%', 100 * tuples_done / tuples_total)
        WHEN blocks_total > 0 THEN format(' %s %%', 100 * blocks_done / blocks_total) ELSE '' END,
        substring(application_name FROM '.* rows filled, .*') FROM pg_stat_activity
        LEFT JOIN pg_stat_progress_create_index USING (pid) WHERE pid = {pid}""")
                    phase, filled = cursor.fetchone()
                    who = [one for own, one in holders(cursor, pid=pid) if not own]
                    yield [one for one in (phase, filled, *who) if one]
        while True:
            yield []

    due, said = 0.0, (now(), "")
    with closing(looks()) as seen:
        while not ended.wait(1):
            step = now()
            spent = time.monotonic() - step[1]
            if step[2] and spent >= 1:
                text = "".join(f", {one}" for one in next(seen)[:5])
                kind = re.sub("[0-9]+(?![0-9,])", "", text)
                due = due if step is said[0] and kind in {"", said[1]} else 0
                if step is now() and spent >= due:
                    say(f"runs for {spent:.0f} s: {step[2]}{text}")
                    due, said = spent + 10, (step, kind)


def holders(cursor: Any, sql: str = "", pid: int = 0) -> list[tuple[bool, str]]:
    """Return who holds locks of tables in a statement, or what a process waits for; is it us?"""
    with suppress(Exception):
        cursor.execute(rf"""SELECT pid = pg_backend_pid(), concat_ws(', ', 'held by pid ' || pid,
        usename, application_name, state, date_trunc('s', clock_timestamp() - xact_start) || ' old',
        regexp_replace(query, '(''|\$|\m[0-9]).*', '…')) FROM pg_stat_activity WHERE pid = ANY
        (pg_blocking_pids({pid})) OR pid IN (
        SELECT pid FROM pg_locks JOIN pg_attribute a ON attrelid = relation AND attnum = -6 WHERE
        granted AND CASE pid WHEN pg_backend_pid() THEN age(a.xmin) > 0 AND mode ~
        '^(Share(Lock|Row)|(Access)?Exclusive)' ELSE relation IN (SELECT unnest(ARRAY[c.oid,
        confrelid]) FROM pg_class c LEFT JOIN pg_constraint ON conrelid = c.oid WHERE relname = ANY
        (regexp_split_to_array(convert_from('\x{sql.encode().hex()}', 'UTF8'), '\W+'))) END)""")
        return list(cursor.fetchall())
    return [(True, "")]  # nobody knows
