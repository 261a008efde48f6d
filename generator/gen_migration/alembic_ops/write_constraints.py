"""Constraints as Alembic's directives: inside of `op.create_table`, and on their own.

Source: SQLAlchemy 2.0.41, "Defining Constraints and Indexes" and the PostgreSQL dialect; Alembic
1.16, "Operation Reference".
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gen_migration.alembic_ops.calls import Call, call, said
from gen_migration.alembic_ops.write import escape_text, is_column, schema_of, text
from gen_migration.base.data_class import replace
from gen_migration.model.schema import (
    Check,
    Exclude,
    ForeignKey,
    Indexed,
    PrimaryKey,
    Unique,
)
from gen_migration.sql import ddl

if TYPE_CHECKING:
    from collections.abc import Iterable

    from gen_migration.model.schema import Constraint, Deferral, Element
    from gen_migration.postgres.names import Name


def deferral(value: Deferral) -> dict[str, Any]:
    late = value.initially_deferred
    return said(deferrable=value.deferrable or late, initially=late and "DEFERRED")


def convention(name: str) -> Call:
    """Return a name that no naming convention of the user's metadata touches."""
    return call("op.f", name)


def is_sayable(value: Constraint) -> bool:
    """Tell whether SQLAlchemy can say a constraint inside of `op.create_table`."""
    if isinstance(value, Indexed) and ddl.index_settings(value):
        return False
    match value:
        case PrimaryKey() | Unique():
            # SQLAlchemy 2.0.41 writes the two in the wrong order.
            return not (value.without_overlaps or (value.include and value.deferrable))
        case ForeignKey():
            # SQLAlchemy splits the target at its dots.
            named = (*value.referred_table, *value.referred_columns)
            is_dotted = any("." in one for one in named if one is not None)
            is_more = value.not_valid or value.period or value.on_delete_columns
            return not (is_more or is_dotted)
        case Check():
            return not (value.no_inherit or value.not_valid)
        case Exclude():
            is_formatted = any("%" in one.operator for one in value.elements)
            return not (value.include or is_formatted)


def constraint(name: str, value: Constraint) -> Call | None:
    """Return what stands inside of `op.create_table`, or None where SQLAlchemy cannot say it."""
    if not is_sayable(value):
        return None
    options: dict[str, Any] = {"name": convention(name)}
    match value:
        case PrimaryKey() | Unique():
            return key(value, options)
        case ForeignKey():
            return foreign_key(value, options)
        case Check():
            return Call("sa.CheckConstraint", (escape_text(value.expression),), options)
        case Exclude():
            return exclude(value, options)


def create_constraint(table: Name, name: str, value: Constraint) -> Call | None:
    """Return what adds a constraint to a table that is there, or None where it takes SQL."""
    inside = constraint(name, without_not_valid(value))
    if inside is None:
        return None
    options = {key: option for key, option in inside.keywords.items() if key != "name"}
    options |= said(postgresql_not_valid=getattr(value, "not_valid", False))
    if isinstance(value, ForeignKey):
        return create_foreign_key(table, name, value, options)
    if isinstance(value, PrimaryKey) and options:
        return None  # Alembic hands none of them on
    if isinstance(value, Unique) and value.include:
        return None  # Alembic makes a table of the key's columns alone
    if isinstance(value, Exclude) and not are_columns(inside.arguments):
        return None
    arguments = inside.arguments
    if isinstance(value, PrimaryKey | Unique):
        arguments = (list(arguments),)
    options |= schema_of(table)
    return Call(ADDS[type(value)], (convention(name), table.name, *arguments), options)


ADDS: dict[type, str] = {
    PrimaryKey: "op.create_primary_key",
    Unique: "op.create_unique_constraint",
    Check: "op.create_check_constraint",
    Exclude: "op.create_exclude_constraint",
}


def are_columns(elements: Iterable[tuple[Call, str]]) -> bool:
    """Tell whether elements of an exclusion constraint are columns, each of them once.

    Alembic puts them into a table by their names (`CreateExcludeConstraintOp.to_constraint`).
    """
    found = [element for element, _ in elements]
    names = {one.arguments for one in found if one.name == "sa.column"}
    return len(names) == len(found)


def without_not_valid(value: Constraint) -> Constraint:
    """Return a constraint as `CREATE TABLE` takes it: every row is checked as it comes."""
    if isinstance(value, ForeignKey | Check) and not value.not_enforced:
        return replace(value, not_valid=False)
    return value


def create_foreign_key(
    table: Name, name: str, value: ForeignKey, options: dict[str, Any]
) -> Call:
    """Return `op.create_foreign_key(…)`."""
    referred = value.referred_table
    columns = (list(value.columns), list(value.referred_columns))
    arguments = (convention(name), table.name, referred.name, *columns)
    options |= said(source_schema=table.schema, referent_schema=referred.schema)
    return Call("op.create_foreign_key", arguments, options)


def key(value: PrimaryKey | Unique, options: dict[str, Any]) -> Call:
    options |= {**deferral(value), **said(postgresql_include=list(value.include))}
    if isinstance(value, PrimaryKey):
        return Call("sa.PrimaryKeyConstraint", value.columns, options)
    options |= said(postgresql_nulls_not_distinct=value.nulls_not_distinct)
    return Call("sa.UniqueConstraint", value.columns, options)


def foreign_key(value: ForeignKey, options: dict[str, Any]) -> Call:
    target = [part for part in value.referred_table if part is not None]
    options |= said(
        ondelete=value.on_delete,
        onupdate=value.on_update,
        match=value.match_full and "FULL",
        **deferral(value),
    )
    referred = [".".join((*target, column)) for column in value.referred_columns]
    return Call("sa.ForeignKeyConstraint", (list(value.columns), referred), options)


def exclude(value: Exclude, options: dict[str, Any]) -> Call:
    elements = tuple((exclude_element(e.element), e.operator) for e in value.elements)
    options |= said(
        using=None if value.method == "gist" else value.method,
        where=value.where and text(value.where),
        **deferral(value),
    )
    return Call("postgresql.ExcludeConstraint", elements, options)


def exclude_element(value: Element) -> Call:
    return (
        call("sa.column", value.column)
        if is_column(value)
        else text(ddl.element(value))
    )
