"""Aggregates: `CREATE AGGREGATE`, ordered-set and hypothetical ones too; a change makes them anew.

Source: the PostgreSQL manual, CREATE AGGREGATE, and `dumpAgg` in PostgreSQL's pg_dump.c.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

from gen_migration.base.data_class import dataclass, replace
from gen_migration.kinds import aggregate_tree, routine_spec
from gen_migration.kinds.keys import RENAMED_FROM, Key
from gen_migration.kinds.references import of_type
from gen_migration.kinds.routine_sql import argument
from gen_migration.kinds.routine_values import Argument
from gen_migration.kinds.routines import Called
from gen_migration.model.access import Granted
from gen_migration.model.mapped import hold, mapped
from gen_migration.postgres import bodies, operators, privileges, signatures
from gen_migration.postgres.names import Name, quote_text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gen_migration.kinds.references import Finder, Reference
    from gen_migration.model.schema import Schema
    from gen_migration.postgres.types import Type

Modify = Literal["read_only", "shareable", "read_write"]
FUNCTIONS = aggregate_tree.FUNCTIONS
TYPES = aggregate_tree.TYPES


@dataclass(frozen=True, slots=True, kw_only=True)
class Aggregate(Granted):
    """`CREATE AGGREGATE`, by PostgreSQL's words.

    Of an ordered-set aggregate, so many arguments are `direct`, and the others stand behind ORDER
    BY: the last one does once more where none is left.
    """

    arguments: tuple[Argument, ...] = ()
    direct: int | None = None
    sfunc: Name
    stype: Type
    sspace: int = 0
    finalfunc: Name | None = None
    finalfunc_extra: bool = False
    finalfunc_modify: Modify | None = None
    combinefunc: Name | None = None
    serialfunc: Name | None = None
    deserialfunc: Name | None = None
    initcond: str | None = None
    msfunc: Name | None = None
    minvfunc: Name | None = None
    mstype: Type | None = None
    msspace: int = 0
    mfinalfunc: Name | None = None
    mfinalfunc_extra: bool = False
    mfinalfunc_modify: Modify | None = None
    minitcond: str | None = None
    sortop: Name | None = None
    parallel: Literal["unsafe", "restricted", "safe"] = "unsafe"
    hypothetical: bool = False
    comment: str | None = None

    @property
    def inputs(self) -> tuple[Argument, ...]:
        """The arguments, which all come in."""
        return self.arguments

    @property
    def arguments_in_brackets(self) -> tuple[Argument, ...]:
        """The arguments, which all stand behind the name."""
        return self.arguments


hold(Aggregate, arguments=(Argument,))
MODIFY = 'Literal["read_only", "shareable", "read_write"] | None'


class Aggregates(Called):
    """Aggregates over functions that are there."""

    word = "aggregate"
    key = "aggregates"
    about = "Aggregates by signature: `total(integer)`; `rows()` is one over `*`."
    about_one = "An aggregate, by the words of CREATE AGGREGATE."
    keys = (
        Key("arguments", "Arguments", default=dict),
        Key(
            "direct",
            "int | None",
            "Of an ordered-set aggregate: how many arguments are direct; the others are sorted by.",
        ),
        Key("sfunc", "Text", "The function that takes the state and a row.", ...),
        Key("stype", "Text", "The type of the state.", ...),
        Key("sspace", "int", "The size of the state in bytes, about.", 0),
        Key(
            "finalfunc",
            "Text | None",
            "The function that makes the result of the state.",
        ),
        Key("finalfunc_extra", "bool", "It gets NULL for each argument, too.", False),
        Key("finalfunc_modify", MODIFY, "What it does to the state."),
        Key("combinefunc", "Text | None", "The function that joins two states."),
        Key("serialfunc", "Text | None", "The function that writes a state as bytes."),
        Key("deserialfunc", "Text | None", "The function that reads it again."),
        Key("initcond", "str | int | Decimal | None", "The first state, as text."),
        Key("msfunc", "Text | None", "`sfunc` of moving frames."),
        Key(
            "minvfunc", "Text | None", "The function that takes a row out of the state."
        ),
        Key("mstype", "Text | None", "`stype` of moving frames."),
        Key("msspace", "int", "`sspace` of moving frames.", 0),
        Key("mfinalfunc", "Text | None", "`finalfunc` of moving frames."),
        Key("mfinalfunc_extra", "bool", "`finalfunc_extra` of moving frames.", False),
        Key("mfinalfunc_modify", MODIFY, "`finalfunc_modify` of moving frames."),
        Key("minitcond", "str | int | Decimal | None", "`initcond` of moving frames."),
        Key(
            "sortop",
            "Text | None",
            "The operator whose first value it is, such as `>`.",
        ),
        Key(
            "parallel",
            'Literal["unsafe", "restricted", "safe"]',
            "Whether workers of a query may run it.",
            "unsafe",
        ),
        Key("hypothetical", "bool", "It is a hypothetical-set aggregate.", False),
        RENAMED_FROM,
    )
    value = Aggregate
    called = "AGGREGATE"
    granting = privileges.FUNCTION
    creates = "define_stmt"

    # SQL out.

    def operands(self, name: Any) -> str:
        return super().operands(name) or "*"

    def create(self, name: Any, value: Any) -> str:
        options = ",\n    ".join(options_of(value))
        return (
            f"CREATE AGGREGATE {name.called.sql}({brackets(value)}) (\n    {options}\n)"
        )

    def definition(self, value: Any) -> str:
        return f"({brackets(value)}) ({', '.join(options_of(value))})"

    def is_replaced(self, old: Any, new: Any) -> bool:
        return True

    # SQL in.

    def reads(self, node: Any) -> bool:
        from gen_migration.sql import tree

        return tree.word(node, "kind") == "AGGREGATE"

    def read(self, node: Any, schema: Schema) -> tuple[Any, Any]:
        return aggregate_tree.aggregate(Aggregate, node, schema)

    # The spec.

    def build(self, at: Any, name: Any, shape: Any) -> Any:
        listed = routine_spec.arguments(at, name, shape)
        types: dict[str, Any] = {
            key: text and (at / key).routine_type(text)
            for key in TYPES
            if (text := getattr(shape, key)) is not None
        }
        if listed is None or name is None or None in types.values():
            return None
        names: dict[str, Any] = {
            key: (at / key).text_name(text)
            for key in FUNCTIONS
            if (text := getattr(shape, key)) is not None
        }
        if any(one.mode not in {"in", "variadic"} for one in listed):
            (at / "arguments").wrong(
                "the arguments of an aggregate come in", 'remove "mode"'
            )
            return None
        if shape.direct is not None and not 0 <= shape.direct <= len(listed):
            (at / "direct").wrong(
                "there are not so many arguments", "write a number of them"
            )
            return None
        if shape.hypothetical and shape.direct is None:
            (at / "hypothetical").wrong_key(
                "a hypothetical-set aggregate has arguments that are sorted by",
                "say how many are direct",
            )
        sortop = shape.sortop
        plain = ("sspace", "msspace", "finalfunc_extra", "mfinalfunc_extra", "parallel")
        texts: dict[str, Any] = {
            key: None if (text := getattr(shape, key)) is None else str(text)
            for key in ("initcond", "minitcond")
        }
        value = Aggregate(
            arguments=listed,
            direct=shape.direct,
            **types,
            **names,
            **{key: getattr(shape, key) for key in (*plain, "hypothetical")},
            **texts,
            finalfunc_modify=shape.finalfunc_modify,
            mfinalfunc_modify=shape.mfinalfunc_modify,
            sortop=None if sortop is None else operators.named(sortop),
        )
        return routine_spec.consistent(at, name, aggregate_tree.with_standards(value))

    def dump(self, writer: Any, name: Any, value: Any) -> dict[str, Any]:
        said: dict[str, Any] = {}
        for one in self.keys_of_value:
            held = getattr(value, one.name)
            if one.name == "arguments":
                held = routine_spec.dumped_arguments(writer, value)
            elif one.name in FUNCTIONS | TYPES:
                held = held and signatures.spelled(held)
            elif one.name == "sortop":
                held = held and operators.text_of(held)
            said[one.name] = held if held != one.default else None
        said["direct"] = value.direct
        return said

    # The catalog.

    def from_row(self, reading: Any, row: Any) -> Any:
        return aggregate_tree.of_catalog(Aggregate, reading, row)

    # Renames and order.

    def in_renamed_schema(self, value: Any, old: str, new: str) -> Any:
        def moved(one: Any) -> Any:
            if not isinstance(one, Name):
                return replace(one, schema=new) if one.schema == old else one
            return one._replace(schema=new) if one.schema == old else one

        return mapped(
            value, dict.fromkeys(("type", "sortop", *FUNCTIONS, *TYPES), moved)
        )

    def takes(self, value: Any, count: int) -> bool:
        # What it is sorted by stands apart from what it is called with.
        return value.direct is not None or super().takes(value, count)

    def refers(self, value: Any, find: Finder) -> set[Reference]:
        types = [one.type for one in value.arguments]
        types += [of for key in TYPES if (of := getattr(value, key)) is not None]
        names = (getattr(value, key) for key in FUNCTIONS)
        found: set[Reference] = {
            ("functions", one, bodies.ANY) for one in names if one is not None
        }
        if value.sortop is not None:
            found.add(("operators", value.sortop, (value.arguments[0].type,) * 2))
        return found.union(*map(of_type, types))

    # Words.

    def changes(self, old: Any, new: Any) -> Iterator[tuple[str, Any, Any]]:
        yield "definition", self.definition(old), self.definition(new)


def brackets(value: Any) -> str:
    """Return what stands behind the name: `*`, arguments, or those with what is sorted by."""
    listed = [*map(argument, value.arguments)]
    if value.direct is None:
        return ", ".join(listed) or "*"
    direct, others = listed[: value.direct], listed[value.direct :] or listed[-1:]
    return " ".join(filter(None, (", ".join(direct), "ORDER BY", ", ".join(others))))


def options_of(value: Any) -> Iterator[str]:
    """Yield the options that are not the standard, in PostgreSQL's order."""
    for key in aggregate_tree.OPTIONS:
        held = getattr(value, key)
        if held is None or held is False or held in (0, "unsafe"):
            continue
        if held is True:
            yield key.upper()
        elif key == "sortop":
            yield f"SORTOP = {operators.sql_of(held)}"
        elif key in FUNCTIONS | TYPES:
            yield f"{key.upper()} = {held.sql}"
        elif key in {"initcond", "minitcond"}:
            yield f"{key.upper()} = {quote_text(held)}"
        else:
            yield f"{key.upper()} = {str(held).upper()}"
