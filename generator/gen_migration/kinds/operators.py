"""Operators: `CREATE OPERATOR`, a sign for a function of one or two operands.

PostgreSQL alters what estimates its selectivity, and moves one to another schema; all else is made
anew, with what stands on it. An operator and its commutator name each other, and so do negators:
what one of both says, the other one has. Source: the manual, CREATE OPERATOR and 36.15.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gen_migration.base.data_class import dataclass, replace
from gen_migration.base.errors import quoted
from gen_migration.kinds import routine_tree
from gen_migration.kinds.keys import RENAMED_FROM, Key
from gen_migration.kinds.kind import Kind
from gen_migration.kinds.references import of_type
from gen_migration.model import object_renaming
from gen_migration.model.access import Owned
from gen_migration.postgres import bodies
from gen_migration.postgres import operators as signs
from gen_migration.postgres.names import Name
from gen_migration.postgres.parser import name_of
from gen_migration.postgres.signatures import Signature

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

    from gen_migration.kinds.nodes import Node
    from gen_migration.kinds.references import Finder, Reference
    from gen_migration.model.schema import Schema
    from gen_migration.postgres.types import Type


@dataclass(frozen=True, slots=True, kw_only=True)
class Operator(Owned):
    """`CREATE OPERATOR`; commutator and negator have the same operands."""

    function: Name
    commutator: Name | None = None
    negator: Name | None = None
    restrict: Name | None = None
    join: Name | None = None
    hashes: bool = False
    merges: bool = False
    comment: str | None = None


# The fields that name a function, and those that name an operator.
FUNCTIONS = ("function", "restrict", "join")
OTHERS = ("commutator", "negator")
SIDES = ("leftarg", "rightarg")


class Operators(Kind):
    """Operators of a function."""

    word = "operator"
    key = "operators"
    about = (
        "Operators by name and operands: `===(integer, integer)`, or `!!(text)` of one that"
        " stands before its operand."
    )
    about_one = "An operator; in short, its function."
    keys = (
        Key("function", "Text", "The function that it calls, by its name.", ...),
        Key(
            "commutator",
            "Text | None",
            "The operator `b OP a` that is `a OP b`; may be itself. Without a schema, it is in"
            " that of this one.",
        ),
        Key("negator", "Text | None", "The operator that is `NOT (a OP b)`."),
        Key(
            "restrict",
            "Text | None",
            "The function that estimates how many rows it finds, such as `eqsel`.",
        ),
        Key(
            "join",
            "Text | None",
            "The function that estimates a join by it, such as `eqjoinsel`.",
        ),
        Key("hashes", "bool", "It can be that of a hash join.", False),
        Key("merges", "bool", "It can be that of a merge join.", False),
        RENAMED_FROM._replace(
            about="Where it was before: `old.===`. PostgreSQL moves operators to other schemas,"
            " and renames none."
        ),
    )
    value = Operator
    catalog = "pg_operator"
    called = "OPERATOR"
    space = "operators"
    short = "function"
    creates = "define_stmt"
    alters = "alter_operator_stmt"
    groups = (("restrict", "join"),)

    # SQL out.

    def sql(self, name: Any) -> str:
        return f"OPERATOR {signs.with_operands(name)}"

    def create(self, name: Any, value: Any) -> str:
        listed = ",\n    ".join(clauses(name, value))
        return f"CREATE OPERATOR {signs.bare_sql(name.called)} (\n    {listed}\n)"

    def definition(self, value: Any) -> str:
        return f"({', '.join(clauses(None, value))})"

    def alter(self, name: Any, old: Any, new: Any) -> list[str]:
        changed = (
            f"{key.upper()} = {'NONE' if held is None else held.sql}"
            for key in ("restrict", "join")
            if (held := getattr(new, key)) != getattr(old, key)
        )
        return [f"ALTER {self.sql(name)} SET ({', '.join(changed)})"]

    def is_replaced(self, old: Any, new: Any) -> bool:
        altered = replace(old, restrict=new.restrict, join=new.join)
        return bool(altered != new)

    # SQL in.

    def reads(self, node: Any) -> bool:
        from gen_migration.sql import tree

        if node.DESCRIPTOR.name == "DefineStmt":
            return bool(tree.word(node, "kind") == "OPERATOR")
        return True

    def read(self, node: Any, schema: Schema) -> tuple[Any, Any]:
        from gen_migration.sql import tree

        operands: dict[str, Type] = {}
        values: dict[str, Any] = {}
        for one in node.definition:
            key, given = one.def_elem.defname, one.def_elem.arg
            match key:
                case "leftarg" | "rightarg":
                    operands[key] = routine_tree.type_of(given.type_name, schema.enums)
                case "function" | "procedure":
                    values["function"] = tree.dotted(given.type_name.names)
                case "restrict" | "join":
                    values[key] = tree.dotted(given.type_name.names)
                case "commutator" | "negator":
                    is_list = given.WhichOneof("node") == "list"
                    names = given.list.items if is_list else given.type_name.names
                    values[key] = signs.own(tree.dotted(names))
                case "hashes" | "merges":
                    values[key] = True
                case _:
                    raise ValueError(f"{key.upper()} of an operator")
        name = tree.dotted(node.defnames)
        listed = tuple(operands[key] for key in SIDES if key in operands)
        return Signature(name.schema, name.name, listed), Operator(**values)

    def name_in(self, node: Any, objects: Mapping[Any, Any]) -> Any:
        return operator_in(node.object_with_args, objects)

    def read_alter(
        self, node: Any, objects: Mapping[Any, Any]
    ) -> tuple[Any, Any] | None:
        from gen_migration.sql import tree

        name = operator_in(node.opername, objects)
        if name is None:
            return None
        given = {
            one.def_elem.defname: tree.dotted(one.def_elem.arg.type_name.names)
            if one.def_elem.HasField("arg")
            else None
            for one in node.options
        }
        if not given.keys() <= {"restrict", "join"}:
            raise ValueError("ALTER OPERATOR … SET of more than RESTRICT and JOIN")
        changes: dict[str, Any] = {**given}
        return name, replace(objects[name], **changes)

    # The spec.

    def name_at(self, at: Any, text: str, *, at_key: bool = True) -> Any:
        name = at.signature(text, at_key=at_key)
        if name is None:
            return None
        if not signs.is_operator(name.name):
            at.wrong(
                f"{quoted(name.name)} is no operator",
                "write signs of + - * / < > = ~ ! @ # % ^ & | ` ?, and the operands:"
                " ===(integer, integer)",
                at_key=at_key,
            )
            return None
        if len(name.arguments) not in {1, 2}:
            at.wrong(
                f"{quoted(text)} has {len(name.arguments)} operands",
                "write one or two: an operator of one stands before it",
                at_key=at_key,
            )
            return None
        return name

    def old_name(self, at: Any, text: str, new: Any) -> Any:
        found = at.name(text, at_key=False)
        if found is not None and found.name != new.name:
            at.wrong(
                f"PostgreSQL cannot rename the operator {quoted(found.name)}",
                "remove renamed_from: it is dropped, and another one created",
            )
            return None
        return found and new._replace(schema=found.schema)

    def build(self, at: Any, name: Any, shape: Any) -> Any:
        found: dict[str, Any] = at.functions(shape, FUNCTIONS)
        for key in OTHERS:
            text = getattr(shape, key)
            if text is None:
                continue
            other = signs.named(text)
            if not signs.is_operator(other.name):
                (at / key).wrong(
                    f"{quoted(text)} is no operator", "write it as ===, or as app.==="
                )
            is_bare = "." not in text and name is not None
            found[key] = other._replace(schema=name.schema) if is_bare else other
        if found["function"] is None:
            return None
        value = Operator(hashes=shape.hashes, merges=shape.merges, **found)
        if name is not None and len(name.arguments) == 1:
            for key in ("commutator", "join", "hashes", "merges"):
                if getattr(value, key):
                    (at / key).wrong_key(
                        f"an operator of one operand has no {quoted(key)}", "remove it"
                    )
        return value

    def settle(self, objects: dict[str, dict[Any, Any]]) -> None:
        found = objects[self.word]
        for name, value in [*found.items()]:
            for key in OTHERS:
                other = counterpart(name, key, getattr(value, key))
                if other in found and getattr(found[other], key) is None:
                    link: dict[str, Any] = {key: name.called}
                    found[other] = replace(found[other], **link)

    def dump(self, writer: Any, name: Any, value: Any) -> dict[str, Any]:
        def other(held: Name | None) -> str | None:
            if held is None or held.schema == name.schema:
                return held and held.name
            return signs.text_of(held if held.schema else Name("pg_catalog", held.name))

        def said(held: Name | None) -> str | None:
            return held and str(held)

        return {
            **{key: said(getattr(value, key)) for key in FUNCTIONS},
            **{key: other(getattr(value, key)) for key in OTHERS},
            "hashes": value.hashes or None,
            "merges": value.merges or None,
        }

    # The catalog.

    def name_of(self, reading: Any, row: Any) -> Any:
        schema, name = reading.operator_name(row.schema, row.name, row.is_hidden)
        types = tuple(map(reading.argument_type, row.arguments))
        return Signature(schema, name, types)

    def from_row(self, reading: Any, row: Any) -> Any:
        names: dict[str, Any] = {
            key: held and signs.own(reading.name(*held))
            for key in FUNCTIONS
            for held in (getattr(row, key),)
        }
        others = {
            key: held and reading.operator_name(*held)
            for key in OTHERS
            for held in (getattr(row, key),)
        }
        return Operator(hashes=row.hashes, merges=row.merges, **names, **others)

    # Renames and order.

    def renamed(self, schema: Schema, old: Any, new: Any) -> Schema:
        schema = object_renaming.operator(schema, old, new)
        found = {
            name: replace(value, **change) if change else value
            for name, value in schema.of(self.word).items()
            for change in (
                {
                    key: new.called
                    for key in OTHERS
                    if counterpart(name, key, getattr(value, key)) == old
                },
            )
        }
        return schema.with_(self.word, found)

    def in_renamed_schema(self, value: Any, old: str, new: str) -> Any:
        def moved(name: Name) -> Name:
            return name._replace(schema=new) if name.schema == old else name

        changes: dict[str, Any] = {
            key: held and moved(held)
            for key in (*FUNCTIONS, *OTHERS)
            for held in (getattr(value, key),)
        }
        return replace(value, **changes)

    def links(self, name: Any, value: Any) -> Collection[Node]:
        found = ((key, counterpart(name, key, getattr(value, key))) for key in OTHERS)
        return [(key, other) for key, other in found if other is not None]

    def concerned_types(self, name: Any, value: Any) -> tuple[Type, ...]:
        found: tuple[Type, ...] = name.arguments
        return found

    def place(self, name: Any) -> set[Reference]:
        return super().place(name).union(*map(of_type, name.arguments))

    def refers(self, value: Any, find: Finder) -> set[Reference]:
        names = (getattr(value, key) for key in FUNCTIONS)
        return {("functions", one, bodies.ANY) for one in names if one is not None}

    # Words.

    def changes(self, old: Any, new: Any) -> Iterator[tuple[str, Any, Any]]:
        yield "definition", self.definition(old), self.definition(new)


def counterpart(name: Signature, key: str, called: Name | None) -> Signature | None:
    """Return the commutator or the negator of an operator, which is called so."""
    if called is None:
        return None
    operands = name.arguments
    operands = operands[::-1] if key == "commutator" else operands
    return Signature(called.schema, called.name, operands)


def operator_in(node: Any, objects: Mapping[Any, Any]) -> Any:
    """Return which of some operators an `ObjectWithArgs` names; None for none of them."""
    called = name_of(node.objname)
    types = tuple(
        routine_tree.type_of(one.type_name, ())
        for one in node.objargs
        if one.HasField("type_name")
    )
    wanted = None if called is None else Signature(*called, types).sql
    return next((one for one in objects if one.sql == wanted), None)


def clauses(name: Signature | None, value: Operator) -> Iterator[str]:
    """Yield what `CREATE OPERATOR` says."""
    yield f"FUNCTION = {value.function.sql}"
    if name is not None:
        *lefts, right = name.arguments
        yield from (f"LEFTARG = {one.sql}" for one in lefts)
        yield f"RIGHTARG = {right.sql}"
    for key in OTHERS:
        if (held := getattr(value, key)) is not None:
            yield f"{key.upper()} = {signs.sql_of(held)}"
    for key in ("restrict", "join"):
        if (held := getattr(value, key)) is not None:
            yield f"{key.upper()} = {held.sql}"
    for key in ("hashes", "merges"):
        if getattr(value, key):
            yield key.upper()
