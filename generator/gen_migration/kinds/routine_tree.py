"""Functions and procedures from the parser's tree, of revisions and of what a catalog prints."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gen_migration.base.data_class import replace
from gen_migration.kinds.routine_values import Argument
from gen_migration.model.given import columns_of
from gen_migration.postgres import bodies, own_functions
from gen_migration.postgres.names import Name
from gen_migration.postgres.parser import SqlMistake, name_of, postgast
from gen_migration.postgres.signatures import Signature, of_argument
from gen_migration.postgres.types import TypeMistake

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

    from gen_migration.model.schema import Column, Schema
    from gen_migration.postgres.types import Type

MODES: dict[str, Any] = {
    "DEFAULT": "in",
    "IN": "in",
    "OUT": "out",
    "INOUT": "inout",
    "VARIADIC": "variadic",
    "TABLE": "table",
}
# Settings whose value is a list of names (GUC_LIST_QUOTE in PostgreSQL's guc_tables.c).
LISTS = frozenset(
    """
    local_preload_libraries search_path session_preload_libraries shared_preload_libraries
    temp_tablespaces unix_socket_directories
    """.split()
)


def is_procedure(node: Any) -> bool:
    """Tell whether a statement creates or alters a procedure."""
    if hasattr(node, "is_procedure"):
        return bool(node.is_procedure)
    from gen_migration.sql import tree

    return tree.word(node, "objtype") == "PROCEDURE"


def type_of(node: Any, enums: Collection[Name], tables: Schema | None = None) -> Type:
    """Return the type of an argument or a result; `tables` are those whose columns have some.

    Raises ValueError for one that is copied of what is not among them.
    """
    from gen_migration.sql import tree

    if node.pct_type:
        return of_argument(copied(node, tables))
    try:
        return of_argument(tree.column_type(node, enums))
    except TypeMistake as mistake:
        raise ValueError(mistake.args[0]) from None


def copied(node: Any, tables: Schema | None) -> Type:
    """Return the type of the column that `%TYPE` names, as it is now (CREATE FUNCTION)."""
    from gen_migration.sql import tree

    *place, column = tree.strings(node.names)
    table = Name(place[0] if place[1:] else None, place[-1])
    held: Mapping[str, Column] = {}
    if tables is not None and table in tables.tables:
        held = columns_of(tables, table)
    if column not in held:
        raise ValueError(f"%TYPE of {table}.{column}, which no revision has made")
    return held[column].type.plain


def signature(node: Any, objects: Mapping[Any, Any]) -> Any:
    """Return which of some objects an `ObjectWithArgs` names; None for none of them."""
    written = name_of(node.objname)
    if written is None:
        return None
    # The same text may be the schema's that a spec names, or that of a name without one.
    for called in dict.fromkeys((written, own_functions.without_schema(written))):
        found = of_name(called, node, objects)
        if found is not None:
            return found
    return None


def of_name(called: Name, node: Any, objects: Mapping[Any, Any]) -> Any:
    """Return which of some objects is called so, with the arguments of an `ObjectWithArgs`."""
    if node.args_unspecified:
        found = [one for one in objects if one.called == called]
        if len(found) > 1:
            raise ValueError(
                f"{called} without its arguments, of which there are several"
            )
        return found[0] if found else None
    types = tuple(type_of(one.type_name, ()) for one in node.objargs)
    wanted = Signature(*called, types).sql
    return next((one for one in objects if one.sql == wanted), None)


def arguments(
    nodes: Iterable[Any], enums: Collection[Name], tables: Schema | None = None
) -> Any:
    """Yield the arguments of `FunctionParameter`s."""
    from gen_migration.sql import tree

    for node in nodes:
        one = node.function_parameter
        has_default = one.HasField("defexpr")
        yield Argument(
            type=type_of(one.arg_type, enums, tables),
            name=one.name or None,
            mode=MODES[tree.word(one, "mode", "FUNC_PARAM_")],
            default=tree.expression(one.defexpr) if has_default else None,
        )


def routine(of: Any, node: Any, schema: Schema) -> tuple[Any, Any]:
    """Return the signature and the value that CREATE FUNCTION or CREATE PROCEDURE makes."""
    found = tuple(arguments(node.parameters, schema.enums, schema))
    values: dict[str, Any] = {"arguments": found, "language": "sql"}
    given = {one.def_elem.defname: one.def_elem.arg for one in node.options}
    if "language" in given:
        values["language"] = given.pop("language").string.sval.lower()
    values |= body(node, given.pop("as", None), values["language"])
    value = of(**values)
    if node.HasField("return_type"):
        returned = node.return_type
        setof = returned.setof
        result = None if value.outputs else type_of(returned, schema.enums, schema)
        value = replace(value, returns=result, setof=setof)
    called = name_of(node.funcname)
    assert called is not None  # noqa: S101 - a statement without a name is none
    inputs = tuple(one.type for one in value.inputs)
    if "transform" in given:
        types = (one.type_name for one in given["transform"].list.items)
        held = tuple(type_of(one, schema.enums, schema) for one in types)
        value = replace(value, transforms=held)
    return Signature(*called, inputs), with_options(value, node.options)


def body(node: Any, given: Any, language: str) -> dict[str, Any]:
    """Return the fields that the body of a statement makes. Raises ValueError for none."""
    if node.HasField("sql_body"):
        tree = postgast().parse(f"{bodies.STANDARD}RETURN 1")
        created = tree.stmts[0].stmt.create_function_stmt
        created.sql_body.CopyFrom(node.sql_body)
        text = postgast().deparse(tree)
        text = text[text.index("LANGUAGE sql ") + len("LANGUAGE sql ") :]
        return {"body": bodies.compared("sql", text), "written": text}
    if given is None:
        raise ValueError("a function without a body")
    texts = [one.string.sval for one in given.list.items]
    if len(texts) > 1:
        return {"body": texts[1], "written": texts[1], "library": texts[0]}
    if language in {"c", "internal"}:
        return {"body": texts[0], "written": texts[0]}
    return of_text(language, texts[0])


def of_text(language: str, text: str) -> dict[str, str]:
    """Return the fields that a text makes as a body. Raises ValueError for SQL that is none."""
    try:
        return {
            "body": bodies.compared(language, text),
            "written": written(language, text),
        }
    except SqlMistake as mistake:
        raise ValueError(mistake.message) from None


def written(language: str, text: str) -> str:
    """Return a body as its statement has it; that of the standard ends the statement."""
    if bodies.is_standard(language, text):
        return bodies.stripped(text).rstrip(";")
    return text


def with_options(value: Any, nodes: Iterable[Any]) -> Any:
    """Return a routine with the options of a statement. Raises ValueError for one not held."""
    for node in nodes:
        element = node.def_elem
        value = with_option(value, element.defname, element.arg)
    return value


def with_option(value: Any, name: str, argument: Any) -> Any:
    from gen_migration.sql import tree

    match name:
        case "as" | "language" | "transform":
            return value
        case "set":
            return with_setting(value, argument.variable_set_stmt)
        case "security":
            return replace(value, security_definer=argument.boolean.boolval)
        case "volatility" | "parallel":
            word = argument.string.sval.lower()
            if name == "parallel" and word not in {"safe", "unsafe", "restricted"}:
                raise ValueError(f"PARALLEL {word}")
            return replace(value, **{name: word})
        case "strict" | "leakproof" | "window":
            return replace(value, **{name: argument.boolean.boolval})
        case "cost" | "rows":
            which = argument.WhichOneof("node")
            number = (
                argument.integer.ival if which == "integer" else argument.float.fval
            )
            return with_number(value, name, str(number))
        case "support":
            return replace(value, support=tree.dotted(argument.list.items))
    raise ValueError(f"{name.upper()} of a function")


def with_number(value: Any, field: str, number: str) -> Any:
    """Return a function with a cost or a number of rows; what PostgreSQL gives itself is none."""
    from gen_migration.kinds.routine_sql import ROWS, cost_of

    number = plain_number(number)
    standard = cost_of(value) if field == "cost" else ROWS
    return replace(value, **{field: None if number == standard else number})


def plain_number(text: str) -> str:
    """Return a number in one spelling, as a `real` holds it."""
    return f"{float(text):.6g}"


def with_setting(value: Any, node: Any) -> Any:
    """Return a routine with what SET or RESET says."""
    from gen_migration.sql import tree

    kind = tree.word(node, "kind", "VAR_")
    name = node.name.lower()
    settings = {key: one for key, one in value.settings.items() if key != name}
    match kind:
        case "RESET_ALL":
            settings = {}
        case "SET_VALUE":
            items = tuple(constant(one) for one in node.args)
            if name not in LISTS:
                items = (", ".join(items),)
            settings[name] = items
        case "SET_CURRENT":
            raise ValueError(
                f"SET {name} FROM CURRENT is what a session has that runs it;"
                f" write the value, SET {name} TO …"
            )
        case "SET_MULTI":
            raise ValueError(f"SET {node.name}")
    return replace(value, settings=settings)


def constant(node: Any) -> str:
    """Return the value of a setting as text."""
    found = node.a_const
    match found.WhichOneof("val"):
        case "ival":
            return str(found.ival.ival)
        case "fval":
            return str(found.fval.fval)
        case "boolval":
            return "true" if found.boolval.boolval else "false"
        case "sval":
            return str(found.sval.sval)
    raise ValueError("the value of a setting")


def altered(value: Any, node: Any) -> Any:
    """Return a routine after ALTER FUNCTION."""
    return with_options(value, node.actions)


def of_catalog(of: Any, reading: Any, row: Any) -> Any:
    """Return the value of a row of the catalog, whose statement PostgreSQL has printed."""
    from gen_migration.model.schema import Schema

    try:
        tree = postgast().parse(row.definition)
    except postgast().PgQueryError as error:
        # PostgreSQL 18 prints an argument without a name, among others, as "".
        raise ValueError(
            f"PostgreSQL prints it as what is no SQL: {error.message}"
        ) from None
    node = tree.stmts[0].stmt.create_function_stmt
    enums = Schema(objects={"enum": dict.fromkeys(reading.enums)})
    _, value = routine(of, node, enums)
    found = tuple(
        one
        if one.default is None
        else replace(one, default=reading.default(one.default, one.type))
        for one in value.arguments
    )
    value = replace(value, arguments=found)
    if row.body is not None:
        value = replace(
            value,
            body=bodies.compared("sql", row.body),
            written=written("sql", row.body),
        )
    return value
