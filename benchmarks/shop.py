"""A shop of a million orders: its spec, edits of the spec, and databases with its rows."""

from __future__ import annotations

import contextlib
import os
import secrets
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from gen_migration.history import offline_sql
from gen_migration.postgres import urls
from gen_migration.scratch import databases

if TYPE_CHECKING:
    from collections.abc import Iterator

COMMAND = Path(sys.executable).parent / "gen-migration"
SECONDS = 120  # that one statement of an upgrade may take
CUSTOMERS = 10_000

SPEC = """\
name: shop
description: Orders of customers.
enums:
  state: [open, paid]
tables:
  customers:
    columns:
      id: {type: bigint, primary_key: true}
  orders:
    columns:
      id: {type: bigint, primary_key: true}
      customer_id: bigint
      number: bigint
      state: state
      amount: integer
      note: {type: text, nullable: true}
      tax: {type: integer, nullable: true}
      created_at: timestamptz
    indexes:
      ix_orders_created_at: [created_at]
"""
ROWS = f"""
INSERT INTO customers SELECT generate_series(1, {CUSTOMERS});
INSERT INTO orders
SELECT n, 1 + n % {CUSTOMERS}, n, 'open', n % 1000, 'order ' || n, NULL,
    now() - n * interval '1 second'
FROM generate_series(1, {{rows}}) AS n
"""

# Lines of the spec, and what stands in their place.
Edit = tuple[str, str]
INDEX = "      ix_orders_created_at: [created_at]\n"
WITH_KEY = "  orders:\n    columns:\n      id: {type: bigint, primary_key: true}\n"
WITHOUT_KEY = "  orders:\n    columns:\n      id: bigint\n"
LAST_COLUMN = "      created_at: timestamptz\n"


@dataclass(frozen=True, slots=True)
class Change:
    """A kind of change: an edit of the spec, and how the spec differs before.

    `base` is the spec of the shop that it begins with, and `before` leads from there. `slow`
    says that the plain form scans the table, or builds something, under a lock. `by_hand` is the
    edit of the plain form, where it is another one.
    """

    name: str
    edit: Edit
    slow: bool
    before: tuple[Edit, ...] = ()
    base: str = SPEC
    by_hand: Edit | None = None

    @property
    def old(self) -> str:
        """Return the spec before the change."""
        return edited(self.base, *self.before)

    @property
    def new(self) -> str:
        """Return the spec after it."""
        return edited(self.old, self.edit)

    @property
    def plain(self) -> str:
        """Return the spec after it whose revisions are as one would write them by hand."""
        return plain(edited(self.old, self.by_hand or self.edit))


def edited(spec: str, *edits: Edit) -> str:
    """Return a spec with other lines. Raises RuntimeError where it lacks those to replace."""
    for old, new in edits:
        if spec.count(old) != 1:
            raise RuntimeError(f"not once in the spec: {old}")
        spec = spec.replace(old, new)
    return spec


def after(line: str, *lines: str) -> Edit:
    """Return the edit that puts lines after one."""
    return line, line + "".join(f"{one}\n" for one in lines)


ORDERS = "  orders:\n"
PARTITIONED = edited(
    SPEC,
    (
        ORDERS,
        ORDERS
        + "    partition_by: {hash: [id]}\n    partitions:\n"
        + "".join(
            f"      orders_{n}: {{modulus: 4, remainder: {n}}}\n" for n in range(4)
        ),
    ),
)

ADD_COLUMN = Change(
    "add column",
    after(LAST_COLUMN, "      paid_at: {type: timestamptz, nullable: true}"),
    slow=False,
)
CREATE_INDEX = Change(
    "create index",
    after(INDEX, "      ix_orders_customer_id: [customer_id]"),
    slow=True,
)
NOTE, MEMO = (f"{name}: {{type: text, nullable: true}}" for name in ("note", "memo"))
RETYPED = ("amount: integer", "amount: {type: bigint, expand: true}")
CHANGES = (
    CREATE_INDEX,
    Change("drop index", ("    indexes:\n" + INDEX, ""), slow=False),
    Change("change index", ("[created_at]", "[created_at desc, id]"), slow=True),
    Change(
        "add unique constraint",
        after(INDEX, "    uniques:", "      - [number]"),
        slow=True,
    ),
    Change(
        "add foreign key",
        (
            "customer_id: bigint",
            "customer_id: {type: bigint, references: customers.id}",
        ),
        slow=True,
    ),
    Change(
        "add check",
        after(INDEX, "    checks:", "      ck_orders_amount: amount >= 0"),
        slow=True,
    ),
    Change("set not null", ("{type: text, nullable: true}", "text"), slow=True),
    Change(
        "set not null, backfill",
        (
            "tax: {type: integer, nullable: true}",
            "tax: {type: integer, backfill: {sql: amount / 5}}",
        ),
        slow=True,
    ),
    Change(
        "add column, volatile default",
        after(
            LAST_COLUMN, "      token: {type: uuid, default: {sql: gen_random_uuid()}}"
        ),
        slow=True,
    ),
    Change(
        "add column, backfill",
        after(
            LAST_COLUMN,
            "      net: {type: integer, default: 0, backfill: {sql: amount * 2}}",
        ),
        slow=True,
    ),
    Change(
        "add primary key",
        (WITHOUT_KEY, WITH_KEY),
        slow=True,
        before=(
            (WITH_KEY, WITHOUT_KEY),
            after(INDEX, "      ix_orders_id: {columns: [id], unique: true}"),
        ),
    ),
    Change(
        "expand a type",
        RETYPED,
        slow=True,
        by_hand=("amount: integer", "amount: {type: bigint, rewrite: true}"),
    ),
    Change(
        "contract, after expand",
        (NOTE.replace("}", ", renamed_from: memo, expand: true}"), NOTE),
        slow=False,
        before=((MEMO, NOTE.replace("}", ", renamed_from: memo, expand: true}")),),
        base=edited(SPEC, (NOTE, MEMO)),
    ),
    Change(
        "expand a rename",
        (NOTE, MEMO.replace("}", ", renamed_from: note, expand: true}")),
        slow=False,
        by_hand=(NOTE, MEMO.replace("}", ", renamed_from: note}")),
    ),
    Change("add enum value", ("[open, paid]", "[open, paid, returned]"), slow=False),
    Change(
        "column, index, foreign key",
        (
            LAST_COLUMN + "    indexes:\n",
            LAST_COLUMN
            + "      payer_id: {type: bigint, nullable: true, references: customers.id}\n"
            + "    indexes:\n      ix_orders_payer_id: [payer_id]\n",
        ),
        slow=True,
    ),
    Change("index of partitions", CREATE_INDEX.edit, slow=True, base=PARTITIONED),
    Change(
        "unique constraint of partitions",
        after(INDEX, "    uniques:", "      - [number, id]"),
        slow=True,
        base=PARTITIONED,
    ),
)


def generate(spec: str, output: Path, *options: str) -> int:
    """Run the command line on a spec, and return how many revisions it has written.

    Raises RuntimeError with what it printed when it fails, or writes none.
    """
    path = output.parent / "shop.yaml"
    path.write_text(spec, encoding="utf-8")
    there = len([*output.glob("*.py")])
    done = subprocess.run(
        [COMMAND, path.name, "--output", output.name, *options],
        cwd=output.parent,
        capture_output=True,
        text=True,
        check=False,
    )
    written = len([*output.glob("*.py")]) - there
    if done.returncode or not written:
        raise RuntimeError(f"gen-migration: {done.stderr or 'no revision'}\n{spec}")
    return written


@dataclass(frozen=True, slots=True)
class Shop:
    """A database with the rows, which is only copied, and the revision that has built it."""

    url: str
    versions: Path
    rows: int

    def history(self, directory: Path, change: Change) -> Path:
        """Return a directory of revisions that lead to the spec before a change."""
        output = directory / "output"
        shutil.copytree(self.versions, output)
        if change.before:
            generate(plain(change.old), output)
        return output

    @contextlib.contextmanager
    def copy(self, versions: Path) -> Iterator[str]:
        """Yield the URL of a copy at the head of a history; it is dropped at the end."""
        from psycopg.conninfo import conninfo_to_dict

        original = str(conninfo_to_dict(self.url)["dbname"])
        server = databases.server().get_uri()
        # A name of the scratch server's: what a killed run leaves, the next run clears away.
        name = f"gm_{os.getpid()}_{secrets.token_hex(16)}"
        with databases.connect(server, application_name=name) as maker:
            maker.execute(
                f"CREATE DATABASE {name} OWNER {original} TEMPLATE {original} STRATEGY file_copy"
            )
            try:
                url = urls.with_database(server, name, user=original)
                offline_sql.upgrade(url, versions)
                with databases.connect(url) as connection:
                    connection.execute("VACUUM ANALYZE orders")
                yield url
            finally:
                maker.execute(f"DROP DATABASE {name} WITH (FORCE)")


def plain(spec: str) -> str:
    """Return a spec whose revisions are as one would write them by hand."""
    return f"online: false\n{spec}"


@contextlib.contextmanager
def shop(rows: int, spec: str = SPEC) -> Iterator[Shop]:
    """Yield the shop of a spec, with this many orders."""
    with tempfile.TemporaryDirectory(prefix="gen-migration-bench-") as name:
        versions = Path(name) / "output"
        generate(spec, versions)
        with filled(versions, rows) as found:
            yield found


@contextlib.contextmanager
def filled(versions: Path, rows: int) -> Iterator[Shop]:
    with databases.database() as url:
        offline_sql.upgrade(url, versions)
        with databases.connect(url) as connection:
            connection.execute(
                f"ALTER ROLE CURRENT_USER SET statement_timeout = '{SECONDS}s'"
            )
            connection.execute("SET statement_timeout = 0")
            connection.execute(ROWS.format(rows=rows))
            connection.execute("VACUUM ANALYZE")
        yield Shop(url, versions, rows)
