-- statements
-- What no kind holds and SQL can say: what creates it and what drops it again, by a name that tells
-- what it is. `after` is what it comes after, as a spec says it.
WITH relation AS (
    SELECT c.oid, c.oid::regclass::text AS spelled, c.relname, c.relkind, c.relam, c.relispartition,
        n.nspname AS schema
    FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace
    WHERE c.oid >= 16384 AND c.relpersistence <> 't'
        AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
        AND NOT EXISTS (
            SELECT FROM pg_depend AS x
            WHERE x.refclassid = 'pg_extension'::regclass AND x.deptype = 'e'
                AND x.classid = 'pg_class'::regclass AND x.objid = c.oid
        )
),
found (name, schema, table_oid, "create", drop, after) AS (
    -- What a partition has otherwise of a trigger of a table above it.
    SELECT format('state of trigger %s on %s', g.tgname, t.spelled), t.schema, t.oid,
        format('ALTER TABLE %s %s TRIGGER %I', t.spelled, CASE g.tgenabled
            WHEN 'D' THEN 'DISABLE' WHEN 'R' THEN 'ENABLE REPLICA' WHEN 'A' THEN 'ENABLE ALWAYS'
            ELSE 'ENABLE' END, g.tgname),
        format('ALTER TABLE %s %s TRIGGER %I', t.spelled, CASE p.tgenabled
            WHEN 'D' THEN 'DISABLE' WHEN 'R' THEN 'ENABLE REPLICA' WHEN 'A' THEN 'ENABLE ALWAYS'
            ELSE 'ENABLE' END, g.tgname),
        ARRAY['table ' || t.spelled, format('trigger %I on %s', o.tgname, o.tgrelid::regclass)]
    FROM pg_trigger AS g
    JOIN relation AS t ON t.oid = g.tgrelid
    JOIN pg_trigger AS p ON p.oid = g.tgparentid
    CROSS JOIN LATERAL (
        WITH RECURSIVE above AS (
            SELECT p.oid, p.tgparentid, p.tgname, p.tgrelid
            UNION ALL
            SELECT u.oid, u.tgparentid, u.tgname, u.tgrelid
            FROM pg_trigger AS u JOIN above ON u.oid = above.tgparentid
        )
        SELECT tgname, tgrelid FROM above WHERE tgparentid = 0
    ) AS o
    WHERE NOT p.tgisinternal AND g.tgenabled <> p.tgenabled
    UNION ALL
    SELECT format('comment on trigger %s on %s', g.tgname, t.spelled), t.schema, t.oid,
        format('COMMENT ON TRIGGER %I ON %s IS %L', g.tgname, t.spelled,
            obj_description(g.oid, 'pg_trigger')),
        format('COMMENT ON TRIGGER %I ON %s IS NULL', g.tgname, t.spelled),
        ARRAY['table ' || t.spelled, format('trigger %I on %s', p.tgname, p.tgrelid::regclass)]
    FROM pg_trigger AS g
    JOIN relation AS t ON t.oid = g.tgrelid
    JOIN pg_trigger AS p ON p.oid = g.tgparentid
    WHERE NOT p.tgisinternal AND p.tgparentid = 0
        AND obj_description(g.oid, 'pg_trigger') IS NOT NULL
    UNION ALL
    SELECT format('statistics target of column %s of index %s', a.attnum, x.spelled), x.schema, t.oid,
        format('ALTER INDEX %s ALTER COLUMN %s SET STATISTICS %s', x.spelled, a.attnum, a.attstattarget),
        format('ALTER INDEX %s ALTER COLUMN %s SET STATISTICS -1', x.spelled, a.attnum),
        ARRAY[CASE t.relkind WHEN 'm' THEN 'materialized view ' ELSE 'table ' END || t.spelled]
    FROM relation AS x
    JOIN pg_index AS i ON i.indexrelid = x.oid
    JOIN relation AS t ON t.oid = i.indrelid
    JOIN pg_attribute AS a ON a.attrelid = x.oid
    WHERE a.attstattarget >= 0 AND NOT x.relispartition
    UNION ALL
    SELECT format('compression of column %s of %s', a.attname, m.spelled), m.schema, NULL,
        format('ALTER MATERIALIZED VIEW %s ALTER COLUMN %I SET COMPRESSION %s', m.spelled, a.attname,
            CASE a.attcompression WHEN 'p' THEN 'pglz' ELSE 'lz4' END),
        format('ALTER MATERIALIZED VIEW %s ALTER COLUMN %I SET COMPRESSION default', m.spelled,
            a.attname),
        ARRAY['materialized view ' || m.spelled]
    FROM relation AS m JOIN pg_attribute AS a ON a.attrelid = m.oid
    WHERE m.relkind = 'm' AND a.attnum > 0 AND a.attcompression <> ''
    UNION ALL
    SELECT format('comment on sequence %s', s.spelled), s.schema, t.oid,
        format('COMMENT ON SEQUENCE %s IS %L', s.spelled, obj_description(s.oid, 'pg_class')),
        format('COMMENT ON SEQUENCE %s IS NULL', s.spelled), ARRAY['table ' || t.spelled]
    FROM relation AS s
    JOIN pg_depend AS d
        ON d.classid = 'pg_class'::regclass AND d.objid = s.oid AND d.deptype = 'i'
        AND d.refclassid = 'pg_class'::regclass
    JOIN relation AS t ON t.oid = d.refobjid
    WHERE s.relkind = 'S' AND obj_description(s.oid, 'pg_class') IS NOT NULL
    UNION ALL
    -- What holds no rows hands it to partitions to come (PostgreSQL 17).
    SELECT format('access method of %s', t.spelled), t.schema, t.oid,
        format('ALTER TABLE %s SET ACCESS METHOD %I', t.spelled, m.amname),
        format('ALTER TABLE %s SET ACCESS METHOD DEFAULT', t.spelled), ARRAY['table ' || t.spelled]
    FROM relation AS t JOIN pg_am AS m ON m.oid = t.relam
    WHERE t.relkind = 'p' AND m.amname <> 'heap'
)
SELECT name, schema, table_oid, ARRAY["create"] AS "create", ARRAY[drop] AS drop, after,
    NULL::text AS comment
FROM found
ORDER BY name
