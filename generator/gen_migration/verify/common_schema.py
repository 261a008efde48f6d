"""A schema whose rows fit both a schema and the one that follows it. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gen_migration.base.data_class import replace
from gen_migration.kinds.scope import at_home
from gen_migration.model import given
from gen_migration.model.schema import Check, Exclude, ForeignKey, PrimaryKey, Unique
from gen_migration.postgres.expressions import parse_expression
from gen_migration.postgres.type_names import INTEGERS
from gen_migration.verify.new_bounds import new_conditions

if TYPE_CHECKING:
    from gen_migration.model.schema import Column, Constraint, Enum, Schema, Table
    from gen_migration.postgres.names import Name

TEXTS = frozenset(("text", "varchar"))


def fitting(old: Schema, new: Schema, home: str) -> Schema:
    """Return an old schema with what the new one asks of the same tables and columns as well.

    Its rows are allowed by both, as far as columns keep their names. Names of the schema `home`
    stand alone.
    """
    later = at_home(new, home)
    tables = {
        name: stricter(old, later, name) if name in later.tables else table
        for name, table in old.tables.items()
    }
    enums = {
        name: shared(enum, later.enums[name]) if name in later.enums else enum
        for name, enum in old.enums.items()
    }
    return replace(old, tables=tables).with_("enum", enums)


def shared(old: Enum, new: Enum) -> Enum:
    """Return an enum with the values that two have in common; the old one where there are none."""
    values = tuple(value for value in old.values if value in new.values)
    return replace(old, values=values or old.values)


def stricter(schema: Schema, later: Schema, name: Name) -> Table:
    """Return a table of two schemas that asks for what either of them asks for."""
    old, new = schema.tables[name], later.tables[name]
    columns = {
        key: narrower(column, new.columns[key]) if key in new.columns else column
        for key, column in old.columns.items()
    }
    # One that changes under its name is asked for beside the old one.
    added = {
        f"{key} after" if key in old.constraints else key: one
        for key, one in new.constraints.items()
        if one != old.constraints.get(key) and has_columns(schema, old, one)
    }
    bounds = new_conditions(schema, later, name)
    added |= {
        f"bound {number}": Check(expression=one) for number, one in enumerate(bounds)
    }
    indexes = {
        f"{key} after" if key in old.indexes else key: one
        for key, one in new.indexes.items()
        if one != old.indexes.get(key)
        and one.unique
        and {element.column for element in one.elements} <= set(old.columns)
    }
    return replace(
        old,
        columns=columns,
        constraints={**old.constraints, **added},
        indexes={**old.indexes, **indexes},
    )


def narrower(old: Column, new: Column) -> Column:
    """Return a column whose values both of two take, as far as their types are of one kind."""
    kind = old.type
    if kind.name in TEXTS and not kind.arguments and not kind.array:
        kind = new.type  # all others can be written as text
    elif kind.name in INTEGERS and new.type.name in INTEGERS and not kind.array:
        kind = min(kind, new.type, key=lambda of: INTEGERS[of.name][-1])
    elif (kind.name, kind.schema, kind.array) == (
        new.type.name,
        new.type.schema,
        new.type.array,
    ):
        kind = replace(kind, arguments=least(kind.arguments, new.type.arguments))
    return replace(old, type=kind, nullable=old.nullable and new.nullable)


def least(one: tuple[str, ...], other: tuple[str, ...]) -> tuple[str, ...]:
    """Return the smaller of the lengths of two types; one without a length takes any."""
    if not (one and other and all(each.isdigit() for each in (*one, *other))):
        return one or other
    return tuple(min(pair, key=int) for pair in zip(one, other, strict=False))


def has_columns(schema: Schema, table: Table, constraint: Constraint) -> bool:
    """Tell whether all columns that a constraint needs are in a schema already."""
    if isinstance(constraint, ForeignKey):
        name = constraint.referred_table
        referred = given.columns_of(schema, name) if name in schema.tables else {}
        if not set(constraint.referred_columns) <= referred.keys():
            return False
    return columns_of(constraint) <= set(table.columns)


def columns_of(constraint: Constraint) -> set[str | None]:
    """Return the columns that a constraint of a table speaks of; None for what is no column."""
    match constraint:
        case PrimaryKey() | Unique() | ForeignKey():
            return set(constraint.columns)
        case Check():
            references = parse_expression(constraint.expression).references
            return {one.parts[-1] for one in references}
        case Exclude():
            return {one.element.column for one in constraint.elements}
