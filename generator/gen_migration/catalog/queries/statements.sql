-- What no kind holds and SQL can say: what creates it and what drops it again, by a name that tells
-- what it is. `after` is what it comes after, as a spec says it.
WITH mine AS (
    SELECT oid, nspname AS schema FROM pg_namespace
    WHERE nspname !~ '^pg_' AND nspname <> 'information_schema'
),
-- Of what there is much, each starts at what few have.
trigger AS MATERIALIZED (
    SELECT g.oid, g.tgname, g.tgrelid, g.tgparentid, g.tgenabled FROM pg_trigger AS g
    -- Those that keep a foreign key, of which there are many, have an index.
    WHERE g.tgparentid <> 0 AND g.tgconstrindid = 0
),
target AS MATERIALIZED (
    SELECT attrelid, attnum, attstattarget FROM pg_attribute
    WHERE attrelid >= 16384 AND attstattarget >= 0
),
storage (sign, word) AS (
    VALUES ('p', 'PLAIN'), ('e', 'EXTERNAL'), ('m', 'MAIN'), ('x', 'EXTENDED')
),
found (name, schema, table_oid, "create", drop, after) AS (
    -- What a partition has otherwise of a trigger of the table at the top.
    SELECT format('state of trigger %s on %s', g.tgname, t.oid::regclass), n.schema, t.oid,
        format('ALTER TABLE ONLY %s %s TRIGGER %I', t.oid::regclass, CASE g.tgenabled
            WHEN 'D' THEN 'DISABLE' WHEN 'R' THEN 'ENABLE REPLICA' WHEN 'A' THEN 'ENABLE ALWAYS'
            ELSE 'ENABLE' END, g.tgname),
        format('ALTER TABLE ONLY %s %s TRIGGER %I', t.oid::regclass, CASE o.tgenabled
            WHEN 'D' THEN 'DISABLE' WHEN 'R' THEN 'ENABLE REPLICA' WHEN 'A' THEN 'ENABLE ALWAYS'
            ELSE 'ENABLE' END, g.tgname),
        ARRAY['table ' || t.oid::regclass, format('trigger %I on %s', o.tgname, o.tgrelid::regclass)]
    FROM trigger AS g
    JOIN pg_class AS t ON t.oid = g.tgrelid
    JOIN mine AS n ON n.oid = t.relnamespace
    CROSS JOIN LATERAL (
        WITH RECURSIVE above AS (
            SELECT g.oid, g.tgparentid, g.tgname, g.tgrelid, g.tgenabled, false AS tgisinternal
            UNION ALL
            SELECT u.oid, u.tgparentid, u.tgname, u.tgrelid, u.tgenabled, u.tgisinternal
            FROM pg_trigger AS u JOIN above ON u.oid = above.tgparentid
        )
        SELECT * FROM above WHERE tgparentid = 0
    ) AS o
    WHERE NOT o.tgisinternal AND g.tgenabled <> o.tgenabled
    UNION ALL
    SELECT format('comment on trigger %s on %s', g.tgname, t.oid::regclass), n.schema, t.oid,
        format('COMMENT ON TRIGGER %I ON %s IS %L', g.tgname, t.oid::regclass, e.description),
        format('COMMENT ON TRIGGER %I ON %s IS NULL', g.tgname, t.oid::regclass),
        ARRAY['table ' || t.oid::regclass, format('trigger %I on %s', p.tgname, p.tgrelid::regclass)]
    FROM trigger AS g
    JOIN pg_description AS e
        ON e.classoid = 'pg_trigger'::regclass AND e.objoid = g.oid AND e.objsubid = 0
    JOIN pg_class AS t ON t.oid = g.tgrelid
    JOIN mine AS n ON n.oid = t.relnamespace
    JOIN pg_trigger AS p ON p.oid = g.tgparentid
    WHERE NOT p.tgisinternal AND p.tgparentid = 0
    UNION ALL
    SELECT format('statistics target of column %s of index %s', a.attnum, x.oid::regclass),
        n.schema, t.oid,
        format('ALTER INDEX %s ALTER COLUMN %s SET STATISTICS %s', x.oid::regclass, a.attnum,
            a.attstattarget),
        format('ALTER INDEX %s ALTER COLUMN %s SET STATISTICS -1', x.oid::regclass, a.attnum),
        ARRAY[CASE t.relkind WHEN 'm' THEN 'materialized view ' ELSE 'table ' END || t.oid::regclass]
    FROM target AS a
    JOIN pg_class AS x ON x.oid = a.attrelid
    JOIN mine AS n ON n.oid = x.relnamespace
    JOIN pg_index AS i ON i.indexrelid = x.oid
    JOIN pg_class AS t ON t.oid = i.indrelid
    WHERE NOT x.relispartition
    UNION ALL
    -- What a materialized view has of the settings of tables.
    SELECT format('%s of column %s of %s', v.word, a.attname, m.oid::regclass), n.schema, NULL,
        format('ALTER MATERIALIZED VIEW %s ALTER COLUMN %I %s', m.oid::regclass, a.attname, v."create"),
        format('ALTER MATERIALIZED VIEW %s ALTER COLUMN %I %s', m.oid::regclass, a.attname, v.drop),
        ARRAY['materialized view ' || m.oid::regclass]
    FROM pg_class AS m
    JOIN mine AS n ON n.oid = m.relnamespace
    JOIN pg_attribute AS a ON a.attrelid = m.oid
    JOIN pg_type AS t ON t.oid = a.atttypid
    CROSS JOIN LATERAL (VALUES
        ('compression', 'SET COMPRESSION ' || CASE a.attcompression WHEN 'p' THEN 'pglz'
            WHEN 'l' THEN 'lz4' END, 'SET COMPRESSION default'),
        ('statistics target', CASE WHEN a.attstattarget >= 0 THEN 'SET STATISTICS ' || a.attstattarget END,
            'SET STATISTICS -1'),
        ('storage', CASE WHEN a.attstorage <> t.typstorage THEN 'SET STORAGE ' || (
            SELECT word FROM storage WHERE sign = a.attstorage) END,
            'SET STORAGE ' || (SELECT word FROM storage WHERE sign = t.typstorage)),
        ('options', 'SET (' || array_to_string(a.attoptions, ', ') || ')', 'RESET (' || (
            SELECT string_agg(split_part(o, '=', 1), ', ') FROM unnest(a.attoptions) AS o) || ')')
    ) AS v (word, "create", drop)
    WHERE m.relkind = 'm' AND a.attnum > 0 AND v."create" IS NOT NULL
    UNION ALL
    SELECT format('clustering of %s', m.oid::regclass), n.schema, NULL,
        format('ALTER MATERIALIZED VIEW %s CLUSTER ON %I', m.oid::regclass, x.relname),
        format('ALTER MATERIALIZED VIEW %s SET WITHOUT CLUSTER', m.oid::regclass),
        ARRAY['materialized view ' || m.oid::regclass]
    FROM pg_class AS m
    JOIN mine AS n ON n.oid = m.relnamespace
    JOIN pg_index AS i ON i.indrelid = m.oid AND i.indisclustered
    JOIN pg_class AS x ON x.oid = i.indexrelid
    WHERE m.relkind = 'm'
    UNION ALL
    -- Of a NOT NULL that a table has from another one, it says no more.
    SELECT format('comment on constraint %s of %s', c.conname, t.oid::regclass), n.schema, t.oid,
        format('COMMENT ON CONSTRAINT %I ON %s IS %L', c.conname, t.oid::regclass, e.description),
        format('COMMENT ON CONSTRAINT %I ON %s IS NULL', c.conname, t.oid::regclass),
        ARRAY['table ' || t.oid::regclass]
    FROM pg_description AS e
    JOIN pg_constraint AS c ON c.oid = e.objoid AND c.contype = 'n' AND NOT c.conislocal
    JOIN pg_class AS t ON t.oid = c.conrelid AND t.relkind <> 'f'
    JOIN mine AS n ON n.oid = t.relnamespace
    WHERE e.classoid = 'pg_constraint'::regclass AND e.objsubid = 0
    UNION ALL
    SELECT format('comment on sequence %s', s.oid::regclass), n.schema, d.refobjid,
        format('COMMENT ON SEQUENCE %s IS %L', s.oid::regclass, e.description),
        format('COMMENT ON SEQUENCE %s IS NULL', s.oid::regclass),
        ARRAY['table ' || d.refobjid::regclass]
    FROM pg_description AS e
    JOIN pg_class AS s ON s.oid = e.objoid AND s.relkind = 'S'
    JOIN mine AS n ON n.oid = s.relnamespace
    JOIN pg_depend AS d
        ON d.classid = 'pg_class'::regclass AND d.objid = s.oid AND d.deptype = 'i'
        AND d.refclassid = 'pg_class'::regclass
    WHERE e.classoid = 'pg_class'::regclass AND e.objsubid = 0
    UNION ALL
    -- The sequence of an identity column is logged as its table is, until that is said otherwise.
    SELECT format('persistence of sequence %s', s.oid::regclass), n.schema,
        CASE WHEN t.relkind <> 'f' THEN t.oid END,
        format('ALTER SEQUENCE %s SET %s', s.oid::regclass,
            CASE s.relpersistence WHEN 'u' THEN 'UNLOGGED' ELSE 'LOGGED' END),
        format('ALTER SEQUENCE %s SET %s', s.oid::regclass,
            CASE s.relpersistence WHEN 'u' THEN 'LOGGED' ELSE 'UNLOGGED' END),
        ARRAY[CASE t.relkind WHEN 'f' THEN 'statement foreign ' ELSE '' END || 'table ' || t.oid::regclass]
    FROM pg_class AS s
    JOIN mine AS n ON n.oid = s.relnamespace
    JOIN pg_depend AS d
        ON d.classid = 'pg_class'::regclass AND d.objid = s.oid AND d.deptype = 'i'
        AND d.refclassid = 'pg_class'::regclass
    JOIN pg_class AS t ON t.oid = d.refobjid AND t.relpersistence <> s.relpersistence
    WHERE s.relkind = 'S'
    UNION ALL
    -- How a partition computes a column otherwise than the table at the top, which is what it is
    -- made with; from PostgreSQL 17 on, that can be set.
    SELECT format('expression of column %s of %s', a.attname, t.oid::regclass), n.schema, t.oid,
        format('ALTER TABLE ONLY %s ALTER COLUMN %I SET EXPRESSION AS (%s)', t.oid::regclass, a.attname,
            pg_get_expr(d.adbin, d.adrelid)),
        format('ALTER TABLE ONLY %s ALTER COLUMN %I SET EXPRESSION AS (%s)', t.oid::regclass, a.attname,
            pg_get_expr(e.adbin, e.adrelid)),
        ARRAY['table ' || t.oid::regclass]
    FROM pg_class AS t
    JOIN mine AS n ON n.oid = t.relnamespace
    JOIN pg_attribute AS a ON a.attrelid = t.oid AND a.attgenerated <> ''
    JOIN pg_attrdef AS d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
    JOIN pg_attribute AS b ON b.attrelid = pg_partition_root(t.oid) AND b.attname = a.attname
    JOIN pg_attrdef AS e ON e.adrelid = b.attrelid AND e.adnum = b.attnum
    WHERE t.relispartition AND t.relkind IN ('r', 'p')
        AND pg_get_expr(d.adbin, d.adrelid) <> pg_get_expr(e.adbin, e.adrelid)
        AND current_setting('server_version_num')::integer >= 170000
    UNION ALL
    -- What holds no rows hands it to partitions to come (PostgreSQL 17), and those that have another
    -- one are there before.
    SELECT format('access method of %s', t.oid::regclass), n.schema, t.oid,
        format('ALTER TABLE %s SET ACCESS METHOD %I', t.oid::regclass, m.amname),
        format('ALTER TABLE %s SET ACCESS METHOD DEFAULT', t.oid::regclass),
        'table ' || t.oid::regclass || ARRAY(
            SELECT 'table ' || c.oid::regclass
            FROM pg_partition_tree(t.oid) AS b JOIN pg_class AS c ON c.oid = b.relid
            WHERE c.relkind IN ('r', 'p') AND c.relam <> t.relam
            ORDER BY 1)
    FROM pg_class AS t
    JOIN mine AS n ON n.oid = t.relnamespace
    JOIN pg_am AS m ON m.oid = t.relam
    WHERE t.relkind = 'p'
)
SELECT name, schema, table_oid, ARRAY["create"] AS "create", ARRAY[drop] AS drop, after,
    NULL::text AS comment
FROM found
ORDER BY name
