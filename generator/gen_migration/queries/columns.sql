-- Every column of a user's table, in physical order. `base` is the type without modifiers, as
-- casts in expressions spell it. A collation counts where it is not the type's own, storage
-- where it is not the type's own.
SELECT
    a.attrelid AS table_oid,
    a.attnum AS number,
    a.attname AS name,
    format_type(a.atttypid, a.atttypmod) AS type,
    format_type(a.atttypid, -1) AS base,
    CASE WHEN e.oid IS NULL THEN t.typname ELSE e.typname END AS type_name,
    CASE WHEN e.oid IS NULL THEN tn.nspname ELSE en.nspname END AS type_schema,
    e.oid IS NOT NULL AS is_array,
    a.attnotnull AS not_null,
    k.conname AS not_null_name,
    pg_get_expr(d.adbin, d.adrelid) AS expression,
    a.attgenerated::text AS generated,
    a.attidentity::text AS identity,
    CASE WHEN a.attcollation <> t.typcollation AND l.oid IS NOT NULL THEN
        ARRAY[CASE WHEN pg_collation_is_visible(l.oid) THEN NULL ELSE ln.nspname END, l.collname]
    END::text[] AS collation,
    CASE WHEN a.attstorage <> t.typstorage THEN a.attstorage::text END AS storage,
    nullif(a.attcompression::text, '') AS compression,
    col_description(a.attrelid, a.attnum) AS comment
FROM pg_attribute AS a
JOIN pg_class AS c ON c.oid = a.attrelid
JOIN pg_namespace AS n ON n.oid = c.relnamespace
JOIN pg_type AS t ON t.oid = a.atttypid
JOIN pg_namespace AS tn ON tn.oid = t.typnamespace
-- An array type is the one that its element type names as its array.
LEFT JOIN pg_type AS e ON e.oid = t.typelem AND e.typarray = t.oid
LEFT JOIN pg_namespace AS en ON en.oid = e.typnamespace
-- From PostgreSQL 18 on, NOT NULL is a constraint.
LEFT JOIN pg_constraint AS k
    ON k.conrelid = a.attrelid AND k.contype = 'n' AND k.conkey[1] = a.attnum
LEFT JOIN pg_attrdef AS d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
LEFT JOIN pg_collation AS l ON l.oid = a.attcollation
LEFT JOIN pg_namespace AS ln ON ln.oid = l.collnamespace
WHERE c.relkind IN ('r', 'p') AND a.attnum > 0 AND NOT a.attisdropped
    AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
ORDER BY a.attrelid, a.attnum
