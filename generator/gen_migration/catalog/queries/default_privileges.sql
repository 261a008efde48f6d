-- What is granted on objects that are created later. The role is NULL where it is the one that asks;
-- of a database of our own, all roles may create in what it makes (`scratch/roles.py`).
SELECT
    CASE WHEN a.defaclrole <> current_user::regrole THEN pg_get_userbyid(a.defaclrole)::text END
        AS role,
    n.nspname AS schema,
    a.defaclobjtype::text AS objects,
    (
        SELECT coalesce(jsonb_agg(jsonb_build_object(
            'grantee', CASE WHEN x.grantee <> 0 THEN pg_get_userbyid(x.grantee)::text END,
            'is_owner', x.grantee = a.defaclrole,
            'privilege', lower(x.privilege_type),
            'grantable', x.is_grantable)), '[]')
        FROM aclexplode(a.defaclacl) AS x
        WHERE NOT (a.defaclobjtype = 'n' AND x.grantee = 0 AND x.privilege_type = 'CREATE'
            AND current_user ~ '^gm_[0-9]+_')
    ) AS rights,
    NULL::text AS comment
FROM pg_default_acl AS a
LEFT JOIN pg_namespace AS n ON n.oid = a.defaclnamespace
ORDER BY role, schema, objects
