"""Arbitrary text, through every place that takes text, into PostgreSQL and back out of it."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import databases
import psycopg
import pytest
from gen_migration.history import offline_sql
from gen_migration.history.drafts import first_revision
from gen_migration.spec.load import load
from hypothesis import given
from hypothesis import strategies as st
from random_examples import live
from vocabulary import key, literal, nonempty, quoted, strange_names, texts
from yaml_text import yaml_text

if TYPE_CHECKING:
    from collections.abc import Iterator

FIELDS = {
    **dict.fromkeys(
        [
            "schema",
            "table",
            "column",
            "other",
            "index",
            "unique",
            "primary",
            "check",
            "enum",
        ],
        strange_names,
    ),
    **dict.fromkeys(
        ["sequence", "foreign", "exclude", "label", "partition", "late"], strange_names
    ),
    **dict.fromkeys(
        ["table_comment", "column_comment", "index_comment", "check_comment"], nonempty
    ),
    **dict.fromkeys(["default", "checked", "description", "element"], texts),
}
RELATIONS = (
    "table",
    "index",
    "unique",
    "primary",
    "sequence",
    "exclude",
    "enum",
    "partition",
)


def is_distinct(names: dict[str, str]) -> bool:
    """Tell whether what shares a namespace has names of its own."""
    apart = [[names[kind] for kind in RELATIONS]]
    apart.append([names[kind] for kind in ("column", "other", "late")])
    apart.append(
        [names[k] for k in ("unique", "primary", "check", "foreign", "exclude", "late")]
    )
    return all(len(set(group)) == len(group) for group in apart) and not reserved(names)


SYSTEM_COLUMNS = {"tableoid", "cmax", "xmax", "cmin", "xmin", "ctid"}


def reserved(names: dict[str, str]) -> bool:
    columns = {names["column"], names["other"], names["late"]}
    schema = names["schema"]
    return (
        bool(columns & SYSTEM_COLUMNS) or schema.startswith("pg_") or schema == "public"
    )


def document(names: dict[str, str]) -> dict[str, Any]:
    """Return a spec with a text in every place that takes one."""
    schema, column, other = key(names["schema"]), names["column"], names["other"]
    table = f"{schema}.{key(names['table'])}"
    return {
        "name": "texts",
        "description": names["description"].strip() or "x",
        "schemas": {names["schema"]: {"comment": names["table_comment"]}},
        "enums": {
            f"{schema}.{key(names['enum'])}": [names["label"], names["label"][:1] + "2"]
        }
        if names["label"] != names["label"][:1] + "2"
        else {f"{schema}.{key(names['enum'])}": [names["label"]]},
        "sequences": {
            f"{schema}.{key(names['sequence'])}": {"owned_by": f"{table}.{key(column)}"}
        },
        "tables": {
            table: {
                "comment": names["table_comment"],
                "columns": {
                    column: {
                        "type": "text",
                        "default": names["default"],
                        "comment": names["column_comment"],
                    },
                    other: {
                        "type": f"{schema}.{key(names['enum'])}",
                        "default": names["label"],
                    },
                    names["late"]: {
                        "type": "text[]",
                        "default": [names["element"], None],
                    },
                },
                "primary_key": {"name": names["primary"], "columns": [column]},
                "uniques": {names["unique"]: [column, other]},
                "foreign_keys": {
                    names["foreign"]: {
                        "columns": [column],
                        "references": {"table": table, "columns": [column]},
                        "on_delete": "cascade",
                    },
                    names["late"]: {
                        "columns": [column],
                        "references": {"table": table, "columns": [column]},
                        "not_valid": True,
                    },
                },
                "checks": {
                    names["check"]: {
                        "expression": f"{quoted(column)} <> {literal(names['checked'])}",
                        "comment": names["check_comment"],
                    }
                },
                "excludes": {
                    names["exclude"]: {
                        "method": "btree",
                        "elements": [{"column": column, "with": "="}],
                        "where": f"{quoted(column)} > {literal(names['checked'])}",
                    }
                },
                "indexes": {
                    names["index"]: {
                        "columns": [{"expression": f"lower({quoted(column)})"}],
                        "where": f"{quoted(column)} > {literal(names['checked'])}",
                        "comment": names["index_comment"],
                    }
                },
            },
            f"{schema}.{key(names['partition'])}": {
                "columns": {column: "text"},
                "partition_by": {"list": [{"column": column}]},
                "partitions": {},
            },
        },
    }


QUERIES = {
    "relations": "SELECT relname FROM pg_class WHERE relnamespace = %(schema)s::regnamespace"
    " AND relkind IN ('r', 'p', 'i', 'S') ORDER BY relname COLLATE \"C\"",
    "constraints": "SELECT conname FROM pg_constraint WHERE connamespace = %(schema)s::regnamespace"
    " AND contype <> 'n' ORDER BY conname COLLATE \"C\"",
    "columns": "SELECT attname FROM pg_attribute WHERE attrelid = %(table)s::regclass"
    " AND attnum > 0 ORDER BY attnum",
    "labels": "SELECT enumlabel FROM pg_enum JOIN pg_type t ON t.oid = enumtypid"
    " WHERE typnamespace = %(schema)s::regnamespace ORDER BY enumsortorder",
    "comments": "SELECT description FROM pg_description WHERE objoid IN"
    " (SELECT oid FROM pg_class WHERE relnamespace = %(schema)s::regnamespace UNION"
    "  SELECT oid FROM pg_constraint WHERE connamespace = %(schema)s::regnamespace UNION"
    '  SELECT %(schema)s::regnamespace) ORDER BY description COLLATE "C"',
}


def read(url: str, names: dict[str, str]) -> dict[str, Any]:
    """Return what PostgreSQL's catalog holds of the texts."""
    values = {
        "schema": quoted(names["schema"]),
        "table": f"{quoted(names['schema'])}.{quoted(names['table'])}",
    }
    with psycopg.connect(url) as connection:
        found: dict[str, Any] = {
            name: [row[0] for row in connection.execute(query, values)]
            for name, query in QUERIES.items()
        }
        # The text of the check as PostgreSQL reads it: the row that it refuses.
        connection.execute("SET session_replication_role = replica")
        column, table = quoted(names["column"]), values["table"]
        escaped = literal(names["checked"]).replace("%", "%%")
        with pytest.raises(psycopg.errors.CheckViolation), connection.transaction():
            connection.execute(
                f"INSERT INTO {table.replace('%', '%%')} ({column.replace('%', '%%')})"
                f" VALUES ({escaped})",
                {},
            )
        if names["default"] != names["checked"]:
            row = connection.execute(
                f"INSERT INTO {table} DEFAULT VALUES RETURNING *"
            ).fetchone()
            found["row"] = list(row or ())
        connection.rollback()
    return found


def wanted(names: dict[str, str]) -> dict[str, Any]:
    labels = [names["label"], names["label"][:1] + "2"]
    result: dict[str, Any] = {
        "relations": sorted(
            (names[kind] for kind in RELATIONS if kind != "enum"), key=str.encode
        ),
        "constraints": sorted(
            (
                names[kind]
                for kind in ("primary", "unique", "check", "foreign", "exclude", "late")
            ),
            key=str.encode,
        ),
        "columns": [names["column"], names["other"], names["late"]],
        "labels": list(dict.fromkeys(labels)),
        "comments": sorted(
            [
                names["table_comment"],
                names["table_comment"],
                names["column_comment"],
                names["index_comment"],
                names["check_comment"],
            ],
            key=str.encode,
        ),
    }
    if names["default"] != names["checked"]:
        result["row"] = [names["default"], names["label"], [names["element"], None]]
    return result


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    with databases.database() as found:
        yield found


@live()
@given(names=st.fixed_dictionaries(FIELDS).filter(is_distinct))
def test_text_survives(url: str, names: dict[str, str]) -> None:
    spec = load(yaml_text(document(names)), "spec.yaml")
    draft = first_revision(spec)
    with tempfile.TemporaryDirectory() as directory:
        versions = Path(directory)
        (versions / "revision.py").write_text(
            draft.text(draft.header), encoding="utf-8"
        )
        offline_sql.upgrade(url, versions)
        try:
            found = read(url, names)
        finally:
            offline_sql.downgrade(url, versions)
        with psycopg.connect(url, autocommit=True) as connection:
            # What alembic_version holds belongs to the next example.
            connection.execute("DROP TABLE alembic_version")
            left = "SELECT nspname FROM pg_namespace WHERE nspname = %s"
            assert connection.execute(left, [names["schema"]]).fetchall() == []
    assert wanted(names) == found
