"""Create the notification tables.

Revision ID: 41a79ca982bf
Revises:

Written by gen-migration from the spec notification_system.
"""

import logging
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext
from typing import Any

import sqlalchemy as sa
from alembic import op
from alembic.util import CommandError
from sqlalchemy import event
from sqlalchemy.dialects import postgresql
from sqlalchemy.exc import IntegrityError

# revision identifiers, used by Alembic.
revision: str = "41a79ca982bf"
down_revision: str | Sequence[str] | None = None
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

# gen-migration: spec=notification_system checksum=b27ae0ebd6656627


def upgrade() -> None:
    with tables_in_use(lock_timeout="3s"):
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
    with tables_in_use(lock_timeout="3s"):
        op.drop_table("organization_notification_preferences")
        op.drop_table("notification_preferences")
        op.drop_index(
            op.f("ix_notifications_aggregation_id"), table_name="notifications"
        )
        op.drop_index(op.f("ix_notifications_created_at"), table_name="notifications")
        op.drop_index(op.f("ix_notifications_type"), table_name="notifications")
        op.drop_index(
            op.f("ix_notifications_user_id_status_created_at"),
            table_name="notifications",
        )
        op.drop_index(op.f("ix_notifications_user_id"), table_name="notifications")
        op.drop_table("notifications")


@contextmanager
def tables_in_use(
    *,
    lock_timeout: str,
    statement_timeout: str | None = None,
    autocommit: bool = False,
    progress: bool = False,
    offending_rows: Mapping[tuple[str, str], str] | None = None,
) -> Iterator[None]:
    """Run statements on tables that others use: in one transaction, or each on its own."""
    rows = offending_rows or {}
    context, names = op.get_context(), ["lock_timeout", "statement_timeout"]
    write, local = context.impl.static_output, "false" if autocommit else "true"

    def copy(old: str, new: str) -> None:
        pairs = [
            f"'{new}{one}', current_setting('{old}{one}'), {local}" for one in names
        ]
        op.execute(f"SELECT set_config({'), set_config('.join(pairs)})")

    def limit(sql: str) -> str:  # what is concurrent waits in nobody's way
        wait = "0s" if "CONCURRENTLY" in sql.split()[:4] else lock_timeout
        return f"SET {'' if autocommit else 'LOCAL '}lock_timeout = '{wait}'"

    def execute(cursor: Any, sql: str, parameters: Any, _: Any) -> bool:
        cursor.execute(limit(sql))
        cursor.execute(sql, parameters)
        return True

    def output(sql: str) -> None:
        write(f"{limit(sql)};")
        write(sql)

    with context.autocommit_block() if autocommit else nullcontext():
        copy("", "gen_migration.")
        if statement_timeout is not None:
            op.execute(f"SET statement_timeout = '{statement_timeout}'")
        if progress:
            log = logging.getLogger("sqlalchemy.dialects.postgresql")
            log.disabled = False
            log.setLevel(logging.INFO)
        if context.as_sql:
            context.impl.static_output = output  # type: ignore[method-assign]
        else:
            event.listen(op.get_bind().engine, "do_execute", execute)
        try:
            yield
        except IntegrityError as error:
            words = str(error.statement).split()
            queries = [sql for key, sql in rows.items() if set(key) <= {*words}]
            raise CommandError(
                f"revision {revision}: {error.orig} -- find the rows: {' '.join(queries)}"
                " -- then mend them and run the same command again: it goes on from here"
            ) from error
        finally:
            if context.as_sql:
                context.impl.static_output = write  # type: ignore[method-assign]
            else:
                event.remove(op.get_bind().engine, "do_execute", execute)
        copy("gen_migration.", "")
