-- Grants that no key of a spec holds, as statements: of what PostgreSQL itself has made, where they are
-- otherwise than initdb gave them, and of the sequences of identity columns, where they are otherwise
-- than their `owner` has them.
WITH mine AS (
    SELECT oid, nspname AS schema FROM pg_namespace
    WHERE nspname !~ '^pg_' AND nspname <> 'information_schema'
),
own (called, part, was, now, owner, schema, table_oid, after) AS (
    SELECT 'LANGUAGE ' || quote_ident(l.lanname), '',
        coalesce(i.initprivs, acldefault('l', l.lanowner)),
        coalesce(l.lanacl, acldefault('l', l.lanowner)), NULL::oid, NULL::name, NULL::oid, '{}'::text[]
    FROM pg_language AS l
    LEFT JOIN pg_init_privs AS i ON i.objoid = l.oid AND i.classoid = 'pg_language'::regclass
    WHERE l.oid < 16384 AND l.lanacl IS DISTINCT FROM i.initprivs
    UNION ALL
    SELECT 'FUNCTION pg_catalog.' || p.oid::regprocedure, '',
        coalesce(i.initprivs, acldefault('f', p.proowner)),
        coalesce(p.proacl, acldefault('f', p.proowner)), NULL, NULL, NULL, '{}'
    FROM (SELECT oid, proacl FROM pg_proc WHERE oid < 16384 AND proacl IS NOT NULL) AS a
    FULL JOIN (SELECT * FROM pg_init_privs WHERE classoid = 'pg_proc'::regclass) AS i
        ON i.objoid = a.oid
    JOIN pg_proc AS p ON p.oid = coalesce(a.oid, i.objoid)
    WHERE p.oid < 16384 AND p.pronamespace = 'pg_catalog'::regnamespace AND p.prokind <> 'p'
        AND a.proacl IS DISTINCT FROM i.initprivs
    UNION ALL
    SELECT 'TABLE pg_catalog.' || quote_ident(c.relname), '',
        coalesce(i.initprivs, acldefault('r', c.relowner)),
        coalesce(c.relacl, acldefault('r', c.relowner)), NULL, NULL, NULL, '{}'
    FROM pg_class AS c
    LEFT JOIN pg_init_privs AS i
        ON i.objoid = c.oid AND i.classoid = 'pg_class'::regclass AND i.objsubid = 0
    WHERE c.oid < 16384 AND c.relnamespace = 'pg_catalog'::regnamespace
        AND c.relacl IS DISTINCT FROM i.initprivs
    UNION ALL
    SELECT 'TABLE pg_catalog.' || quote_ident(c.relname), format(' (%I)', t.attname),
        i.initprivs, a.attacl, NULL, NULL, NULL, '{}'
    FROM (SELECT * FROM pg_attribute WHERE attrelid < 16384 AND attacl IS NOT NULL) AS a
    FULL JOIN (
        SELECT * FROM pg_init_privs WHERE classoid = 'pg_class'::regclass AND objsubid > 0
    ) AS i ON i.objoid = a.attrelid AND i.objsubid = a.attnum
    JOIN pg_class AS c ON c.oid = coalesce(a.attrelid, i.objoid)
    JOIN pg_attribute AS t
        ON t.attrelid = c.oid AND t.attnum = coalesce(a.attnum::integer, i.objsubid)
    WHERE c.oid < 16384 AND c.relnamespace = 'pg_catalog'::regnamespace
        AND a.attacl IS DISTINCT FROM i.initprivs
    UNION ALL
    SELECT 'SEQUENCE ' || s.oid::regclass, '', acldefault('s', s.relowner), s.relacl, s.relowner,
        n.schema, CASE WHEN t.relkind <> 'f' THEN t.oid END,
        ARRAY[CASE t.relkind WHEN 'f' THEN 'statement foreign ' ELSE '' END || 'table ' || t.oid::regclass]
    FROM pg_class AS s
    JOIN mine AS n ON n.oid = s.relnamespace
    JOIN pg_depend AS d
        ON d.classid = 'pg_class'::regclass AND d.objid = s.oid AND d.deptype = 'i'
        AND d.refclassid = 'pg_class'::regclass
    JOIN pg_class AS t ON t.oid = d.refobjid
    WHERE s.relkind = 'S' AND s.relacl IS NOT NULL
),
-- The rights that came and that went, and what gives and takes them.
rights AS (
    SELECT o.called, o.schema, o.table_oid, o.after, x.is_new,
        format('%s%s ON %s', x.privilege_type, o.part, o.called) AS what,
        CASE x.grantee WHEN 0 THEN 'PUBLIC' ELSE quote_ident(r.rolname) END AS role,
        CASE WHEN x.is_grantable THEN ' WITH GRANT OPTION' ELSE '' END AS more
    FROM own AS o
    CROSS JOIN LATERAL (
        SELECT n.*, true AS is_new FROM (
            SELECT grantee, privilege_type, is_grantable FROM aclexplode(o.now)
            EXCEPT SELECT grantee, privilege_type, is_grantable FROM aclexplode(o.was)) AS n
        UNION ALL
        SELECT w.*, false FROM (
            SELECT grantee, privilege_type, is_grantable FROM aclexplode(o.was)
            EXCEPT SELECT grantee, privilege_type, is_grantable FROM aclexplode(o.now)) AS w
    ) AS x
    LEFT JOIN pg_roles AS r ON r.oid = x.grantee
    WHERE x.grantee IS DISTINCT FROM o.owner
)
SELECT 'grants on ' || called AS name, schema, table_oid,
    array_agg(CASE WHEN is_new THEN format('GRANT %s TO %s%s', what, role, more)
        ELSE format('REVOKE %s FROM %s', what, role) END ORDER BY is_new, what, role) AS "create",
    array_agg(CASE WHEN is_new THEN format('REVOKE %s FROM %s', what, role)
        ELSE format('GRANT %s TO %s%s', what, role, more) END ORDER BY is_new DESC, what, role) AS drop,
    after, NULL::text AS comment
FROM rights
GROUP BY called, schema, table_oid, after
ORDER BY name
