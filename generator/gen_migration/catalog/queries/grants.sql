-- Every privilege that somebody has on an object of a user, or on a column of it, where those are not
-- what PostgreSQL gives by itself. `grantee` is NULL for PUBLIC.
WITH found AS (
    SELECT 'pg_class' AS class_, oid, NULL::text AS column, relowner AS owner, relacl AS acl
    FROM pg_class WHERE relkind IN ('r', 'p', 'v', 'm', 'S', 'f')
    UNION ALL
    SELECT 'pg_class', a.attrelid, a.attname::text, c.relowner, a.attacl
    FROM pg_attribute AS a JOIN pg_class AS c ON c.oid = a.attrelid
    WHERE a.attacl IS NOT NULL AND NOT a.attisdropped
    UNION ALL
    SELECT 'pg_proc', oid, NULL, proowner, proacl FROM pg_proc
    UNION ALL
    SELECT 'pg_type', coalesce(nullif(typrelid, 0), oid), NULL, typowner, typacl FROM pg_type
    UNION ALL
    SELECT 'pg_language', oid, NULL, lanowner, lanacl FROM pg_language
    UNION ALL
    SELECT 'pg_foreign_server', oid, NULL, srvowner, srvacl FROM pg_foreign_server
    UNION ALL
    SELECT 'pg_foreign_data_wrapper', oid, NULL, fdwowner, fdwacl FROM pg_foreign_data_wrapper
    UNION ALL
    SELECT 'pg_namespace', oid, NULL, nspowner, nspacl
    FROM pg_namespace WHERE nspname !~ '^pg_' AND nspname <> 'information_schema'
)
SELECT f.class_, f.oid, f.column, lower(x.privilege_type) AS privilege, x.is_grantable AS grantable,
    CASE WHEN x.grantee <> 0 THEN pg_get_userbyid(x.grantee)::text END AS grantee,
    x.grantee = f.owner AS is_owner,
    CASE WHEN x.grantor <> f.owner THEN pg_get_userbyid(x.grantor)::text END AS grantor
FROM found AS f CROSS JOIN aclexplode(f.acl) AS x
WHERE (f.oid >= 16384 OR f.class_ = 'pg_namespace')
    -- On a database of our own, all roles may create, so that they may own (`scratch/roles.py`).
    AND NOT (f.class_ = 'pg_namespace' AND x.grantee = 0 AND x.privilege_type = 'CREATE'
        AND current_user ~ '^gm_[0-9]+_')
