"""Extensions: `CREATE EXTENSION`. What a spec leaves open, schema and version, stays as it is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gen_migration.base.data_class import dataclass, replace
from gen_migration.kinds.keys import Key
from gen_migration.kinds.kind import Kind
from gen_migration.postgres.names import quote_name, quote_text

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from gen_migration.kinds.references import Finder, Reference
    from gen_migration.model.schema import Schema


@dataclass(frozen=True, slots=True, kw_only=True)
class Extension:
    """`CREATE EXTENSION`; None leaves schema and version to PostgreSQL."""

    schema: str | None = None
    version: str | None = None
    comment: str | None = None


class Extensions(Kind):
    """Extensions of a database."""

    word = "extension"
    about = "Extensions to create."
    about_one = "An extension that the spec creates."
    keys = (
        Key("schema", "Text | None", "The schema that takes its objects."),
        Key("version", "Text | None", "Version to install, in quotes."),
    )
    key = "extensions"
    value = Extension
    called = "EXTENSION"
    in_schema = False
    creates = "create_extension_stmt"
    alters = "alter_extension_stmt"
    groups = (("version",), ("schema",))

    def create(self, name: Any, value: Any) -> str:
        schema = f" SCHEMA {quote_name(value.schema)}" if value.schema else ""
        version = f" VERSION {quote_text(value.version)}" if value.version else ""
        return f"CREATE EXTENSION {quote_name(name)}{schema}{version}"

    def alter(self, name: Any, old: Any, new: Any) -> list[str]:
        if old.schema != new.schema:
            schema = quote_name(new.schema or "public")
            return [f"ALTER {self.sql(name)} SET SCHEMA {schema}"]
        version = f" TO {quote_text(new.version)}" if new.version else ""
        return [f"ALTER {self.sql(name)} UPDATE{version}"]

    def read(self, node: Any, schema: Schema) -> tuple[Any, Any]:
        from gen_migration.sql import tree

        given = tree.options(node.options)
        return node.extname, Extension(
            schema=given.get("schema"), version=given.get("new_version")
        )

    def read_alter(
        self, node: Any, objects: Mapping[Any, Any]
    ) -> tuple[Any, Any] | None:
        from gen_migration.sql import tree

        old = objects.get(node.extname)
        if old is None:
            return None
        version = tree.options(node.options).get("new_version")
        return node.extname, replace(old, version=version)

    def build(self, at: Any, name: Any, shape: Any) -> Any:
        if shape.schema is not None:
            (at / "schema").identifier(shape.schema, at_key=False)
        return super().build(at, name, shape)

    def from_row(self, reading: Any, row: Any) -> Any:
        schema = None if row.schema in {reading.home, "pg_catalog"} else row.schema
        return Extension(schema=schema, version=row.version)

    def selected_by(self, row: Any) -> None:
        """An extension is of the whole database."""

    def steps(self, old: Any, new: Any) -> Iterator[Any]:
        version, schema = new.version or old.version, new.schema or old.schema
        return super().steps(old, replace(new, version=version, schema=schema))

    def left_open(self, found: Any, wanted: Any) -> Any:
        return found if wanted.version is not None else replace(found, version=None)

    def in_renamed_schema(self, value: Any, old: str, new: str) -> Any:
        return replace(value, schema=new) if value.schema == old else value

    def refers(self, value: Any, find: Finder) -> set[Reference]:
        return set() if value.schema is None else {("schema", value.schema)}

    def definition(self, value: Any) -> str:
        found = {"SCHEMA": value.schema, "VERSION": value.version}
        return " ".join(f"{word} {one}" for word, one in found.items() if one)
