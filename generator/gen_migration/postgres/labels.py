"""What PostgreSQL calls an expression that is selected, or indexed, and has no name of its own.

Source: `FigureColname` and `FigureIndexColname` in parse_target.c.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

PLAIN = "?column?"
# What an expression of these kinds is called.
CALLED = {
    "coalesce_expr": "coalesce",
    "a_array_expr": "array",
    "row_expr": "row",
    "grouping_func": "grouping",
    "xml_serialize": "xmlserialize",
}


def label(node: Any) -> str:
    """Return what PostgreSQL calls an expression that is selected."""
    return sure_label(node)[0]


def sure_label(node: Any) -> tuple[str, int]:
    """Return what an expression is called, and how sure PostgreSQL is of it."""
    kind = node.WhichOneof("node")
    if kind in CALLED:
        return CALLED[kind], 2
    return LABELS[kind](getattr(node, kind)) if kind in LABELS else (PLAIN, 0)


def of_names(nodes: Any, otherwise: tuple[str, int] = (PLAIN, 0)) -> tuple[str, int]:
    """Return the last of some names."""
    names = [one.string.sval for one in nodes if one.HasField("string")]
    return (names[-1], 2) if names else otherwise


def of_cast(node: Any) -> tuple[str, int]:
    found = sure_label(node.arg)
    return found if found[1] > 1 else (node.type_name.names[-1].string.sval, 1)


def of_case(node: Any) -> tuple[str, int]:
    found = sure_label(node.defresult) if node.HasField("defresult") else (PLAIN, 0)
    return found if found[1] > 1 else ("case", 1)


NULLIF, LEAST = 6, 2  # pg_query_pb2.AEXPR_NULLIF, IS_LEAST
# pg_query_pb2.SVFOP_…
SESSION = {
    1: "current_date",
    2: "current_time",
    3: "current_time",
    4: "current_timestamp",
    5: "current_timestamp",
    6: "localtime",
    7: "localtime",
    8: "localtimestamp",
    9: "localtimestamp",
    10: "current_role",
    11: "current_user",
    12: "user",
    13: "session_user",
    14: "current_catalog",
    15: "current_schema",
}
EXISTS, EXPRESSION, ARRAY = 1, 5, 7  # pg_query_pb2.EXISTS_SUBLINK, EXPR_…, ARRAY_…


def of_sub_link(node: Any) -> tuple[str, int]:
    """Return what a query in an expression is called."""
    match node.sub_link_type:
        case kind if kind == EXISTS:
            return "exists", 2
        case kind if kind == ARRAY:
            return "array", 2
        case kind if kind == EXPRESSION:
            select = node.subselect.select_stmt
            while select.HasField("larg"):
                select = select.larg
            if select.target_list:
                target = select.target_list[0].res_target
                return (target.name, 2) if target.name else sure_label(target.val)
    return PLAIN, 0


LABELS: dict[str, Callable[[Any], tuple[str, int]]] = {
    "column_ref": lambda one: of_names(one.fields),
    "a_indirection": lambda one: of_names(one.indirection, sure_label(one.arg)),
    "func_call": lambda one: of_names(one.funcname),
    "a_expr": lambda one: ("nullif", 2) if one.kind == NULLIF else (PLAIN, 0),
    "type_cast": of_cast,
    "collate_clause": lambda one: sure_label(one.arg),
    "sub_link": of_sub_link,
    "case_expr": of_case,
    "min_max_expr": lambda one: ("least" if one.op == LEAST else "greatest", 2),
    "sqlvalue_function": lambda one: (SESSION.get(one.op, PLAIN), 2),
}
