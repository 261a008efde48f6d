"""Base types: `CREATE TYPE … (INPUT = …)`, by their functions; and shell types, which are names.

A type and its functions refer to each other: the functions stand on the shell type of its name, and
the type on them. PostgreSQL can alter little of it, and renames and moves it; it is made anew where
nothing has its values. A drop takes the functions along (`CASCADE`), and nothing else.
Source: the manual, CREATE TYPE.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gen_migration.base.data_class import dataclass, replace
from gen_migration.kinds import routine_tree
from gen_migration.kinds.keys import RENAMED_FROM, Key
from gen_migration.kinds.kind import Kind
from gen_migration.kinds.references import of_type
from gen_migration.kinds.shell_types import ShellType
from gen_migration.model import renaming, type_renaming
from gen_migration.model.access import Granted
from gen_migration.postgres import bodies, privileges
from gen_migration.postgres.names import Name, dollar_quoted, quote_text
from gen_migration.postgres.operators import own

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from gen_migration.kinds.nodes import Node
    from gen_migration.kinds.references import Finder, Reference
    from gen_migration.model.schema import Schema
    from gen_migration.postgres.types import Type

# The fields that name a function, by the words of the statement.
FUNCTIONS = """
input output receive send typmod_in typmod_out analyze subscript
""".split()
ALIGNMENTS = {"c": "char", "s": "int2", "i": "int4", "d": "double"}
STORAGES = {"p": "plain", "e": "external", "x": "extended", "m": "main"}
# How pg_type calls alignments, and others that mean the same.
ALIKE = {
    **{word: word for word in ALIGNMENTS.values()},
    "bpchar": "char",
    "integer": "int4",
    "smallint": "int2",
    "float8": "double",
    "double precision": "double",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class BaseType(Granted):
    """`CREATE TYPE … (INPUT = …)`; without a `length`, it is variable."""

    input: Name
    output: Name
    receive: Name | None = None
    send: Name | None = None
    typmod_in: Name | None = None
    typmod_out: Name | None = None
    analyze: Name | None = None
    subscript: Name | None = None
    length: int | None = None
    by_value: bool = False
    alignment: str = "int4"
    stored_as: str = "plain"
    category: str = "U"
    preferred: bool = False
    standard: str | None = None
    subtype: Type | None = None
    delimiter: str = ","
    collatable: bool = False
    comment: str | None = None


class BaseTypes(Kind):
    """Types of their own functions."""

    word = "base type"
    key = "base_types"
    about = "Base types by name: types whose values functions in C read and write."
    about_one = "A base type."
    keys = (
        Key("input", "Text", "The function that reads a value from text.", ...),
        Key("output", "Text", "The function that writes a value as text.", ...),
        Key("receive", "Text | None", "The function that reads a value from bytes."),
        Key("send", "Text | None", "The function that writes a value as bytes."),
        Key("typmod_in", "Text | None", "The function that reads modifiers."),
        Key("typmod_out", "Text | None", "The function that writes modifiers."),
        Key("analyze", "Text | None", "The function that gathers statistics."),
        Key("subscript", "Text | None", "The function that takes subscripts."),
        Key("length", "int | None", "Its size in bytes; left out, it varies."),
        Key("by_value", "bool", "Values are passed by value.", False),
        Key(
            "alignment",
            'Literal["char", "int2", "int4", "double"]',
            "Where values begin in memory.",
            "int4",
        ),
        Key(
            "storage",
            'Literal["plain", "external", "extended", "main"]',
            "How long values are kept.",
            "plain",
        ),
        Key("category", "Text", "The letter of its category.", "U"),
        Key("preferred", "bool", "Casts within its category prefer it.", False),
        Key("default", "str | None", "The default of its columns, as text."),
        Key(
            "element", "Text | None", "The type of its elements, where it is an array."
        ),
        Key("delimiter", "Text", "What is between values in arrays of it.", ","),
        Key("collatable", "bool", "Its columns have collations.", False),
        RENAMED_FROM,
    )
    value = BaseType
    granting = privileges.TYPE
    called = "TYPE"
    space = "types"
    is_fixed = True
    creates = "define_stmt"
    cascades = True

    # SQL out.

    def create(self, name: Any, value: Any) -> str:
        listed = ",\n    ".join(clauses(value))
        return f"CREATE TYPE {name.sql} (\n    {listed}\n)"

    def definition(self, value: Any) -> str:
        return f"({', '.join(clauses(value))})"

    def before_drop(self, name: Any, value: Any) -> Iterator[str]:
        body = REFUSAL.format(
            type=quote_text(name.sql),
            message=quote_text(f"type {name.sql.replace('%', '%%')} is used by %"),
        )
        yield f"DO {dollar_quoted(body)}"

    def drop(self, name: Any) -> str:
        return f"DROP TYPE {name.sql} CASCADE"

    def is_replaced(self, old: Any, new: Any) -> bool:
        return True

    # SQL in.

    def reads(self, node: Any) -> bool:
        from gen_migration.sql import tree

        return tree.word(node, "kind") == "TYPE" and len(node.definition) > 0

    def read(self, node: Any, schema: Schema) -> tuple[Any, Any]:
        from gen_migration.sql import tree

        values: dict[str, Any] = {}
        for one in node.definition:
            key, given = one.def_elem.defname, one.def_elem.arg
            if key in FUNCTIONS:
                values[key] = tree.dotted(given.type_name.names)
            elif key == "element":
                values["subtype"] = routine_tree.type_of(given.type_name, schema.enums)
            elif key in OPTIONS:
                values.update([OPTIONS[key](word_of(given))])
            else:
                raise ValueError(f"{key.upper()} of a base type")
        return tree.dotted(node.defnames), BaseType(**values)

    # The spec.

    def build(self, at: Any, name: Any, shape: Any) -> Any:
        found = at.functions(shape, FUNCTIONS)
        element = shape.element and (at / "element").routine_type(shape.element)
        if found["input"] is None or found["output"] is None:
            return None
        if len(shape.category) != 1 or len(shape.delimiter) != 1:
            at.wrong_key("category and delimiter are one character each", "write one")
        same = ("length", "by_value", "alignment", "category", "preferred")
        return BaseType(
            **found,
            **{key: getattr(shape, key) for key in (*same, "delimiter", "collatable")},
            stored_as=shape.storage,
            standard=shape.default,
            subtype=element,
        )

    def settle(self, objects: dict[str, dict[Any, Any]]) -> None:
        for name in objects[self.word]:
            objects["shell type"].setdefault(name, ShellType())

    def dump(self, writer: Any, name: Any, value: Any) -> dict[str, Any]:
        said = {key: held and str(held) for key, held in functions(value).items()}
        for key in (*SAME, "alignment"):
            held = getattr(value, key)
            said[key] = None if held == STANDARD[key] else held
        return {
            **said,
            "storage": None if value.stored_as == "plain" else value.stored_as,
            "default": value.standard,
            "element": value.subtype and writer.type(value.subtype),
        }

    # The catalog.

    def from_row(self, reading: Any, row: Any) -> Any:
        found: dict[str, Any] = {
            key: held and own(reading.name(*held))
            for key in FUNCTIONS
            for held in (getattr(row, key),)
        }
        return BaseType(
            **found,
            **{key: getattr(row, key) for key in SAME},
            alignment=ALIGNMENTS[row.alignment],
            stored_as=STORAGES[row.storage],
            standard=row.standard,
            subtype=row.element and reading.argument_type(row.element),
        )

    # Renames and order.

    def taken_along(self, name: Any) -> Collection[Node]:
        return [("shell type", name)]

    def renamed(self, schema: Schema, old: Any, new: Any) -> Schema:
        word = "shell type"
        shells = renaming.rekeyed(schema.of(word), old, new)
        return type_renaming.type_(schema.with_(word, shells), self.word, old, new)

    def in_renamed_schema(self, value: Any, old: str, new: str) -> Any:
        changes: dict[str, Any] = {
            key: held._replace(schema=new)
            for key, held in functions(value).items()
            if held is not None and held.schema == old
        }
        return replace(value, **changes)

    def place(self, name: Any) -> set[Reference]:
        return super().place(name) | {("shell type", name)}

    def refers(self, value: Any, find: Finder) -> set[Reference]:
        held = (one for one in functions(value).values() if one is not None)
        element = set() if value.subtype is None else of_type(value.subtype)
        return {("functions", one, bodies.ANY) for one in held} | element

    def changes(self, old: Any, new: Any) -> Iterator[tuple[str, Any, Any]]:
        yield "definition", self.definition(old), self.definition(new)


# CASCADE would take all of that along: a column of a table that no spec knows, with its values.
REFUSAL = """
DECLARE found text;
BEGIN
    WITH going AS (
        SELECT 'pg_type'::regclass AS class, unnest(ARRAY[oid, typarray]) AS id
        FROM pg_type WHERE oid = {type}::regtype
        UNION ALL
        SELECT refclassid, refobjid FROM pg_depend
        WHERE classid = 'pg_type'::regclass
            AND objid = {type}::regtype
            AND refclassid = 'pg_proc'::regclass
    )
    SELECT string_agg(DISTINCT pg_describe_object(classid, objid, objsubid), ', ')
    INTO found
    FROM pg_depend
    WHERE (refclassid, refobjid) IN (SELECT class, id FROM going)
        AND (classid, objid) NOT IN (SELECT class, id FROM going);
    IF found IS NOT NULL THEN
        RAISE EXCEPTION {message}, found
            USING HINT = 'it would go with the type: drop it first, or let it be without it';
    END IF;
END
"""
SAME = (
    *("length", "by_value", "category", "preferred", "delimiter"),
    "collatable",
)
STANDARD: dict[str, Any] = {
    "length": None,
    "by_value": False,
    "category": "U",
    "preferred": False,
    "delimiter": ",",
    "collatable": False,
    "alignment": "int4",
}


def functions(value: Any) -> dict[str, Name | None]:
    """Return the functions of a base type by the words of its statement."""
    return {key: getattr(value, key) for key in FUNCTIONS}


def word_of(node: Any) -> str:
    """Return the value of an option: a word, a text, a number or a truth."""
    match node.WhichOneof("node"):
        case "integer":
            return str(node.integer.ival)
        case "string":
            return str(node.string.sval)
        case "boolean":
            return str(node.boolean.boolval).lower()
        case "type_name":
            return str(node.type_name.names[-1].string.sval)
        case None:
            return "true"
    raise ValueError("an option of a base type")


OPTIONS: dict[str, Any] = {
    "internallength": lambda text: (
        "length",
        None if text.lower() in {"variable", "-1"} else int(text),
    ),
    "passedbyvalue": lambda text: ("by_value", text == "true"),
    "alignment": lambda text: ("alignment", ALIKE[text.lower()]),
    "storage": lambda text: ("stored_as", text.lower()),
    "category": lambda text: ("category", text),
    "preferred": lambda text: ("preferred", text == "true"),
    "default": lambda text: ("standard", text),
    "delimiter": lambda text: ("delimiter", text),
    "collatable": lambda text: ("collatable", text == "true"),
}


def clauses(value: BaseType) -> Iterator[str]:
    """Yield what `CREATE TYPE` says, in pg_dump's order."""
    yield f"INTERNALLENGTH = {value.length or 'VARIABLE'}"
    for key, held in functions(value).items():
        if held is not None:
            yield f"{key.upper()} = {held.sql}"
    if value.standard is not None:
        yield f"DEFAULT = {quote_text(value.standard)}"
    if value.by_value:
        yield "PASSEDBYVALUE"
    yield f"ALIGNMENT = {value.alignment}"
    yield f"STORAGE = {value.stored_as}"
    if value.category != "U":
        yield f"CATEGORY = {quote_text(value.category)}"
    if value.preferred:
        yield "PREFERRED = true"
    if value.subtype is not None:
        yield f"ELEMENT = {value.subtype.sql}"
    if value.delimiter != ",":
        yield f"DELIMITER = {quote_text(value.delimiter)}"
    if value.collatable:
        yield "COLLATABLE = true"
