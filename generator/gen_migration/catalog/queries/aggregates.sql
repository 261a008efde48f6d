-- Every aggregate of a user, with the types, names and modes of its arguments, and its functions by
-- schema and name. Not those of extensions.
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
)
SELECT
    p.oid,
    n.nspname AS schema,
    p.proname AS name,
    a.aggkind AS kind,
    a.aggnumdirectargs AS direct,
    g.arguments,
    p.proargnames::text[] AS names,
    p.proargmodes::text[] AS modes,
    p.proparallel AS parallel,
    (SELECT found FROM types WHERE oid = a.aggtranstype) AS stype,
    (SELECT found FROM types WHERE oid = a.aggmtranstype) AS mstype,
    a.aggtransspace AS sspace,
    a.aggmtransspace AS msspace,
    (SELECT found FROM functions WHERE oid = a.aggtransfn) AS sfunc,
    (SELECT found FROM functions WHERE oid = a.aggfinalfn) AS finalfunc,
    (SELECT found FROM functions WHERE oid = a.aggcombinefn) AS combinefunc,
    (SELECT found FROM functions WHERE oid = a.aggserialfn) AS serialfunc,
    (SELECT found FROM functions WHERE oid = a.aggdeserialfn) AS deserialfunc,
    (SELECT found FROM functions WHERE oid = a.aggmtransfn) AS msfunc,
    (SELECT found FROM functions WHERE oid = a.aggminvtransfn) AS minvfunc,
    (SELECT found FROM functions WHERE oid = a.aggmfinalfn) AS mfinalfunc,
    a.aggfinalextra AS finalfunc_extra,
    a.aggmfinalextra AS mfinalfunc_extra,
    a.aggfinalmodify AS finalfunc_modify,
    a.aggmfinalmodify AS mfinalfunc_modify,
    a.agginitval AS initcond,
    a.aggminitval AS minitcond,
    (
        SELECT jsonb_build_array(s.nspname, o.oprname, EXISTS (
            SELECT FROM pg_operator AS b
            WHERE b.oprnamespace = 'pg_catalog'::regnamespace AND b.oprname = o.oprname
                AND b.oprleft = o.oprleft AND b.oprright = o.oprright))
        FROM pg_operator AS o JOIN pg_namespace AS s ON s.oid = o.oprnamespace
        WHERE o.oid = a.aggsortop
    ) AS sortop,
    obj_description(p.oid, 'pg_proc') AS comment
FROM pg_aggregate AS a
JOIN pg_proc AS p ON p.oid = a.aggfnoid
JOIN pg_namespace AS n ON n.oid = p.pronamespace
CROSS JOIN LATERAL (
    SELECT coalesce(jsonb_agg(t.found ORDER BY i.number), '[]') AS arguments
    FROM unnest(p.proargtypes) WITH ORDINALITY AS i (oid, number)
    JOIN types AS t ON t.oid = i.oid
) AS g
-- Lower ids are of what initdb makes.
WHERE p.oid >= 16384 AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
    AND NOT EXISTS (
        SELECT FROM pg_depend AS x
        WHERE x.refclassid = 'pg_extension'::regclass AND x.deptype = 'e'
            AND x.classid = 'pg_proc'::regclass AND x.objid = p.oid
    )
ORDER BY schema, name, arguments
