"""What operator classes and families have: operators by their strategies, and support functions.

A spec and SQL write an item alike, behind its number: `<(a, b)`, `<->(a, b) for order by floats`,
`(a, b) compare(a, b)`. Source: the manual, CREATE OPERATOR CLASS and ALTER OPERATOR FAMILY.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gen_migration.base.data_class import dataclass, replace
from gen_migration.kinds import routine_tree
from gen_migration.kinds.references import of_type
from gen_migration.model.mapped import mapped
from gen_migration.postgres import operators as signs
from gen_migration.postgres.names import BTREE, USING, MethodName
from gen_migration.postgres.parser import name_of
from gen_migration.postgres.signatures import Signature, with_types

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from gen_migration.kinds.references import Reference
    from gen_migration.postgres.names import Name
    from gen_migration.postgres.types import Type


@dataclass(frozen=True, slots=True, kw_only=True)
class OperatorItem:
    """`OPERATOR number …`; `order_by` is the B-tree family that its result is sorted by."""

    number: int
    operator: Signature
    order_by: MethodName | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FunctionItem:
    """`FUNCTION number …`; without `types`, PostgreSQL finds those that it is for."""

    number: int
    types: tuple[Type, ...] = ()
    routine: Signature


Item = OperatorItem | FunctionItem


def function_of(node: Any) -> Signature:
    """Return the function that an `ObjectWithArgs` names. Raises ValueError without arguments."""
    called = name_of(node.objname)
    if called is None or node.args_unspecified:
        raise ValueError("a function without its arguments")
    types = tuple(routine_tree.type_of(one.type_name, ()) for one in node.objargs)
    return with_arguments(signs.own(called), types)


def function_row(reading: Any, found: Any) -> Signature:
    """Return the function that a catalog says by schema, name and arguments."""
    types = tuple(map(reading.argument_type, found["arguments"]))
    return with_arguments(signs.own(reading.name(*found["name"])), types)


def with_arguments(name: Name, types: tuple[Type, ...]) -> Signature:
    """Return a name with the types of its arguments."""
    return Signature(name.schema, name.name, tuple(map(uniform, types)))


def uniform(of: Type) -> Type:
    """Return a type as items have it: a statement about them does not say which are enums."""
    return replace(of, kind="other") if of.kind == "enum" else of


def of_method(name: Name, method: str = BTREE) -> MethodName:
    """Return the name of a class or a family of an access method."""
    return MethodName(name.schema, name.name, method)


# How the parser calls an item of each kind.
OPERATOR, FUNCTION, STORAGE = 1, 2, 3
WORDS = {OPERATOR: "OPERATOR", FUNCTION: "FUNCTION"}


def ordered(items: Iterable[Any]) -> tuple[Any, ...]:
    """Return items by their numbers, whatever the order in which they were written."""
    return tuple(sorted(items, key=lambda one: (one.number, str(key_of(one)))))


def key_of(item: Any) -> tuple[int, tuple[Type, ...]]:
    """Return the number of an item, and the types that it is for: a family has one of each."""
    if isinstance(item, OperatorItem):
        return item.number, item.operator.arguments
    return item.number, item.types or item.routine.arguments[:2]


# SQL out.


def sql_of(item: Any) -> str:
    """Return an item as SQL."""
    if isinstance(item, OperatorItem):
        found = f"OPERATOR {item.number} {signs.with_operands(item.operator)}"
        if item.order_by is not None:
            found += f" FOR ORDER BY {item.order_by.called.sql}"
        return found
    return f"FUNCTION {item.number} {types_sql(item.types)}{item.routine.sql}"


def types_sql(types: Iterable[Type]) -> str:
    """Return types in brackets, with a blank; nothing for none."""
    listed = ", ".join(one.sql for one in types)
    return f"({listed}) " if listed else ""


def dropped_sql(item: Item) -> str:
    """Return an item as `ALTER OPERATOR FAMILY … DROP` names it."""
    number, types = key_of(item)
    word = "OPERATOR" if isinstance(item, OperatorItem) else "FUNCTION"
    return f"{word} {number} {types_sql(types)}".rstrip()


# SQL in.


def read(node: Any, enums: Any, of: Type | None = None) -> Item:
    """Return the item of a `CreateOpClassItem`; of a class, its type is that of bare operators.

    Raises ValueError where types are missing.
    """
    called = name_of(node.name.objname)
    types = tuple(
        routine_tree.type_of(one.type_name, enums) for one in node.name.objargs
    )
    given = tuple(
        uniform(routine_tree.type_of(one.type_name, enums)) for one in node.class_args
    )
    if called is None:
        raise ValueError("an item of an operator class without a name")
    if node.itemtype == OPERATOR:
        if not types and of is not None:
            types = (of, of)
        if len(types) != 2:
            raise ValueError(f"{called.name} without its operands")
        family = name_of(node.order_family)
        return OperatorItem(
            number=node.number,
            operator=with_arguments(signs.own(called), types),
            order_by=family and of_method(family),
        )
    if node.name.args_unspecified:
        raise ValueError(f"{called} without its arguments")
    routine = with_arguments(signs.own(called), types)
    return FunctionItem(number=node.number, types=given, routine=routine)


def settled(item: Item, of: Type, method: str) -> Item:
    """Return an item of a class without types that PostgreSQL finds by itself."""
    if not isinstance(item, FunctionItem) or item.types != (of, of):
        return item
    # B-trees and hashes take those of the function (`assignProcTypes` in opclasscmds.c).
    takes = (
        item.routine.arguments[:2] if method == BTREE else item.routine.arguments[:1]
    )
    if method in {BTREE, "hash"} and any(one != of for one in takes):
        return item
    return replace(item, types=())


# The functions that PostgreSQL ties to a class, so that they go with it; others are loose in the
# family. Of other access methods, all are tied. Source: `amadjustmembers` of each (nbtvalidate.c,
# hashvalidate.c, …).
REQUIRED: dict[str, frozenset[int]] = {
    BTREE: frozenset((1,)),
    "hash": frozenset((1,)),
    "gist": frozenset((1, 2, 5, 6, 7)),
    "spgist": frozenset((1, 2, 3, 4, 5)),
    "gin": frozenset((2, 3)),
}


def is_tied(item: Item, of: Type, method: str) -> bool:
    """Tell whether an item goes with a class of a type."""
    if method not in REQUIRED:
        return True
    if isinstance(item, OperatorItem):
        return method in {BTREE, "hash"} and item.operator.arguments == (of, of)
    left, right = of_family(item, of, method).types
    is_own = left == right == of if method in {BTREE, "hash"} else left == right
    return item.number in REQUIRED[method] and is_own


def of_family(item: Item, of: Type, method: str) -> Any:
    """Return an item of a class as its family has it: a function with its types."""
    if isinstance(item, OperatorItem) or item.types:
        return item
    # As `assignProcTypes` in opclasscmds.c finds them.
    match method:
        case "btree" if item.number == 1:
            types = item.routine.arguments[:2]
        case "hash":
            types = item.routine.arguments[:1] * 2
        case _:
            types = (of, of)
    return replace(item, types=types)


# The catalog.


def of_rows(reading: Any, row: Any) -> tuple[tuple[Any, ...], tuple[Any, ...]]:
    """Return the operators and the functions of a row."""

    def types(found: Iterable[Mapping[str, Any]]) -> tuple[Type, ...]:
        return tuple(map(reading.argument_type, found))

    operators = (
        OperatorItem(
            number=one["number"],
            operator=with_arguments(
                reading.operator_name(*one["name"]), types(one["arguments"])
            ),
            order_by=one["order_by"]
            and of_method(signs.own(reading.name(*one["order_by"]))),
        )
        for one in row.operators
    )
    functions = (
        FunctionItem(
            number=one["number"],
            types=tuple(map(uniform, types(one["types"]))),
            routine=with_arguments(
                signs.own(reading.name(*one["name"])), types(one["arguments"])
            ),
        )
        for one in row.functions
    )
    return ordered(operators), ordered(functions)


# Renames and order.


def in_renamed_schema(value: Any, old: str, new: str) -> Any:
    """Return a class or a family in which a schema has another name."""

    def of_type(one: Any) -> Any:
        return replace(one, schema=new) if one.schema == old else one

    def moved(one: Any) -> Any:
        one = with_types(one, of_type)
        return one._replace(schema=new) if one.schema == old else one

    changes: dict[str, Callable[[Any], Any]] = dict.fromkeys(
        ("operator", "routine", "from_sql", "to_sql", "order_by", "family"), moved
    )
    changes |= {"stored": of_type, "types": lambda found: tuple(map(of_type, found))}
    return mapped(value, changes)


def refers(value: Any) -> Iterator[Reference]:
    """Yield what the items of a class or a family refer to."""
    for one in value.operators:
        yield ("operators", one.operator.called, one.operator.arguments)
        yield from types_in(one.operator.arguments)
        if one.order_by is not None:
            yield ("operator family", one.order_by)
    for one in value.functions:
        yield ("functions", one.routine.called, len(one.routine.arguments))
        yield from types_in((*one.types, *one.routine.arguments))


def types_in(types: Iterable[Type]) -> Iterator[Reference]:
    """Yield the references of types."""
    for one in types:
        yield from of_type(one)


def name_of_method(text: str) -> tuple[str, str]:
    """Return the name and the access method of `name using method`; a B-tree where none is said."""
    name, found, method = text.rpartition(USING)
    return (name.strip(), method.strip()) if found else (text, BTREE)
