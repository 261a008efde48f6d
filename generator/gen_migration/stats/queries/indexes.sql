-- Indexes, those of keys and of partitioned tables too; `parent` is the index that one is a part of.
SELECT
    i.indexrelid AS oid,
    i.indrelid AS table_oid,
    n.nspname AS schema,
    x.relname AS name,
    h.inhparent AS parent,
    pg_relation_size(i.indexrelid) AS size
FROM pg_index AS i
JOIN pg_class AS x ON x.oid = i.indexrelid
JOIN pg_namespace AS n ON n.oid = x.relnamespace
LEFT JOIN pg_inherits AS h ON h.inhrelid = i.indexrelid
WHERE x.relpersistence <> 't' AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
ORDER BY schema, name
