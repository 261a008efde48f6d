"""Tables that get columns and checks from others, or keep them as their own. Pure.

Source: the PostgreSQL manual, ALTER TABLE (INHERIT, NO INHERIT, OF, NOT OF), and
`RemoveInheritance` and `MergeAttributesIntoExisting` in tablecmds.c: what has no origin any more is
declared from then on, and what is declared stays so.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from gen_migration.base.data_class import replace
from gen_migration.model.given import (
    VALUES,
    attributes,
    columns_in,
    given_checks,
    given_column,
    given_columns,
    own_of,
)
from gen_migration.model.own_columns import says

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gen_migration.model.schema import Column, Own, Schema, Table
    from gen_migration.postgres.names import Name


def without_parent(schema: Schema, table: Table, parent: Name) -> Table:
    """Return a child once it is none of a parent any more."""
    rest = tuple(one for one in table.inherits if one != parent)
    return settled(schema, table, replace(table, inherits=rest))


def with_parent(schema: Schema, table: Table, parent: Name) -> Table:
    """Return a table once it is a child of a parent."""
    return settled(schema, table, replace(table, inherits=(*table.inherits, parent)))


def kept(old: tuple[Name, ...], new: tuple[Name, ...]) -> tuple[Name, ...]:
    """Return the parents that stay: any other comes behind them."""
    for size in range(len(new), 0, -1):
        if new[:size] == tuple(one for one in old if one in new[:size]):
            return new[:size]
    return ()


class Taken(NamedTuple):
    """A parent that a table takes, or lets go to take it again, and the table before and after."""

    parent: Name
    before: Table
    after: Table


def taking(schema: Schema, table: Table, parents: tuple[Name, ...]) -> Iterator[Taken]:
    """Yield how a table takes parents.

    In the end, it has these parents in their order. PostgreSQL puts a new one behind those that are
    there (`inhseqno`): what comes after it is let go once it is there, so that what two parents
    have stays inherited.
    """
    new = [(one, with_parent) for one in parents if one not in table.inherits]
    there = (*table.inherits, *(one for one, _ in new))
    again = parents[len(kept(there, parents)) :]
    ways = (without_parent, with_parent)
    for parent, way in (*new, *((one, way) for one in again for way in ways)):
        before, table = table, way(schema, table, parent)
        yield Taken(parent, before, table)


def declares_as(table: Table, other: Table) -> bool:
    """Tell whether two tables declare the same of what they have from parents."""
    return (
        table.columns == other.columns
        and table.constraints == other.constraints
        and all(
            says(table, key) == says(other, key) for key in {**table.own, **other.own}
        )
    )


def without_type(schema: Schema, table: Table) -> Table:
    """Return a typed table once it is none any more."""
    return settled(schema, table, replace(table, of_type=None))


def with_type(schema: Schema, table: Table, of: Name) -> Table:
    """Return a table once it is one of a composite type."""
    given = attributes(schema, of)
    own = {
        key: own_of(value, given[key], says=False)
        for key, value in table.columns.items()
        if key in given
    }
    return replace(
        table,
        columns={},
        own={key: one for key, one in own.items() if one},
        of_type=of,
    )


def settled(schema: Schema, before: Table, after: Table) -> Table:
    """Return a table that has columns from others than before, but is the same in a database."""
    given = given_columns(schema, after)
    columns: dict[str, Column] = {}
    own: dict[str, Own] = {}
    for key, value in columns_in(schema, before).items():
        declared = before.columns.get(key)
        if key not in given:
            columns[key] = value
        elif declared is None:
            own[key] = own_of(value, given[key], says=says(before, key))
        elif given[key].nullable:
            columns[key] = value
        else:
            columns[key] = declared
    gone = given_checks(schema, before).keys() - given_checks(schema, after).keys()
    kept = {k: v for k, v in given_checks(schema, before).items() if k in gone}
    return replace(
        after,
        columns=columns,
        own={key: one for key, one in own.items() if one},
        constraints={**kept, **before.constraints},
    )


def with_unsaid(schema: Schema, table: Table) -> Table:
    """Return a child whose columns have what it does not say from its parents."""
    columns = dict(table.columns)
    for key, one in table.columns.items() if table.inherits else ():
        given = given_column(schema, table, key)
        if given is None:
            continue
        left: dict[str, Any] = {
            field: getattr(given, field)
            for field in VALUES
            if getattr(one, field) is None
            and not (field == "default" and one.has_value)
        }
        columns[key] = replace(one, **left)
    return replace(table, columns=columns) if columns != table.columns else table
