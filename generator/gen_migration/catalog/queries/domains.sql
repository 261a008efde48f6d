-- Every domain of a user, with its type (`base` is that without modifiers) and its checks by name;
-- the collation where it is not the type's.
SELECT
    t.oid,
    n.nspname AS schema,
    t.typname AS name,
    format_type(t.typbasetype, t.typtypmod) AS type,
    format_type(t.typbasetype, -1) AS base,
    coalesce(e.typname, b.typname) AS type_name,
    m.nspname AS type_schema,
    e.oid IS NOT NULL AS is_array,
    CASE WHEN t.typcollation <> b.typcollation THEN l.collname END AS collation,
    CASE WHEN NOT pg_collation_is_visible(l.oid) THEN ln.nspname END AS collation_schema,
    pg_get_expr(t.typdefaultbin, 0) AS default,
    t.typnotnull AS not_null,
    c.names,
    c.expressions,
    c.validated,
    c.comments,
    obj_description(t.oid, 'pg_type') AS comment
FROM pg_type AS t
JOIN pg_namespace AS n ON n.oid = t.typnamespace
JOIN pg_type AS b ON b.oid = t.typbasetype
-- An array type is the one that its element type names as its array.
LEFT JOIN pg_type AS e ON e.oid = b.typelem AND e.typarray = b.oid
JOIN pg_namespace AS m ON m.oid = coalesce(e.typnamespace, b.typnamespace)
LEFT JOIN pg_collation AS l ON l.oid = t.typcollation
LEFT JOIN pg_namespace AS ln ON ln.oid = l.collnamespace
CROSS JOIN LATERAL (
    SELECT
        coalesce(array_agg(k.conname::text ORDER BY k.conname), '{}') AS names,
        coalesce(array_agg(pg_get_expr(k.conbin, 0) ORDER BY k.conname), '{}') AS expressions,
        coalesce(array_agg(k.convalidated ORDER BY k.conname), '{}') AS validated,
        coalesce(
            array_agg(obj_description(k.oid, 'pg_constraint') ORDER BY k.conname), '{}'
        ) AS comments
    FROM pg_constraint AS k WHERE k.contypid = t.oid AND k.contype = 'c'
) AS c
WHERE t.typtype = 'd' AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
    AND NOT EXISTS (
        SELECT FROM pg_depend AS x
        WHERE x.refclassid = 'pg_extension'::regclass AND x.deptype = 'e'
            AND x.classid = 'pg_type'::regclass AND x.objid = t.oid
    )
ORDER BY schema, name
