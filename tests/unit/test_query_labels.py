"""What comes out of queries under another name: as PostgreSQL prints it, or not at all."""

from __future__ import annotations

import pytest
from gen_migration.postgres.queries import canonical
from gen_migration.sql.query_labels import with_label

CASES = {
    "SELECT a FROM t": "SELECT a AS x FROM t",
    "SELECT t.x AS a FROM t": "SELECT t.x FROM t",
    "SELECT a FROM t ORDER BY a, b": "SELECT a AS x FROM t ORDER BY x, b",
    "SELECT DISTINCT ON (a) b AS a FROM t": "SELECT DISTINCT ON (x) b AS x FROM t",
    "SELECT a FROM t GROUP BY a": "SELECT a AS x FROM t GROUP BY a",
    "SELECT a FROM t UNION SELECT b FROM t ORDER BY a": (
        "SELECT a AS x FROM t UNION SELECT b FROM t ORDER BY x"
    ),
    "WITH c AS (SELECT a FROM t) SELECT a FROM c": (
        "WITH c AS (SELECT a FROM t) SELECT a AS x FROM c"
    ),
    # It would be another column, or nobody knows which.
    "SELECT a FROM t ORDER BY x": None,
    "SELECT lower(b) AS a FROM t GROUP BY a": None,
    "SELECT * FROM t": None,
    "VALUES (1)": None,
}


@pytest.mark.parametrize("query", CASES)
def test_a_column_gets_another_label(query: str) -> None:
    expected = CASES[query]
    assert (expected and canonical(expected)) == with_label(canonical(query), 0, "x")
