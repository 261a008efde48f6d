"""Constraints of a parse tree as values of the model."""

from __future__ import annotations

from typing import Any

from gen_migration.model import schema as model
from gen_migration.sql import tree
from gen_migration.sql.elements import operator_sql

ACTIONS = {"r": "RESTRICT", "c": "CASCADE", "n": "SET NULL", "d": "SET DEFAULT"}


def contype(node: Any) -> str:
    """Return the kind of a `Constraint` node, without its prefix."""
    return tree.word(node, "contype", "CONSTR_")


def named_constraint(
    node: Any, own: tuple[str, ...] = ()
) -> tuple[str, model.Constraint]:
    """Return a constraint and its name; `own` is the column that it stands at.

    Raises ValueError where it has no name, or is of no known kind.
    """
    if not node.conname:
        raise ValueError("a constraint without a name: PostgreSQL would choose one")
    return node.conname, constraint(node, own)


def not_null_state(node: Any) -> model.NotNullState | None:
    """Return what a NOT NULL is beside its name; None for one that is plain."""
    found = model.NotNullState(
        no_inherit=node.is_no_inherit, not_valid=node.skip_validation
    )
    return None if found == model.NotNullState() else found


def constraint(node: Any, own: tuple[str, ...] = ()) -> model.Constraint:
    """Return a constraint without its name. Raises ValueError for one of no known kind."""
    timing: dict[str, Any] = {
        "deferrable": node.deferrable or node.initdeferred,
        "initially_deferred": node.initdeferred,
    }
    key: dict[str, Any] = {
        "columns": tree.strings(node.keys) or own,
        "include": tree.strings(node.including),
        "without_overlaps": node.without_overlaps,
        **timing,
        **settings(node),
    }
    match contype(node):
        case "PRIMARY":
            return model.PrimaryKey(**key)
        case "UNIQUE":
            return model.Unique(**key, nulls_not_distinct=node.nulls_not_distinct)
        case "FOREIGN":
            return foreign_key(node, own, timing)
        case "CHECK":
            return model.Check(
                expression=tree.expression(node.raw_expr),
                no_inherit=node.is_no_inherit,
                **validity(node),
            )
        case "EXCLUSION":
            return exclude(node, timing)
        case kind:
            raise ValueError(f"a constraint of the kind {kind}")


def settings(node: Any) -> dict[str, Any]:
    """Return the settings of the index of a constraint."""
    return {
        "storage_parameters": tree.parameters(node.options),
        "tablespace": node.indexspace or None,
    }


def validity(node: Any) -> dict[str, Any]:
    """Return what is checked; what is not enforced is not valid."""
    enforced = node.is_enforced
    return {
        "not_valid": node.skip_validation or not enforced,
        "not_enforced": not enforced,
    }


def foreign_key(
    node: Any, own: tuple[str, ...], timing: dict[str, Any]
) -> model.ForeignKey:
    """Return a foreign key. Raises ValueError for one that leaves columns to PostgreSQL."""
    referred = tree.strings(node.pk_attrs)
    if not referred:
        raise ValueError("a foreign key that does not name the columns it refers to")
    return model.ForeignKey(
        columns=tree.strings(node.fk_attrs) or own,
        referred_table=tree.relation(node.pktable),
        referred_columns=referred,
        on_delete=ACTIONS.get(node.fk_del_action),
        on_delete_columns=tree.strings(node.fk_del_set_cols),
        on_update=ACTIONS.get(node.fk_upd_action),
        match_full=node.fk_matchtype == "f",
        period=node.fk_with_period,
        **validity(node),
        **timing,
    )


def exclude(node: Any, timing: dict[str, Any]) -> model.Exclude:
    """Return an exclusion constraint."""
    elements = []
    for pair in node.exclusions:
        item, operator = pair.list.items
        sql = operator_sql([*tree.strings(operator.list.items)])
        found = tree.index_element(item)
        elements.append(model.ExcludeElement(element=found, operator=sql))
    has_where = node.HasField("where_clause")
    return model.Exclude(
        method=node.access_method or "btree",
        elements=tuple(elements),
        include=tree.strings(node.including),
        where=tree.expression(node.where_clause) if has_where else None,
        **timing,
        **settings(node),
    )
