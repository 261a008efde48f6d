-- Every column of a user's table, in physical order. Its type is a row of `types.sql`.
SELECT
    a.attrelid AS table_oid,
    a.attnum AS number,
    a.attname AS name,
    k.conname AS not_null_name,
    k.connoinherit AS not_null_no_inherit,
    -- What comes with partitions, or from a parent, is not put off alone.
    NOT k.convalidated AND k.coninhcount = 0 AND c.relkind = 'r' AS not_null_not_valid,
    CASE WHEN k.conislocal THEN f.description END AS not_null_comment,
    a.attislocal AS local,
    k.conislocal AS not_null_local,
    -- What follows makes two columns alike, whatever they are called.
    a.atttypid AS type_oid,
    a.atttypmod AS modifier,
    a.attnotnull AS not_null,
    -- A default names no column, so PostgreSQL need not open its table to print it.
    pg_get_expr(d.adbin, CASE WHEN a.attgenerated = '' THEN 0 ELSE d.adrelid END) AS expression,
    a.attgenerated::text AS generated,
    a.attidentity::text AS identity,
    a.attcollation AS collation_oid,
    a.attstorage::text AS storage,
    a.attcompression::text AS compression,
    -- "None" is -1 before PostgreSQL 17 and NULL from then on.
    CASE WHEN a.attstattarget >= 0 THEN a.attstattarget END AS statistics_target,
    array_to_string(a.attoptions, ',') AS options,
    e.description AS comment
FROM pg_attribute AS a
JOIN pg_class AS c ON c.oid = a.attrelid
JOIN pg_namespace AS n ON n.oid = c.relnamespace
-- From PostgreSQL 18 on, NOT NULL is a constraint.
LEFT JOIN pg_constraint AS k
    ON k.conrelid = a.attrelid AND k.contype = 'n' AND k.conkey[1] = a.attnum
LEFT JOIN pg_description AS f
    ON f.classoid = 'pg_constraint'::regclass AND f.objoid = k.oid AND f.objsubid = 0
LEFT JOIN pg_attrdef AS d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
LEFT JOIN pg_description AS e
    ON e.classoid = 'pg_class'::regclass AND e.objoid = a.attrelid AND e.objsubid = a.attnum
WHERE c.relkind IN ('r', 'p', 'm') AND a.attnum > 0 AND NOT a.attisdropped
    AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
ORDER BY a.attrelid, a.attnum
