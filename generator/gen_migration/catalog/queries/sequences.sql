-- Every sequence of a user with the number of the column that it belongs to; `tie` is "a" for
-- OWNED BY and for serial columns, "i" for identity columns (pg_depend.deptype).
SELECT
    c.oid,
    n.nspname AS schema,
    c.relname AS name,
    format_type(s.seqtypid, NULL) AS type,
    s.seqstart AS start,
    s.seqincrement AS increment,
    s.seqmin AS minimum,
    s.seqmax AS maximum,
    s.seqcache AS cache,
    s.seqcycle AS cycle,
    c.relpersistence = 'u' AS unlogged,
    e.description AS comment,
    -- As a default spells it; no default names an identity column's.
    CASE WHEN d.deptype IS DISTINCT FROM 'i' THEN c.oid::regclass::text END AS spelled,
    d.deptype::text AS tie,
    d.refobjid AS table_oid,
    d.refobjsubid AS column
FROM pg_sequence AS s
JOIN pg_class AS c ON c.oid = s.seqrelid
JOIN pg_namespace AS n ON n.oid = c.relnamespace
LEFT JOIN pg_depend AS d
    ON d.classid = 'pg_class'::regclass AND d.objid = c.oid
    AND d.refclassid = 'pg_class'::regclass AND d.refobjsubid > 0 AND d.deptype IN ('a', 'i')
    -- A spec says of no sequence that it belongs to a foreign table.
    AND (d.deptype = 'i' OR d.refobjid NOT IN (SELECT ftrelid FROM pg_foreign_table))
LEFT JOIN pg_description AS e
    ON e.classoid = 'pg_class'::regclass AND e.objoid = c.oid AND e.objsubid = 0
WHERE n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
    AND NOT EXISTS (
        SELECT FROM pg_depend AS x
        WHERE x.refclassid = 'pg_extension'::regclass AND x.deptype = 'e'
            AND x.classid = 'pg_class'::regclass AND x.objid = c.oid
    )
ORDER BY schema, name
