-- text_search_templates
-- Every text search template of a user, with its functions.
SELECT
    n.nspname AS schema,
    t.tmplname AS name,
    i.proname AS init_function,
    inn.nspname AS init_schema,
    l.proname AS lexize_function,
    ln.nspname AS lexize_schema,
    obj_description(t.oid, 'pg_ts_template') AS comment
FROM pg_ts_template AS t
JOIN pg_namespace AS n ON n.oid = t.tmplnamespace
LEFT JOIN pg_proc AS i ON i.oid = t.tmplinit
LEFT JOIN pg_namespace AS inn ON inn.oid = i.pronamespace
JOIN pg_proc AS l ON l.oid = t.tmpllexize
JOIN pg_namespace AS ln ON ln.oid = l.pronamespace
WHERE n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
    AND NOT EXISTS (
        SELECT FROM pg_depend AS x
        WHERE x.refclassid = 'pg_extension'::regclass AND x.deptype = 'e'
            AND x.classid = 'pg_ts_template'::regclass AND x.objid = t.oid
    )
ORDER BY schema, name
