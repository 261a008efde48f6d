"""Access methods: `CREATE ACCESS METHOD`, how tables or indexes are kept.

PostgreSQL can only drop and create one. Source: the manual, CREATE ACCESS METHOD.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

from gen_migration.base.data_class import dataclass, replace
from gen_migration.kinds.keys import Key
from gen_migration.kinds.kind import Kind
from gen_migration.postgres.operators import own

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gen_migration.kinds.references import Finder, Reference
    from gen_migration.model.schema import Schema
    from gen_migration.postgres.names import Name

TYPES: dict[str, Literal["index", "table"]] = {"i": "index", "t": "table"}


@dataclass(frozen=True, slots=True, kw_only=True)
class AccessMethod:
    """`CREATE ACCESS METHOD`; it is `of` tables or indexes."""

    of: Literal["index", "table"]
    function: Name
    comment: str | None = None


class AccessMethods(Kind):
    """Access methods of tables and indexes."""

    word = "access method"
    key = "access_methods"
    about = "Access methods by name."
    about_one = "An access method."
    keys = (
        Key("type", 'Literal["index", "table"]', "What is kept by it.", ...),
        Key("handler", "Text", "Its handler, a function in C.", ...),
    )
    value = AccessMethod
    called = "ACCESS METHOD"
    object = "ACCESS_METHOD"
    in_schema = False
    creates = "create_am_stmt"

    def definition(self, value: Any) -> str:
        return f"TYPE {value.of.upper()} HANDLER {value.function.sql}"

    def is_replaced(self, old: Any, new: Any) -> bool:
        return True

    def read(self, node: Any, schema: Schema) -> tuple[Any, Any]:
        from gen_migration.sql import tree

        function = tree.dotted(node.handler_name)
        return node.amname, AccessMethod(of=TYPES[node.amtype], function=function)

    def build(self, at: Any, name: Any, shape: Any) -> Any:
        handler = (at / "handler").text_name(shape.handler)
        if handler is None:
            return None
        return AccessMethod(of=shape.type, function=at.function(handler))

    def dump(self, writer: Any, name: Any, value: Any) -> dict[str, Any]:
        return {"type": value.of, "handler": str(value.function)}

    def selected_by(self, row: Any) -> str | None:
        return None

    def from_row(self, reading: Any, row: Any) -> Any:
        function = own(reading.name(row.schema, row.function))
        return AccessMethod(of=TYPES[row.type], function=function)

    def in_renamed_schema(self, value: Any, old: str, new: str) -> Any:
        if value.function.schema != old:
            return value
        return replace(value, function=value.function._replace(schema=new))

    def refers(self, value: Any, find: Finder) -> set[Reference]:
        return {("functions", value.function, 1)}

    def changes(self, old: Any, new: Any) -> Iterator[tuple[str, Any, Any]]:
        yield "definition", self.definition(old), self.definition(new)
