"""Operations on the columns of a table that is there."""

from __future__ import annotations

import dataclasses
from dataclasses import field
from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple

from gen_migration.base.data_class import dataclass, replace
from gen_migration.model import kept_names, own_columns
from gen_migration.model.given import given_column, heirs, held_column
from gen_migration.operations import base, wording
from gen_migration.sql import ddl

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gen_migration.model.schema import (
        Column,
        Generated,
        Identity,
        NotNullState,
        Own,
        Schema,
    )
    from gen_migration.postgres.names import Name
    from gen_migration.postgres.types import Type


def with_own(schema: Schema, name: str, own: Mapping[Name, Own]) -> Schema:
    """Return a schema in which a column has this of its own in partitions."""
    tables = dict(schema.tables)
    for part, values in own.items():
        tables[part] = own_columns.put(tables[part], name, values)
    return replace(schema, tables=tables)


@dataclass(frozen=True, slots=True, kw_only=True)
class WholeColumn(base.OfPart):
    """Add a column to a table, or drop it; `own` is what those have of it that have it from there.

    What a child declares itself, or has from another parent, stays. `kept` is the name that its
    NOT NULL had, where a downgrade brings it back. With `merges`, some of those below had the
    column already, and allowed NULL.
    """

    noun = "column"
    table: Name
    name: str
    old: Any = None
    new: Any = None
    own: Mapping[Name, Own] = field(default_factory=dict)
    kept: str | None = field(default=None, compare=False)
    merges: bool = field(default=False, compare=False)

    def apply(self, schema: Schema) -> Schema:
        if self.new is not None:
            after = with_own(self.with_part(schema, self.new), self.name, self.own)
            after = self.merged(schema, after)
            return kept_names.noted(after, self.table, self.name)
        after = kept_names.noted(self.with_part(schema, None), self.table, self.name)
        for part in heirs(schema, self.table):
            table = after.tables[part]
            held = held_column(after, part, self.name)
            if held is None:
                table = own_columns.put(table, self.name, {})
            elif self.name not in table.columns:
                # Another parent has it as well, which may say less of it. Of NOT NULL, that of the
                # child itself stays, and that from there.
                was = held_column(schema, part, self.name) or held
                if not own_columns.says(table, self.name):
                    was = replace(
                        was, **{key: getattr(held, key) for key in FORBIDDING}
                    )
                table = own_columns.with_value(after, table, self.name, was)
            if table != after.tables[part]:
                after = replace(after, tables=base.put(after.tables, part, table))
        return after

    def merged(self, before: Schema, after: Schema) -> Schema:
        """Return a schema in which heirs that had the column keep the values that it has there."""
        for part in heirs(before, self.table):
            table, was = after.tables[part], held_column(before, part, self.name)
            if was is None or self.name in table.columns or part in self.own:
                continue
            kept = own_columns.with_value(after, table, self.name, was)
            if kept != table:
                after = replace(after, tables=base.put(after.tables, part, kept))
        return after


class AddColumn(WholeColumn):
    """Add a column."""

    wire = "add_column"
    line = "add column {0.name} to table {0.table}"
    new: Column


class DropColumn(WholeColumn):
    """Drop a column that no key, check or index uses any more."""

    wire = "drop_column"
    line = "drop column {0.name} of table {0.table}"
    old: Column


base.opposites(AddColumn, DropColumn)


class OfColumn(base.Alteration):
    """An alteration of a column."""

    table: Name
    name: str

    @property
    def place(self) -> str:
        """The name of the column with that of its table."""
        return wording.column(self.table, self.name)


@dataclass(frozen=True, slots=True, kw_only=True)
class SetColumn(OfColumn):
    """Give one property of a column another value."""

    field: ClassVar[str]
    what = "{0.field} of column {0.place}"
    table: Name
    name: str
    old: Any
    new: Any

    def apply(self, schema: Schema) -> Schema:
        return self.changed(schema, {self.field: self.new})

    def changed(self, schema: Schema, values: Mapping[str, Any]) -> Schema:
        """Return a schema in which the column has these values, by their fields."""
        after = own_columns.changed(
            schema, self.table, self.name, values, only=self.is_alone
        )
        if values.keys().isdisjoint(FORBIDDING):
            return after
        return kept_names.noted(after, self.table, self.name)

    @property
    def is_alone(self) -> bool:
        """Whether partitions keep what they have."""
        return False


@dataclass(frozen=True, slots=True, kw_only=True)
class SetColumnOnly(SetColumn):
    """A change that partitions need not follow: with `only`, they keep what they have."""

    only: bool = False

    @property
    def is_alone(self) -> bool:
        return self.only


class Typing(NamedTuple):
    """A column's type and collation, which `ALTER COLUMN … TYPE` sets together."""

    type: Type
    collation: Name | None = None

    def __str__(self) -> str:
        collation = f" collation {self.collation}" if self.collation else ""
        return f"{self.type}{collation}"


@dataclass(frozen=True, slots=True, kw_only=True)
class SetColumnType(SetColumn):
    """Change a column's type; `using` and `undo` are the casts there and back, as SQL.

    `unlogged` tells that the sequence of a column that becomes serial is, as its table.
    """

    wire = "set_column_type"
    field = "type"
    old: Typing
    new: Typing
    using: str | None = None
    undo: str | None = None
    unlogged: bool = dataclasses.field(default=False, compare=False)

    def inverse(self) -> SetColumnType:
        return replace(
            self, old=self.new, new=self.old, using=self.undo, undo=self.using
        )

    def apply(self, schema: Schema) -> Schema:
        return self.changed(schema, self.new._asdict())


# What a column has of its NOT NULL.
FORBIDDING = ("nullable", "not_null", "not_null_state")


@dataclass(frozen=True, slots=True, kw_only=True)
class SetColumnNullable(SetColumn):
    """Allow NULL in a column, or forbid it.

    `not_null` is the name that comes or goes with it, and `state` what it is where it is not plain.

    `says` are the partitions that forbid it themselves, whatever their parent does. The
    `followers` do as their parent does, and `has_children` tells that some forbid it themselves;
    how that is said makes no difference to what is done. `kept` is the name that one had which a
    downgrade brings back. With `only`, all of those below forbid it themselves.
    """

    wire = "set_column_nullable"
    field = "nullable"
    old: bool
    new: bool
    not_null: str | None = None
    says: tuple[Name, ...] = ()
    followers: tuple[Name, ...] = dataclasses.field(default=(), compare=False)
    has_children: bool = dataclasses.field(default=False, compare=False)
    kept: str | None = dataclasses.field(default=None, compare=False)
    only: bool = dataclasses.field(default=False, compare=False)
    state: NotNullState | None = None

    @property
    def is_alone(self) -> bool:
        return self.only

    def apply(self, schema: Schema) -> Schema:
        table = schema.tables[self.table]
        if table.has_given and given_column(schema, table, self.name) is not None:
            given = {"not_null": self.not_null, "not_null_state": self.state}
            changed = own_columns.saying_not_null(
                table, self.name, {} if self.new else {"nullable": False, **given}
            )
            return replace(schema, tables=base.put(schema.tables, self.table, changed))
        name, state = (None, None) if self.new else (self.not_null, self.state)
        values = (self.new, name, state)
        return self.changed(schema, dict(zip(FORBIDDING, values, strict=True)))

    @property
    def summary(self) -> str:
        return f"{'allow' if self.new else 'forbid'} NULL in column {self.place}"


class SetColumnDefault(SetColumnOnly):
    """Set or drop the default of a column, as SQL."""

    wire = "set_column_default"
    field = "default"
    old: str | None
    new: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class SetColumnIdentity(SetColumn):
    """Add, change or drop the identity of a column of the integer type `type`."""

    wire = "set_column_identity"
    field = "identity"
    type: str
    old: Identity | None
    new: Identity | None

    def said(self, value: Identity | None) -> str | None:
        return None if value is None else ddl.identity(value, self.type)


@dataclass(frozen=True, slots=True, kw_only=True)
class SetColumnStorage(SetColumnOnly):
    """Set how large values of a column are kept; None leaves it to the type."""

    wire = "set_column_storage"
    field = "storage"
    type: Type
    old: str | None
    new: str | None


class SetColumnCompression(SetColumn):
    """Set how large values of a column are compressed; None leaves it to the server."""

    wire = "set_column_compression"
    field = "compression"
    old: str | None
    new: str | None


class SetColumnAlone(SetColumn):
    """A change of what partitions have no part in."""

    @property
    def is_alone(self) -> bool:
        return True


class SetColumnStatisticsTarget(SetColumnAlone):
    """Set how much ANALYZE samples of a column; None leaves it to the server."""

    wire = "set_column_statistics_target"
    what = "statistics target of column {0.place}"
    field = "statistics_target"
    old: int | None
    new: int | None


class Distinct(NamedTuple):
    """The options of a column: how many values it has, and with what inherits from it."""

    n_distinct: str | None = None
    n_distinct_inherited: str | None = None

    @classmethod
    def of(cls, column: Column) -> Distinct:
        """Return those of a column."""
        return cls(*(getattr(column, key) for key in cls._fields))


class SetColumnDistinct(SetColumnAlone):
    """Say how many values a column has; where nothing is said, ANALYZE estimates it."""

    wire = "set_column_n_distinct"
    field = "n_distinct"
    old: Distinct
    new: Distinct

    def apply(self, schema: Schema) -> Schema:
        return self.changed(schema, self.new._asdict())

    def said(self, value: Distinct) -> str | None:
        return ddl.parameters(ddl.column_options(value)) or None


@dataclass(frozen=True, slots=True, kw_only=True)
class SetNotNullName(SetColumn):
    """Give the NOT NULL of a column a name (PostgreSQL 18); None is the one PostgreSQL chooses.

    `has_children` tells that some forbid NULL themselves, under names of their own perhaps.
    """

    wire = "set_not_null_name"
    what = "name of NOT NULL of column {0.place}"
    field = "not_null"
    old: str | None
    new: str | None
    has_children: bool = dataclasses.field(default=False, compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class SetNotNullState(SetColumn):
    """Validate a NOT NULL, hand it to what inherits or keep it, or comment on it (PostgreSQL 18).

    `constraint` is its name meanwhile. A valid one is not valid again as a new constraint.
    """

    wire = "set_not_null_state"
    what = "NOT NULL {0.constraint} of column {0.place}"
    field = "not_null_state"
    constraint: str
    old: NotNullState | None
    new: NotNullState | None

    def apply(self, schema: Schema) -> Schema:
        # What is not plain has its name.
        named = {} if self.new is None else {"not_null": self.constraint}
        return self.changed(schema, {**named, self.field: self.new})

    def said(self, value: NotNullState | None) -> str:
        return wording.not_null_state(value)


class SetColumnExpression(SetColumn):
    """Change the expression of a generated column in its place (PostgreSQL 17).

    None keeps the values of a stored one as those of a plain column.
    """

    wire = "set_column_expression"
    what = "expression of column {0.place}"
    field = "generated"
    old: Generated | None
    new: Generated | None


@dataclass(frozen=True, slots=True, kw_only=True)
class SetColumnGenerated(OfColumn):
    """Make a column generated, plain, or generated in another way.

    A composite: the plan makes SetColumnExpression of it where PostgreSQL can do it in its place,
    else DropColumn and AddColumn.
    """

    wire = "set_column_generated"
    what = "expression of column {0.place}"
    table: Name
    name: str
    old: Column
    new: Column

    def apply(self, schema: Schema) -> Schema:
        return own_columns.with_column(schema, self.table, self.name, self.new)

    def said(self, value: Column) -> Generated | None:
        return value.generated
