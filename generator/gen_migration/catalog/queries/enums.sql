-- Every enum of a user, its values in their order.
SELECT
    t.oid,
    n.nspname AS schema,
    t.typname AS name,
    ARRAY(
        SELECT v.enumlabel::text FROM pg_enum AS v
        WHERE v.enumtypid = t.oid ORDER BY v.enumsortorder
    ) AS values,
    obj_description(t.oid, 'pg_type') AS comment
FROM pg_type AS t
JOIN pg_namespace AS n ON n.oid = t.typnamespace
WHERE t.typtype = 'e' AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
    AND NOT EXISTS (
        SELECT FROM pg_depend AS e
        WHERE e.refclassid = 'pg_extension'::regclass AND e.deptype = 'e'
            AND e.classid = 'pg_type'::regclass AND e.objid = t.oid
    )
ORDER BY schema, name
