"""Create the notification tables.

Revision ID: 41a79ca982bf
Revises:

Written by gen-migration from the spec notification_system.
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

# revision identifiers, used by Alembic.
revision: str = "41a79ca982bf"
down_revision: str | Sequence[str] | None = None
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

# gen-migration: spec=notification_system checksum=515387d501f7dd90


def upgrade() -> None:
    op.execute(
        "SELECT set_config('gen_migration.lock_timeout', "
        "current_setting('lock_timeout'), true)"
    )
    op.execute("SET LOCAL lock_timeout = '3s'")
    op.create_table(
        "notifications",
        sa.Column("id", postgresql.UUID(as_uuid=True), nullable=False),
        sa.Column("user_id", postgresql.UUID(as_uuid=True), nullable=False),
        sa.Column("type", sa.String(50), nullable=False),
        sa.Column("title", sa.String(255), nullable=False),
        sa.Column("message", sa.Text(), nullable=False),
        sa.Column(
            "data", postgresql.JSONB(), server_default=sa.text("'{}'"), nullable=False
        ),
        sa.Column(
            "status", sa.String(20), server_default=sa.text("'unread'"), nullable=False
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
            name=op.f("fk_organization_notification_preferences_organization_i_a32a"),
            ondelete="CASCADE",
        ),
    )
    op.execute(
        "SELECT set_config('lock_timeout', "
        "current_setting('gen_migration.lock_timeout'), true)"
    )


def downgrade() -> None:
    op.execute(
        "SELECT set_config('gen_migration.lock_timeout', "
        "current_setting('lock_timeout'), true)"
    )
    op.execute("SET LOCAL lock_timeout = '3s'")
    op.drop_table("organization_notification_preferences")
    op.drop_table("notification_preferences")
    op.drop_index(op.f("ix_notifications_aggregation_id"), table_name="notifications")
    op.drop_index(op.f("ix_notifications_created_at"), table_name="notifications")
    op.drop_index(op.f("ix_notifications_type"), table_name="notifications")
    op.drop_index(
        op.f("ix_notifications_user_id_status_created_at"), table_name="notifications"
    )
    op.drop_index(op.f("ix_notifications_user_id"), table_name="notifications")
    op.drop_table("notifications")
    op.execute(
        "SELECT set_config('lock_timeout', "
        "current_setting('gen_migration.lock_timeout'), true)"
    )
