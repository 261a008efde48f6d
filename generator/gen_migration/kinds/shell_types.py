"""Shell types: `CREATE TYPE name`, a name that functions can take before there is a type.

A base type has one of its own name, which a spec needs not say. Source: the manual, CREATE TYPE.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gen_migration.base.data_class import dataclass
from gen_migration.kinds.kind import Kind

if TYPE_CHECKING:
    from gen_migration.model.schema import Schema


@dataclass(frozen=True, slots=True, kw_only=True)
class ShellType:
    """`CREATE TYPE`, and nothing behind the name."""

    comment: str | None = None


class ShellTypes(Kind):
    """Names of types that are not there yet."""

    word = "shell type"
    key = "shell_types"
    about = "Shell types by name: types that are announced, and nothing more."
    about_one = "A shell type."
    keys = ()
    value = ShellType
    called = "TYPE"
    creates = "define_stmt"
    announces_types = True

    def drop(self, name: Any) -> str:
        # It goes with its base type.
        return f"DROP TYPE IF EXISTS {name.sql}"

    def reads(self, node: Any) -> bool:
        from gen_migration.sql import tree

        return tree.word(node, "kind") == "TYPE" and not node.definition

    def read(self, node: Any, schema: Schema) -> tuple[Any, Any]:
        from gen_migration.sql import tree

        return tree.dotted(node.defnames), ShellType()

    def build(self, at: Any, name: Any, shape: Any) -> Any:
        return ShellType()

    def is_implied(self, name: Any, value: Any, schema: Schema) -> bool:
        return name in schema.of("base type")

    def name_of(self, reading: Any, row: Any) -> Any:
        return reading.type_name(row.schema, row.name)

    def from_row(self, reading: Any, row: Any) -> Any:
        return ShellType()
