-- Every materialized view of a user: its query as PostgreSQL prints it, its settings, and the
-- comments of its columns.
SELECT
    n.nspname AS schema,
    c.relname AS name,
    c.oid,
    pg_get_viewdef(c.oid) AS query,
    c.reloptions AS options,
    s.spcname AS tablespace,
    m.amname AS access_method,
    e.columns AS commented,
    e.comments,
    obj_description(c.oid, 'pg_class') AS comment
FROM pg_class AS c
JOIN pg_namespace AS n ON n.oid = c.relnamespace
LEFT JOIN pg_am AS m ON m.oid = c.relam
LEFT JOIN pg_tablespace AS s ON s.oid = c.reltablespace
CROSS JOIN LATERAL (
    SELECT
        coalesce(array_agg(a.attname::text ORDER BY a.attnum), '{}') AS columns,
        coalesce(array_agg(d.description ORDER BY a.attnum), '{}') AS comments
    FROM pg_description AS d
    JOIN pg_attribute AS a ON a.attrelid = d.objoid AND a.attnum = d.objsubid
    WHERE d.classoid = 'pg_class'::regclass AND d.objoid = c.oid AND d.objsubid > 0
) AS e
WHERE c.relkind = 'm'
    AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
    AND NOT EXISTS (
        SELECT FROM pg_depend AS x
        WHERE x.refclassid = 'pg_extension'::regclass AND x.deptype = 'e'
            AND x.classid = 'pg_class'::regclass AND x.objid = c.oid
    )
ORDER BY schema, name
