-- text_search_configurations
-- Every text search configuration of a user; `mappings` are a type of tokens and a dictionary each,
-- in the order in which they are asked.
SELECT
    c.oid,
    n.nspname AS schema,
    c.cfgname AS name,
    p.prsname AS parser,
    pn.nspname AS parser_schema,
    coalesce((
        SELECT jsonb_agg(jsonb_build_array(t.alias, dn.nspname, d.dictname)
            ORDER BY m.maptokentype, m.mapseqno)
        FROM pg_ts_config_map AS m
        JOIN ts_token_type(c.cfgparser) AS t ON t.tokid = m.maptokentype
        JOIN pg_ts_dict AS d ON d.oid = m.mapdict
        JOIN pg_namespace AS dn ON dn.oid = d.dictnamespace
        WHERE m.mapcfg = c.oid
    ), '[]') AS mappings,
    obj_description(c.oid, 'pg_ts_config') AS comment
FROM pg_ts_config AS c
JOIN pg_namespace AS n ON n.oid = c.cfgnamespace
JOIN pg_ts_parser AS p ON p.oid = c.cfgparser
JOIN pg_namespace AS pn ON pn.oid = p.prsnamespace
WHERE n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
    AND NOT EXISTS (
        SELECT FROM pg_depend AS x
        WHERE x.refclassid = 'pg_extension'::regclass AND x.deptype = 'e'
            AND x.classid = 'pg_ts_config'::regclass AND x.objid = c.oid
    )
ORDER BY schema, name
