-- Which other queries may find something, by their names: one that is not here always may. Most
-- databases have objects of few kinds, and the server plans a query for longer than it looks here.
-- Lower ids are of what initdb makes (manual, "OID Assignment").
WITH relation AS MATERIALIZED (
    SELECT
        coalesce(array_agg(relkind), '{}') AS kinds,
        coalesce(bool_or(has_unlogged), false) AS has_unlogged
    -- Grouped, PostgreSQL hashes them; DISTINCT would sort them all.
    FROM (
        SELECT relkind, bool_or(relpersistence = 'u') AS has_unlogged
        FROM pg_class WHERE oid >= 16384 GROUP BY relkind
    ) AS each
),
type AS MATERIALIZED (
    SELECT
        coalesce(array_agg(typtype), '{}') AS kinds,
        coalesce(bool_or(has_base), false) AS has_base,
        coalesce(bool_or(has_shell), false) AS has_shell
    FROM (
        -- An array type has no array type of its own.
        SELECT typtype, bool_or(typtype = 'b' AND typarray <> 0) AS has_base,
            bool_or(NOT typisdefined) AS has_shell
        FROM pg_type WHERE oid >= 16384 GROUP BY typtype
    ) AS each
),
routine AS MATERIALIZED (
    SELECT coalesce(array_agg(DISTINCT prokind), '{}') AS kinds FROM pg_proc WHERE oid >= 16384
)
SELECT
    'e' = ANY (t.kinds) AS enums,
    t.has_base AS base_types,
    t.has_base OR t.has_shell AS shell_types,
    'c' = ANY (r.kinds) AS composite_types,
    'c' = ANY (r.kinds) AS attributes,
    'r' = ANY (t.kinds) AS range_types,
    'd' = ANY (t.kinds) AS domains,
    EXISTS (SELECT FROM pg_collation WHERE oid >= 16384) AS collations,
    'S' = ANY (r.kinds) AS sequences,
    p.kinds && '{f,w}' AS functions,
    'p' = ANY (p.kinds) AS procedures,
    'a' = ANY (p.kinds) AS aggregates,
    EXISTS (SELECT FROM pg_operator WHERE oid >= 16384) AS operators,
    EXISTS (SELECT FROM pg_opfamily WHERE oid >= 16384) AS operator_families,
    EXISTS (SELECT FROM pg_opclass WHERE oid >= 16384) AS operator_classes,
    EXISTS (SELECT FROM pg_cast WHERE oid >= 16384) AS casts,
    EXISTS (SELECT FROM pg_conversion WHERE oid >= 16384) AS conversions,
    EXISTS (SELECT FROM pg_language WHERE oid >= 16384) AS languages,
    EXISTS (SELECT FROM pg_transform WHERE oid >= 16384) AS transforms,
    EXISTS (SELECT FROM pg_am WHERE oid >= 16384) AS access_methods,
    EXISTS (SELECT FROM pg_ts_parser WHERE oid >= 16384) AS text_search_parsers,
    EXISTS (SELECT FROM pg_ts_template WHERE oid >= 16384) AS text_search_templates,
    EXISTS (SELECT FROM pg_ts_dict WHERE oid >= 16384) AS text_search_dictionaries,
    EXISTS (SELECT FROM pg_ts_config WHERE oid >= 16384) AS text_search_configurations,
    EXISTS (SELECT FROM pg_foreign_data_wrapper WHERE oid >= 16384) AS foreign_data_wrappers,
    EXISTS (SELECT FROM pg_foreign_server WHERE oid >= 16384) AS foreign_servers,
    'f' = ANY (r.kinds) AS foreign_tables,
    'v' = ANY (r.kinds) AS views,
    'm' = ANY (r.kinds) AS materialized_views,
    r.kinds && '{r,p}' AS tables,
    EXISTS (SELECT FROM pg_policy) AS policies,
    EXISTS (SELECT FROM pg_trigger WHERE NOT tgisinternal) AS triggers,
    EXISTS (SELECT FROM pg_rewrite WHERE oid >= 16384 AND rulename <> '_RETURN') AS rules,
    EXISTS (SELECT FROM pg_statistic_ext) AS statistics,
    EXISTS (SELECT FROM pg_event_trigger) AS event_triggers,
    EXISTS (SELECT FROM pg_publication) AS publications,
    EXISTS (SELECT FROM pg_subscription) AS subscriptions,
    EXISTS (SELECT FROM pg_default_acl) AS default_privileges,
    r.kinds && '{r,p,m}' AS columns,
    r.kinds && '{r,p,m}' AS types,
    r.kinds && '{r,p,f}' AS constraints,
    r.kinds && '{i,I}' AS indexes,
    -- What each part of the query begins with; what partitions have, pg_inherits says.
    r.kinds && '{p,m}' OR r.has_unlogged OR EXISTS (SELECT FROM pg_inherits)
        OR EXISTS (
            SELECT FROM pg_description AS e JOIN pg_class AS s ON s.oid = e.objoid AND s.relkind = 'S'
            WHERE e.classoid = 'pg_class'::regclass)
        OR EXISTS (
            -- Only a column that is an expression can have one.
            SELECT FROM pg_index AS i CROSS JOIN LATERAL (
                SELECT FROM pg_attribute AS a
                WHERE a.attrelid = i.indexrelid AND a.attstattarget >= 0 OFFSET 0) AS a
            WHERE i.indexrelid >= 16384 AND i.indexprs IS NOT NULL) AS statements,
    r.kinds && '{p,f}' OR EXISTS (SELECT FROM pg_inherits)
        OR EXISTS (SELECT FROM pg_index WHERE NOT indisvalid)
        OR EXISTS (SELECT FROM pg_trigger WHERE tgisinternal AND tgenabled <> 'O') AS unheld
FROM relation AS r, type AS t, routine AS p
