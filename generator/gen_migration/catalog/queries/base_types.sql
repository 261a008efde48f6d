-- Every base type of a user, by its functions. Not those of extensions, nor the arrays of types.
SELECT
    t.oid,
    n.nspname AS schema,
    t.typname AS name,
    (
        SELECT jsonb_build_array(m.nspname, p.proname)
        FROM pg_proc AS p JOIN pg_namespace AS m ON m.oid = p.pronamespace WHERE p.oid = t.typinput
    ) AS input,
    (
        SELECT jsonb_build_array(m.nspname, p.proname)
        FROM pg_proc AS p JOIN pg_namespace AS m ON m.oid = p.pronamespace WHERE p.oid = t.typoutput
    ) AS output,
    (
        SELECT jsonb_build_array(m.nspname, p.proname)
        FROM pg_proc AS p JOIN pg_namespace AS m ON m.oid = p.pronamespace WHERE p.oid = t.typreceive
    ) AS receive,
    (
        SELECT jsonb_build_array(m.nspname, p.proname)
        FROM pg_proc AS p JOIN pg_namespace AS m ON m.oid = p.pronamespace WHERE p.oid = t.typsend
    ) AS send,
    (
        SELECT jsonb_build_array(m.nspname, p.proname)
        FROM pg_proc AS p JOIN pg_namespace AS m ON m.oid = p.pronamespace WHERE p.oid = t.typmodin
    ) AS typmod_in,
    (
        SELECT jsonb_build_array(m.nspname, p.proname)
        FROM pg_proc AS p JOIN pg_namespace AS m ON m.oid = p.pronamespace WHERE p.oid = t.typmodout
    ) AS typmod_out,
    (
        SELECT jsonb_build_array(m.nspname, p.proname)
        FROM pg_proc AS p JOIN pg_namespace AS m ON m.oid = p.pronamespace WHERE p.oid = t.typanalyze
    ) AS analyze,
    (
        SELECT jsonb_build_array(m.nspname, p.proname)
        FROM pg_proc AS p JOIN pg_namespace AS m ON m.oid = p.pronamespace WHERE p.oid = t.typsubscript
    ) AS subscript,
    nullif(t.typlen, -1)::int AS length,
    t.typbyval AS by_value,
    t.typalign AS alignment,
    t.typstorage AS storage,
    t.typcategory AS category,
    t.typispreferred AS preferred,
    t.typdefault AS standard,
    (
        SELECT jsonb_build_object('schema', m.nspname, 'name', e.typname,
            'type', format_type(e.oid, NULL), 'is_array', false)
        FROM pg_type AS e JOIN pg_namespace AS m ON m.oid = e.typnamespace WHERE e.oid = t.typelem
    ) AS element,
    t.typdelim AS delimiter,
    t.typcollation <> 0 AS collatable,
    obj_description(t.oid, 'pg_type') AS comment
FROM pg_type AS t
JOIN pg_namespace AS n ON n.oid = t.typnamespace
-- Lower ids are of what initdb makes.
WHERE t.oid >= 16384 AND t.typtype = 'b' AND t.typisdefined
    AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
    AND NOT EXISTS (SELECT FROM pg_type AS e WHERE e.oid = t.typelem AND e.typarray = t.oid)
    AND NOT EXISTS (
        SELECT FROM pg_depend AS x
        WHERE x.refclassid = 'pg_extension'::regclass AND x.deptype = 'e'
            AND x.classid = 'pg_type'::regclass AND x.objid = t.oid
    )
ORDER BY schema, name
