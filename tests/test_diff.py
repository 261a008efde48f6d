"""`gen-migration diff`: no false difference, and every true one.

After changes, test_verify_changes looks for false ones: `verify` compares in the same way.
"""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
import databases
import pytest
from cases import Case, name_of
from click.testing import CliRunner
from gen_migration import apply, review_text, scratch
from gen_migration.cli import main
from gen_migration.compare import compare
from gen_migration.difference_text import difference_text
from gen_migration.generate import first_revision
from gen_migration.load import load
from gen_migration.target import Target
from hypothesis import given
from strategies import documents, pairs
from test_live import CASES, prepare
from test_live_random import live
from yaml_text import yaml_text

if TYPE_CHECKING:
    from click.testing import Result
    from gen_migration.review import Review
    from transitions import Pair

TARGET = Target()


def run(*arguments: str) -> Result:
    return CliRunner().invoke(main, ["diff", *arguments])


def shown(review: Review) -> str:
    return click.unstyle(review_text.render(review))


def execute(url: str, sql: str) -> None:
    with scratch.connect(url) as connection:
        connection.execute(sql)


def unequal(spec: str, url: str, before: str, directory: Path) -> str:
    """Return what differs between a spec's text and a database, as lines without colours."""
    path = directory / "spec.yaml"
    path.write_text(spec, encoding="utf-8")
    return shown(compare(str(path), url, TARGET, before=before).review)


@pytest.mark.parametrize("case", CASES, ids=name_of)
@pytest.mark.parametrize("version", scratch.VERSIONS)
def test_no_false_difference(version: int, case: Case, tmp_path: Path) -> None:
    spec, before = load(case.spec, "spec.yaml"), case.sections.get("before.sql", "")
    if spec.postgresql > version:
        pytest.skip(f"the spec is for PostgreSQL {spec.postgresql}")
    (tmp_path / "revision.py").write_text(
        case.sections["revision.py"], encoding="utf-8"
    )
    with databases.database(version) as url:
        prepare(spec, before, databases.connection(url))
        apply.upgrade(url, tmp_path)
        assert unequal(case.spec, url, before, tmp_path) == ""


@live
@given(documents())
def test_no_false_difference_to_random_specs(document: dict[str, Any]) -> None:
    text = yaml_text(document)
    spec = load(text, "spec.yaml")
    draft = first_revision(spec)
    with tempfile.TemporaryDirectory() as name, databases.database() as url:
        directory = Path(name)
        prepare(spec, "", databases.connection(url))
        (directory / "revision.py").write_text(draft.text(draft.header), "utf-8")
        apply.upgrade(url, directory)
        assert unequal(text, url, "", directory) == ""


@given(pairs())
def test_the_text_is_empty_where_nothing_differs(pair: Pair) -> None:
    one, other = (load(yaml_text(each), "spec.yaml").schema for each in pair[:2])
    names = ("old", "new")
    assert difference_text(one, one, names=names) == ""
    found = difference_text(one, other, names=names)
    assert (found == "") == (one == other)
    if found:
        # Something is said beside the names.
        assert len(found.splitlines()) > 3
        assert any(line.startswith(("-", "+")) for line in found.splitlines()[3:])


SPEC = """\
name: shop
enums:
  mood: [sad, happy]
sequences:
  numbers: {start: 5}
tables:
  customers:
    comment: Who buys.
    columns:
      id: {type: bigint, primary_key: true, identity: always}
      email: {type: varchar(200), unique: true}
      mood: {type: mood, default: sad}
      score: {type: 'numeric(10,2)', default: 0}
      note: {type: text, nullable: true, collation: C}
      made: {type: timestamptz, default: {sql: now()}}
    checks:
      ck_customers_email: email IN ('a@b.c', 'd@e.f')
    indexes:
      ix_customers_made: {columns: [made desc], where: score > 0}
  orders:
    columns:
      id: serial
      customer_id: {type: bigint, references: customers.id, on_delete: cascade}
      total: {type: integer, generated: {stored: id * 2}}
      placed: date
    partition_by: {range: [placed]}
    partitions:
      orders_2026: {from: ['2026-01-01'], to: ['2027-01-01']}
"""
# What somebody did by hand, and a line that has to say so.
DRIFTS = {
    "column": ("ALTER TABLE customers ADD extra integer", "+ column extra integer"),
    "dropped column": ("ALTER TABLE customers DROP note", "- column note text COLLATE"),
    "type": (
        "ALTER TABLE customers ALTER email TYPE varchar(300)",
        "type: varchar(200) → varchar(300)",
    ),
    "null": (
        "ALTER TABLE customers ALTER email DROP NOT NULL",
        "nullable: false → true",
    ),
    "not null": (
        "ALTER TABLE customers ALTER note SET NOT NULL",
        "nullable: true → false",
    ),
    "name of not null": (
        "ALTER TABLE customers RENAME CONSTRAINT customers_email_not_null TO n",
        None,
    ),
    "default": ("ALTER TABLE customers ALTER score SET DEFAULT 1", "default: 0 → 1"),
    "no default": (
        "ALTER TABLE customers ALTER made DROP DEFAULT",
        "default: now() → none",
    ),
    "collation": (
        'ALTER TABLE customers ALTER note TYPE text COLLATE "POSIX"',
        "collation: C → POSIX",
    ),
    "identity": (
        "ALTER TABLE customers ALTER id SET GENERATED BY DEFAULT",
        "ALWAYS AS IDENTITY → BY DEFAULT AS",
    ),
    "identity's start": (
        "ALTER TABLE customers ALTER id SET START 9",
        "(START WITH 9)",
    ),
    "check": (
        (
            "ALTER TABLE customers DROP CONSTRAINT ck_customers_email,"
            " ADD CONSTRAINT ck_customers_email CHECK (email IN ('a@b.c'))"
        ),
        "→ CHECK (email = 'a@b.c')",
    ),
    "no check": (
        "ALTER TABLE customers DROP CONSTRAINT ck_customers_email",
        "- check ck_customers_email CHECK (email IN",
    ),
    "unique": (
        "ALTER TABLE customers DROP CONSTRAINT uq_customers_email",
        "- unique uq_customers_email UNIQUE (email)",
    ),
    "key's name": (
        "ALTER TABLE customers RENAME CONSTRAINT pk_customers TO customers_pkey",
        "pk_customers → customers_pkey (renamed)",
    ),
    "foreign key": (
        (
            "ALTER TABLE orders DROP CONSTRAINT fk_orders_customer_id_customers,"
            " ADD CONSTRAINT fk_orders_customer_id_customers FOREIGN KEY (customer_id)"
            " REFERENCES customers"
        ),
        "→ FOREIGN KEY (customer_id) REFERENCES customers (id)\n",
    ),
    "index": ("DROP INDEX ix_customers_made", "- index ix_customers_made (made DESC)"),
    "another index": ("CREATE INDEX ix ON customers (note)", "+ index ix (note)"),
    "index's order": (
        (
            "DROP INDEX ix_customers_made;"
            "CREATE INDEX ix_customers_made ON customers (made) WHERE score > 0"
        ),
        "(made DESC) WHERE score > 0 → (made) WHERE",
    ),
    "index's predicate": (
        (
            "DROP INDEX ix_customers_made;"
            "CREATE INDEX ix_customers_made ON customers (made DESC) WHERE score > 1"
        ),
        "WHERE score > 1",
    ),
    "operator class": (
        "CREATE INDEX ix ON customers (note text_pattern_ops)",
        "+ index ix (note text_pattern_ops)",
    ),
    "label": ("ALTER TYPE mood ADD VALUE 'so so' BEFORE 'happy'", "+ value so so"),
    "comment": ("COMMENT ON TABLE customers IS 'x'", "comment: 'Who buys.' → 'x'"),
    "column's comment": (
        "COMMENT ON COLUMN customers.email IS 'x'",
        "comment: none → 'x'",
    ),
    "sequence": (
        "ALTER SEQUENCE numbers INCREMENT 3",
        "INCREMENT BY 3",
    ),
    "dropped table": ("DROP TABLE orders", "- table orders\n"),
    "partition": (
        (
            "CREATE TABLE orders_2027 PARTITION OF orders"
            " FOR VALUES FROM ('2027-01-01') TO ('2028-01-01')"
        ),
        "+ table orders_2027",
    ),
    "storage": (
        "ALTER TABLE customers SET (fillfactor = 50)",
        "none → fillfactor = 50",
    ),
    "unlogged": (
        "DROP TABLE orders; ALTER TABLE customers SET UNLOGGED",
        "unlogged: false → true",
    ),
    "renamed": (
        "ALTER TABLE customers RENAME note TO notes",
        "+ column notes text",
    ),
    "another table": ("CREATE TABLE of_others (a integer)", None),
    "order of columns": (
        (
            "ALTER TABLE customers DROP note;"
            'ALTER TABLE customers ADD note text COLLATE "C"'
        ),
        None,
    ),
}


@pytest.fixture
def shop(database: str, tmp_path: Path) -> tuple[str, str]:
    """Return the path of a spec, and the URL of a database that its revision built."""
    path = tmp_path / "shop.yaml"
    path.write_text(SPEC, encoding="utf-8")
    draft = first_revision(load(SPEC, "spec.yaml"))
    (tmp_path / "revision.py").write_text(draft.text(draft.header), encoding="utf-8")
    apply.upgrade(database, tmp_path)
    return str(path), database


@pytest.mark.parametrize("drift", DRIFTS)
def test_every_drift_is_seen(drift: str, shop: tuple[str, str]) -> None:
    path, url = shop
    sql, wanted = DRIFTS[drift]
    execute(url, sql)
    result = run(path, url)
    if wanted is None:
        assert (result.exit_code, result.stdout) == (0, ""), result.output
    else:
        assert result.exit_code == 1, result.output
        assert wanted in result.stdout
        first = result.stdout.partition("\n\n")[0]
        assert "".join(first.split()) == "".join(f"{path}→{url}".split())
