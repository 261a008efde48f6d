-- The server, and its settings. What others run shows to pg_read_all_stats (pg_monitor has it). Where the
-- counters of a database were never reset, they are as old as those of the server, or as the database.
SELECT
    pg_is_in_recovery() AS is_replica,
    current_schema() AS schema,
    current_user::text AS role,
    now() AS now,
    current_setting('server_version') AS version,
    pg_has_role(current_user, 'pg_read_all_stats', 'USAGE') AS sees_all,
    coalesce(
        (SELECT stats_reset FROM pg_stat_database WHERE datname = current_database()),
        least(
            (SELECT stats_reset FROM pg_stat_bgwriter),
            (SELECT stats_reset FROM pg_stat_archiver),
            (SELECT stats_reset FROM pg_stat_wal)
        )
    ) AS counted_since,
    (
        SELECT coalesce(extract(epoch FROM max(now() - xact_start)), 0)
        FROM pg_stat_activity
        WHERE datname = current_database() AND backend_type = 'client backend'
            AND pid <> pg_backend_pid()
    )::float8 AS longest_transaction,
    (SELECT count(*) FROM pg_stat_replication) AS replicas,
    (
        CASE
            WHEN NOT pg_is_in_recovery() THEN
                (SELECT coalesce(extract(epoch FROM max(replay_lag)), 0) FROM pg_stat_replication)
            WHEN pg_last_wal_receive_lsn() = pg_last_wal_replay_lsn() THEN 0
            ELSE extract(epoch FROM now() - pg_last_xact_replay_timestamp())
        END
    )::float8 AS replication_lag,
    (
        SELECT json_object_agg(name, current_setting(name))
        FROM unnest(ARRAY[
            'maintenance_work_mem', 'max_connections', 'max_locks_per_transaction',
            'max_parallel_maintenance_workers', 'max_prepared_transactions', 'max_wal_size'
        ]) AS setting (name)
    ) AS settings
