"""Functions that return the rows of a table or of a composite type whose columns change. Pure.

Of a body of the SQL standard, PostgreSQL compares what it selects with the columns when it creates
the function (`check_sql_fn_retval` in functions.c): neither the old nor the new one fits meanwhile.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gen_migration.model.given import attributes, columns_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gen_migration.kinds.kind import Kind
    from gen_migration.kinds.nodes import Node
    from gen_migration.model.schema import Schema


def returning_rows(old: Schema, new: Schema, changed: Mapping[Node, Kind]) -> set[Node]:
    """Return the objects of `changed` that are made anew, since they return such rows."""
    found: set[Node] = set()
    for node, kind in changed.items():
        sides = (side.of(node[0])[node[1]] for side in (old, new))
        names = {name for one in sides if (name := kind.rows_of(one)) is not None}
        if any(shape(old, name) != shape(new, name) for name in names):
            found.add(node)
    return found


def shape(schema: Schema, name: Any) -> dict[str, Any]:
    """Return the columns of a table, or of a composite type, with their types."""
    is_table = name in schema.tables
    found = columns_of(schema, name) if is_table else attributes(schema, name)
    return {key: one.type for key, one in found.items()}
