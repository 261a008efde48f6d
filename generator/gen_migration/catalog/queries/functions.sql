-- Every function of a user, window functions too, as PostgreSQL prints it, with the types of the
-- arguments that come in; `body` is one of the SQL standard. Not those that others bring with them.
SELECT
    p.oid,
    n.nspname AS schema,
    p.proname AS name,
    a.arguments,
    pg_get_functiondef(p.oid) AS definition,
    pg_get_function_sqlbody(p.oid) AS body,
    obj_description(p.oid, 'pg_proc') AS comment
FROM pg_proc AS p
JOIN pg_namespace AS n ON n.oid = p.pronamespace
CROSS JOIN LATERAL (
    SELECT coalesce(jsonb_agg(jsonb_build_object(
        'schema', m.nspname,
        'name', coalesce(e.typname, t.typname),
        'type', format_type(t.oid, NULL),
        'is_array', e.oid IS NOT NULL) ORDER BY i.number), '[]') AS arguments
    FROM unnest(p.proargtypes) WITH ORDINALITY AS i (oid, number)
    JOIN pg_type AS t ON t.oid = i.oid
    -- An array type is the one that its element type names as its array.
    LEFT JOIN pg_type AS e ON e.oid = t.typelem AND e.typarray = t.oid
    JOIN pg_namespace AS m ON m.oid = coalesce(e.typnamespace, t.typnamespace)
) AS a
-- Lower ids are of what initdb makes.
WHERE p.oid >= 16384 AND p.prokind IN ('f', 'w')
    AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
    AND NOT EXISTS (
        SELECT FROM pg_depend AS x
        WHERE x.classid = 'pg_proc'::regclass AND x.objid = p.oid
            AND (x.deptype = 'i' OR x.refclassid = 'pg_extension'::regclass AND x.deptype = 'e')
    )
ORDER BY schema, name, arguments
