"""Constraints and indexes back to the keys of a spec."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gen_migration.kinds.kind_spec import shortened
from gen_migration.model import schema as model
from gen_migration.model.naming import conventional
from gen_migration.postgres.names import quote_names
from gen_migration.postgres.parser import SqlMistake
from gen_migration.spec.write.writer import of, without_empty
from gen_migration.sql import ddl
from gen_migration.sql.elements import parse_element, parse_exclude_element

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from gen_migration.postgres.names import Name
    from gen_migration.spec.write.writer import Writer

# What a table says of each kind of constraint, and the key that its short form is.
SECTIONS: dict[type, tuple[str, str | None]] = {
    model.Unique: ("uniques", "columns"),
    model.ForeignKey: ("foreign_keys", None),
    model.Check: ("checks", "expression"),
    model.Exclude: ("excludes", None),
}


def sections(
    writer: Writer,
    table: Name,
    constraints: Mapping[str, model.Constraint],
    columns: Collection[str],
) -> dict[str, Any]:
    """Return the constraints of a table by the key that they stand under.

    Those whose names the convention gives are a list.
    """
    found: dict[str, Any] = {"primary_key": None}
    found |= {section: {} for section, _ in SECTIONS.values()}
    for name, value in constraints.items():
        keys = constraint(writer, value, columns) | writer.part_hints(
            "constraints", table, name
        )
        if isinstance(value, model.PrimaryKey):
            is_named = name != conventional(writer.spec.naming, table.name, value)
            keys = {"name": name, **keys} if is_named else keys
            found["primary_key"] = shortened(keys, "columns")
        else:
            section, short = SECTIONS[type(value)]
            found[section][name] = shortened(keys, short)
    for section in ("uniques", "foreign_keys"):
        if all(
            name == conventional(writer.spec.naming, table.name, constraints[name])
            for name in found[section]
        ):
            found[section] = [*found[section].values()]
    return found


def constraint(
    writer: Writer, value: model.Constraint, columns: Collection[str]
) -> dict[str, Any]:
    """Return the keys of a constraint, but for its hints."""
    match value:
        case model.ForeignKey():
            keys = foreign_key(writer, value)
        case model.Check():
            keys = of(value, "expression", "no_inherit") | validity(value)
        case model.Exclude():
            keys = {
                "method": None if value.method == "gist" else value.method,
                "elements": [exclude_element(one, columns) for one in value.elements],
                **of(value, "include", "where"),
                **deferral(value),
            }
        case _:
            keys = {
                **of(value, "columns", "include", "nulls_not_distinct"),
                **deferral(value),
                **of(value, "without_overlaps"),
            }
    if isinstance(value, model.Indexed):
        keys["storage_parameters"] = parameters(value.storage_parameters)
        keys |= of(value, "tablespace", "index_comment")
    return without_empty(keys | of(value, "comment"))


def foreign_key(writer: Writer, value: model.ForeignKey) -> dict[str, Any]:
    """Return the keys of a foreign key."""
    target: Any = {
        "table": writer.name(value.referred_table),
        "columns": list(value.referred_columns),
    }
    if len(value.referred_columns) == 1:
        target = writer.column(value.referred_table, value.referred_columns[0])
    on_delete = actions(value)["on_delete"]
    if value.on_delete_columns:
        on_delete = f"{on_delete} ({quote_names(value.on_delete_columns)})"
    return {
        "columns": value.columns,
        "references": target,
        "on_delete": on_delete,
        "on_update": actions(value)["on_update"],
        "match": "full" if value.match_full else None,
        "period": value.period,
        **deferral(value),
        **validity(value),
    }


def actions(value: model.ForeignKey) -> dict[str, str | None]:
    """Return what a foreign key does on delete and on update."""
    found = of(value, "on_delete", "on_update")
    return {key: words and words.lower() for key, words in found.items()}


def deferral(value: model.Deferral) -> dict[str, Any]:
    """Return when a constraint is checked; the stronger word implies the other."""
    return of(value, "initially_deferred" if value.initially_deferred else "deferrable")


def validity(value: model.ForeignKey | model.Check) -> dict[str, Any]:
    """Return what is checked; what is not enforced is not valid."""
    return of(value, "not_enforced" if value.not_enforced else "not_valid")


def at_column(
    writer: Writer,
    table: Name,
    name: str,
    value: model.Constraint,
    short: dict[str, dict[str, Any]],
) -> bool:
    """Put a constraint to its column where the short form says all of it."""
    columns: tuple[str, ...] = getattr(value, "columns", ())
    if (
        len(columns) != 1
        or columns[0] not in short
        or value != bare(value)
        or name != conventional(writer.spec.naming, table.name, value)
        or writer.part_hints("constraints", table, name)
    ):
        return False
    held = short[columns[0]]
    if not isinstance(value, model.ForeignKey):
        held["primary_key" if isinstance(value, model.PrimaryKey) else "unique"] = True
        return True
    if "references" in held:
        return False
    target = writer.column(value.referred_table, value.referred_columns[0])
    held |= without_empty({"references": target, **actions(value)})
    return True


def bare(value: model.Constraint) -> model.Constraint | None:
    """Return a constraint with no more of it than may stand at a column."""
    match value:
        case model.ForeignKey():
            return model.ForeignKey(
                columns=value.columns,
                referred_table=value.referred_table,
                referred_columns=value.referred_columns,
                on_delete=value.on_delete,
                on_update=value.on_update,
            )
        case model.PrimaryKey() | model.Unique():
            return type(value)(columns=value.columns)
        case _:
            return None


def index(
    writer: Writer,
    table: Name,
    name: str,
    value: model.Index,
    columns: Collection[str],
) -> Any:
    """Return an index; its elements alone where that is all."""
    keys = {
        "columns": [element(one, columns) for one in value.elements],
        **of(value, "unique", "nulls_not_distinct"),
        "method": None if value.method == "btree" else value.method,
        **of(value, "where", "include"),
        "storage_parameters": parameters(value.storage_parameters),
        **of(value, "tablespace", "comment"),
    }
    hints = writer.part_hints("indexes", table, name)
    found = without_empty(keys) | parts(writer, value.only)
    return shortened(found | hints, "columns")


def parts(
    writer: Writer, only: Mapping[Name, model.IndexPart] | None
) -> dict[str, Any]:
    """Return the parts of an index that is ON ONLY its table, by their partitions."""
    if only is None:
        return {}
    found = {
        writer.name(table): shortened(
            {"name": one.name, **parts(writer, one.only)}, "name"
        )
        for table, one in only.items()
    }
    return {"only": found}


def exclude_element(value: model.ExcludeElement, columns: Collection[str]) -> Any:
    """Return an element of an exclusion constraint, as SQL where that says it."""
    short = f"{ddl.element(value.element)} WITH {value.operator}"
    try:
        if parse_exclude_element(short)[0] == value:
            return short
    except SqlMistake:
        pass
    long = element(value.element, columns)
    keys = long if isinstance(long, dict) else {"sql": long}
    return {**keys, "with": value.operator}


def element(value: model.Element, columns: Collection[str]) -> Any:
    """Return an element of an index: a column's name, SQL, or what SQL is too short for."""
    if value == model.Element(column=value.column) and value.column is not None:
        return value.column
    short = ddl.element(value)
    try:
        if short not in columns and parse_element(short)[0] == value:
            return short
    except SqlMistake:
        pass
    nulls = "first" if value.nulls_first else "last"
    return without_empty(
        {
            **of(value, "column", "expression", "collation", "opclass"),
            "opclass_parameters": parameters(value.opclass_parameters),
            "order": "desc" if value.descending else None,
            "nulls": None if value.nulls_first == value.descending else nulls,
        }
    )


def parameters(values: Mapping[str, str]) -> dict[str, Any]:
    """Return parameters; a number or a truth value as such."""
    return {
        key: int(value)
        if value.isascii() and value.isdigit() and value == str(int(value))
        else value
        for key, value in values.items()
    }
