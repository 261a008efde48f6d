"""What an expression is about: its columns and constants, read out of its parse tree. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from gen_migration.expressions import SqlMistake, parse_target, walk

if TYPE_CHECKING:
    from collections.abc import Iterable

OPERATOR = 1  # pg_query_pb2.AEXPR_OP


def columns_named(expression: str) -> frozenset[str]:
    """Return the columns that an expression names."""
    try:
        return frozenset(columns_in(parse_target(expression)[1]))
    except SqlMistake:
        return frozenset()


def columns_in(node: Any) -> dict[str, None]:
    found = ("column_ref", node) if node.DESCRIPTOR.name == "ColumnRef" else None
    inside = [*([found] if found else []), *walk(node)]
    return {
        one.fields[-1].string.sval: None for kind, one in inside if kind == "column_ref"
    }


def literal_text(sql: str) -> str | None:
    """Return the text of a SQL literal; None for NULL and for what is none."""
    try:
        found = constant(parse_target(sql)[1])
    except SqlMistake:
        return None
    return None if found is None else found.text


@dataclass(frozen=True, slots=True)
class Constant:
    """A constant of an expression; the text of NULL is None."""

    text: str | None


def constant(node: Any) -> Constant | None:
    """Return the constant that a node is, perhaps behind a cast."""
    while node.HasField("type_cast"):
        node = node.type_cast.arg
    if node.HasField("a_expr") and node.a_expr.kind == OPERATOR:
        sign, inner = node.a_expr.name[0].string.sval, constant(node.a_expr.rexpr)
        if sign == "-" and not node.a_expr.HasField("lexpr") and inner:
            return Constant(f"-{inner.text}")
    if not node.HasField("a_const"):
        return None
    found = node.a_const
    if found.isnull:
        return Constant(None)
    match found.WhichOneof("val"):
        case "ival":
            return Constant(str(found.ival.ival))
        case "fval":
            return Constant(found.fval.fval)
        case "boolval":
            return Constant("true" if found.boolval.boolval else "false")
        case "sval":
            return Constant(found.sval.sval)
    return None


def constants(node: Any) -> list[str]:
    """Return the constants of a list: of IN, of ARRAY[…], or of '{…}'."""
    while node.HasField("type_cast"):
        node = node.type_cast.arg
    items: Iterable[Any] = ()
    if node.HasField("a_array_expr"):
        items = node.a_array_expr.elements
    elif node.HasField("list"):
        items = node.list.items
    elif (whole := constant(node)) and (whole.text or "").startswith("{"):
        return [one.strip('"') for one in (whole.text or "")[1:-1].split(",")]
    found = [constant(item) for item in items]
    return [one.text for one in found if one is not None and one.text is not None]


@dataclass(frozen=True, slots=True)
class Subject:
    """A column in a comparison, and what is done to it before."""

    column: str
    view: str = ""


VIEWS = {
    **dict.fromkeys(("length", "char_length", "character_length"), "length"),
    "octet_length": "octets",
    **dict.fromkeys(("cardinality", "array_length"), "items"),
    **dict.fromkeys(("jsonb_typeof", "json_typeof"), "typeof"),
    **dict.fromkeys(("lower", "upper", "btrim", "ltrim", "rtrim"), ""),
    **dict.fromkeys(("substr", "substring", "left"), "start"),
}


def subject(node: Any) -> Subject | None:
    """Return the column that a node is about, where one function at most stands around it."""
    view = ""
    while True:
        if node.HasField("type_cast"):
            node = node.type_cast.arg
        elif node.HasField("collate_clause"):
            node = node.collate_clause.arg
        elif node.HasField("coalesce_expr"):
            node = node.coalesce_expr.args[0]
        elif node.HasField("func_call") and node.func_call.args:
            name = node.func_call.funcname[-1].string.sval
            if name not in VIEWS:
                return None
            view = view or VIEWS[name]
            node = node.func_call.args[0]
        elif node.HasField("column_ref"):
            return Subject(node.column_ref.fields[-1].string.sval, view)
        else:
            return None


def constant_of(found: Any) -> str | None:
    kind = found.WhichOneof("val")
    if kind == "boolval":
        return "true" if found.boolval.boolval else "false"
    inner = getattr(found, kind) if kind else None
    return None if inner is None else str(getattr(inner, kind))
