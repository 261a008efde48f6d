"""What the catalogs hold of owners and grants, and what they should: a part of `catalog`.

Told is what is not as PostgreSQL makes it by itself; an object is called as PostgreSQL prints it.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from present import Query, made

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from gen_migration.model.schema import Schema

# Of the routines and types, which are most of all, those that no initdb has made (manual, "OID
# Assignment"); before they are called by their names.
HELD = """
    SELECT c.oid::regclass::text AS name, c.relowner AS owner, c.relacl AS acl,
        CASE c.relkind WHEN 'S' THEN 's' ELSE 'r' END AS type, c.relnamespace AS namespace,
        CASE c.relkind WHEN 'S' THEN 'sequence' ELSE 'relation' END AS word, c.oid AS relation
    FROM pg_class AS c WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f', 'S') AND c.oid >= 16384
    UNION ALL
    SELECT p.oid::regprocedure::text, p.proowner, p.proacl, 'f', p.pronamespace, 'routine', 0
    FROM pg_proc AS p WHERE p.oid >= 16384
    UNION ALL
    SELECT t.oid::regtype::text, t.typowner, t.typacl, 'T', t.typnamespace, 'type', 0
    FROM pg_type AS t LEFT JOIN pg_class AS c ON c.oid = t.typrelid
    WHERE t.oid >= 16384 AND (t.typtype IN ('d', 'e', 'r') OR c.relkind = 'c')
    UNION ALL
    SELECT n.nspname, n.nspowner, n.nspacl, 'n', n.oid, 'schema', 0 FROM pg_namespace AS n
"""
# Rights on a schema that initdb has given are not told, unless they are others.
FACTS = f"""
WITH held AS ({HELD}),
mine AS (
    SELECT held.*, pg_get_userbyid(owner) AS role FROM held
    JOIN pg_namespace AS n ON n.oid = namespace
    WHERE n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
),
rights AS (
    SELECT word, name, owner, role, type, x.*, NULL::text AS column
    FROM mine
    LEFT JOIN LATERAL aclexplode(coalesce(acl, acldefault(type::"char", owner))) AS x ON true
    UNION ALL
    SELECT word, name, owner, role, type, x.*, a.attname
    FROM mine JOIN pg_attribute AS a ON a.attrelid = relation AND a.attacl IS NOT NULL
    CROSS JOIN aclexplode(a.attacl) AS x
)
SELECT word, name, role, array_agg(CASE WHEN grantor IS NOT NULL THEN
    concat_ws(' ', lower(privilege_type), '(' || "column" || ')', 'to',
    CASE WHEN grantee = 0 THEN 'public' ELSE pg_get_userbyid(grantee)::text END,
    CASE WHEN is_grantable AND grantee <> owner THEN '*' END) END)
FROM rights GROUP BY word, name, role
"""
FOLLOWERS = """
    SELECT objid::regclass::text FROM pg_depend
    WHERE classid = 'pg_class'::regclass AND refclassid = classid
        AND refobjsubid > 0 AND deptype IN ('a', 'i')
"""
# What has an owner, and no grants.
OWNERS = """
    SELECT word, name, pg_get_userbyid(owner) FROM (
        SELECT 'statistics', stxname::text, stxowner, stxnamespace FROM pg_statistic_ext
        UNION ALL
        SELECT 'collation', collname, collowner, collnamespace FROM pg_collation
        UNION ALL
        SELECT 'event trigger', evtname, evtowner, to_regnamespace('public') FROM pg_event_trigger
    ) AS found (word, name, owner, namespace)
    JOIN pg_namespace AS n ON n.oid = namespace
    WHERE n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
"""
# What is given to objects to come; all that roles may do on those of others' databases is not told.
DEFAULTS = """
    SELECT concat_ws(' ', a.defaclobjtype, n.nspname, CASE WHEN a.defaclrole
            <> current_user::regrole THEN pg_get_userbyid(a.defaclrole)::text END),
        ARRAY(SELECT concat_ws(' ', lower(privilege_type), 'to', CASE WHEN grantee = 0
            THEN 'public' ELSE pg_get_userbyid(grantee)::text END, CASE WHEN is_grantable
            AND grantee <> a.defaclrole THEN '*' END) FROM aclexplode(a.defaclacl)
        WHERE grantee <> a.defaclrole AND NOT (
            a.defaclobjtype = 'n' AND grantee = 0 AND privilege_type = 'CREATE') ORDER BY 1)
    FROM pg_default_acl AS a LEFT JOIN pg_namespace AS n ON n.oid = a.defaclnamespace
"""
QUERIES = {
    "access": Query("pg_namespace", FACTS),
    "default privileges": Query("pg_default_acl", DEFAULTS),
    "owner": Query(
        f"""(SELECT FROM pg_statistic_ext UNION ALL SELECT FROM pg_event_trigger
            UNION ALL SELECT FROM {made("pg_collation")}) AS found""",
        OWNERS,
    ),
}
LETTERS = {
    "tables": ("r", "relation"),
    "sequences": ("S", "sequence"),
    "functions": ("f", "routine"),
    "types": ("T", "type"),
    "schemas": ("n", "schema"),
}
DEFAULT = {
    "routine": {"execute to public"},
    "type": {"usage to public"},
}
OWN = {
    "routine": ("execute",),
    "type": ("usage",),
    "sequence": ("select", "update", "usage"),
    "schema": ("create", "usage"),
    "relation": (
        *("select", "insert", "update", "delete"),
        *("truncate", "references", "trigger"),
    ),
}
WORDS = {
    "function": ("routine", "regprocedure"),
    "procedure": ("routine", "regprocedure"),
    "aggregate": ("routine", "regprocedure"),
    "sequence": ("sequence", "regclass"),
    "enum": ("type", "regtype"),
    "domain": ("type", "regtype"),
    "composite type": ("type", "regtype"),
    "range type": ("type", "regtype"),
    "table": ("relation", "regclass"),
    "view": ("relation", "regclass"),
    "materialized view": ("relation", "regclass"),
    "foreign table": ("relation", "regclass"),
}


def of_owner(word: str, version: int) -> tuple[str, ...]:
    return OWN[word] + (("maintain",) if word == "relation" and version >= 17 else ())


def facts(connection: Any, asked: Collection[str]) -> dict[str, Any]:
    """Return who has other rights than by default, and who but this role owns something."""
    version = connection.info.server_version // 10_000
    found = {}
    rows = {
        word: connection.execute(query.sql).fetchall() if word in asked else []
        for word, query in QUERIES.items()
    }
    strangers = {role for *_, role, _ in rows["access"]} - own_roles(connection)
    # What belongs to a column has the owner of its table.
    followers = (
        {name for (name,) in connection.execute(FOLLOWERS)} if strangers else set()
    )
    for word, name, role, rights in rows["access"]:
        own = {f"{one} to {role}" for one in of_owner(word, version)}
        initial = DEFAULT.get(word, set()) | own
        if word == "schema" and name == "public":
            initial |= {"usage to public"}
        # See `scratch.roles`.
        ours = {"create to public"} if word == "schema" else set()
        held = {one for one in rights if one} - ours
        if (rest := sorted(initial ^ held)) != []:
            found[f"access {word} {name}"] = {
                "taken": [one for one in rest if one in initial],
                "given": [one for one in rest if one not in initial],
            }
        if role in strangers and name not in followers:
            found[f"owner {word} {name}"] = {"owner": role}
    for place, rights in rows["default privileges"]:
        if rights or not place.startswith("n"):
            found[f"default privileges {place}"] = {"given": rights}
    for word, name, role in rows["owner"]:
        if role not in own_roles(connection):
            found[f"owner {word} {name}"] = {"owner": role}
    return found


def own_roles(connection: Any) -> set[str]:
    """Return this role, and those that own what initdb has made."""
    return {connection.info.user, "pg_database_owner", "postgres"}


def called(word: str, name: Any, connection: Any) -> tuple[str, str]:
    if word == "schema":
        return "schema", name
    if word not in WORDS:
        return word, getattr(name, "name", name)
    kind, cast = WORDS[word]
    spelled = name.sql
    if cast == "regprocedure":
        types = ", ".join(one.sql for one in name.arguments)
        # Without it, one of PostgreSQL's own may be called so.
        place = name.called._replace(schema=name.schema or "public")
        spelled = f"{place.sql}({types})"
    row = connection.execute(f"SELECT %s::{cast}::text", [spelled]).fetchone()
    return kind, row[0]


def expected_access(schema: Schema, connection: Any) -> dict[str, Any]:
    """Return what `facts` gives of a schema that was built."""
    version = connection.info.server_version // 10_000
    found = {}
    for name, value in schema.of("default privileges").items():
        match = re.fullmatch(r"(\w+)(?: in schema (\w+))?(?: for role (\w+))?", name)
        assert match is not None
        letter, kind = LETTERS[match[1]]
        place = " ".join(filter(None, (letter, *match.groups()[1:])))
        rights = {*of_grants(kind, value.given, version)}
        if match[2] is None and "public" not in value.given:
            rights |= DEFAULT.get(kind, set())
        found[f"default privileges {place}"] = {"given": sorted(rights)}
    for word, objects in (("table", schema.tables), *schema.objects.items()):
        for key, value in objects.items():
            grants = getattr(value, "grants", None)
            owner = getattr(value, "owner", None)
            if grants is None and owner is None:
                continue
            kind, name = called(word, key, connection)
            if owner is not None and getattr(value, "owned_by", None) is None:
                found[f"owner {kind} {name}"] = {"owner": owner}
            if not grants:
                continue
            initial = set(DEFAULT.get(kind, ()))
            if kind == "schema" and name == "public":
                initial = {"usage to public"}
            if owner in grants:
                initial |= {f"{one} to {owner}" for one in of_owner(kind, version)}
            rights = {*of_grants(kind, grants, version)}
            taken = {one for one in initial if one.split(" to ")[1] in grants} - rights
            found[f"access {kind} {name}"] = {
                "taken": sorted(taken),
                "given": sorted(rights - initial),
            }
    return found


def of_grants(kind: str, grants: Any, version: int) -> Iterator[str]:
    for role, held in grants.items():
        whole = held.get(("all", None))
        every = dict(held)
        if whole is not None:
            del every["all", None]
            for one in of_owner(kind, version):
                every[one, None] = every.get((one, None), False) or whole
        for (word, column), option in every.items():
            at = f" ({column})" if column else ""
            yield f"{word}{at} to {role}{' *' if option else ''}"
