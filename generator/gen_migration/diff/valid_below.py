"""Checks of tables that become partitions of partitions. Pure.

A partition that is created has its parent's checks as valid ones, though the parent's are NOT
VALID, and PostgreSQL attaches no table below it whose own are not valid: "conflicts with NOT VALID
constraint on child table". Which ones a partition has, nobody knows who was not there; a valid one
fits either. Source: `MergeConstraintsIntoExisting` in tablecmds.c, `StoreRelCheck` in heap.c.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from gen_migration.base.data_class import replace
from gen_migration.model.partitions import standalone
from gen_migration.model.schema import Check

if TYPE_CHECKING:
    from gen_migration.model.schema import Schema, Table
    from gen_migration.postgres.names import Name


def valid_below(schema: Schema, parent: Name, table: Table) -> Table:
    """Return a table as it can be attached: the checks that its parent has from above are valid."""
    above = schema.tables[parent]
    if above.parent is None:
        return table
    given = standalone(schema, parent).constraints.keys() - above.constraints.keys()

    found = {
        name: replace(one, not_valid=False)
        if isinstance(one, Check) and name in given
        else one
        for name, one in table.constraints.items()
    }
    return replace(table, constraints=found)
