"""Bodies of functions, looked at once all that they use is there.

A revision may create a function before what its text names, with `check_function_bodies` off. Here
the validator of its language reads it again (of SQL, each statement; of PL/pgSQL, the syntax), and
plpgsql_check the statements of PL/pgSQL where that is installed. Source: the manual, 20.11
(check_function_bodies) and CREATE LANGUAGE (VALIDATOR); plpgsql_check's README. A relation that is
missing is good to know and not wrong: it may be a temporary table.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from gen_migration.postgres.names import Name

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gen_migration.model.schema import Schema

ROUTINES = """
SELECT p.oid, p.oid::regprocedure::text AS called, n.nspname AS schema, p.proname AS name,
    l.lanname AS language, l.lanvalidator::regproc::text AS validator,
    ARRAY(SELECT DISTINCT t.tgrelid FROM pg_trigger AS t
        WHERE t.tgfoid = p.oid AND NOT t.tgisinternal ORDER BY 1) AS tables,
    p.prorettype IN ('trigger'::regtype, 'event_trigger'::regtype) AS of_triggers
FROM pg_proc AS p
JOIN pg_namespace AS n ON n.oid = p.pronamespace
JOIN pg_language AS l ON l.oid = p.prolang
WHERE p.oid >= 16384 AND l.lanvalidator <> 0 AND p.prokind <> 'a'
ORDER BY called
"""
CHECKER = "SELECT count(*) > 0 FROM pg_proc WHERE proname = 'plpgsql_check_function'"


NO_RELATION = "42P01"


class Fault(NamedTuple):
    """What was found in a body, in words; it may be of a relation that is made only later."""

    words: str
    may_be: bool


def faults(connection: Any, schema: Schema, home: str) -> Iterator[Fault]:
    """Yield what is found in the bodies of a schema's functions and procedures, on a server.

    `home` is the schema whose names stand alone.
    """
    import psycopg

    names = {
        Name(one.schema or home, one.name)
        for word in ("function", "procedure")
        for one in schema.of(word)
    }
    if not names:
        return
    ((can_check,),) = connection.execute(CHECKER).fetchall()
    for oid, called, place, name, language, validator, tables, of_triggers in [
        *connection.execute(ROUTINES)
    ]:
        if Name(place, name) not in names:
            continue
        try:
            with connection.transaction():
                connection.execute(f"SELECT {validator}({oid:d})")
                if can_check and language == "plpgsql":
                    # Of a trigger's function, for each of its tables.
                    for table in tables if of_triggers else [0]:
                        yield from checked(connection, called, oid, table)
        except psycopg.Error as error:
            words = f"the body of {called}: {error.diag.message_primary or error}"
            yield Fault(words, error.sqlstate == NO_RELATION)


def checked(connection: Any, called: str, oid: int, table: int) -> Iterator[Fault]:
    """Yield the errors that plpgsql_check finds in a function."""
    found = connection.execute(
        "SELECT * FROM plpgsql_check_function(%s::regprocedure, %s::regclass)",
        (oid, table),
    )
    for line, *_ in found.fetchall():
        if line.startswith("error"):
            words = f"the body of {called}: plpgsql_check: {line}"
            yield Fault(words, line.startswith(f"error:{NO_RELATION}"))
