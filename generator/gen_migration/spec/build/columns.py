"""The columns of a spec: types, NOT NULL, collations, storage, statistics."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gen_migration.base.data_class import replace
from gen_migration.base.errors import quoted
from gen_migration.kinds import BY_WORD, KINDS
from gen_migration.model import schema as model
from gen_migration.model.automatic_names import with_given_sequence
from gen_migration.model.not_null_names import default_name
from gen_migration.postgres.names import Name
from gen_migration.postgres.storage import default_storage, in_digits, is_fixed
from gen_migration.postgres.types import Type, TypeMistake, parse_type
from gen_migration.spec.build.column_values import (
    default,
    generated,
    identity,
    is_null,
    sources_of_values,
)
from gen_migration.spec.build.context import UNKNOWN, fault
from gen_migration.spec.build.expressions import SYSTEM_COLUMNS

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from decimal import Decimal

    from gen_migration.spec.build.context import Spot
    from gen_migration.spec.column_shapes import ColumnShape, NotNullShape
    from gen_migration.spec.table_shapes import PartitionColumnShape, TableShape

COLLATABLE = frozenset(("varchar", "char", "text", "bpchar", "name"))
# What makes a column no more than a type here; the rest are constraints.
PLAIN_FIELDS = frozenset(
    "type nullable primary_key unique references on_delete on_update check".split()
)


def column_type(at: Spot, text: str, *below: str) -> Type | None:
    """Return the type that a text names, or None when it is reported, below a place."""
    build = at.build
    try:
        found = parse_type(text, build.type_names)
    except TypeMistake as mistake:
        if not any(build.is_broken((kind.key, text)) for kind in KINDS):
            at.under(*below).wrong(*mistake.args)
        return None
    if found.name == "numeric" and found.arguments:
        precision, scale = (int(argument) for argument in found.arguments)
        if not 0 <= scale <= precision:
            at.under(*below).need(
                15, f"{found} with a scale outside of 0 to its precision"
            )
    if (None, found.name, found.kind) in build.type_names and found.schema is None:
        return replace(found, schema=build.shape.schema)
    return found


def columns(at: Spot, shape: TableShape, table: str) -> dict[str, model.Column]:
    """Return the columns of a table by name."""
    at /= "columns"
    for name in SYSTEM_COLUMNS & set(shape.columns):
        (at / name).wrong_key(
            f"{quoted(name)} is a column of PostgreSQL's own", "rename it"
        )
    found: dict[str, model.Column] = {}
    known, problems = at.build.plain_columns, at.build.problems
    for name, of_column in shape.columns.items():
        is_plain = of_column.written <= PLAIN_FIELDS
        key = (of_column.type, of_column.nullable)
        if is_plain and key in known and fault(name) is None:
            found[name] = known[key]
            continue
        place, told = at / name, len(problems)
        if place.identifier(name):
            made = found[name] = column(place, of_column, shape.columns, table)
            # What is wrong with a type is told wherever it stands.
            if is_plain and not made.type.is_serial and len(problems) == told:
                known[key] = made
    return found


def column(
    at: Spot,
    shape: ColumnShape,
    siblings: Mapping[str, ColumnShape],
    table: str,
    *,
    is_given: bool = False,
) -> model.Column:
    """Return a column; what is reported is left out of it.

    `is_given` tells that a parent has it too, whose default it may be to do without.
    """
    found = None
    if shape.type is None:
        at.wrong('missing key "type"', "add type")
    elif shape.type != UNKNOWN.name:
        found = column_type(at, shape.type, "type")
    of, written = found or UNKNOWN, shape.written
    is_default = "default" in written and not shape.nullable and not is_given
    if is_default and is_null(shape.default):
        (at / "default").wrong_key(
            "the default of a column that is NOT NULL is null",
            'write a value, remove "default", or write "nullable: true" at the column',
        )
    if not of.is_serial and written <= PLAIN_FIELDS:
        return model.Column(type=of, nullable=shape.nullable)
    said = [key for key in SAID if key in written and getattr(shape, key) is not None]
    sources_of_values(at, shape, of, said)
    values = {
        key: PROPERTIES[key](at / key, shape, of) for key in said if key in PROPERTIES
    }
    if shape.generated is not None:
        values["generated"] = generated(at / "generated", shape, siblings, table)
    if shape.not_null is not None:
        values |= not_null(at, shape, of, table)
    made = model.Column(
        type=of, nullable=shape.nullable, comment=shape.comment or None, **values
    )
    return with_given_sequence(Name(None, table), str(at.path[-1]), made)


def not_null(at: Spot, shape: ColumnShape, of: Type, table: str) -> dict[str, Any]:
    """Return what a column's NOT NULL is called, and what it is beside that."""
    assert shape.not_null is not None  # noqa: S101 - it is written
    place = at / "not_null"
    if shape.nullable:
        place.wrong_key(
            "a column that may hold NULL has no NOT NULL to name",
            'remove "not_null" or "nullable"',
        )
    else:
        place.need(18, "a constraint of NOT NULL")
    if of.is_serial or shape.identity is not None:
        not_plain(place, shape.not_null, "a column that counts")
    return called_not_null(place, shape.not_null, default_name(table, str(at.path[-1])))


def called_not_null(at: Spot, shape: NotNullShape, chosen: str) -> dict[str, Any]:
    """Return the fields of a NOT NULL; what is not plain is called as PostgreSQL would."""
    name = shape.name
    if name is not None and not (at / "name").identifier(name, at_key=False):
        return {}
    state = model.NotNullState(
        no_inherit=shape.no_inherit,
        not_valid=shape.not_valid,
        comment=shape.comment or None,
    )
    if state == model.NotNullState():
        return {"not_null": name}
    return {"not_null": name or chosen, "not_null_state": state}


def not_plain(at: Spot, shape: NotNullShape, what: str) -> None:
    """Report a NOT NULL that is not for all rows, where PostgreSQL needs one that is."""
    for key in ("no_inherit", "not_valid"):
        if getattr(shape, key):
            (at / key).wrong_key(
                f"NOT NULL of {what} is of all rows, and inherited", "remove it"
            )


def collation(at: Spot, shape: Any, of: Type) -> Any:
    """Return the name of a collation."""
    if shape.collation is None:
        return None
    if of.kind == "builtin" and of.name not in COLLATABLE:
        at.wrong_key(f"{of} has no collation", "remove it")
    found = at.text_name(shape.collation)
    if found is not None and found.schema is None:
        # One of the spec is in its schema, as a type is.
        mine = found._replace(schema=at.build.shape.schema)
        keys = map(at.build.silent_name, at.build.shapes(BY_WORD["collation"]))
        return mine if mine in keys else found
    return found


def storage(
    at: Spot, shape: ColumnShape | PartitionColumnShape, of: Type
) -> str | None:
    """Return how large values are kept, where that is not the type's way."""
    if shape.storage is None or shape.storage == default_storage(of):
        return None
    if is_fixed(of):
        at.wrong_key(f"{of} can only have storage plain", "remove it")
    return shape.storage


def compression(
    at: Spot, shape: ColumnShape | PartitionColumnShape, of: Type
) -> str | None:
    """Return how large values are compressed."""
    if shape.compression is not None and is_fixed(of):
        at.wrong_key(f"{of} is never compressed", "remove it")
    return shape.compression


def statistics_target(at: Spot, value: int | None, *, is_virtual: bool) -> int | None:
    """Return how much ANALYZE samples of a column, which it never does of a virtual one."""
    if value is not None and is_virtual:
        at.wrong_key("a virtual generated column has no statistics", "remove it")
    return value


def is_virtual(shape: ColumnShape) -> bool:
    return shape.generated is not None and shape.generated.virtual is not None


def distinct(at: Spot, value: int | Decimal | None) -> str | None:
    """Return how many values a column has, as PostgreSQL keeps it."""
    if value is None:
        return None
    if value < -1:
        at.wrong(
            f"{value} is no number of values",
            "write a number of them, or from -1 to 0 that of each row",
        )
    return in_digits(value)


# What a column may have beside its type; how it is generated, other columns have a say in.
PROPERTIES: dict[str, Callable[[Spot, ColumnShape, Type], Any]] = {
    "default": lambda at, shape, of: default(at, shape.default, of),
    "identity": identity,
    "collation": collation,
    "storage": storage,
    "compression": compression,
    "statistics_target": lambda at, shape, _: statistics_target(
        at, shape.statistics_target, is_virtual=is_virtual(shape)
    ),
    "n_distinct": lambda at, shape, _: distinct(at, shape.n_distinct),
    "n_distinct_inherited": lambda at, shape, _: distinct(
        at, shape.n_distinct_inherited
    ),
}
SAID = ("generated", *PROPERTIES)
