-- Every language of a user, by its functions. Not those of extensions.
SELECT
    l.oid,
    l.lanname AS name,
    (
        SELECT jsonb_build_array(n.nspname, p.proname)
        FROM pg_proc AS p JOIN pg_namespace AS n ON n.oid = p.pronamespace WHERE p.oid = l.lanplcallfoid
    ) AS handler,
    (
        SELECT jsonb_build_array(n.nspname, p.proname)
        FROM pg_proc AS p JOIN pg_namespace AS n ON n.oid = p.pronamespace WHERE p.oid = l.laninline
    ) AS inline,
    (
        SELECT jsonb_build_array(n.nspname, p.proname)
        FROM pg_proc AS p JOIN pg_namespace AS n ON n.oid = p.pronamespace WHERE p.oid = l.lanvalidator
    ) AS validator,
    l.lanpltrusted AS trusted,
    obj_description(l.oid, 'pg_language') AS comment
FROM pg_language AS l
-- Lower ids are of what initdb makes.
WHERE l.oid >= 16384 AND l.lanispl
    AND NOT EXISTS (
        SELECT FROM pg_depend AS x
        WHERE x.refclassid = 'pg_extension'::regclass AND x.deptype = 'e'
            AND x.classid = 'pg_language'::regclass AND x.objid = l.oid
    )
ORDER BY name
