"""The tree of a module of models: what all styles print, each in its own words."""

from __future__ import annotations

from dataclasses import field
from typing import TYPE_CHECKING, Any

from gen_migration.base.data_class import dataclass

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gen_migration.alembic_ops.calls import Call
    from gen_migration.model.schema import Column, SequenceOptions, Table
    from gen_migration.postgres.names import Name


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """An enum: a class of Python's, and the variable that is the type of its columns.

    `members` are the labels by the names that they have in Python; `class_` is None where there
    are none, and is not written where it is the user's (`is_own`).
    """

    name: Name
    class_: str | None
    variable: str
    members: Mapping[str, str]
    comment: str | None = None
    is_own: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """A column as an attribute.

    `type` is the expression of SQLAlchemy, `annotation` the type in Python of a value that is not
    NULL, and `keys` the foreign keys that are its own.
    """

    name: str
    column: str
    value: Column
    type: Any
    annotation: str
    call: Call
    is_key: bool = False
    keys: tuple[Call, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Relation:
    """One side of a foreign key as an attribute: the rows of another class, or the one."""

    name: str
    target: str
    back: str
    many: bool = False
    optional: bool = False
    options: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Entity:
    """A table: a class, or, where it has no primary key, a `Table` by the name of a variable.

    `arguments` are constraints and indexes, `options` the keywords of `Table`.
    """

    table: Name
    value: Table
    class_: str | None
    variable: str
    fields: Mapping[str, Field]
    arguments: tuple[Call, ...]
    options: Mapping[str, Any]
    relations: tuple[Relation, ...] = ()
    mixins: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class External:
    """A table of others that foreign keys point at."""

    variable: str
    call: Call


@dataclass(frozen=True, slots=True, kw_only=True)
class Counter:
    """A sequence of its own."""

    name: Name
    type: str
    options: SequenceOptions


@dataclass(frozen=True, slots=True, kw_only=True)
class Tree:
    """A module. `imports` are what the spec's hints name: module and name, by the name here."""

    spec: str
    entities: tuple[Entity, ...]
    choices: tuple[Choice, ...] = ()
    externals: tuple[External, ...] = ()
    sequences: tuple[Counter, ...] = ()
    imports: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    has_base: bool = False
