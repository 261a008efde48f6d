-- Every conversion of a user. Not those of extensions.
SELECT
    c.oid,
    n.nspname AS schema,
    c.conname AS name,
    pg_encoding_to_char(c.conforencoding) AS source,
    pg_encoding_to_char(c.contoencoding) AS target,
    p.proname AS function,
    m.nspname AS function_schema,
    c.condefault AS standard,
    obj_description(c.oid, 'pg_conversion') AS comment
FROM pg_conversion AS c
JOIN pg_namespace AS n ON n.oid = c.connamespace
JOIN pg_proc AS p ON p.oid = c.conproc
JOIN pg_namespace AS m ON m.oid = p.pronamespace
-- Lower ids are of what initdb makes.
WHERE c.oid >= 16384 AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
    AND NOT EXISTS (
        SELECT FROM pg_depend AS x
        WHERE x.refclassid = 'pg_extension'::regclass AND x.deptype = 'e'
            AND x.classid = 'pg_conversion'::regclass AND x.objid = c.oid
    )
ORDER BY schema, name
