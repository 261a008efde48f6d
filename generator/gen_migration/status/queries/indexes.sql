-- Indexes that are not valid, and who builds them just now. An index of a partitioned table is not
-- valid while a partition lacks its own, which may be meant.
SELECT
    CASE WHEN n.nspname = current_schema() THEN NULL ELSE n.nspname END AS schema,
    t.relname AS relation,
    c.relname AS name,
    p.pid,
    p.phase,
    CASE
        WHEN p.blocks_total > 0 THEN (100 * p.blocks_done / p.blocks_total)::int
        WHEN p.tuples_total > 0 THEN (100 * p.tuples_done / p.tuples_total)::int
    END AS percent
FROM pg_index i
JOIN pg_class c ON c.oid = i.indexrelid
JOIN pg_class t ON t.oid = i.indrelid
JOIN pg_namespace n ON n.oid = t.relnamespace
LEFT JOIN pg_stat_progress_create_index p ON p.index_relid = i.indexrelid
WHERE NOT i.indisvalid AND c.relkind = 'i' AND c.relpersistence <> 't'
ORDER BY n.nspname, t.relname, c.relname
