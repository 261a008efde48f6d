"""An edit on a server, up and down."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

import databases
import pytest
from catalog import difference, facts
from gen_migration.model.inheritance import declares_as, without_parent
from gen_migration.model.schema import ForeignKey
from gen_migration.operations.base import CreateConstraint, CreateTable
from gen_migration.operations.columns import AddColumn
from gen_migration.operations.every import (
    AttachPartition,
    DetachPartition,
    NoInherit,
    SetPartitionBound,
)

if TYPE_CHECKING:
    from catalog import Facts
    from gen_migration.model.schema import Schema, Spec
    from gen_migration.plan.link import Plan


def comes_back(made: Plan, old: Schema) -> bool:
    """Tell whether rows can stay on the way back.

    They cannot where a NOT NULL column of a key is dropped, which nothing could fill, or a table
    that others refer to; nor can a partition go whose rows others refer to.
    """
    targets = {
        key.referred_table
        for table in old.tables.values()
        for key in table.constraints.values()
        if isinstance(key, ForeignKey)
    }
    if any(isinstance(one, DetachPartition) for one in made.upgrade) and any(
        name in old.tables and old.tables[name].partition_by for name in targets
    ):
        return False
    created = {one.name for one in made.downgrade if isinstance(one, CreateTable)}
    referring = any(
        isinstance(one, CreateConstraint)
        and isinstance(one.new, ForeignKey)
        and one.new.referred_table in created
        for one in made.downgrade
    )
    # Rows may be outside of a new bound, or of a new partition's share of the default one.
    bound = any(
        isinstance(one, AttachPartition | SetPartitionBound)
        or (isinstance(one, CreateTable) and one.new.partition_of is not None)
        for one in made.upgrade
    )
    return not (referring or bound) and not any(
        isinstance(one, AddColumn)
        and not (
            one.new.nullable or one.new.default or one.new.generated or one.new.identity
        )
        for one in (*made.upgrade, *made.downgrade)
    )


def keeps_marks(made: Plan, old: Schema) -> bool:
    """Tell whether no table loses a parent that it has columns or checks from.

    Once it has its parent back, they are its own as well: PostgreSQL knows no way back. Nor does it
    know one to the place of a parent in front of such a one.
    """
    for one in made.operations:
        if isinstance(one, NoInherit):
            behind = one.old.inherits[one.old.inherits.index(one.parent) + 1 :]
            stays = all(
                declares_as(one.old, without_parent(old, one.old, parent))
                for parent in behind
            )
            if (
                one.old.columns.keys() != one.new.columns.keys()
                or one.old.constraints.keys() != one.new.constraints.keys()
                or not stays
            ):
                return False
        old = one.apply(old)
    return True


def unmarked(found: Facts) -> Facts:
    """Return facts without the mark of columns and checks that a table declares itself."""
    return {
        key: {word: held for word, held in value.items() if word != "local"}
        if isinstance(value, dict)
        else value
        for key, value in found.items()
    }


def unordered(found: Facts) -> Facts:
    """Return facts without the order of columns, which PostgreSQL cannot change."""
    return {
        key: {**value, "columns": sorted(value["columns"])}
        if isinstance(value, dict) and "columns" in value and key.startswith("table ")
        else value
        for key, value in found.items()
    }


def catalog(connection: Any) -> Facts:
    return unordered(facts(connection))


def read(url: str) -> Facts:
    return catalog(databases.connection(url))


def of_spec(url: str, spec: Spec, wanted: Facts) -> Facts:
    """Return what a database holds; without what statements have made that a spec does not say."""
    found = read(url)
    if not spec.schema.of("statement"):
        return found
    return {key: one for key, one in found.items() if key in wanted}


@cache
def nothing(version: int) -> Facts:
    """Return what an empty database holds."""
    with databases.database(version) as url:
        return read(url)


def equal(found: Facts, other: Facts, when: str, text: str) -> None:
    if lines := difference(found, other):
        pytest.fail(f"after the {when}:\n{lines}\n{text}", pytrace=False)
