"""Operator families: `CREATE OPERATOR FAMILY`, which operator classes of an access method share.

What a family has beside its classes is altered in place. That of a class, which has the class's
name and nothing else, needs no place in a spec. Source: the manual, CREATE OPERATOR FAMILY and
36.16.5.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gen_migration.base.data_class import dataclass, replace
from gen_migration.kinds import operator_item_spec as item_spec
from gen_migration.kinds import operator_items as items
from gen_migration.kinds.keys import RENAMED_FROM, Key
from gen_migration.kinds.kind import Kind
from gen_migration.model import object_renaming
from gen_migration.model.access import Owned
from gen_migration.model.mapped import hold
from gen_migration.postgres import own_objects
from gen_migration.postgres.names import Name, last_two
from gen_migration.postgres.operators import own

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from gen_migration.kinds.references import Finder, Reference
    from gen_migration.model.schema import Schema
    from gen_migration.postgres.names import MethodName

USING_ABOUT = "`using` an access method behind it, where that is not `btree`"
ITEMS = "ItemTexts"
OPERATORS = Key(
    "operators",
    ITEMS,
    "Operators by the numbers of their strategies, each with its operands: `<(integer, bigint)`;"
    " for a result that is sorted, with `for order by` a family of `btree`. Several of a number"
    " are a list.",
    dict,
)
FUNCTIONS = Key(
    "functions",
    ITEMS,
    "Support functions by their numbers: `(integer, bigint) compare(integer, bigint)`, with the"
    " types that it is for. Several of a number are a list.",
    dict,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class OperatorFamily(Owned):
    """`CREATE OPERATOR FAMILY`, and what it has beside its classes."""

    operators: tuple[items.OperatorItem, ...] = ()
    functions: tuple[items.FunctionItem, ...] = ()
    comment: str | None = None


hold(
    OperatorFamily,
    operators=(items.OperatorItem,),
    functions=(items.FunctionItem,),
)


def name_in_catalog(
    reading: Any, word: str, name: tuple[str, str], method: str
) -> MethodName:
    """Return the name of a class or a family that a catalog has, which may be PostgreSQL's own."""
    whole = items.of_method(own(Name(*name)), method)
    if own_objects.is_called_so(word, whole):
        return whole
    return items.of_method(own(reading.name(*name)), method)


class OfMethod(Kind):
    """What is called by a name and an access method: operator classes and families."""

    def name_in(self, node: Any, objects: Mapping[Any, Any]) -> Any:
        from gen_migration.sql import tree

        method, *parts = tree.strings(node.list.items)
        return items.of_method(last_two(parts), method)

    def name_at(self, at: Any, text: str, *, at_key: bool = True) -> Any:
        plain, method = items.name_of_method(text)
        name = at.name_beside_own(
            self.word,
            plain,
            lambda one: own_objects.is_own(self.word, items.of_method(one, method)),
            at_key=at_key,
        )
        if name is None or not at.identifier(method, at_key=at_key):
            return None
        return items.of_method(name, method)

    def old_name(self, at: Any, text: str, new: Any) -> Any:
        found = at.name(text, at_key=False)
        return found and new._replace(schema=found.schema, name=found.name)

    def name_of(self, reading: Any, row: Any) -> Any:
        return name_in_catalog(reading, self.word, (row.schema, row.name), row.method)

    def place(self, name: Any) -> set[Reference]:
        return super().place(name) | {("access method", name.method)}

    def in_renamed_schema(self, value: Any, old: str, new: str) -> Any:
        return items.in_renamed_schema(value, old, new)

    def changes(self, old: Any, new: Any) -> Iterator[tuple[str, Any, Any]]:
        yield "definition", self.definition(old), self.definition(new)


class OperatorFamilies(OfMethod):
    """Operator families."""

    word = "operator family"
    key = "operator_families"
    about = (
        f"Operator families by name, {USING_ABOUT}: what they have beside their classes. A"
        " class has one of its own name by itself."
    )
    about_one = "An operator family."
    keys = (OPERATORS, FUNCTIONS, RENAMED_FROM)
    value = OperatorFamily
    catalog = "pg_opfamily"
    called = "OPERATOR FAMILY"
    object = "OPFAMILY"
    space = "opfamilies"
    creates = "create_op_family_stmt"
    alters = "alter_op_family_stmt"

    # SQL out.

    def create(self, name: Any, value: Any) -> str:
        return f"CREATE {self.sql(name)}"

    def after(self, name: Any, value: Any) -> Iterator[str]:
        yield from self.added(name, (*value.operators, *value.functions))

    def added(self, name: Any, new: tuple[items.Item, ...]) -> Iterator[str]:
        """Yield what gives a family these items."""
        if new:
            listed = ",\n    ".join(map(items.sql_of, new))
            yield f"ALTER {self.sql(name)} ADD\n    {listed}"

    def definition(self, value: Any) -> str:
        return ", ".join(map(items.sql_of, (*value.operators, *value.functions)))

    def alter(self, name: Any, old: Any, new: Any) -> list[str]:
        gone, come = between(old, new), between(new, old)
        if gone:
            listed = ",\n    ".join(map(items.dropped_sql, gone))
            return [f"ALTER {self.sql(name)} DROP\n    {listed}"]
        return [*self.added(name, come)]

    def steps(self, old: Any, new: Any) -> Iterator[Any]:
        """Yield the value without what goes, and then with what comes."""
        kept = replace(
            old,
            operators=tuple(one for one in old.operators if one in new.operators),
            functions=tuple(one for one in old.functions if one in new.functions),
        )
        if kept != old:
            yield kept
        if kept != new:
            yield new

    # SQL in.

    def read(self, node: Any, schema: Schema) -> tuple[Any, Any]:
        from gen_migration.sql import tree

        name = items.of_method(tree.dotted(node.opfamilyname), node.amname)
        return name, OperatorFamily()

    def read_alter(
        self, node: Any, objects: Mapping[Any, Any]
    ) -> tuple[Any, Any] | None:
        from gen_migration.sql import tree

        name = items.of_method(tree.dotted(node.opfamilyname), node.amname)
        value = objects.get(name)
        if value is None:
            return None
        found = [one.create_op_class_item for one in node.items]
        if node.is_drop:
            gone = {(one.itemtype, one.number, types_of(one)) for one in found}
            return name, replace(
                value,
                operators=left(value.operators, gone, items.OPERATOR),
                functions=left(value.functions, gone, items.FUNCTION),
            )
        new = [items.read(one, ()) for one in found]
        return name, replace(
            value,
            operators=items.ordered((*value.operators, *of(new, items.OperatorItem))),
            functions=items.ordered((*value.functions, *of(new, items.FunctionItem))),
        )

    # The spec.

    def build(self, at: Any, name: Any, shape: Any) -> Any:
        return OperatorFamily(
            operators=item_spec.build(
                at / "operators", shape.operators, "OPERATOR", None
            ),
            functions=item_spec.build(
                at / "functions", shape.functions, "FUNCTION", None
            ),
        )

    def is_implied(self, name: Any, value: Any, schema: Schema) -> bool:
        held = schema.of("operator class").get(name)
        return held is not None and held.family == name and value == OperatorFamily()

    def dump(self, writer: Any, name: Any, value: Any) -> dict[str, Any]:
        return {
            "operators": item_spec.dump(value.operators, None),
            "functions": item_spec.dump(value.functions, None),
        }

    # The catalog.

    def from_row(self, reading: Any, row: Any) -> Any:
        operators, functions = items.of_rows(reading, row)
        return OperatorFamily(operators=operators, functions=functions)

    # Renames and order.

    def renamed(self, schema: Schema, old: Any, new: Any) -> Schema:
        return object_renaming.operator_family(schema, old, new)

    def refers(self, value: Any, find: Finder) -> set[Reference]:
        return {*items.refers(value)}


def between(one: OperatorFamily, other: OperatorFamily) -> tuple[items.Item, ...]:
    """Return the items of a family that another value of it has not."""
    held = {*other.operators, *other.functions}
    every: tuple[items.Item, ...] = (*one.operators, *one.functions)
    return tuple(item for item in every if item not in held)


def of(found: list[items.Item], kind: type[Any]) -> Iterator[Any]:
    """Yield those of some items that are operators, or functions."""
    return (one for one in found if isinstance(one, kind))


def types_of(node: Any) -> tuple[str, ...]:
    """Return the types by which `DROP` names an item, as SQL."""
    from gen_migration.kinds.routine_tree import type_of

    return tuple(type_of(one.type_name, ()).sql for one in node.class_args)


def left(found: tuple[Any, ...], gone: set[Any], kind: int) -> tuple[Any, ...]:
    """Return what is left of some items of a kind."""

    def key(one: items.Item) -> Any:
        number, types = items.key_of(one)
        return kind, number, tuple(each.sql for each in types)

    return tuple(one for one in found if key(one) not in gone)
