"""Range types: `CREATE TYPE … AS RANGE`, which bring a multirange type and constructors.

PostgreSQL can alter none of it, and renames the type alone. Its constructors would be called as
before, and are the superuser's, so that no owner renames them: a range type has the name that it
was made with, and is made anew where nothing has its values. One with a canonical function is not
held: that takes the type before it is there.
Source: the manual, CREATE TYPE and 8.17; `makeMultirangeTypeName` in pg_type.c.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gen_migration.base.data_class import dataclass
from gen_migration.kinds.keys import Key, Refused
from gen_migration.kinds.kind import Kind
from gen_migration.kinds.references import named, of_name, of_type
from gen_migration.model.access import Granted
from gen_migration.postgres import privileges
from gen_migration.postgres.names import BTREE, MAX_NAME_BYTES, Name

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gen_migration.kinds.references import Finder, Reference
    from gen_migration.model.schema import Schema
    from gen_migration.postgres.types import Type


@dataclass(frozen=True, slots=True, kw_only=True)
class RangeType(Granted):
    """`CREATE TYPE … AS RANGE`; None leaves operator class and collation to the subtype."""

    subtype: Type
    opclass: Name | None = None
    collation: Name | None = None
    difference: Name | None = None
    multirange: Name
    comment: str | None = None


class RangeTypes(Kind):
    """Range types of a subtype."""

    word = "range type"
    key = "range_types"
    about = "Range types by name."
    about_one = "A range type; in short, its subtype."
    keys = (
        Key("subtype", "Text", "The type of its bounds.", ...),
        Key(
            "opclass",
            "Text | None",
            "The B-tree operator class that orders the bounds, where it is not the standard one.",
        ),
        Key("collation", "Text | None", "The collation, such as `C`."),
        Key(
            "difference",
            "Text | None",
            "A function that tells how far two bounds are from each other (`subtype_diff`).",
        ),
        Key(
            "multirange",
            "Text | None",
            "The name of its multirange type (`multirange_type_name`); left out, PostgreSQL's:"
            " `multirange` in place of `range`, or `_multirange` behind the name.",
        ),
    )
    value = RangeType
    called = "TYPE"
    granting = privileges.TYPE
    space = "types"
    is_fixed = True
    short = "subtype"
    refused = (
        Refused(
            "renamed_from",
            "PostgreSQL leaves the functions that make its values under the old name, and its"
            " owner may not rename them",
            "add the range type under the new name, let columns have that, and drop the old one"
            " later",
        ),
    )
    creates = "create_range_stmt"

    # SQL out.

    def create(self, name: Any, value: Any) -> str:
        listed = ",\n    ".join(clauses(name, value))
        return f"CREATE TYPE {name.sql} AS RANGE (\n    {listed}\n)"

    def definition(self, value: Any) -> str:
        return f"RANGE ({', '.join(clauses(None, value))})"

    def is_replaced(self, old: Any, new: Any) -> bool:
        return True

    def brings(self, name: Name, value: Any) -> list[Name]:
        return [value.multirange]

    # SQL in.

    def read(self, node: Any, schema: Schema) -> tuple[Any, Any]:
        from gen_migration.sql import tree

        name = tree.dotted(node.type_name)
        given = tree.options(node.params)
        if "canonical" in given:
            raise ValueError("a range type with a canonical function")
        names = {
            key: None if key not in given else tree.dotted(given[key].names)
            for key in (
                *("subtype_opclass", "collation", "subtype_diff"),
                "multirange_type_name",
            )
        }
        return name, RangeType(
            subtype=tree.column_type(given["subtype"], schema.enums),
            opclass=names["subtype_opclass"],
            collation=names["collation"],
            difference=names["subtype_diff"],
            multirange=names["multirange_type_name"] or multirange_of(name),
        )

    # The spec.

    def build(self, at: Any, name: Any, shape: Any) -> Any:
        of = (at / "subtype").type(shape.subtype)
        if of is None or name is None:
            return None
        if of.is_serial:
            (at / "subtype").wrong(f"a range of {of} is not held", f"write {of.plain}")
        named_: dict[str, Any] = {
            key: None
            if getattr(shape, key) is None
            else (at / key).text_name(getattr(shape, key))
            for key in ("opclass", "difference")
        }
        given = shape.multirange
        multirange = None if given is None else (at / "multirange").name(given)
        return RangeType(
            subtype=of,
            collation=(at / "collation").collation(shape, of),
            multirange=multirange or multirange_of(name),
            **named_,
        )

    def dump(self, writer: Any, name: Any, value: Any) -> dict[str, Any]:
        found = value.multirange
        return {
            "subtype": writer.type(value.subtype),
            **{
                key: None if getattr(value, key) is None else str(getattr(value, key))
                for key in ("opclass", "collation", "difference")
            },
            "multirange": None if found == multirange_of(name) else writer.name(found),
        }

    # The catalog.

    def from_row(self, reading: Any, row: Any) -> Any:
        if row.has_canonical:
            raise ValueError("it has a canonical function")
        given: dict[str, Any] = {
            key: None
            if getattr(row, key) is None
            else Name(getattr(row, f"{key}_schema"), getattr(row, key))
            for key in ("opclass", "collation", "difference")
        }
        multirange = reading.type_name(row.multirange_schema, row.multirange)
        return RangeType(subtype=reading.type_of(row), multirange=multirange, **given)

    # Order and words.

    def refers(self, value: Any, find: Finder) -> set[Reference]:
        held = () if value.difference is None else (value.difference,)
        calls = [("functions", one, 2) for one in held]
        return {
            *of_type(value.subtype),
            *of_name(value.multirange),
            *(named("opclasses", value.opclass) or {("standard", BTREE)}),
            *named("collations", value.collation),
            *calls,
        }

    def changes(self, old: Any, new: Any) -> Iterator[tuple[str, Any, Any]]:
        yield "definition", self.definition(old), self.definition(new)


def multirange_of(name: Name) -> Name:
    """Return what PostgreSQL calls the multirange type of a range type."""
    head, found, tail = name.name.partition("range")
    whole = f"{head}multi{found}{tail}"
    if not found:
        most = MAX_NAME_BYTES - len("_multirange")
        whole = cut(name.name, most) + "_multirange"
    return Name(name.schema, cut(whole, MAX_NAME_BYTES))


def cut(text: str, size: int) -> str:
    """Return as many characters of a text as have this size in bytes."""
    return text.encode()[:size].decode(errors="ignore")


def clauses(name: Name | None, value: RangeType) -> Iterator[str]:
    """Yield what `CREATE TYPE … AS RANGE` says."""
    yield f"subtype = {value.subtype.sql}"
    if value.opclass is not None:
        yield f"subtype_opclass = {value.opclass.sql}"
    if value.collation is not None:
        yield f"collation = {value.collation.sql}"
    if value.difference is not None:
        yield f"subtype_diff = {value.difference.sql}"
    if name is None or value.multirange != multirange_of(name):
        yield f"multirange_type_name = {value.multirange.sql}"
