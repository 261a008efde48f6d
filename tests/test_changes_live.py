"""Law 6: on PostgreSQL, with rows in the tables, a change leads where it says, and back.

A run is the same for everybody; GEN_MIGRATION_SEED=… is another, GEN_MIGRATION_EXAMPLES a long one.
"""

from __future__ import annotations

import os
import tempfile
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import databases
import pytest
from catalog import difference, expected, facts, misnamed, other_parts
from gen_migration.history import offline_sql
from gen_migration.history.drafts import first_revision
from gen_migration.model.schema import ForeignKey
from gen_migration.operations.alterations import (
    AttachPartition,
    DetachPartition,
    SetPartitionBound,
)
from gen_migration.operations.base import CreateConstraint, CreateTable
from gen_migration.operations.columns import AddColumn
from hypothesis import HealthCheck, Phase, given, seed, settings
from rows import insert, kept, rows
from strategies import pairs
from test_live import migrate
from transitions import Pair, later_revisions, transition, write

if TYPE_CHECKING:
    from collections.abc import Callable

    from catalog import Facts
    from gen_migration.model.schema import Schema
    from gen_migration.plan.planner import Plan

EXAMPLES = int(os.environ.get("GEN_MIGRATION_EXAMPLES", "60"))
SEED = int(os.environ.get("GEN_MIGRATION_SEED", "2026"))
live: Callable[[Any], Any] = settings(
    max_examples=EXAMPLES,
    phases=[Phase.explicit, Phase.generate],
    database=None,
    report_multiple_bugs=False,
    suppress_health_check=list(HealthCheck),
)


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


@cache
def nothing(version: int) -> Facts:
    """Return what an empty database holds."""
    with databases.database(version) as url:
        return catalog(databases.connection(url))


def equal(found: Facts, other: Facts, when: str, text: str) -> None:
    if lines := difference(found, other):
        pytest.fail(f"after the {when}:\n{lines}\n{text}", pytrace=False)


def law_6(version: int, pair: Pair) -> None:
    # Nobody says that the values of a strange schema mean anything in this one.
    related = pair[2]
    found = transition(pair)
    old, new, made = found.old, found.new, found.plan
    given_facts = nothing(version)
    with tempfile.TemporaryDirectory() as name, databases.database(version) as url:
        connection = databases.connection(url)
        directory = Path(name)
        draft = first_revision(old)
        first = draft.text(draft.header)
        (directory / "first.py").write_text(first, encoding="utf-8")
        migrate(offline_sql.upgrade, url, directory)
        before = catalog(connection)
        full = related and comes_back(made, old.schema)
        filled = insert(connection, old, new) if full else set()
        texts = later_revisions(made, new, draft.header.revision)
        write(texts, directory)
        text = "\n".join(texts)
        touched = kept(found, filled)
        held = rows(connection, touched)
        migrate(offline_sql.upgrade, url, directory)
        after = given_facts | unordered(expected(new, connection))
        assert misnamed(new.schema, connection) == {}, text
        assert other_parts(new.schema, connection) == {}, text
        equal(catalog(connection), after, "upgrade", text)
        assert rows(connection, touched) == held
        down(url, directory, draft.header.revision)
        equal(catalog(connection), before, "downgrade", text)
        assert misnamed(old.schema, connection) == {}, text
        assert other_parts(old.schema, connection) == {}, text
        assert rows(connection, touched) == held
        migrate(offline_sql.upgrade, url, directory)
        equal(catalog(connection), after, "second upgrade", text)
        assert rows(connection, touched) == held


def down(url: str, directory: Path, target: str) -> None:
    def downgrade(url: str, directory: Path) -> None:
        offline_sql.downgrade(url, directory, target)

    migrate(downgrade, url, directory)


@live
@seed(SEED)
@given(pairs())
def test_6(pair: Pair) -> None:
    law_6(18, pair)


@live
@seed(SEED)
@given(pairs(16))
def test_6_on_postgresql_16(pair: Pair) -> None:
    law_6(16, pair)
