"""An expression of PostgreSQL's catalogs as a person would have written it.

`pg_get_expr` spells out what the parser found: `((status)::text = ANY ((ARRAY['a'::character
varying, …])::text[]))` for `status IN ('a', …)`. What is printed so, PostgreSQL may print in yet
another way once it has read it again. Each rule here undoes one step of its parser, and only where
the shorter form leads back to the very same tree (manual, chapter 10, Type Conversion).
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

from gen_migration.base.data_class import replace
from gen_migration.postgres.expression_forms import filled, form
from gen_migration.postgres.expressions import canonical, parse_target
from gen_migration.postgres.parser import SqlMistake, walk
from gen_migration.postgres.types import Type
from gen_migration.sql.tree import column_type

if TYPE_CHECKING:
    from collections.abc import Mapping

# Operators of (T, T), for which a literal of unknown type becomes what the other side is.
COMPARISONS = frozenset("= <> < <= > >= ~ ~* !~ !~* ~~ ~~* !~~ !~~*".split())
ARITHMETIC = frozenset("+-*/")
LIKE = {"~~": "AEXPR_LIKE", "!~~": "AEXPR_LIKE"}
ILIKE = {"~~*": "AEXPR_ILIKE", "!~~*": "AEXPR_ILIKE"}
# Functions of text that take varchar as well, without another one of that name that would.
OF_TEXT = frozenset(("lower", "upper", "length", "char_length", "btrim", "md5"))
TEXT, VARCHAR = Type(name="text"), Type(name="varchar")
INTEGERS = frozenset(("smallint", "integer", "bigint"))
NUMBERS = frozenset(("numeric", "double precision"))


def readable(text: str, columns: Mapping[str, Type]) -> str:
    """Return a catalog's expression in its canonical form; `columns` are those it may name.

    What is too long for our parser, or nested too deep, stays as it is.
    """
    try:
        return shortened(text, columns)
    except SqlMistake:
        return text


def shortened(text: str, columns: Mapping[str, Type]) -> str:
    shared, literals = form(text)
    named = those_named(shared, columns) if is_casting(shared) else ()
    found = filled(rewritten(shared, named), literals)
    return rewritten(text, named) if found is None else found


def is_casting(text: str) -> bool:
    """Tell whether there may be something to undo."""
    return "::" in text or "~~" in text


def those_named(text: str, columns: Mapping[str, Type]) -> tuple[tuple[str, Type], ...]:
    """Return the columns whose name is in a text: no others make a difference."""
    return tuple(
        [(key, plain(one)) for key, one in columns.items() if key in text or '"' in key]
    )


@lru_cache(maxsize=10_000)
def rewritten(text: str, columns: tuple[tuple[str, Type], ...]) -> str:
    tree, node = parse_target(text)
    if is_casting(text):
        types = dict(columns)
        for kind, found in walk(node):
            if kind == "a_expr":
                compare(found, types)
            elif kind == "func_call":
                call(found, types)
    return canonical(tree, node, text)


@lru_cache(maxsize=10_000)
def plain(found: Type) -> Type:
    """Return a type without its modifiers; `char(n)` is `bpchar` in a cast."""
    name = "bpchar" if found.name == "char" else found.name
    return replace(found, name=name, arguments=())


def cast_of(node: Any) -> Type | None:
    """Return the type of a cast without modifiers; None for all else."""
    if not node.HasField("type_cast") or node.type_cast.type_name.typmods:
        return None
    try:
        found = plain(column_type(node.type_cast.type_name, ()))
    except ValueError:
        return None
    # An enum of the spec and a type of others are told apart by its columns alone.
    return replace(found, kind="builtin") if found.kind == "other" else found


def column_of(node: Any) -> str | None:
    """Return the name of a column; in a trigger, it is one of `old` or of `new`."""
    if not node.HasField("column_ref"):
        return None
    *row, field = node.column_ref.fields
    if len(row) > 1 or (row and row[0].string.sval not in {"old", "new"}):
        return None
    return str(field.string.sval) if field.HasField("string") else None


def type_of(node: Any, columns: Mapping[str, Type]) -> Type | None:
    """Return the type of a column; None for what is none, or not of this table."""
    found = columns.get(column_of(node) or "")
    return replace(found, kind="builtin") if found is not None else None


def is_varchar_as_text(node: Any, columns: Mapping[str, Type]) -> bool:
    return cast_of(node) == TEXT and (type_of(node.type_cast.arg, columns) == VARCHAR)


def is_text_literal(node: Any, of: Type) -> bool:
    return cast_of(node) == of and bool(node.type_cast.arg.a_const.HasField("sval"))


def is_number(node: Any) -> bool:
    return node.a_const.WhichOneof("val") in {"ival", "fval"}


def bare(node: Any) -> None:
    """Replace a cast by what it casts."""
    inside = type(node)()
    inside.CopyFrom(node.type_cast.arg)
    node.CopyFrom(inside)


def compare(found: Any, columns: Mapping[str, Type]) -> None:
    """Shorten a comparison: `a = 'x'` and `a IN ('x', 'y')`."""
    if len(found.name) != 1:
        return
    kinds = found.DESCRIPTOR.fields_by_name["kind"].enum_type
    kind, operator = kinds.values_by_number[found.kind].name, found.name[0].string.sval
    if kind == "AEXPR_OP" and operator in ARITHMETIC:
        with_number(found.lexpr, found.rexpr, columns)
    elif kind == "AEXPR_OP" and operator in COMPARISONS:
        with_literal(found.lexpr, found.rexpr, columns)
        word = LIKE.get(operator) or ILIKE.get(operator)
        if word is not None:
            found.kind = kinds.values_by_name[word].number
    elif (kind, operator) in {("AEXPR_OP_ANY", "="), ("AEXPR_OP_ALL", "<>")}:
        if with_list(found, columns):
            found.kind = kinds.values_by_name["AEXPR_IN"].number
    elif kind in {"AEXPR_OP_ANY", "AEXPR_OP_ALL"}:
        without_cast(found)


def with_literal(left: Any, right: Any, columns: Mapping[str, Type]) -> None:
    if is_varchar_as_text(left, columns) and is_text_literal(right, TEXT):
        bare(left)
        bare(right)
        return
    of = type_of(left, columns)
    if of is not None and is_text_literal(right, of):
        bare(right)
    with_number(left, right, columns)


def with_number(left: Any, right: Any, columns: Mapping[str, Type]) -> None:
    """Leave out the cast of a whole number, which PostgreSQL adds by itself."""
    of = type_of(left, columns)
    if of is None or of.name not in NUMBERS or cast_of(right) != of:
        return
    if is_number(right.type_cast.arg):
        bare(right)


def without_cast(found: Any) -> bool:
    """Leave out the cast of a list of varchar to text[], which PostgreSQL adds by itself."""
    cast = cast_of(found.rexpr)
    if cast != replace(TEXT, array=True):
        return False
    array = found.rexpr.type_cast.arg
    if not array.HasField("a_array_expr") or not all(
        is_text_literal(one, VARCHAR) for one in array.a_array_expr.elements
    ):
        return False
    bare(found.rexpr)
    return True


def with_list(found: Any, columns: Mapping[str, Type]) -> bool:
    """Make a list of what `IN` takes; False where it stays an array."""
    if without_cast(found):
        if not is_varchar_as_text(found.lexpr, columns):
            return False
        bare(found.lexpr)
    of = type_of(found.lexpr, columns)
    elements = (
        list(found.rexpr.a_array_expr.elements)
        if found.rexpr.HasField("a_array_expr")
        else []
    )
    # A list of one is no list for the parser.
    if of is None or len(elements) < 2 or not all(listed(one, of) for one in elements):
        return False
    for element in elements:
        if element.HasField("type_cast"):
            bare(element)
    found.rexpr.Clear()
    found.rexpr.list.items.extend(elements)
    return True


def listed(element: Any, of: Type) -> bool:
    """Tell whether an element of a list has the type of the column by itself."""
    if of.name in INTEGERS:
        return is_number(element) and element.a_const.HasField("ival")
    if of.name in NUMBERS and cast_of(element) == of:
        return is_number(element.type_cast.arg)
    return is_text_literal(element, of)


def call(found: Any, columns: Mapping[str, Type]) -> None:
    """Shorten `lower((email)::text)`."""
    names = [one.string.sval for one in found.funcname]
    if len(names) == 1 and names[0] in OF_TEXT and len(found.args) == 1:
        (argument,) = found.args
        if is_varchar_as_text(argument, columns):
            bare(argument)
