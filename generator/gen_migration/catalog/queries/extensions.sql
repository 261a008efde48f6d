-- Every extension but plpgsql, which each database has from the start.
SELECT
    e.extname AS name,
    n.nspname AS schema,
    e.extversion AS version,
    -- That of the extension itself is none.
    nullif(obj_description(e.oid, 'pg_extension'), a.comment) AS comment
FROM pg_extension AS e
JOIN pg_namespace AS n ON n.oid = e.extnamespace
LEFT JOIN pg_available_extensions AS a ON a.name = e.extname
WHERE e.extname <> 'plpgsql'
ORDER BY name
