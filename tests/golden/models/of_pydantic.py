"""Models of blog, written by gen-migration: edit the spec, not this file."""

from __future__ import annotations

import datetime as dt
import enum
from typing import Any

from pydantic import BaseModel, ConfigDict, Field


class State(enum.StrEnum):
    OPEN = "open"
    CLASS = "class"
    NOT_YET = "not yet"
    VALUE = ""


class UserRead(BaseModel):
    """Who writes "posts"."""

    model_config = ConfigDict(from_attributes=True)

    id: int
    name: str
    metadata_: Any = Field(serialization_alias="metadata")
    str_: str | None = Field(serialization_alias="str")
    class_: str = Field(serialization_alias="class")


class UserCreate(BaseModel):
    """Who writes "posts"."""

    name: str = Field(max_length=50)
    metadata_: Any | None = Field(default=None, validation_alias="metadata")
    str_: str | None = Field(default=None, validation_alias="str")
    class_: str = Field(validation_alias="class")


class UserUpdate(BaseModel):
    """Who writes "posts"."""

    name: str | None = Field(default=None, max_length=50)
    metadata_: Any | None = Field(default=None, validation_alias="metadata")
    str_: str | None = Field(default=None, validation_alias="str")
    class_: str | None = Field(default=None, validation_alias="class")


class PostRead(BaseModel):
    model_config = ConfigDict(from_attributes=True)

    id: int
    author_id: int
    editor_id: int | None
    parent_id: int | None
    state: State
    states: list[State]
    created_at: dt.datetime
    tags: list[str]


class PostCreate(BaseModel):
    author_id: int
    editor_id: int | None = None
    parent_id: int | None = None
    state: State | None = None
    states: list[State]
    created_at: dt.datetime | None = None
    tags: list[str] | None = None


class PostUpdate(BaseModel):
    author_id: int | None = None
    editor_id: int | None = None
    parent_id: int | None = None
    state: State | None = None
    states: list[State] | None = None
    created_at: dt.datetime | None = None
    tags: list[str] | None = None


class AboutRead(BaseModel):
    model_config = ConfigDict(from_attributes=True)

    user_id: int


class AboutCreate(BaseModel):
    user_id: int


class AboutUpdate(BaseModel):
    pass


class LogRead(BaseModel):
    model_config = ConfigDict(from_attributes=True)

    line: str


class LogCreate(BaseModel):
    line: str


class LogUpdate(BaseModel):
    line: str | None = None
