"""Inheritance of partitions: what they take over from their parent, and keep when detached.

Source: the PostgreSQL manual, ALTER TABLE (ATTACH PARTITION, DETACH PARTITION).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from gen_migration.base.data_class import replace
from gen_migration.model.automatic_names import free_name, label
from gen_migration.model.given import (
    columns_of,
    given_checks,
    inherited_column,
    own_of,
)
from gen_migration.model.schema import (
    Check,
    ForeignKey,
    Index,
    Indexed,
    Inherited,
    Table,
)

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from gen_migration.model.schema import Constraint, Own, Schema
    from gen_migration.postgres.names import Name

ENDLESS = frozenset(("MINVALUE", "MAXVALUE"))  # before and after all values of a range


def is_partitioned(schema: Schema, name: Name) -> bool:
    """Tell whether a table of a schema is one that has partitions."""
    found = schema.tables.get(name)
    return found is not None and found.partition_by is not None


def parents_of(schema: Schema) -> dict[Name, tuple[Name, ...]]:
    """Return the tables, or the type, that tables have columns from; both share their names."""
    found = {}
    for name, table in schema.tables.items():
        of = () if table.of_type is None else (table.of_type,)
        if above := table.parents or of:
            found[name] = above
    return found


def standalone(schema: Schema, name: Name) -> Table:
    """Return what a table of a schema is by itself: all that it has from others is its own."""
    table = schema.tables[name]
    if not table.has_given:
        return table
    constraints: dict[str, Constraint] = {**given_checks(schema, table)}
    indexes: dict[str, Index] = {}
    if table.partition_of is not None:
        constraints, indexes = inherited(schema, name, table)
    return replace(
        table,
        columns=columns_of(schema, name),
        constraints={**constraints, **table.constraints},
        indexes={**indexes, **table.indexes},
        partition_of=None,
        inherits=(),
        of_type=None,
        own={},
        inherited={},
    )


def own_columns(
    table: Table, name: Name, parent: Table, says: Collection[str]
) -> dict[str, Own]:
    """Return what the columns of a table have of their own once it is attached to a parent."""
    found = {}
    for key, column in parent.columns.items():
        given = inherited_column(name, key, column)
        value = table.columns[key]
        named = value.not_null not in {None, column.not_null}
        named = named or value.not_null_state is not None
        both = not (value.nullable or column.nullable)
        if own := own_of(value, given, says=both and (named or key in says)):
            found[key] = own
    return found


def inherited(
    schema: Schema, name: Name, table: Table
) -> tuple[dict[str, Constraint], dict[str, Index]]:
    """Return the constraints and indexes that a partition gets from its parent.

    Checks and foreign keys keep their names; keys and indexes get those of `inherited_names`.
    """
    parent = parent_of(schema, table)
    names = inherited_names(schema, name, table)
    given = otherwise(schema, table)
    constraints = {
        names.get(key, key): commented(one, given.get(key, AS_THERE).comment)
        for key, one in parent.constraints.items()
    }
    indexes = {
        names[key]: inherited_index(one, given.get(key, AS_THERE))
        for key, one in parent.indexes.items()
        if key in names
    }
    return constraints, indexes


AS_THERE = Inherited()


def commented(value: Constraint, comment: str | None) -> Constraint:
    """Return a constraint with this comment, and with none on its index."""
    if isinstance(value, Indexed):
        return replace(value, comment=comment, index_comment=None)
    return replace(value, comment=comment)


def inherited_index(value: Index, own: Inherited) -> Index:
    """Return an index of a partition: its parent's, and what is its own."""
    found = replace(value, comment=own.comment, tablespace=own.tablespace)
    if own.storage_parameters is None:
        return found
    return replace(found, storage_parameters=own.storage_parameters)


def parent_of(schema: Schema, table: Table) -> Table:
    """Return the table that a partition belongs to, as one that stands alone."""
    assert table.parent is not None  # noqa: S101 - it is a partition
    return standalone(schema, table.parent)


def inherited_names(schema: Schema, name: Name, table: Table) -> dict[str, str]:
    """Return what a partition's keys and indexes are called by the names of its parent's.

    PostgreSQL chooses those that the spec does not give, where no other relation has them.
    """
    parent, given = parent_of(schema, table), otherwise(schema, table)
    taken = {*table.constraints, *table.indexes}
    taken |= {one.name for one in given.values() if one.name is not None}
    names = {}
    for key, value in (*parent.constraints.items(), *parent.indexes.items()):
        if isinstance(value, Check | ForeignKey) or is_only(value):
            continue
        own = given.get(key, AS_THERE).name
        names[key] = own or free_name(name.name, *label(value), taken)
        taken.add(names[key])
    return names


def is_only(value: Constraint | Index) -> bool:
    """Tell whether an index is of its table alone, but for the partitions that it names."""
    return isinstance(value, Index) and value.only is not None


def otherwise(schema: Schema, table: Table) -> dict[str, Inherited]:
    """Return what a partition has otherwise, by the names of its parent's."""
    if not table.inherited or table.parent is None:
        return {}
    found = origins(schema, table.parent)
    return {
        key: table.inherited[origin]
        for key, origin in found.items()
        if origin in table.inherited
    }


def origins(schema: Schema, name: Name) -> dict[str, str]:
    """Return what indexes and constraints of a table are called where they come from.

    That is the table above it that has them itself; of two of one name, the nearest counts.
    """
    table = schema.tables[name]
    own = {key: key for key in (*table.constraints, *table.indexes)}
    if table.parent is None:
        return own
    names = inherited_names(schema, name, table)
    above = origins(schema, table.parent)
    rest = {names.get(k, k): origin for k, origin in above.items() if origin not in own}
    return rest | own


def origin_of(
    schema: Schema, table: Name, name: str
) -> tuple[Name, Constraint | Index] | None:
    """Return the nearest table above a partition that has an index or constraint, and that."""
    for parent in ancestors(schema, table):
        above = schema.tables.get(parent)
        found = above and (above.indexes.get(name) or above.constraints.get(name))
        if found and not is_only(found):
            return parent, found
    return None


def ancestors(schema: Schema, table: Name) -> Iterator[Name]:
    """Yield the table that a partition is of, and so on up, as far as they are there."""
    parent = schema.tables[table].parent
    while parent is not None:
        yield parent
        parent = schema.tables[parent].parent if parent in schema.tables else None


def root(schema: Schema, name: Name) -> Name:
    """Return the table at the top that a partition belongs to; any other is its own."""
    above = [one for one in ancestors(schema, name) if one in schema.tables]
    return above[-1] if above else name


def least(schema: Schema, name: Name, table: Table) -> dict[str, Inherited]:
    """Return what a partition has otherwise, without names that it would have by themselves."""
    names = None
    for key, one in table.inherited.items():
        if one != Inherited(name=one.name):
            continue
        names = names or inherited_names(schema, name, table)
        rest = {k: each for k, each in table.inherited.items() if k != key}
        trial = replace(table, inherited=rest)
        if inherited_names(schema, name, trial) == names:
            table = trial
    return dict(table.inherited)
