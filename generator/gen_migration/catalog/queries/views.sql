-- Every view of a user: its query as PostgreSQL prints it, its options, and the defaults and
-- comments of its columns.
SELECT
    c.oid,
    n.nspname AS schema,
    c.relname AS name,
    pg_get_viewdef(c.oid) AS query,
    coalesce(c.reloptions, '{}') AS options,
    d.columns AS default_columns,
    d.defaults,
    e.columns AS commented,
    e.comments,
    obj_description(c.oid, 'pg_class') AS comment
FROM pg_class AS c
JOIN pg_namespace AS n ON n.oid = c.relnamespace
CROSS JOIN LATERAL (
    SELECT
        coalesce(array_agg(a.attname::text ORDER BY a.attnum), '{}') AS columns,
        coalesce(array_agg(pg_get_expr(f.adbin, f.adrelid) ORDER BY a.attnum), '{}') AS defaults
    FROM pg_attrdef AS f
    JOIN pg_attribute AS a ON a.attrelid = f.adrelid AND a.attnum = f.adnum
    WHERE f.adrelid = c.oid
) AS d
CROSS JOIN LATERAL (
    SELECT
        coalesce(array_agg(a.attname::text ORDER BY a.attnum), '{}') AS columns,
        coalesce(array_agg(m.description ORDER BY a.attnum), '{}') AS comments
    FROM pg_description AS m
    JOIN pg_attribute AS a ON a.attrelid = m.objoid AND a.attnum = m.objsubid
    WHERE m.classoid = 'pg_class'::regclass AND m.objoid = c.oid AND m.objsubid > 0
) AS e
WHERE c.relkind = 'v' AND c.relpersistence <> 't'
    AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
    AND NOT EXISTS (
        SELECT FROM pg_depend AS x
        WHERE x.refclassid = 'pg_extension'::regclass AND x.deptype = 'e'
            AND x.classid = 'pg_class'::regclass AND x.objid = c.oid
    )
ORDER BY schema, name
