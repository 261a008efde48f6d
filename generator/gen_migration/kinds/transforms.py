"""Transforms: `CREATE TRANSFORM`, how a language takes and gives values of a type.

PostgreSQL replaces one where it is. Source: the manual, CREATE TRANSFORM.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from gen_migration.base.data_class import dataclass, replace
from gen_migration.base.errors import quoted
from gen_migration.kinds import routine_tree
from gen_migration.kinds.keys import Key
from gen_migration.kinds.kind import Kind
from gen_migration.kinds.operator_items import (
    function_of,
    function_row,
    in_renamed_schema,
)
from gen_migration.kinds.references import of_type
from gen_migration.postgres.signatures import Signature, TransformName

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gen_migration.kinds.references import Finder, Reference
    from gen_migration.model.schema import Schema

LANGUAGE = re.compile(r"\s+language\s+", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Transform:
    """`CREATE TRANSFORM`; without one of both, the language does as it does by itself."""

    from_sql: Signature | None = None
    to_sql: Signature | None = None
    comment: str | None = None


FIELDS = ("from_sql", "to_sql")


class Transforms(Kind):
    """Transforms of types for languages."""

    word = "transform"
    key = "transforms"
    about = "Transforms by type and language: `app.mood language plpython3u`."
    about_one = "A transform."
    keys = (
        Key(
            "from_sql",
            "Text | None",
            "The function that makes the language's value: `to_python(internal)`.",
        ),
        Key(
            "to_sql",
            "Text | None",
            "The function that makes PostgreSQL's value: `from_python(internal)`.",
        ),
    )
    value = Transform
    called = "TRANSFORM"
    in_schema = False
    is_picked_up = True
    creates = "create_transform_stmt"
    groups = (FIELDS,)

    def definition(self, value: Any) -> str:
        listed = (
            f"{key.upper().replace('_', ' ')} WITH FUNCTION {held.sql}"
            for key in FIELDS
            if (held := getattr(value, key)) is not None
        )
        return f"({', '.join(listed)})"

    def alter(self, name: Any, old: Any, new: Any) -> list[str]:
        return [f"CREATE OR REPLACE {self.sql(name)} {self.definition(new)}"]

    def replaced(self, old: Any, new: Any) -> Any:
        return replace(new, comment=old.comment)

    def read(self, node: Any, schema: Schema) -> tuple[Any, Any]:
        name = TransformName(
            routine_tree.type_of(node.type_name, schema.enums), node.lang
        )
        found: dict[str, Any] = {
            key: function_of(getattr(node, field)) if node.HasField(field) else None
            for key, field in (("from_sql", "fromsql"), ("to_sql", "tosql"))
        }
        return name, Transform(**found)

    def name_in(self, node: Any, objects: Mapping[Any, Any]) -> Any:
        of, language = node.list.items
        wanted = TransformName(
            routine_tree.type_of(of.type_name, ()), language.string.sval
        ).sql
        return next((one for one in objects if one.sql == wanted), None)

    def name_at(self, at: Any, text: str, *, at_key: bool = True) -> Any:
        parts = LANGUAGE.split(text.strip())
        if len(parts) != 2:
            at.wrong(
                f"{quoted(text)} is no transform",
                "write the type and the language: app.mood language plpython3u",
                at_key=at_key,
            )
            return None
        of, language = at.routine_type(parts[0], at_key=at_key), parts[1]
        if of is None or not at.identifier(language, at_key=at_key):
            return None
        return TransformName(of, language)

    def build(self, at: Any, name: Any, shape: Any) -> Any:
        found: dict[str, Any] = {}
        for key in FIELDS:
            text = getattr(shape, key)
            found[key] = None if text is None else (at / key).routine(text)
        if not any(getattr(shape, key) for key in FIELDS):
            at.wrong_key(
                "a transform has a function", 'write "from_sql", "to_sql", or both'
            )
        return Transform(**found)

    def dump(self, writer: Any, name: Any, value: Any) -> dict[str, Any]:
        held = {key: getattr(value, key) for key in FIELDS}
        return {key: one and one.sql for key, one in held.items()}

    def name_of(self, reading: Any, row: Any) -> Any:
        return TransformName(reading.argument_type(row.type), row.language)

    def from_row(self, reading: Any, row: Any) -> Any:
        found: dict[str, Any] = {
            key: held and function_row(reading, held)
            for key in FIELDS
            for held in (getattr(row, key),)
        }
        return Transform(**found)

    def in_renamed_schema(self, value: Any, old: str, new: str) -> Any:
        return in_renamed_schema(value, old, new)

    def place(self, name: Any) -> set[Reference]:
        return of_type(name.type) | {("language", name.language)}

    def refers(self, value: Any, find: Finder) -> set[Reference]:
        held = (getattr(value, key) for key in FIELDS)
        return {("functions", one.called, 1) for one in held if one is not None}
