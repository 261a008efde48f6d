-- statements
-- What no kind holds, and what creates and drops it again; `after` is what it comes after.
SELECT
    NULL::text AS name,
    NULL::text[] AS "create",
    NULL::text[] AS drop,
    NULL::text[] AS after,
    NULL::text AS comment
WHERE false
