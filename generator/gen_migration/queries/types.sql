-- Every type that a column of a user's table has, with its modifier. `base` is the type without
-- modifiers, as casts in expressions spell it.
SELECT
    u.oid,
    u.modifier,
    format_type(u.oid, u.modifier) AS type,
    format_type(u.oid, -1) AS base,
    CASE WHEN e.oid IS NULL THEN t.typname ELSE e.typname END AS name,
    CASE WHEN e.oid IS NULL THEN tn.nspname ELSE en.nspname END AS schema,
    e.oid IS NOT NULL AS is_array,
    t.typcollation AS collation_oid,
    t.typstorage::text AS storage
FROM (
    SELECT DISTINCT a.atttypid AS oid, a.atttypmod AS modifier
    FROM pg_attribute AS a
    JOIN pg_class AS c ON c.oid = a.attrelid
    JOIN pg_namespace AS n ON n.oid = c.relnamespace
    WHERE c.relkind IN ('r', 'p') AND a.attnum > 0 AND NOT a.attisdropped
        AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
) AS u
JOIN pg_type AS t ON t.oid = u.oid
JOIN pg_namespace AS tn ON tn.oid = t.typnamespace
-- An array type is the one that its element type names as its array.
LEFT JOIN pg_type AS e ON e.oid = t.typelem AND e.typarray = t.oid
LEFT JOIN pg_namespace AS en ON en.oid = e.typnamespace
