"""Models of blog, written by gen-migration: edit the spec, not this file."""

from __future__ import annotations

import datetime as dt
import enum
from contextlib import ContextDecorator
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Text
from sqlalchemy.dialects import postgresql
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship


def labels(of: type[enum.Enum]) -> list[str]:
    """Return the labels of an enum, which are the database's."""
    return [str(one.value) for one in of]


class State(enum.StrEnum):
    OPEN = "open"
    CLASS = "class"
    NOT_YET = "not yet"
    VALUE = ""


class Base(DeclarativeBase):
    """What all models have in common."""


state_type = postgresql.ENUM(
    State, name="state", metadata=Base.metadata, values_callable=labels
)


class User(Base):
    """Who writes "posts"."""

    __tablename__ = "users"
    __table_args__ = (
        sa.PrimaryKeyConstraint("id", name="pk_users"),
        {"comment": 'Who writes "posts".'},
    )

    id: Mapped[int] = mapped_column(
        sa.BigInteger(), sa.Identity(always=True), primary_key=True
    )
    name: Mapped[str] = mapped_column(sa.String(50))
    metadata_: Mapped[Any] = mapped_column(
        "metadata", postgresql.JSONB(), server_default=sa.text("'{}'")
    )
    str_: Mapped[str | None] = mapped_column("str", sa.Text())
    class_: Mapped[str] = mapped_column("class", Text)
    posts: Mapped[list[Post]] = relationship(
        back_populates="author",
        foreign_keys=lambda: [Post.author_id],
        passive_deletes="all",
    )
    checked: Mapped[list[Post]] = relationship(
        back_populates="checker", foreign_keys=lambda: [Post.editor_id]
    )
    profile: Mapped[About | None] = relationship(back_populates="user")


class Post(Base):
    __tablename__ = "posts"
    __table_args__ = (
        sa.PrimaryKeyConstraint("id", name="pk_posts"),
        sa.Index("ix_posts_created_at", sa.text("created_at DESC")),
    )

    id: Mapped[int] = mapped_column(
        sa.BigInteger(), sa.Identity(always=True), primary_key=True
    )
    author_id: Mapped[int] = mapped_column(
        sa.BigInteger(),
        sa.ForeignKey("users.id", name="fk_posts_author_id_users", ondelete="CASCADE"),
    )
    editor_id: Mapped[int | None] = mapped_column(
        sa.BigInteger(), sa.ForeignKey("users.id", name="fk_posts_editor_id_users")
    )
    parent_id: Mapped[int | None] = mapped_column(
        sa.BigInteger(), sa.ForeignKey("posts.id", name="fk_posts_parent_id_posts")
    )
    state: Mapped[State] = mapped_column(state_type, server_default=sa.text("'open'"))
    states: Mapped[list[State]] = mapped_column(postgresql.ARRAY(state_type))
    created_at: Mapped[dt.datetime] = mapped_column(
        sa.DateTime(timezone=True), server_default=sa.text("now()")
    )
    tags: Mapped[list[str]] = mapped_column(
        postgresql.ARRAY(sa.Text()), server_default=sa.text("'{}'")
    )
    author: Mapped[User] = relationship(
        back_populates="posts", foreign_keys=[author_id]
    )
    checker: Mapped[User | None] = relationship(
        back_populates="checked", foreign_keys=[editor_id]
    )
    parent: Mapped[Post | None] = relationship(
        back_populates="children", remote_side=[id]
    )
    children: Mapped[list[Post]] = relationship(back_populates="parent")


class About(ContextDecorator, Base):
    __tablename__ = "profiles"
    __table_args__ = (sa.PrimaryKeyConstraint("user_id", name="pk_profiles"),)

    user_id: Mapped[int] = mapped_column(
        sa.BigInteger(),
        sa.ForeignKey("users.id", name="fk_profiles_user_id_users"),
        primary_key=True,
        autoincrement=False,
    )
    user: Mapped[User] = relationship(back_populates="profile")


log = sa.Table("log", Base.metadata, sa.Column("line", sa.Text(), nullable=False))
