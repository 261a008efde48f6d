"""Items of operator classes and families in a spec, in and out."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any

from gen_migration.base.data_class import replace
from gen_migration.base.errors import quoted
from gen_migration.kinds.operator_items import (
    FunctionItem,
    Item,
    OperatorItem,
    key_of,
    ordered,
    read,
    types_sql,
    uniform,
)
from gen_migration.postgres import operators as signs
from gen_migration.postgres.parser import SqlMistake, parse
from gen_migration.postgres.signatures import with_types

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from gen_migration.postgres.types import Type


ADD = "ALTER OPERATOR FAMILY f USING m ADD"


def build(
    at: Any, found: Mapping[str, Any], word: str, of: Type | None
) -> tuple[Any, ...]:
    """Return the items of a spec, by their numbers; mistakes are reported."""
    result: dict[Any, Item] = {}
    for number, texts in found.items():
        place = at / number
        if not number.isdigit() or not 0 < int(number) < 2**15:
            place.wrong_key(
                f"{quoted(number)} is no number", "write the number of each item"
            )
            continue
        listed = texts if isinstance(texts, list) else [texts]
        for position, text in enumerate(listed):
            spot = place / position if isinstance(texts, list) else place
            item = built(spot, word, number, text, of)
            if item is None:
                continue
            if key_of(item) in result:
                spot.wrong(
                    f"{word.lower()} {number} stands twice for these types",
                    "remove one of the two",
                )
            result[key_of(item)] = item
    return ordered(result.values())


def built(at: Any, word: str, number: str, text: str, of: Type | None) -> Item | None:
    """Return the item that a text of a spec is; None where it is reported."""
    hint = {
        "OPERATOR": "write an operator with its operands: <(integer, bigint)",
        "FUNCTION": "write a function with its arguments: compare(integer, integer)",
    }[word]
    try:
        tree = parse(f"{ADD} {word} {number} ", text)
    except SqlMistake as mistake:
        at.wrong(mistake.message, hint, offset=mistake.offset)
        return None
    items = tree.stmts[0].stmt.alter_op_family_stmt.items
    if len(items) != 1:
        at.wrong("these are several", "write one in each text, and several in a list")
        return None
    try:
        item = read(items[0].create_op_class_item, (), of)
    except ValueError as error:
        at.wrong(str(error), hint)
        return None
    if isinstance(item, FunctionItem) and of is None and len(item.types) != 2:
        at.wrong(
            "a function of a family is for two types",
            "write them before it: (integer, bigint) compare(integer, bigint)",
        )
        return None
    return local(at, item)


def local(at: Any, item: Item) -> Item | None:
    """Return an item whose names are in the default schema of the spec, where they are its own."""
    wrong = []

    def of_type(one: Type) -> Type:
        found: Type | None = at.routine_type(one.spelled)
        if found is None:
            wrong.append(one)
        return uniform(found or one)

    if isinstance(item, OperatorItem):
        found: Item = replace(
            item, operator=at.operator(with_types(item.operator, of_type))
        )
    else:
        routine = with_types(item.routine, of_type)
        called = at.function(routine.called)
        routine = routine._replace(schema=called.schema)
        types = tuple(map(of_type, item.types))
        found = replace(item, types=types, routine=routine)
    return None if wrong else found


def dump(items: Iterable[Item], of: Type | None) -> dict[str, Any]:
    """Return items as a spec has them."""
    found: dict[str, list[str]] = defaultdict(list)
    for one in items:
        found[str(one.number)].append(text_of(one, of))
    return {key: texts if texts[1:] else texts[0] for key, texts in found.items()}


def text_of(item: Item, of: Type | None) -> str:
    """Return an item as a spec has it behind its number."""
    if isinstance(item, FunctionItem):
        return f"{types_sql(item.types)}{item.routine.sql}"
    sign = signs.bare_sql(item.operator.called)
    if item.operator.arguments != (of, of):
        sign += f"({', '.join(one.sql for one in item.operator.arguments)})"
    if item.order_by is not None:
        sign += f" for order by {item.order_by.called.sql}"
    return sign
