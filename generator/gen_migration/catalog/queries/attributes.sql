-- attributes
-- Every attribute of a composite type, in its order; the collation where it is not the type's.
SELECT
    a.attrelid AS of,
    a.attname AS name,
    format_type(a.atttypid, a.atttypmod) AS type,
    coalesce(e.typname, t.typname) AS type_name,
    m.nspname AS type_schema,
    e.oid IS NOT NULL AS is_array,
    CASE WHEN a.attcollation <> t.typcollation THEN l.collname END AS collation,
    CASE WHEN NOT pg_collation_is_visible(l.oid) THEN ln.nspname END AS collation_schema,
    col_description(a.attrelid, a.attnum) AS comment
FROM pg_attribute AS a
JOIN pg_class AS c ON c.oid = a.attrelid
JOIN pg_type AS t ON t.oid = a.atttypid
-- An array type is the one that its element type names as its array.
LEFT JOIN pg_type AS e ON e.oid = t.typelem AND e.typarray = t.oid
JOIN pg_namespace AS m ON m.oid = coalesce(e.typnamespace, t.typnamespace)
LEFT JOIN pg_collation AS l ON l.oid = a.attcollation
LEFT JOIN pg_namespace AS ln ON ln.oid = l.collnamespace
WHERE c.relkind = 'c' AND a.attnum > 0 AND NOT a.attisdropped
ORDER BY a.attrelid, a.attnum
