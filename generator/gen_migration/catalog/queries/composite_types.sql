-- composite_types
-- Every composite type of a user that is not the row type of a table.
SELECT
    c.oid,
    n.nspname AS schema,
    c.relname AS name,
    obj_description(c.reltype, 'pg_type') AS comment
FROM pg_class AS c
JOIN pg_namespace AS n ON n.oid = c.relnamespace
WHERE c.relkind = 'c' AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
    AND NOT EXISTS (
        SELECT FROM pg_depend AS e
        WHERE e.refclassid = 'pg_extension'::regclass AND e.deptype = 'e'
            AND (e.classid = 'pg_class'::regclass AND e.objid = c.oid
                OR e.classid = 'pg_type'::regclass AND e.objid = c.reltype)
    )
ORDER BY schema, name
