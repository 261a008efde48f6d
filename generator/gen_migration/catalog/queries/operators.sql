-- Every operator of a user, with the types of its operands, its functions, and the operators that are
-- its commutator and its negator; `is_hidden` where an operator of PostgreSQL's own is called so. Not
-- those of extensions, nor those that are only named by others.
WITH types AS (
    SELECT t.oid, jsonb_build_object(
        'schema', m.nspname,
        'name', coalesce(e.typname, t.typname),
        'type', format_type(t.oid, NULL),
        'is_array', e.oid IS NOT NULL) AS found
    FROM pg_type AS t
    -- An array type is the one that its element type names as its array.
    LEFT JOIN pg_type AS e ON e.oid = t.typelem AND e.typarray = t.oid
    JOIN pg_namespace AS m ON m.oid = coalesce(e.typnamespace, t.typnamespace)
),
functions AS (
    SELECT f.oid, ARRAY[s.nspname, f.proname]::text[] AS found
    FROM pg_proc AS f JOIN pg_namespace AS s ON s.oid = f.pronamespace
),
every AS (
    SELECT o.*, n.nspname, n.nspname <> 'pg_catalog' AND EXISTS (
        SELECT FROM pg_operator AS b
        WHERE b.oprnamespace = 'pg_catalog'::regnamespace AND b.oprname = o.oprname
            AND b.oprleft = o.oprleft AND b.oprright = o.oprright) AS is_hidden
    FROM pg_operator AS o JOIN pg_namespace AS n ON n.oid = o.oprnamespace
)
SELECT
    o.oid,
    o.nspname AS schema,
    o.oprname AS name,
    o.is_hidden,
    (
        SELECT jsonb_agg(t.found ORDER BY i.number)
        FROM unnest(ARRAY[o.oprleft, o.oprright]) WITH ORDINALITY AS i (oid, number)
        JOIN types AS t ON t.oid = i.oid
    ) AS arguments,
    (SELECT found FROM functions WHERE oid = o.oprcode) AS function,
    (SELECT found FROM functions WHERE oid = o.oprrest) AS restrict,
    (SELECT found FROM functions WHERE oid = o.oprjoin) AS join,
    (SELECT jsonb_build_array(x.nspname, x.oprname, x.is_hidden) FROM every AS x WHERE x.oid = o.oprcom)
        AS commutator,
    (SELECT jsonb_build_array(x.nspname, x.oprname, x.is_hidden) FROM every AS x WHERE x.oid = o.oprnegate)
        AS negator,
    o.oprcanhash AS hashes,
    o.oprcanmerge AS merges,
    obj_description(o.oid, 'pg_operator') AS comment
FROM every AS o
-- Lower ids are of what initdb makes.
WHERE o.oid >= 16384 AND o.oprcode <> 0
    AND o.nspname !~ '^pg_' AND o.nspname <> 'information_schema'
    AND NOT EXISTS (
        SELECT FROM pg_depend AS x
        WHERE x.refclassid = 'pg_extension'::regclass AND x.deptype = 'e'
            AND x.classid = 'pg_operator'::regclass AND x.objid = o.oid
    )
ORDER BY schema, name, arguments
