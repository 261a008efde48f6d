-- collation_names
SELECT
    l.oid,
    CASE WHEN NOT pg_collation_is_visible(l.oid) THEN n.nspname END AS schema,
    l.collname AS name
FROM pg_collation AS l
JOIN pg_namespace AS n ON n.oid = l.collnamespace
