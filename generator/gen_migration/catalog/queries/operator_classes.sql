-- Every operator class of a user, with its family and what is tied to it. Not those of extensions.
WITH types AS (
    SELECT t.oid, jsonb_build_object(
        'schema', m.nspname,
        'name', coalesce(e.typname, t.typname),
        'type', format_type(t.oid, NULL),
        'is_array', e.oid IS NOT NULL) AS found
    FROM pg_type AS t
    -- An array type is the one that its element type names as its array.
    LEFT JOIN pg_type AS e ON e.oid = t.typelem AND e.typarray = t.oid
    JOIN pg_namespace AS m ON m.oid = coalesce(e.typnamespace, t.typnamespace)
),
operator AS (
    SELECT o.oid, jsonb_build_array(
        n.nspname, o.oprname, n.nspname <> 'pg_catalog' AND EXISTS (
            SELECT FROM pg_operator AS b
            WHERE b.oprnamespace = 'pg_catalog'::regnamespace AND b.oprname = o.oprname
                AND b.oprleft = o.oprleft AND b.oprright = o.oprright)) AS called
    FROM pg_operator AS o JOIN pg_namespace AS n ON n.oid = o.oprnamespace
)
SELECT
    q.oid,
    n.nspname AS schema,
    q.opcname AS name,
    m.amname AS method,
    (SELECT found FROM types WHERE oid = q.opcintype) AS type,
    q.opcdefault AS standard,
    f.opfname AS family,
    s.nspname AS family_schema,
    (SELECT found FROM types WHERE oid = q.opckeytype AND oid <> q.opcintype) AS stored,
    (
        SELECT coalesce(jsonb_agg(jsonb_build_object(
            'number', a.amopstrategy,
            'name', (SELECT o.called FROM operator AS o WHERE o.oid = a.amopopr),
            'arguments', jsonb_build_array(l.found, r.found),
            'order_by', (
                SELECT jsonb_build_array(s.nspname, f.opfname)
                FROM pg_opfamily AS f JOIN pg_namespace AS s ON s.oid = f.opfnamespace
                WHERE f.oid = a.amopsortfamily)
        )), '[]')
        FROM pg_depend AS d
        JOIN pg_amop AS a ON a.oid = d.objid
        JOIN types AS l ON l.oid = a.amoplefttype
        JOIN types AS r ON r.oid = a.amoprighttype
        WHERE d.classid = 'pg_amop'::regclass AND d.refclassid = 'pg_opclass'::regclass
            AND d.refobjid = q.oid
    ) AS operators,
    (
        SELECT coalesce(jsonb_agg(jsonb_build_object(
            'number', a.amprocnum,
            'types', jsonb_build_array(l.found, r.found),
            'name', (
                SELECT jsonb_build_array(s.nspname, p.proname)
                FROM pg_proc AS p JOIN pg_namespace AS s ON s.oid = p.pronamespace
                WHERE p.oid = a.amproc),
            'arguments', (
                SELECT coalesce(jsonb_agg(t.found ORDER BY i.number), '[]')
                FROM pg_proc AS p,
                    unnest(p.proargtypes) WITH ORDINALITY AS i (oid, number)
                JOIN types AS t ON t.oid = i.oid
                WHERE p.oid = a.amproc)
        )), '[]')
        FROM pg_depend AS d
        JOIN pg_amproc AS a ON a.oid = d.objid
        JOIN types AS l ON l.oid = a.amproclefttype
        JOIN types AS r ON r.oid = a.amprocrighttype
        WHERE d.classid = 'pg_amproc'::regclass AND d.refclassid = 'pg_opclass'::regclass
            AND d.refobjid = q.oid
    ) AS functions,
    obj_description(q.oid, 'pg_opclass') AS comment
FROM pg_opclass AS q
JOIN pg_namespace AS n ON n.oid = q.opcnamespace
JOIN pg_am AS m ON m.oid = q.opcmethod
JOIN pg_opfamily AS f ON f.oid = q.opcfamily
JOIN pg_namespace AS s ON s.oid = f.opfnamespace
-- Lower ids are of what initdb makes.
WHERE q.oid >= 16384 AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
    AND NOT EXISTS (
        SELECT FROM pg_depend AS x
        WHERE x.refclassid = 'pg_extension'::regclass AND x.deptype = 'e'
            AND x.classid = 'pg_opclass'::regclass AND x.objid = q.oid
    )
ORDER BY schema, name, method
