-- What depends on what: every object of a user that can be a node of the graph of a schema, and each
-- row of pg_depend between two of them. An index is its constraint where it has one, an array its
-- element, a row type its table, a NOT NULL its column, the value of a generated column that column;
-- what a partition has of a table above it is `inherited`, by its name there. The sequence of a
-- column is that column where the spec does not hold it: the last three fields. Ids below 16384 are
-- of what initdb makes (manual, "OID Assignment"), which is most of all.
WITH RECURSIVE tables AS (
    SELECT c.oid, n.nspname AS schema, c.relname AS name, c.relispartition
    FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace
    WHERE c.relkind IN ('r', 'p') AND c.oid >= 16384 AND n.nspname <> 'pg_toast'
), origins AS (
    SELECT oid, oid AS origin FROM pg_constraint WHERE conparentid = 0 AND oid >= 16384
    UNION ALL
    SELECT c.oid, o.origin FROM pg_constraint AS c JOIN origins AS o ON o.oid = c.conparentid
), constraints AS (
    SELECT c.oid, t.schema, t.name AS relation, c.conindid, c.contype, c.conkey, c.conrelid,
        p.conname AS name,
        p.conrelid <> c.conrelid
            OR c.contype = 'c' AND t.relispartition AND c.coninhcount > 0 AS inherited
    FROM pg_constraint AS c
    JOIN origins AS o USING (oid)
    JOIN pg_constraint AS p ON p.oid = o.origin
    JOIN tables AS t ON t.oid = c.conrelid
), families (class, oid, word, name, namespace, method) AS (
    SELECT 'pg_opclass'::regclass::oid, oid, 'operator class', opcname, opcnamespace, opcmethod
    FROM pg_opclass WHERE oid >= 16384
    UNION ALL
    SELECT 'pg_opfamily'::regclass, oid, 'operator family', opfname, opfnamespace, opfmethod
    FROM pg_opfamily WHERE oid >= 16384
), held (class, oid, sub, word, schema, name, part) AS (
    SELECT 'pg_namespace'::regclass::oid, oid, 0, 'schema', NULL::name, nspname, NULL::name
    FROM pg_namespace
    UNION ALL
    SELECT 'pg_extension'::regclass, oid, 0, 'extension', NULL, extname, NULL FROM pg_extension
    UNION ALL
    SELECT 'pg_class'::regclass, oid, 0, 'table', schema, name, NULL FROM tables
    UNION ALL
    SELECT 'pg_type'::regclass, y.oid, 0, 'table', t.schema, t.name, NULL
    FROM tables AS t JOIN pg_type AS y ON y.typrelid = t.oid AND y.oid >= 16384
    UNION ALL
    SELECT 'pg_class'::regclass, t.oid, a.attnum, 'column', t.schema, t.name, a.attname
    FROM tables AS t JOIN pg_attribute AS a ON a.attrelid = t.oid
    WHERE a.attnum > 0 AND NOT a.attisdropped
    UNION ALL
    SELECT 'pg_attrdef'::regclass, d.oid, 0,
        CASE a.attgenerated WHEN '' THEN 'default' ELSE 'column' END, t.schema, t.name, a.attname
    FROM pg_attrdef AS d
    JOIN tables AS t ON t.oid = d.adrelid
    JOIN pg_attribute AS a ON a.attrelid = d.adrelid AND a.attnum = d.adnum
    UNION ALL
    SELECT 'pg_constraint'::regclass, oid, 0,
        CASE WHEN inherited THEN 'inherited' ELSE 'constraint' END, schema, relation, name
    FROM constraints WHERE contype <> 'n'
    UNION ALL
    SELECT 'pg_constraint'::regclass, c.oid, 0, 'column', c.schema, c.relation, a.attname
    FROM constraints AS c
    JOIN pg_attribute AS a ON a.attrelid = c.conrelid AND a.attnum = c.conkey[1]
    WHERE c.contype = 'n'
    UNION ALL
    SELECT 'pg_class'::regclass, i.indexrelid, 0,
        CASE WHEN x.relispartition THEN 'inherited' WHEN c.oid IS NULL THEN 'index'
            ELSE 'constraint' END,
        t.schema, t.name, r.relname
    FROM pg_index AS i
    JOIN tables AS t ON t.oid = i.indrelid
    JOIN pg_class AS x ON x.oid = i.indexrelid
    JOIN pg_class AS r
        ON r.oid = CASE WHEN x.relispartition THEN pg_partition_root(x.oid) ELSE x.oid END
    LEFT JOIN constraints AS c ON c.conindid = i.indexrelid AND c.contype IN ('p', 'u', 'x')
    UNION ALL
    SELECT 'pg_class'::regclass, c.oid, 0, 'sequence', n.nspname, c.relname, NULL
    FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace
    WHERE c.relkind = 'S' AND c.oid >= 16384
    UNION ALL
    SELECT 'pg_class'::regclass, c.oid, 0,
        CASE c.relkind WHEN 'v' THEN 'view' ELSE 'materialized view' END, n.nspname, c.relname, NULL
    FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace
    WHERE c.relkind IN ('v', 'm') AND c.oid >= 16384
    UNION ALL
    SELECT 'pg_class'::regclass, c.oid, a.attnum,
        CASE c.relkind WHEN 'v' THEN 'view' ELSE 'materialized view' END, n.nspname, c.relname, NULL
    FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace
    JOIN pg_attribute AS a ON a.attrelid = c.oid
    WHERE c.relkind IN ('v', 'm') AND c.oid >= 16384 AND a.attnum > 0
    UNION ALL
    SELECT 'pg_rewrite'::regclass, r.oid, 0,
        CASE c.relkind WHEN 'v' THEN 'view' ELSE 'materialized view' END, n.nspname, c.relname, NULL
    FROM pg_rewrite AS r
    JOIN pg_class AS c ON c.oid = r.ev_class
    JOIN pg_namespace AS n ON n.oid = c.relnamespace
    WHERE c.relkind IN ('v', 'm') AND c.oid >= 16384 AND r.rulename = '_RETURN'
    UNION ALL
    SELECT 'pg_type'::regclass, unnest(ARRAY[t.oid, t.typarray]), 0,
        CASE t.typtype WHEN 'e' THEN 'enum' WHEN 'c' THEN 'composite type' ELSE 'domain' END,
        n.nspname, t.typname, NULL
    FROM pg_type AS t
    JOIN pg_namespace AS n ON n.oid = t.typnamespace
    LEFT JOIN pg_class AS c ON c.oid = t.typrelid
    WHERE t.oid >= 16384 AND (t.typtype IN ('e', 'd') OR c.relkind = 'c')
    UNION ALL
    -- A multirange is its range.
    SELECT 'pg_type'::regclass, unnest(ARRAY[t.oid, t.typarray, u.oid, u.typarray]), 0,
        'range type', n.nspname, t.typname, NULL
    FROM pg_range AS r
    JOIN pg_type AS t ON t.oid = r.rngtypid
    JOIN pg_type AS u ON u.oid = r.rngmultitypid
    JOIN pg_namespace AS n ON n.oid = t.typnamespace
    WHERE r.rngtypid >= 16384
    UNION ALL
    SELECT 'pg_statistic_ext'::regclass, s.oid, 0, 'statistics', n.nspname, s.stxname, NULL
    FROM pg_statistic_ext AS s JOIN pg_namespace AS n ON n.oid = s.stxnamespace
    UNION ALL
    SELECT 'pg_class'::regclass, c.oid, generate_series(0, c.relnatts), 'foreign table', n.nspname,
        c.relname, NULL
    FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace
    WHERE c.relkind = 'f'
    UNION ALL
    SELECT 'pg_attrdef'::regclass, d.oid, 0, 'foreign table', n.nspname, c.relname, NULL
    FROM pg_attrdef AS d JOIN pg_class AS c ON c.oid = d.adrelid
    JOIN pg_namespace AS n ON n.oid = c.relnamespace
    WHERE c.relkind = 'f'
    UNION ALL
    SELECT 'pg_constraint'::regclass, k.oid, 0, 'foreign table', n.nspname, c.relname, NULL
    FROM pg_constraint AS k JOIN pg_class AS c ON c.oid = k.conrelid
    JOIN pg_namespace AS n ON n.oid = c.relnamespace
    WHERE c.relkind = 'f'
    UNION ALL
    SELECT 'pg_foreign_data_wrapper'::regclass, oid, 0, 'foreign data wrapper', NULL, fdwname, NULL
    FROM pg_foreign_data_wrapper
    UNION ALL
    SELECT 'pg_foreign_server'::regclass, oid, 0, 'foreign server', NULL, srvname, NULL
    FROM pg_foreign_server
    UNION ALL
    SELECT 'pg_ts_parser'::regclass, x.oid, 0, 'text search parser', n.nspname, x.prsname, NULL
    FROM pg_ts_parser AS x JOIN pg_namespace AS n ON n.oid = x.prsnamespace
    WHERE x.oid >= 16384
    UNION ALL
    SELECT 'pg_ts_template'::regclass, x.oid, 0, 'text search template', n.nspname, x.tmplname, NULL
    FROM pg_ts_template AS x JOIN pg_namespace AS n ON n.oid = x.tmplnamespace
    WHERE x.oid >= 16384
    UNION ALL
    SELECT 'pg_ts_dict'::regclass, x.oid, 0, 'text search dictionary', n.nspname, x.dictname, NULL
    FROM pg_ts_dict AS x JOIN pg_namespace AS n ON n.oid = x.dictnamespace
    WHERE x.oid >= 16384
    UNION ALL
    SELECT 'pg_ts_config'::regclass, x.oid, 0, 'text search configuration', n.nspname, x.cfgname,
        NULL
    FROM pg_ts_config AS x JOIN pg_namespace AS n ON n.oid = x.cfgnamespace
    WHERE x.oid >= 16384
    UNION ALL
    SELECT 'pg_default_acl'::regclass, a.oid, 0, 'default privileges', NULL, concat(
        CASE a.defaclobjtype WHEN 'r' THEN 'tables' WHEN 'S' THEN 'sequences' WHEN 'f'
            THEN 'functions' WHEN 'T' THEN 'types' WHEN 'n' THEN 'schemas' END,
        ' in schema ' || n.nspname, CASE WHEN a.defaclrole <> current_user::regrole
            THEN ' for role ' || pg_get_userbyid(a.defaclrole) END), NULL
    FROM pg_default_acl AS a LEFT JOIN pg_namespace AS n ON n.oid = a.defaclnamespace
    UNION ALL
    SELECT 'pg_event_trigger'::regclass, oid, 0, 'event trigger', NULL, evtname, NULL
    FROM pg_event_trigger
    UNION ALL
    SELECT 'pg_publication'::regclass, oid, 0, 'publication', NULL, pubname, NULL
    FROM pg_publication
    UNION ALL
    SELECT 'pg_subscription'::regclass, s.oid, 0, 'subscription', NULL, subname, NULL
    FROM pg_subscription AS s JOIN pg_database AS d ON d.oid = s.subdbid
    WHERE d.datname = current_database()
    UNION ALL
    -- What is published is its publication.
    SELECT 'pg_publication_rel'::regclass, r.oid, 0, 'publication', NULL, p.pubname, NULL
    FROM pg_publication_rel AS r JOIN pg_publication AS p ON p.oid = r.prpubid
    UNION ALL
    SELECT 'pg_publication_namespace'::regclass, r.oid, 0, 'publication', NULL, p.pubname, NULL
    FROM pg_publication_namespace AS r JOIN pg_publication AS p ON p.oid = r.pnpubid
    UNION ALL
    SELECT 'pg_collation'::regclass, l.oid, 0, 'collation', n.nspname, l.collname, NULL
    FROM pg_collation AS l JOIN pg_namespace AS n ON n.oid = l.collnamespace
    WHERE l.oid >= 16384
    UNION ALL
    -- An attribute is its composite type.
    SELECT 'pg_class'::regclass, c.oid, generate_series(0, c.relnatts), 'composite type',
        n.nspname, c.relname, NULL
    FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace
    WHERE c.relkind = 'c' AND c.oid >= 16384
    UNION ALL
    SELECT 'pg_trigger'::regclass, g.oid, 0, 'trigger', n.nspname, t.relname, g.tgname
    FROM pg_trigger AS g JOIN pg_class AS t ON t.oid = g.tgrelid
    JOIN pg_namespace AS n ON n.oid = t.relnamespace
    WHERE NOT g.tgisinternal AND g.tgparentid = 0
    UNION ALL
    SELECT 'pg_rewrite'::regclass, r.oid, 0, 'rule', n.nspname, t.relname, r.rulename
    FROM pg_rewrite AS r JOIN pg_class AS t ON t.oid = r.ev_class
    JOIN pg_namespace AS n ON n.oid = t.relnamespace
    WHERE r.rulename <> '_RETURN'
    UNION ALL
    SELECT 'pg_policy'::regclass, p.oid, 0, 'policy', t.schema, t.name, p.polname
    FROM pg_policy AS p JOIN tables AS t ON t.oid = p.polrelid
    UNION ALL
    SELECT 'pg_constraint'::regclass, c.oid, 0, 'domain', n.nspname, t.typname, NULL
    FROM pg_constraint AS c
    JOIN pg_type AS t ON t.oid = c.contypid
    JOIN pg_namespace AS n ON n.oid = t.typnamespace
    WHERE c.oid >= 16384
    UNION ALL
    SELECT 'pg_operator'::regclass, o.oid, 0, 'operator', n.nspname,
        quote_ident(o.oprname) || '(' || concat_ws(
            ',', format_type(nullif(o.oprleft, 0), NULL), format_type(o.oprright, NULL)) || ')', NULL
    FROM pg_operator AS o JOIN pg_namespace AS n ON n.oid = o.oprnamespace
    WHERE o.oid >= 16384 AND o.oprcode <> 0
    UNION ALL
    SELECT 'pg_type'::regclass, unnest(ARRAY[t.oid, t.typarray]), 0,
        CASE WHEN t.typisdefined THEN 'base type' ELSE 'shell type' END, n.nspname, t.typname, NULL
    FROM pg_type AS t JOIN pg_namespace AS n ON n.oid = t.typnamespace
    WHERE t.oid >= 16384 AND (t.typtype = 'b' OR NOT t.typisdefined) AND NOT EXISTS (
        SELECT FROM pg_type AS e WHERE e.oid = t.typelem AND e.typarray = t.oid)
    UNION ALL
    -- Its name, which PostgreSQL does not keep once the type is there.
    SELECT 'pg_type'::regclass, t.oid, -1, 'shell type', n.nspname, t.typname, NULL
    FROM pg_type AS t JOIN pg_namespace AS n ON n.oid = t.typnamespace
    WHERE t.oid >= 16384 AND t.typtype = 'b' AND t.typisdefined AND NOT EXISTS (
        SELECT FROM pg_type AS e WHERE e.oid = t.typelem AND e.typarray = t.oid)
    UNION ALL
    SELECT 'pg_cast'::regclass, c.oid, 0, 'cast', NULL,
        format_type(c.castsource, NULL) || ' AS ' || format_type(c.casttarget, NULL), NULL
    FROM pg_cast AS c WHERE c.oid >= 16384 AND NOT EXISTS (
        SELECT FROM pg_depend AS d
        WHERE d.classid = 'pg_cast'::regclass AND d.objid = c.oid AND d.deptype = 'i')
    UNION ALL
    SELECT 'pg_conversion'::regclass, c.oid, 0, 'conversion', n.nspname, c.conname, NULL
    FROM pg_conversion AS c JOIN pg_namespace AS n ON n.oid = c.connamespace
    WHERE c.oid >= 16384
    UNION ALL
    SELECT 'pg_language'::regclass, oid, 0, 'language', NULL, lanname, NULL
    FROM pg_language WHERE oid >= 16384 AND lanname <> 'plpgsql'
    UNION ALL
    SELECT 'pg_transform'::regclass, x.oid, 0, 'transform', NULL,
        format_type(x.trftype, NULL) || ' LANGUAGE ' || l.lanname, NULL
    FROM pg_transform AS x JOIN pg_language AS l ON l.oid = x.trflang
    UNION ALL
    SELECT 'pg_am'::regclass, oid, 0, 'access method', NULL, amname, NULL
    FROM pg_am WHERE oid >= 16384
    UNION ALL
    SELECT f.class, f.oid, 0, f.word, n.nspname, f.name || ' ' || m.amname, NULL
    FROM families AS f
    JOIN pg_namespace AS n ON n.oid = f.namespace
    JOIN pg_am AS m ON m.oid = f.method
    UNION ALL
    -- What is tied to a class is that class, what is loose in a family is that family.
    SELECT d.classid, d.objid, 0, f.word, n.nspname, f.name || ' ' || m.amname, NULL
    FROM families AS f
    JOIN pg_namespace AS n ON n.oid = f.namespace
    JOIN pg_am AS m ON m.oid = f.method
    JOIN pg_depend AS d ON d.refclassid = f.class AND d.refobjid = f.oid
    WHERE d.classid IN ('pg_amop'::regclass, 'pg_amproc'::regclass)
    UNION ALL
    SELECT 'pg_proc'::regclass, p.oid, 0,
        CASE p.prokind WHEN 'p' THEN 'procedure' WHEN 'a' THEN 'aggregate' ELSE 'function' END,
        n.nspname, quote_ident(p.proname) || '(' || (
            SELECT coalesce(string_agg(format_type(a.oid, NULL), ',' ORDER BY a.number), '')
            FROM unnest(p.proargtypes) WITH ORDINALITY AS a (oid, number)) || ')', NULL
    FROM pg_proc AS p JOIN pg_namespace AS n ON n.oid = p.pronamespace
    WHERE p.oid >= 16384
), members AS (
    -- What an extension has brought is that extension.
    SELECT d.classid AS class, d.objid AS oid, h.word, h.schema, h.name, h.part
    FROM pg_depend AS d
    JOIN held AS h ON h.class = d.refclassid AND h.oid = d.refobjid
    WHERE d.deptype = 'e'
), nodes AS (
    SELECT * FROM held WHERE (class, oid) NOT IN (SELECT class, oid FROM members)
    UNION ALL
    SELECT class, oid, 0, word, schema, name, part FROM members
)
SELECT 'is' AS deptype, word, schema, name, part,
    NULL AS to_word, NULL AS to_schema, NULL AS to_name, NULL AS to_part,
    NULL AS of_schema, NULL AS of_name, NULL AS of_part
FROM (SELECT DISTINCT word, schema, name, part FROM held) AS held WHERE schema IS NULL OR schema !~ '^pg_|^information_schema$'
UNION ALL
SELECT d.deptype::text, f.word, f.schema, f.name, f.part, t.word, t.schema, t.name, t.part,
    o.schema, o.name, o.part
FROM pg_depend AS d
JOIN nodes AS f ON f.class = d.classid AND f.oid = d.objid AND f.sub = d.objsubid
JOIN nodes AS t ON t.class = d.refclassid AND t.oid = d.refobjid AND t.sub = d.refobjsubid
LEFT JOIN pg_depend AS s
    ON s.classid = 'pg_class'::regclass AND s.deptype IN ('a', 'i') AND s.refobjsubid > 0
    AND s.objid = CASE WHEN t.word = 'sequence' THEN t.oid END
LEFT JOIN nodes AS o ON o.class = s.refclassid AND o.oid = s.refobjid AND o.sub = s.refobjsubid
WHERE d.deptype IN ('n', 'a', 'i') AND d.objid >= 16384
