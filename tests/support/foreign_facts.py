"""What the catalogs hold of foreign data, and what makes it: a part of `catalog`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gen_migration.postgres.secret_values import Placeholders, Secret
from present import Query

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Mapping

    from gen_migration.model.schema import Schema
    from gen_migration.postgres.names import Name
    from gen_migration.postgres.types import Type


def options(array: str) -> str:
    return f"""coalesce((
        SELECT jsonb_object_agg(option_name, option_value) FROM pg_options_to_table({array})
    ), '{{}}')"""


FUNCTION = "(SELECT p.proname FROM pg_proc AS p WHERE p.oid = {})"
QUERIES = {
    "foreign data wrapper": Query(
        "pg_foreign_data_wrapper",
        f"""
        SELECT w.fdwname, jsonb_build_object(
            'handler', {FUNCTION.format("w.fdwhandler")},
            'validator', {FUNCTION.format("w.fdwvalidator")}, 'options', {options("w.fdwoptions")},
            'comment', obj_description(w.oid, 'pg_foreign_data_wrapper'))
        FROM pg_foreign_data_wrapper AS w""",
    ),
    "foreign server": Query(
        "pg_foreign_server",
        f"""
        SELECT s.srvname, jsonb_build_object(
            'wrapper', w.fdwname, 'type', s.srvtype, 'version', s.srvversion,
            'options', {options("s.srvoptions")}, 'user_mappings', (
                SELECT coalesce(jsonb_object_agg(m.usename, {options("m.umoptions")}), '{{}}')
                FROM pg_user_mappings AS m WHERE m.srvid = s.oid),
            'comment', obj_description(s.oid, 'pg_foreign_server'))
        FROM pg_foreign_server AS s JOIN pg_foreign_data_wrapper AS w ON w.oid = s.srvfdw""",
    ),
    "foreign table": Query(
        "pg_foreign_table",
        f"""
        SELECT n.nspname || '.' || c.relname, jsonb_build_object(
            'server', s.srvname, 'options', {options("f.ftoptions")},
            'columns', (
                SELECT coalesce(jsonb_object_agg(a.attname, jsonb_build_object(
                    'type', format_type(a.atttypid, a.atttypmod), 'not_null', a.attnotnull,
                    'expression', d.oid IS NOT NULL, 'generated', a.attgenerated,
                    'options', {options("a.attfdwoptions")},
                    'comment', col_description(c.oid, a.attnum))), '{{}}')
                FROM pg_attribute AS a
                LEFT JOIN pg_attrdef AS d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
                WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped),
            'checks', (
                SELECT coalesce(jsonb_object_agg(k.conname, k.convalidated), '{{}}')
                FROM pg_constraint AS k WHERE k.conrelid = c.oid AND k.contype = 'c'),
            'comment', obj_description(c.oid, 'pg_class'))
        FROM pg_foreign_table AS f JOIN pg_class AS c ON c.oid = f.ftrelid
        JOIN pg_namespace AS n ON n.oid = c.relnamespace
        JOIN pg_foreign_server AS s ON s.oid = f.ftserver""",
    ),
}


def facts(connection: Any, asked: Collection[str]) -> dict[str, Any]:
    """Return what a database has of foreign data."""
    return {
        f"{word} {name}": fact
        for word, query in QUERIES.items()
        if word in asked
        for name, fact in connection.execute(query.sql).fetchall()
    }


def placed(found: Mapping[str, Any]) -> dict[str, str]:
    """Return options with what stands for secrets on a scratch database."""
    secrets = Placeholders()
    return {
        name: secrets[one.env] if isinstance(one, Secret) else one
        for name, one in found.items()
    }


def expected_foreign(
    schema: Schema, full: Callable[[Name], str], printed: Callable[[Type], str]
) -> Iterator[tuple[str, Any]]:
    """Yield what `facts` gives of a schema; of expressions, that they are there."""
    for name, one in schema.of("foreign table").items():
        columns = {
            key: {
                "type": printed(held.type),
                "not_null": not held.nullable,
                "expression": (held.default or held.generated) is not None,
                "generated": "s" if held.generated else "",
                "options": placed(held.options),
                "comment": held.comment,
            }
            for key, held in one.columns.items()
        }
        yield (
            f"foreign table {full(name)}",
            {
                "server": one.server,
                "options": placed(one.options),
                "columns": columns,
                "checks": {key: not held.not_valid for key, held in one.checks.items()},
                "comment": one.comment,
            },
        )
    for name, one in schema.of("foreign data wrapper").items():
        functions = {key: getattr(one, key) for key in ("handler", "validator")}
        yield (
            f"foreign data wrapper {name}",
            {
                **{key: held and held.name for key, held in functions.items()},
                "options": placed(one.options),
                "comment": one.comment,
            },
        )
    for name, one in schema.of("foreign server").items():
        mappings = {user: placed(found) for user, found in one.user_mappings.items()}
        yield (
            f"foreign server {name}",
            {
                "wrapper": one.wrapper,
                "type": one.type,
                "version": one.version,
                "options": placed(one.options),
                "user_mappings": mappings,
                "comment": one.comment,
            },
        )
