"""What PostgreSQL's catalogs hold, and what they should hold: the oracle of the live tests.

`facts` reads a database; `expected` says the same of a spec's value. Neither uses the code that
writes SQL or revisions. An expression cannot be compared as text, since PostgreSQL prints it in
its own way; so `expected` lets PostgreSQL print it too, on a probe of the table that lives in a
transaction which is rolled back.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import access_facts
import databases
import foreign_facts
import members_of_tables
import operators_of_catalog
import text_search_facts
from access_facts import expected_access
from foreign_facts import expected_foreign
from gen_migration.model.automatic_names import sequence_name
from gen_migration.model.partitions import is_only
from gen_migration.model.schema import (
    Check,
    Column,
    Exclude,
    ForeignKey,
    Index,
    NotNullState,
    PrimaryKey,
    Unique,
)
from gen_migration.sql.ddl import index_body
from members_of_tables import expected_members
from operators_of_catalog import expected_operators
from present import FIRST_ID, Query, made, present
from statements import undone
from text_search_facts import expected_text_search

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping

    from gen_migration.model.schema import (
        Constraint,
        Element,
        PartitionBy,
        PartitionOf,
        Schema,
        SequenceOptions,
        Spec,
        Table,
    )
    from gen_migration.postgres.names import Name
    from gen_migration.postgres.types import Type

Facts = dict[str, Any]

PROBE = "probe {}"  # a schema that no spec has
ABOVE = "above probe {}"  # and another one

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
SERIAL = {
    "smallserial": ("smallint", 2**15 - 1),
    "serial": ("integer", 2**31 - 1),
    "bigserial": ("bigint", 2**63 - 1),
}


def columns_of(schema: Schema, name: Name) -> dict[str, Column]:
    """Return the columns of a table, with those that it has from others."""
    table = schema.tables[name]
    found = given_columns(schema, table)
    for key, own in table.own.items():
        held = found[key]
        if "nullable" in own:
            held = replace(held, not_null=None)
        if "default" in own and held.type.is_serial:
            held = replace(held, type=held.type.plain)
        found[key] = replace(held, **own)
    for key, column in table.columns.items():
        forbidden = key in found and not found[key].nullable
        found[key] = replace(column, nullable=column.nullable and not forbidden)
    return found


def given_columns(schema: Schema, table: Table) -> dict[str, Column]:
    """Return the columns that a table has from others, before what it has otherwise."""
    found = dict(attributes(schema, table))
    for parent in parents_of(table):
        for key, column in columns_of(schema, parent).items():
            alone = (
                *("not_null_state", "comment", "statistics_target"),
                *("n_distinct", "n_distinct_inherited"),
            )
            given: dict[str, Any] = dict.fromkeys(alone)
            if table.inherits:
                given["identity"] = None
            if column.not_null_state and column.not_null_state.no_inherit:
                given |= {"nullable": True, "not_null": None}
            held = replace(column, **given)
            forbidden = key in found and not found[key].nullable
            found.setdefault(key, held)
            if forbidden or not held.nullable:
                found[key] = replace(found[key], nullable=False)
            if found[key].default is None:
                found[key] = replace(found[key], default=held.default)
    return found


def parents_of(table: Table) -> tuple[Name, ...]:
    """Return the tables that a table has columns from."""
    return (table.partition_of.parent,) if table.partition_of else table.inherits


def attributes(schema: Schema, table: Table) -> dict[str, Column]:
    """Return the columns that a typed table has from its type."""
    of = schema.of("composite type").get(table.of_type)
    return {
        key: Column(type=one.type, collation=one.collation, nullable=True)
        for key, one in (of.attributes if of else {}).items()
    }


# What is there.


# The name of a NOT NULL, and what it is beside that: NO INHERIT, NOT VALID, its comment.
Forbidding = tuple[str, bool, bool, str | None]


def all_not_null(connection: Any) -> dict[tuple[str, str, str], Forbidding]:
    """Return each NOT NULL by schema, table and column; nothing before PostgreSQL 18."""
    found = rows(
        connection,
        """
        SELECT n.nspname AS schema, t.relname AS table, a.attname AS column, c.conname AS name,
            c.connoinherit AS kept, NOT c.convalidated AS put_off,
            obj_description(c.oid, 'pg_constraint') AS comment
        FROM pg_constraint AS c JOIN pg_class AS t ON t.oid = c.conrelid
        JOIN pg_namespace AS n ON n.oid = t.relnamespace
        JOIN pg_attribute AS a ON a.attrelid = t.oid AND a.attnum = c.conkey[1]
        WHERE c.contype = 'n' AND c.oid >= 16384
        """,
        (),
    )
    return {
        (one["schema"], one["table"], one["column"]): (
            *(one["name"], one["kept"], one["put_off"], one["comment"]),
        )
        for one in found
    }


def not_null_given(
    schema: Schema, home: str = "public"
) -> dict[tuple[str, str, str], Forbidding]:
    """Return each NOT NULL that a schema names; partitions have those of their parents."""
    result = {}
    for name in schema.tables:
        for key, column in columns_of(schema, name).items():
            if column.not_null is not None:
                state = column.not_null_state or NotNullState()
                result[name.schema or home, name.name, key] = (
                    *(column.not_null, state.no_inherit, state.not_valid),
                    state.comment,
                )
    return result


def misnamed(schema: Schema, connection: Any) -> dict[tuple[str, str, str], Any]:
    """Return each NOT NULL of a schema and of a database that the other has otherwise, from 18 on.

    Of those that a schema does not name, only what is plain is right.
    """
    if connection.info.server_version < 180000:
        return {}
    found, given = all_not_null(connection), not_null_given(schema)
    odd = {
        key: one
        for key, one in found.items()
        if key not in given and one[1:] != (False, False, None)
    }
    return odd | {key: one for key, one in given.items() if found.get(key) != one}


def parts_of_wholes(connection: Any) -> dict[tuple[str, str, str], dict[str, Any]]:
    """Return what partitions have of indexes and constraints, by schema, table and the whole."""
    found = rows(connection, PARTS, ())
    keys = ("schema", "table", "whole")
    return {tuple(one.pop(key) for key in keys): one for one in found}


def parts_given(
    schema: Schema, home: str = "public"
) -> dict[tuple[str, str, str], dict[str, Any]]:
    """Return what partitions are to have of indexes and constraints of the tables above them."""
    result = {}
    for name, table in schema.tables.items():
        place = table.partition_of
        while place is not None:
            whole = schema.tables[place.parent]
            for key, value in (*whole.constraints.items(), *whole.indexes.items()):
                if is_only(value):
                    continue  # some partitions have no part of it
                own = table.inherited.get(key)
                options = getattr(value, "storage_parameters", {})
                if own is not None and own.storage_parameters is not None:
                    options = own.storage_parameters
                result[name.schema or home, name.name, key] = {
                    "name": own and own.name,
                    "options": dict(options),
                    "comment": own and own.comment,
                }
            place = whole.partition_of
    return result


def other_parts(schema: Schema, connection: Any) -> dict[tuple[str, str, str], Any]:
    """Return what partitions are to have of what is above them, and have otherwise."""
    found = parts_of_wholes(connection)
    result = {}
    for key, given in parts_given(schema).items():
        there = found.get(key)
        if there is not None and given["name"] is None:
            given["name"] = there["name"]  # PostgreSQL has chosen it
        if there != given:
            result[key] = (there, given)
    return result


def mine(alias: str, catalog: str) -> str:
    """Return the condition that an object is in a user's schema and of no extension."""
    first = f"{alias}.oid >= {FIRST_ID} AND" if catalog != "pg_namespace" else ""
    return f"""{first}
        n.nspname !~ '^pg_' AND n.nspname <> 'information_schema' AND NOT EXISTS (
            SELECT FROM pg_depend AS e
            WHERE e.classid = '{catalog}'::regclass AND e.objid = {alias}.oid AND e.deptype = 'e'
        )"""


def options(array: str) -> str:
    return f"""coalesce((
        SELECT jsonb_object_agg(option_name, option_value) FROM pg_options_to_table({array})
    ), '{{}}')"""


def named_columns(relation: str, numbers: str) -> str:
    return f"""coalesce((
        SELECT jsonb_agg(na.attname ORDER BY no) FROM unnest({numbers}) WITH ORDINALITY AS u(nr, no)
        JOIN pg_attribute AS na ON na.attrelid = {relation} AND na.attnum = nr
    ), '[]')"""


PARTS = f"""
    SELECT n.nspname AS schema, t.relname AS table, whole.relname AS whole, x.relname AS name,
        {options("x.reloptions")} AS options,
        CASE WHEN c.oid IS NULL THEN obj_description(x.oid, 'pg_class')
            ELSE obj_description(c.oid, 'pg_constraint') END AS comment
    FROM pg_inherits AS h JOIN pg_index AS i ON i.indexrelid = h.inhrelid
    JOIN pg_class AS x ON x.oid = i.indexrelid
    JOIN pg_class AS whole ON whole.oid = pg_partition_root(x.oid)
    JOIN pg_class AS t ON t.oid = i.indrelid JOIN pg_namespace AS n ON n.oid = t.relnamespace
    LEFT JOIN pg_constraint AS c ON c.conindid = x.oid AND c.contype IN ('p', 'u', 'x')
    UNION ALL
    SELECT n.nspname, t.relname, c.conname, c.conname, '{{}}',
        obj_description(c.oid, 'pg_constraint')
    FROM pg_constraint AS c JOIN pg_class AS t ON t.oid = c.conrelid
    JOIN pg_namespace AS n ON n.oid = t.relnamespace
    WHERE t.relispartition AND c.contype IN ('c', 'f') AND (c.conparentid <> 0 OR NOT c.conislocal)
"""
SCHEMAS = f"""
    SELECT n.nspname AS name, obj_description(n.oid, 'pg_namespace') AS comment
    FROM pg_namespace AS n WHERE {mine("n", "pg_namespace")}
"""
EXTENSIONS = """
    SELECT e.extname AS name, n.nspname AS schema, e.extversion AS version,
        obj_description(e.oid, 'pg_extension') AS comment
    FROM pg_extension AS e JOIN pg_namespace AS n ON n.oid = e.extnamespace
"""
EVENT_TRIGGERS = """
    SELECT evtname AS name, evtevent AS event, evtfoid::regproc::text AS function,
        evtenabled::text AS state,
        (SELECT jsonb_agg(t ORDER BY t) FROM unnest(evttags) AS t) AS tags,
        obj_description(oid, 'pg_event_trigger') AS comment
    FROM pg_event_trigger
"""
PUBLICATIONS = """
    SELECT pubname AS name, puballtables AS all_tables, pubviaroot AS via_root,
        ARRAY[pubinsert, pubupdate, pubdelete, pubtruncate] AS publish,
        coalesce(to_jsonb(p) ->> 'pubgencols', 'n') AS generated,
        (SELECT jsonb_agg(r.pnnspid::regnamespace::text ORDER BY r.pnnspid::regnamespace::text)
            FROM pg_publication_namespace AS r WHERE r.pnpubid = p.oid) AS schemas,
        (SELECT jsonb_agg(jsonb_build_object(
            'table', r.prrelid::regclass::text,
            'columns', (SELECT jsonb_agg(a.attname ORDER BY a.attname) FROM pg_attribute AS a
                WHERE a.attrelid = r.prrelid AND a.attnum = ANY (r.prattrs)),
            'where', r.prqual IS NOT NULL) ORDER BY r.prrelid::regclass::text)
            FROM pg_publication_rel AS r WHERE r.prpubid = p.oid) AS tables,
        obj_description(oid, 'pg_publication') AS comment
    FROM pg_publication AS p
"""
SUBSCRIPTIONS = """
    SELECT subname AS name, subpublications AS publications, subslotname AS slot,
        subbinary AS binary, subsynccommit AS synchronous_commit,
        suborigin AS origin,
        obj_description(s.oid, 'pg_subscription') AS comment
    FROM pg_subscription AS s JOIN pg_database AS d ON d.oid = s.subdbid
    WHERE d.datname = current_database()
"""
STATISTICS = f"""
    SELECT n.nspname || '.' || s.stxname AS name, s.stxrelid::regclass::text AS table,
        (SELECT jsonb_agg(a.attname ORDER BY a.attname) FROM pg_attribute AS a
         WHERE a.attrelid = s.stxrelid AND a.attnum = ANY (s.stxkeys::smallint[])) AS columns,
        cardinality(pg_get_statisticsobjdef_expressions(s.oid)) AS expressions,
        (SELECT string_agg(k::text, '' ORDER BY k::text) FROM unnest(s.stxkind) AS k
         WHERE k <> 'e') AS kinds,
        nullif(s.stxstattarget, -1) AS target, obj_description(s.oid, 'pg_statistic_ext') AS comment
    FROM pg_statistic_ext AS s JOIN pg_namespace AS n ON n.oid = s.stxnamespace
    WHERE {mine("s", "pg_statistic_ext")}
"""
COLLATIONS = f"""
    SELECT n.nspname || '.' || l.collname AS name,
        CASE l.collprovider WHEN 'i' THEN 'icu' WHEN 'b' THEN 'builtin' ELSE 'libc' END
            AS provider,
        coalesce(l.collcollate, locale.of) AS collate, coalesce(l.collctype, locale.of) AS ctype,
        l.collisdeterministic AS deterministic,
        obj_description(l.oid, 'pg_collation') AS comment
    FROM pg_collation AS l JOIN pg_namespace AS n ON n.oid = l.collnamespace,
        coalesce(to_jsonb(l) ->> 'colllocale', to_jsonb(l) ->> 'colliculocale') AS locale (of)
    WHERE {mine("l", "pg_collation")}
"""
TYPES = f"""
    SELECT n.nspname || '.' || t.typname AS name, t.typtype::text AS kind,
        (SELECT jsonb_agg(v.enumlabel ORDER BY v.enumsortorder) FROM pg_enum AS v
         WHERE v.enumtypid = t.oid) AS values,
        CASE WHEN t.typtype = 'd' THEN jsonb_build_object(
            'type', format_type(t.typbasetype, t.typtypmod), 'not_null', t.typnotnull,
            'default', pg_get_expr(t.typdefaultbin, 0), 'collation', t.typcollation::regcollation,
            'checks', (SELECT jsonb_object_agg(c.conname, jsonb_build_array(
                    pg_get_constraintdef(c.oid), obj_description(c.oid, 'pg_constraint')))
                FROM pg_constraint AS c WHERE c.contypid = t.oid AND c.contype = 'c')) END
            AS domain,
        (SELECT jsonb_object_agg(a.attname, jsonb_build_array(
                format_type(a.atttypid, a.atttypmod), a.attcollation::regcollation,
                col_description(t.typrelid, a.attnum)))
         FROM pg_attribute AS a
         WHERE a.attrelid = t.typrelid AND a.attnum > 0 AND NOT a.attisdropped) AS attributes,
        (SELECT jsonb_build_object('subtype', format_type(g.rngsubtype, NULL),
            'opclass', q.opcname, 'collation', g.rngcollation::regcollation,
            'difference', g.rngsubdiff::regproc)
         FROM pg_range AS g JOIN pg_opclass AS q ON q.oid = g.rngsubopc
         WHERE g.rngtypid = t.oid) AS range,
        (SELECT un.nspname || '.' || u.typname FROM pg_range AS g
         JOIN pg_type AS u ON u.oid = g.rngmultitypid
         JOIN pg_namespace AS un ON un.oid = u.typnamespace
         WHERE g.rngtypid = t.oid) AS multirange,
        obj_description(t.oid, 'pg_type') AS comment
    FROM pg_type AS t JOIN pg_namespace AS n ON n.oid = t.typnamespace
    LEFT JOIN pg_class AS r ON r.oid = t.typrelid
    WHERE {mine("t", "pg_type")} AND t.typtype IN ('c', 'd', 'e', 'r')
        AND (r.relkind IS NULL OR r.relkind = 'c')
"""
# An owner by deptype "i" is an identity column, which shows what its sequence is.
SEQUENCES = f"""
    SELECT n.nspname || '.' || c.relname AS name, d.deptype::text AS tie,
        o.nspname || '.' || t.relname || '.' || a.attname AS owned_by,
        format_type(s.seqtypid, NULL) AS type, s.seqstart AS start, s.seqincrement AS increment,
        s.seqmin AS minimum, s.seqmax AS maximum, s.seqcache AS cache, s.seqcycle AS cycle,
        c.relpersistence = 'u' AS unlogged, obj_description(c.oid, 'pg_class') AS comment
    FROM pg_sequence AS s JOIN pg_class AS c ON c.oid = s.seqrelid
    JOIN pg_namespace AS n ON n.oid = c.relnamespace
    LEFT JOIN pg_depend AS d ON d.classid = 'pg_class'::regclass AND d.objid = c.oid
        AND d.refclassid = 'pg_class'::regclass AND d.refobjsubid > 0 AND d.deptype IN ('a', 'i')
    LEFT JOIN pg_class AS t ON t.oid = d.refobjid
    LEFT JOIN pg_namespace AS o ON o.oid = t.relnamespace
    LEFT JOIN pg_attribute AS a ON a.attrelid = d.refobjid AND a.attnum = d.refobjsubid
    WHERE {mine("c", "pg_class")}
"""
TABLES = f"""
    SELECT n.nspname || '.' || c.relname AS name, c.relkind::text AS kind,
        c.relpersistence = 'u' AS unlogged, s.spcname AS tablespace,
        c.relrowsecurity AS row_security, c.relforcerowsecurity AS forced,
        nullif(am.amname, 'heap') AS access_method, c.relreplident::text AS replica_identity,
        (SELECT x.relname FROM pg_index AS i JOIN pg_class AS x ON x.oid = i.indexrelid
         WHERE i.indrelid = c.oid AND i.indisreplident) AS replica_index,
        (SELECT x.relname FROM pg_index AS i JOIN pg_class AS x ON x.oid = i.indexrelid
         WHERE i.indrelid = c.oid AND i.indisclustered) AS cluster_on,
        {options("c.reloptions")} AS options, {options("toast.reloptions")} AS toast_options,
        obj_description(c.oid, 'pg_class') AS comment,
        (SELECT coalesce(jsonb_agg(a.attname ORDER BY a.attnum), '[]') FROM pg_attribute AS a
         WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped) AS columns,
        pn.nspname || '.' || p.relname AS parent, pg_get_expr(c.relpartbound, c.oid) AS bound,
        (SELECT coalesce(jsonb_agg(an.nspname || '.' || above.relname ORDER BY i.inhseqno), '[]')
         FROM pg_inherits AS i JOIN pg_class AS above ON above.oid = i.inhparent
         JOIN pg_namespace AS an ON an.oid = above.relnamespace
         WHERE i.inhrelid = c.oid AND NOT c.relispartition) AS inherits,
        (SELECT tn.nspname || '.' || t.typname FROM pg_type AS t
         JOIN pg_namespace AS tn ON tn.oid = t.typnamespace WHERE t.oid = c.reloftype) AS of_type,
        k.partstrat::text AS strategy, pg_get_expr(k.partexprs, c.oid) AS expressions,
        (SELECT jsonb_agg(jsonb_build_object(
                'column', a.attname, 'opclass', qn.nspname || '.' || q.opcname,
                'collation', ln.nspname || '.' || l.collname
            ) ORDER BY i)
         FROM generate_series(0, k.partnatts - 1) AS i
         LEFT JOIN pg_attribute AS a ON a.attrelid = c.oid AND a.attnum = k.partattrs[i]
            AND a.attnum > 0
         JOIN pg_opclass AS q ON q.oid = k.partclass[i]
         JOIN pg_namespace AS qn ON qn.oid = q.opcnamespace
         LEFT JOIN pg_collation AS l ON l.oid = k.partcollation[i]
         LEFT JOIN pg_namespace AS ln ON ln.oid = l.collnamespace) AS elements
    FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace
    LEFT JOIN pg_tablespace AS s ON s.oid = c.reltablespace
    LEFT JOIN pg_am AS am ON am.oid = c.relam
    LEFT JOIN pg_class AS toast ON toast.oid = c.reltoastrelid
    LEFT JOIN pg_partitioned_table AS k ON k.partrelid = c.oid
    LEFT JOIN pg_inherits AS h ON h.inhrelid = c.oid AND c.relispartition
    LEFT JOIN pg_class AS p ON p.oid = h.inhparent
    LEFT JOIN pg_namespace AS pn ON pn.oid = p.relnamespace
    WHERE {mine("c", "pg_class")} AND c.relkind IN ('r', 'p')
        AND c.relname <> 'alembic_version'
"""
# What a view's query is. Of rows that a query is itself, PostgreSQL prints `FROM (VALUES …)`; the
# same in brackets of a FROM, as what it has printed is when it is read again, has a blank before.
QUERY = "replace(pg_get_viewdef(c.oid), 'FROM ( VALUES ', 'FROM (VALUES ')"
VIEWS = f"""
    SELECT n.nspname || '.' || c.relname AS name, {QUERY} AS query,
        {options("c.reloptions")} AS options, obj_description(c.oid, 'pg_class') AS comment,
        (SELECT jsonb_agg(jsonb_build_array(a.attname, format_type(a.atttypid, a.atttypmod),
                pg_get_expr(d.adbin, d.adrelid), col_description(c.oid, a.attnum))
            ORDER BY a.attnum)
         FROM pg_attribute AS a
         LEFT JOIN pg_attrdef AS d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
         WHERE a.attrelid = c.oid AND a.attnum > 0) AS columns
    FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace
    WHERE {mine("c", "pg_class")} AND c.relkind = 'v'
"""
MATERIALIZED = f"""
    SELECT n.nspname || '.' || c.relname AS name, {QUERY} AS query,
        {options("c.reloptions")} AS options, obj_description(c.oid, 'pg_class') AS comment,
        (SELECT jsonb_agg(jsonb_build_array(a.attname, format_type(a.atttypid, a.atttypmod),
                col_description(c.oid, a.attnum)) ORDER BY a.attnum)
         FROM pg_attribute AS a WHERE a.attrelid = c.oid AND a.attnum > 0) AS columns,
        (SELECT coalesce(jsonb_object_agg(x.relname, jsonb_build_array(i.indisunique,
                split_part(pg_get_indexdef(x.oid), ' USING ', 2),
                obj_description(x.oid, 'pg_class'))), '{{}}')
         FROM pg_index AS i JOIN pg_class AS x ON x.oid = i.indexrelid
         WHERE i.indrelid = c.oid) AS indexes
    FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace
    WHERE {mine("c", "pg_class")} AND c.relkind = 'm'
"""
COLUMNS = f"""
    SELECT n.nspname || '.' || c.relname || '.' || a.attname AS name,
        format_type(a.atttypid, a.atttypmod) AS type, a.attnotnull AS not_null,
        pg_get_expr(d.adbin, d.adrelid) AS expression, a.attgenerated::text AS generated,
        CASE WHEN c.relispartition THEN '' ELSE a.attidentity::text END AS identity,
        CASE WHEN a.attcollation <> t.typcollation THEN ln.nspname || '.' || l.collname END
            AS collation,
        a.attstorage::text AS storage, a.attcompression::text AS compression,
        nullif(a.attstattarget, -1) AS statistics_target, {options("a.attoptions")} AS options,
        a.attislocal OR c.relispartition AS local,
        col_description(c.oid, a.attnum) AS comment
    FROM pg_attribute AS a JOIN pg_class AS c ON c.oid = a.attrelid
    JOIN pg_namespace AS n ON n.oid = c.relnamespace JOIN pg_type AS t ON t.oid = a.atttypid
    LEFT JOIN pg_attrdef AS d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
    LEFT JOIN pg_collation AS l ON l.oid = a.attcollation
    LEFT JOIN pg_namespace AS ln ON ln.oid = l.collnamespace
    WHERE {mine("c", "pg_class")} AND a.attrelid >= {FIRST_ID} AND c.relkind IN ('r', 'p')
        AND a.attnum > 0
        AND NOT a.attisdropped AND c.relname <> 'alembic_version'
"""
# Of an index `i` with its pg_class `x`; a column's own collation and a type's default operator
# class are written out, so that they are compared as well.
INDEX_PARTS = f"""
    (SELECT jsonb_agg(jsonb_build_object(
            'column', CASE WHEN i.indkey[k - 1] <> 0 THEN ka.attname END,
            'expression',
            CASE WHEN i.indkey[k - 1] = 0 THEN pg_get_indexdef(i.indexrelid, k, false) END,
            'collation', ln.nspname || '.' || l.collname,
            'opclass', qn.nspname || '.' || q.opcname,
            'parameters', {options("ia.attoptions")},
            'descending', i.indoption[k - 1] & 1 = 1, 'nulls_first', i.indoption[k - 1] & 2 = 2
        ) ORDER BY k)
     FROM generate_series(1, i.indnkeyatts) AS k
     JOIN pg_attribute AS ia ON ia.attrelid = i.indexrelid AND ia.attnum = k
     LEFT JOIN pg_attribute AS ka ON ka.attrelid = i.indrelid AND ka.attnum = i.indkey[k - 1]
     JOIN pg_opclass AS q ON q.oid = i.indclass[k - 1]
     JOIN pg_namespace AS qn ON qn.oid = q.opcnamespace
     LEFT JOIN pg_collation AS l ON l.oid = i.indcollation[k - 1]
     LEFT JOIN pg_namespace AS ln ON ln.oid = l.collnamespace) AS elements,
    (SELECT coalesce(jsonb_agg(a.attname ORDER BY k), '[]')
     FROM generate_series(i.indnkeyatts + 1, i.indnatts) AS k
     JOIN pg_attribute AS a ON a.attrelid = i.indrelid AND a.attnum = i.indkey[k - 1]) AS include,
    i.indnullsnotdistinct AS nulls_not_distinct, m.amname AS method,
    pg_get_expr(i.indpred, i.indrelid) AS where, {options("x.reloptions")} AS options,
    xs.spcname AS tablespace, i.indisvalid AS valid
"""
INDEX_JOINS = """
    JOIN pg_class AS x ON x.oid = i.indexrelid JOIN pg_am AS m ON m.oid = x.relam
    LEFT JOIN pg_tablespace AS xs ON xs.oid = x.reltablespace
"""
INDEXES = f"""
    SELECT n.nspname || '.' || x.relname AS name, tn.nspname || '.' || t.relname AS table,
        i.indisunique AS unique, obj_description(x.oid, 'pg_class') AS comment,
        CASE WHEN x.relkind = 'I' AND NOT i.indisvalid THEN ARRAY(
            WITH RECURSIVE held AS (
                SELECT inhrelid AS oid FROM pg_inherits WHERE inhparent = x.oid
                UNION ALL
                SELECT h.inhrelid FROM held
                JOIN pg_index AS j ON j.indexrelid = held.oid AND NOT j.indisvalid
                JOIN pg_inherits AS h ON h.inhparent = held.oid
            )
            SELECT p.relname::text FROM held JOIN pg_class AS p USING (oid)
            ORDER BY p.relname COLLATE "C"
        ) END AS parts, {INDEX_PARTS}
    FROM pg_index AS i {INDEX_JOINS}
    JOIN pg_namespace AS n ON n.oid = x.relnamespace
    JOIN pg_class AS t ON t.oid = i.indrelid JOIN pg_namespace AS tn ON tn.oid = t.relnamespace
    WHERE {mine("x", "pg_class")} AND i.indexrelid >= {FIRST_ID}
        AND t.relkind <> 'm' AND NOT x.relispartition AND NOT EXISTS (
        SELECT FROM pg_constraint AS o
        WHERE o.conindid = i.indexrelid AND o.contype IN ('p', 'u', 'x'))
"""
CONSTRAINTS = f"""
    SELECT n.nspname || '.' || t.relname || '.' || c.conname AS name, c.contype::text AS type,
        {named_columns("c.conrelid", "c.conkey")} AS columns,
        fn.nspname || '.' || f.relname AS referred_table,
        {named_columns("c.confrelid", "c.confkey")} AS referred_columns,
        c.confdeltype::text AS on_delete, c.confupdtype::text AS on_update,
        {named_columns("c.conrelid", "c.confdelsetcols")} AS on_delete_columns,
        c.confmatchtype = 'f' AS match_full,
        coalesce((to_jsonb(c) ->> 'conperiod')::boolean, false) AS period,
        coalesce((to_jsonb(c) ->> 'conenforced')::boolean, true) AS enforced,
        c.convalidated AS validated, c.condeferrable AS deferrable, c.condeferred AS deferred,
        c.connoinherit AS no_inherit, pg_get_expr(c.conbin, c.conrelid) AS expression,
        (SELECT jsonb_agg(pn.nspname || '.' || p.oprname ORDER BY k)
         FROM unnest(c.conexclop) WITH ORDINALITY AS u(operator, k)
         JOIN pg_operator AS p ON p.oid = operator
         JOIN pg_namespace AS pn ON pn.oid = p.oprnamespace) AS operators,
        obj_description(c.oid, 'pg_constraint') AS comment,
        CASE WHEN c.contype IN ('p', 'u', 'x')
            THEN obj_description(c.conindid, 'pg_class') END AS index_comment, parts.*
    FROM pg_constraint AS c JOIN pg_class AS t ON t.oid = c.conrelid
    JOIN pg_namespace AS n ON n.oid = t.relnamespace
    LEFT JOIN pg_class AS f ON f.oid = c.confrelid
    LEFT JOIN pg_namespace AS fn ON fn.oid = f.relnamespace
    LEFT JOIN LATERAL (
        SELECT {INDEX_PARTS} FROM pg_index AS i {INDEX_JOINS}
        WHERE i.indexrelid = c.conindid AND c.contype IN ('p', 'u', 'x')
        OFFSET 0  -- else the parts of each index of the catalog are made
    ) AS parts ON true
    WHERE {mine("t", "pg_class")} AND c.oid >= {FIRST_ID} AND c.contype IN ('p', 'u', 'f', 'c', 'x')
        AND c.conparentid = 0 AND (c.contype <> 'c' OR c.conislocal) AND t.relkind <> 'f'
        AND t.relname <> 'alembic_version'
"""


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


# What should be there.


def quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def dotted(name: Name) -> str:
    return ".".join(quoted(part) for part in name if part is not None)


def type_sql(column_type: Type) -> str:
    """Return a type as SQL; serial types are the integers that they make."""
    if column_type.kind == "builtin":
        name = SERIAL.get(column_type.name, (column_type.name,))[0]
    else:
        parts = (column_type.schema, column_type.name)
        name = ".".join(quoted(part) for part in parts if part is not None)
    if column_type.arguments:
        name += "(" + ", ".join(column_type.arguments) + ")"
    return name + ("[]" if column_type.array else "")


def is_serial(column: Column) -> bool:
    return column.type.kind == "builtin" and column.type.name in SERIAL


def key_elements(constraint: PrimaryKey | Unique) -> tuple[Element, ...]:
    from gen_migration.model.schema import Element

    return tuple(Element(column=column) for column in constraint.columns)


def parts_of(only: Mapping[Any, Any] | None) -> list[str] | None:
    """Return the names of the parts of an index that is ON ONLY its table, and of theirs."""
    if only is None:
        return None
    found = [
        each
        for one in only.values()
        for each in (one.name, *(parts_of(one.only) or ()))
    ]
    return sorted(found)


def expected(spec: Spec, connection: Any) -> Facts:
    """Return what `facts` gives where a spec and nothing else was built.

    The database holds the spec's types and functions, so that expressions can be printed.
    """
    own = databases.beside(connection)
    with undone(own):
        return Expectation(spec.schema, own).facts()


class Expectation:
    def __init__(self, schema: Schema, connection: Any) -> None:
        self.schema = schema
        self.connection = connection
        self.home: str = self.one("SELECT current_schema() AS value")
        self.probes = {name: PROBE.format(n) for n, name in enumerate(schema.tables)}
        self.probed = self.probe()

    def one(self, sql: str, *values: Any) -> Any:
        found = rows(self.connection, sql, values or None)
        return found[0]["value"] if found else None

    def full(self, name: Name) -> str:
        return f"{name.schema or self.home}.{name.name}"

    def facts(self) -> Facts:
        result: Facts = {}
        for key, namespace in self.schema.of("schema").items():
            if key != "public" or namespace.comment is not None:
                result[f"schema {key}"] = {"comment": namespace.comment or None}
        for key, extension in self.schema.of("extension").items():
            result[f"extension {key}"] = self.extension(key, extension)
        result.update(self.types())
        result.update(self.statistics())
        result.update(self.publications())
        result.update(expected_text_search(self.schema, self.full))
        result.update(expected_foreign(self.schema, self.full, self.printed))
        for name, view in self.schema.of("view").items():
            result[f"view {self.full(name)}"] = self.view(view)
        for name, view in self.schema.of("materialized view").items():
            result[f"materialized view {self.full(name)}"] = self.materialized(view)
        for name, sequence in self.schema.sequences.items():
            owner = sequence.owned_by
            result[f"sequence {self.full(name)}"] = {
                "owned_by": f"{self.full(owner[0])}.{owner[1]}" if owner else None,
                "type": sequence.type,
                **sequence_options(sequence.options),
                "unlogged": sequence.unlogged,
                "comment": sequence.comment,
            }
        for name, table in self.schema.tables.items():
            result.update(self.table(name, table))
        access = expected_access(self.schema, self.connection)
        operators = expected_operators(self.schema, self.home)
        return result | operators | self.members | access

    def printed(self, of: Type) -> str:
        """Return a type as PostgreSQL prints it."""
        found = self.type(f'CREATE TYPE "probe" AS (a {type_sql(of)})')
        return str(found["attributes"]["a"][0])

    def statistics(self) -> Facts:
        """Return statistics, of an expression nothing but that it is there; event triggers."""
        result: Facts = {}
        for name, one in self.schema.of("event trigger").items():
            result[f"event trigger {name}"] = {
                "event": one.event,
                "function": one.function.sql,
                "state": {"enabled": "O", "disabled": "D", "replica": "R"}.get(
                    one.state, "A"
                ),
                "tags": list(one.tags) or None,
                "comment": one.comment,
            }
        letters = {"ndistinct": "d", "dependencies": "f", "mcv": "m"}
        for name, one in self.schema.of("statistics").items():
            columns = sorted(each.column for each in one.elements if each.column)
            alone = len(one.elements) == 1
            kinds = "".join(sorted(letters[each] for each in one.kinds or letters))
            result[f"statistics {self.full(name)}"] = {
                "table": self.one("SELECT %s::regclass::text AS value", one.table.sql),
                "columns": columns or None,
                "expressions": len(one.elements) - len(columns) or None,
                "kinds": None if alone else kinds,
                "target": one.target,
                "comment": one.comment,
            }
        return result

    def publications(self) -> Facts:
        """Return publications, of a row filter nothing but that it is there; subscriptions."""
        result: Facts = {}
        for name, one in self.schema.of("subscription").items():
            result[f"subscription {name}"] = {
                "publications": list(one.publications),
                "slot": None if one.slot_name == "none" else one.slot_name,
                "binary": one.binary,
                "synchronous_commit": one.synchronous_commit,
                "origin": one.origin,
                "comment": one.comment,
            }
        for name, one in self.schema.of("publication").items():
            tables = [
                {
                    "table": self.one(
                        "SELECT %s::regclass::text AS value", each.table.sql
                    ),
                    "columns": list(each.columns) or None,
                    "where": each.where is not None,
                }
                for each in one.tables
            ]
            actions = ("insert", "update", "delete", "truncate")
            result[f"publication {name}"] = {
                "all_tables": one.all_tables,
                "via_root": one.publish_via_partition_root,
                "publish": [each in one.publish for each in actions],
                "generated": one.publish_generated_columns[0],
                "schemas": list(one.schemas) or None,
                "tables": sorted(tables, key=lambda each: str(each["table"])) or None,
                "comment": one.comment,
            }
        return result

    def types(self) -> Facts:
        """Return the types, and the collations of texts."""
        result: Facts = {}
        for name, enum in self.schema.enums.items():
            result[f"type {self.full(name)}"] = {
                "kind": "e",
                "values": list(enum.values) or None,
                "domain": None,
                "attributes": None,
                "range": None,
                "multirange": None,
                "comment": enum.comment,
            }
        for name, domain in self.schema.of("domain").items():
            result[f"type {self.full(name)}"] = {
                **self.domain(domain),
                "comment": domain.comment,
            }
        for name, composite in self.schema.of("composite type").items():
            result[f"type {self.full(name)}"] = {
                **self.composite_type(composite),
                "comment": composite.comment,
            }
        for name, one in self.schema.of("range type").items():
            result[f"type {self.full(name)}"] = {
                **self.range_type(one),
                "multirange": self.full(one.multirange),
                "comment": one.comment,
            }
        for name, one in self.schema.of("collation").items():
            result[f"collation {self.full(name)}"] = {
                "provider": one.provider,
                "collate": one.lc_collate or one.locale,
                "ctype": one.lc_ctype or one.locale,
                "deterministic": one.deterministic,
                "comment": one.comment,
            }
        return result

    def extension(self, name: str, extension: Any) -> Facts:
        """What the spec leaves open stands in the extension's control file."""
        sql = """
            SELECT v.schema, v.version, v.comment
            FROM pg_available_extensions AS e JOIN pg_available_extension_versions AS v
                ON v.name = e.name AND v.version = coalesce(%s, e.default_version)
            WHERE e.name = %s
        """
        found = rows(self.connection, sql, (extension.version, name))
        control = found[0] if found else dict.fromkeys(("schema", "version", "comment"))
        return {
            "schema": extension.schema or control["schema"] or self.home,
            "version": control["version"],
            "comment": extension.comment or control["comment"],
        }

    def root(self, name: Name, key: str) -> Name:
        """Return the table whose columns a table has; any other table is its own."""
        for parent in parents_of(self.schema.tables[name]):
            if key in columns_of(self.schema, parent):
                return self.root(parent, key)
        return name

    def domain(self, value: Any) -> dict[str, Any]:
        """Return a domain as PostgreSQL prints it under another name."""
        parts = [f'CREATE DOMAIN "probe" AS {type_sql(value.type)}']
        if value.collation is not None:
            parts.append(f"COLLATE {dotted(value.collation)}")
        if value.default is not None:
            parts.append(f"DEFAULT ({value.default})")
        parts += [] if value.nullable else ["NOT NULL"]
        parts += [
            f"CONSTRAINT {quoted(key)} CHECK ({check.expression})"
            for key, check in value.checks.items()
            if not check.not_valid
        ]
        later = []
        for key, check in value.checks.items():
            if check.not_valid:
                what = f"CONSTRAINT {quoted(key)} CHECK ({check.expression}) NOT VALID"
                later.append(f'ALTER DOMAIN "probe" ADD {what}')
            if check.comment is not None:
                text = self.one("SELECT quote_literal(%s) AS value", check.comment)
                what = f'{quoted(key)} ON DOMAIN "probe"'
                later.append(f"COMMENT ON CONSTRAINT {what} IS {text}")
        return self.type(" ".join(parts), *later)

    def composite_type(self, value: Any) -> dict[str, Any]:
        """Return a composite type as PostgreSQL prints it under another name."""
        parts, comments = [], []
        for key, one in value.attributes.items():
            collation = f" COLLATE {dotted(one.collation)}" if one.collation else ""
            parts.append(f"{quoted(key)} {type_sql(one.type)}{collation}")
            if one.comment is not None:
                text = self.one("SELECT quote_literal(%s) AS value", one.comment)
                comments.append(f'COMMENT ON COLUMN "probe".{quoted(key)} IS {text}')
        return self.type(f'CREATE TYPE "probe" AS ({", ".join(parts)})', *comments)

    def range_type(self, value: Any) -> dict[str, Any]:
        """Return a range type as PostgreSQL prints it under another name."""
        said = [f"subtype = {type_sql(value.subtype)}"]
        given = {
            "subtype_opclass": value.opclass,
            "collation": value.collation,
            "subtype_diff": value.difference,
        }
        said += [f"{key} = {dotted(one)}" for key, one in given.items() if one]
        return self.type(f'CREATE TYPE "probe" AS RANGE ({", ".join(said)})')

    def type(self, *statements: str) -> dict[str, Any]:
        """Return what PostgreSQL says of the type `probe`."""
        for one in statements:
            self.connection.execute(one, prepare=False)
        every = rows(self.connection, TYPES)
        found = next(row for row in every if row["name"] == f"{self.home}.probe")
        self.connection.execute('DROP TYPE "probe"', prepare=False)
        del found["name"]
        return found

    def view(self, value: Any) -> dict[str, Any]:
        """Return a view as PostgreSQL prints it under another name."""
        given = {
            "security_barrier": value.security_barrier,
            "security_invoker": value.security_invoker,
            "check_option": value.check_option,
        }
        options = ", ".join(
            f"{key}={one}" for key, one in given.items() if one is not None
        )
        columns = ", ".join(map(quoted, value.columns))
        parts = [
            'CREATE VIEW "probe"',
            f"({columns})" if columns else "",
            f"WITH ({options})" if options else "",
            f"AS {value.query}",
        ]
        self.connection.execute(" ".join(parts), prepare=False)
        for key, default in value.defaults.items():
            change = f"ALTER COLUMN {quoted(key)} SET DEFAULT {default}"
            self.connection.execute(f'ALTER VIEW "probe" {change}', prepare=False)
        every = rows(self.connection, VIEWS)
        found = next(row for row in every if row["name"] == f"{self.home}.probe")
        self.connection.execute('DROP VIEW "probe"', prepare=False)
        del found["name"]
        for column in found["columns"]:
            column[3] = value.column_comments.get(column[0])
        found["comment"] = value.comment
        return found

    def materialized(self, value: Any) -> dict[str, Any]:
        """Return a materialized view as PostgreSQL prints it under another name."""
        columns = ", ".join(map(quoted, value.columns))
        given = value.storage_parameters
        options = ", ".join(f"{key}={one}" for key, one in given.items())
        parts = [
            'CREATE MATERIALIZED VIEW "probe"',
            f"({columns})" if columns else "",
            f"WITH ({options})" if options else "",
            f"AS {value.query} WITH NO DATA",
        ]
        self.connection.execute(" ".join(parts), prepare=False)
        numbers = {}
        for number, (key, index) in enumerate(value.indexes.items()):
            numbers[f"probe_{number}"] = (key, index.comment)
            unique = "UNIQUE " if index.unique else ""
            create = (
                f'CREATE {unique}INDEX probe_{number} ON "probe" {index_body(index)}'
            )
            self.connection.execute(create, prepare=False)
        every = rows(self.connection, MATERIALIZED)
        found = next(row for row in every if row["name"] == f"{self.home}.probe")
        self.connection.execute('DROP MATERIALIZED VIEW "probe"', prepare=False)
        del found["name"]
        for column in found["columns"]:
            column[2] = value.column_comments.get(column[0])
        found["indexes"] = {
            numbers[key][0]: [*one[:2], numbers[key][1]]
            for key, one in found["indexes"].items()
        }
        found["comment"] = value.comment
        return found

    def table(self, name: Name, table: Table) -> Facts:
        columns = columns_of(self.schema, name)
        probe, place = self.probed, self.probes[name]
        full, shadow = self.full(name), f"{place}.{name.name}"
        printed = probe.get(f"table {shadow}", {})
        by, of = table.partition_by, table.partition_of
        identity = table.replica_identity
        result: Facts = {
            f"table {full}": {
                "kind": "p" if by else "r",
                "columns": list(columns),
                "unlogged": table.unlogged,
                "tablespace": tablespace(table.tablespace),
                "access_method": table.access_method,
                "row_security": table.row_security in {"enabled", "forced"},
                "forced": str(table.row_security).startswith("forced"),
                "replica_identity": identity.rows[0] if identity else "d",
                "replica_index": identity and identity.index,
                "cluster_on": table.cluster_on,
                "inherits": [self.full(one) for one in table.inherits],
                "of_type": table.of_type and self.full(table.of_type),
                "comment": table.comment,
                "options": dict(table.storage_parameters),
                "partition_by": by and self.partition_by(by, printed["partition_by"]),
                "partition_of": of
                and {
                    "parent": self.full(of.parent),
                    "bound": printed["partition_of"]["bound"],
                },
            }
        }
        for key, column in columns.items():
            shown = probe[f"column {shadow}.{key}"]
            result |= self.column(name, key, column, shown)
        for key, constraint in table.constraints.items():
            shown = probe.get(f"constraint {shadow}.{key}", {})
            elements = (probe.get(f"index {place}.{key}") or shown).get("elements", [])
            result[f"constraint {full}.{key}"] = {
                **self.constraint(constraint, shown, elements),
                "comment": constraint.comment,
                "index_comment": getattr(constraint, "index_comment", None),
            }
        for key, index in table.indexes.items():
            shown = probe[f"index {place}.{key}"]
            result[f"index {name.schema or self.home}.{key}"] = {
                "table": full,
                "unique": index.unique,
                "nulls_not_distinct": index.nulls_not_distinct,
                "method": index.method,
                "include": list(index.include),
                "where": shown["where"],
                "options": dict(index.storage_parameters),
                "tablespace": tablespace(index.tablespace),
                "elements": self.elements(
                    index.elements, shown["elements"], index.method
                ),
                "comment": index.comment,
                "valid": index.only is None,
                "parts": parts_of(index.only),
            }
        return result

    def partition_by(self, by: PartitionBy, shown: Facts) -> Facts:
        elements = self.elements(by.elements, shown["elements"], "btree")
        keys = ("column", "opclass", "collation")
        return {
            "strategy": by.strategy,
            "elements": [{key: element[key] for key in keys} for element in elements],
            "expressions": shown["expressions"],
        }

    def column(self, table: Name, key: str, column: Column, shown: Facts) -> Facts:
        partition = self.schema.tables[table].partition_of is not None
        identity = None
        if column.identity is not None and not partition:
            options = sequence_options(column.identity.options)
            sequence = column.identity.sequence or sequence_name(table, key).name
            identity = {
                "always": column.identity.always,
                "sequence": self.full(table._replace(name=sequence)),
                **options,
            }
        result: Facts = {}
        default = shown["default"]
        if is_serial(column):
            sequence, default = self.serial(self.root(table, key), key)
            if self.root(table, key) == table:
                result[f"sequence {sequence}"] = {
                    "owned_by": f"{self.full(table)}.{key}",
                    "type": SERIAL[column.type.name][0],
                    "start": 1,
                    "increment": 1,
                    "minimum": 1,
                    "maximum": SERIAL[column.type.name][1],
                    "cache": 1,
                    "cycle": False,
                    "unlogged": self.schema.tables[table].unlogged,
                    "comment": None,
                }
        result[f"column {self.full(table)}.{key}"] = {
            "type": shown["type"],
            "not_null": not column.nullable,
            "default": default,
            "generated": shown["generated"],
            "identity": identity,
            "collation": shown["collation"],
            "storage": column.storage or shown["storage"],
            "compression": column.compression,
            "local": is_local(self.schema.tables[table], key),
            "statistics_target": column.statistics_target,
            "options": {
                key: text
                for key in ("n_distinct", "n_distinct_inherited")
                if (text := getattr(column, key)) is not None
            },
            "comment": column.comment,
        }
        return result

    def serial(self, table: Name, column: str) -> tuple[str, str]:
        """Return the sequence that PostgreSQL chose for a serial column, and the default."""
        name = f"{quoted(table.schema or self.home)}.{quoted(table.name)}"
        found = rows(
            self.connection,
            """
            SELECT n.nspname || '.' || c.relname AS name,
                'nextval(''' || replace(c.oid::regclass::text, '''', '''''')
                    || '''::regclass)' AS default
            FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace
            WHERE c.oid = pg_get_serial_sequence(%s, %s)::regclass
            """,
            (name, column),
        )
        if not found:
            return f"of {self.full(table)}.{column}", "nextval"
        return found[0]["name"], found[0]["default"]

    def constraint(self, constraint: Constraint, shown: Facts, elements: Any) -> Facts:
        if isinstance(constraint, Check):
            return {
                "type": "c",
                "expression": shown["expression"],
                "no_inherit": constraint.no_inherit,
                "validated": not (constraint.not_valid or constraint.not_enforced),
                "enforced": not constraint.not_enforced,
            }
        result: Facts = {
            "deferrable": constraint.deferrable,
            "deferred": constraint.initially_deferred,
        }
        if isinstance(constraint, ForeignKey):
            return {
                **result,
                "type": "f",
                "columns": list(constraint.columns),
                "referred_table": self.full(constraint.referred_table),
                "referred_columns": list(constraint.referred_columns),
                "on_delete": constraint.on_delete,
                "on_delete_columns": list(constraint.on_delete_columns),
                "on_update": constraint.on_update,
                "match_full": constraint.match_full,
                "period": constraint.period,
                "validated": not (constraint.not_valid or constraint.not_enforced),
                "enforced": not constraint.not_enforced,
            }
        result |= {
            "include": list(constraint.include),
            "options": dict(constraint.storage_parameters),
            "tablespace": tablespace(constraint.tablespace),
        }
        if isinstance(constraint, Exclude):
            method = constraint.method
            wanted = tuple(element.element for element in constraint.elements)
            return {
                **result,
                "type": "x",
                "operators": shown["operators"],
                "elements": self.elements(wanted, elements, method),
                "method": method,
                "where": shown["where"],
            }
        method = method_of(constraint)
        return {
            **result,
            "type": "p" if isinstance(constraint, PrimaryKey) else "u",
            "columns": list(constraint.columns),
            "elements": self.elements(key_elements(constraint), elements, method),
            "method": method,
            "where": None,
            "nulls_not_distinct": isinstance(constraint, Unique)
            and constraint.nulls_not_distinct,
            "period": constraint.without_overlaps,
        }

    def elements(self, elements: Iterable[Element], shown: Any, method: str) -> Any:
        return [
            {
                "column": element.column,
                "expression": printed.get("expression"),
                "collation": self.collation(element.collation)
                if element.collation
                else printed["collation"],
                "opclass": self.opclass(element.opclass, method)
                if element.opclass
                else printed["opclass"],
                "parameters": dict(element.opclass_parameters),
                "descending": element.descending,
                "nulls_first": element.nulls_first,
            }
            for element, printed in zip(elements, shown, strict=True)
        ]

    def collation(self, name: Name) -> Any:
        return self.one(
            """
            SELECT n.nspname || '.' || l.collname AS value
            FROM pg_collation AS l JOIN pg_namespace AS n ON n.oid = l.collnamespace
            WHERE l.oid = %s::regcollation
            """,
            dotted(name),
        )

    def opclass(self, name: Name, method: str) -> Any:
        return self.one(
            """
            SELECT n.nspname || '.' || q.opcname AS value
            FROM pg_opclass AS q JOIN pg_namespace AS n ON n.oid = q.opcnamespace
            JOIN pg_am AS m ON m.oid = q.opcmethod
            WHERE q.opcname = %s AND m.amname = %s
                AND CASE WHEN %s::text IS NULL THEN pg_opclass_is_visible(q.oid)
                    ELSE n.nspname = %s END
            """,
            name.name,
            method,
            name.schema,
            name.schema,
        )

    def probe(self) -> Facts:
        """Return the facts of tables of the same names with all expressions of these ones.

        The names are the same because an expression may use it; the schemas are others.
        """
        with undone(self.connection):
            for number, name in enumerate(self.schema.tables):
                sql = ";\n".join(probe_sql(name, self.schema, number))
                self.connection.execute(sql, prepare=False)
            found = facts_of_tables(self.connection, self.asked())
            self.members = expected_members(
                self.schema, self.connection, self.probes, self.home
            )
            return found

    def asked(self) -> set[str]:
        """Return what is looked up of probes: what no spec says as PostgreSQL prints it."""
        tables = self.schema.tables.values()
        constraints = [one for table in tables for one in table.constraints.values()]
        printed = {
            "column": bool(tables),
            "table": any(one.partition_by or one.partition_of for one in tables),
            "constraint": any(isinstance(one, Check | Exclude) for one in constraints),
            "index": any(one.indexes for one in tables)
            or any(isinstance(one, PrimaryKey | Unique) for one in constraints),
        }
        return {word for word, is_printed in printed.items() if is_printed}


def is_local(table: Table, column: str) -> bool:
    """Tell whether a table has a column by itself; a partition is not asked."""
    return not table.inherits or column in table.columns


def sequence_options(options: SequenceOptions) -> Facts:
    return {key: getattr(options, key) for key in SEQUENCE_KEYS}


def tablespace(name: str | None) -> str | None:
    return None if name == "pg_default" else name


def method_of(constraint: PrimaryKey | Unique) -> str:
    return "gist" if constraint.without_overlaps else "btree"


def probe_sql(name: Name, schema: Schema, number: int) -> Iterable[str]:
    """Yield the statements of a probe: plain SQL, each expression in parentheses."""
    table, columns = schema.tables[name], columns_of(schema, name)
    place, place_above = (one.format(number) for one in (PROBE, ABOVE))
    yield f"CREATE SCHEMA {quoted(place)}"
    target = f"{quoted(place)}.{quoted(name.name)}"
    body = f"({', '.join(column_sql(key, column) for key, column in columns.items())})"
    by = partition_key(table)
    if table.partition_of is None:
        yield f"CREATE TABLE {target} {body} {by}"
    else:
        above = f"{quoted(place_above)}.{quoted(table.partition_of.parent.name)}"
        parent = schema.tables[table.partition_of.parent]
        bound = bound_sql(table.partition_of)
        yield f"CREATE SCHEMA {quoted(place_above)}"
        yield f"CREATE TABLE {above} {body} {partition_key(parent)}"
        yield f"CREATE TABLE {target} PARTITION OF {above} {bound} {by}"
    for key, constraint in table.constraints.items():
        add = f"ALTER TABLE {target} ADD CONSTRAINT {quoted(key)}"
        if isinstance(constraint, Check):
            yield f"{add} CHECK ({constraint.expression})"
        elif isinstance(constraint, Exclude):
            body = ", ".join(
                f"{element_sql(item.element)} WITH {item.operator}"
                for item in constraint.elements
            )
            where = f" WHERE ({constraint.where})" if constraint.where else ""
            yield f"{add} EXCLUDE USING {constraint.method} ({body}){where}"
        elif isinstance(constraint, PrimaryKey | Unique):
            method = method_of(constraint)
            index = Index(elements=key_elements(constraint), method=method)
            yield index_sql(key, index, target)
    for key, index in table.indexes.items():
        yield index_sql(key, index, target)


def column_sql(name: str, column: Column) -> str:
    sql = f"{quoted(name)} {type_sql(column.type)}"
    if column.collation is not None:
        sql += f" COLLATE {dotted(column.collation)}"
    if column.default is not None:
        sql += f" DEFAULT ({column.default})"
    if column.generated is not None:
        kind = "STORED" if column.generated.stored else "VIRTUAL"
        sql += f" GENERATED ALWAYS AS ({column.generated.expression}) {kind}"
    return sql


def element_sql(element: Element) -> str:
    sql = quoted(element.column) if element.column else f"({element.expression})"
    if element.collation is not None:
        sql += f" COLLATE {dotted(element.collation)}"
    if element.opclass is not None:
        sql += f" {dotted(element.opclass)}"
    return sql


def index_sql(name: str, index: Index, target: str) -> str:
    body = ", ".join(element_sql(element) for element in index.elements)
    where = f" WHERE ({index.where})" if index.where else ""
    return (
        f"CREATE INDEX {quoted(name)} ON {target} USING {index.method} ({body}){where}"
    )


def partition_key(table: Table) -> str:
    if table.partition_by is None:
        return ""
    body = ", ".join(element_sql(element) for element in table.partition_by.elements)
    return f"PARTITION BY {table.partition_by.strategy} ({body})"


def bound_sql(partition: PartitionOf) -> str:
    bound = partition.bound
    if bound.modulus is not None:
        return f"FOR VALUES WITH (MODULUS {bound.modulus}, REMAINDER {bound.remainder})"
    if bound.values:
        return f"FOR VALUES IN ({', '.join(bound.values)})"
    if bound.lower:
        lower, upper = ", ".join(bound.lower), ", ".join(bound.upper)
        return f"FOR VALUES FROM ({lower}) TO ({upper})"
    return "DEFAULT"


# What differs.


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
