"""The columns that a query's parts bring or give: their names, and their types where they are sure.

A type is a `Sort`, or any value that is equal only where the types are: an expression that stays as
it is over columns that keep their types has its type again. None is one that nobody knows.
Source: the manual, "Type Conversion" (chapter 10).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gen_migration.base.data_class import dataclass
from gen_migration.postgres.expressions import deparsed
from gen_migration.postgres.labels import label
from gen_migration.postgres.types import Type
from gen_migration.sql.sorts import Sort
from gen_migration.sql.tree import column_type

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterable, Sequence

    from gen_migration.postgres.names import Name


@dataclass(slots=True, eq=False)
class Item:
    """Something in FROM, as it is called there: a relation `of` a name, or what is none.

    `columns` are None where they are not known. `node` is what stands in the tree; `pinned` says
    that its columns are called by a list of aliases.
    """

    alias: str
    of: Name | None = None
    columns: list[Column] | None = None
    node: Any = None
    pinned: bool = False


@dataclass(slots=True, eq=False)
class Column:
    """A column that can be named, or that comes out.

    `type` is whatever is equal for equal types, None where it is not known. `origins` are the
    items and the columns there that it may be; `item` is None for one of several (USING).
    """

    name: str
    type: Hashable | None = None
    origins: tuple[tuple[Item, str], ...] = ()
    item: Item | None = None


def renamed(columns: list[Column] | None, names: Sequence[str]) -> list[Column] | None:
    """Return columns of which the first have other names."""
    if columns is None or not names:
        return columns
    rest = columns[len(names) :]
    called = [
        Column(name, one.type, one.origins, one.item)
        for name, one in zip(names, columns, strict=False)
    ]
    return [*called, *rest]


def together(
    left: list[Column] | None, right: list[Column] | None
) -> list[Column] | None:
    """Return the columns of UNION, INTERSECT and EXCEPT: called as those of the first."""
    if left is None or right is None or len(left) != len(right):
        return left and [Column(one.name) for one in left]
    return [
        Column(one.name, one.type if one.type == other.type else both(one, other))
        for one, other in zip(left, right, strict=True)
    ]


def both(one: Column, other: Column) -> Hashable | None:
    """Return what is equal where the types of two columns are."""
    return None if None in {one.type, other.type} else (one.type, other.type)


def merged(
    name: str,
    left: Iterable[Column],
    right: Iterable[Column],
    items: Iterable[Item],
) -> Column:
    """Return a column of USING: it may be one of several."""
    sides = [
        next((one for one in side if one.name == name), None) for side in (left, right)
    ]
    origins = [each for one in sides if one is not None for each in one.origins]
    origins += [(one, name) for one in items if one.columns is None]
    types = {None if one is None else one.type for one in sides}
    same = len(types) == 1
    return Column(name, types.pop() if same else None, tuple(origins))


def of_values(rows: Any) -> list[Column]:
    """Return the columns of VALUES."""
    first = rows[0].list.items
    found = []
    for number, _ in enumerate(first):
        types = {type_of(row.list.items[number], ()) for row in rows}
        found.append(
            Column(f"column{number + 1}", types.pop() if len(types) == 1 else None)
        )
    return found


def star_of(target: Any) -> tuple[str, ...] | None:
    """Return what stands before a `*` that is selected; None where something else is."""
    if not target.val.HasField("column_ref"):
        return None
    fields = target.val.column_ref.fields
    if not fields or not fields[-1].HasField("a_star"):
        return None
    return tuple(one.string.sval for one in fields[:-1])


def column(target: Any, seen: Sequence[Hashable | None]) -> Column:
    """Return what a target gives; `seen` are the types of the columns that it names."""
    return Column(target.name or label(target.val), type_of(target.val, seen))


def type_of(node: Any, seen: Sequence[Hashable | None]) -> Hashable | None:
    """Return the type of an expression that names columns of these types; None where unsure."""
    kind = node.WhichOneof("node")
    match kind:
        case "column_ref" if len(seen) == 1:
            return seen[0]
        case "a_const":
            return of_constant(node.a_const)
        case "type_cast" if all(is_plain(one) for one in seen):
            try:
                return Sort(column_type(node.type_cast.type_name, ()))
            except ValueError:
                return None
        case "func_call" if node.func_call.agg_star:
            if [one.string.sval for one in node.func_call.funcname] == ["count"]:
                return BIGINT
        case "bool_expr" | "null_test" | "boolean_test":
            return BOOLEAN
    if None in seen:
        return None
    return "expression", deparsed(node), tuple(seen)


def is_plain(of: Hashable | None) -> bool:
    """Tell whether a type is known, and has no collation of its own."""
    return isinstance(of, Sort) and of.collation is None


BIGINT, BOOLEAN = Sort(Type(name="bigint")), Sort(Type(name="boolean"))


def of_constant(node: Any) -> Hashable | None:
    """Return the type of a literal; one of text is of no other type where nothing asks for it."""
    if node.HasField("ival"):
        return Sort(Type(name="integer"))
    if node.HasField("fval"):
        text = node.fval.fval
        whole = text.lstrip("-").isdigit() and abs(int(text)) < 2**63
        return Sort(Type(name="bigint" if whole else "numeric"))
    if node.HasField("boolval"):
        return BOOLEAN
    if node.HasField("sval") or node.isnull:
        return Sort(Type(name="text"))
    return None
