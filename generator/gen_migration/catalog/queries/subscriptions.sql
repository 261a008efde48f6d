-- subscriptions
-- Every subscription of the database; none but a superuser may see its connection string.
SELECT
    s.oid,
    s.subname AS name,
    s.subpublications AS publications,
    s.subslotname AS slot_name,
    s.subbinary AS binary,
    CASE s.substream::text WHEN 'true' THEN 't' WHEN 'false' THEN 'f' ELSE s.substream::text END
        AS streaming,
    s.subsynccommit AS synchronous_commit,
    s.subtwophasestate::text AS two_phase,
    s.subdisableonerr AS disable_on_error,
    s.subpasswordrequired AS password_required,
    s.subrunasowner AS run_as_owner,
    s.suborigin AS origin,
    s.subfailover AS failover,
    obj_description(s.oid, 'pg_subscription') AS comment
FROM pg_subscription AS s
JOIN pg_database AS d ON d.oid = s.subdbid
WHERE d.datname = current_database()
ORDER BY name
