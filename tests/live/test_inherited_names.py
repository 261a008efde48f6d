"""What a partition has from its parent keeps old names; a detached one has those of its spec."""

from __future__ import annotations

from typing import TYPE_CHECKING

import databases
import pytest
from gen_migration.catalog import reader
from gen_migration.catalog.tolerances import without_left_open
from gen_migration.history import offline_sql
from gen_migration.history.directory import OutputDirectory
from gen_migration.postgres.names import Name
from gen_migration.scratch import databases as scratch
from gen_migration.spec.load import load
from gen_migration.sql import partition_names
from gen_migration.workflows.generate import generate

if TYPE_CHECKING:
    from pathlib import Path

BODY = """\
    columns: {no: bigint, day: date}
    primary_key: [no, day]
    indexes: {ix_events_day: [day]}
    partition_by: {range: [day]}
"""
PARTITIONS = "    partitions: {p: {from: '2025-01-01', to: '2026-01-01'}}\n"
RENAMED = BODY.replace("day: date", "at: {type: date, renamed_from: day}").replace(
    "day]", "at]"
)
ALONE = """\
  p:
    columns: {no: bigint, at: date}
    primary_key: {name: p_pkey, columns: [no, at]}
    indexes: {p_at_idx: [at]}
"""
SPECS = [
    BODY + PARTITIONS,
    RENAMED + PARTITIONS,
    RENAMED + ALONE,
    RENAMED + PARTITIONS,
]


@pytest.mark.parametrize("version", scratch.VERSIONS)
def test_detached_after_a_column_was_renamed(version: int, tmp_path: Path) -> None:
    path, output = tmp_path / "spec.yaml", tmp_path / "output"
    with databases.database(version) as url:
        for text in SPECS:
            path.write_text(f"name: s\ntables:\n  events:\n{text}", encoding="utf-8")
            generate(path, OutputDirectory(output))
            offline_sql.upgrade(url, output)
            if text.endswith(ALONE):
                spec = load(path.read_text("utf-8"), "spec.yaml")
                found = without_left_open(reader.read_url(url), spec)
                assert found == spec.schema
        offline_sql.downgrade(url, output)
        assert not reader.read_url(url).schema.tables


@pytest.mark.parametrize(
    ("table", "parent"),
    [
        (Name(None, "t"), Name(None, "p")),
        (Name("a.b", "it's"), Name('q"', "back\\slash")),
    ],
)
def test_the_statement_is_read_as_it_was_written(table: Name, parent: Name) -> None:
    names = {"ix": "t_a_idx", "it's": 'q"', "back\\": "('x', 'y'),\n"}
    pairs = partition_names.pairs(parent, names)
    body = partition_names.RENAME.filled(table=table, pairs=pairs)
    assert partition_names.renamed(body) == (table, names)
    assert partition_names.renamed(body + ";") is None
    assert partition_names.renamed(body.replace("wanted", "wanted, 1", 1)) is None
    assert partition_names.renamed(body.replace("gm_", "gm", 1)) is None
    assert partition_names.renamed("SELECT 1") is None


def test_a_child_that_forbids_null_itself_calls_that_as_it_likes(
    tmp_path: Path, database: str
) -> None:
    """It has kept its parent's name, so that the parent gets another one (`p_a_not_null1`)."""
    spec = "name: s\ntables:\n  p: {{columns: {{a: {0}}}}}\n"
    spec += "  k: {{inherits: [p], columns: {{a: {{nullable: false}}}}}}\n"
    path, output = tmp_path / "spec.yaml", tmp_path / "output"
    types = (
        "integer",
        "{type: bigint, rewrite: true}",
        "{type: bigint, nullable: true}",
    )
    for one in (*types, "bigint"):
        path.write_text(spec.format(one), encoding="utf-8")
        generate(path, OutputDirectory(output))
        offline_sql.upgrade(database, output)
        wanted = load(path.read_text("utf-8"), "spec.yaml")
        assert without_left_open(reader.read_url(database), wanted) == wanted.schema
