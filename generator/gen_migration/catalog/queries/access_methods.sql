-- Every access method of a user; `schema` is that of its handler. Not those of extensions.
SELECT
    m.oid,
    m.amname AS name,
    m.amtype AS type,
    p.proname AS function,
    n.nspname AS schema,
    obj_description(m.oid, 'pg_am') AS comment
FROM pg_am AS m
JOIN pg_proc AS p ON p.oid = m.amhandler
JOIN pg_namespace AS n ON n.oid = p.pronamespace
-- Lower ids are of what initdb makes.
WHERE m.oid >= 16384
    AND NOT EXISTS (
        SELECT FROM pg_depend AS x
        WHERE x.refclassid = 'pg_extension'::regclass AND x.deptype = 'e'
            AND x.classid = 'pg_am'::regclass AND x.objid = m.oid
    )
ORDER BY name
