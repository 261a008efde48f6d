"""What stands in a directive (`sa.Column(…)`, `postgresql.UUID()`) as values of the model."""

from __future__ import annotations

from dataclasses import field
from typing import TYPE_CHECKING, Any

from gen_migration.alembic_ops.calls import Call
from gen_migration.alembic_ops.read_constraints import column_key
from gen_migration.alembic_ops.read_texts import default, expression, text
from gen_migration.alembic_ops.read_types import column_type
from gen_migration.base.data_class import dataclass
from gen_migration.model import schema as model
from gen_migration.postgres.names import Name, object_name
from gen_migration.postgres.names_in_texts import as_name
from gen_migration.postgres.parser import postgast
from gen_migration.sql import tree as sql_values
from gen_migration.sql.elements import parse_element

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping


@dataclass(slots=True)
class FoundColumn:
    """A column with what else `sa.Column` creates."""

    name: str
    value: model.Column
    constraints: dict[str, model.Constraint] = field(default_factory=dict)
    indexes: dict[str, model.Index] = field(default_factory=dict)


def column(item: Call, table: Name, enums: Collection[Name]) -> FoundColumn:
    """Return what `sa.Column(…)` is in a table."""
    arguments = list(item.arguments)
    options = dict(item.keywords)
    name = named(options.get("name") or arguments.pop(0))
    of_type = options.get("type_")
    if of_type is None and arguments and not is_schema_item(arguments[0]):
        of_type = arguments.pop(0)
    kind, collation = column_type(of_type, enums)
    values: dict[str, Any] = {"comment": comment(options.get("comment"))}
    given = default(options.get("server_default"))
    values["default"] = given and as_name(given, kind)
    constraints: dict[str, model.Constraint] = {}
    for extra in arguments:
        word = extra.name.rpartition(".")[2]
        if word == "Computed":
            stored = extra.keywords.get("persisted", True)
            sql = expression(extra.arguments[0])
            values["generated"] = model.Generated(
                expression=sql, stored=stored is not False
            )
        elif word == "Identity":
            values["identity"] = identity(extra, kind.name)
        elif word == "ForeignKey":
            key, value = column_key(extra, table, name)
            constraints[key] = value
        else:
            raise ValueError(f"{extra.name} in a column")
    primary = bool(options.get("primary_key"))
    counted = values["default"] is None and "identity" not in values
    if options.get("autoincrement") is True and counted:
        kind = kind.serial
    never = primary or kind.is_serial or values.get("identity") is not None
    nullable = options.get("nullable", not never)
    found = FoundColumn(
        name,
        model.Column(type=kind, collation=collation, nullable=nullable, **values),
        constraints,
    )
    if primary:
        key = object_name(table.name, "", "pkey")
        found.constraints[key] = model.PrimaryKey(columns=(name,))
    if options.get("unique"):
        key = object_name(table.name, name, "key")
        found.constraints[key] = model.Unique(columns=(name,))
    if options.get("index"):
        index = model.Index(elements=(model.Element(column=name),))
        found.indexes[f"ix_{table.name}_{name}"] = index
    return found


def named(value: Any) -> str:
    """Return what is given as a name. Raises TypeError where it is no text."""
    if not isinstance(value, str):
        raise TypeError(f"{value!r} as a name")
    return value


def comment(value: Any) -> str | None:
    """Return what is given as a comment: an empty one is none. Raises TypeError for no text."""
    if not isinstance(value, str | None):
        raise TypeError(f"{value!r} as a comment")
    return value or None


def is_schema_item(value: Any) -> bool:
    return isinstance(value, Call) and value.name.rpartition(".")[2] in {
        "ForeignKey",
        "Identity",
        "Computed",
    }


def identity(item: Call, integer: str) -> model.Identity:
    given = {key: value for key, value in item.keywords.items() if value is not None}
    always = bool(given.pop("always", False))
    options = sql_values.sequence_options(given, integer)
    return model.Identity(always=always, options=options)


def index_element(value: Any) -> model.Element:
    """Return an element of `op.create_index`: a column's name, or SQL."""
    if isinstance(value, str):
        return model.Element(column=value)
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
        for key, value in values.items()
    }


def table_options(options: dict[str, Any]) -> dict[str, Any]:
    """Return the keywords of `op.create_table` as fields of a table."""
    found: dict[str, Any] = {}
    for key, value in options.items():
        match key:
            case "comment":
                found["comment"] = comment(value)
            case "prefixes":
                found["unlogged"] = "UNLOGGED" in value
            case "postgresql_inherits":
                names = [value] if isinstance(value, str) else [*value]
                found["inherits"] = tuple(Name(None, named(one)) for one in names)
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


def partition_by(sql: str) -> model.PartitionBy:
    tree = postgast().parse(f"CREATE TABLE t (a int) PARTITION BY {sql}")
    return sql_values.partition_by(tree.stmts[0].stmt.create_stmt.partspec)
