"""What functions and procedures refer to.

PostgreSQL keeps what a body of the SQL standard uses, as it does of expressions. Of a body that is
a text it keeps nothing: what the body names is wished for, and orders where nothing speaks against.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gen_migration.kinds.references import named, of_type
from gen_migration.kinds.routine_sql import SYMBOLS
from gen_migration.postgres import bodies

if TYPE_CHECKING:
    from gen_migration.kinds.references import Finder, Reference


def takes(value: Any, count: int) -> bool:
    """Tell whether a call with so many arguments may be one of a routine."""
    inputs = value.inputs
    if count == bodies.ANY:
        return True
    least = sum(one.default is None for one in inputs)
    if any(one.mode == "variadic" for one in inputs):
        return count >= least - 1
    # CALL names the arguments that come out as well.
    return least <= count <= len(value.arguments)


def hard(value: Any, find: Finder) -> set[Reference]:
    """Return what PostgreSQL keeps of a routine."""
    found: set[Reference] = set()
    for one in value.arguments:
        found |= of_type(one.type) | find.expression(None, one.default)
    if (result := getattr(value, "returns", None)) is not None:
        found |= of_type(result)
    if (support := getattr(value, "support", None)) is not None:
        found.add(("functions", support, bodies.ANY))
    found.add(("language", value.language))
    found |= of_transforms(value)
    if bodies.is_standard(value.language, value.body):
        found.add(("casts", None))
        found |= of_body(
            value
        )  # which names tables, too: a finder may not know their words
    return found


def of_transforms(value: Any) -> set[Reference]:
    """Return the transforms of a routine, with their types.

    Before PostgreSQL 18, they are those of all its types (`ProcedureCreate` in pg_proc.c). What is
    written in C makes transforms, and has none.
    """
    if value.language in SYMBOLS:
        return set()
    types = {one.type for one in value.arguments} | {*value.transforms}
    if (result := getattr(value, "returns", None)) is not None:
        types.add(result)
    listed = {("transforms", value.language, one) for one in types}
    return listed.union(*map(of_type, value.transforms))


def soft(value: Any) -> set[Reference]:
    """Return what a body names that is a text, and the types whose fields it may name."""
    if value.language in SYMBOLS or bodies.is_standard(value.language, value.body):
        return set()
    return of_body(value).union(*(of_type(one.type) for one in value.arguments))


def checked(value: Any) -> set[Reference]:
    """Return what PostgreSQL looks for in a body that is a text when it creates the routine.

    In PL/pgSQL, those are the types of variables (manual, `check_function_bodies`). In SQL, fields
    of a row and values of an enum are among them, which are known by their words alone.
    """
    used = bodies.used(value.language, value.body)
    if value.language == "plpgsql":
        found = {("types", one) for one in used.types}
        return found | {("relations", one) for one in used.declared}
    if value.language != "sql" or bodies.is_standard(value.language, value.body):
        return set()
    alone = {("columns", None, used.columns), ("values", None, used.texts)}
    return of_body(value) | alone


def of_body(value: Any) -> set[Reference]:
    """Return what a body may name.

    Of a table that it names, or has a row of as an argument, that is each column of one of these
    names; of rows that one in SQL returns, all.
    """
    used = bodies.used(value.language, value.body)
    found: set[Reference] = {("functions", *one) for one in used.calls}
    found |= used.searching
    found.update(("constraint", *one) for one in used.constraints)
    found.update(("relations", name) for name in used.in_texts)
    found.update(("operators", *one) for one in used.operators)
    for space in ("types", "relations"):
        for name in getattr(used, space):
            found |= named(space, name)
    rows = {name for one in value.arguments for _, name in of_type(one.type)}
    for table in used.relations | rows:
        columns = None if used.whole else used.columns
        found.add(("columns", table, columns))
    if value.language == "sql":
        found.add(("types", None))  # a text in it may be a value of any
        returned = getattr(value, "returns", None)
        rows = set() if returned is None else of_type(returned)
        found.update(("columns", name, None) for _, name in rows)
    return found
