"""Expand and contract on PostgreSQL: both versions of the code read and write what is true."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any

import databases
import pytest
from both_ways import catalog
from catalog import difference
from crashes import APART, run_crashing
from expansions import EDITS, RENAME, RETYPED, SPLIT, Edit, Shop
from gen_migration.base.errors import Error
from gen_migration.catalog.reader import read_url as catalog_of
from gen_migration.history.directory import OutputDirectory
from gen_migration.history.request import Request
from gen_migration.history.target import Target
from gen_migration.scratch import databases as scratch
from gen_migration.status.report import lines
from gen_migration.verify.fill.fill import fill
from gen_migration.workflows.compare import compare
from gen_migration.workflows.status import status as status_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

SPLIT_AGAIN = (
    "INSERT INTO users (email, first, last) VALUES ('s', 'F', 'G')"
    " ON CONFLICT (email) DO UPDATE SET first = EXCLUDED.first"
)
VERSIONS = pytest.mark.parametrize("version", scratch.VERSIONS)


def opened(edit: Edit, root: Path, url: str) -> Shop:
    """Return a shop with rows whose expansion is open."""
    shop = Shop(root)
    shop.write(edit.old)
    shop.upgrade(url)
    with scratch.connect(url) as connection:
        connection.execute(edit.rows)
    shop.write(edit.new)
    shop.upgrade(url)
    return shop


def pairs(db: Any, where: str = "true", columns: str = "name, full_name") -> list[Any]:
    query = f"SELECT {columns} FROM users WHERE {where} ORDER BY id"
    return list(db.execute(query))


@VERSIONS
def test_a_rename_row_by_row(version: int, tmp_path: Path) -> None:
    with databases.database(version) as url:
        opened(RENAME, tmp_path, url)
        with scratch.connect(url) as db:
            assert pairs(db) == [(f"n{i}", f"n{i}") for i in range(1, 26)]
            # One is written, the other, both, none; and NULL is what none is.
            for columns, values, wanted in (
                ("name", "'a'", ("a", "a")),
                ("full_name", "'b'", ("b", "b")),
                ("name, full_name", "'c', 'd'", ("c", "d")),
                ("name, full_name", "NULL, 'e'", ("e", "e")),
                ("email", "'x'", ("nobody", "nobody")),
                ("name", "NULL", ("nobody", "nobody")),
            ):
                mail = "" if columns == "email" else ", email"
                given = "" if columns == "email" else ", 'x'"
                db.execute(
                    f"INSERT INTO users ({columns}{mail}) VALUES ({values}{given})"
                )
                assert pairs(db, "email = 'x'") == [wanted]
                db.execute("DELETE FROM users WHERE email = 'x'")
            one = "email = '1'"
            for assigned, wanted in (
                ("name = 'a'", ("a", "a")),
                ("full_name = 'b'", ("b", "b")),
                ("full_name = 'c', name = 'b'", ("c", "c")),
                ("full_name = 'd', name = 'e'", ("e", "d")),
                ("email = '1'", ("e", "d")),
                ("name = 'f'", ("f", "f")),
            ):
                db.execute(f"UPDATE users SET {assigned} WHERE {one}")
                assert pairs(db, one) == [wanted]
            for column in ("name", "full_name"):
                db.execute(
                    f"INSERT INTO users (email, {column}) VALUES ('1', '{column}')"
                    f" ON CONFLICT (email) DO UPDATE SET {column} = EXCLUDED.{column}"
                )
                assert pairs(db, one) == [(column, column)]
                with db.cursor().copy(
                    f"COPY users (email, {column}) FROM STDIN"
                ) as copy:
                    copy.write_row((f"copied {column}", "k"))
                assert pairs(db, f"email = 'copied {column}'") == [("k", "k")]


@VERSIONS
def test_a_split_row_by_row(version: int, tmp_path: Path) -> None:
    with databases.database(version) as url:
        shop = opened(SPLIT, tmp_path, url)
        with scratch.connect(url) as db:
            every = "name, first, last"
            assert pairs(db, "email = '7'", every) == [("7 x", "7", "x")]
            for statement, wanted in (
                (
                    "INSERT INTO users (email, name) VALUES ('s', 'A B')",
                    ("A B", "A", "B"),
                ),
                ("UPDATE users SET last = 'C' WHERE email = 's'", ("A C", "A", "C")),
                ("UPDATE users SET name = 'D E' WHERE email = 's'", ("D E", "D", "E")),
                (SPLIT_AGAIN, ("F E", "F", "E")),
            ):
                db.execute(statement)
                assert pairs(db, "email = 's'", every) == [wanted]
            # What `down` does not give back stops the contract, with a query for the rows.
            db.execute("UPDATE users SET name = 'A B C' WHERE email = 's'")
        shop.contract(SPLIT.new)
        with pytest.raises(Error, match="SELECT \\* FROM users WHERE record_image_ne"):
            shop.upgrade(url)
        with scratch.connect(url) as db:
            db.execute("UPDATE users SET name = 'A B' WHERE email = 's'")
        shop.upgrade(url)


@VERSIONS
def test_a_type_that_is_built_aside(version: int, tmp_path: Path) -> None:
    with databases.database(version) as url:
        shop = opened(RETYPED, tmp_path, url)
        with scratch.connect(url) as db:
            db.execute("UPDATE users SET price = 7 WHERE email = '1'")
            columns = "price, gm_expand_price"
            assert pairs(db, "email = '1'", columns) == [(7, 7)]
            # Rows of `verify` have what the trigger makes of the old column in the new one.
            fill(db, catalog_of(url).schema, ("longest",))
        shop.contract(RETYPED.new)
        shop.upgrade(url)
        with scratch.connect(url) as db:
            db.execute("UPDATE users SET price = 1.5 WHERE email = '2'")
            found = pairs(db, "email IN ('1', '2')", "price, pg_typeof(price)::text")
            assert [(str(one), of) for one, of in found] == [
                ("7", "numeric"),
                ("1.5", "numeric"),
            ]


@pytest.mark.parametrize("name", EDITS)
def test_what_waits_is_no_drift(name: str, tmp_path: Path) -> None:
    with databases.database() as url:
        shop = opened(EDITS[name], tmp_path, url)
        spec = str(tmp_path / "shop.yaml")
        for sides in ((spec, url), (url, spec)):
            found = compare(*sides, Target())
            assert found.review.changes == ()
            assert "waits for its contract" in found.notes[0]
        status = list(lines(status_of(url, OutputDirectory(shop.versions))))
        assert any("waiting for a contract" in one for one in status)
        assert status[-1] == "nothing is to be done"


@pytest.mark.parametrize("name", EDITS)
def test_there_and_back_without_loss(name: str, tmp_path: Path) -> None:
    """Each of its revisions may be the one to go back to; and each may die at any statement."""
    edit = EDITS[name]
    with databases.database() as url:
        shop = opened(edit, tmp_path, url)
        (first,) = shop.write(edit.new)[-1:]
        with scratch.connect(url) as db:
            if edit is SPLIT:  # what nobody could take apart again
                db.execute(
                    "INSERT INTO users (first, last, email) VALUES ('A B', 'C', 'z')"
                )
            before = facts(url), list(db.execute("TABLE users"))
        (*_, last) = shop.contract(edit.new)
        run_crashing(url, shop.versions, "heads", modes=APART)
        assert last
        run_crashing(url, shop.versions, first, down=True, modes=APART)
        equal(facts(url), before[0])
        with scratch.connect(url) as db:
            after = list(db.execute("SELECT * FROM users ORDER BY id"))
        assert sorted(map(str_sorted, after)) == sorted(map(str_sorted, before[1]))


def test_parts_that_are_missing_come_back(tmp_path: Path) -> None:
    """Those of what opens one, and those of the contract, with the same bytes."""
    shop = Shop(tmp_path)
    shop.write(RENAME.old)
    for asked in (None, Request(contract=True)):
        there = set(shop.versions.iterdir())
        shop.write(RENAME.new, asked)
        last = max(
            set(shop.versions.iterdir()) - there, key=lambda one: "_2_of" in one.name
        )
        text = last.read_bytes()
        last.unlink()
        shop.write(RENAME.new)
        assert last.read_bytes() == text


def str_sorted(row: tuple[Any, ...]) -> list[str]:
    return sorted(map(str, row))


def facts(url: str) -> Any:
    return catalog(databases.connection(url))


def equal(found: Any, wanted: Any) -> None:
    if lines := difference(found, wanted):
        pytest.fail(lines, pytrace=False)


@VERSIONS
def test_old_and_new_code_at_once(version: int, tmp_path: Path) -> None:
    """Both write while it opens; in the end each row says the same on both sides."""
    shop = Shop(tmp_path)
    shop.write(RENAME.old)
    errors: list[str] = []
    with databases.database(version) as url:
        shop.upgrade(url)
        with scratch.connect(url) as db:
            db.execute(
                "INSERT INTO users (email, name)"
                " SELECT i, 'n' || i FROM generate_series(1, 3000) AS i"
            )
        shop.write(RENAME.new)
        done = threading.Event()
        with both(url, ("name", "name"), done, errors):
            shop.upgrade(url)
            done.set()
        done.clear()
        with both(url, ("name", "full_name"), done, errors):
            threading.Event().wait(0.5)
            done.set()
        assert errors == []
        with scratch.connect(url) as db:
            assert pairs(db, "name IS DISTINCT FROM full_name") == []
            (count,) = db.execute(
                "SELECT count(*) FROM users WHERE name ~ '^w'"
            ).fetchone()
        assert count > 10
        shop.contract(RENAME.new)
        with both(url, ("full_name", "full_name"), done := threading.Event(), errors):
            shop.upgrade(url)
            done.set()
        assert errors == []


def both(
    url: str, columns: tuple[str, str], done: threading.Event, errors: list[str]
) -> Any:
    """Let two programs write, each a column of its own, until they are to stop."""
    import contextlib

    @contextlib.contextmanager
    def running() -> Iterator[None]:
        threads = [
            threading.Thread(target=write, args=(url, column, number, done, errors))
            for number, column in enumerate(columns)
        ]
        for one in threads:
            one.start()
        try:
            yield
        finally:
            done.set()
            for one in threads:
                one.join()

    return running()


def write(
    url: str, column: str, number: int, done: threading.Event, errors: list[str]
) -> None:
    """Write rows by one column, and read each back."""
    with scratch.connect(url) as db:
        count = 0
        while not done.is_set():
            count += 1
            mail, value = str(1 + (count * 7 + number) % 3000), f"w{number} {count}"
            try:
                db.execute(
                    f"INSERT INTO users (email, {column}) VALUES (%s, %s)"
                    f" ON CONFLICT (email) DO UPDATE SET {column} = EXCLUDED.{column}",
                    [mail, value],
                )
                db.execute(
                    f"UPDATE users SET {column} = {column} || '!' WHERE email = %s",
                    [mail],
                )
            except Exception as error:  # noqa: BLE001 - each is what the test is about
                errors.append(f"{column}: {error}")
                return
