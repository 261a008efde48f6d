"""Files of SQL beside a spec: which names are good, and what is not followed."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest
from gen_migration.base import beside
from gen_migration.base.errors import Error, Errors
from gen_migration.spec.load import load_file

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize(
    "name",
    [
        "x",
        "../x.sql",
        "/etc/x.sql",
        "sql/../../x.sql",
        "./x.sql",
        "sql//x.sql",
        "a b.sql",
        "a\n.sql",
        "c:\\x.sql",
        "~/x.sql",
        "x.sql\0",
        "",
        "x" * beside.MAX_NAME + ".sql",
    ],
)
def test_no_name(name: str) -> None:
    assert beside.fault(name) is not None


@pytest.mark.parametrize("name", ["x.sql", "sql/x.sql", "a-b/c.d/é_1.sql"])
def test_names_in_a_text(name: str) -> None:
    assert beside.fault(name) is None
    for form in ("query: {{file: {}}}", "file: '{}'", 'file: "{}" # x', "file: {}\n"):
        assert beside.names(form.format(name)) == {name}


def test_a_long_word_costs_little() -> None:
    assert beside.names("x" * 1_000_000 + " .sql.sqlx") == set()


def test_read(tmp_path: Path) -> None:
    (tmp_path / "sql").mkdir()
    (tmp_path / "sql" / "x.sql").write_text("SELECT 1")
    assert beside.read(tmp_path, "sql/x.sql") == b"SELECT 1"
    (tmp_path / "long.sql").write_bytes(b" " * (beside.MAX_BYTES + 1))
    os.mkfifo(tmp_path / "pipe.sql")
    (tmp_path / "dir.sql").mkdir()
    (tmp_path / "link").symlink_to("sql")
    (tmp_path / "link.sql").symlink_to("sql/x.sql")
    for name, message in {
        "none.sql": "no such file",
        "sql/x.sql/y.sql": "no such file",
        "long.sql": "longer than 1,000,000 bytes",
        "pipe.sql": "no plain file",
        "dir.sql": "cannot be read: Is a directory",
        "link/x.sql": "a link is not followed",
        "link.sql": "a link is not followed",
    }.items():
        with pytest.raises(Error, match=message):
            beside.read(tmp_path, name)


def test_contents_tell_what_is_there_from_what_is_not(tmp_path: Path) -> None:
    text = "a: {file: x.sql}"
    missing = [*beside.contents(tmp_path, [text])]
    (tmp_path / "x.sql").write_text("")
    empty = [*beside.contents(tmp_path, [text])]
    assert (missing, empty) == ([b"x.sql", b"-"], [b"x.sql", b"+"])


SPEC = """\
name: app
views:
  v: {query: {file: none.sql}}
  w: {query: {file: ../x.sql}}
  x: {query: {file: bad.sql}}
tables: {t: {columns: {a: nope}}}
"""


def test_what_is_wrong_with_files_is_told_with_the_rest(tmp_path: Path) -> None:
    path = tmp_path / "app.yaml"
    path.write_text(SPEC, encoding="utf-8")
    (tmp_path / "bad.sql").write_text("SELECT 1\nFROM\n", encoding="utf-8")
    with pytest.raises(Errors) as raised:
        load_file(path)
    said = [str(one).splitlines()[0] for one in raised.value.errors]
    assert [one.replace(str(tmp_path), "") for one in said] == [
        'error: /app.yaml:3:21: view "v": /none.sql: no such file',
        'error: /app.yaml:4:21: view "w": the path leads out of the spec\'s directory',
        'error: /app.yaml:6:27: table "t", column "a": unknown type "nope"',
        'error: /bad.sql:3:1: view "x": SQL: syntax error at end of input',
    ]
