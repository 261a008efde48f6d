-- foreign_tables
-- Every foreign table of a user that stands alone, with its columns and checks.
SELECT
    c.oid,
    n.nspname AS schema,
    c.relname AS name,
    s.srvname AS server,
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
            'default', pg_get_expr(d.adbin, d.adrelid),
            'generated', a.attgenerated,
            'collation', CASE WHEN a.attcollation <> t.typcollation THEN l.collname END,
            'collation_schema', CASE WHEN NOT pg_collation_is_visible(l.oid) THEN ln.nspname END,
            'options', (
                SELECT coalesce(jsonb_agg(jsonb_build_array(o.option_name, o.option_value)), '[]')
                FROM pg_options_to_table(a.attfdwoptions) AS o
            ),
            'unheld', CASE
                WHEN a.attgenerated = 'v' THEN 'an expression that is virtual'
                WHEN a.attidentity <> '' THEN 'an identity'
                WHEN a.attstattarget >= 0 THEN 'a statistics target'
                WHEN a.attoptions IS NOT NULL THEN 'what ANALYZE is told'
                WHEN a.attstorage <> t.typstorage THEN 'a storage'
                WHEN EXISTS (
                    SELECT FROM pg_constraint AS k
                    WHERE k.conrelid = c.oid AND k.contype = 'n' AND k.conkey = ARRAY[a.attnum]
                        AND (k.connoinherit OR NOT k.convalidated)
                ) THEN 'a NOT NULL that is NO INHERIT or NOT VALID'
            END,
            'comment', col_description(c.oid, a.attnum)
        ) ORDER BY a.attnum), '[]')
        FROM pg_attribute AS a
        JOIN pg_type AS t ON t.oid = a.atttypid
        LEFT JOIN pg_type AS e ON e.oid = t.typelem AND e.typarray = t.oid
        JOIN pg_namespace AS m ON m.oid = coalesce(e.typnamespace, t.typnamespace)
        LEFT JOIN pg_attrdef AS d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
        LEFT JOIN pg_collation AS l ON l.oid = a.attcollation
        LEFT JOIN pg_namespace AS ln ON ln.oid = l.collnamespace
        WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
    ) AS columns,
    (
        SELECT coalesce(jsonb_agg(jsonb_build_object(
            'name', k.conname,
            'expression', pg_get_expr(k.conbin, k.conrelid),
            'validated', k.convalidated,
            'no_inherit', k.connoinherit,
            'comment', obj_description(k.oid, 'pg_constraint')
        ) ORDER BY k.conname), '[]')
        FROM pg_constraint AS k WHERE k.conrelid = c.oid AND k.contype = 'c'
    ) AS checks,
    obj_description(c.oid, 'pg_class') AS comment
FROM pg_foreign_table AS f
JOIN pg_class AS c ON c.oid = f.ftrelid
JOIN pg_namespace AS n ON n.oid = c.relnamespace
JOIN pg_foreign_server AS s ON s.oid = f.ftserver
WHERE n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
    AND NOT EXISTS (SELECT FROM pg_inherits AS h WHERE h.inhrelid = c.oid)
    AND NOT EXISTS (
        SELECT FROM pg_depend AS x
        WHERE x.refclassid = 'pg_extension'::regclass AND x.deptype = 'e'
            AND x.classid = 'pg_class'::regclass AND x.objid = c.oid
    )
ORDER BY schema, name
