"""The role that a database on the embedded server belongs to.

Its administrator could read and write each file of the user, and what a spec holds may be a
stranger's: so who connects is a role of the database's own name, without any right beyond that
database but to make roles, unless the user trusts what is run. It sees all rows of its tables, as
who migrates has to where policies hold for owners. It goes with the database, and those that it has
made with it.
"""

from __future__ import annotations

import contextlib
from typing import Any

from gen_migration.postgres.driver import driver
from gen_migration.postgres.names import dollar_quoted, quote_name, quote_text

# What the role of a database may do beyond it: switch off triggers where `fill` finds no other
# way, and make roles that it can then be. A statement may take TIMEOUT seconds.
# Before PostgreSQL 16, who makes roles may give any role any other, that of who reads files too;
# before 15, no right to a setting can be given.
TIMEOUT = 60
SAFE_ROLES, RIGHTS_TO_SETTINGS = 16, 15
# All such rights are in one row of a catalog, which two may not change at a time.
ONE_AT_A_TIME = "SELECT pg_advisory_xact_lock(18740623)"
MAKE_ROLE = """
{lock};
CREATE ROLE {name} LOGIN {words} BYPASSRLS;
ALTER ROLE {name} SET statement_timeout = '{timeout}s';
"""
WITHOUT_TRIGGERS = "GRANT SET ON PARAMETER session_replication_role TO {name};"
OWN_ROLES = "ALTER ROLE {name} SET createrole_self_grant = 'set, inherit';"
# A role has been made by another where PostgreSQL (as its first role, whose oid is 10) has given
# that one the right to administer it.
MADE_ROLES = """
WITH RECURSIVE made AS (
    SELECT oid, rolname FROM pg_roles WHERE rolname = %s
    UNION
    SELECT role.oid, role.rolname
    FROM made
    JOIN pg_auth_members ON member = made.oid AND grantor = 10 AND admin_option
    JOIN pg_roles AS role ON role.oid = roleid
)
SELECT string_agg(quote_ident(rolname), ', ') FROM made
"""
# What a superuser makes, PostgreSQL gives nobody: such a role is younger than that of its database,
# and no role that is no superuser has it.
MADE_BY_SUPERUSER = r"""
SELECT one.rolname FROM pg_roles AS one JOIN pg_roles AS maker ON maker.rolname = %s
WHERE maker.rolsuper AND one.oid > maker.oid AND one.rolname !~ '^gm_\d'
    AND NOT EXISTS (SELECT FROM pg_auth_members WHERE roleid = one.oid AND grantor = 10)
ORDER BY one.oid DESC
"""
# Roles that specs name are of the whole server, and runs share them: this makes one, and lets the
# role of the database be it, which only the administrator can. It gives none that may do anything.
FUNCTION = "pg_catalog.gm_make_role(text)"
MAKER = r"""
CREATE FUNCTION {function} RETURNS void LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog AS $$
DECLARE name text := $1;
BEGIN
    IF to_regrole(quote_ident(name)) IS NULL THEN
        EXECUTE format('CREATE ROLE %I', name);
    END IF;
    IF name !~ '^(pg_|gm_\d)' AND EXISTS (
        SELECT FROM pg_roles WHERE rolname = name AND NOT (
            rolsuper OR rolcreaterole OR rolcreatedb OR rolcanlogin OR rolreplication
            OR rolbypassrls)
    ) THEN
        EXECUTE format('GRANT %I TO %I{how}', name, session_user);
    END IF;
EXCEPTION WHEN duplicate_object OR unique_violation THEN
    PERFORM gm_make_role(name); -- another run has made it meanwhile
END
$$
"""
# On a server of the user's, no role is made: there it would stay.
MAKE_SURE = """
BEGIN
    IF current_user ~ '^gm_' THEN
        PERFORM pg_catalog.gm_make_role({text});
    END IF;
END
"""
# Those that a run shares with others: who comes last drops them.
SHARED_ROLES = """
SELECT rolname FROM pg_auth_members JOIN pg_roles AS role ON role.oid = roleid
WHERE member = to_regrole(%s) AND grantor = 10 AND NOT admin_option AND rolname !~ '^pg_'
"""
IS_SHARED = "SELECT FROM pg_auth_members WHERE roleid = to_regrole(quote_ident(%s))"
# Who gets an object has to be allowed to create it there; who is no superuser may not give it else.
# What this gives is no part of what is read (`catalog/queries/grants.sql`).
LET_OWN = """
DECLARE found text;
BEGIN
    IF current_user ~ '^gm_' THEN
        FOR found IN SELECT nspname FROM pg_namespace
            WHERE nspname !~ '^pg_' AND nspname <> 'information_schema' LOOP
            EXECUTE format('GRANT CREATE ON SCHEMA %I TO PUBLIC', found);
        END LOOP;
        ALTER DEFAULT PRIVILEGES GRANT CREATE ON SCHEMAS TO PUBLIC;
    END IF;
END
"""
# The databases of a run have its process id in their names; what a superuser makes says not whose
# it is.
OF_RUN = r"""
SELECT FROM pg_roles AS one
WHERE rolname = %s AND current_user ~ '^gm_\d' AND (
    NOT EXISTS (SELECT FROM pg_auth_members WHERE roleid = one.oid AND grantor = 10)
    OR EXISTS (
        SELECT FROM pg_auth_members JOIN pg_roles AS maker ON maker.oid = member
        WHERE roleid = one.oid AND grantor = 10
            AND starts_with(maker.rolname, substring(current_user from '^gm_\d+_'))))
"""
LEFT_OVER_ROLES = r"""
SELECT rolname FROM pg_roles
WHERE rolname ~ '^gm_\d+_[0-9a-f]+$'
    AND NOT EXISTS (SELECT FROM pg_database WHERE datname = rolname)
    AND NOT EXISTS (SELECT FROM pg_stat_activity WHERE application_name = rolname)
"""


def make(connection: Any, name: str, major: int, *, is_superuser: bool = False) -> None:
    """Make the role of a database on a server of a major version."""
    makes_roles = major >= SAFE_ROLES or is_superuser
    words = [
        "SUPERUSER" if is_superuser else "NOSUPERUSER",
        "CREATEROLE" if makes_roles else "NOCREATEROLE",
    ]
    sql = MAKE_ROLE
    if major >= RIGHTS_TO_SETTINGS:
        sql += WITHOUT_TRIGGERS
    if major >= SAFE_ROLES:
        sql += OWN_ROLES
    connection.execute(
        sql.format(
            lock=ONE_AT_A_TIME, name=name, timeout=TIMEOUT, words=" ".join(words)
        )
    )


def maker(major: int) -> str:
    """Return the statement that makes FUNCTION on a server of a major version."""
    how = " WITH INHERIT TRUE, SET TRUE" if major >= SAFE_ROLES else ""
    return MAKER.format(function=FUNCTION, how=how)


def is_of_this_run(connection: Any, name: str) -> bool:
    """Tell whether a role is there, and of a scratch database of the run that is connected."""
    return connection.execute(OF_RUN, [name]).fetchone() is not None


def make_sure(name: str) -> str:
    """Return the statement that makes a role that a spec names, where there is none yet."""
    return f"DO {dollar_quoted(MAKE_SURE.format(text=quote_text(name)))}"


def let_own() -> str:
    """Return the statement that lets all roles own what is in the schemas of a database."""
    return f"DO {dollar_quoted(LET_OWN)}"


def left_over(connection: Any) -> list[str]:
    """Return the roles whose database is gone, of runs that were killed."""
    return [name for (name,) in connection.execute(LEFT_OVER_ROLES).fetchall()]


def drop(connection: Any, name: str) -> None:
    """Drop the role of a database that is gone, with all roles that it alone has."""
    with connection.transaction():
        connection.execute(ONE_AT_A_TIME)
        shared = connection.execute(SHARED_ROLES, [name]).fetchall()
        shared += connection.execute(MADE_BY_SUPERUSER, [name]).fetchall()
        (roles,) = connection.execute(MADE_ROLES, [name]).fetchone()
        if roles is not None:
            connection.execute(f"DROP OWNED BY {roles} CASCADE")
            connection.execute(f"DROP ROLE {roles}")
        for (one,) in shared:
            if connection.execute(IS_SHARED, [one]).fetchone() is None:
                with contextlib.suppress(driver().Error), connection.transaction():
                    connection.execute(f"DROP ROLE {quote_name(one)}")
