-- Every operator class, without its schema where the search path finds it, and which type it is
-- for; `standard` where an index of that type has it unless told otherwise.
SELECT
    q.oid,
    CASE WHEN NOT pg_opclass_is_visible(q.oid) THEN n.nspname END AS schema,
    q.opcname AS name,
    q.opcmethod AS method_oid,
    q.opcintype AS type_oid,
    q.opcdefault AS standard
FROM pg_opclass AS q
JOIN pg_namespace AS n ON n.oid = q.opcnamespace
