"""Parse trees of PostgreSQL's own parser as values of the model: columns, constraints, bounds.

What stands in a revision's SQL becomes the same value that a spec would give.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gen_migration.build_columns import default_storage
from gen_migration.column_types import (
    Type,
    TypeMistake,
    builtin,
    builtin_name,
    named,
    parse_type,
)
from gen_migration.ddl import standard_options
from gen_migration.elements import element as element_of_node
from gen_migration.elements import operator_sql
from gen_migration.expressions import SELECT, name_of, parse_expression, postgast
from gen_migration.schema import (
    Bound,
    Check,
    Column,
    Exclude,
    ExcludeElement,
    ForeignKey,
    Generated,
    Identity,
    PartitionBy,
    PrimaryKey,
    SequenceOptions,
    Unique,
)
from gen_migration.sql import Name, quote_name
from gen_migration.type_names import SERIAL

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from gen_migration.schema import Constraint, Element, Strategy


def expression(node: Any) -> str:
    """Return an expression of a tree in its canonical form."""
    return parse_expression(deparsed(node)).sql


def deparsed(node: Any) -> str:
    tree = postgast().parse("SELECT 1")
    tree.stmts[0].stmt.select_stmt.target_list[0].res_target.val.CopyFrom(node)
    text: str = postgast().deparse(tree)
    return text.removeprefix(SELECT)


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


def dotted(nodes: Iterable[Any]) -> Name:
    """Return a name that is a list of strings."""
    parts = strings(nodes)
    return Name(parts[-2] if parts[1:] else None, parts[-1])


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
    name = Name(parts[-2] if parts[1:] else None, parts[-1])
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
    return Type(
        name=found.name,
        schema=found.schema,
        arguments=found.arguments,
        kind=found.kind,
        array=array,
    )


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
    """Return storage parameters, sorted by name."""
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
    return dict(sorted(found.items()))


FIELDS = {
    "increment": "increment",
    "minvalue": "minimum",
    "maxvalue": "maximum",
    "start": "start",
    "cache": "cache",
    "cycle": "cycle",
}


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
    up = values.get("increment", 1) > 0
    base = SequenceOptions(start=1, increment=1 if up else -1, minimum=1, maximum=1)
    standard = standard_options(base, integer)
    minimum = values.setdefault("minimum", standard.minimum)
    maximum = values.setdefault("maximum", standard.maximum)
    values.setdefault("start", minimum if up else maximum)
    values.setdefault("increment", 1)
    return SequenceOptions(**values)


def identity(node: Any, integer: str) -> Identity:
    """Return the identity of a `Constraint` node."""
    given = sequence_options(options(node.options), integer)
    return Identity(always=node.generated_when == "a", options=given)


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


def index_element(node: Any) -> Element:
    """Return an `IndexElem`."""
    return as_column(element_of_node(node.index_elem, "", "")[0])


def as_column(element: Element) -> Element:
    """Return an element that is a column in brackets as the column."""
    from dataclasses import replace

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
    kinds = node.DESCRIPTOR.fields_by_name["strategy"].enum_type
    word = kinds.values_by_number[node.strategy].name.rpartition("_")[2]
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
    return PartitionBy(strategy=STRATEGIES[word], elements=tuple(elements))


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
        word = node.column_ref.fields[0].string.sval.upper()
        if word in {"MINVALUE", "MAXVALUE"}:
            return str(word)
    return expression(node)
