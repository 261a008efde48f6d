"""Conversions between encodings: `CREATE CONVERSION`, which get another name or schema at most.

Source: the manual, CREATE CONVERSION.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from gen_migration.base.data_class import dataclass, replace
from gen_migration.kinds.keys import RENAMED_FROM, Key
from gen_migration.kinds.kind import Kind
from gen_migration.model.access import Owned
from gen_migration.model.renaming import rekeyed
from gen_migration.postgres import own_objects
from gen_migration.postgres.names import Name, quote_text
from gen_migration.postgres.operators import own

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gen_migration.kinds.references import Finder, Reference
    from gen_migration.model.schema import Schema


@dataclass(frozen=True, slots=True, kw_only=True)
class Conversion(Owned):
    """`CREATE CONVERSION`; `standard` is DEFAULT."""

    source: str
    target: str
    function: Name
    standard: bool = False
    comment: str | None = None


class Conversions(Kind):
    """Conversions of a spec."""

    word = "conversion"
    key = "conversions"
    about = "Conversions by name: how texts of one encoding get another one."
    about_one = "A conversion."
    keys = (
        Key("from", "Text", "The encoding of the texts, such as `LATIN1`.", ...),
        Key("to", "Text", "The encoding that they get, such as `UTF8`.", ...),
        Key("function", "Text", "The function that it calls.", ...),
        Key("default", "bool", "It is the one between these two encodings.", False),
        RENAMED_FROM,
    )
    value = Conversion
    catalog = "pg_conversion"
    called = "CONVERSION"
    space = "conversions"
    creates = "create_conversion_stmt"

    def create(self, name: Any, value: Any) -> str:
        default = "DEFAULT " if value.standard else ""
        return f"CREATE {default}CONVERSION {name.sql} {between(value)}"

    def definition(self, value: Any) -> str:
        return ("DEFAULT " if value.standard else "") + between(value)

    def is_replaced(self, old: Any, new: Any) -> bool:
        return True

    def read(self, node: Any, schema: Schema) -> tuple[Any, Any]:
        from gen_migration.sql import tree

        return tree.dotted(node.conversion_name), Conversion(
            source=node.for_encoding_name.upper(),
            target=node.to_encoding_name.upper(),
            function=tree.dotted(node.func_name),
            standard=getattr(node, "def"),
        )

    def build(self, at: Any, name: Any, shape: Any) -> Any:
        function = (at / "function").text_name(shape.function)
        if function is None:
            return None
        return Conversion(
            source=getattr(shape, "from").upper(),
            target=shape.to.upper(),
            function=at.function(function),
            standard=shape.default,
        )

    def name_at(self, at: Any, text: str, *, at_key: bool = True) -> Any:
        is_own = partial(own_objects.is_own, self.word)
        return at.name_beside_own(self.word, text, is_own, at_key=at_key)

    def name_of(self, reading: Any, row: Any) -> Any:
        name = Name(row.schema, row.name)
        is_hidden = own_objects.is_called_so(self.word, name)
        return name if is_hidden else reading.name(*name)

    def dump(self, writer: Any, name: Any, value: Any) -> dict[str, Any]:
        return {
            "from": value.source,
            "to": value.target,
            "function": str(value.function),
            "default": value.standard or None,
        }

    def from_row(self, reading: Any, row: Any) -> Any:
        return Conversion(
            source=row.source,
            target=row.target,
            function=own(reading.name(row.function_schema, row.function)),
            standard=row.standard,
        )

    def renamed(self, schema: Schema, old: Any, new: Any) -> Schema:
        return schema.with_(self.word, rekeyed(schema.of(self.word), old, new))

    def in_renamed_schema(self, value: Any, old: str, new: str) -> Any:
        if value.function.schema != old:
            return value
        return replace(value, function=value.function._replace(schema=new))

    def refers(self, value: Any, find: Finder) -> set[Reference]:
        # PostgreSQL 14 has given it a sixth argument.
        return {("functions", value.function, 6)}

    def changes(self, old: Any, new: Any) -> Iterator[tuple[str, Any, Any]]:
        yield "definition", self.definition(old), self.definition(new)


def between(value: Conversion) -> str:
    """Return what stands behind the name in `CREATE CONVERSION`."""
    source, target = quote_text(value.source), quote_text(value.target)
    return f"FOR {source} TO {target} FROM {value.function.sql}"
