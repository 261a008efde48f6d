"""Enum types: `CREATE TYPE … AS ENUM`.

What changes their values has operations of its own, since it reaches into tables.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gen_migration.base.errors import quoted
from gen_migration.kinds.keys import RENAMED_FROM, Key
from gen_migration.kinds.kind import Kind
from gen_migration.model import type_renaming
from gen_migration.model.schema import Enum
from gen_migration.postgres import privileges
from gen_migration.postgres.names import MAX_NAME_BYTES, quote_text

if TYPE_CHECKING:
    from gen_migration.kinds.kind_changes import Use
    from gen_migration.model.schema import Schema


class Enums(Kind):
    """Enum types."""

    word = "enum"
    about = "Enum types by name."
    about_one = "An enum type; in short, the list of its values."
    keys = (
        Key("values", "list[str]", "The values, in their order.", ...),
        RENAMED_FROM,
        Key(
            "renamed_values",
            "dict[str, str]",
            "Values that were renamed: the value now, and the one before.",
            dict,
        ),
        Key("python", "PythonOfEnumShape | None", "Its class in models."),
    )
    key = "enums"
    value = Enum
    called = "TYPE"
    granting = privileges.TYPE
    space = "types"
    short = "values"
    creates = "create_enum_stmt"

    def create(self, name: Any, value: Any) -> str:
        return f"CREATE TYPE {name.sql} AS ENUM {self.definition(value)}"

    def is_anew(self, old: Any, new: Any, use: Use) -> bool:
        """Tell whether values go, or change places, of an enum that other types are made of."""
        kept = tuple(one for one in new.values if one in old.values)
        return use.in_types and kept != old.values

    def read(self, node: Any, schema: Schema) -> tuple[Any, Any]:
        from gen_migration.sql import tree

        values = tree.strings(node.vals)
        return tree.dotted(node.type_name), Enum(values=values)

    def build(self, at: Any, name: Any, shape: Any) -> Any:
        seen: set[str] = set()
        for index, value in enumerate(shape.values):
            where = at / "values" / index
            if value in seen:
                where.wrong(
                    f"value {quoted(value)} stands twice", "remove one of the two"
                )
            if (size := len(value.encode())) > MAX_NAME_BYTES:
                where.wrong(
                    f"value {quoted(value)} has {size} bytes",
                    f"PostgreSQL keeps {MAX_NAME_BYTES}; shorten it",
                )
            seen.add(value)
        return Enum(values=tuple(shape.values))

    def dump(self, writer: Any, name: Any, value: Any) -> dict[str, Any]:
        renamed = writer.spec.hints.enum_values.items()
        return {
            "values": list(value.values),
            "python": writer.python("enum", name),
            "renamed_values": {key[1]: old for key, old in renamed if key[0] == name},
        }

    def from_row(self, reading: Any, row: Any) -> Any:
        return Enum(values=tuple(row.values))

    def renamed(self, schema: Schema, old: Any, new: Any) -> Schema:
        return type_renaming.type_(schema, self.word, old, new)

    def definition(self, value: Any) -> str:
        return f"({', '.join(map(quote_text, value.values))})"
