-- Every cast of a user, with its types and its function; `schema` is that of what is not
-- PostgreSQL's own. Not those of extensions, nor that of a range type to its multirange.
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
    c.oid,
    CASE WHEN t.schema <> 'pg_catalog' THEN t.schema
        WHEN s.schema <> 'pg_catalog' THEN s.schema
        WHEN f.schema <> 'pg_catalog' THEN f.schema END AS schema,
    jsonb_build_array(s.found, t.found) AS types,
    f.found AS function,
    c.castmethod AS method,
    c.castcontext AS context,
    obj_description(c.oid, 'pg_cast') AS comment
FROM pg_cast AS c
JOIN types AS s ON s.oid = c.castsource
JOIN types AS t ON t.oid = c.casttarget
LEFT JOIN functions AS f ON f.oid = c.castfunc
-- Lower ids are of what initdb makes.
WHERE c.oid >= 16384
    AND NOT EXISTS (
        SELECT FROM pg_depend AS d
        WHERE d.classid = 'pg_cast'::regclass AND d.objid = c.oid AND d.deptype IN ('e', 'i')
    )
-- What a function takes and returns may need that values of two types are the same bytes.
ORDER BY c.castmethod <> 'b', format_type(c.castsource, NULL), format_type(c.casttarget, NULL)
