"""Sizes of a database: their numbers, their file, and what of them is unknown."""

from __future__ import annotations

import datetime as dt
import json
from decimal import Decimal
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import jsonschema
import pytest
import yaml
from click.testing import CliRunner
from gen_migration.base.errors import Error
from gen_migration.cli import main
from gen_migration.postgres.names import Name
from gen_migration.spec import json_schema
from gen_migration.spec.documents import SIZES
from gen_migration.spec.load import load_file
from gen_migration.spec.yaml_reader import read
from gen_migration.stats import units
from gen_migration.stats.build import stats_of, unseen
from gen_migration.stats.load import load
from gen_migration.stats.read import Answers
from gen_migration.stats.shapes import StatsShape
from gen_migration.stats.values import IndexStats, Stats, TableStats
from gen_migration.stats.write import text
from gen_migration.workflows.stats import put
from hypothesis import given, settings
from hypothesis import strategies as st
from random_examples import EXAMPLES

ROOT = Path(__file__).parents[2]
TODAY = dt.date(2026, 11, 30)
SCHEMA = json.loads((ROOT / "docs/stats.schema.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (0, "0 B"),
        (8192, "8.2 kB"),
        (999_999, "1 MB"),
        (84_400_000_000, "84 GB"),
        (9_149_000_000, "9.1 GB"),
        (340_000, "340 kB"),
        (2 * 10**15, "2 PB"),
    ],
)
def test_bytes_have_two_digits(value: int, shown: str) -> None:
    assert units.size_text(value) == shown
    assert units.size_of(shown) == units.rounded(value)


@pytest.mark.parametrize(
    ("seconds", "shown"),
    [(0, "0s"), (1, "1s"), (119, "119s"), (840, "14min"), (90_000, "25h")],
)
def test_times_are_in_the_longest_unit_that_fits_twice(
    seconds: int, shown: str
) -> None:
    assert units.duration_text(seconds) == shown
    assert units.duration_of(shown) == seconds


def test_rates_are_per_second_and_small_ones_nothing() -> None:
    assert units.rate(1_234_567, 1000) == Decimal(1200)
    assert units.rate(75, 10) == Decimal("7.5")
    assert units.rate(1, 1_000_000) == 0
    assert units.rate(3, 0) == 3


counts = st.none() | st.integers(0, 10**15).map(units.rounded)
sizes = st.integers(0, 10**17).map(units.rounded)
seconds = st.none() | st.integers(0, 10**8).map(
    lambda one: units.duration_of(units.duration_text(one))
)
words = st.text(st.characters(exclude_categories=("Cs", "Cc")), min_size=1, max_size=9)
days = st.dates(dt.date(2000, 1, 1))
indexes = st.builds(
    lambda size, scans: IndexStats(size=size, scans=scans), sizes, counts
)
tables = st.builds(
    lambda **facts: TableStats(**facts),  # noqa: PLW0108 - its annotations are not evaluated
    rows=counts,
    size=sizes,
    index_size=sizes,
    dead_rows=counts,
    seq_scans=counts,
    index_scans=counts,
    writes_per_second=st.none()
    | st.builds(units.rate, st.integers(0, 10**12), st.integers(1, 10**6)),
    partitions=st.integers(0, 2000),
    indexes=st.dictionaries(words, indexes, max_size=3),
)
databases = st.builds(
    lambda **facts: Stats(**facts),  # noqa: PLW0108 - nor are these
    taken=days,
    postgresql=st.just("18.1"),
    is_replica=st.booleans(),
    schema=st.just("public") | words,
    counted_since=st.none() | days,
    longest_transaction=seconds,
    replicas=counts,
    replication_lag=seconds,
    settings=st.dictionaries(words, words, max_size=2),
    tables=st.dictionaries(st.builds(Name, words, words), tables, max_size=4),
)


@settings(max_examples=EXAMPLES)
@given(databases)
def test_what_is_written_is_read_again(stats: Stats) -> None:
    written = text(stats)
    assert load(written, "stats.yaml") == stats
    assert written.startswith(f"{SIZES}\n")
    document = yaml.load(written, yaml.BaseLoader)  # noqa: S506 - it makes texts alone
    assert [*document["tables"]] == sorted(document["tables"])


def test_names_are_as_they_stand() -> None:
    given_ = "taken: 2026-11-30\npostgresql: '18.1'\ntables:\n"
    found = load(given_ + "  A: {size: 1 B}\n  '\"b.c\"': {size: 1 B}\n", "stats.yaml")
    assert [*found.tables] == [("public", "A"), ("public", "b.c")]
    with pytest.raises(Error, match="no name of a table"):
        load(given_ + "  a.b.c: {size: 1 B}\n", "stats.yaml")


def test_the_schema_says_what_is_written() -> None:
    committed = (ROOT / "docs/stats.schema.json").read_text(encoding="utf-8")
    made = json_schema.text(StatsShape, "gen-migration stats")
    assert made == committed, "gen-migration schema --stats > docs/stats.schema.json"
    done = CliRunner().invoke(main, ["schema", "--stats"])
    assert done.output == committed
    validator = jsonschema.Draft202012Validator(SCHEMA)
    validator.check_schema(SCHEMA)
    validator.validate(read(text(stats_of(PRIMARY, TODAY)), "stats.yaml"))


TWICE = "table public.users stands here already, by another name"
BAD = """\
taken: 2026-13-40
postgresql: 18.1
tables:
  orders: {size: 84 GiB, row: 4}
  a.b.c.: {size: 1 GB}
  users:
    rows: many
    size: 1 GB
    indexes: {ix: {scans: -1}}
"""


def test_mistakes_have_their_lines() -> None:
    with pytest.raises(Error) as error:
        load(BAD, "stats.yaml")
    assert [one for one in str(error.value).splitlines() if "error" in one] == [
        "error: stats.yaml:2:13: expected text, found the number 18.1",
        'error: stats.yaml:4:18: table "orders": "84 GiB" does not fit here',
        'error: stats.yaml:4:26: table "orders": unknown key "row"',
        'error: stats.yaml:7:11: table "users": expected a whole number, found the text "many"',
        'error: stats.yaml:9:19: table "users", index "ix": missing key "size"',
        'error: stats.yaml:9:27: table "users", index "ix": the number -1 is too small',
    ]
    rest = BAD.replace("18.1", "'18.1'").replace("84 GiB, row: 4", "84 GB")
    rest = rest.replace("many", "4").replace("scans: -1", "size: 1 kB")
    with pytest.raises(Error) as error:
        load(rest + "  public.users: {size: 1 GB}\n", "stats.yaml")
    assert [one for one in str(error.value).splitlines() if "error" in one] == [
        'error: stats.yaml:1:8: "2026-13-40" is no day of the calendar',
        'error: stats.yaml:5:3: table "a.b.c.": "a.b.c." is no name of a table',
        f'error: stats.yaml:10:3: table "public.users": {TWICE}',
    ]


@pytest.mark.parametrize("found", ["", "- a\n", "a: [\n", "taken: &a\n  *a\n"])
def test_what_is_no_file_of_sizes_is_an_error(found: str) -> None:
    with pytest.raises(Error, match=r"^error: stats\.yaml:\d|errors$|stats"):
        load(found, "stats.yaml")


def table(oid: int, name: str, **facts: Any) -> Any:
    given = {
        "oid": oid,
        "schema": "public",
        "name": name,
        "partitioned": False,
        "parent": None,
        "rows": 10.0,
        "pages": 8192,
        "size": 8192,
        "index_size": 8192,
    }
    return SimpleNamespace(**given | facts)


def index(oid: int, table_oid: int, name: str, parent: int | None = None) -> Any:
    return SimpleNamespace(
        oid=oid,
        table_oid=table_oid,
        schema="public",
        name=name,
        parent=parent,
        size=8192,
    )


def use(name: str, writes: int) -> Any:
    return SimpleNamespace(
        schema="public",
        name=name,
        dead_rows=1,
        seq_scans=2,
        index_scans=3,
        writes=writes,
    )


def server(**facts: Any) -> list[Any]:
    now = dt.datetime(2026, 11, 30, tzinfo=dt.UTC)
    given = {
        "is_replica": False,
        "schema": "public",
        "role": "reader",
        "now": now,
        "version": "18.1 (Debian 18.1-1)",
        "sees_all": True,
        "counted_since": now - dt.timedelta(seconds=1000),
        "longest_transaction": 40.2,
        "replicas": 1,
        "replication_lag": 2.0,
        "settings": {"max_locks_per_transaction": "64"},
    }
    return [SimpleNamespace(**given | facts)]


SIZES_OF = {
    "relations": [
        table(1, "whole", partitioned=True, rows=-1.0, pages=0, size=0, index_size=0),
        table(2, "first", parent=1),
        table(3, "second", parent=1, partitioned=True, rows=-1.0, size=0),
        table(4, "third", parent=3),
        table(5, "empty", parent=3, rows=-1.0, pages=0, size=0),
        table(6, "uncounted", rows=-1.0),
        table(7, "gone", size=None),
        table(8, "gone_part", parent=3, size=None, index_size=None),
    ],
    "indexes": [
        index(11, 1, "ix"),
        index(12, 2, "first_ix", 11),
        index(13, 3, "second_ix", 11),
        index(14, 4, "third_ix", 13),
        SimpleNamespace(**vars(index(15, 6, "gone_ix")) | {"size": None}),
    ],
}
USE_OF = {
    "use_of_tables": [use(one, 5000) for one in ("first", "third", "empty")],
    "use_of_indexes": [
        SimpleNamespace(schema="public", name=one, scans=7)
        for one in ("first_ix", "third_ix")
    ],
}
EVERY = {"server": server(), **SIZES_OF, **USE_OF}
PRIMARY = Answers(sizes=EVERY, use=EVERY)


def test_a_partitioned_table_is_the_sum_of_what_holds_its_rows() -> None:
    found = stats_of(PRIMARY, TODAY)
    whole = found.table(Name(None, "whole"))
    assert whole == TableStats(
        rows=20,
        size=16_000,
        index_size=25_000,
        dead_rows=3,
        seq_scans=6,
        index_scans=9,
        writes_per_second=Decimal(15),
        partitions=3,
        indexes={"ix": IndexStats(size=16_000, scans=14)},
    )
    assert found.table(Name("other", "whole")) is None
    assert Name("public", "gone") not in found.tables


def test_rows_that_nobody_has_counted_are_unknown_where_there_may_be_some() -> None:
    found = stats_of(PRIMARY, TODAY)
    assert found.tables[Name("public", "uncounted")].rows is None
    assert found.tables[Name("public", "empty")].rows == 0
    assert "rows: unknown" in text(found)


def test_a_replica_knows_sizes_and_nothing_of_use() -> None:
    sizes_ = {**EVERY, "server": server(is_replica=True, replication_lag=None)}
    alone = Answers(sizes=sizes_, use=None)
    found = stats_of(alone, TODAY)
    first = found.tables[Name("public", "first")]
    assert (first.rows, first.size) == (10, 8200)
    assert first.seq_scans is first.index_scans is first.dead_rows is None
    assert (first.writes_per_second, found.counted_since) == (None, None)
    assert found.tables[Name("public", "whole")].indexes["ix"].scans is None
    assert found.longest_transaction is found.replicas is found.replication_lag is None
    assert "--primary" in unseen(alone)[0]
    beside = Answers(sizes=sizes_, use=EVERY)
    assert stats_of(beside, TODAY).tables[Name("public", "first")].seq_scans == 2
    assert stats_of(beside, TODAY).is_replica
    assert unseen(beside) == []


def test_what_the_role_may_not_see_is_unknown_and_said() -> None:
    facts = {**EVERY, "server": server(sees_all=False)}
    hidden = Answers(sizes=facts, use=facts)
    found = stats_of(hidden, TODAY)
    assert found.longest_transaction is found.replication_lag is None
    assert found.replicas == 1
    assert found.tables[Name("public", "first")].writes_per_second == 5
    assert "GRANT pg_monitor TO reader" in unseen(hidden)[0]


def test_counters_of_unknown_age_give_no_rate() -> None:
    facts = {**EVERY, "server": server(counted_since=None)}
    found = stats_of(Answers(sizes=facts, use=facts), TODAY)
    assert found.tables[Name("public", "first")].writes_per_second is None
    assert found.tables[Name("public", "first")].seq_scans == 2


def test_the_tables_of_a_spec_alone() -> None:
    wanted = [Name(None, "first"), Name("public", "third"), Name(None, "nowhere")]
    found = stats_of(PRIMARY, TODAY, wanted)
    assert [name.name for name in found.tables] == ["first", "third"]


def test_it_is_written_anew_and_over_nothing_else(tmp_path: Path) -> None:
    path = tmp_path / "spec" / "stats.yaml"
    found = stats_of(PRIMARY, TODAY)
    put(found, path)
    put(found, path)
    assert path.read_text(encoding="utf-8") == text(found)
    path.write_text("name: app\n", encoding="utf-8")
    with pytest.raises(Error, match="holds no sizes"):
        put(found, path)


def test_it_may_lie_among_the_files_of_a_spec(tmp_path: Path) -> None:
    (tmp_path / "app.yaml").write_text(
        "name: app\ntables:\n  t:\n    columns:\n      id: uuid\n", encoding="utf-8"
    )
    alone = load_file(tmp_path)
    path = tmp_path / "stats.yaml"
    put(stats_of(PRIMARY, TODAY), path)
    assert load_file(tmp_path) == alone
    before = path.read_bytes()
    for given_ in (tmp_path, path):
        done = CliRunner().invoke(main, ["format", "--check", str(given_)])
        assert done.exit_code == 0, done.output
    assert path.read_bytes() == before


@pytest.mark.parametrize("given_", ["spec/app.yaml", "history", "models:a:b"])
def test_what_is_no_database_has_no_sizes(given_: str) -> None:
    done = CliRunner().invoke(main, ["stats", given_])
    assert done.exit_code == 2
    assert "is no database" in done.output
