-- Tables of the name that Alembic gives to its own, the visible one first.
SELECT n.nspname, c.relname, pg_table_is_visible(c.oid) AS visible
FROM pg_class c
JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE c.relname = 'alembic_version' AND c.relkind IN ('r', 'p')
ORDER BY visible DESC, n.nspname
