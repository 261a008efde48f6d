-- Every schema that is not PostgreSQL's own nor an extension's, and whether we may look into it.
SELECT
    n.oid,
    n.nspname AS name,
    obj_description(n.oid, 'pg_namespace') AS comment,
    has_schema_privilege(n.oid, 'USAGE') AS usable
FROM pg_namespace AS n
WHERE n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
    AND NOT EXISTS (
        SELECT FROM pg_depend AS e
        WHERE e.refclassid = 'pg_extension'::regclass AND e.deptype = 'e'
            AND e.classid = 'pg_namespace'::regclass AND e.objid = n.oid
    )
ORDER BY name
