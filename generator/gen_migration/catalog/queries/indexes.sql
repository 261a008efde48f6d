-- Every index of a user's table, those of constraints too. `columns` are the numbers of its
-- columns, first `key_columns` of the key, then those that are INCLUDEd; `options`, `opclasses`
-- and `collations` belong to those of the key; all four as text, `1 2`. `definition` is all of an
-- index that has expressions. Parameters of operator classes are lists of `name=value`, by their
-- position. `parent_oid` is the index of the table above that it is a partition's part of.
SELECT
    i.indexrelid AS oid,
    i.indrelid AS table_oid,
    x.relname AS name,
    i.indnkeyatts AS key_columns,
    i.indkey::text AS columns,
    i.indoption::text AS options,
    i.indclass::text AS opclasses,
    i.indcollation::text AS collations,
    p.parameters AS opclass_parameters,
    CASE WHEN i.indexprs IS NOT NULL THEN pg_get_indexdef(i.indexrelid) END AS definition,
    i.indisunique AS unique,
    i.indnullsnotdistinct AS nulls_not_distinct,
    m.amname AS method,
    pg_get_expr(i.indpred, i.indrelid) AS where,
    x.reloptions AS parameters,
    s.spcname AS tablespace,
    e.description AS comment,
    x.relispartition AS inherited,
    h.inhparent AS parent_oid,
    i.indisvalid AS valid
FROM pg_index AS i
JOIN pg_class AS x ON x.oid = i.indexrelid
JOIN pg_namespace AS n ON n.oid = x.relnamespace
JOIN pg_am AS m ON m.oid = x.relam
LEFT JOIN pg_inherits AS h ON h.inhrelid = x.oid
LEFT JOIN pg_tablespace AS s ON s.oid = x.reltablespace
LEFT JOIN (
    SELECT a.attrelid AS oid, jsonb_object_agg(a.attnum, a.attoptions) AS parameters
    FROM pg_attribute AS a WHERE a.attoptions IS NOT NULL GROUP BY a.attrelid
) AS p ON p.oid = i.indexrelid
LEFT JOIN pg_description AS e
    ON e.classoid = 'pg_class'::regclass AND e.objoid = x.oid AND e.objsubid = 0
WHERE n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
ORDER BY n.nspname, x.relname
