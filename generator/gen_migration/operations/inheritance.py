"""Tables that get columns from others, or no more: children of a parent, and typed tables."""

from __future__ import annotations

from dataclasses import field
from typing import TYPE_CHECKING

from gen_migration.base.data_class import dataclass, replace
from gen_migration.operations import base

if TYPE_CHECKING:
    from gen_migration.model import schema as model
    from gen_migration.postgres.names import Name


@dataclass(frozen=True, slots=True, kw_only=True)
class SetOrigin(base.Operation):
    """Give a table columns from elsewhere, or let it keep them as its own."""

    old: model.Table
    new: model.Table
    table: Name

    def apply(self, schema: model.Schema) -> model.Schema:
        return replace(schema, tables=base.put(schema.tables, self.table, self.new))


@dataclass(frozen=True, slots=True, kw_only=True)
class SetParent(SetOrigin):
    """Make a table a child of a parent, or no child of it any more.

    `not_null` are the columns whose NOT NULL is called as the parent's while it is a child.
    """

    parent: Name
    not_null: tuple[str, ...] = ()


class Inherit(SetParent):
    """Make a table a child; what it shares with its parent, it goes on to declare itself."""

    wire = "inherit"
    line = "make table {0.table} a child of {0.parent}"


class NoInherit(SetParent):
    """Make a child a table of its own; it keeps all of its columns and checks."""

    wire = "no_inherit"
    line = "make table {0.table} no child of {0.parent}"


@dataclass(frozen=True, slots=True, kw_only=True)
class SetRowType(SetOrigin):
    """Make a table one of a composite type, or of none any more.

    `order` is that of the columns, where a downgrade has to bring the attributes into it first;
    `stays` says that it cannot.
    """

    of: Name
    order: tuple[str, ...] = field(default=(), compare=False)
    stays: bool = field(default=False, compare=False)


class MakeTyped(SetRowType):
    """Make a table a typed one."""

    wire = "make_typed"
    line = "make table {0.table} one of type {0.of}"


class MakeUntyped(SetRowType):
    """Make a typed table one of its own."""

    wire = "make_untyped"
    line = "make table {0.table} one of no type (it was {0.of})"


class StayUntyped(SetRowType, base.Refusal):
    """Say why a table cannot be one of its type again."""

    wire = "stay_untyped"
    line = "keep table {0.table} one of no type (it was {0.of})"


base.opposites(Inherit, NoInherit)
base.opposites(MakeTyped, MakeUntyped)
