"""Constraints of a parse tree as values of the model."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gen_migration.model.schema import (
    Check,
    Exclude,
    ExcludeElement,
    ForeignKey,
    PrimaryKey,
    Unique,
)
from gen_migration.sql.elements import element as element_of_node
from gen_migration.sql.elements import operator_sql
from gen_migration.sql.tree import as_column, expression, relation, strings

if TYPE_CHECKING:
    from gen_migration.model.schema import Constraint


def contype(node: Any) -> str:
    """Return the kind of a `Constraint` node, without its prefix."""
    found = node.DESCRIPTOR.fields_by_name["contype"].enum_type
    return str(found.values_by_number[node.contype].name).removeprefix("CONSTR_")


def named_constraint(node: Any, own: tuple[str, ...] = ()) -> tuple[str, Constraint]:
    """Return a constraint and its name; `own` is the column that it stands at.

    Raises ValueError where it has no name, or is of no known kind.
    """
    if not node.conname:
        raise ValueError("a constraint without a name: PostgreSQL would choose one")
    return node.conname, constraint(node, own)


def constraint(node: Any, own: tuple[str, ...] = ()) -> Constraint:
    timing: dict[str, Any] = {
        "deferrable": node.deferrable or node.initdeferred,
        "initially_deferred": node.initdeferred,
    }
    match contype(node):
        case "PRIMARY":
            return PrimaryKey(
                columns=strings(node.keys) or own,
                include=strings(node.including),
                without_overlaps=node.without_overlaps,
                **timing,
            )
        case "UNIQUE":
            return Unique(
                columns=strings(node.keys) or own,
                include=strings(node.including),
                nulls_not_distinct=node.nulls_not_distinct,
                without_overlaps=node.without_overlaps,
                **timing,
            )
        case "FOREIGN":
            return foreign_key(node, own, timing)
        case "CHECK":
            return Check(
                expression=expression(node.raw_expr),
                no_inherit=node.is_no_inherit,
                **validity(node),
            )
        case "EXCLUSION":
            return exclude(node, timing)
        case kind:
            raise ValueError(f"a constraint of the kind {kind}")


def validity(node: Any) -> dict[str, Any]:
    enforced = node.is_enforced
    return {
        "not_valid": node.skip_validation or not enforced,
        "not_enforced": not enforced,
    }


ACTIONS = {
    "r": "RESTRICT",
    "c": "CASCADE",
    "n": "SET NULL",
    "d": "SET DEFAULT",
}


def foreign_key(node: Any, own: tuple[str, ...], timing: dict[str, Any]) -> ForeignKey:
    referred = strings(node.pk_attrs)
    if not referred:
        raise ValueError("a foreign key that does not name the columns it refers to")
    return ForeignKey(
        columns=strings(node.fk_attrs) or own,
        referred_table=relation(node.pktable),
        referred_columns=referred,
        on_delete=ACTIONS.get(node.fk_del_action),
        on_delete_columns=strings(node.fk_del_set_cols),
        on_update=ACTIONS.get(node.fk_upd_action),
        match_full=node.fk_matchtype == "f",
        period=node.fk_with_period,
        **validity(node),
        **timing,
    )


def exclude(node: Any, timing: dict[str, Any]) -> Exclude:
    elements = []
    for pair in node.exclusions:
        item, operator = pair.list.items
        found, _ = element_of_node(item.index_elem, "", "")
        operator_names = list(strings(operator.list.items))
        elements.append(
            ExcludeElement(
                element=as_column(found), operator=operator_sql(operator_names)
            )
        )
    where = expression(node.where_clause) if node.HasField("where_clause") else None
    return Exclude(
        method=node.access_method or "btree",
        elements=tuple(elements),
        include=strings(node.including),
        where=where,
        **timing,
    )
