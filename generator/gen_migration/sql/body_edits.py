"""Bodies of the SQL standard after a rename: `RETURN …`, `BEGIN ATOMIC … END`. Pure.

PostgreSQL keeps the numbers of what such a body names, and prints it with the new names; of a body
that is a text it knows nothing.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from gen_migration.postgres import bodies
from gen_migration.postgres.parser import parse, postgast

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    Edited = Callable[[str], str]


def edited(body: str, query: Edited, command: Edited) -> str:
    """Return a canonical body with each of its queries and of its commands edited.

    Raises SqlMistake for what is none.
    """
    query = beside_parameters(query)
    tree = parse(bodies.STANDARD, body)
    found = tree.stmts[0].stmt.create_function_stmt.sql_body
    if found.HasField("return_stmt"):
        target = found.return_stmt.returnval
        before = text_of(selecting(target))
        after = query(before)
        if after == before:
            return body
        select = parse("", after).stmts[0].stmt.select_stmt
        target.CopyFrom(select.target_list[0].res_target.val)
    elif not any([*changes(found, query, command)]):
        return body
    whole: str = postgast().deparse(tree)
    return bodies.standard(whole[whole.index("LANGUAGE sql ") + len("LANGUAGE sql ") :])


# What a text between quotes holds is none; the parser prints no backslash before a quote.
PARAMETER = re.compile(r"""'(?:[^']|'')*'|"(?:[^"]|"")*"|\$(\d+)""")
COLUMN = re.compile(r"""'(?:[^']|'')*'|"\$(\d+)"|"(?:[^"]|"")*\"""")


def beside_parameters(query: Edited) -> Edited:
    """Return what edits a query in which parameters stand: to a query they are columns."""

    def edited(text: str) -> str:
        after = query(put(PARAMETER, '"${}"', text))
        return put(COLUMN, "${}", after)

    return edited


def put(found: re.Pattern[str], form: str, text: str) -> str:
    """Return a text with the numbers that a pattern finds in another form."""
    return found.sub(lambda one: form.format(one[1]) if one[1] else one[0], text)


def changes(body: Any, query: Edited, command: Edited) -> Iterator[bool]:
    """Edit the statements of a body in their places; tell of each whether it is another one."""
    for one in body.list.items[0].list.items:
        is_query = one.WhichOneof("node") == "select_stmt"
        before = text_of(one)
        after = (query if is_query else command)(before)
        if after != before:
            one.CopyFrom(parse("", after).stmts[0].stmt)
        yield after != before


def selecting(value: Any) -> Any:
    """Return the query of an expression."""
    statement = postgast().parse("SELECT 1").stmts[0].stmt
    statement.select_stmt.target_list[0].res_target.val.CopyFrom(value)
    return statement


def text_of(statement: Any) -> str:
    """Return a statement as the parser prints it."""
    tree = postgast().parse("SELECT 1")
    tree.stmts[0].stmt.CopyFrom(statement)
    text: str = postgast().deparse(tree)
    return text
