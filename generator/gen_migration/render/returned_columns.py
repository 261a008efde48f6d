"""Values that a downgrade puts into a NOT NULL column that it brings back. Pure.

Nobody knows the values any more that the upgrade has dropped.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from gen_migration.diff.missing_values import valueless
from gen_migration.operations.columns import AddColumn, SetColumnDefault

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gen_migration.plan.link import Direction


def told(downgrade: Direction) -> Iterator[str]:
    """Yield what rows get in the columns that a downgrade brings back, a line for each."""
    operations = downgrade.operations
    undefaulted = {
        (one.table, one.name, one.old)
        for one in operations
        if isinstance(one, SetColumnDefault) and one.new is None
    }
    lacking = list(valueless(operations))
    for one in operations:
        if not isinstance(one, AddColumn) or one.new.nullable:
            continue
        column = f"column {one.name} of table {one.table}"
        if (one.table, one.name, one.new.default) in undefaulted:
            yield f"Rows get {one.new.default} in {column}."
        elif one in lacking:
            yield f"Rows have no value for {column}: where there are any, this fails."
