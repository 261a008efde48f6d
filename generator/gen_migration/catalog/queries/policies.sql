-- Every policy of a user's table, with its roles by name.
SELECT
    c.oid AS table_oid,
    n.nspname AS schema,
    c.relname AS of,
    p.polname AS name,
    CASE p.polcmd
        WHEN 'r' THEN 'select' WHEN 'a' THEN 'insert' WHEN 'w' THEN 'update'
        WHEN 'd' THEN 'delete' ELSE 'all' END AS command,
    p.polpermissive AS permissive,
    ARRAY(
        SELECT coalesce(r.rolname::text, 'public')
        FROM unnest(p.polroles) AS x (oid) LEFT JOIN pg_roles AS r ON r.oid = x.oid
    ) AS roles,
    pg_get_expr(p.polqual, p.polrelid) AS using,
    pg_get_expr(p.polwithcheck, p.polrelid) AS with_check,
    obj_description(p.oid, 'pg_policy') AS comment
FROM pg_policy AS p
JOIN pg_class AS c ON c.oid = p.polrelid
JOIN pg_namespace AS n ON n.oid = c.relnamespace
WHERE c.relkind IN ('r', 'p') AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
    AND NOT EXISTS (
        SELECT FROM pg_depend AS x
        WHERE x.refclassid = 'pg_extension'::regclass AND x.deptype = 'e'
            AND (x.classid, x.objid) IN (
                ('pg_class'::regclass, c.oid), ('pg_policy'::regclass, p.oid))
    )
ORDER BY schema, of, name
