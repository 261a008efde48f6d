-- Every constraint of a user's table; of those that a partition has from its parent, which are
-- `inherited`, the ones with a comment. What older servers lack of it, `catalog.YOUNGER` says.
SELECT
    c.conrelid AS table_oid,
    c.conname AS name,
    c.contype::text AS type,
    c.conkey AS columns,
    nullif(c.confrelid, 0) AS referred_oid,
    c.confkey AS referred_columns,
    c.confdeltype::text AS on_delete,
    c.confupdtype::text AS on_update,
    c.confdelsetcols AS on_delete_columns,
    c.confmatchtype = 'f' AS match_full,
    c.conperiod AS period,
    c.conenforced AS enforced,
    c.convalidated AS validated,
    c.condeferrable AS deferrable,
    c.condeferred AS deferred,
    c.connoinherit AS no_inherit,
    CASE WHEN c.contype = 'c' THEN pg_get_expr(c.conbin, c.conrelid) END AS expression,
    CASE WHEN c.contype = 'x' THEN ARRAY(
        SELECT CASE WHEN pg_operator_is_visible(p.oid) THEN p.oprname
            ELSE 'OPERATOR(' || quote_ident(pn.nspname) || '.' || p.oprname || ')' END
        FROM unnest(c.conexclop) WITH ORDINALITY AS u (operator, k)
        JOIN pg_operator AS p ON p.oid = u.operator
        JOIN pg_namespace AS pn ON pn.oid = p.oprnamespace
        ORDER BY k
    ) END AS operators,
    nullif(c.conindid, 0) AS index_oid,
    c.conparentid <> 0 OR (c.contype = 'c' AND NOT c.conislocal) AS inherited,
    e.description AS comment
FROM pg_constraint AS c
JOIN pg_class AS t ON t.oid = c.conrelid
JOIN pg_namespace AS n ON n.oid = t.relnamespace
LEFT JOIN pg_description AS e
    ON e.classoid = 'pg_constraint'::regclass AND e.objoid = c.oid AND e.objsubid = 0
WHERE n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
    AND c.contype IN ('p', 'u', 'f', 'c', 'x')
    -- A constraint of a partition that is its parent's: a check is not "local", the others have a
    -- parent of their own.
    AND (c.conparentid = 0 AND (c.contype <> 'c' OR c.conislocal) OR e.description IS NOT NULL)
ORDER BY c.conrelid, c.conname
