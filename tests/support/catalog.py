"""What PostgreSQL's catalogs hold: with `expected_catalog`, the oracle of the live tests.

`facts` reads a database. It uses none of the code that writes SQL or revisions, nor of that which
reads the catalog.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import access_facts
import foreign_facts
import members_of_tables
import operators_of_catalog
import text_search_facts
from catalog_queries import (
    COLLATIONS,
    COLUMNS,
    CONSTRAINTS,
    EVENT_TRIGGERS,
    EXTENSIONS,
    INDEXES,
    MATERIALIZED,
    PUBLICATIONS,
    SCHEMAS,
    SEQUENCES,
    STATISTICS,
    SUBSCRIPTIONS,
    TABLES,
    TYPES,
    VIEWS,
)
from present import FIRST_ID, Query, made, present

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator


Facts = dict[str, Any]
ACTIONS = {
    "a": None,
    "r": "RESTRICT",
    "c": "CASCADE",
    "n": "SET NULL",
    "d": "SET DEFAULT",
}
STORAGE = {"p": "plain", "e": "external", "x": "extended", "m": "main"}
COMPRESSION = {"": None, "p": "pglz", "l": "lz4"}
STRATEGIES = {"r": "range", "l": "list", "h": "hash"}


def rows(connection: Any, sql: str, values: Any = None) -> list[dict[str, Any]]:
    from psycopg.rows import dict_row

    with connection.cursor(row_factory=dict_row) as cursor:
        found: list[dict[str, Any]] = cursor.execute(sql, values).fetchall()
    return found


SEQUENCE_KEYS = ("start", "increment", "minimum", "maximum", "cache", "cycle")
INDEX_KEYS = ("elements", "include", "method", "where", "options", "tablespace")
KEY_KEYS = (*INDEX_KEYS, "nulls_not_distinct", "period", "deferrable", "deferred")
CONSTRAINT_KEYS = {
    "p": ("columns", *KEY_KEYS),
    "u": ("columns", *KEY_KEYS),
    "x": ("operators", *INDEX_KEYS, "deferrable", "deferred"),
    "c": ("expression", "no_inherit", "validated", "enforced"),
    "f": (
        "columns",
        "referred_table",
        "referred_columns",
        "on_delete",
        "on_delete_columns",
        "on_update",
        "match_full",
        "period",
        "deferrable",
        "deferred",
        "validated",
        "enforced",
    ),
}
WHOLE = {
    "schema": Query("pg_namespace", SCHEMAS),
    "extension": Query("pg_extension", EXTENSIONS),
    "collation": Query(made("pg_collation"), COLLATIONS),
    "statistics": Query("pg_statistic_ext", STATISTICS),
    "event trigger": Query("pg_event_trigger", EVENT_TRIGGERS),
    "publication": Query("pg_publication", PUBLICATIONS),
    "subscription": Query("pg_subscription", SUBSCRIPTIONS),
    "type": Query(
        f"""{made("pg_type")} AND (typtype IN ('d', 'e', 'r')
            OR EXISTS (SELECT FROM pg_class AS c WHERE c.oid = typrelid AND c.relkind = 'c'))""",
        TYPES,
    ),
    "view": Query(f"{made('pg_class')} AND relkind = 'v'", VIEWS),
    "materialized view": Query(f"{made('pg_class')} AND relkind = 'm'", MATERIALIZED),
}
OF_TABLES = {
    "sequence": Query("pg_sequence", SEQUENCES),
    "table": Query(f"{made('pg_class')} AND relkind IN ('r', 'p')", TABLES),
    "column": Query(f"{made('pg_class')} AND relkind IN ('r', 'p')", COLUMNS),
    "index": Query(
        f"pg_index WHERE indexrelid >= {FIRST_ID} AND NOT indisprimary", INDEXES
    ),
    "constraint": Query(made("pg_constraint"), CONSTRAINTS),
}
OTHERS = (
    members_of_tables,
    text_search_facts,
    access_facts,
    operators_of_catalog,
    foreign_facts,
)
QUERIES = (WHOLE, OF_TABLES, *(one.QUERIES for one in OTHERS))


def facts(connection: Any) -> Facts:
    """Return what a database holds: an object's kind and name, and all that is known of it.

    Left out are `alembic_version`, what extensions bring, PostgreSQL 18's NOT NULL constraints,
    and the constraints and indexes that a partition has from its parent.
    """
    return found_facts(connection, present(connection, QUERIES))


def found_facts(connection: Any, asked: Collection[str]) -> Facts:
    """Return `facts`, of what is asked for."""
    result: Facts = {}
    for word in (one for one in WHOLE if one in asked):
        for row in rows(connection, WHOLE[word].sql):
            result[f"{word} {row.pop('name')}"] = row
    result |= facts_of_tables(connection, asked)
    for one in OTHERS:
        result |= one.facts(connection, asked)
    return result


def facts_of_tables(connection: Any, asked: Collection[str]) -> Facts:
    """Return what a database holds of sequences, and of tables with what is a part of them."""
    result: Facts = {}
    found = {
        word: rows(connection, query.sql) if word in asked else []
        for word, query in OF_TABLES.items()
    }
    identities = {}
    for row in found["sequence"]:
        if row.pop("tie") == "i":
            identities[row["owned_by"]] = {
                "sequence": row["name"],
                **{key: row[key] for key in SEQUENCE_KEYS},
            }
        else:
            result[f"sequence {row.pop('name')}"] = row
    for row in found["table"]:
        result[f"table {row['name']}"] = table_fact(row)
    for row in found["column"]:
        result[f"column {row['name']}"] = column_fact(row, identities.get(row["name"]))
    for row in found["index"]:
        result[f"index {row.pop('name')}"] = row
    for row in found["constraint"]:
        row["on_delete"] = ACTIONS.get(row["on_delete"])
        row["on_update"] = ACTIONS.get(row["on_update"])
        keys = ("type", *CONSTRAINT_KEYS[row["type"]], "comment", "index_comment")
        result[f"constraint {row['name']}"] = {key: row[key] for key in keys}
    return result


TABLE_KEYS = (
    *("row_security", "forced"),
    *("kind", "columns", "unlogged", "tablespace", "access_method", "comment"),
    *("replica_identity", "replica_index", "cluster_on", "inherits", "of_type"),
)


def table_fact(row: dict[str, Any]) -> Facts:
    fact = {key: row[key] for key in TABLE_KEYS}
    toast = {f"toast.{key}": value for key, value in row["toast_options"].items()}
    fact["options"] = {**row["options"], **toast}
    fact["partition_by"] = fact["partition_of"] = None
    if row["strategy"]:
        fact["partition_by"] = {
            "strategy": STRATEGIES[row["strategy"]],
            "elements": row["elements"],
            "expressions": row["expressions"],
        }
    if row["bound"]:
        fact["partition_of"] = {"parent": row["parent"], "bound": row["bound"]}
    return fact


def column_fact(row: dict[str, Any], sequence: Facts | None) -> Facts:
    generated = {"s": "stored", "v": "virtual", "": None}[row["generated"]]
    return {
        "type": row["type"],
        "not_null": row["not_null"],
        "default": None if generated else row["expression"],
        "generated": (generated, row["expression"]) if generated else None,
        "identity": {"always": row["identity"] == "a", **(sequence or {})}
        if row["identity"]
        else None,
        "collation": row["collation"],
        "storage": STORAGE[row["storage"]],
        "compression": COMPRESSION[row["compression"]],
        "local": row["local"],
        "statistics_target": row["statistics_target"],
        "options": row["options"],
        "comment": row["comment"],
    }


def difference(found: Facts, wanted: Facts) -> str:
    """Return how two sets of facts differ, one line for each difference; nothing when equal."""
    lines: list[str] = []
    for key in sorted(found.keys() | wanted.keys()):
        if key not in found:
            lines.append(f"{key}: is missing; expected {wanted[key]}")
        elif key not in wanted:
            lines.append(f"{key}: is not expected: {found[key]}")
        else:
            lines += (f"{key}: {line}" for line in inner(found[key], wanted[key]))
    return "\n".join(lines)


def inner(found: Any, wanted: Any, path: str = "") -> Iterator[str]:
    if (
        isinstance(found, dict)
        and isinstance(wanted, dict)
        and found.keys() == wanted.keys()
    ):
        for key in found:
            yield from inner(found[key], wanted[key], f"{path}.{key}".lstrip("."))
    elif (
        isinstance(found, list)
        and isinstance(wanted, list)
        and len(found) == len(wanted)
    ):
        for number, (one, other) in enumerate(zip(found, wanted, strict=True)):
            yield from inner(one, other, f"{path}[{number}]")
    elif found != wanted:
        yield f"{path} is {found!r}, not {wanted!r}"
