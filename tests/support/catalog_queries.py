"""The queries of the catalog that the facts of live tests come from."""

from __future__ import annotations

from present import FIRST_ID


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
