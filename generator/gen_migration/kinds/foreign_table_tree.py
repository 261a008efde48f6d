"""Foreign tables of parse trees and of catalogs."""

from __future__ import annotations

from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

from gen_migration.base.data_class import replace
from gen_migration.kinds.foreign_table_values import (
    ForeignCheck,
    ForeignColumn,
    ForeignTable,
)
from gen_migration.model.schema import Check
from gen_migration.postgres import foreign_options as options
from gen_migration.postgres.names import Name
from gen_migration.sql import tree, tree_columns
from gen_migration.sql.tree_constraints import named_constraint

if TYPE_CHECKING:
    from gen_migration.model.schema import Schema


def created(node: Any, schema: Schema) -> tuple[Name, ForeignTable]:
    """Return what a `CREATE FOREIGN TABLE` creates. Raises ValueError for what is not held."""
    base = node.base_stmt
    if base.HasField("partbound") or base.inh_relations:
        raise ValueError("a foreign table that is a partition or has parents")
    columns: dict[str, ForeignColumn] = {}
    checks: dict[str, ForeignCheck] = {}
    for item in base.table_elts:
        if item.WhichOneof("node") == "column_def":
            key, made, found = column(item.column_def, schema)
            columns[key] = made
            checks |= found
        else:
            key, one = check(item.constraint)
            checks[key] = replace(one, not_valid=False)
    value = ForeignTable(
        server=node.servername,
        options=options.read(node.options),
        columns=columns,
        checks=checks,
    )
    return tree.relation(base.relation), value


def column(
    node: Any, schema: Schema
) -> tuple[str, ForeignColumn, dict[str, ForeignCheck]]:
    """Return a column with its name, and the checks that stand at it."""
    key, found, constraints = tree_columns.column(node, schema.enums)
    generated = found.generated
    if generated is not None and not generated.stored:
        raise ValueError("a virtual column of a foreign table")
    if found.not_null is not None or found.identity is not None:
        raise ValueError("a name of NOT NULL, or an identity, of a foreign table")
    checks = {name: of_check(one) for name, one in constraints.items()}
    value = ForeignColumn(
        type=found.type,
        collation=found.collation,
        default=found.default,
        generated=None if generated is None else generated.expression,
        nullable=found.nullable,
        options=options.read(node.fdwoptions),
    )
    return key, value, checks


def check(node: Any) -> tuple[str, ForeignCheck]:
    name, found = named_constraint(node)
    return name, of_check(found)


def of_check(found: Any) -> ForeignCheck:
    """Return a constraint of a foreign table. Raises ValueError where it is no plain check."""
    if not isinstance(found, Check) or found != Check(
        expression=found.expression, not_valid=found.not_valid
    ):
        raise ValueError("a constraint of a foreign table that is no plain check")
    return ForeignCheck(expression=found.expression, not_valid=found.not_valid)


def altered(old: ForeignTable, node: Any, schema: Schema) -> ForeignTable:
    """Return a table after an `ALTER FOREIGN TABLE`. Raises ValueError for what is not held."""
    value = old
    for one in (item.alter_table_cmd for item in node.cmds):
        value = after(value, one, schema)
    return value


def after(value: ForeignTable, command: Any, schema: Schema) -> ForeignTable:
    """Return a table after one action."""
    key, kind = command.name, tree.subtype(command)
    given = tree.definition(command)
    columns, checks = dict(value.columns), dict(value.checks)
    match kind:
        case "AT_GenericOptions":
            return replace(value, options=options.read(given.list.items, value.options))
        case "AT_AddColumn":
            key, made, found = column(given.column_def, schema)
            columns[key], checks = made, {**checks, **found}
        case "AT_DropColumn":
            columns.pop(key, None)
        case "AT_AddConstraint":
            key, checked = check(given.constraint)
            checks[key] = checked
        case "AT_DropConstraint":
            checks.pop(key, None)
        case "AT_ValidateConstraint":
            checks[key] = replace(checks[key], not_valid=False)
        case "AT_ChangeOwner" | "AT_EnableTrig" | "AT_DisableTrig":
            pass
        case _ if key in columns:
            columns[key] = column_after(columns[key], kind, given, schema)
        case _:
            raise ValueError(f"ALTER FOREIGN TABLE ({kind.removeprefix('AT_')})")
    return replace(value, columns=columns, checks=checks)


def column_after(
    value: ForeignColumn, kind: str, given: Any, schema: Schema
) -> ForeignColumn:
    """Return a column after an action on it."""
    match kind:
        case "AT_AlterColumnGenericOptions":
            return replace(value, options=options.read(given.list.items, value.options))
        case "AT_ColumnDefault":
            is_set = given.WhichOneof("node") is not None
            return replace(value, default=tree.default(given) if is_set else None)
        case "AT_SetNotNull" | "AT_DropNotNull":
            return replace(value, nullable=kind == "AT_DropNotNull")
        case "AT_AlterColumnType":
            made = tree_columns.column(given.column_def, schema.enums)[1]
            return replace(value, type=made.type, collation=made.collation)
    raise ValueError(f"ALTER FOREIGN TABLE … ALTER COLUMN ({kind.removeprefix('AT_')})")


def of_row(reading: Any, row: Any) -> ForeignTable:
    """Return the table that a row of the catalog is. Raises ValueError for what is not held."""
    columns, types = {}, {}
    if row.is_secretive:
        raise ValueError(
            "statements would say what it is, and a secret among its options"
        )
    for one in (SimpleNamespace(**found) for found in row.columns):
        types[one.name] = reading.type_of(one)
    for one in (SimpleNamespace(**found) for found in row.columns):
        collation = None
        if one.collation is not None:
            collation = Name(one.collation_schema, one.collation)
        is_generated = one.generated != ""
        columns[one.name] = ForeignColumn(
            type=types[one.name],
            collation=collation,
            default=None if is_generated else reading.default_of(one),
            generated=reading.expression(one.default, types) if is_generated else None,
            nullable=not one.not_null,
            options=options.of_rows(one.options, row.name, one.name),
            comment=one.comment,
        )
    checks = {}
    for one in (SimpleNamespace(**found) for found in row.checks):
        text = reading.expression(one.expression, types)
        checks[one.name] = ForeignCheck(expression=text, not_valid=not one.validated)
    return ForeignTable(
        server=row.server,
        options=options.of_rows(row.options, row.name),
        columns=columns,
        checks=checks,
    )
