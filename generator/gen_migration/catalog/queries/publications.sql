-- publications
-- Every publication of a user, with its tables and schemas.
SELECT
    p.oid,
    p.pubname AS name,
    p.puballtables AS all_tables,
    p.pubinsert AS insert,
    p.pubupdate AS update,
    p.pubdelete AS delete,
    p.pubtruncate AS truncate,
    p.pubviaroot AS via_root,
    p.pubgencols::text AS generated,
    (
        SELECT coalesce(jsonb_agg(jsonb_build_object(
            'oid', c.oid::bigint,
            'schema', n.nspname,
            'name', c.relname,
            'columns', (
                SELECT coalesce(jsonb_agg(a.attname), '[]') FROM pg_attribute AS a
                WHERE a.attrelid = c.oid AND a.attnum = ANY (r.prattrs)
            ),
            'where', pg_get_expr(r.prqual, r.prrelid)
        )), '[]')
        FROM pg_publication_rel AS r
        JOIN pg_class AS c ON c.oid = r.prrelid
        JOIN pg_namespace AS n ON n.oid = c.relnamespace
        WHERE r.prpubid = p.oid
    ) AS tables,
    ARRAY (
        SELECT n.nspname::text
        FROM pg_publication_namespace AS r JOIN pg_namespace AS n ON n.oid = r.pnnspid
        WHERE r.pnpubid = p.oid
    ) AS schemas,
    obj_description(p.oid, 'pg_publication') AS comment
FROM pg_publication AS p
WHERE NOT EXISTS (
    SELECT FROM pg_depend AS x
    WHERE x.refclassid = 'pg_extension'::regclass AND x.deptype = 'e'
        AND x.classid = 'pg_publication'::regclass AND x.objid = p.oid
)
ORDER BY name
