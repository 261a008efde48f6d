-- Every object of a user that a spec cannot hold, and what it cannot hold of an object that it
-- does; `of` is the table that it belongs to. Not those of extensions, nor those that others
-- bring with them (a view's rule, a table's row type, a foreign key's triggers). Ids below 16384 are
-- of what initdb makes (manual, "OID Assignment"), which need not be looked through.
WITH mine AS (
    SELECT n.oid, n.nspname AS name FROM pg_namespace AS n
    WHERE n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
),
relation AS (
    SELECT c.oid, n.name AS schema, c.relname, c.relkind, c.relam,
        c.relispartition
    FROM pg_class AS c JOIN mine AS n ON n.oid = c.relnamespace
    WHERE c.oid >= 16384 AND c.relkind NOT IN ('i', 'I', 't') AND c.relpersistence <> 't'
),
tables AS (SELECT * FROM relation WHERE relkind IN ('r', 'p')),
-- Few columns have settings of their own, and there are many: they are looked through once.
attribute AS MATERIALIZED (
    SELECT attrelid, attnum, attstattarget
    FROM pg_attribute
    -- "None" is -1 before PostgreSQL 17 and NULL from then on.
    WHERE attrelid >= 16384 AND attstattarget >= 0
),
comment AS MATERIALIZED (
    SELECT classoid AS class, objoid AS oid FROM pg_description
    WHERE objoid >= 16384 AND objsubid = 0
        AND classoid IN ('pg_class'::regclass, 'pg_constraint'::regclass)
),
-- So are indexes, and constraints that are no others' business.
index AS MATERIALIZED (
    SELECT x.oid, i.indrelid AS of, x.relname, x.relispartition, x.relkind, i.indisvalid,
        x.reloptions IS NOT NULL OR x.reltablespace <> 0 AS has_settings,
        x.oid IN (SELECT oid FROM comment WHERE class = 'pg_class'::regclass) AS has_comment,
        x.oid IN (
            SELECT conindid FROM pg_constraint WHERE contype IN ('p', 'u', 'x')
        ) AS is_constraint
    FROM pg_index AS i
    JOIN pg_class AS x ON x.oid = i.indexrelid
    JOIN mine AS n ON n.oid = x.relnamespace
    WHERE x.oid >= 16384 AND i.indexrelid >= 16384 AND x.relpersistence <> 't' AND (
        NOT i.indisvalid
        OR x.reloptions IS NOT NULL OR x.reltablespace <> 0
        OR x.oid IN (SELECT oid FROM comment WHERE class = 'pg_class'::regclass)
        OR x.oid IN (SELECT attrelid FROM attribute WHERE attstattarget >= 0))
),
-- The indexes that partitions have of their parents', those of constraints too.
part AS MATERIALIZED (
    SELECT i.indrelid AS of, x.relname, x.relkind, x.reloptions, p.reloptions AS given,
        EXISTS (SELECT FROM pg_constraint AS c WHERE c.conindid = x.oid AND c.contype IN ('p', 'u', 'x'))
            AS is_constraint
    FROM pg_inherits AS h
    JOIN pg_index AS i ON i.indexrelid = h.inhrelid
    JOIN pg_class AS x ON x.oid = h.inhrelid
    JOIN pg_class AS p ON p.oid = h.inhparent
    JOIN mine AS n ON n.oid = x.relnamespace
),
constraints AS MATERIALIZED (
    SELECT t.oid AS of, c.contype, c.conname, c.contype = 'f' AS is_renamed
    FROM pg_constraint AS c
    JOIN tables AS t ON t.oid = c.conrelid
    LEFT JOIN pg_constraint AS p ON p.oid = c.conparentid
    -- NOT NULL of a column that its parent or its partitions have a part in.
    WHERE c.oid >= 16384 AND (c.contype = 'n' AND c.conislocal AND NOT c.convalidated
        AND (c.coninhcount > 0 OR t.relkind = 'p')
    -- That of a partition which is its parent's.
    OR c.contype = 'f' AND p.conrelid <> c.conrelid AND p.conname <> c.conname)
),
found (kind, schema, name, of, class, oid) AS (
    SELECT 'owner of a sequence', s.schema, s.relname, NULL::oid, 'pg_class'::regclass, s.oid
    FROM relation AS s JOIN pg_depend AS d
        ON d.classid = 'pg_class'::regclass AND d.objid = s.oid AND d.deptype = 'a'
        AND d.refclassid = 'pg_class'::regclass AND d.refobjsubid > 0
    JOIN relation AS t ON t.oid = d.refobjid AND t.relkind = 'f'
    WHERE s.relkind = 'S'
    UNION ALL
    -- ALTER TABLE … DISABLE TRIGGER ALL reaches those that keep a foreign key.
    SELECT 'disabled foreign key', NULL, k.conname, t.oid, 'pg_constraint'::regclass, k.oid
    FROM pg_constraint AS k JOIN tables AS t ON t.oid = k.conrelid
    WHERE k.contype = 'f' AND k.conparentid = 0 AND EXISTS (
        SELECT FROM pg_trigger AS g WHERE g.tgconstraint = k.oid AND g.tgenabled <> 'O')
    UNION ALL
    -- On a partitioned table, one is invalid until each partition has its own.
    SELECT 'invalid index', NULL, relname, of, 'pg_class'::regclass, of
    FROM index WHERE NOT indisvalid AND (relkind = 'i' OR is_constraint)
    UNION ALL
    SELECT 'settings of an index', NULL, relname, of, 'pg_class'::regclass, of
    -- Of what holds rows, a spec has them.
    FROM index WHERE has_settings AND is_constraint AND NOT relispartition AND relkind = 'I'
    UNION ALL
    SELECT 'comment on an index', NULL, relname, of, 'pg_class'::regclass, of
    FROM index WHERE has_comment AND is_constraint AND relispartition
    UNION ALL
    -- What is not a leaf's, PostgreSQL cannot set; nor has a key any in a spec.
    SELECT 'settings of a partition''s index', NULL, relname, of, 'pg_class'::regclass, of
    FROM part WHERE reloptions IS DISTINCT FROM given AND (relkind = 'I' OR is_constraint)
    UNION ALL
    SELECT 'name of a partition''s foreign key', NULL, conname, of, 'pg_class'::regclass, of
    FROM constraints WHERE is_renamed
    UNION ALL
    SELECT 'statistics target', NULL, x.relname || '.' || a.attnum, x.of,
        'pg_class'::regclass, x.of
    FROM attribute AS a JOIN index AS x ON x.oid = a.attrelid
    WHERE a.attstattarget >= 0 AND x.relispartition
    UNION ALL
    SELECT 'NOT VALID of NOT NULL', NULL, conname, of, 'pg_class'::regclass, of
    FROM constraints WHERE contype = 'n'
)
SELECT f.kind, f.schema, f.name, f.of
FROM found AS f
WHERE NOT EXISTS (
    SELECT FROM pg_depend AS e
    WHERE e.refclassid = 'pg_extension'::regclass AND e.deptype = 'e'
        AND e.classid = f.class AND e.objid = f.oid
)
ORDER BY f.kind, f.schema, f.of, f.name
