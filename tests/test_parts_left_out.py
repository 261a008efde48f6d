"""What the parts of an index or a key have of their own on partitions is left out, and named."""

from __future__ import annotations

import databases
import pytest
from gen_migration import catalog, scratch
from test_import import execute

PARENT = """
CREATE TABLE e (id integer, at date, n integer) PARTITION BY RANGE (at);
CREATE TABLE p PARTITION OF e FOR VALUES FROM ('2025-01-01') TO ('2026-01-01');
CREATE INDEX i ON e (id) WITH (fillfactor = 70);
ALTER TABLE e ADD CONSTRAINT pk PRIMARY KEY (id, at);
ALTER TABLE e ADD CONSTRAINT ck CHECK (n > 0);
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
CREATE INDEX j ON ONLY e (at);
"""
NAMED = """\
comment on a partition's constraint ck of p
comment on a partition's constraint p_pkey of p
comment on an index attached of p
invalid index j of e
name of a partition's index attached of p
name of a partition's index renamed of p
settings of a partition's index attached of p"""
# What PostgreSQL chose, it keeps when the partition is called otherwise.
CHOSEN = """
ALTER TABLE p RENAME TO q;
CREATE TABLE r (LIKE e INCLUDING ALL);
ALTER TABLE e ATTACH PARTITION r FOR VALUES FROM ('2026-01-01') TO ('2027-01-01');
CREATE INDEX ON e (id);
COMMENT ON CONSTRAINT pk ON e IS 'held';
"""


@pytest.mark.parametrize("version", scratch.VERSIONS)
@pytest.mark.parametrize(("sql", "named"), [(OTHERWISE, NAMED), (CHOSEN, "")])
def test_what_is_otherwise_is_named(version: int, sql: str, named: str) -> None:
    with databases.database(version) as url:
        execute(url, PARENT + sql)
        found = catalog.read_url(url).unheld
        assert sorted(map(str, found)) == named.splitlines()
