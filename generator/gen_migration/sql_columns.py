"""Columns of a parse tree as values of the model."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gen_migration.build_columns import default_storage
from gen_migration.expressions import name_of
from gen_migration.schema import (
    Column,
    Generated,
)
from gen_migration.sql_constraints import contype, named_constraint
from gen_migration.sql_values import column_type, default, expression, identity
from gen_migration.type_names import SERIAL

if TYPE_CHECKING:
    from collections.abc import Collection

    from gen_migration.schema import Constraint
    from gen_migration.sql import Name


def column(  # noqa: C901 - one branch for each kind of node
    node: Any, enums: Collection[Name]
) -> tuple[str, Column, dict[str, Constraint]]:
    """Return a `ColumnDef`: its name, its value, and the constraints that stand at it."""
    name = node.colname
    of_type = column_type(node.type_name, enums)
    values: dict[str, Any] = {"nullable": of_type.name not in SERIAL}
    constraints: dict[str, Constraint] = {}
    for item in node.constraints:
        one = item.constraint
        kind = contype(one)
        if kind == "DEFAULT":
            values["default"] = default(one.raw_expr)
        elif kind == "NOTNULL":
            values["nullable"] = False
            values["not_null"] = one.conname or None
        elif kind == "IDENTITY":
            values["identity"] = identity(one, of_type.name)
            values["nullable"] = False
        elif kind == "GENERATED":
            stored = one.generated_kind != "v"
            values["generated"] = Generated(
                expression=expression(one.raw_expr), stored=stored
            )
        elif kind in {"PRIMARY", "UNIQUE", "CHECK", "FOREIGN"}:
            key, constraint = named_constraint(one, (name,))
            constraints[key] = constraint
            if kind == "PRIMARY":
                values["nullable"] = False
    if node.coll_clause.collname:
        values["collation"] = name_of(node.coll_clause.collname)
    if node.storage_name and node.storage_name.lower() != default_storage(of_type):
        values["storage"] = node.storage_name.lower()
    if node.compression:
        values["compression"] = node.compression
    return name, Column(type=of_type, **values), constraints
