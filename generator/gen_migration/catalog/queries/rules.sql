-- Every rule of a user's table or view, as PostgreSQL prints it, but for those that views are.
SELECT
    CASE WHEN c.relkind <> 'v' THEN c.oid END AS table_oid,
    n.nspname AS schema,
    c.relname AS of,
    r.rulename AS name,
    pg_get_ruledef(r.oid) AS definition,
    r.ev_enabled AS state,
    obj_description(r.oid, 'pg_rewrite') AS comment
FROM pg_rewrite AS r
JOIN pg_class AS c ON c.oid = r.ev_class
JOIN pg_namespace AS n ON n.oid = c.relnamespace
WHERE r.rulename <> '_RETURN' AND c.relkind IN ('r', 'p', 'v')
    AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
    AND NOT EXISTS (
        SELECT FROM pg_depend AS x
        WHERE x.refclassid = 'pg_extension'::regclass AND x.deptype = 'e'
            AND (x.classid, x.objid) IN (
                ('pg_class'::regclass, c.oid), ('pg_rewrite'::regclass, r.oid))
    )
ORDER BY schema, of, name
