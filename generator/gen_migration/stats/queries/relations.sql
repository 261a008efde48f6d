-- Tables, partitioned ones and partitions too, and materialized views, but Alembic's own. The size of
-- rows includes TOAST; `pages` alone tell a table without any from one that nobody has counted.
SELECT
    c.oid,
    n.nspname AS schema,
    c.relname AS name,
    c.relkind = 'p' AS partitioned,
    CASE WHEN c.relispartition THEN h.inhparent END AS parent,
    c.reltuples::float8 AS rows,
    pg_relation_size(c.oid) AS pages,
    pg_table_size(c.oid) AS size,
    pg_indexes_size(c.oid) AS index_size
FROM pg_class AS c
JOIN pg_namespace AS n ON n.oid = c.relnamespace
LEFT JOIN pg_inherits AS h ON h.inhrelid = c.oid AND c.relispartition
WHERE c.relkind IN ('r', 'p', 'm') AND c.relpersistence <> 't' AND c.relname <> 'alembic_version'
    AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
    AND NOT EXISTS (
        SELECT FROM pg_depend AS x
        WHERE x.refclassid = 'pg_extension'::regclass AND x.deptype = 'e'
            AND x.classid = 'pg_class'::regclass AND x.objid = c.oid
    )
ORDER BY schema, name
