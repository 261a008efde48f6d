-- The owner of each object of a user that may be held, and whether it has grants that are not those
-- that PostgreSQL gives by itself; `class_` is the catalog. A composite type is known by its relation.
WITH found AS (
    SELECT 'pg_class' AS class_, oid, relowner AS owner, relacl AS acl
    FROM pg_class WHERE relkind IN ('r', 'p', 'v', 'm', 'S', 'f')
    UNION ALL
    SELECT 'pg_proc', oid, proowner, proacl FROM pg_proc
    UNION ALL
    SELECT 'pg_type', coalesce(nullif(typrelid, 0), oid), typowner, typacl
    FROM pg_type WHERE typtype IN ('c', 'd', 'e', 'r') OR typtype = 'b' AND typcategory <> 'A'
    UNION ALL
    SELECT 'pg_language', oid, lanowner, lanacl FROM pg_language
    UNION ALL
    SELECT 'pg_foreign_server', oid, srvowner, srvacl FROM pg_foreign_server
    UNION ALL
    SELECT 'pg_foreign_data_wrapper', oid, fdwowner, fdwacl FROM pg_foreign_data_wrapper
    UNION ALL
    SELECT 'pg_collation', oid, collowner, NULL FROM pg_collation
    UNION ALL
    SELECT 'pg_statistic_ext', oid, stxowner, NULL FROM pg_statistic_ext
    UNION ALL
    SELECT 'pg_event_trigger', oid, evtowner, NULL FROM pg_event_trigger
    UNION ALL
    SELECT 'pg_conversion', oid, conowner, NULL FROM pg_conversion
    UNION ALL
    SELECT 'pg_operator', oid, oprowner, NULL FROM pg_operator
    UNION ALL
    SELECT 'pg_opclass', oid, opcowner, NULL FROM pg_opclass
    UNION ALL
    SELECT 'pg_opfamily', oid, opfowner, NULL FROM pg_opfamily
    UNION ALL
    SELECT 'pg_ts_config', oid, cfgowner, NULL FROM pg_ts_config
    UNION ALL
    SELECT 'pg_ts_dict', oid, dictowner, NULL FROM pg_ts_dict
    UNION ALL
    SELECT 'pg_publication', oid, pubowner, NULL FROM pg_publication
    UNION ALL
    SELECT 'pg_subscription', oid, subowner, NULL FROM pg_subscription
)
SELECT class_, oid, pg_get_userbyid(owner)::text AS owner, acl IS NOT NULL AS has_grants
FROM found WHERE oid >= 16384
UNION ALL
-- Those that initdb makes are in each database: `public` has its own right to its grants.
SELECT 'pg_namespace', oid,
    CASE WHEN oid >= 16384 OR nspowner NOT IN (10, 6171) THEN pg_get_userbyid(nspowner)::text END,
    nspacl IS NOT NULL
FROM pg_namespace WHERE nspname !~ '^pg_' AND nspname <> 'information_schema'
