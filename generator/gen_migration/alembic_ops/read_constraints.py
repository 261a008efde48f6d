"""SQLAlchemy's constraints as values of the model."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gen_migration.alembic_ops.calls import Call
from gen_migration.alembic_ops.read_texts import expression, text
from gen_migration.model import schema as model
from gen_migration.postgres.names import Name, object_name, quote_name
from gen_migration.sql import tree
from gen_migration.sql.elements import parse_exclude_element

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping


def column_key(
    item: Call, table: Name, column_name: str
) -> tuple[str, model.Constraint]:
    name = item.keywords.get("name") or object_name(table.name, column_name, "fkey")
    keywords = {**item.keywords, "name": name}
    call = Call(
        "sa.ForeignKeyConstraint", ([column_name], [item.arguments[0]]), keywords
    )
    return constraint(call)


def constraint(item: Call) -> tuple[str, model.Constraint]:
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


def primary_key(columns: tuple[Any, ...], options: dict[str, Any]) -> model.PrimaryKey:
    include = tuple(options.get("postgresql_include") or ())
    return model.PrimaryKey(columns=names(columns), include=include, **timing(options))


def unique(columns: tuple[Any, ...], options: dict[str, Any]) -> model.Unique:
    return model.Unique(
        columns=names(columns),
        include=tuple(options.get("postgresql_include") or ()),
        nulls_not_distinct=bool(options.get("postgresql_nulls_not_distinct")),
        **timing(options),
    )


def check(arguments: tuple[Any, ...], options: dict[str, Any]) -> model.Check:
    not_valid = bool(options.get("postgresql_not_valid"))
    return model.Check(expression=expression(arguments[0]), not_valid=not_valid)


def foreign_key(
    arguments: tuple[Any, ...], options: dict[str, Any]
) -> model.ForeignKey:
    columns, target = arguments
    table, referred = target if isinstance(target, tuple) else referred_of(target)
    return model.ForeignKey(
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


def exclude(elements: tuple[Any, ...], options: dict[str, Any]) -> model.Exclude:
    found = []
    for element, operator in elements:
        sql = element
        if isinstance(element, Call) and element.name == "sa.column":
            sql = quote_name(element.arguments[0])
        elif isinstance(element, Call):
            sql = text(element)
        parsed = parse_exclude_element(f"{sql} WITH {operator}")[0]
        plain = tree.as_column(parsed.element)
        found.append(model.ExcludeElement(element=plain, operator=parsed.operator))
    where = options.get("where")
    return model.Exclude(
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
