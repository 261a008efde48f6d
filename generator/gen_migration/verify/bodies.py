"""Bodies of functions, looked at once all that they use is there.

A revision may create a function before what its text names, with `check_function_bodies` off. Here
the validator of its language reads it again (of SQL, each statement; of PL/pgSQL, the syntax), and
plpgsql_check the statements of PL/pgSQL where that is installed. Source: the manual, 20.11
(check_function_bodies) and CREATE LANGUAGE (VALIDATOR); plpgsql_check's README. A relation that is
missing is good to know and not wrong: it may be a temporary table. So is what is there in another
schema: who calls the function may set a search_path that leads to it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from gen_migration.postgres.names import Name, quote_name

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
# For the transaction, behind the schemas that are searched anyway.
SEARCHED_TOO = """
SELECT set_config('search_path', concat_ws(', ', current_setting('search_path'), %s::text), true)
"""
CHECKER = "SELECT count(*) > 0 FROM pg_proc WHERE proname = 'plpgsql_check_function'"


NO_RELATION = "42P01"


class Fault(NamedTuple):
    """What was found in a body, in words; `may_be` tells that it is no mistake for sure."""

    words: str
    may_be: bool


def faults(connection: Any, schema: Schema, home: str) -> Iterator[Fault]:
    """Yield what is found in the bodies of a schema's functions and procedures, on a server.

    `home` is the schema whose names stand alone.
    """
    names = {
        Name(one.schema or home, one.name)
        for word in ("function", "procedure")
        for one in schema.of(word)
    }
    if not names:
        return
    places = {one.schema for one in schema.names if one.schema not in {None, home}}
    others = ", ".join(quote_name(one) for one in sorted(places))
    ((can_check,),) = connection.execute(CHECKER).fetchall()
    for one in [*connection.execute(ROUTINES)]:
        _, _, place, name, language, *_ = one
        if Name(place, name) not in names:
            continue
        is_checked = can_check and language == "plpgsql"
        found = [*looked_at(connection, one, is_checked=is_checked)]
        if not others or all(fault.may_be for fault in found):
            yield from found
            continue
        left = [*looked_at(connection, one, is_checked=is_checked, others=others)]
        for fault in found:
            if fault not in left:
                words = f"{fault.words}, unless who calls it sets a search_path to it"
                yield Fault(words, may_be=True)
        yield from left


def looked_at(
    connection: Any, routine: Any, *, is_checked: bool, others: str = ""
) -> Iterator[Fault]:
    """Yield what is found in the body of a routine, where other schemas are searched too."""
    import psycopg

    oid, called, _, _, _, validator, tables, of_triggers = routine
    try:
        with connection.transaction():
            if others:
                connection.execute(SEARCHED_TOO, (others,))
            connection.execute(f"SELECT {validator}({oid:d})")
            # Of a trigger's function, for each of its tables.
            for table in (tables if of_triggers else [0]) if is_checked else ():
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
