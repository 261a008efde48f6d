-- collations
-- Every collation of a user, with the words of `CREATE COLLATION`.
SELECT
    l.oid,
    n.nspname AS schema,
    l.collname AS name,
    CASE l.collprovider WHEN 'i' THEN 'icu' WHEN 'b' THEN 'builtin' ELSE 'libc' END AS provider,
    l.colllocale AS locale,
    CASE WHEN l.collprovider = 'c' THEN l.collcollate END AS lc_collate,
    CASE WHEN l.collprovider = 'c' THEN l.collctype END AS lc_ctype,
    l.collisdeterministic AS deterministic,
    l.collicurules AS rules,
    obj_description(l.oid, 'pg_collation') AS comment
FROM pg_collation AS l
JOIN pg_namespace AS n ON n.oid = l.collnamespace
WHERE n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
    AND NOT EXISTS (
        SELECT FROM pg_depend AS x
        WHERE x.refclassid = 'pg_extension'::regclass AND x.deptype = 'e'
            AND x.classid = 'pg_collation'::regclass AND x.objid = l.oid
    )
ORDER BY schema, name
