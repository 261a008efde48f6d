"""What the catalogs hold of policies and triggers, and what makes them: a part of `catalog`."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from present import Query, made

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from gen_migration.model.schema import Schema
    from gen_migration.postgres.names import Name

MINE = "n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'"
# `place` is the schema, so that what PostgreSQL prints may be told from it.
POLICIES = f"""
    SELECT 'policy' AS word, n.nspname AS place, c.relname || '.' || p.polname AS name,
        jsonb_build_object(
            'command', p.polcmd, 'permissive', p.polpermissive,
            'roles', (SELECT jsonb_agg(CASE WHEN r.rolname = current_user THEN 'current_user'
                    ELSE coalesce(r.rolname, 'public') END ORDER BY r.rolname)
                FROM unnest(p.polroles) AS x (oid) LEFT JOIN pg_roles AS r ON r.oid = x.oid),
            'using', pg_get_expr(p.polqual, p.polrelid),
            'with_check', pg_get_expr(p.polwithcheck, p.polrelid),
            'comment', obj_description(p.oid, 'pg_policy')) AS fact
    FROM pg_policy AS p JOIN pg_class AS c ON c.oid = p.polrelid
    JOIN pg_namespace AS n ON n.oid = c.relnamespace WHERE {MINE}
"""
TRIGGERS = f"""
    SELECT 'trigger' AS word, n.nspname AS place, c.relname || '.' || g.tgname AS name,
        jsonb_build_object(
            'definition', replace(
                pg_get_triggerdef(g.oid), ' ON ' || quote_ident(n.nspname) || '.', ' ON '),
            'state', g.tgenabled, 'comment', obj_description(g.oid, 'pg_trigger')) AS fact
    FROM pg_trigger AS g JOIN pg_class AS c ON c.oid = g.tgrelid
    JOIN pg_namespace AS n ON n.oid = c.relnamespace
    WHERE {MINE} AND NOT g.tgisinternal AND g.tgparentid = 0
"""
RULES = f"""
    SELECT 'rule' AS word, n.nspname AS place, c.relname || '.' || r.rulename AS name,
        jsonb_build_object(
            'definition', replace(
                pg_get_ruledef(r.oid), ' TO ' || quote_ident(n.nspname) || '.', ' TO '),
            'state', r.ev_enabled, 'comment', obj_description(r.oid, 'pg_rewrite')) AS fact
    FROM pg_rewrite AS r JOIN pg_class AS c ON c.oid = r.ev_class
    JOIN pg_namespace AS n ON n.oid = c.relnamespace
    WHERE {MINE} AND r.rulename <> '_RETURN'
"""
# A name that the column has without it, which PostgreSQL prints once it has read its own words.
IMPLIED = re.compile(r"('(?:[^']|'')*'::(\w+)) AS \2\b")
WORDS = {"current_user", "public", "session_user", "current_role"}
STATES = {
    "disabled": "DISABLE",
    "replica": "ENABLE REPLICA",
    "always": "ENABLE ALWAYS",
}


QUERIES = {
    "policy": Query("pg_policy", POLICIES),
    "trigger": Query("pg_trigger WHERE NOT tgisinternal", TRIGGERS),
    "rule": Query(f"{made('pg_rewrite')} AND rulename <> '_RETURN'", RULES),
}


def facts(connection: Any, asked: Collection[str]) -> dict[str, Any]:
    """Return what stands on the tables of a database, as PostgreSQL prints it."""
    found = {}
    for query in (query for word, query in QUERIES.items() if word in asked):
        for word, place, name, fact in connection.execute(query.sql):
            found[f"{word} {place}.{name}"] = fact
            for key in {"using", "with_check"} & fact.keys():
                fact[key] = fact[key] and IMPLIED.sub(r"\1", fact[key])
    return found


def quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def dotted(name: Name) -> str:
    return ".".join(quoted(part) for part in name if part is not None)


def member_sql(schema: Schema, probes: dict[Name, str]) -> Iterator[str]:
    """Yield what makes the same on tables in other schemas."""
    for key, value in schema.of("policy").items():
        on = f"{quoted(key.name)} ON {quoted(probes[key.holder])}.{quoted(key.of)}"
        to = ", ".join(one if one in WORDS else quoted(one) for one in value.roles)
        kind = "RESTRICTIVE" if value.restrictive else "PERMISSIVE"
        using = "" if value.using is None else f" USING ({value.using})"
        check = "" if value.with_check is None else f" WITH CHECK ({value.with_check})"
        yield f"CREATE POLICY {on} AS {kind} FOR {value.command} TO {to}{using}{check}"
        if value.comment is not None:
            yield commented("POLICY", on, value.comment)
    for key, value in schema.of("trigger").items():
        table = f"{quoted(probes[key.holder])}.{quoted(key.of)}"
        yield trigger_sql(quoted(key.name), table, value)
        if value.state != "enabled":
            action = f"{STATES[value.state]} TRIGGER {quoted(key.name)}"
            yield f"ALTER TABLE {table} {action}"
        if value.comment is not None:
            yield commented("TRIGGER", f"{quoted(key.name)} ON {table}", value.comment)

    for key, value in schema.of("rule").items():
        table = f"{quoted(probes[key.holder])}.{quoted(key.of)}"
        name, instead = quoted(key.name), "INSTEAD" if value.instead else "ALSO"
        where = "" if value.condition is None else f" WHERE {value.condition}"
        do = "; ".join(value.commands)
        do = f"({do})" if do else "NOTHING"
        on = f"ON {value.event} TO {table}{where} DO {instead} {do}"
        yield f"CREATE RULE {name} AS {on}"
        if value.state != "enabled":
            yield f"ALTER TABLE {table} {STATES[value.state]} RULE {name}"
        if value.comment is not None:
            yield commented("RULE", f"{name} ON {table}", value.comment)


def trigger_sql(name: str, table: str, value: Any) -> str:
    of = f" OF {', '.join(map(quoted, value.columns))}" if value.columns else ""
    events = " OR ".join(
        one + (of if one == "update" else "") for one in reversed(value.events)
    )
    parts = [f"{value.timing} {events} ON {table}"]
    if value.from_table is not None:
        parts.append(f"FROM {dotted(value.from_table)}")
    if value.deferrable:
        when = "DEFERRED" if value.initially_deferred else "IMMEDIATE"
        parts.append(f"DEFERRABLE INITIALLY {when}")
    tables = (("NEW", value.new_table), ("OLD", value.old_table))
    named = [f"{word} TABLE AS {quoted(one)}" for word, one in tables if one]
    if named:
        parts.append(f"REFERENCING {' '.join(named)}")
    parts.append("FOR EACH ROW" if value.row else "FOR EACH STATEMENT")
    if value.condition is not None:
        parts.append(f"WHEN ({value.condition})")
    arguments = ", ".join(literal(one) for one in value.arguments)
    parts.append(f"EXECUTE FUNCTION {dotted(value.function)}({arguments})")
    kind = "CONSTRAINT TRIGGER" if value.constraint else "TRIGGER"
    return f"CREATE {kind} {name} {' '.join(parts)}"


def literal(text: str) -> str:
    return "E'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"


def commented(word: str, what: str, text: str) -> str:
    return f"COMMENT ON {word} {what} IS {literal(text)}"


def expected_members(
    schema: Schema, connection: Any, probes: dict[Name, str], home: str
) -> dict[str, Any]:
    """Return the facts of what is to stand on the tables, whose probes are there."""
    path = ", ".join(map(quoted, (home, *probes.values())))
    connection.execute(f"SET LOCAL search_path = {path}")
    for number, (name, view) in enumerate(schema.of("view").items()):
        place = quoted(f"probe view {number}")
        columns = f"({', '.join(map(quoted, view.columns))})" if view.columns else ""
        members = (*schema.of("trigger"), *schema.of("rule"))
        if any(one.holder == name for one in members):
            connection.execute(f"CREATE SCHEMA {place}")
            target = f"{place}.{quoted(name.name)}"
            connection.execute(f"CREATE VIEW {target} {columns} AS {view.query}")
            probes = {**probes, name: f"probe view {number}"}
    for number, (name, table) in enumerate(schema.of("foreign table").items()):
        # Whatever it has of its server: a trigger is asked how it is printed.
        if any(one.holder == name for one in schema.of("trigger")):
            place = quoted(f"probe foreign {number}")
            connection.execute(f"CREATE SCHEMA {place}")
            columns = ", ".join(
                f"{quoted(key)} {one.type.sql}" for key, one in table.columns.items()
            )
            connection.execute(f"CREATE TABLE {place}.{quoted(name.name)} ({columns})")
            probes = {**probes, name: f"probe foreign {number}"}
    for sql in member_sql(schema, probes):
        connection.execute(sql, prepare=False)
    connection.execute(f"SET LOCAL search_path = {quoted(home)}")
    printed = facts(connection, {word for word in QUERIES if schema.of(word)})
    found = {}
    for word in QUERIES:
        for key in schema.of(word):
            own = f"{key.of}.{key.name}"
            fact = printed[f"{word} {probes[key.holder]}.{own}"]
            found[f"{word} {key.schema or home}.{own}"] = fact
    return found
