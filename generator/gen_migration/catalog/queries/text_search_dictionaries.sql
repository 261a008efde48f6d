-- text_search_dictionaries
-- Every text search dictionary of a user; `options` are those of its statement.
SELECT
    d.oid,
    n.nspname AS schema,
    d.dictname AS name,
    t.tmplname AS template,
    tn.nspname AS template_schema,
    d.dictinitoption AS options,
    obj_description(d.oid, 'pg_ts_dict') AS comment
FROM pg_ts_dict AS d
JOIN pg_namespace AS n ON n.oid = d.dictnamespace
JOIN pg_ts_template AS t ON t.oid = d.dicttemplate
JOIN pg_namespace AS tn ON tn.oid = t.tmplnamespace
WHERE n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
    AND NOT EXISTS (
        SELECT FROM pg_depend AS x
        WHERE x.refclassid = 'pg_extension'::regclass AND x.deptype = 'e'
            AND x.classid = 'pg_ts_dict'::regclass AND x.objid = d.oid
    )
ORDER BY schema, name
