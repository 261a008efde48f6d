-- Every transform of a user, with its type and its functions; `schema` is that of what is not
-- PostgreSQL's own. Not those of extensions.
WITH types AS (
    SELECT t.oid, jsonb_build_object(
        'schema', m.nspname,
        'name', coalesce(e.typname, t.typname),
        'type', format_type(t.oid, NULL),
        'is_array', e.oid IS NOT NULL) AS found, m.nspname AS schema
    FROM pg_type AS t
    -- An array type is the one that its element type names as its array.
    LEFT JOIN pg_type AS e ON e.oid = t.typelem AND e.typarray = t.oid
    JOIN pg_namespace AS m ON m.oid = coalesce(e.typnamespace, t.typnamespace)
),
functions AS (
    SELECT p.oid, n.nspname AS schema, jsonb_build_object(
        'name', jsonb_build_array(n.nspname, p.proname),
        'arguments', (
            SELECT coalesce(jsonb_agg(t.found ORDER BY i.number), '[]')
            FROM unnest(p.proargtypes) WITH ORDINALITY AS i (oid, number)
            JOIN types AS t ON t.oid = i.oid)) AS found
    FROM pg_proc AS p JOIN pg_namespace AS n ON n.oid = p.pronamespace
)
SELECT
    x.oid,
    CASE WHEN t.schema <> 'pg_catalog' THEN t.schema
        WHEN f.schema <> 'pg_catalog' THEN f.schema
        WHEN g.schema <> 'pg_catalog' THEN g.schema END AS schema,
    t.found AS type,
    l.lanname AS language,
    f.found AS from_sql,
    g.found AS to_sql,
    obj_description(x.oid, 'pg_transform') AS comment
FROM pg_transform AS x
JOIN pg_language AS l ON l.oid = x.trflang
JOIN types AS t ON t.oid = x.trftype
LEFT JOIN functions AS f ON f.oid = x.trffromsql
LEFT JOIN functions AS g ON g.oid = x.trftosql
-- Lower ids are of what initdb makes.
WHERE x.oid >= 16384
    AND NOT EXISTS (
        SELECT FROM pg_depend AS d
        WHERE d.classid = 'pg_transform'::regclass AND d.objid = x.oid AND d.deptype = 'e'
    )
ORDER BY format_type(x.trftype, NULL), language
