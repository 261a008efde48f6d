-- event_triggers
-- Every event trigger of a user.
SELECT
    e.oid,
    e.evtname AS name,
    e.evtevent AS event,
    p.proname AS function,
    n.nspname AS function_schema,
    coalesce(e.evttags, '{}') AS tags,
    e.evtenabled::text AS state,
    obj_description(e.oid, 'pg_event_trigger') AS comment
FROM pg_event_trigger AS e
JOIN pg_proc AS p ON p.oid = e.evtfoid
JOIN pg_namespace AS n ON n.oid = p.pronamespace
WHERE NOT EXISTS (
    SELECT FROM pg_depend AS x
    WHERE x.refclassid = 'pg_extension'::regclass AND x.deptype = 'e'
        AND x.classid = 'pg_event_trigger'::regclass AND x.objid = e.oid
)
ORDER BY name
