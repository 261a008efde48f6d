"""Columns of a parse tree as values of the model."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gen_migration.base.data_class import replace
from gen_migration.model.schema import Column, Generated, NotNullState, PrimaryKey
from gen_migration.postgres.names_in_texts import as_name
from gen_migration.postgres.parser import name_of
from gen_migration.postgres.storage import default_storage
from gen_migration.sql.tree import column_type, default, expression, identity, strings
from gen_migration.sql.tree_constraints import (
    contype,
    named_constraint,
    not_null_state,
)

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from gen_migration.model.schema import Constraint
    from gen_migration.postgres.names import Name
    from gen_migration.postgres.types import Type


def elements(
    items: Iterable[Any], enums: Collection[Name]
) -> tuple[dict[str, Column], dict[str, Constraint]]:
    """Return the columns and the constraints of a `CREATE TABLE`.

    Raises ValueError for what is neither.
    """
    columns: dict[str, Column] = {}
    constraints: dict[str, Constraint] = {}
    names: dict[str, dict[str, Any]] = {}
    for item in items:
        kind = item.WhichOneof("node")
        if kind == "column_def":
            key, value, found = column(item.column_def, enums)
            columns[key] = value
            constraints |= found
        elif kind != "constraint":
            raise ValueError("CREATE TABLE … (LIKE …)")
        elif contype(item.constraint) == "NOTNULL":
            (key,) = strings(item.constraint.keys)
            # What is NOT VALID in a new table is valid.
            names[key] = forbidden(item.constraint, not_valid=False)
        else:
            key, constraint = named_constraint(item.constraint)
            constraints[key] = constraint
    for constraint in constraints.values():
        if isinstance(constraint, PrimaryKey):
            for key in set(constraint.columns) & set(columns):
                columns[key] = replace(columns[key], nullable=False)
    for key in names.keys() & columns.keys():
        columns[key] = replace(columns[key], **names[key])
    return columns, constraints


def own_not_nulls(
    items: Iterable[Any], declared: Collection[str]
) -> dict[str, dict[str, Any]]:
    """Return what constraints of a `CREATE TABLE` forbid in columns that it does not declare."""
    found: dict[str, dict[str, Any]] = {}
    for item in items:
        if contype(item.constraint) == "NOTNULL":
            (key,) = strings(item.constraint.keys)
            if key not in declared:
                said = forbidden(item.constraint, not_valid=False)
                found[key] = {k: one for k, one in said.items() if one is not None}
    return found


def own_columns(items: Iterable[Any]) -> dict[str, dict[str, Any]]:
    """Return what a `CREATE TABLE … PARTITION OF` says of columns of its parent.

    Raises ValueError for what no partition has of its own.
    """
    found: dict[str, dict[str, Any]] = {}
    for item in items:
        if item.WhichOneof("node") != "column_def":
            continue
        own: dict[str, Any] = {}
        for one in item.column_def.constraints:
            kind = contype(one.constraint)
            if kind == "DEFAULT":
                own["default"] = default(one.constraint.raw_expr)
            elif kind == "NOTNULL":
                said = forbidden(one.constraint)
                own |= {key: held for key, held in said.items() if held is not None}
            else:
                raise ValueError(f"PARTITION OF with {kind} at a column")
        found[item.column_def.colname] = own
    return found


def column(
    node: Any, enums: Collection[Name]
) -> tuple[str, Column, dict[str, Constraint]]:
    """Return a `ColumnDef`: its name, its value, and the constraints that stand at it."""
    name = node.colname
    of_type = column_type(node.type_name, enums)
    values: dict[str, Any] = {"nullable": not of_type.is_serial}
    constraints: dict[str, Constraint] = {}
    for item in node.constraints:
        if contype(item.constraint) in {"PRIMARY", "UNIQUE", "CHECK", "FOREIGN"}:
            constraints |= [named_constraint(item.constraint, (name,))]
        values |= clause(item.constraint, of_type)
    if node.coll_clause.collname:
        values["collation"] = name_of(node.coll_clause.collname)
    if node.storage_name and node.storage_name.lower() != default_storage(of_type):
        values["storage"] = node.storage_name.lower()
    if node.compression:
        values["compression"] = node.compression
    return name, Column(type=of_type, **values), constraints


def forbidden(node: Any, **changed: Any) -> dict[str, Any]:
    """Return what a NOT NULL says of its column. Raises ValueError where it needs a name."""
    state = not_null_state(node)
    if state is not None:
        if not node.conname:
            raise ValueError("a constraint without a name: PostgreSQL would choose one")
        state = replace(state, **changed)
        state = None if state == NotNullState() else state
    name = node.conname or None
    return {"nullable": False, "not_null": name, "not_null_state": state}


def clause(node: Any, of: Type) -> dict[str, Any]:
    """Return what a constraint at a column says of the column itself."""
    match contype(node):
        case "DEFAULT":
            found = default(node.raw_expr)
            return {"default": found and as_name(found, of)}
        case "NOTNULL":
            return forbidden(node)
        case "IDENTITY":
            return {"identity": identity(node, of.name), "nullable": False}
        case "GENERATED":
            sql, stored = expression(node.raw_expr), node.generated_kind != "v"
            return {"generated": Generated(expression=sql, stored=stored)}
        case "PRIMARY":
            return {"nullable": False}
        case _:
            return {}
