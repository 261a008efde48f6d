"""Names that stand in texts of an expression: `nextval('a')`, `'a'::regclass`. Pure.

PostgreSQL reads such a text as it reads SQL, and keeps what it names: `'s."x"'` is `'s.x'`.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from gen_migration.postgres import text_search
from gen_migration.postgres.names import quote_text, relation_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from gen_migration.postgres.types import Type

# Functions whose first argument is the name of a sequence, as text; `lastval` names none.
SEQUENCES = frozenset(("nextval", "currval", "setval"))
# What an expression has that names a relation by a text.
NAMING = SEQUENCES | {"regclass"}
WORD = r'(?:"(?:[^"]|"")+"|[^\W\d][\w$]*)'
NAME = re.compile(rf"{WORD}(?:\.{WORD})?")
TEXT = re.compile(r"'(?:[^']|'')*'")
CALLS = frozenset(("func_call", "type_cast"))
# The types whose values are names: what a text alone names that is the default of a column.
TYPES = frozenset(("regclass", *text_search.TYPES))


def relations(nodes: Iterable[tuple[str, Any]]) -> Iterator[Any]:
    """Yield the constants of an expression that name relations."""
    for one in nodes:
        found = map(constant_of, of_relations(*one))
        yield from (constant for constant in found if constant is not None)


def kept_relations(kind: str, node: Any) -> Iterator[Any]:
    """Yield the constants of a node that PostgreSQL keeps as relations.

    A text that is a regclass only when it is evaluated (`'a'::text::regclass`) is none of them.
    """
    return text_search.texts(of_relations(kind, node))


def of_relations(kind: str, node: Any) -> Iterable[Any]:
    """Return what of a call or a cast is a regclass."""
    if kind == "func_call" and node.funcname[-1].string.sval in SEQUENCES:
        return node.args  # type: ignore[no-any-return]
    if kind == "type_cast" and node.type_name.names[-1].string.sval == "regclass":
        return [node.arg]
    return ()


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


def as_name(default: str, of: Type) -> str:
    """Return a default, in which a text alone has its column's type where that makes it a name.

    So it is known to name an object wherever it stands.
    """
    is_name = of.kind == "builtin" and of.name in TYPES and not of.array
    if not is_name or not TEXT.fullmatch(default):
        return default
    text = default[1:-1].replace("''", "'")
    return f"{quote_text(respelled(text))}::{of.name}"


def respelled(text: str) -> str:
    """Return a text that is a name as PostgreSQL prints it; any other as it is."""
    return relation_of(text).sql if NAME.fullmatch(text) else text
