"""Enum types: `CREATE TYPE … AS ENUM`.

What changes their values has operations of its own, since it reaches into tables.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gen_migration import renaming
from gen_migration.kinds.kind import Kind
from gen_migration.schema import Enum
from gen_migration.sql import quote_text

if TYPE_CHECKING:
    from gen_migration.schema import Schema


class Enums(Kind):
    """Enum types."""

    word = "enum"
    key = "enums"
    value = Enum
    called = "TYPE"
    space = "types"
    creates = "create_enum_stmt"
    phases = (20, 20, 50)

    def create(self, name: Any, value: Any) -> str:
        return f"CREATE TYPE {name.sql} AS ENUM {self.definition(value)}"

    def read(self, node: Any) -> tuple[Any, Any]:
        from gen_migration import sql_values

        values = sql_values.strings(node.vals)
        return sql_values.dotted(node.type_name), Enum(values=values)

    def renamed(self, schema: Schema, old: Any, new: Any) -> Schema:
        return renaming.enum(schema, old, new)

    def writes(self, name: Any) -> set[Any]:
        """An expression may name any type."""
        del name
        return {("types",)}

    def definition(self, value: Any) -> str:
        return f"({', '.join(map(quote_text, value.values))})"
