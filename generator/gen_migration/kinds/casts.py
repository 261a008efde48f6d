"""Casts: `CREATE CAST`, which PostgreSQL can only drop and create.

Nothing in a database refers to a cast; what a cast needs is its types and its function. Source: the
manual, CREATE CAST.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Literal

from gen_migration.base.data_class import dataclass
from gen_migration.base.errors import quoted
from gen_migration.kinds import routine_tree
from gen_migration.kinds.keys import Key
from gen_migration.kinds.kind import Kind
from gen_migration.kinds.operator_items import function_of, function_row
from gen_migration.kinds.references import of_type
from gen_migration.postgres.signatures import CastName, Signature

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from gen_migration.kinds.references import Finder, Reference
    from gen_migration.model.schema import Schema
    from gen_migration.postgres.types import Type

Context = Literal["explicit", "assignment", "implicit"]
CONTEXTS: dict[str, Context] = {"e": "explicit", "a": "assignment", "i": "implicit"}
AS = re.compile(r"\s+as\s+", re.IGNORECASE)
HINT = "write the two types: text as app.mood"


@dataclass(frozen=True, slots=True, kw_only=True)
class Cast:
    """`CREATE CAST`; without `routine` and `inout`, the values are the same bytes."""

    routine: Signature | None = None
    inout: bool = False
    context: Context = "explicit"
    comment: str | None = None


class Casts(Kind):
    """Casts between types."""

    word = "cast"
    key = "casts"
    about = "Casts by their types: `text as app.mood`."
    about_one = "A cast; in short, its function."
    keys = (
        Key(
            "function",
            "Text | None",
            "The function that it calls, with its arguments: `to_mood(text)`.",
        ),
        Key("inout", "bool", "It goes through the text of the value.", False),
        Key(
            "without_function",
            "bool",
            "Values of both types are the same bytes: nothing is called.",
            False,
        ),
        Key(
            "context",
            'Literal["explicit", "assignment", "implicit"]',
            "Where it is done without being asked for: nowhere, where a column gets a value, or"
            " everywhere.",
            "explicit",
        ),
    )
    value = Cast
    called = "CAST"
    in_schema = False
    short = "function"
    creates = "create_cast_stmt"

    # SQL out.

    def definition(self, value: Any) -> str:
        how = "WITH INOUT" if value.inout else "WITHOUT FUNCTION"
        if value.routine is not None:
            how = f"WITH FUNCTION {value.routine.sql}"
        when = "" if value.context == "explicit" else f" AS {value.context.upper()}"
        return how + when

    def is_replaced(self, old: Any, new: Any) -> bool:
        return True

    # SQL in.

    def read(self, node: Any, schema: Schema) -> tuple[Any, Any]:
        from gen_migration.sql import tree

        source, target = (
            routine_tree.type_of(one, schema.enums)
            for one in (node.sourcetype, node.targettype)
        )
        word = tree.word(node, "context", "COERCION_").lower()
        return CastName(source, target), Cast(
            routine=function_of(node.func) if node.HasField("func") else None,
            inout=node.inout,
            context=CONTEXTS[word[0]],
        )

    def name_in(self, node: Any, objects: Mapping[Any, Any]) -> Any:
        types = (routine_tree.type_of(one.type_name, ()) for one in node.list.items)
        wanted = CastName(*types).sql
        return next((one for one in objects if one.sql == wanted), None)

    # The spec.

    def name_at(self, at: Any, text: str, *, at_key: bool = True) -> Any:
        parts = AS.split(text.strip())
        if len(parts) != 2:
            at.wrong(f"{quoted(text)} is no cast", HINT, at_key=at_key)
            return None
        source, target = (at.routine_type(one, at_key=at_key) for one in parts)
        return source and target and CastName(source, target)

    def build(self, at: Any, name: Any, shape: Any) -> Any:
        ways = (shape.function is not None, shape.inout, shape.without_function)
        if sum(ways) != 1:
            at.wrong_key(
                "a cast is done in one way",
                'write "function", "inout: true" or "without_function: true"',
            )
            return None
        routine = None
        if shape.function is not None:
            routine = (at / "function").routine(shape.function)
            if routine is None:
                return None
        return Cast(routine=routine, inout=shape.inout, context=shape.context)

    def dump(self, writer: Any, name: Any, value: Any) -> dict[str, Any]:
        is_plain = value.routine is None and not value.inout
        return {
            "function": value.routine and value.routine.sql,
            "inout": value.inout or None,
            "without_function": is_plain or None,
            "context": None if value.context == "explicit" else value.context,
        }

    # The catalog.

    def name_of(self, reading: Any, row: Any) -> Any:
        return CastName(*(reading.argument_type(one) for one in row.types))

    def from_row(self, reading: Any, row: Any) -> Any:
        return Cast(
            routine=row.function and function_row(reading, row.function),
            inout=row.method == "i",
            context=CONTEXTS[row.context],
        )

    # Order and words.

    def in_renamed_schema(self, value: Any, old: str, new: str) -> Any:
        from gen_migration.kinds.operator_items import in_renamed_schema

        return in_renamed_schema(value, old, new)

    def concerned_types(self, name: Any, value: Any) -> tuple[Type, ...]:
        return name.source, name.target

    def place(self, name: Any) -> set[Reference]:
        return of_type(name.source) | of_type(name.target)

    def refers(self, value: Any, find: Finder) -> set[Reference]:
        if value.routine is None:
            return set()
        return {("functions", value.routine.called, len(value.routine.arguments))}

    def changes(self, old: Any, new: Any) -> Iterator[tuple[str, Any, Any]]:
        yield "definition", self.definition(old), self.definition(new)
