"""What stands in a directive (`sa.Column(…)`, `postgresql.UUID()`) as values of the model."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from gen_migration import ddl, sql_values
from gen_migration.column_types import Type, TypeMistake, parse_type
from gen_migration.elements import parse_element, parse_exclude_element
from gen_migration.expressions import parse_expression, parse_target, postgast
from gen_migration.partitions import object_name
from gen_migration.python_code import Call
from gen_migration.recorder import Stub
from gen_migration.schema import (
    Check,
    Column,
    Element,
    Exclude,
    ExcludeElement,
    ForeignKey,
    Generated,
    Identity,
    Index,
    PrimaryKey,
    Unique,
)
from gen_migration.sql import Name, quote_name, quote_text
from gen_migration.type_names import SERIAL

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Mapping

    from gen_migration.schema import Constraint, PartitionBy

# sqlalchemy.sql.compiler.BIND_PARAMS_ESC
ESCAPED = re.compile(r"\\(:[\w$]*)(?![:\w$])")


def text(value: Any) -> str:
    """Return the SQL of a string or of `sa.text(…)`. Raises TypeError for anything else."""
    if isinstance(value, Call) and value.name in {"sa.text", "sa.literal_column"}:
        value = value.arguments[0]
    if not isinstance(value, str):
        shown = value.name if isinstance(value, Call | Stub) else type(value).__name__
        raise TypeError(f"{shown} is no text")
    return ESCAPED.sub(r"\1", value)


# What SQLAlchemy takes for a parameter in a text.
PARAMETER = re.compile(r"(?<![:\w\\]):[\w$]+(?![:\w$])")


def statement(value: Any) -> str:
    """Return the SQL of a text with parameters; of their values, replay knows nothing."""
    if isinstance(value, Call) and value.name == "sa.text":
        value = value.arguments[0]
    return text(PARAMETER.sub("$1", value) if isinstance(value, str) else value)


def expression(value: Any) -> str:
    """Return an expression in its canonical form."""
    return parse_expression(text(value)).sql


def default(value: Any) -> str | None:
    """Return the SQL of a `server_default`."""
    if value is None:
        return None
    if isinstance(value, str):
        return quote_text(value)
    if isinstance(value, Call):
        word = value.name.removeprefix("sa.")
        if word in {"true", "false", "null"}:
            return None if word == "null" else word
        if word.startswith("func.") and not value.arguments:
            return expression(f"{word.removeprefix('func.')}()")
    sql = text(value)
    if ddl.CONSTANT.fullmatch(sql):
        return quote_text(constant(sql)) if sql.startswith("E") else sql
    found = parse_expression(sql).sql
    return None if found.upper() == "NULL" else found


def constant(sql: str) -> str:
    """Return what a text literal with escapes means."""
    value: str = parse_target(sql)[1].a_const.sval.sval
    return value


# Types by the last part of their name; those of one word are what they are called.
TYPES = {
    "String": "varchar",
    "Unicode": "varchar",
    "UnicodeText": "text",
    "CHAR": "char",
    "NCHAR": "char",
    "NVARCHAR": "varchar",
    "BigInteger": "bigint",
    "SmallInteger": "smallint",
    "Float": "double precision",
    "FLOAT": "double precision",
    "Double": "double precision",
    "DOUBLE": "double precision",
    "DOUBLE_PRECISION": "double precision",
    "DECIMAL": "numeric",
    "LargeBinary": "bytea",
    "Uuid": "uuid",
    "BIT": "bit",
}
MOMENTS = {
    "DateTime": "timestamp",
    "TIMESTAMP": "timestamp",
    "Time": "time",
    "TIME": "time",
}


def column_type(value: Any, enums: Collection[Name]) -> tuple[Type, Name | None]:
    """Return a type, and the collation that it carries."""
    if isinstance(value, Stub):
        value = Call(value.name)
    if not isinstance(value, Call) and hasattr(value, "get_col_spec"):
        return spelled_type(value.get_col_spec(), enums)
    if not isinstance(value, Call):
        raise TypeError(f"{value!r} is no type")
    word = value.name.rpartition(".")[2]
    if word == "ARRAY":
        element, _ = column_type(value.arguments[0], enums)
        return replace(element, array=True), None
    if word in {"ENUM", "Enum"}:
        return enum_type(value, enums), None
    collation = value.keywords.get("collation")
    return parse_type(spelling(word, value)), Name(
        None, collation
    ) if collation else None


def spelling(word: str, value: Call) -> str:
    """Return a type as SQL."""
    options = value.keywords
    if word in MOMENTS:
        zone = "tz" if options.get("timezone", value.arguments[:1] == (True,)) else ""
        precision = options.get("precision")
        return f"{MOMENTS[word]}{zone}" + (
            "" if precision is None else f"({precision})"
        )
    if word in {"INTERVAL", "Interval"}:
        fields = f" {options['fields']}" if options.get("fields") else ""
        precision = options.get("precision")
        return f"interval{fields}".lower() + (
            "" if precision is None else f"({precision})"
        )
    if word == "BIT" and options.get("varying"):
        word = "varbit"
    given = [one for one in value.arguments if isinstance(one, int)]
    given += [
        options[key] for key in ("length", "precision", "scale") if key in options
    ]
    if word in {"FLOAT", "Float"} and given:
        return f"float({given[0]})"
    numbers = f"({', '.join(map(str, given))})" if given else ""
    return TYPES.get(word, word.lower()) + numbers


def enum_type(value: Call, enums: Collection[Name]) -> Type:
    name = Name(value.keywords.get("schema"), value.keywords.get("name") or "")
    if name in enums:
        return Type(name=name.name, schema=name.schema, kind="enum")
    if value.keywords.get("create_type", True) or not name.name:
        raise ValueError(
            "an enum that the directive creates: write CREATE TYPE with op.execute, and"
            " postgresql.ENUM(name=…, create_type=False)"
        )
    return Type(name=name.name, schema=name.schema, kind="other")


def spelled_type(sql: str, enums: Collection[Name]) -> tuple[Type, Name | None]:
    """Return a type as PostgreSQL spells it, perhaps with its collation."""
    try:
        found = parse_type(sql)
    except TypeMistake:
        pass
    else:
        if (found.kind == "other" and " COLLATE " not in sql) or found.name in SERIAL:
            return found, None  # its modifiers keep their case
    tree = postgast().parse(f"CREATE TABLE t (c {sql})")
    node = tree.stmts[0].stmt.create_stmt.table_elts[0].column_def
    _, column, _ = sql_values.column(node, enums)
    return column.type, column.collation


@dataclass(slots=True)
class FoundColumn:
    """A column with what else `sa.Column` creates."""

    name: str
    value: Column
    constraints: dict[str, Constraint] = field(default_factory=dict)
    indexes: dict[str, Index] = field(default_factory=dict)


def column(item: Call, table: Name, enums: Collection[Name]) -> FoundColumn:
    """Return what `sa.Column(…)` is in a table."""
    arguments = list(item.arguments)
    options = dict(item.keywords)
    name = options.get("name") or arguments.pop(0)
    of_type = options.get("type_")
    if of_type is None and arguments and not is_schema_item(arguments[0]):
        of_type = arguments.pop(0)
    kind, collation = column_type(of_type, enums)
    values: dict[str, Any] = {"comment": options.get("comment") or None}
    values["default"] = default(options.get("server_default"))
    constraints: dict[str, Constraint] = {}
    for extra in arguments:
        word = extra.name.rpartition(".")[2]
        if word == "Computed":
            stored = extra.keywords.get("persisted", True)
            sql = expression(extra.arguments[0])
            values["generated"] = Generated(expression=sql, stored=stored is not False)
        elif word == "Identity":
            values["identity"] = identity(extra, kind.name)
        elif word == "ForeignKey":
            key, value = column_key(extra, table, name)
            constraints[key] = value
        else:
            raise ValueError(f"{extra.name} in a column")
    primary = bool(options.get("primary_key"))
    serial = kind.kind == "builtin" and kind.name in SERIAL
    never = primary or serial or values.get("identity") is not None
    nullable = options.get("nullable", not never)
    found = FoundColumn(
        name,
        Column(type=kind, collation=collation, nullable=nullable, **values),
        constraints,
    )
    if primary:
        key = object_name(table.name, "", "pkey")
        found.constraints[key] = PrimaryKey(columns=(name,))
    if options.get("unique"):
        key = object_name(table.name, name, "key")
        found.constraints[key] = Unique(columns=(name,))
    if options.get("index"):
        index = Index(elements=(Element(column=name),))
        found.indexes[f"ix_{table.name}_{name}"] = index
    return found


def is_schema_item(value: Any) -> bool:
    return isinstance(value, Call) and value.name.rpartition(".")[2] in {
        "ForeignKey",
        "Identity",
        "Computed",
    }


def identity(item: Call, integer: str) -> Identity:
    given = {key: value for key, value in item.keywords.items() if value is not None}
    always = bool(given.pop("always", False))
    options = sql_values.sequence_options(given, integer)
    return Identity(always=always, options=options)


def column_key(item: Call, table: Name, column_name: str) -> tuple[str, Constraint]:
    name = item.keywords.get("name") or object_name(table.name, column_name, "fkey")
    keywords = {**item.keywords, "name": name}
    call = Call(
        "sa.ForeignKeyConstraint", ([column_name], [item.arguments[0]]), keywords
    )
    return constraint(call)


def constraint(item: Call) -> tuple[str, Constraint]:
    """Return a constraint and its name. Raises ValueError for one that has none."""
    options = dict(item.keywords)
    name = options.pop("name", None)
    kind = item.name.rpartition(".")[2]
    if kind not in CONSTRAINTS:
        raise ValueError(f"{item.name} in a table")
    if name is None:
        raise ValueError("a constraint without a name: PostgreSQL would choose one")
    return name, CONSTRAINTS[kind](item.arguments, options)


def timing(options: Mapping[str, Any]) -> dict[str, Any]:
    late = str(options.get("initially") or "").upper() == "DEFERRED"
    return {
        "deferrable": bool(options.get("deferrable")) or late,
        "initially_deferred": late,
    }


def names(columns: Iterable[Any]) -> tuple[str, ...]:
    return tuple(one if isinstance(one, str) else one.arguments[0] for one in columns)


def primary_key(columns: tuple[Any, ...], options: dict[str, Any]) -> PrimaryKey:
    include = tuple(options.get("postgresql_include") or ())
    return PrimaryKey(columns=names(columns), include=include, **timing(options))


def unique(columns: tuple[Any, ...], options: dict[str, Any]) -> Unique:
    return Unique(
        columns=names(columns),
        include=tuple(options.get("postgresql_include") or ()),
        nulls_not_distinct=bool(options.get("postgresql_nulls_not_distinct")),
        **timing(options),
    )


def check(arguments: tuple[Any, ...], options: dict[str, Any]) -> Check:
    not_valid = bool(options.get("postgresql_not_valid"))
    return Check(expression=expression(arguments[0]), not_valid=not_valid)


def foreign_key(arguments: tuple[Any, ...], options: dict[str, Any]) -> ForeignKey:
    columns, target = arguments
    table, referred = target if isinstance(target, tuple) else referred_of(target)
    return ForeignKey(
        columns=tuple(columns),
        referred_table=table,
        referred_columns=tuple(referred),
        on_delete=action(options.get("ondelete")),
        on_update=action(options.get("onupdate")),
        match_full=str(options.get("match") or "").upper() == "FULL",
        not_valid=bool(options.get("postgresql_not_valid")),
        **timing(options),
    )


def referred_of(targets: Iterable[str]) -> tuple[Name, list[str]]:
    parts = [target.split(".") for target in targets]
    first = parts[0]
    table = Name(first[-3] if first[2:] else None, first[-2])
    return table, [part[-1] for part in parts]


def action(words: str | None) -> str | None:
    word = " ".join((words or "").upper().split())
    return None if word in {"", "NO ACTION"} else word


def exclude(elements: tuple[Any, ...], options: dict[str, Any]) -> Exclude:
    found = []
    for element, operator in elements:
        sql = element
        if isinstance(element, Call) and element.name == "sa.column":
            sql = quote_name(element.arguments[0])
        elif isinstance(element, Call):
            sql = text(element)
        parsed = parse_exclude_element(f"{sql} WITH {operator}")[0]
        plain = sql_values.as_column(parsed.element)
        found.append(ExcludeElement(element=plain, operator=parsed.operator))
    where = options.get("where")
    return Exclude(
        method=options.get("using", "gist"),
        elements=tuple(found),
        where=None if where is None else expression(where),
        **timing(options),
    )


CONSTRAINTS: dict[str, Any] = {
    "PrimaryKeyConstraint": primary_key,
    "UniqueConstraint": unique,
    "CheckConstraint": check,
    "ForeignKeyConstraint": foreign_key,
    "ExcludeConstraint": exclude,
}


def index_element(value: Any) -> Element:
    """Return an element of `op.create_index`: a column's name, or SQL."""
    if isinstance(value, str):
        return Element(column=value)
    return sql_values.as_column(parse_element(text(value))[0])


def index_options(options: dict[str, Any]) -> dict[str, Any]:
    """Return the keywords of `op.create_index` as fields of an index."""
    known: dict[str, Callable[[Any], tuple[str, Any]]] = {
        "unique": lambda value: ("unique", bool(value)),
        "postgresql_using": lambda value: ("method", value.lower()),
        "postgresql_nulls_not_distinct": lambda v: ("nulls_not_distinct", bool(v)),
        "postgresql_include": lambda value: ("include", tuple(value)),
        "postgresql_where": lambda value: ("where", expression(value)),
        "postgresql_with": lambda value: ("storage_parameters", parameters(value)),
        "postgresql_tablespace": lambda value: ("tablespace", value),
    }
    ignored = {"postgresql_concurrently", "if_not_exists"}
    found = {}
    for key, value in options.items():
        if key in known and value is not None:
            name, changed = known[key](value)
            found[name] = changed
        elif key not in known and key not in ignored:
            raise ValueError(f"the option {key}")
    return found


def parameters(values: Mapping[str, Any]) -> dict[str, str]:
    words = {True: "true", False: "false"}
    return {
        key: words[value] if isinstance(value, bool) else str(value)
        for key, value in sorted(values.items())
    }


def table_options(options: dict[str, Any]) -> dict[str, Any]:
    """Return the keywords of `op.create_table` as fields of a table."""
    found: dict[str, Any] = {}
    for key, value in options.items():
        match key:
            case "comment":
                found["comment"] = value or None
            case "prefixes":
                found["unlogged"] = "UNLOGGED" in value
            case "postgresql_partition_by":
                found["partition_by"] = partition_by(value)
            case "postgresql_with":
                found["storage_parameters"] = parameters(value)
            case "postgresql_tablespace":
                found["tablespace"] = value
            case "if_not_exists":
                pass
            case _:
                raise ValueError(f"the option {key}")
    return found


def partition_by(sql: str) -> PartitionBy:
    tree = postgast().parse(f"CREATE TABLE t (a int) PARTITION BY {sql}")
    return sql_values.partition_by(tree.stmts[0].stmt.create_stmt.partspec)
