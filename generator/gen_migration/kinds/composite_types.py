"""Composite types: `CREATE TYPE … AS (…)`. The type of a table's rows is none.

Attributes come, go and get another type in place; PostgreSQL refuses another type where a column
holds values of the composite type, and then a new one takes its place. Where one does, their order
is that in which they came, as that of columns, and no difference; else they are brought into it.
Source: the manual, CREATE TYPE and ALTER TYPE;
`find_composite_type_dependencies` in tablecmds.c.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gen_migration.base.data_class import replace
from gen_migration.kinds.composite_type_sql import (
    actions,
    comment,
    defined,
    said,
    shape_of,
)
from gen_migration.kinds.composite_type_values import Attribute, CompositeType
from gen_migration.kinds.keys import RENAMED_FROM, Key
from gen_migration.kinds.kind import Kind
from gen_migration.kinds.kind_spec import shortened
from gen_migration.kinds.references import named, of_type
from gen_migration.model import type_renaming
from gen_migration.postgres import privileges
from gen_migration.postgres.names import Name

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gen_migration.kinds.kind_changes import Use
    from gen_migration.kinds.references import Finder, Reference
    from gen_migration.model.schema import Schema


class CompositeTypes(Kind):
    """Composite types that are not the rows of a table."""

    word = "composite type"
    key = "composite_types"
    about = "Composite types by name."
    about_one = "A composite type: attributes with names and types."
    keys = (
        Key(
            "attributes",
            "dict[str, AttributeShape]",
            "Attributes by name: the type of each. Where columns have the type, a database has"
            " them in the order in which they came.",
            ...,
        ),
        RENAMED_FROM,
    )
    value = CompositeType
    called = "TYPE"
    granting = privileges.TYPE
    part = "ATTRIBUTE"
    space = "types"
    gives_columns = True
    also_in = "relations"
    creates = "composite_type_stmt"
    alters = "alter_table_stmt"

    # SQL out.

    def create(self, name: Any, value: Any) -> str:
        if not value.attributes:
            return f"CREATE TYPE {name.sql} AS ()"
        listed = ",\n    ".join(defined(value))
        return f"CREATE TYPE {name.sql} AS (\n    {listed}\n)"

    def after(self, name: Any, value: Any) -> Iterator[str]:
        for key, one in value.attributes.items():
            if one.comment is not None:
                yield comment(name, key, one.comment)

    def definition(self, value: Any) -> str:
        return f"({', '.join(defined(value))})"

    def alter(self, name: Any, old: Any, new: Any) -> list[str]:
        return self.altered(name, old, new, actions(old, new))

    def alter_with_heirs(self, name: Any, old: Any, new: Any) -> list[str]:
        cascading = [f"{one} CASCADE" for one in actions(old, new)]
        return self.altered(name, old, new, cascading)

    def altered(self, name: Any, old: Any, new: Any, found: list[str]) -> list[str]:
        """Return the statement of actions, and those of comments."""
        before = old.attributes
        altered = [f"ALTER {self.sql(name)} {', '.join(found)}"] if found else []
        # An attribute that comes back has its comment again.
        commented = [
            comment(name, key, one.comment)
            for key, one in new.attributes.items()
            if one.comment != (before[key].comment if key in before else None)
        ]
        return [*altered, *commented]

    def steps(self, old: Any, new: Any) -> Iterator[Any]:
        """Yield the value with other attributes, then one for each comment."""
        before, after = old.attributes, new.attributes
        kept = [key for key in before if key in after]
        come = [key for key in after if key not in before]
        step = replace(
            old,
            attributes={
                key: replace(
                    after[key],
                    comment=before[key].comment if key in before else None,
                )
                for key in (*kept, *come)
            },
        )
        if step.attributes != before:
            yield step
        for key, one in after.items():
            if step.attributes[key] != one:
                step = replace(step, attributes={**step.attributes, key: one})
                yield step

    def is_anew(self, old: Any, new: Any, use: Use) -> bool:
        """Tell whether an attribute of a type that columns use gets another type."""
        return use.in_column and any(
            shape_of(one) != shape_of(new.attributes[key])
            for key, one in old.attributes.items()
            if key in new.attributes
        )

    def holds_on(self, old: Any, new: Any) -> bool:
        return any(
            key not in new.attributes or shape_of(one) != shape_of(new.attributes[key])
            for key, one in old.attributes.items()
        )

    # SQL in.

    def read(self, node: Any, schema: Schema) -> tuple[Any, Any]:
        from gen_migration.sql import tree

        attributes = {
            one.column_def.colname: attribute(one.column_def, schema)
            for one in node.coldeflist
        }
        return tree.relation(node.typevar), CompositeType(attributes=attributes)

    def read_alter_table(self, node: Any, schema: Schema) -> tuple[Any, Any]:
        from gen_migration.sql import tree

        name = tree.relation(node.relation)
        before = schema.of(self.word)[name].attributes
        found = dict(before)
        for one in node.cmds:
            command = one.alter_table_cmd
            given = tree.definition(command).column_def
            key = command.name or given.colname
            match tree.subtype(command):
                case "AT_AddColumn":
                    found[key] = placed(attribute(given, schema), before.get(key))
                case "AT_AlterColumnType":
                    new = attribute(given, schema)
                    found[key] = replace(new, comment=found[key].comment)
                case "AT_DropColumn" if key in found or not command.missing_ok:
                    del found[key]
        value = replace(schema.of(self.word)[name], attributes=found)
        return name, value

    def read_comment(self, value: Any, column: str, text: str | None) -> Any:
        if column not in value.attributes:
            raise ValueError(f"the attribute {column} is not there: COMMENT ON COLUMN")
        one = replace(value.attributes[column], comment=text)
        return replace(value, attributes={**value.attributes, column: one})

    # The spec.

    def build(self, at: Any, name: Any, shape: Any) -> Any:
        found = {}
        for key, one in shape.attributes.items():
            where = at / "attributes" / key
            of = (where / "type").type(one.type) if where.identifier(key) else None
            if of is None:
                continue
            if of.is_serial:
                (where / "type").wrong(
                    f"an attribute cannot be {of}", f"write {of.plain}"
                )
            found[key] = Attribute(
                type=of,
                collation=(where / "collation").collation(one, of),
                comment=one.comment or None,
            )
        return CompositeType(attributes=found)

    def dump(self, writer: Any, name: Any, value: Any) -> dict[str, Any]:
        before = writer.spec.hints.attributes
        every = {
            key: {
                "type": writer.type(one.type),
                "collation": one.collation and str(one.collation),
                "renamed_from": before.get((name, key)),
                "comment": one.comment,
            }
            for key, one in value.attributes.items()
        }
        return {
            "attributes": {
                key: shortened(
                    {word: v for word, v in one.items() if v is not None}, "type"
                )
                for key, one in every.items()
            }
        }

    # The catalog.

    def from_row(self, reading: Any, row: Any) -> Any:
        return CompositeType(
            attributes={
                one.name: Attribute(
                    type=reading.type_of(one),
                    collation=None
                    if one.collation is None
                    else Name(one.collation_schema, one.collation),
                    comment=one.comment,
                )
                for one in reading.attributes_of(row.oid)
            }
        )

    # Renames and order.

    def renamed(self, schema: Schema, old: Any, new: Any) -> Schema:
        return type_renaming.type_(schema, self.word, old, new)

    def writes(self, name: Any) -> set[Reference]:
        return {("types", None), ("relation", name.schema, name.name)}

    def refers(self, value: Any, find: Finder) -> set[Reference]:
        found: set[Reference] = set()
        for one in value.attributes.values():
            found |= of_type(one.type) | named("collations", one.collation)
        return found

    # Words.

    def changes(self, old: Any, new: Any) -> Iterator[tuple[str, Any, Any]]:
        for key in {**old.attributes, **new.attributes}:
            one, other = old.attributes.get(key), new.attributes.get(key)
            before, after = said(one), said(other)
            if before != after:
                yield f"attribute {key}", before, after
            before, after = one and one.comment, other and other.comment
            if before != after:
                yield f"comment of attribute {key}", before, after

    def lost(self, old: Any, new: Any) -> Iterator[tuple[str, str, list[str]]]:
        coming = {k: v for k, v in new.attributes.items() if k not in old.attributes}
        for key, one in old.attributes.items():
            if key not in new.attributes:
                alike = [k for k, value in coming.items() if value.type == one.type]
                yield "attribute", key, alike

    def retyped(self, old: Any, new: Any) -> Iterator[tuple[str, Any, Any]]:
        for key, one in old.attributes.items():
            if key in new.attributes and one.type != new.attributes[key].type:
                yield key, one, new.attributes[key]


def placed(new: Attribute, old: Attribute | None) -> Attribute:
    """Return an attribute that is added; one that only gets another place gets its comment back."""
    return old if old is not None and replace(old, comment=None) == new else new


def attribute(node: Any, schema: Schema) -> Attribute:
    """Return the attribute that a `ColumnDef` is."""
    from gen_migration.sql import tree

    value = Attribute(type=tree.column_type(node.type_name, schema.enums))
    if node.HasField("coll_clause"):
        value = replace(value, collation=tree.dotted(node.coll_clause.collname))
    return value
