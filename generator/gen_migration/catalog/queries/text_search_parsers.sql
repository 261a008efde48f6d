-- text_search_parsers
-- Every text search parser of a user, with its functions.
SELECT
    n.nspname AS schema,
    p.prsname AS name,
    s.proname AS start_function,
    sn.nspname AS start_schema,
    t.proname AS gettoken_function,
    tn.nspname AS gettoken_schema,
    e.proname AS end_function,
    en.nspname AS end_schema,
    h.proname AS headline_function,
    hn.nspname AS headline_schema,
    l.proname AS lextypes_function,
    ln.nspname AS lextypes_schema,
    obj_description(p.oid, 'pg_ts_parser') AS comment
FROM pg_ts_parser AS p
JOIN pg_namespace AS n ON n.oid = p.prsnamespace
JOIN pg_proc AS s ON s.oid = p.prsstart
JOIN pg_namespace AS sn ON sn.oid = s.pronamespace
JOIN pg_proc AS t ON t.oid = p.prstoken
JOIN pg_namespace AS tn ON tn.oid = t.pronamespace
JOIN pg_proc AS e ON e.oid = p.prsend
JOIN pg_namespace AS en ON en.oid = e.pronamespace
LEFT JOIN pg_proc AS h ON h.oid = p.prsheadline
LEFT JOIN pg_namespace AS hn ON hn.oid = h.pronamespace
JOIN pg_proc AS l ON l.oid = p.prslextype
JOIN pg_namespace AS ln ON ln.oid = l.pronamespace
WHERE n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
    AND NOT EXISTS (
        SELECT FROM pg_depend AS x
        WHERE x.refclassid = 'pg_extension'::regclass AND x.deptype = 'e'
            AND x.classid = 'pg_ts_parser'::regclass AND x.objid = p.oid
    )
ORDER BY schema, name
