-- foreign_tables
-- Every foreign table of a user with its columns and checks; of one that no key holds (one with
-- parents, or what a column of a table may have beside), the statement that makes it.
WITH mine AS (
    SELECT oid, nspname AS schema FROM pg_namespace
    WHERE nspname !~ '^pg_' AND nspname <> 'information_schema'
),
served AS MATERIALIZED (
    SELECT c.oid, n.schema, c.relname AS name, c.relispartition, c.relacl, c.relowner,
        s.srvname AS server, f.ftoptions, c.oid::regclass::text AS called
    FROM pg_foreign_table AS f
    JOIN pg_class AS c ON c.oid = f.ftrelid
    JOIN mine AS n ON n.oid = c.relnamespace
    JOIN pg_foreign_server AS s ON s.oid = f.ftserver
    WHERE NOT EXISTS (
        SELECT FROM pg_depend AS x
        WHERE x.refclassid = 'pg_extension'::regclass AND x.deptype = 'e'
            AND x.classid = 'pg_class'::regclass AND x.objid = c.oid
    )
),
-- What it has otherwise than its first parent: NULL in `of` for a column that is its own.
part AS MATERIALIZED (
    SELECT f.oid, f.called, a.*, t.typstorage, pg_get_expr(d.adbin, d.adrelid) AS value, p.attnum AS of,
        p.attstorage AS given_storage, p.attnotnull AS given_not_null,
        CASE WHEN a.attcollation <> t.typcollation THEN a.attcollation::regcollation::text END AS collated,
        (SELECT pg_get_expr(e.adbin, e.adrelid) FROM pg_attrdef AS e
            WHERE e.adrelid = p.attrelid AND e.adnum = p.attnum) AS given_value,
        o.options, o.added
    FROM served AS f
    JOIN pg_attribute AS a ON a.attrelid = f.oid AND a.attnum > 0 AND NOT a.attisdropped
    JOIN pg_type AS t ON t.oid = a.atttypid
    LEFT JOIN pg_attrdef AS d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
    LEFT JOIN LATERAL (
        SELECT b.* FROM pg_inherits AS h
        JOIN pg_attribute AS b ON b.attrelid = h.inhparent AND b.attname = a.attname
        WHERE h.inhrelid = f.oid AND (f.relispartition OR NOT a.attislocal)
        ORDER BY h.inhseqno LIMIT 1
    ) AS p ON true
    CROSS JOIN LATERAL (
        SELECT string_agg(format('%I %L', option_name, option_value), ', ') AS options,
            string_agg(format('ADD %I %L', option_name, option_value), ', ') AS added
        FROM pg_options_to_table(a.attfdwoptions)
    ) AS o
),
odd AS MATERIALIZED (
    SELECT f.oid, concat_ws(', ', f.ftoptions::text,
        (SELECT string_agg(p.attfdwoptions::text, ', ') FROM part AS p WHERE p.oid = f.oid)
    ) ~* '(pass|pwd|secret|token|credential|key)[^=]*=' AS is_secretive
    FROM served AS f
    WHERE EXISTS (SELECT FROM pg_inherits AS h WHERE h.inhrelid = f.oid)
        OR EXISTS (
            SELECT FROM part AS p WHERE p.oid = f.oid AND (
                p.attgenerated = 'v' OR p.attidentity <> '' OR p.attstattarget >= 0
                OR p.attoptions IS NOT NULL OR p.attstorage <> p.typstorage))
        OR EXISTS (
            SELECT FROM pg_constraint AS k WHERE k.conrelid = f.oid AND (
                k.contype = 'n' AND (k.connoinherit OR NOT k.convalidated)
                OR k.contype IN ('c', 'n') AND obj_description(k.oid, 'pg_constraint') IS NOT NULL
                OR k.contype = 'c' AND k.connoinherit))
),
own_trigger AS MATERIALIZED (
    SELECT f.oid, f.called, g.tgname, g.tgenabled, pg_get_triggerdef(g.oid, true) AS definition,
        g.tgfoid::regprocedure AS function, obj_description(g.oid, 'pg_trigger') AS comment
    FROM served AS f JOIN pg_trigger AS g ON g.tgrelid = f.oid
    WHERE NOT g.tgisinternal AND g.tgparentid = 0
),
step (oid, number, sql) AS (
    SELECT f.oid, 0, format('CREATE FOREIGN TABLE %s%s%s%s%s SERVER %I%s', f.called,
        CASE WHEN f.relispartition THEN ' PARTITION OF ' || h.parents END,
        CASE WHEN NOT f.relispartition OR k.constraints IS NOT NULL
            THEN format(' (%s)', concat_ws(', ', c.columns, k.constraints)) END,
        CASE WHEN NOT f.relispartition THEN ' INHERITS (' || h.parents || ')' END,
        ' ' || pg_get_expr(b.relpartbound, b.oid),
        f.server,
        (SELECT ' OPTIONS (' || string_agg(format('%I %L', option_name, option_value), ', ') || ')'
            FROM pg_options_to_table(f.ftoptions)))
    FROM served AS f
    JOIN odd AS o ON o.oid = f.oid
    JOIN pg_class AS b ON b.oid = f.oid
    CROSS JOIN LATERAL (
        SELECT string_agg(i.inhparent::regclass::text, ', ' ORDER BY i.inhseqno) AS parents
        FROM pg_inherits AS i WHERE i.inhrelid = f.oid
    ) AS h
    CROSS JOIN LATERAL (
        SELECT string_agg(format('%I %s%s%s%s', p.attname, format_type(p.atttypid, p.atttypmod),
            ' OPTIONS (' || p.options || ')', ' COLLATE ' || p.collated, CASE
                WHEN p.attgenerated <> '' THEN format(' GENERATED ALWAYS AS (%s) %s', p.value,
                    CASE p.attgenerated WHEN 's' THEN 'STORED' ELSE 'VIRTUAL' END)
                WHEN p.attidentity <> '' THEN (
                    SELECT format(' GENERATED %s AS IDENTITY (SEQUENCE NAME %s START WITH %s INCREMENT'
                        ' BY %s MINVALUE %s MAXVALUE %s CACHE %s%s)',
                        CASE p.attidentity WHEN 'a' THEN 'ALWAYS' ELSE 'BY DEFAULT' END,
                        q.seqrelid::regclass, q.seqstart, q.seqincrement, q.seqmin, q.seqmax,
                        q.seqcache, CASE WHEN q.seqcycle THEN ' CYCLE' ELSE '' END)
                    FROM pg_depend AS x JOIN pg_sequence AS q ON q.seqrelid = x.objid
                    WHERE x.refclassid = 'pg_class'::regclass AND x.refobjid = p.oid
                        AND x.refobjsubid = p.attnum AND x.deptype = 'i')
                ELSE ' DEFAULT ' || p.value END), ', ' ORDER BY p.attnum) AS columns
        FROM part AS p WHERE p.oid = f.oid AND p.of IS NULL
    ) AS c
    CROSS JOIN LATERAL (
        SELECT string_agg(format('CONSTRAINT %I %s', k.conname, pg_get_constraintdef(k.oid)), ', '
            ORDER BY k.contype, k.conname) AS constraints
        FROM pg_constraint AS k
        WHERE k.conrelid = f.oid AND k.contype IN ('c', 'n') AND k.conislocal AND k.convalidated
    ) AS k
    UNION ALL
    SELECT p.oid, 10 * p.attnum + v.number, format('ALTER FOREIGN TABLE ONLY %s ALTER COLUMN %I %s',
        p.called, p.attname, v.sql)
    FROM part AS p
    CROSS JOIN LATERAL (VALUES
        (1, CASE WHEN p.of IS NOT NULL THEN 'OPTIONS (' || p.added || ')' END),
        (2, CASE WHEN p.of IS NOT NULL AND p.attgenerated = '' AND p.value IS DISTINCT FROM p.given_value
            THEN coalesce('SET DEFAULT ' || p.value, 'DROP DEFAULT') END),
        -- From PostgreSQL 18 on, it is a constraint.
        (3, CASE WHEN p.attnotnull AND p.given_not_null IS NOT TRUE AND p.attidentity = ''
            AND current_setting('server_version_num')::integer < 180000 THEN 'SET NOT NULL' END),
        (4, CASE WHEN p.attstattarget >= 0 THEN 'SET STATISTICS ' || p.attstattarget END),
        (5, 'SET (' || array_to_string(p.attoptions, ', ') || ')'),
        (6, CASE WHEN p.attstorage <> coalesce(p.given_storage, p.typstorage) THEN 'SET STORAGE ' ||
            CASE p.attstorage WHEN 'p' THEN 'PLAIN' WHEN 'e' THEN 'EXTERNAL' WHEN 'm' THEN 'MAIN'
            ELSE 'EXTENDED' END END)
    ) AS v (number, sql)
    WHERE v.sql IS NOT NULL
    UNION ALL
    SELECT f.oid, 20000, format('ALTER FOREIGN TABLE %s ADD CONSTRAINT %I %s', f.called, k.conname,
        pg_get_constraintdef(k.oid))
    FROM served AS f JOIN pg_constraint AS k ON k.conrelid = f.oid
    WHERE k.contype IN ('c', 'n') AND k.conislocal AND NOT k.convalidated
    UNION ALL
    SELECT f.oid, 20001 + d.objsubid, format('COMMENT ON %s IS %L', CASE d.objsubid
        WHEN 0 THEN 'FOREIGN TABLE ' || f.called
        ELSE format('COLUMN %s.%I', f.called, a.attname) END, d.description)
    FROM served AS f
    JOIN pg_description AS d ON d.classoid = 'pg_class'::regclass AND d.objoid = f.oid
    LEFT JOIN pg_attribute AS a ON a.attrelid = f.oid AND a.attnum = d.objsubid
    UNION ALL
    SELECT f.oid, 30000, format('COMMENT ON CONSTRAINT %I ON %s IS %L', k.conname, f.called, d.description)
    FROM served AS f
    JOIN pg_constraint AS k ON k.conrelid = f.oid
    JOIN pg_description AS d ON d.classoid = 'pg_constraint'::regclass AND d.objoid = k.oid
    UNION ALL
    SELECT f.oid, 40000, format('GRANT %s%s ON TABLE %s TO %s%s', x.privilege_type,
        ' (' || quote_ident(x.attname) || ')', f.called,
        CASE x.grantee WHEN 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(x.grantee)) END,
        CASE WHEN x.is_grantable THEN ' WITH GRANT OPTION' ELSE '' END)
    FROM served AS f
    CROSS JOIN LATERAL (
        SELECT NULL AS attname, e.* FROM aclexplode(f.relacl) AS e
        UNION ALL
        SELECT p.attname, e.* FROM part AS p, aclexplode(p.attacl) AS e WHERE p.oid = f.oid
    ) AS x
    WHERE x.grantee <> f.relowner
    UNION ALL
    SELECT g.oid, 50000 + v.number, v.sql
    FROM own_trigger AS g
    CROSS JOIN LATERAL (VALUES
        (0, g.definition),
        (1, CASE WHEN g.tgenabled <> 'O' THEN format('ALTER FOREIGN TABLE %s %s TRIGGER %I', g.called,
            CASE g.tgenabled WHEN 'D' THEN 'DISABLE' WHEN 'R' THEN 'ENABLE REPLICA'
            ELSE 'ENABLE ALWAYS' END, g.tgname) END),
        (2, format('COMMENT ON TRIGGER %I ON %s IS ', g.tgname, g.called) || quote_literal(g.comment))
    ) AS v (number, sql)
    WHERE v.sql IS NOT NULL
)
SELECT
    f.oid,
    f.schema,
    f.name,
    f.server,
    (
        SELECT coalesce(jsonb_agg(jsonb_build_array(o.option_name, o.option_value)), '[]')
        FROM pg_options_to_table(f.ftoptions) AS o
    ) AS options,
    (
        SELECT coalesce(jsonb_agg(jsonb_build_object(
            'name', a.attname,
            'base', format_type(a.atttypid, NULL),
            'type', format_type(a.atttypid, a.atttypmod),
            'type_name', coalesce(e.typname, t.typname),
            'type_schema', m.nspname,
            'is_array', e.oid IS NOT NULL,
            'not_null', a.attnotnull,
            'default', a.value,
            'generated', a.attgenerated,
            'collation', CASE WHEN a.collated IS NOT NULL THEN l.collname END,
            'collation_schema', CASE WHEN NOT pg_collation_is_visible(l.oid) THEN ln.nspname END,
            'options', (
                SELECT coalesce(jsonb_agg(jsonb_build_array(o.option_name, o.option_value)), '[]')
                FROM pg_options_to_table(a.attfdwoptions) AS o
            ),
            'comment', col_description(f.oid, a.attnum)
        ) ORDER BY a.attnum), '[]')
        FROM part AS a
        JOIN pg_type AS t ON t.oid = a.atttypid
        LEFT JOIN pg_type AS e ON e.oid = t.typelem AND e.typarray = t.oid
        JOIN pg_namespace AS m ON m.oid = coalesce(e.typnamespace, t.typnamespace)
        LEFT JOIN pg_collation AS l ON l.oid = a.attcollation
        LEFT JOIN pg_namespace AS ln ON ln.oid = l.collnamespace
        WHERE a.oid = f.oid
    ) AS columns,
    (
        SELECT coalesce(jsonb_agg(jsonb_build_object(
            'name', k.conname,
            'expression', pg_get_expr(k.conbin, k.conrelid),
            'validated', k.convalidated
        ) ORDER BY k.conname), '[]')
        FROM pg_constraint AS k WHERE k.conrelid = f.oid AND k.contype = 'c'
    ) AS checks,
    coalesce(o.is_secretive, false) AS is_secretive,
    CASE WHEN NOT o.is_secretive THEN jsonb_build_object(
        'name', 'foreign table ' || f.called,
        'schema', f.schema,
        'table_oid', (SELECT min(h.inhparent::bigint) FROM pg_inherits AS h
            JOIN pg_class AS c ON c.oid = h.inhparent
            WHERE h.inhrelid = f.oid AND c.relkind <> 'f'),
        'create', (SELECT jsonb_agg(t.sql ORDER BY t.number, t.sql) FROM step AS t WHERE t.oid = f.oid),
        'drop', jsonb_build_array('DROP FOREIGN TABLE ' || f.called),
        'after', (
            SELECT jsonb_build_array('foreign server ' || f.server) || coalesce(jsonb_agg(
                CASE WHEN c.relkind <> 'f' THEN 'table ' WHEN EXISTS (SELECT FROM odd WHERE oid = c.oid)
                    THEN 'statement foreign table ' ELSE 'foreign table ' END || c.oid::regclass
                ORDER BY h.inhseqno), '[]')
            FROM pg_inherits AS h JOIN pg_class AS c ON c.oid = h.inhparent WHERE h.inhrelid = f.oid
        ) || (
            -- Those of the server and of extensions are there.
            SELECT coalesce(jsonb_agg(DISTINCT 'function ' || g.function), '[]')
            FROM own_trigger AS g
            WHERE g.oid = f.oid AND g.function >= 16384::regprocedure AND NOT EXISTS (
                SELECT FROM pg_depend AS x
                WHERE x.refclassid = 'pg_extension'::regclass AND x.deptype = 'e'
                    AND x.classid = 'pg_proc'::regclass AND x.objid = g.function)
        ),
        'comment', NULL
    ) END AS statement,
    obj_description(f.oid, 'pg_class') AS comment
FROM served AS f
LEFT JOIN odd AS o ON o.oid = f.oid
ORDER BY schema, name
