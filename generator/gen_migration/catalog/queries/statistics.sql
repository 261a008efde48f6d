-- statistics
-- Every statistics object of a user, with its columns by name; `kinds` are none of one expression.
SELECT
    s.oid,
    n.nspname AS schema,
    s.stxname AS name,
    -- Of a materialized view, it is none.
    CASE WHEN c.relkind IN ('r', 'p') THEN c.oid END AS table_oid,
    c.relname AS of,
    cn.nspname AS of_schema,
    c.relkind = 'm' AS is_of_view,
    ARRAY(
        SELECT a.attname::text
        FROM unnest(s.stxkeys::smallint[]) AS k (number)
        JOIN pg_attribute AS a ON a.attrelid = s.stxrelid AND a.attnum = k.number
    ) AS columns,
    coalesce(pg_get_statisticsobjdef_expressions(s.oid), '{}') AS expressions,
    ARRAY(
        SELECT CASE k.kind WHEN 'd' THEN 'ndistinct' WHEN 'f' THEN 'dependencies' ELSE 'mcv' END
        FROM unnest(s.stxkind) AS k (kind) WHERE k.kind IN ('d', 'f', 'm')
    ) AS kinds,
    nullif(s.stxstattarget, -1) AS target,
    obj_description(s.oid, 'pg_statistic_ext') AS comment
FROM pg_statistic_ext AS s
JOIN pg_namespace AS n ON n.oid = s.stxnamespace
JOIN pg_class AS c ON c.oid = s.stxrelid
JOIN pg_namespace AS cn ON cn.oid = c.relnamespace
WHERE n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
    AND NOT EXISTS (
        SELECT FROM pg_depend AS x
        WHERE x.refclassid = 'pg_extension'::regclass AND x.deptype = 'e'
            AND x.classid = 'pg_statistic_ext'::regclass AND x.objid = s.oid
    )
ORDER BY schema, name
