"""Random specs do on PostgreSQL what they say, up, down without a trace, and offline as well.

What is built is also compared, imported and filled.
"""

from __future__ import annotations

import tempfile
import warnings
from pathlib import Path
from typing import TYPE_CHECKING, Any

import databases
import pytest
from dumps import dump
from gen_migration.catalog import reader
from gen_migration.history import offline_sql
from gen_migration.history.migrate import upgrade_to
from gen_migration.scratch import databases as scratch
from gen_migration.scratch.prerequisites import make_roles
from gen_migration.spec.load import load
from gen_migration.verify.fill.fill import fill
from hypothesis import given
from random_examples import EXAMPLES, live
from round_trips import Built, build, comes_back, revision, round_trip, unequal
from strategies import documents
from yaml_text import yaml_text

if TYPE_CHECKING:
    from gen_migration.model.schema import Schema
    from gen_migration.postgres.names import Name


pytestmark = pytest.mark.fuzz


def can_hold(schema: Schema, name: Name) -> bool:
    """Tell whether rows may go into a table of a random spec itself.

    Below a partition for one value, one of a hash holds that value or does not.
    """
    table = schema.tables[name]
    above = table.partition_of
    return table.partition_by is None and (
        above is None or schema.tables[above.parent].partition_of is None
    )


def filled(built: Built) -> tuple[int, int]:
    """Return how many tables can have rows, and how many of them have got none."""
    schema = reader.read(databases.connection(built.url)).schema
    with scratch.connect(built.url) as connection:
        without = [one.table for one in fill(connection, schema)]
    able = [name for name in schema.tables if can_hold(schema, name)]
    return len(able), len([name for name in able if name in without])


def same_offline(built: Built) -> None:
    """Insist that what --sql prints builds the same."""
    environment = built.directory.environment()
    sql = offline_sql.offline_sql(environment, upgrade_to("heads"), ())
    with databases.database() as other:
        with scratch.connect(other) as connection:
            for one in make_roles(built.spec.schema):
                connection.execute(one)
            connection.execute(sql)
        assert dump(built.url) == dump(other)


def test_random_specs() -> None:
    counts: list[tuple[int, int]] = []

    @live(EXAMPLES // 2)
    @given(documents())
    def each(document: dict[str, Any]) -> None:
        text = yaml_text(document)
        spec = load(text, "spec.yaml")
        with (
            tempfile.TemporaryDirectory() as versions,
            tempfile.TemporaryDirectory() as name,
            databases.database() as url,
        ):
            built = build(url, spec, revision(text), Path(versions))
            assert unequal(text, url, "", Path(name)) == ""
            same_offline(built)
            comes_back(built, Path(name))
            counts.append(filled(built))
            round_trip(built)

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        each()
    able, empty = map(sum, zip(*counts, strict=True))
    # What a seed gives depends on every constant of the code; nine in ten are the rule.
    assert able > EXAMPLES
    assert empty / able < 0.2
