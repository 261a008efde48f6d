-- Every index of a user's table, those of constraints too; one row for each of its columns.
-- `position` counts from 1; what comes after `key_columns` is INCLUDEd. An operator class, and a
-- collation, count where they are not the standard ones, as in pg_get_indexdef. `definition` is
-- all of an index that has expressions, at its first column.
SELECT
    i.indexrelid AS oid,
    i.indrelid AS table_oid,
    n.nspname AS schema,
    x.relname AS name,
    k AS position,
    i.indnkeyatts AS key_columns,
    a.attname AS column,
    CASE WHEN i.indexprs IS NOT NULL AND k = 1 THEN pg_get_indexdef(i.indexrelid) END AS definition,
    i.indoption[k - 1] & 1 = 1 AS descending,
    i.indoption[k - 1] & 2 = 2 AS nulls_first,
    CASE
        WHEN q.opcdefault AND (
            q.opcintype = coalesce(a.atttypid, ia.atttypid) OR NOT EXISTS (
                SELECT FROM pg_opclass AS other
                WHERE other.opcmethod = q.opcmethod AND other.opcdefault
                    AND other.opcintype = coalesce(a.atttypid, ia.atttypid)
            )
        ) AND ia.attoptions IS NULL THEN NULL
        ELSE ARRAY[CASE WHEN pg_opclass_is_visible(q.oid) THEN NULL ELSE qn.nspname END, q.opcname]
    END::text[] AS opclass,
    ia.attoptions AS opclass_parameters,
    CASE WHEN i.indcollation[k - 1] <> coalesce(a.attcollation, ia.attcollation) THEN
        ARRAY[CASE WHEN pg_collation_is_visible(l.oid) THEN NULL ELSE ln.nspname END, l.collname]
    END::text[] AS collation,
    i.indisunique AS unique,
    coalesce((to_jsonb(i) ->> 'indnullsnotdistinct')::boolean, false) AS nulls_not_distinct,
    m.amname AS method,
    pg_get_expr(i.indpred, i.indrelid) AS where,
    x.reloptions AS parameters,
    s.spcname AS tablespace,
    obj_description(x.oid, 'pg_class') AS comment,
    x.relispartition AS inherited,
    i.indisvalid AS valid
FROM pg_index AS i
JOIN pg_class AS x ON x.oid = i.indexrelid
JOIN pg_namespace AS n ON n.oid = x.relnamespace
JOIN pg_am AS m ON m.oid = x.relam
LEFT JOIN pg_tablespace AS s ON s.oid = x.reltablespace
CROSS JOIN LATERAL generate_series(1, i.indnatts::integer) AS k
JOIN pg_attribute AS ia ON ia.attrelid = i.indexrelid AND ia.attnum = k
LEFT JOIN pg_attribute AS a
    ON a.attrelid = i.indrelid AND a.attnum = i.indkey[k - 1] AND i.indkey[k - 1] <> 0
LEFT JOIN pg_opclass AS q ON q.oid = i.indclass[k - 1] AND k <= i.indnkeyatts
LEFT JOIN pg_namespace AS qn ON qn.oid = q.opcnamespace
LEFT JOIN pg_collation AS l ON l.oid = i.indcollation[k - 1]
LEFT JOIN pg_namespace AS ln ON ln.oid = l.collnamespace
WHERE n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
ORDER BY schema, name, position
