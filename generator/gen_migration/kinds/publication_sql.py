"""What `CREATE PUBLICATION` and `ALTER PUBLICATION` say, and what is read of them.

Each table is written with ONLY, as pg_dump does it: without, PostgreSQL adds those that inherit
from it at that moment.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gen_migration.kinds.publication_values import ACTIONS, Published, in_order
from gen_migration.postgres.names import quote_names, quote_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

# With what each is where it is not said.
OPTIONS = {
    "publish": ACTIONS,
    "publish_via_partition_root": False,
    "publish_generated_columns": "none",
}


def clauses(value: Any) -> Iterator[str]:
    """Yield the clauses behind the name of a publication."""
    if value.all_tables:
        yield "FOR ALL TABLES"
    elif value.tables or value.schemas:
        yield f"FOR {listed(value.tables, value.schemas)}"
    given = {
        key: getattr(value, key)
        for key, default in OPTIONS.items()
        if getattr(value, key) != default
    }
    if given:
        yield f"WITH ({', '.join(map(option, given, given.values()))})"


def listed(tables: Iterable[Any], schemas: Iterable[str]) -> str:
    """Return tables and schemas as a list."""
    found = [table(one) for one in tables]
    parts = [f"TABLE {', '.join(found)}"] if found else []
    names = quote_names(tuple(schemas))
    return ", ".join([*parts, f"TABLES IN SCHEMA {names}"] if names else parts)


def table(value: Any) -> str:
    """Return a table with what is published of it."""
    columns = f" ({quote_names(value.columns)})" if value.columns else ""
    where = f" WHERE ({value.where})" if value.where else ""
    return f"ONLY {value.table.sql}{columns}{where}"


def extent(value: Any) -> str:
    """Return which columns and rows of a table are published."""
    columns = f"({quote_names(value.columns)})" if value.columns else "all columns"
    return columns + (f" WHERE ({value.where})" if value.where else "")


def changes_of_tables(
    old: Any, new: Any
) -> Iterator[tuple[str, str | None, str | None]]:
    """Yield the tables of which something else is published, with what is."""
    before, after = (
        {str(key): extent(one) for key, one in value.names.items()}
        for value in (old, new)
    )
    for key in sorted({**before, **after}):
        if before.get(key) != after.get(key):
            yield f"table {key}", before.get(key), after.get(key)


def option(key: str, value: Any) -> str:
    """Return an option as SQL."""
    if key == "publish":
        return f"publish = {quote_text(', '.join(value))}"
    return f"{key} = {value if isinstance(value, str) else str(value).lower()}"


def actions(old: Any, new: Any) -> Iterator[str]:
    """Yield what `ALTER PUBLICATION` does: what goes makes room for what comes."""
    gone = [one for one in old.tables if one not in new.tables]
    come = [one for one in new.tables if one not in old.tables]
    left = [one for one in old.schemas if one not in new.schemas]
    more = [one for one in new.schemas if one not in old.schemas]
    if gone or left:
        bare = [type(one)(table=one.table) for one in gone]
        yield f"DROP {listed(bare, left)}"
    if come or more:
        yield f"ADD {listed(come, more)}"
    changed = [
        option(key, getattr(new, key))
        for key in OPTIONS
        if getattr(old, key) != getattr(new, key)
    ]
    if changed:
        yield f"SET ({', '.join(changed)})"


def objects(node: Any) -> tuple[tuple[Published, ...], tuple[str, ...]]:
    """Return the tables and the schemas of a statement."""
    from gen_migration.sql import tree

    tables, schemas = [], []
    for each in node.pubobjects:
        one = each.publication_obj_spec
        match tree.word(one, "pubobjtype", "PUBLICATIONOBJ_"):
            case "TABLE":
                of = one.pubtable
                has = of.HasField("where_clause")
                found = Published(
                    table=tree.relation(of.relation),
                    columns=tuple(sorted(tree.strings(of.columns))),
                    where=tree.expression(of.where_clause) if has else None,
                )
                tables.append(found)
            case "TABLES_IN_SCHEMA":
                schemas.append(one.name)
            case _:
                raise ValueError("TABLES IN SCHEMA CURRENT_SCHEMA")
    return in_order(tables), tuple(sorted(schemas))


def given(node: Any) -> dict[str, Any]:
    """Return the options that a statement gives, as fields."""
    from gen_migration.sql import tree

    found: dict[str, Any] = {}
    for key, text in tree.parameters(node.options).items():
        match key:
            case "publish":
                named = {one.strip().lower() for one in text.split(",")}
                found[key] = tuple(one for one in ACTIONS if one in named)
            case "publish_via_partition_root":
                found[key] = text.lower() in {"true", "on", "yes", "1"}
            case "publish_generated_columns":
                found[key] = text.lower()
            case _:
                raise ValueError(f"the option {key} of a publication")
    return found
