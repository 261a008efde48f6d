"""Create the notification tables.

Revision ID: 41a79ca982bf
Revises:

Written by gen-migration from the spec notification_system.
"""

import logging
import random
import re
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from typing import Any

import sqlalchemy as sa
from alembic import op
from alembic.util import CommandError
from sqlalchemy import event
from sqlalchemy.dialects import postgresql

# revision identifiers, used by Alembic.
revision: str = "41a79ca982bf"
down_revision: str | Sequence[str] | None = None
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

# gen-migration: spec=notification_system checksum=7ddea11ea643c3a5


def upgrade() -> None:
    with tables_in_use(lock_timeout="3s", lock_retries=10):
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
    with tables_in_use(lock_timeout="3s", lock_retries=10):
        op.drop_table("organization_notification_preferences")
        op.drop_table("notification_preferences")
        op.drop_table("notifications")


@contextmanager
def tables_in_use(
    *, lock_retries: int, autocommit: bool = False, find_rows: Any = None, **limits: str
) -> Iterator[None]:
    """Limit and retry waits for locks; say who holds one, or which rows are in the way."""
    context, local = op.get_context(), not autocommit
    both = "pg_settings WHERE name IN ('lock_timeout', 'statement_timeout')"
    log = logging.getLogger("sqlalchemy.dialects.postgresql")

    def limit(sql: str) -> str:  # what is concurrent waits in nobody's way
        wait = "0s" if "CONCURRENTLY" in sql.split()[:4] else limits["lock_timeout"]
        return f"SET lock_timeout = '{wait}'"

    def execute(cursor: Any, sql: str, values: Any, _: Any, tries: int = 0) -> bool:
        log.disabled = False  # it tells how far a backfill is
        log.setLevel("INFO" if "RAISE NOTICE" in sql else "WARNING")
        cursor.execute("SAVEPOINT gen_migration" if local else limit(sql))
        try:
            cursor.execute(sql, values)
        except Exception as error:
            state = getattr(error, "sqlstate", None) or getattr(error, "pgcode", None)
            said = [f"revision {revision}: {error}", " ".join(sql.split())[:200]]
            if state == "55P03":
                if local:
                    cursor.execute("ROLLBACK TO SAVEPOINT gen_migration")
                words = " ".join(re.findall(r"\w+", sql))
                weak = 3 if "VALIDATE" in sql else 2 if "FOREIGN KEY" in sql else 0
                cursor.execute(rf"""
                    WITH named AS (SELECT oid FROM pg_class
                        WHERE relname = ANY (string_to_array('{words}', ' ')))
                    SELECT coalesce(bool_or(pid = pg_backend_pid()), false), string_agg(concat_ws(
                        ', ', 'held by pid ' || pid, usename, nullif(application_name, ''), state,
                        date_trunc('second', clock_timestamp() - xact_start) || ' old',
                        regexp_replace(query, '(''|\$|\m[0-9]).*', '…')), ' -- ')
                        FILTER (WHERE pid <> pg_backend_pid())
                    FROM pg_stat_activity WHERE datname = current_database() AND pid IN (
                        SELECT pid FROM pg_locks WHERE granted AND CASE pid WHEN pg_backend_pid()
                        THEN mode ~ '^(Share(Lock|Row)|(Access)?Exclusive)' AND 0 < (SELECT
                            age(xmin) FROM pg_attribute WHERE attrelid = relation AND attnum = -6)
                        ELSE mode <> ALL ((ARRAY['AccessShareLock', 'RowShareLock',
                            'RowExclusiveLock'])[:{weak}]) AND relation IN (SELECT oid FROM named
                            UNION SELECT confrelid FROM pg_constraint WHERE conrelid IN
                                (SELECT oid FROM named)) END)
                """)
                ((holds_one, holders),) = cursor.fetchall()
                if tries < lock_retries and not holds_one:
                    time.sleep(random.uniform(0.5, 1) * min(2**tries, 60))
                    return execute(cursor, sql, values, _, tries + 1)
                said.append(holders or "nobody holds the lock any more")
            elif keys := [key for key in find_rows or () if {*key} <= {*sql.split()}]:
                said += [f"find the rows: {find_rows[key]}" for key in keys]
                said.append("then mend them and run the same command again")
            else:
                raise
            raise CommandError(" -- ".join(said)) from error
        if local:
            cursor.execute("RELEASE SAVEPOINT gen_migration")
        return True

    with ExitStack() as stack:
        if not getattr(context, "_in_external_transaction", False):
            stack.enter_context(context.autocommit_block())
        elif autocommit:
            raise CommandError(
                f"revision {revision} commits each statement, and env.py has begun a"
                " transaction: use connectable.connect(), not connectable.begin()"
            )
        if local:
            stack.close()  # what went before is committed
        kept = f"set_config('gen_migration.' || name, setting, {local})"
        back = f"set_config(name, current_setting('gen_migration.' || name), {local})"
        op.execute(f"SELECT {kept} FROM {both}")
        for name, value in limits.items():
            op.execute(f"SET {'LOCAL ' if local else ''}{name} = '{value}'")
        if autocommit:
            stack.callback(op.execute, f"SELECT {back} FROM {both}")
        if not context.as_sql:
            engine = op.get_bind().engine
            event.listen(engine, "do_execute", execute)
            stack.callback(event.remove, engine, "do_execute", execute)
        elif autocommit:
            impl, write = vars(context.impl), context.impl.static_output
            impl["static_output"] = lambda sql: write(f"{limit(sql)};\n\n{sql}")
            stack.callback(impl.pop, "static_output")
        yield
        stack.close()
        if local:
            op.execute(f"SELECT {back} FROM {both}")
