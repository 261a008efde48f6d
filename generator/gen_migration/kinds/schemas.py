"""Schemas: `CREATE SCHEMA`. A spec creates all but `public`, which may have a comment."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from gen_migration.base.data_class import dataclass, replace
from gen_migration.base.errors import quoted
from gen_migration.kinds.kind import Kind
from gen_migration.model import namespace_renaming, renaming
from gen_migration.model.access import Granted
from gen_migration.postgres import privileges
from gen_migration.postgres.names import PUBLIC, PUBLIC_COMMENT, quote_name
from gen_migration.postgres.signatures import with_types

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gen_migration.model.schema import Schema
    from gen_migration.postgres.types import Type


@dataclass(frozen=True, slots=True, kw_only=True)
class Namespace(Granted):
    """`CREATE SCHEMA`."""

    comment: str | None = None


class Schemas(Kind):
    """Schemas of a database."""

    word = "schema"
    about = "Schemas to create."
    about_one = "A schema that the spec creates."
    key = "schemas"
    value = Namespace
    called = "SCHEMA"
    granting = privileges.SCHEMA
    in_schema = False
    creates = "create_schema_stmt"
    given: ClassVar[Mapping[Any, Any]] = {PUBLIC: Namespace()}
    texts: ClassVar[Mapping[Any, str]] = {PUBLIC: PUBLIC_COMMENT}

    def create(self, name: Any, value: Any) -> str:
        return f"CREATE SCHEMA {quote_name(name)}"

    def public(self, name: Any) -> tuple[str, ...]:
        """Return what all roles have: they may look into `public`."""
        return ("usage",) if name == PUBLIC else ()

    def read(self, node: Any, schema: Schema) -> tuple[Any, Any]:
        return node.schemaname, Namespace()

    def build(self, at: Any, name: Any, shape: Any) -> Any:
        if name is not None and name.startswith("pg_"):
            at.wrong_key(
                f"the schema {quoted(name)} is PostgreSQL's own",
                "names that start with pg_ are reserved; rename it",
            )
        return super().build(at, name, shape)

    def from_row(self, reading: Any, row: Any) -> Any:
        """Return a schema that is not home; `public`, where somebody has put a comment on it."""
        return None if row.name == reading.home != PUBLIC else Namespace()

    def selected_by(self, row: Any) -> str | None:
        name: str = row.name
        return name

    def left_open(self, found: Any, wanted: Any) -> Any:
        return found if wanted.comment is not None else replace(found, comment=None)

    def renamed(self, schema: Schema, old: Any, new: Any) -> Schema:
        """Return a schema in which all that the schema `old` holds is in `new`."""
        from gen_migration import kinds

        schema = namespace_renaming.namespace(schema, old, new)
        for kind in kinds.of(schema):
            objects = {
                kind.name_in_renamed_schema(
                    in_schema(name, old, new), old, new
                ): kind.in_renamed_schema(value, old, new)
                for name, value in schema.of(kind.word).items()
            }
            schema = schema.with_(kind.word, objects)
        schemas = renaming.rekeyed(schema.of(self.word), old, new)
        return schema.with_(self.word, schemas)

    def writes(self, name: Any) -> set[Any]:
        return {("schema", name)}


def in_schema(name: Any, old: str, new: str) -> Any:
    """Return a name in which the schema `old` is called `new`."""

    def of_type(value: Type) -> Type:
        return replace(value, schema=new) if value.schema == old else value

    name = with_types(name, of_type)
    return name._replace(schema=new) if getattr(name, "schema", None) == old else name
