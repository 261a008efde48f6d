"""Failures of a revision on a scratch database, in words, and how to mend them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gen_migration.base.errors import Error, quoted
from gen_migration.history.step_hints import MEND
from gen_migration.kinds.scope import at_home_name
from gen_migration.model.partitions import root
from gen_migration.postgres.names import Name
from gen_migration.verify import unknown_names

if TYPE_CHECKING:
    from gen_migration.catalog.values import Catalog
    from gen_migration.history.alembic_errors import StepError
    from gen_migration.verify.candidate import Candidate

# Classes of SQLSTATE: data exceptions, violated constraints, and what triggers and our own checks
# of rows raise.
REFUSED = ("22", "23", "P0001")
NOT_NULL = "23502"
THERE_ALREADY = frozenset(("42P07", "42710", "42P06", "42701"))
# What the scratch server has not, or does not allow: a function, a type, a role, a
# right, more time.
LACKING = frozenset(("42883", "42704", "3F000", "42501", "57014"))
# Classes of SQLSTATE that no revision is the reason of: connections, resources, an administrator's
# interventions, locks of others, the operating system, defects of the server.
OF_SERVER = ("08", "53", "55P03", "57", "58", "F0", "XX")
# 0A000 where a server has no such extension ("58P01" before PostgreSQL 15), or no ICU.
UNSUPPORTED = "0A000"
# Which rows the tables hold.
BEFORE, BOTH, NONE = "allowed before", "allowed before and after", "none"


def told(error: StepError, candidate: Candidate) -> Error:
    """Return a failure for the user, whose place is the spec where the revision has no file."""
    hint, where = error.hint, candidate.source
    unknown = unknown_names.hint_of(error, candidate)
    if candidate.path is not None:
        hint = unknown_names.in_history(unknown) or hint
        return Error(error.message, where=error.where, hint=hint)
    if unknown is not None:
        where, hint = unknown
    elif error.sqlstate in THERE_ALREADY:
        hint = "the history builds it already: gen-migration SPEC --adopt takes it over"
    elif hint == MEND:
        hint = "mend the spec; gen-migration SPEC --dry-run prints the revision"
    way = "upgrade" if error.is_upgrade else "downgrade"
    return Error(
        f"the {way} of the next revision fails at {error.call}: {error.words}",
        where=where,
        hint=hint,
    )


def refused(error: StepError, kind: str) -> str:
    """Return what it means that rows were refused."""
    way = "upgrade" if error.is_upgrade else "downgrade"
    if kind == BEFORE:
        return f"rows that were allowed before may stop the {way}: {error.words}"
    return (
        f"the {way} stops at rows that fit the new schema as well, and is proven on empty"
        f" tables only: {error.words}"
    )


def is_of_server(error: StepError) -> bool:
    """Tell whether the server is the reason of a failure: neither the revision nor rows."""
    state = error.sqlstate
    if state == UNSUPPORTED:
        return "extension" in error.words or "ICU is not supported" in error.words
    return state in LACKING or state.startswith(OF_SERVER)


def is_new(error: StepError, before: Catalog | None, candidate: Candidate) -> bool:
    """Tell whether rows lack the value of a column that was not there before them.

    A generated column has its value from others.
    """
    if error.sqlstate != NOT_NULL or error.about is None or before is None:
        return False
    schema, table, column = error.about
    name = at_home_name(Name(schema, table), before.home)
    known = before.schema.tables
    if name not in known or column in known[root(before.schema, name)].columns:
        return False
    return not is_generated(candidate, Name(schema, table), column, before.home)


def is_generated(candidate: Candidate, table: Name, column: str, home: str) -> bool:
    """Tell whether a column of the spec is computed from others."""
    schema = candidate.spec.schema
    wanted = at_home_name(table, home)
    for name in schema.tables:
        if at_home_name(name, home) == wanted:
            found = schema.tables[root(schema, name)].columns.get(column)
            return found is not None and found.generated is not None
    return False


def lacks_values(error: StepError, candidate: Candidate) -> Error:
    _, table, column = error.about or ("", "", "")
    return Error(
        f"the rows of table {quoted(table)} have no value for the new column {quoted(column)}",
        where=candidate.source,
        hint="give it default: or backfill:, or write nullable: true",
    )
