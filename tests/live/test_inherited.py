"""What partitions have otherwise of indexes and constraints above them: read, written, changed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import databases
import pytest
from catalog import difference, facts
from gen_migration.catalog import reader
from gen_migration.catalog.tolerances import without_left_open
from gen_migration.history import offline_sql
from gen_migration.history.directory import OutputDirectory
from gen_migration.model.schema import Element, Index
from gen_migration.postgres.names import Name
from gen_migration.replay.replay import replay
from gen_migration.scratch import databases as scratch
from gen_migration.spec.load import load
from gen_migration.sql import part_names
from gen_migration.workflows.generate import generate
from round_trips import imported
from statements import execute

if TYPE_CHECKING:
    from pathlib import Path

    from catalog import Facts

PARENT = """
CREATE TABLE e (
    id integer NOT NULL, at date NOT NULL, n integer NOT NULL,
    CONSTRAINT pk_e PRIMARY KEY (id, at), CONSTRAINT ck CHECK (n > 0)
) PARTITION BY RANGE (at);
CREATE TABLE p PARTITION OF e FOR VALUES FROM ('2025-01-01') TO ('2026-01-01');
CREATE INDEX i ON e (id) WITH (fillfactor = 70);
"""
OTHERWISE = """
ALTER INDEX p_id_idx RENAME TO renamed;
CREATE INDEX k ON ONLY e (n);
CREATE INDEX attached ON p (n);
ALTER INDEX k ATTACH PARTITION attached;
ALTER INDEX attached SET (fillfactor = 50);
COMMENT ON INDEX attached IS 'a';
COMMENT ON CONSTRAINT p_pkey ON p IS 'b';
COMMENT ON CONSTRAINT ck ON p IS 'c';
CREATE TABLE q PARTITION OF e FOR VALUES FROM ('2026-01-01') TO ('2027-01-01')
    PARTITION BY LIST (id);
CREATE TABLE q1 PARTITION OF q FOR VALUES IN (1);
ALTER INDEX q_id_idx RENAME TO middle;
ALTER INDEX q1_id_idx RENAME TO below;
ALTER INDEX below RESET (fillfactor);
"""
IMPORTED = """\
        inherited:
          ck: {comment: c}
          k: {name: attached, storage_parameters: {fillfactor: 50}, comment: a}
          pk_e: {name: p_pkey, comment: b}
          i: renamed
      q:
        from: 2026-01-01
        to: 2027-01-01
        inherited:
          i: middle
        partition_by: {list: [id]}
        partitions:
          q1:
            in: [1]
            inherited:
              i: {name: below, storage_parameters: {}}
"""
# What PostgreSQL chose, it keeps when the partition is called otherwise.
CHOSEN = """
ALTER TABLE p RENAME TO q;
CREATE TABLE r (LIKE e INCLUDING ALL);
ALTER TABLE e ATTACH PARTITION r FOR VALUES FROM ('2026-01-01') TO ('2027-01-01');
CREATE INDEX ON e (id);
COMMENT ON CONSTRAINT pk_e ON e IS 'held';
"""
# An index of the whole that is not valid is none of a spec; a part of it stands alone there.
INVALID = """
CREATE TABLE q PARTITION OF e FOR VALUES FROM ('2026-01-01') TO ('2027-01-01');
CREATE INDEX j ON ONLY e (at);
CREATE INDEX alone ON p (at);
ALTER INDEX j ATTACH PARTITION alone;
"""
# What neither the model of a key holds, nor PostgreSQL changes once it is there.
NAMED_ALONE = """
CREATE TABLE other (id integer PRIMARY KEY);
CREATE TABLE alone (
    id integer NOT NULL, at date NOT NULL, n integer NOT NULL,
    CONSTRAINT ck CHECK (n > 0), CONSTRAINT fk_alone FOREIGN KEY (id) REFERENCES other
);
ALTER TABLE e ADD CONSTRAINT fk FOREIGN KEY (id) REFERENCES other;
ALTER TABLE e ATTACH PARTITION alone FOR VALUES FROM ('2027-01-01') TO ('2028-01-01');
ALTER INDEX p_pkey SET (fillfactor = 60);
CREATE TABLE q PARTITION OF e FOR VALUES FROM ('2026-01-01') TO ('2027-01-01')
    PARTITION BY LIST (id);
CREATE INDEX m ON ONLY e (n);
CREATE INDEX p_n_idx ON p (n);
CREATE INDEX alone_n_idx ON alone (n);
CREATE INDEX q_n_idx ON q (n) WITH (fillfactor = 60);
ALTER INDEX m ATTACH PARTITION p_n_idx;
ALTER INDEX m ATTACH PARTITION alone_n_idx;
ALTER INDEX m ATTACH PARTITION q_n_idx;
"""
NAMED = """\
name of a partition's foreign key fk_alone of alone
settings of a partition's index p_pkey of p
settings of a partition's index q_n_idx of q"""


@pytest.mark.parametrize("version", scratch.VERSIONS)
def test_an_import_builds_the_same_again(version: int, tmp_path: Path) -> None:
    path, output = tmp_path / "spec.yaml", tmp_path / "output"
    with databases.database(version) as url, scratch.connect(url) as connection:
        execute(url, PARENT + OTHERWISE)
        before = facts(connection)
        result = imported(url, "--name", "s", "--strict", "--output", str(path))
        assert result.stderr == ""
        assert path.read_text("utf-8").endswith(IMPORTED)
        spec = load(path.read_text("utf-8"), "spec.yaml")
        with databases.database(version) as new, scratch.connect(new) as other:
            generate(path, OutputDirectory(output))
            offline_sql.upgrade(new, output)
            assert difference(before, facts(other)) == ""
            assert without_left_open(reader.read_url(new), spec) == spec.schema


@pytest.mark.parametrize("version", scratch.VERSIONS)
@pytest.mark.parametrize(
    ("sql", "named"),
    [(CHOSEN, ""), (INVALID, ""), (NAMED_ALONE, NAMED)],
)
def test_what_is_otherwise_is_named(version: int, sql: str, named: str) -> None:
    with databases.database(version) as url:
        execute(url, PARENT + sql)
        found = reader.read_url(url)
        assert sorted(map(str, found.unheld)) == named.splitlines()
        assert not any(one.inherited for one in found.schema.tables.values())


BODY = """\
    columns: {id: integer, at: date, n: integer}
    primary_key: [id, at]
    checks: {ck: n > 0}
    indexes: {INDEXES}
    partition_by: {range: [at]}
    partitions:
      p: {from: 2025-01-01, to: 2026-01-01PARTS}
      q:
        from: 2026-01-01
        to: 2027-01-01
        partition_by: {list: [id]}
        partitions: {q1: {in: [1]BELOW}}
"""
PLAIN = ("i: [n]", "", "")
ONE = (
    "i: [n]",
    "i: own, pk_e: {name: key_of_p, comment: k}, ck: {comment: c}",
    "i: {name: below, storage_parameters: {fillfactor: 50}, comment: b}",
)
STEPS = [
    PLAIN,
    ONE,
    # The index is built anew, and keeps what the partitions have of it.
    ("i: {columns: [n], where: n > 1}", *ONE[1:]),
    # It is renamed, and other names are given and left to PostgreSQL.
    (
        "j: {columns: [n], where: n > 1, renamed_from: i}",
        "j: other, ck: {comment: d}",
        "j: {name: own, comment: c}",
    ),
    # Two names change places.
    (
        "j: {columns: [n], where: n > 1}, k: [at]",
        "j: other, k: own",
        "",
    ),
    (
        "j: {columns: [n], where: n > 1}, k: [at]",
        "j: own, k: other",
        "",
    ),
    PLAIN,
]


def text_of(indexes: str, parts: str, below: str) -> str:
    body = BODY.replace("INDEXES", indexes)
    for word, found in (("PARTS", parts), ("BELOW", below)):
        body = body.replace(word, f", inherited: {{{found}}}" if found else "")
    return f"name: s\ntables:\n  e:\n{body}"


@pytest.mark.parametrize("version", scratch.VERSIONS)
def test_edits_lead_there_and_back(version: int, tmp_path: Path) -> None:
    path, output = tmp_path / "spec.yaml", tmp_path / "output"
    with databases.database(version) as url, scratch.connect(url) as connection:
        first: Facts = {}
        for step in STEPS:
            path.write_text(text_of(*step), encoding="utf-8")
            generate(path, OutputDirectory(output))
            assert not generate(path, OutputDirectory(output)).operations
            offline_sql.upgrade(url, output)
            spec = load(path.read_text("utf-8"), "spec.yaml")
            assert without_left_open(reader.read_url(url), spec) == spec.schema
            first = first or facts(connection)
        assert difference(first, facts(connection)) == ""
        offline_sql.downgrade(url, output)
        assert not reader.read_url(url).schema.tables


@pytest.mark.parametrize(
    ("table", "whole"),
    [
        (Name(None, "t"), Name(None, "i")),
        (Name("a.b", "it's"), Name('q"', "back\\slash")),
    ],
)
def test_a_statement_is_read_as_it_was_written(table: Name, whole: Name) -> None:
    index = Index(elements=(Element(column="it's"), Element(expression="lower(a)")))
    for name in ("own", "t_a_idx", "it's", "back\\", "('x', 'y'),\n"):
        body = part_names.of_name(name).filled(table=table, whole=whole, name=name)
        assert part_names.read(body) == (table, whole, name)
        assert part_names.read(body.replace("IF", "IF NOT", 1)) is None
    names = part_names.automatic(table, index)
    body = part_names.FREE.filled(table=table, whole=whole, names=names)
    assert part_names.read(body) == (table, whole, None)
    assert part_names.read(body + ";") is None
    assert part_names.read("SELECT 1") is None


BY_HAND = """
from alembic import op

revision = "b"
down_revision = "a"


def upgrade():
    op.execute("ALTER INDEX own RENAME TO other")
    op.execute("ALTER INDEX other SET (fillfactor = 70), SET TABLESPACE pg_default")
    op.execute("COMMENT ON INDEX other IS 'c'")
    op.execute("COMMENT ON CONSTRAINT key_of_p ON p IS NULL")
    op.execute("COMMENT ON CONSTRAINT ck ON p IS NULL")
    op.execute("DROP INDEX k")
"""


def test_what_is_written_by_hand_is_followed() -> None:
    before = load(text_of("i: [n], k: [at]", f"{ONE[1]}, k: gone", ""), "spec.yaml")
    after = load(
        text_of(
            "i: [n]",
            "i: {name: other, storage_parameters: {fillfactor: 70},"
            " tablespace: pg_default, comment: c}, pk_e: key_of_p",
            "",
        ),
        "spec.yaml",
    )
    assert replay(BY_HAND, "b.py", before.schema)[1] == after.schema
