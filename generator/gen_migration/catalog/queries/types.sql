-- Every type that a column has, with its modifier; which those are, `columns.sql` has said. `base`
-- is the type without modifiers, as casts in expressions spell it.
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
FROM unnest(%s::oid[], %s::integer[]) AS u (oid, modifier)
JOIN pg_type AS t ON t.oid = u.oid
JOIN pg_namespace AS tn ON tn.oid = t.typnamespace
-- An array type is the one that its element type names as its array.
LEFT JOIN pg_type AS e ON e.oid = t.typelem AND e.typarray = t.oid
LEFT JOIN pg_namespace AS en ON en.oid = e.typnamespace
