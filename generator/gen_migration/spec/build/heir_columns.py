"""The columns of a spec's children and typed tables: those they declare, and those they are given.

Source: the PostgreSQL manual, CREATE TABLE (INHERITS, OF).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gen_migration.base.data_class import replace
from gen_migration.base.errors import quoted
from gen_migration.model.given import VALUES, inherited_column, merged, own_of
from gen_migration.model.not_null_names import default_name
from gen_migration.spec.build import column_values
from gen_migration.spec.build import columns as build_columns
from gen_migration.spec.build.context import UNKNOWN
from gen_migration.spec.build.partition_columns import own_column, with_not_null
from gen_migration.spec.column_shapes import ColumnShape

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from gen_migration.model.schema import Column, Own
    from gen_migration.postgres.names import Name
    from gen_migration.spec.build.context import Build, Spot
    from gen_migration.spec.table_shapes import TableShape


# What a column that is given has where it is given alone.
THERE = ("collation", "generated", "renamed_from")
# How it gets another type, which a typed table says itself: it leaves its type meanwhile.
RETYPED = ("using", "rewrite")


def given_columns(build: Build, inherits: tuple[Name, ...]) -> dict[str, Column]:
    """Return the columns that a child has from its parents."""
    found: dict[str, Column] = {}
    for parent in inherits:
        for key, one in build.bodies[parent].columns.items():
            column = inherited_column(parent, key, one)
            found[key] = merged(found[key], column) if key in found else column
    return found


def agreed(at: Spot, shape: TableShape, inherits: tuple[Name, ...]) -> None:
    """Report columns that parents have otherwise than each other, unless the table declares them.

    Types and collations have to be the same in any case.
    """
    known: dict[str, tuple[Name, Column]] = {}
    for parent in inherits:
        for key, one in at.build.bodies[parent].columns.items():
            column = inherited_column(parent, key, one)
            first, held = known.setdefault(key, (parent, column))
            unlike = [
                field
                for field in ("type", "collation", *VALUES, "generated")
                if None not in (pair := (getattr(held, field), getattr(column, field)))
                and pair[0] != pair[1]
                and UNKNOWN not in pair
            ]
            written = shape.columns.get(key)
            is_declared = written is not None and written.type is not None
            for field in unlike:
                if field in {"type", "collation"}:
                    hint = "make both the same"
                elif is_declared:
                    continue
                else:
                    hint = f"write {quoted(key)} under columns, with its type and its {field}"
                (at / "inherits").wrong(
                    f"the parents {quoted(first)} and {quoted(parent)} have another {field}"
                    f" of column {quoted(key)}",
                    hint,
                )


def columns(
    at: Spot,
    shape: TableShape,
    table: str,
    given: Mapping[str, Column],
    *,
    is_typed: bool,
) -> dict[str, Column]:
    """Return the columns that a child or a typed table declares."""
    at /= "columns"
    declared: dict[str, Column] = {}
    siblings = {**dict.fromkeys(given, ColumnShape()), **shape.columns}
    for key, written in shape.columns.items():
        place = at / key
        if (key in given and written.type is None) or not place.identifier(key):
            continue
        if is_typed and written.type != UNKNOWN.name:
            place.wrong_key(
                f"column {quoted(key)} is not of the type of this table",
                "a typed table has just the attributes of its type, which say their types",
            )
            continue
        declared[key] = build_columns.column(
            place, written, siblings, table, is_given=key in given
        )
        if key in given:
            same(place, declared[key], given[key])
            declared[key] = completed(declared[key], given[key], written)
    return declared


def own_columns(
    at: Spot,
    shape: TableShape,
    table: Name,
    given: Mapping[str, Column],
    *,
    is_typed: bool,
) -> dict[str, Own]:
    """Return what a child or a typed table has otherwise of the columns that it is given.

    A primary key of its own forbids NULL in its columns.
    """
    at /= "columns"
    own: dict[str, Own] = {}
    keys = () if shape.primary_key is None else shape.primary_key.columns
    for key, one in given.items():
        written = shape.columns.get(key, ColumnShape())
        is_key = key in keys or written.primary_key
        if written.type is not None:
            continue
        if key in shape.columns:
            elsewhere(at / key, written, THERE if is_typed else (*THERE, *RETYPED))
            own[key] = override(at / key, table, written, one, is_key=is_key)
        elif is_key and one.nullable:
            own[key] = {"nullable": False}
    return {key: one for key, one in own.items() if one}


def completed(declared: Column, given: Column, written: ColumnShape) -> Column:
    """Return a column with what it has from parents, where it does not say otherwise."""
    left: dict[str, Any] = {
        field: getattr(given, field)
        for field in VALUES
        if field not in written.written and getattr(given, field) is not None
    }
    if declared.has_value:
        left.pop("default", None)
    return replace(declared, **left) if left else declared


def same(at: Spot, declared: Column, given: Column) -> None:
    """Report a column that cannot be one with that of a parent."""
    for key in ("type", "collation"):
        here, there = getattr(declared, key), getattr(given, key)
        if key == "type":
            here, there = here.plain, there.plain
        if UNKNOWN not in {here, there} and here != there:
            (at / key).wrong(
                f"the {key} is {here}, but a parent's column of this name has {there}",
                f"make both the same, or leave {quoted(key)} out",
            )
    if (declared.generated is None) != (given.generated is None):
        at.wrong_key(
            "a column that a parent has as well is generated in both, or in none",
            "write it as it is there",
        )


def elsewhere(at: Spot, shape: ColumnShape, keys: Iterable[str]) -> None:
    """Report what is said where a column is from."""
    for key in keys:
        if key in shape.written:
            (at / key).wrong_key(
                f"{quoted(key)} is given with the column",
                "write it where the column is from",
            )


def override(
    at: Spot, table: Name, shape: ColumnShape, column: Column, *, is_key: bool
) -> Own:
    """Return what a table has otherwise of a column that it is given."""
    value = own_column(at, shape, column, counts=False)
    if shape.identity is not None:
        identity = column_values.identity(at / "identity", shape, column.type)
        value = replace(value, identity=identity)
    named = shape.not_null is not None
    if shape.not_null is not None:
        chosen = default_name(table.name, str(at.path[-1]))
        value = with_not_null(at / "not_null", shape.not_null, chosen, column, value)
        if value.not_null is not None:
            (at / "not_null").need(18, "the name of a NOT NULL of an inherited column")
    says = named or ("nullable" in shape.written and not shape.nullable)
    if (says or is_key) and value.nullable:
        value = replace(value, nullable=False)
    if says and not named:
        value = replace(value, not_null=None)
    return own_of(value, column, says=says)
