"""Names of columns that nothing can see are no difference."""

from __future__ import annotations

import pytest
from gen_migration.sql.sub_selects import nameless, nameless_query

BEFORE = "SELECT a FROM t WHERE a IN (SELECT 'a'::text UNION SELECT t.a)"
# What PostgreSQL prints once it has read its own words.
AFTER = "SELECT a FROM t WHERE a IN (SELECT 'a'::text AS text UNION SELECT t.a)"
SEEN = [
    "SELECT a FROM (SELECT 'a'::text AS a) q",
    "SELECT a FROM t WHERE a IN (SELECT b AS c FROM t GROUP BY c)",
    "SELECT a FROM t WHERE a IN (SELECT b AS c FROM t ORDER BY c)",
    "SELECT 'a'::text AS text UNION SELECT 'b'::text AS text",
]


def test_a_query() -> None:
    assert nameless_query(AFTER) == nameless_query(BEFORE) == BEFORE


@pytest.mark.parametrize("text", SEEN)
def test_a_name_that_is_seen_stays(text: str) -> None:
    assert nameless_query(text) == text


def test_an_expression() -> None:
    assert nameless(f"EXISTS ({AFTER})") == f"EXISTS ({BEFORE})"
