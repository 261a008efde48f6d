"""Names that stand in texts of an expression: `nextval('a')`, `'a'::regclass`. Pure.

PostgreSQL reads such a text as it reads SQL, and keeps what it names: `'s."x"'` is `'s.x'`.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from gen_migration.postgres import text_search
from gen_migration.postgres.names import relation_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

# Functions whose first argument is the name of a sequence, as text; `lastval` names none.
SEQUENCES = frozenset(("nextval", "currval", "setval"))
WORD = r'(?:"(?:[^"]|"")+"|[^\W\d][\w$]*)'
NAME = re.compile(rf"{WORD}(?:\.{WORD})?")
CALLS = frozenset(("func_call", "type_cast"))


def relations(nodes: Iterable[tuple[str, Any]]) -> Iterator[Any]:
    """Yield the constants of an expression that name relations."""
    for kind, node in nodes:
        constants = []
        if kind == "func_call" and node.funcname[-1].string.sval in SEQUENCES:
            constants = [constant_of(argument) for argument in node.args]
        elif kind == "type_cast" and node.type_name.names[-1].string.sval == "regclass":
            constants = [constant_of(node.arg)]
        yield from (one for one in constants if one is not None)


def constant_of(node: Any) -> Any:
    """Return the constant that a node is, perhaps behind a cast to regclass."""
    if node.WhichOneof("node") == "type_cast":
        node = node.type_cast.arg
    is_text = node.WhichOneof("node") == "a_const" and node.a_const.HasField("sval")
    return node.a_const if is_text else None


def respell(nodes: Iterable[tuple[str, Any]]) -> None:
    """Write the names in texts of a tree as PostgreSQL prints them."""
    calls = [one for one in nodes if one[0] in CALLS]
    if not calls:
        return
    searching = (constant for _, constant in text_search.constants(calls))
    for constant in (*relations(calls), *searching):
        constant.sval.sval = respelled(constant.sval.sval)


def respelled(text: str) -> str:
    """Return a text that is a name as PostgreSQL prints it; any other as it is."""
    return relation_of(text).sql if NAME.fullmatch(text) else text
