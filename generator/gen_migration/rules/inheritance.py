"""Rules about tables that have columns from others: children (INHERITS) and typed tables (OF).

Source: the manual, chapter 5.11.1 (Inheritance, Caveats), and ALTER TABLE, ALTER TYPE.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from gen_migration.model.given import ancestry, heirs, typed_tables
from gen_migration.model.places import spec_path
from gen_migration.model.schema import ForeignKey, Index, PrimaryKey, Unique
from gen_migration.operations import every as op
from gen_migration.rules.contexts import Design, Hit, UpgradeStep, part_path
from gen_migration.rules.finding import DANGER, NOTE, REWRITE
from gen_migration.rules.rule import ACCESS_EXCLUSIVE, QUIET, rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gen_migration.model.schema import Constraint, Table
    from gen_migration.postgres.names import Name


@rule("GM316", NOTE, instead="write the key at each child, too, or partition the table")
def key_of_a_parent(design: Design) -> Iterator[Hit]:
    """A key, or a foreign key, of a parent does not hold for its children.

    What is unique in a parent may stand in a child once more, and a foreign key of the parent asks
    nothing of a child's rows: of constraints, children have checks and NOT NULL alone. A foreign
    key that refers to a parent finds no row of its children.
    """
    schema, name = design.spec.schema, design.name
    is_whole = design.looked_at("part", "")
    if is_whole:
        for parent in ancestry(schema, name) if design.table.inherits else ():
            for key, one in keys(schema.tables[parent]):
                yield from lacking(design, parent, name, key, one)
    for key, one in design.table.constraints.items():
        if isinstance(one, ForeignKey) and design.looked_at("part", key):
            for child in children(design, one.referred_table):
                what = (
                    f"foreign key {key} of table {name} refers to {one.referred_table}"
                )
                path = part_path(design.spec, name, key)
                yield Hit(f"{what}, and finds no row of its child {child}", path)
    for key, one in () if is_whole else keys(design.table):
        if design.looked_at("part", key):
            for child in children(design, name):
                yield from lacking(design, name, child, key, one)


def keys(table: Table) -> Iterator[tuple[str, Constraint | Index]]:
    """Yield what of a table children have none of: keys, unique indexes and foreign keys."""
    for key, one in table.constraints.items():
        if isinstance(one, PrimaryKey | Unique | ForeignKey):
            yield key, one
    for key, index in table.indexes.items():
        if index.unique:
            yield key, index


def children(design: Design, name: Name) -> list[Name]:
    """Return the children of a table, and theirs."""
    schema = design.spec.schema
    return [one for one in heirs(schema, name) if schema.tables[one].inherits]


def lacking(
    design: Design, parent: Name, child: Name, key: str, value: Constraint | Index
) -> Iterator[Hit]:
    """Yield that a child has nothing like a key of its parent."""
    table = design.spec.schema.tables[child]
    if not any(is_alike(one, value) for _, one in keys(table)):
        what = (
            f"{value.word} {key} of table {parent} does not hold for its child {child}"
        )
        yield Hit(what, spec_path(design.spec, child))


def is_alike(one: Constraint | Index, other: Constraint | Index) -> bool:
    """Tell whether two keys are of the same columns, and foreign keys of the same table."""
    refers = [getattr(each, "referred_table", None) for each in (one, other)]
    return columns(one) == columns(other) and refers[0] == refers[1]


def columns(value: Constraint | Index) -> frozenset[str | None]:
    if isinstance(value, Index):
        return frozenset(one.column for one in value.elements)
    return frozenset(getattr(value, "columns", ()))


@rule(
    "GM225",
    DANGER,
    op.AlterObject,
    lock=ACCESS_EXCLUSIVE,
    work=REWRITE,
    instead="add an attribute of the new type, let code fill both, and drop the old one later",
)
def attribute_retyped(step: UpgradeStep, one: op.AlterObject) -> Iterator[Hit]:
    """An attribute of a type that tables are of gets another type.

    ALTER TYPE … ALTER ATTRIBUTE … CASCADE writes each typed table, and its indexes, anew.
    """
    if not one.has_heirs:
        return
    before, after = one.old.attributes, one.new.attributes
    retyped = [
        key for key in before if key in after and before[key].type != after[key].type
    ]
    used = [name for name in typed_tables(step.before, one.name) if step.is_used(name)]
    for key in retyped if used else ():
        what = f"attribute {key} of type {one.name} gets another type"
        text = f"{what}: writes {', '.join(map(str, used))} anew"
        yield Hit(text, step.path, tables=tuple(used))


@rule(
    "GM226",
    NOTE,
    op.Inherit,
    op.NoInherit,
    op.MakeTyped,
    op.MakeUntyped,
    lock=ACCESS_EXCLUSIVE,
    instead=QUIET + ": it is quick once it has its lock",
)
def origin_changed(step: UpgradeStep, _: op.SetOrigin) -> Iterator[Hit]:
    """A table that is in use becomes a child or a typed table, or is none any more.

    It is quick, but waits for what runs on the table, and everybody else waits behind it.
    """
    yield from step.hits()
