-- range_types
-- Every range type of a user: its subtype, and what is not that of the subtype.
SELECT
    t.oid,
    n.nspname AS schema,
    t.typname AS name,
    format_type(b.oid, NULL) AS type,
    coalesce(e.typname, b.typname) AS type_name,
    m.nspname AS type_schema,
    e.oid IS NOT NULL AS is_array,
    CASE WHEN NOT q.opcdefault THEN q.opcname END AS opclass,
    CASE WHEN NOT pg_opclass_is_visible(q.oid) THEN qn.nspname END AS opclass_schema,
    CASE WHEN r.rngcollation <> b.typcollation THEN l.collname END AS collation,
    CASE WHEN NOT pg_collation_is_visible(l.oid) THEN ln.nspname END AS collation_schema,
    f.proname AS difference,
    CASE WHEN NOT pg_function_is_visible(f.oid) THEN fn.nspname END AS difference_schema,
    u.typname AS multirange,
    un.nspname AS multirange_schema,
    r.rngcanonical <> 0 AS has_canonical,
    obj_description(t.oid, 'pg_type') AS comment
FROM pg_range AS r
JOIN pg_type AS t ON t.oid = r.rngtypid
JOIN pg_namespace AS n ON n.oid = t.typnamespace
JOIN pg_type AS b ON b.oid = r.rngsubtype
-- An array type is the one that its element type names as its array.
LEFT JOIN pg_type AS e ON e.oid = b.typelem AND e.typarray = b.oid
JOIN pg_namespace AS m ON m.oid = coalesce(e.typnamespace, b.typnamespace)
JOIN pg_opclass AS q ON q.oid = r.rngsubopc
JOIN pg_namespace AS qn ON qn.oid = q.opcnamespace
JOIN pg_type AS u ON u.oid = r.rngmultitypid
JOIN pg_namespace AS un ON un.oid = u.typnamespace
LEFT JOIN pg_collation AS l ON l.oid = r.rngcollation
LEFT JOIN pg_namespace AS ln ON ln.oid = l.collnamespace
LEFT JOIN pg_proc AS f ON f.oid = r.rngsubdiff
LEFT JOIN pg_namespace AS fn ON fn.oid = f.pronamespace
WHERE n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
    AND NOT EXISTS (
        SELECT FROM pg_depend AS x
        WHERE x.refclassid = 'pg_extension'::regclass AND x.deptype = 'e'
            AND x.classid = 'pg_type'::regclass AND x.objid = t.oid
    )
ORDER BY schema, name
