-- The name of every base type of a user, which a shell type has before it, and of those that are
-- nothing more. Not those of extensions, nor the arrays of types.
SELECT
    t.oid,
    n.nspname AS schema,
    t.typname AS name,
    CASE WHEN NOT t.typisdefined THEN obj_description(t.oid, 'pg_type') END AS comment
FROM pg_type AS t
JOIN pg_namespace AS n ON n.oid = t.typnamespace
-- Lower ids are of what initdb makes.
WHERE t.oid >= 16384 AND (t.typtype = 'b' OR NOT t.typisdefined)
    AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
    AND NOT EXISTS (SELECT FROM pg_type AS e WHERE e.oid = t.typelem AND e.typarray = t.oid)
    AND NOT EXISTS (
        SELECT FROM pg_depend AS x
        WHERE x.refclassid = 'pg_extension'::regclass AND x.deptype = 'e'
            AND x.classid = 'pg_type'::regclass AND x.objid = t.oid
    )
ORDER BY schema, name
