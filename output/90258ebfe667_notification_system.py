"""Create the notification tables.

Revision ID: 90258ebfe667
Revises:

Written by gen-migration from the spec notification_system.
"""

import json
import random
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
revision: str = "90258ebfe667"
down_revision: str | Sequence[str] | None = None
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

# gen-migration: spec=notification_system checksum=395da48396d2a19b


def upgrade() -> None:
    with at_once(lock_timeout="3s", lock_retries=10):
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
    with at_once(lock_timeout="3s", lock_retries=10):
        op.drop_table("organization_notification_preferences")
        op.drop_table("notification_preferences")
        op.drop_table("notifications")


@contextmanager
def at_once(*, lock_retries: int, **limits: str) -> Iterator[None]:
    """Run statements on tables in use as one transaction: waits are short, and retried."""
    context, new = op.get_context(), f"json_each_text('{json.dumps(limits)}')"

    def execute(cursor: Any, sql: str, values: Any, _: Any, tries: int = 0) -> bool:
        cursor.execute("SAVEPOINT at_once")
        try:
            return cursor.execute(sql, values) or True
        except Exception as error:
            said = [f"revision {revision}: {error}", " ".join(sql.split())[:200]]
            if getattr(error, "sqlstate", getattr(error, "pgcode", "")) == "55P03":
                cursor.execute("ROLLBACK TO SAVEPOINT at_once")
                cursor.execute(rf"""SELECT pid = pg_backend_pid(), concat_ws(', ', 'held by pid '
        || pid, usename, application_name, state, clock_timestamp() - xact_start || ' old',
        regexp_replace(query, '(''|\$|\m[0-9]).*', '…')) FROM pg_stat_activity WHERE pid IN (
        SELECT pid FROM pg_locks JOIN pg_attribute a ON attrelid = relation AND attnum = -6 WHERE
        granted AND CASE pid WHEN pg_backend_pid() THEN age(a.xmin) > 0 AND mode ~
        '^(Share(Lock|Row)|(Access)?Exclusive)' ELSE relation IN (SELECT unnest(ARRAY[c.oid,
        confrelid]) FROM pg_class c LEFT JOIN pg_constraint ON conrelid = c.oid WHERE relname = ANY
        (regexp_split_to_array(convert_from('\x{sql.encode().hex()}', 'UTF8'), '\W+'))) END)""")
                rows = cursor.fetchall()  # nobody sleeps on a strong lock of their own
                if tries < lock_retries and not any(own for own, who in rows):
                    time.sleep(random.uniform(0.5, 1) * min(2**tries, 60))
                    return execute(cursor, sql, values, _, tries + 1)
                said += [who for own, who in rows if not own][:5]
            raise CommandError(" -- ".join(said)) from error

    if not getattr(context, "_in_external_transaction", False):
        with context.autocommit_block():
            pass  # what went before is committed
    op.execute(f"SELECT set_config('gm.'||key, current_setting(key), true) FROM {new}")
    for name, limit in limits.items():
        op.execute(f"SET LOCAL {name} = '{limit}'")
    with ExitStack() as stack:
        if not context.as_sql:
            event.listen(op.get_bind().engine, "do_execute", execute)
            stack.callback(event.remove, op.get_bind().engine, "do_execute", execute)
        yield
    op.execute(f"SELECT set_config(key, current_setting('gm.'||key), true) FROM {new}")
