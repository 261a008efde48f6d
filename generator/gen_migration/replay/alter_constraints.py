"""What `ALTER TABLE` does to constraints of a table, as operations."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gen_migration.base.data_class import replace
from gen_migration.model import not_null_names
from gen_migration.model.schema import PrimaryKey, Unique
from gen_migration.operations import every as op
from gen_migration.replay import columns
from gen_migration.sql import tree as values
from gen_migration.sql import tree_constraints

if TYPE_CHECKING:
    from gen_migration.model.schema import Constraint
    from gen_migration.postgres.names import Name
    from gen_migration.replay.state import Replay


def add_constraint(replay: Replay, table: Name, command: Any) -> None:
    node = values.definition(command).constraint
    if tree_constraints.contype(node) == "NOTNULL":
        (column,) = values.strings(node.keys)
        add_not_null(replay, table, column, node)
        return
    if not node.conname:
        raise ValueError("a constraint without a name: PostgreSQL would choose one")
    constraint = constraint_of(replay, table, node)
    replay.do(op.CreateConstraint(table=table, name=node.conname, new=constraint))


def add_not_null(replay: Replay, table: Name, column: str, node: Any) -> None:
    """Forbid NULL in a column by a constraint; one that is there already stays as it is."""
    name, state = node.conname or None, tree_constraints.not_null_state(node)
    if state is None:
        columns.set_nullable(replay, table, column, new=False, not_null=name)
        return
    chosen = not_null_names.free_name(replay.schema, table, column)
    if state.not_valid:
        given = None if name in {None, chosen} else name
        replay.later[table, name or chosen] = (column, given)
    columns.set_nullable(
        replay, table, column, new=False, not_null=name or chosen, state=state
    )


def constraint_of(replay: Replay, table: Name, node: Any) -> Constraint:
    """Return a constraint; what an index is made into takes the index away."""
    found = tree_constraints.constraint(node)
    if not node.indexname:
        return found
    assert isinstance(found, PrimaryKey | Unique)  # noqa: S101 - the grammar knows no other
    index = replay.schema.tables[table].indexes.get(node.indexname)
    if index is None:
        raise ValueError(f"the index {node.indexname} is not there: USING INDEX")
    columns = tuple(one.column or "" for one in index.elements)
    nulls: dict[str, Any] = {}
    if isinstance(found, Unique):
        nulls["nulls_not_distinct"] = index.nulls_not_distinct
    replay.use_index(table, node.indexname)
    return replace(
        found,
        columns=columns,
        include=index.include,
        storage_parameters=index.storage_parameters,
        tablespace=index.tablespace,
        **nulls,
    )


def drop_constraint(replay: Replay, table: Name, command: Any) -> None:
    old = replay.schema.tables[table].constraints.get(command.name)
    if values.cascades(command):
        raise ValueError("DROP CONSTRAINT … CASCADE")
    column = not_null_names.holder(replay.schema, table, command.name)
    if column is not None:
        columns.set_nullable(replay, table, column, new=True)
    elif old is not None:
        replay.drop_part(op.DropConstraint(table=table, name=command.name, old=old))
    elif not command.missing_ok:
        raise ValueError(f"the constraint {command.name} is not there: DROP CONSTRAINT")


def alter_constraint(replay: Replay, table: Name, command: Any) -> None:
    node = values.definition(command).atalter_constraint
    column = not_null_names.holder(replay.schema, table, node.conname)
    if node.alter_inheritability and column is not None:
        columns.set_not_null(replay, table, column, no_inherit=node.noinherit)
        return
    changed = {"deferrable": node.deferrable, "initially_deferred": node.initdeferred}
    if node.alter_enforceability:
        off = not node.is_enforced
        changed = {"not_enforced": off, "not_valid": off}
    set_constraint(replay, table, node.conname, **changed)


def validate(replay: Replay, table: Name, command: Any) -> None:
    later = replay.later.pop((table, command.name), None)
    column = not_null_names.holder(replay.schema, table, command.name)
    if later is not None:
        columns.validate_not_null(replay, table, *later)
    elif column is not None:
        columns.set_not_null(replay, table, column, not_valid=False)
    else:
        set_constraint(replay, table, command.name, not_valid=False)


def set_constraint(replay: Replay, table: Name, name: str, **changed: Any) -> None:
    old = replay.schema.tables[table].constraints[name]
    new = replace(old, **changed)
    replay.do(op.AlterConstraint(table=table, name=name, old=old, new=new))
