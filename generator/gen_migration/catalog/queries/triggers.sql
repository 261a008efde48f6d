-- Every trigger of a user's table or view, as PostgreSQL prints it, but for those that keep a foreign key,
-- and for those that a partition has of a table above it.
SELECT
    CASE WHEN c.relkind NOT IN ('v', 'f') THEN c.oid END AS table_oid,
    n.nspname AS schema,
    c.relname AS of,
    g.tgname AS name,
    pg_get_triggerdef(g.oid) AS definition,
    g.tgenabled AS state,
    obj_description(g.oid, 'pg_trigger') AS comment
FROM pg_trigger AS g
JOIN pg_class AS c ON c.oid = g.tgrelid
JOIN pg_namespace AS n ON n.oid = c.relnamespace
WHERE NOT g.tgisinternal AND g.tgparentid = 0 AND c.relkind IN ('r', 'p', 'v', 'f')
    AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
    AND NOT EXISTS (
        SELECT FROM pg_depend AS x
        WHERE x.refclassid = 'pg_extension'::regclass AND x.deptype = 'e'
            AND (x.classid, x.objid) IN (
                ('pg_class'::regclass, c.oid), ('pg_trigger'::regclass, g.oid))
    )
ORDER BY schema, of, name
