"""SQL of a spec in files of its own: in a directory, at a revision of git, and what is wrong."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner
from gen_migration.base.errors import Error, Errors
from gen_migration.cli import main
from gen_migration.postgres.names import Name
from gen_migration.spec.load import load, load_file, spec_of
from gen_migration.workflows.sources import document_at, parse

if TYPE_CHECKING:
    from pathlib import Path

SPEC = """\
name: shop
tables: {t: {columns: {id: bigint}}}
views: {v: {query: {file: sql/v.sql}}, w: {query: {file: sql/v.sql}, security_barrier: true}}
"""
QUERY = "-- All of them.\nSELECT id\nFROM t;\n"


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the file of a spec with a file of SQL beside it; it is where a command runs."""
    (tmp_path / "spec" / "sql").mkdir(parents=True)
    path = tmp_path / "spec" / "shop.yaml"
    path.write_text(SPEC)
    (path.parent / "sql" / "v.sql").write_text(QUERY)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return path


def test_a_file_is_its_text(shop: Path) -> None:
    views = load_file(shop).schema.of("view")
    assert {one.query for one in views.values()} == {"SELECT id FROM t"}
    assert load_file(shop.parent).schema.of("view") == views


def test_a_mistake_is_told_where_it_stands(shop: Path) -> None:
    (shop.parent / "sql" / "v.sql").write_text("SELECT id\nFROM t u v\n")
    with pytest.raises(Error) as caught:
        load_file(shop)
    place = f'error: {shop.parent}/sql/v.sql:2:10: view "v": SQL: syntax error'
    assert str(caught.value).startswith(place)


WRONG = {
    "{file: sql/none.sql}": "no such file",
    "{file: ../spec/sql/v.sql}": "leads out of the spec's directory",
    "{file: /etc/passwd}": "ends in .sql",
    "{file: sql/link.sql}": "a link is not followed",
    "{file: sql/v.sql, other: 1}": "neither SQL nor a file of it",
    "{file: [1]}": "neither SQL nor a file of it",
    '{file: "sql/\\x76.sql"}': "without escapes",
}


@pytest.mark.parametrize("written", WRONG)
def test_no_file(written: str, shop: Path) -> None:
    (shop.parent / "sql" / "link.sql").symlink_to("v.sql")
    text = f"name: shop\nviews: {{v: {{query: {written}}}}}\n"
    shop.write_text(text)
    with pytest.raises(Error) as caught:
        load_file(shop)
    assert WRONG[written] in str(caught.value)
    assert f"{shop}:2:" in str(caught.value)


def test_a_text_has_no_files() -> None:
    with pytest.raises(Error, match="a text has no files beside it"):
        load(SPEC, "spec.yaml")


def git(*arguments: str) -> None:
    who = ("-c", "user.name=a", "-c", "user.email=a@b")
    subprocess.run(["git", *who, *arguments], check=True, capture_output=True)


@pytest.mark.parametrize(
    "path", ["main:spec/shop.yaml", "main:spec", "main:./spec/shop.yaml"]
)
def test_a_revision_has_its_own(path: str, shop: Path) -> None:
    git("init", "-q", "-b", "main")
    git("add", "spec")
    git("commit", "-q", "-m", "first")
    (shop.parent / "sql" / "v.sql").write_text("SELECT 2 AS id")
    found = document_at(parse(path))  # type: ignore[arg-type]
    assert found.value["views"]["v"]["query"] == QUERY
    (shop.parent / "sql" / "v.sql").unlink()
    (shop.parent / "sql" / "v.sql").symlink_to("../shop.yaml")
    git("add", "spec")
    git("commit", "-q", "-m", "second")
    with pytest.raises(Errors, match="a link is not followed"):
        spec_of(document_at(parse(path)))  # type: ignore[arg-type]


def test_a_changed_file_is_a_change(shop: Path) -> None:
    def run(*arguments: str) -> tuple[int, str]:
        done = CliRunner().invoke(main, [str(shop), "--output", "out", *arguments])
        return done.exit_code, done.stderr

    assert run()[0] == 0
    for _ in range(2):  # the second time, it is remembered
        assert "up to date" in run("--check")[1]
    (shop.parent / "sql" / "v.sql").write_text("SELECT id, 2 AS two FROM t")
    assert run("--check")[0] == 1


def test_format_keeps_the_file(shop: Path) -> None:
    done = CliRunner().invoke(main, ["format", str(shop)])
    assert done.exit_code == 0
    assert shop.read_text().count("{file: sql/v.sql}") == 2
    assert (
        load_file(shop).schema.of("view")[Name(None, "v")].query == "SELECT id FROM t"
    )
