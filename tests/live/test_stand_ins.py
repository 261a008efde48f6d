"""A view that stands in for a table under its old name: old and new code share one table."""

from __future__ import annotations

from typing import TYPE_CHECKING

import databases
import pytest
from expansions import Shop
from gen_migration.history.directory import OutputDirectory
from gen_migration.history.target import Target
from gen_migration.scratch import databases as scratch
from gen_migration.status.report import lines
from gen_migration.workflows.compare import compare
from gen_migration.workflows.status import status

if TYPE_CHECKING:
    from pathlib import Path

OLD = """\
name: shop
tables:
  orders:
    columns:
      id: {type: bigint, identity: by default, primary_key: true}
      note: {type: text, default: none}
      code: {type: text, unique: true, nullable: true}
    grants: {}
"""
NEW = OLD.replace(
    "  orders:\n", "  purchases:\n    renamed_from: orders\n    expand: true\n"
)


@pytest.mark.parametrize("version", scratch.VERSIONS)
def test_both_names_until_the_contract(version: int, tmp_path: Path) -> None:
    shop = Shop(tmp_path)
    (first,) = shop.write("", spec=OLD)
    with databases.database(version) as url:
        shop.upgrade(url)
        (*_, newest) = shop.write("", spec=NEW)
        shop.upgrade(url)
        assert shop.write("", spec=NEW) == (newest,)
        with scratch.connect(url) as db:
            db.execute("INSERT INTO orders (code) VALUES ('a'), ('b')")
            db.execute(
                "INSERT INTO orders (code) VALUES ('a')"
                " ON CONFLICT (code) DO UPDATE SET note = 'again'"
            )
            db.execute("UPDATE purchases SET note = 'new' WHERE code = 'b'")
            found = list(db.execute("SELECT note, code FROM orders ORDER BY id"))
        assert found == [("again", "a"), ("new", "b")]
        spec = str(tmp_path / "shop.yaml")
        for sides in ((spec, url), (url, spec)):
            made = compare(*sides, Target())
            assert made.review.changes == ()
            assert "orders, a view of purchases, waits" in made.notes[0]
        said = list(lines(status(url, OutputDirectory(shop.versions))))
        assert any("orders, a view of purchases" in one for one in said)
        shop.contract("", spec=NEW)
        shop.upgrade(url)
        with scratch.connect(url) as db:
            (there,) = db.execute("SELECT to_regclass('orders')::text").fetchone()
        assert there is None
        shop.downgrade(url, newest)
        with scratch.connect(url) as db:
            assert (
                list(db.execute("SELECT note, code FROM orders ORDER BY id")) == found
            )
        shop.downgrade(url, first)
