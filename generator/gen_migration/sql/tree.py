"""Parse trees of PostgreSQL's own parser as values of the model: columns, constraints, bounds.

What stands in a revision's SQL becomes the same value that a spec would give.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gen_migration.base.data_class import replace
from gen_migration.model.schema import Bound, Identity, PartitionBy, SequenceOptions
from gen_migration.postgres.expressions import (
    deparsed,
    parse_condition,
    parse_expression,
)
from gen_migration.postgres.names import Name, last_two, quote_name
from gen_migration.postgres.parser import postgast
from gen_migration.postgres.types import (
    Type,
    TypeMistake,
    builtin,
    builtin_name,
    named,
    parse_type,
)
from gen_migration.sql.elements import element as element_of_node

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

    from gen_migration.model.schema import Element, Strategy


def expression(node: Any) -> str:
    """Return an expression of a tree in its canonical form."""
    return parse_expression(deparsed(node)).sql


def condition(node: Any) -> str:
    """Return an expression of a tree, in which sub-selects may stand, in its canonical form."""
    return parse_condition(deparsed(node)).sql


def default(node: Any) -> str | None:
    """Return a default in its canonical form; NULL is none."""
    sql = expression(node)
    return None if sql.upper() == "NULL" else sql


def relation(node: Any) -> Name:
    """Return the name of a `RangeVar`."""
    return Name(node.schemaname or None, node.relname)


def strings(nodes: Iterable[Any]) -> tuple[str, ...]:
    return tuple(node.string.sval for node in nodes)


def cascades(node: Any) -> bool:
    """Tell whether a DROP says CASCADE."""
    found: bool = node.behavior == postgast().pg_query_pb2.DROP_CASCADE
    return found


def subtype(command: Any) -> str:
    return word(command, "subtype", "")


def definition(command: Any) -> Any:
    return getattr(command, "def")


def word(node: Any, field: str, prefix: str = "OBJECT_") -> str:
    """Return the name of an enumerated value in a tree, without its prefix."""
    found = node.DESCRIPTOR.fields_by_name[field].enum_type
    name: str = found.values_by_number[getattr(node, field)].name
    return name.removeprefix(prefix)


def object_name(node: Any) -> Any:
    """Return the name of an object in DROP, COMMENT and ALTER: a text where it is in no schema."""
    match node.WhichOneof("node"):
        case "string":
            return node.string.sval
        case "type_name":
            return dotted(node.type_name.names)
    return dotted(node.list.items)


def subject(node: Any) -> Any:
    """Return the name of the object that a statement alters."""
    if node.HasField("relation"):
        return relation(node.relation)
    return object_name(node.object)


def dotted(nodes: Iterable[Any]) -> Name:
    """Return a name that is a list of strings."""
    return last_two(strings(nodes))


# What the parser writes for the types that have a syntax of their own.
INTERNAL = {
    "int2": "smallint",
    "int4": "integer",
    "int8": "bigint",
    "float4": "real",
    "float8": "double precision",
    "bool": "boolean",
}


def column_type(node: Any, enums: Collection[Name]) -> Type:
    """Return the type of a `TypeName`; those that are not built in are enums, or others."""
    parts = strings(node.names)
    array = bool(node.array_bounds)
    name = last_two(parts)
    if name in enums:
        return Type(name=name.name, schema=name.schema, kind="enum", array=array)
    if name == Name("pg_catalog", "interval"):
        return interval(node, array=array)
    arguments = tuple(modifier(one) for one in node.typmods)
    known = None
    if name.schema in {None, "pg_catalog"}:
        known = builtin_name(INTERNAL.get(name.name, name.name))
        if name.name == "char":  # the parser calls the other one bpchar
            known = '"char"'
        if name == Name("pg_catalog", "bpchar") and arguments:
            known = "char"
    try:
        if known is not None:
            found = builtin(known, arguments)
        else:
            quoted = [quote_name(part) for part in parts[-2:]]
            quoted = [f'"{part}"' if '"' not in part else part for part in quoted]
            found = named(quoted[0], quoted[1] if quoted[1:] else None, arguments)
    except TypeMistake as mistake:
        raise ValueError(mistake.args[0]) from None
    return replace(found, array=array)


def modifier(node: Any) -> str:
    if node.HasField("column_ref"):
        return strings(node.column_ref.fields)[-1]  # geometry(Point, 4326)
    constant = node.a_const
    if constant.HasField("sval"):
        return str(constant.sval.sval)
    return (
        str(constant.ival.ival) if not constant.fval.fval else str(constant.fval.fval)
    )


def interval(node: Any, *, array: bool) -> Type:
    """Return an interval, whose fields the parser keeps as a mask."""
    tree = postgast().parse("SELECT NULL::text")
    cast = tree.stmts[0].stmt.select_stmt.target_list[0].res_target.val.type_cast
    cast.type_name.CopyFrom(node)
    text = postgast().deparse(tree).removeprefix("SELECT NULL::")
    if array and not text.endswith("]"):
        text += "[]"
    words = text.replace("(", " (").split(" (")
    if words[1:]:  # `interval day to second(3)` and `interval(3)` are one form here
        return parse_type(f"{words[0]}({words[1]}")
    return parse_type(text)


def option(node: Any) -> Any:
    """Return the value of a `DefElem`: a number, a text, a list of names, or True."""
    argument = node.def_elem.arg
    match argument.WhichOneof("node"):
        case "integer":
            return argument.integer.ival
        case "float":
            text = argument.float.fval
            return int(text) if text.lstrip("+-").isdigit() else text
        case "boolean":
            return argument.boolean.boolval
        case "string":
            return argument.string.sval
        case "list":
            return strings(argument.list.items)
        case "type_name":
            return argument.type_name
        case None:
            return None
        case kind:
            raise ValueError(f"the value of {node.def_elem.defname} ({kind})")


def options(nodes: Iterable[Any]) -> dict[str, Any]:
    """Return `DefElem`s by name."""
    return {node.def_elem.defname: option(node) for node in nodes}


def parameters(nodes: Iterable[Any]) -> dict[str, str]:
    """Return storage parameters by name."""
    found = {}
    for node in nodes:
        name, space = node.def_elem.defname, node.def_elem.defnamespace
        value = option(node)
        if value is None or isinstance(value, bool):
            value = "false" if value is False else "true"
        elif not isinstance(value, str | int | tuple):
            value = strings(value.names)[-1]  # a word, such as `auto`
        text = value
        found[f"{space}.{name}" if space else name] = str(text)
    return found


FIELDS = {
    "increment": "increment",
    "minvalue": "minimum",
    "maxvalue": "maximum",
    "start": "start",
    "cache": "cache",
    "cycle": "cycle",
}


def integer(given: Mapping[str, Any]) -> str | None:
    """Return the type that the options of a sequence give it."""
    node = given.get("as")
    return None if node is None else column_type(node, ()).name


def sequence_options(
    given: dict[str, Any], integer: str, before: SequenceOptions | None = None
) -> SequenceOptions:
    """Return what is given with the rest filled in: from before, or as PostgreSQL does it."""
    values = {
        FIELDS[key]: value
        for key, value in given.items()
        if key in FIELDS and value is not None
    }
    if before is not None:
        kept = {name: getattr(before, name) for name in FIELDS.values()}
        for key in ("minvalue", "maxvalue"):
            if key in given and given[key] is None:  # NO MINVALUE
                kept.pop(FIELDS[key])
        values = {**kept, **values}
    return SequenceOptions.of(integer, **values)


def identity(node: Any, integer: str) -> Identity:
    """Return the identity of a `Constraint` node."""
    given = options(node.options)
    return Identity(
        always=node.generated_when == "a",
        options=sequence_options(given, integer),
        sequence=given["sequence_name"][-1] if "sequence_name" in given else None,
    )


def index_element(node: Any) -> Element:
    """Return an `IndexElem`."""
    return as_column(element_of_node(node.index_elem, "", "")[0])


def as_column(element: Element) -> Element:
    """Return an element that is a column in brackets as the column."""
    if element.expression is None:
        return element
    found = parse_expression(element.expression)
    if found.column is None or len(found.column) != 1:
        return element
    collation = element.collation or found.collation
    return replace(
        element, column=found.column[0], expression=None, collation=collation
    )


STRATEGIES: dict[str, Strategy] = {"LIST": "list", "RANGE": "range", "HASH": "hash"}


def partition_by(node: Any) -> PartitionBy:
    """Return a `PartitionSpec`."""
    elements = []
    for item in node.part_params:
        part = item.partition_elem
        tree = postgast().parse("CREATE INDEX ON t (a)")
        target = tree.stmts[0].stmt.index_stmt.index_params[0].index_elem
        target.Clear()
        target.name = part.name
        if part.HasField("expr"):
            target.expr.CopyFrom(part.expr)
        target.collation.extend(part.collation)
        target.opclass.extend(part.opclass)
        elements.append(as_column(element_of_node(target, "", "")[0]))
    return PartitionBy(
        strategy=STRATEGIES[word(node, "strategy", "PARTITION_STRATEGY_")],
        elements=tuple(elements),
    )


def bound(node: Any) -> Bound:
    """Return a `PartitionBoundSpec`."""
    if node.is_default:
        return Bound()
    if node.strategy == "h":
        return Bound(modulus=node.modulus, remainder=node.remainder)
    return Bound(
        lower=tuple(datum(one) for one in node.lowerdatums),
        upper=tuple(datum(one) for one in node.upperdatums),
        values=tuple(datum(one) for one in node.listdatums),
    )


def datum(node: Any) -> str:
    if node.HasField("column_ref"):
        keyword = node.column_ref.fields[0].string.sval.upper()
        if keyword in {"MINVALUE", "MAXVALUE"}:
            return str(keyword)
    return expression(node)
