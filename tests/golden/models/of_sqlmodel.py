"""Models of blog, written by gen-migration: edit the spec, not this file."""

import datetime as dt
import enum
from contextlib import ContextDecorator
from typing import Any, Optional

import sqlalchemy as sa
from sqlalchemy import Text
from sqlalchemy.dialects import postgresql
from sqlmodel import Field, Relationship, SQLModel


def labels(of: type[enum.Enum]) -> list[str]:
    """Return the labels of an enum, which are the database's."""
    return [str(one.value) for one in of]


class State(enum.StrEnum):
    OPEN = "open"
    CLASS = "class"
    NOT_YET = "not yet"
    VALUE = ""


state_type = postgresql.ENUM(
    State, name="state", metadata=SQLModel.metadata, values_callable=labels
)


class User(SQLModel, table=True):
    """Who writes "posts"."""

    __tablename__ = "users"
    __table_args__ = (
        sa.PrimaryKeyConstraint("id", name="pk_users"),
        {"comment": 'Who writes "posts".'},
    )

    id: int | None = Field(
        default=None,
        sa_column=sa.Column(
            "id",
            sa.BigInteger(),
            sa.Identity(always=True),
            primary_key=True,
            nullable=False,
        ),
    )
    name: str = Field(sa_column=sa.Column("name", sa.String(50), nullable=False))
    metadata_: Any | None = Field(
        default=None,
        sa_column=sa.Column(
            "metadata",
            postgresql.JSONB(none_as_null=True),
            server_default=sa.text("'{}'"),
            nullable=False,
        ),
    )
    str_: str | None = Field(
        default=None, sa_column=sa.Column("str", sa.Text(), nullable=True)
    )
    class_: str = Field(sa_column=sa.Column("class", Text, nullable=False))
    posts: list["Post"] = Relationship(
        back_populates="author",
        sa_relationship_kwargs={
            "foreign_keys": lambda: [Post.author_id],
            "passive_deletes": "all",
        },
    )
    checked: list["Post"] = Relationship(
        back_populates="checker",
        sa_relationship_kwargs={"foreign_keys": lambda: [Post.editor_id]},
    )
    profile: Optional["About"] = Relationship(back_populates="user")


class Post(SQLModel, table=True):
    __tablename__ = "posts"
    __table_args__ = (
        sa.PrimaryKeyConstraint("id", name="pk_posts"),
        sa.Index("ix_posts_created_at", sa.text("created_at DESC")),
    )

    id: int | None = Field(
        default=None,
        sa_column=sa.Column(
            "id",
            sa.BigInteger(),
            sa.Identity(always=True),
            primary_key=True,
            nullable=False,
        ),
    )
    author_id: int = Field(
        sa_column=sa.Column(
            "author_id",
            sa.BigInteger(),
            sa.ForeignKey(
                "users.id", name="fk_posts_author_id_users", ondelete="CASCADE"
            ),
            nullable=False,
        )
    )
    editor_id: int | None = Field(
        default=None,
        sa_column=sa.Column(
            "editor_id",
            sa.BigInteger(),
            sa.ForeignKey("users.id", name="fk_posts_editor_id_users"),
            nullable=True,
        ),
    )
    parent_id: int | None = Field(
        default=None,
        sa_column=sa.Column(
            "parent_id",
            sa.BigInteger(),
            sa.ForeignKey("posts.id", name="fk_posts_parent_id_posts"),
            nullable=True,
        ),
    )
    state: State | None = Field(
        default=None,
        sa_column=sa.Column(
            "state", state_type, server_default=sa.text("'open'"), nullable=False
        ),
    )
    states: list[State] = Field(
        sa_column=sa.Column("states", postgresql.ARRAY(state_type), nullable=False)
    )
    created_at: dt.datetime | None = Field(
        default=None,
        sa_column=sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
    )
    tags: list[str] | None = Field(
        default=None,
        sa_column=sa.Column(
            "tags",
            postgresql.ARRAY(sa.Text()),
            server_default=sa.text("'{}'"),
            nullable=False,
        ),
    )
    author: "User" = Relationship(
        back_populates="posts",
        sa_relationship_kwargs={"foreign_keys": lambda: [Post.author_id]},
    )
    checker: Optional["User"] = Relationship(
        back_populates="checked",
        sa_relationship_kwargs={"foreign_keys": lambda: [Post.editor_id]},
    )
    parent: Optional["Post"] = Relationship(
        back_populates="children",
        sa_relationship_kwargs={"remote_side": lambda: [Post.id]},
    )
    children: list["Post"] = Relationship(back_populates="parent")


class About(ContextDecorator, SQLModel, table=True):
    __tablename__ = "profiles"
    __table_args__ = (sa.PrimaryKeyConstraint("user_id", name="pk_profiles"),)

    user_id: int = Field(
        sa_column=sa.Column(
            "user_id",
            sa.BigInteger(),
            sa.ForeignKey("users.id", name="fk_profiles_user_id_users"),
            primary_key=True,
            autoincrement=False,
            nullable=False,
        )
    )
    user: "User" = Relationship(back_populates="profile")


log = sa.Table("log", SQLModel.metadata, sa.Column("line", sa.Text(), nullable=False))
