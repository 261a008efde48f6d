"""Children that a downgrade gives back to their parents.

What such a child has from a parent, it declares as well from then on: PostgreSQL makes no column
that is there an inherited one alone. Pure.

Source: the PostgreSQL manual, ALTER TABLE (INHERIT), and `MergeAttributesIntoExisting` in
tablecmds.c.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from gen_migration.base.data_class import replace
from gen_migration.kinds.scope import at_home_name
from gen_migration.model.given import columns_of, given_checks
from gen_migration.operations.inheritance import NoInherit

if TYPE_CHECKING:
    from collections.abc import Iterable

    from gen_migration.model.schema import Schema, Table
    from gen_migration.operations.base import Operation
    from gen_migration.postgres.names import Name


def declaring_alike(
    before: Schema, now: Schema, operations: Iterable[Operation], home: str
) -> tuple[Schema, list[Name]]:
    """Return what is there after a downgrade, and the children that declare more than before.

    Those are in the result as they were.
    """
    left = {
        at_home_name(one.table, home)
        for one in operations
        if isinstance(one, NoInherit)
    }
    more = [
        name
        for name, table in before.tables.items()
        if name in left & now.tables.keys()
        and table != now.tables[name]
        and whole(before, name) == whole(now, name)
    ]
    if not more:
        return now, []
    tables = {**now.tables, **{name: before.tables[name] for name in more}}
    return replace(now, tables=tables), more


def whole(schema: Schema, name: Name) -> Table:
    """Return a table that declares itself what it has from its parents.

    It says no name of a NOT NULL, which it may have from them; nor have they an order: one that
    comes back is the last.
    """
    table = schema.tables[name]
    columns = {
        key: replace(one, not_null=None)
        for key, one in columns_of(schema, name).items()
    }
    constraints = {**given_checks(schema, table), **table.constraints}
    parents = tuple(sorted(table.inherits, key=str))
    return replace(
        table, columns=columns, constraints=constraints, own={}, inherits=parents
    )
