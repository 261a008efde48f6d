-- How tables are used, as the server that is asked has counted it.
SELECT
    schemaname AS schema,
    relname AS name,
    n_dead_tup AS dead_rows,
    seq_scan AS seq_scans,
    coalesce(idx_scan, 0) AS index_scans,
    n_tup_ins + n_tup_upd + n_tup_del AS writes
FROM pg_stat_user_tables
