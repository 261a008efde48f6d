-- foreign_servers
-- Every foreign server that no extension has brought, with its user mappings. The options of these
-- are seen by the server's owner and by superusers alone, through the view.
SELECT
    s.oid,
    s.srvname AS name,
    w.fdwname AS wrapper,
    s.srvtype AS type,
    s.srvversion AS version,
    (
        SELECT coalesce(jsonb_agg(jsonb_build_array(o.option_name, o.option_value)), '[]')
        FROM pg_options_to_table(s.srvoptions) AS o
    ) AS options,
    (
        SELECT coalesce(jsonb_agg(jsonb_build_array(m.usename, (
            SELECT coalesce(jsonb_agg(jsonb_build_array(o.option_name, o.option_value)), '[]')
            FROM pg_options_to_table(m.umoptions) AS o
        ))), '[]')
        FROM pg_user_mappings AS m WHERE m.srvid = s.oid
    ) AS user_mappings,
    obj_description(s.oid, 'pg_foreign_server') AS comment
FROM pg_foreign_server AS s
JOIN pg_foreign_data_wrapper AS w ON w.oid = s.srvfdw
WHERE NOT EXISTS (
    SELECT FROM pg_depend AS x
    WHERE x.refclassid = 'pg_extension'::regclass AND x.deptype = 'e'
        AND x.classid = 'pg_foreign_server'::regclass AND x.objid = s.oid
)
ORDER BY name
