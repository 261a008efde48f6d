-- Constraints of tables that hold for new rows alone. One that is not enforced (since 18) is
-- never validated.
SELECT
    CASE WHEN n.nspname = current_schema() THEN NULL ELSE n.nspname END AS schema,
    t.relname AS relation,
    k.conname AS name
FROM pg_constraint k
JOIN pg_class t ON t.oid = k.conrelid
JOIN pg_namespace n ON n.oid = t.relnamespace
WHERE NOT k.convalidated AND k.contype IN ('c', 'f')
    AND coalesce((to_jsonb(k) ->> 'conenforced')::boolean, true)
ORDER BY n.nspname, t.relname, k.conname
