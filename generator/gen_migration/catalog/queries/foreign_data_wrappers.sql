-- foreign_data_wrappers
-- Every foreign data wrapper that no extension has brought.
SELECT
    w.oid,
    w.fdwname AS name,
    h.proname AS handler,
    hn.nspname AS handler_schema,
    v.proname AS validator,
    vn.nspname AS validator_schema,
    (
        SELECT coalesce(jsonb_agg(jsonb_build_array(o.option_name, o.option_value)), '[]')
        FROM pg_options_to_table(w.fdwoptions) AS o
    ) AS options,
    obj_description(w.oid, 'pg_foreign_data_wrapper') AS comment
FROM pg_foreign_data_wrapper AS w
LEFT JOIN pg_proc AS h ON h.oid = w.fdwhandler
LEFT JOIN pg_namespace AS hn ON hn.oid = h.pronamespace
LEFT JOIN pg_proc AS v ON v.oid = w.fdwvalidator
LEFT JOIN pg_namespace AS vn ON vn.oid = v.pronamespace
WHERE NOT EXISTS (
    SELECT FROM pg_depend AS x
    WHERE x.refclassid = 'pg_extension'::regclass AND x.deptype = 'e'
        AND x.classid = 'pg_foreign_data_wrapper'::regclass AND x.objid = w.oid
)
ORDER BY name
