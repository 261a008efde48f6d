-- How far steps are whose traces the catalog has, in the order in which they are asked about.
SELECT
    coalesce(
        CASE asked.trace
            WHEN 'index' THEN (
                SELECT CASE WHEN i.indisvalid THEN 'done' ELSE 'half' END
                FROM pg_index i
                JOIN pg_class c ON c.oid = i.indexrelid
                WHERE i.indrelid = t.oid AND c.relname = asked.name
            )
            WHEN 'constraint' THEN (
                SELECT 'done' FROM pg_constraint k WHERE k.conrelid = t.oid AND k.conname = asked.name
            )
            WHEN 'table' THEN (SELECT 'done' WHERE t.oid IS NOT NULL)
            WHEN 'column' THEN (
                SELECT 'done'
                FROM pg_attribute a
                WHERE a.attrelid = t.oid AND a.attname = asked.name AND NOT a.attisdropped
            )
        END,
        'absent'
    ) AS found
FROM unnest(%(traces)s::text[], %(tables)s::text[], %(names)s::text[])
    WITH ORDINALITY AS asked (trace, relation, name, number)
CROSS JOIN LATERAL (SELECT to_regclass(asked.relation)::oid AS oid) AS t
ORDER BY asked.number
