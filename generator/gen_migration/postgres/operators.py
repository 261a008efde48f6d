"""Operators: how a spec and SQL write their names. Source: the manual, 4.1.3 and CREATE OPERATOR.

The name of an operator is never quoted. With its operands, it is a `Signature`: of one alone, it
stands before it.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from gen_migration.postgres.names import Name, quote_name

if TYPE_CHECKING:
    from gen_migration.postgres.signatures import Signature

# The signs that names are made of; `+` and `-` end only those with one of the others.
SIGNS = re.compile(r"[-+*/<>=~!@#%^&|`?]+", re.ASCII)
FREE = frozenset("~!@#%^&|`?")
# The names of PostgreSQL's own (pg_operator of 16 and 18).
BUILTIN = frozenset(
    """
    !! !~ !~* !~~ !~~* # ## #- #> #>> % & && &< &<| &> * *< *<= *<> *= *> *>= + - -> ->> -|- / < <->
    << <<= <<| <= <> <@ <^ = > >= >> >>= >^ ? ?# ?& ?- ?-| ?| ?|| @ @-@ @> @? @@ @@@ ^ ^@ | |&> |/
    |>> || ||/ ~ ~* ~<=~ ~<~ ~= ~>=~ ~>~ ~~ ~~*
    """.split()
)


def is_operator(name: str) -> bool:
    """Tell whether PostgreSQL reads a text as one operator."""
    if SIGNS.fullmatch(name) is None or "--" in name or "/*" in name:
        return False
    return len(name) == 1 or name[-1] not in "+-" or not FREE.isdisjoint(name)


def own(name: Name) -> Name:
    """Return a name without the schema of what is PostgreSQL's own."""
    return Name(None, name.name) if name.schema == "pg_catalog" else name


def named(text: str) -> Name:
    """Return the operator that a text names: `>`, or `app.>`."""
    schema, dot, name = text.rpartition(".")
    return own(Name(schema if dot else None, name))


def text_of(name: Name) -> str:
    """Return an operator as a spec names it."""
    return name.name if name.schema is None else f"{name.schema}.{name.name}"


def bare_sql(name: Name) -> str:
    """Return an operator as statements about operators name it: `app.>`."""
    schema = "" if name.schema is None else f"{quote_name(name.schema)}."
    return f"{schema}{name.name}"


def sql_of(name: Name) -> str:
    """Return an operator as SQL names it among others: `OPERATOR(app.>)`."""
    return f"OPERATOR({bare_sql(name)})" if name.schema is not None else name.name


def with_operands(name: Signature) -> str:
    """Return an operator with its operands, as SQL."""
    types = [one.sql for one in name.arguments]
    listed = ", ".join(types if types[1:] else ["NONE", *types])
    return f"{bare_sql(name.called)} ({listed})"
