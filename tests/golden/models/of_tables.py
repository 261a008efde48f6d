"""Models of blog, written by gen-migration: edit the spec, not this file."""

from __future__ import annotations

import enum

import sqlalchemy as sa
from sqlalchemy import Text
from sqlalchemy.dialects import postgresql


def labels(of: type[enum.Enum]) -> list[str]:
    """Return the labels of an enum, which are the database's."""
    return [str(one.value) for one in of]


class State(enum.StrEnum):
    OPEN = "open"
    CLASS = "class"
    NOT_YET = "not yet"
    VALUE = ""


metadata = sa.MetaData()


state_type = postgresql.ENUM(
    State, name="state", metadata=metadata, values_callable=labels
)


users = sa.Table(
    "users",
    metadata,
    sa.Column(
        "id",
        sa.BigInteger(),
        sa.Identity(always=True),
        primary_key=True,
        nullable=False,
    ),
    sa.Column("name", sa.String(50), nullable=False),
    sa.Column(
        "metadata", postgresql.JSONB(), server_default=sa.text("'{}'"), nullable=False
    ),
    sa.Column("str", sa.Text(), nullable=True),
    sa.Column("class", Text, nullable=False),
    sa.PrimaryKeyConstraint("id", name="pk_users"),
    comment='Who writes "posts".',
)


posts = sa.Table(
    "posts",
    metadata,
    sa.Column(
        "id",
        sa.BigInteger(),
        sa.Identity(always=True),
        primary_key=True,
        nullable=False,
    ),
    sa.Column(
        "author_id",
        sa.BigInteger(),
        sa.ForeignKey("users.id", name="fk_posts_author_id_users", ondelete="CASCADE"),
        nullable=False,
    ),
    sa.Column(
        "editor_id",
        sa.BigInteger(),
        sa.ForeignKey("users.id", name="fk_posts_editor_id_users"),
        nullable=True,
    ),
    sa.Column(
        "parent_id",
        sa.BigInteger(),
        sa.ForeignKey("posts.id", name="fk_posts_parent_id_posts"),
        nullable=True,
    ),
    sa.Column("state", state_type, server_default=sa.text("'open'"), nullable=False),
    sa.Column("states", postgresql.ARRAY(state_type), nullable=False),
    sa.Column(
        "created_at",
        sa.DateTime(timezone=True),
        server_default=sa.text("now()"),
        nullable=False,
    ),
    sa.Column(
        "tags",
        postgresql.ARRAY(sa.Text()),
        server_default=sa.text("'{}'"),
        nullable=False,
    ),
    sa.PrimaryKeyConstraint("id", name="pk_posts"),
    sa.Index("ix_posts_created_at", sa.text("created_at DESC")),
)


profiles = sa.Table(
    "profiles",
    metadata,
    sa.Column(
        "user_id",
        sa.BigInteger(),
        sa.ForeignKey("users.id", name="fk_profiles_user_id_users"),
        primary_key=True,
        autoincrement=False,
        nullable=False,
    ),
    sa.PrimaryKeyConstraint("user_id", name="pk_profiles"),
)


log = sa.Table("log", metadata, sa.Column("line", sa.Text(), nullable=False))
