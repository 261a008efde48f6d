"""Differences that mean nothing between SQLAlchemy models and a spec. Pure.

A constraint without a name gets one of PostgreSQL's choice; an integer that is a primary key
becomes serial, whatever makes its values. Sources: `ChooseConstraintName` (pg_constraint.c) and
`ChooseIndexName` (indexcmds.c); SQLAlchemy's documentation, "Autoincrementing Integer".
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from gen_migration.base.data_class import replace
from gen_migration.model import schema as model
from gen_migration.model.naming import conventional
from gen_migration.postgres.names import object_name

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gen_migration.model.convention import Convention
    from gen_migration.postgres.names import Name


def explained(
    found: model.Schema, spec: model.Schema, naming: Convention
) -> model.Schema:
    """Return the schema of models with what a spec says of the same tables, where they say nothing.

    Those are names of constraints that the naming convention gives, and where the values of a
    primary key come from.
    """
    tables = {
        name: table(name, one, spec.tables[name], naming)
        if name in spec.tables
        else one
        for name, one in found.tables.items()
    }
    return replace(found, tables=tables)


def table(
    name: Name, found: model.Table, spec: model.Table, naming: Convention
) -> model.Table:
    keys = {
        column
        for one in found.constraints.values()
        if isinstance(one, model.PrimaryKey)
        for column in one.columns
    }
    columns = {
        key: counted(one, spec.columns[key])
        if key in keys and key in spec.columns
        else one
        for key, one in found.columns.items()
    }
    names = dict(renamed(name.name, found, spec, naming))
    constraints = {names.get(key, key): one for key, one in found.constraints.items()}
    return replace(found, columns=columns, constraints=constraints)


def counted(found: model.Column, spec: model.Column) -> model.Column:
    """Return a serial column of a key as a spec has it, where it holds the same integers."""
    if not found.type.is_serial or spec.type.plain != found.type.plain:
        return found
    return replace(found, type=spec.type, identity=spec.identity, default=spec.default)


def renamed(
    table: str, found: model.Table, spec: model.Table, naming: Convention
) -> Iterator[tuple[str, str]]:
    """Yield the names of PostgreSQL's choice, and those of the convention in their place."""
    taken = set(found.constraints)
    for key, one in found.constraints.items():
        if key in spec.constraints or not is_automatic(table, key, one):
            continue
        for name, other in spec.constraints.items():
            given = name not in taken and is_convention(table, name, one, naming)
            if other == one and given:
                taken.add(name)
                yield key, name
                break


def is_automatic(table: str, name: str, value: model.Constraint) -> bool:
    """Tell whether PostgreSQL may have chosen a name, perhaps with a number behind it."""
    plain = name.rstrip("0123456789")
    match value:
        case model.PrimaryKey():
            return plain == object_name(table, "", "pkey")
        case model.Unique(columns=columns):
            return plain == object_name(table, "_".join(columns), "key")
        case model.ForeignKey(columns=columns):
            return plain == object_name(table, "_".join(columns), "fkey")
        case model.Check():
            return plain.startswith(table[:20]) and plain.endswith("_check")
        case model.Exclude():
            return plain.startswith(table[:20]) and plain.endswith("_excl")


def is_convention(
    table: str, name: str, value: model.Constraint, naming: Convention
) -> bool:
    """Tell whether a name is that of a constraint to which a spec gives none."""
    match value:
        case model.Check():
            return name.startswith(naming.check_name(table, [""])[:40])
        case model.Exclude():
            return name.startswith(naming.exclude_name(table, ())[:40])
        case _:
            return name == conventional(naming, table, value)
