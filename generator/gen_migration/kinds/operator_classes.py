"""Operator classes: `CREATE OPERATOR CLASS`, how an access method handles a type.

PostgreSQL can rename one and move it; all else is made anew, with the indexes and constraints that
have it. Source: the manual, CREATE OPERATOR CLASS and 36.16 (Interfacing Extensions to Indexes).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gen_migration.base.data_class import dataclass, replace
from gen_migration.base.errors import quoted
from gen_migration.kinds import operator_item_spec as item_spec
from gen_migration.kinds import operator_items as items
from gen_migration.kinds.keys import RENAMED_FROM, Key
from gen_migration.kinds.operator_families import (
    ITEMS,
    USING_ABOUT,
    OfMethod,
    OperatorFamily,
    name_in_catalog,
)
from gen_migration.kinds.references import of_type
from gen_migration.kinds.routine_tree import type_of
from gen_migration.model import object_renaming
from gen_migration.model.access import Owned
from gen_migration.model.mapped import hold
from gen_migration.postgres.names import BTREE

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gen_migration.kinds.references import Finder, Reference
    from gen_migration.model.schema import Schema
    from gen_migration.postgres.names import MethodName
    from gen_migration.postgres.types import Type


@dataclass(frozen=True, slots=True, kw_only=True)
class OperatorClass(Owned):
    """`CREATE OPERATOR CLASS`; `standard` is DEFAULT, `stored` its STORAGE."""

    type: Type
    standard: bool = False
    family: MethodName
    operators: tuple[items.OperatorItem, ...] = ()
    functions: tuple[items.FunctionItem, ...] = ()
    stored: Type | None = None
    comment: str | None = None


hold(
    OperatorClass,
    operators=(items.OperatorItem,),
    functions=(items.FunctionItem,),
)


class OperatorClasses(OfMethod):
    """Operator classes."""

    word = "operator class"
    key = "operator_classes"
    about = f"Operator classes by name, {USING_ABOUT}: how an index handles a type."
    about_one = "An operator class."
    keys = (
        Key("type", "Text", "The type that it is for.", ...),
        Key("default", "bool", "Indexes of the type have it by themselves.", False),
        Key(
            "family",
            "Text | None",
            "The operator family that it is in; left out, one of its own name.",
        ),
        Key(
            "operators",
            ITEMS,
            "Operators by the numbers of their strategies, such as `1: <`; of other operands than"
            " two of the type, with those: `<(integer, bigint)`; for a result that is sorted, with"
            " `for order by` a family of `btree`. Several of a number are a list.",
            dict,
        ),
        Key(
            "functions",
            ITEMS,
            "Support functions by their numbers: `1: compare(mood, mood)`; where it is for other"
            " types, with those before it. Several of a number are a list.",
            dict,
        ),
        Key(
            "storage", "Text | None", "The type that the index holds, if it is another."
        ),
        RENAMED_FROM,
    )
    value = OperatorClass
    catalog = "pg_opclass"
    called = "OPERATOR CLASS"
    object = "OPCLASS"
    space = "opclasses"
    creates = "create_op_class_stmt"

    # SQL out.

    def create(self, name: Any, value: Any) -> str:
        return f"CREATE OPERATOR CLASS {name.called.sql} {body(name.method, value)}"

    def definition(self, value: Any) -> str:
        return " ".join(body(value.family.method, value).split("\n    "))

    def is_replaced(self, old: Any, new: Any) -> bool:
        return True

    # SQL in.

    def read(self, node: Any, schema: Schema) -> tuple[Any, Any]:
        from gen_migration.sql import tree

        name = items.of_method(tree.dotted(node.opclassname), node.amname)
        of = items.uniform(type_of(node.datatype, schema.enums))
        family = name
        if node.opfamilyname:
            family = items.of_method(tree.dotted(node.opfamilyname), node.amname)
        elif name not in schema.of("operator family"):
            raise ValueError("CREATE OPERATOR CLASS … without a FAMILY that is there")
        found: list[items.Item] = []
        stored = None
        for one in (each.create_op_class_item for each in node.items):
            if one.itemtype == items.STORAGE:
                stored = items.uniform(type_of(one.storedtype, schema.enums))
            else:
                item = items.read(one, schema.enums, of)
                found.append(items.settled(item, of, name.method))
        return name, OperatorClass(
            type=of,
            standard=node.is_default,
            family=family,
            operators=items.ordered(filter(is_operator, found)),
            functions=items.ordered(one for one in found if not is_operator(one)),
            stored=None if stored == of else stored,
        )

    # The spec.

    def build(self, at: Any, name: Any, shape: Any) -> Any:
        of = (at / "type").routine_type(shape.type)
        stored = shape.storage and (at / "storage").routine_type(shape.storage)
        of, stored = (one and items.uniform(one) for one in (of, stored))
        family = name
        if shape.family is not None:
            found = (at / "family").name(shape.family, at_key=False)
            family = found and name and items.of_method(found, name.method)
        if of is None or family is None:
            return None
        functions = item_spec.build(at / "functions", shape.functions, "FUNCTION", of)
        return OperatorClass(
            type=of,
            standard=shape.default,
            family=family,
            operators=item_spec.build(
                at / "operators", shape.operators, "OPERATOR", of
            ),
            functions=items.ordered(
                items.settled(one, of, name.method) for one in functions
            ),
            stored=None if stored == of else stored,
        )

    def faults(
        self, name: Any, value: Any, schema: Schema
    ) -> Iterator[tuple[tuple[Any, ...], str, str]]:
        """Yield that a type has another default class (opclasscmds.c, `DefineOpClass`)."""
        if not value.standard:
            return
        for key, one in schema.of(self.word).items():
            if key == name:
                return
            same = key.method == name.method and one.type == value.type
            if same and one.standard:
                what = f"{quoted(key)} is the default for {value.type} already"
                yield ("default",), what, "let one of the two be the default"

    def settle(self, objects: dict[str, dict[Any, Any]]) -> None:
        families, classes = objects["operator family"], objects[self.word]
        for name, value in classes.items():
            if value.family == name:
                # In the order of the classes, whether or not the spec says more of it.
                families[name] = families.pop(name, OperatorFamily())
            if (family := families.get(value.family)) is not None:
                classes[name], families[value.family] = parted(value, family)
        for name, value in classes.items():
            if (family := families.get(value.family)) is not None:
                classes[name], families[value.family] = gathered(value, family)

    def renamed_along(
        self, name: Any, value: Any, old: Any
    ) -> Iterator[tuple[str, Any, Any]]:
        if value.family == name:
            yield "operator family", name, old

    def dump(self, writer: Any, name: Any, value: Any) -> dict[str, Any]:
        family = value.family
        return {
            "type": value.type.spelled,
            "default": value.standard or None,
            "family": None if family == name else writer.name(family.called),
            "operators": item_spec.dump(value.operators, value.type),
            "functions": item_spec.dump(value.functions, value.type),
            "storage": value.stored and value.stored.spelled,
        }

    # The catalog.

    def from_row(self, reading: Any, row: Any) -> Any:
        of = items.uniform(reading.argument_type(row.type))
        operators, functions = items.of_rows(reading, row)
        family = (row.family_schema, row.family)
        return OperatorClass(
            type=of,
            standard=row.standard,
            family=name_in_catalog(reading, "operator family", family, row.method),
            operators=operators,
            functions=items.ordered(
                items.settled(one, of, row.method) for one in functions
            ),
            stored=row.stored and items.uniform(reading.argument_type(row.stored)),
        )

    # Renames and order.

    def renamed(self, schema: Schema, old: Any, new: Any) -> Schema:
        return object_renaming.operator_class(schema, old, new)

    def in_renamed_schema(self, value: Any, old: str, new: str) -> Any:
        changed = super().in_renamed_schema(value, old, new)
        of = changed.type
        return (
            replace(changed, type=replace(of, schema=new))
            if of.schema == old
            else changed
        )

    def concerned_types(self, name: Any, value: Any) -> tuple[Type, ...]:
        return (value.type,)

    def refers(self, value: Any, find: Finder) -> set[Reference]:
        stored = set() if value.stored is None else of_type(value.stored)
        family = {("operator family", value.family)}
        return {*items.refers(value), *of_type(value.type), *stored, *family}


def parted(
    value: OperatorClass, family: OperatorFamily
) -> tuple[OperatorClass, OperatorFamily]:
    """Return a class and its family, each with what PostgreSQL ties to it."""
    of, method = value.type, value.family.method
    found: dict[str, Any] = {"operators": [], "functions": []}
    more: dict[str, list[Any]] = {"operators": [], "functions": []}
    for field in found:
        for one in getattr(value, field):
            tied = items.is_tied(one, of, method)
            (found if tied else more)[field].append(
                one if tied else items.of_family(one, of, method)
            )
    added: dict[str, Any] = {
        key: items.ordered({*getattr(family, key), *listed})
        for key, listed in more.items()
    }
    held: dict[str, Any] = {key: items.ordered(listed) for key, listed in found.items()}
    return replace(value, **held), replace(family, **added)


def gathered(
    value: OperatorClass, family: OperatorFamily
) -> tuple[OperatorClass, OperatorFamily]:
    """Return a class with those items of its family that PostgreSQL ties to it, and the rest.

    B-trees and hashes look for the class that an item's type has (`btadjustmembers` in
    nbtvalidate.c).
    """
    method = value.family.method
    if method not in {BTREE, "hash"}:
        return value, family
    kept: dict[str, Any] = {}
    found: dict[str, Any] = {}
    for field in ("operators", "functions"):
        tied = {
            one
            for one in getattr(family, field)
            if items.is_tied(one, value.type, method)
        }
        kept[field] = tuple(one for one in getattr(family, field) if one not in tied)
        own = {items.settled(one, value.type, method) for one in tied}
        found[field] = items.ordered({*getattr(value, field), *own})
    return replace(value, **found), replace(family, **kept)


def is_operator(item: items.Item) -> bool:
    """Tell whether an item is an operator."""
    return isinstance(item, items.OperatorItem)


def body(method: str, value: OperatorClass) -> str:
    """Return what stands behind the name in `CREATE OPERATOR CLASS`."""
    listed = [*map(items.sql_of, (*value.operators, *value.functions))]
    if value.stored is not None or not listed:
        # Without a single item, PostgreSQL takes none.
        listed.append(f"STORAGE {(value.stored or value.type).sql}")
    default = "DEFAULT " if value.standard else ""
    inside = ",\n    ".join(listed)
    return (
        f"{default}FOR TYPE {value.type.sql} USING {method}"
        f" FAMILY {value.family.called.sql} AS\n    {inside}"
    )
