"""NOT NULL keeps its name in a rename, in the edits that come after as well (PostgreSQL 18)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import databases
import pytest
from gen_migration.history.directory import OutputDirectory
from gen_migration.history.request import Request
from gen_migration.history.state import replayed, state_in
from gen_migration.history.value_json import dumps
from gen_migration.workflows.generate import generate
from loaded import Loaded
from round_trips import down, up

if TYPE_CHECKING:
    from pathlib import Path

SPEC = "name: s\npostgresql: 18\ntables: {{{0}}}\n"
ID = "id: {type: bigint, primary_key: true}"
NULL = "{type: text, nullable: true}"
NAMES = """
SELECT relname::text, attname::text, conname::text FROM pg_constraint
JOIN pg_class AS c ON c.oid = conrelid
JOIN pg_attribute ON attrelid = conrelid AND attnum = conkey[1]
WHERE contype = 'n' AND attname <> 'id' AND c.oid >= 16384
    AND relname <> 'alembic_version' ORDER BY 1, 2
"""
COLUMN = (
    f"t: {{columns: {{{ID}, a: text}}}}",
    f"t: {{columns: {{{ID}, b: {{type: text, renamed_from: a}}}}}}",
    f"t: {{columns: {{{ID}, b: text, a: {NULL}}}}}",
    f"t: {{columns: {{{ID}, b: text, a: text}}}}",
    f"t: {{columns: {{{ID}, b: text, a: {NULL}}}}}",
    f"t: {{columns: {{{ID}, b: {NULL}, a: {NULL}}}}}",
    f"t: {{columns: {{{ID}, b: {NULL}, a: text}}}}",
)
OF_COLUMN: tuple[list[tuple[str, str, str]], ...] = (
    [("t", "a", "t_a_not_null")],
    [("t", "b", "t_a_not_null")],
    [("t", "b", "t_a_not_null")],
    [("t", "a", "t_a_not_null1"), ("t", "b", "t_a_not_null")],
    [("t", "b", "t_a_not_null")],
    [],
    [("t", "a", "t_a_not_null")],
)
# The table has another name for a while, in which its column gets one.
TABLE = (
    f"t: {{columns: {{{ID}, a: text}}}}",
    f"u: {{renamed_from: t, columns: {{{ID}, b: {{type: text, renamed_from: a}}}}}}",
    f"t: {{renamed_from: u, columns: {{{ID}, b: text, a: {NULL}}}}}",
    f"t: {{columns: {{{ID}, b: text, a: text}}}}",
)
OF_TABLE = (
    [("t", "a", "t_a_not_null")],
    [("u", "b", "t_a_not_null")],
    [("t", "b", "t_a_not_null")],
    [("t", "a", "t_a_not_null1"), ("t", "b", "t_a_not_null")],
)
# What is dropped takes its name along.
GONE = (
    *COLUMN[:2],
    f"t: {{columns: {{{ID}}}}}",
    f"t: {{columns: {{{ID}, a: {NULL}}}}}",
    f"t: {{columns: {{{ID}, a: text}}}}",
)
OF_GONE = (*OF_COLUMN[:2], [], [], [("t", "a", "t_a_not_null")])


@pytest.mark.parametrize(
    ("tables", "wanted"),
    [(COLUMN, OF_COLUMN), (TABLE, OF_TABLE), (GONE, OF_GONE)],
    ids=["column", "table", "gone"],
)
def test_edits_in_a_row(tables: Any, wanted: Any, tmp_path: Path) -> None:
    path, output = tmp_path / "spec.yaml", tmp_path / "output"
    directory, request = OutputDirectory(output), Request(allow_data_loss=True)
    heads = []
    with databases.database(18) as url:
        connection = databases.connection(url)
        for text, names in zip(tables, wanted, strict=True):
            path.write_text(SPEC.format(text), encoding="utf-8")
            heads.append(generate(path, directory, request).revisions[-1])
            up(url, Loaded(output))
            assert connection.execute(NAMES).fetchall() == names
        for head, names in zip(heads[::-1], wanted[::-1], strict=True):
            down(url, Loaded(output), head)
            assert connection.execute(NAMES).fetchall() == names
        up(url, Loaded(output))


def test_the_cache_keeps_them(tmp_path: Path) -> None:
    path, output = tmp_path / "spec.yaml", tmp_path / "output"
    directory = OutputDirectory(output)
    for text in COLUMN[:2]:
        path.write_text(SPEC.format(text), encoding="utf-8")
        generate(path, directory, Request())
    state = replayed(list(directory.revisions()))
    assert [*state.schema.kept.values()] == ["t_a_not_null"]
    again = state_in(dumps((state.schema, state.origins)))
    assert again is not None
    assert again.schema.kept == state.schema.kept
