-- How often indexes are used, as the server that is asked has counted it.
SELECT schemaname AS schema, indexrelname AS name, idx_scan AS scans
FROM pg_stat_user_indexes
