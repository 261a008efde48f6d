-- Every table of a user, partitioned ones and partitions too, but Alembic's own. Storage parameters are lists of
-- `name=value`; those of the TOAST table count as the table's, as in CREATE TABLE.
SELECT
    c.oid,
    n.nspname AS schema,
    c.relname AS name,
    c.relpersistence = 'u' AS unlogged,
    s.spcname AS tablespace,
    c.relrowsecurity AS row_security,
    c.relforcerowsecurity AS forced,
    CASE WHEN c.relkind = 'r' AND m.amname <> 'heap' THEN m.amname END AS access_method,
    c.reloptions AS parameters,
    toast.reloptions AS toast_parameters,
    c.relreplident::text AS replica_identity,
    replica.relname AS replica_index,
    clustered.relname AS cluster_on,
    e.description AS comment,
    p.oid AS parent,
    above.parents AS inherits,
    y.typrelid AS of_type,
    CASE WHEN c.relispartition THEN pg_get_expr(c.relpartbound, c.oid) END AS bound,
    CASE WHEN c.relkind = 'p' THEN pg_get_partkeydef(c.oid) END AS partition_by
FROM pg_class AS c
JOIN pg_namespace AS n ON n.oid = c.relnamespace
LEFT JOIN pg_tablespace AS s ON s.oid = c.reltablespace
LEFT JOIN pg_am AS m ON m.oid = c.relam
LEFT JOIN pg_class AS toast ON toast.oid = c.reltoastrelid
LEFT JOIN pg_inherits AS h ON h.inhrelid = c.oid AND c.relispartition
LEFT JOIN pg_class AS p ON p.oid = h.inhparent
LEFT JOIN (
    SELECT inhrelid, array_agg(inhparent ORDER BY inhseqno) AS parents
    FROM pg_inherits GROUP BY inhrelid
) AS above ON above.inhrelid = c.oid AND NOT c.relispartition
LEFT JOIN pg_type AS y ON y.oid = c.reloftype AND c.reloftype <> 0
LEFT JOIN (
    SELECT i.indrelid AS oid, x.relname
    FROM pg_index AS i JOIN pg_class AS x ON x.oid = i.indexrelid WHERE i.indisreplident
) AS replica ON replica.oid = c.oid
LEFT JOIN (
    SELECT i.indrelid AS oid, x.relname
    FROM pg_index AS i JOIN pg_class AS x ON x.oid = i.indexrelid WHERE i.indisclustered
) AS clustered ON clustered.oid = c.oid
LEFT JOIN pg_description AS e
    ON e.classoid = 'pg_class'::regclass AND e.objoid = c.oid AND e.objsubid = 0
WHERE c.relkind IN ('r', 'p') AND c.relpersistence <> 't' AND c.relname <> 'alembic_version'
    AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
    AND NOT EXISTS (
        SELECT FROM pg_depend AS x
        WHERE x.refclassid = 'pg_extension'::regclass AND x.deptype = 'e'
            AND x.classid = 'pg_class'::regclass AND x.objid = c.oid
    )
ORDER BY schema, name
