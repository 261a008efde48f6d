"""Queries stand on lines of their own, and mean the same."""

from __future__ import annotations

import pytest
from gen_migration.postgres.queries import canonical
from gen_migration.postgres.query_layout import laid_out
from gen_migration.render.sql_layout import literal

LAID_OUT = {
    "types are no words in capitals": """\
SELECT a::bigint, b::text, current_timestamp::date AS today
FROM a_table_with_a_name_that_is_long""",
    "what the formatter cannot say": """\
SELECT t.a, extract(epoch FROM t.b) AS c, CASE WHEN t.d BETWEEN 1 AND 2 THEN 'FROM' END
FROM t
LEFT JOIN u ON u.a = t.a
  AND u.d BETWEEN 1 AND 2
WHERE t.d IS DISTINCT FROM 3
  OR t.e = ' AND '
UNION ALL
SELECT u.a, TRIM(BOTH FROM u.b) AS c, NULL
FROM u
ORDER BY 1
LIMIT 3""",
    "a list that is long": """\
SELECT extract(year FROM t.at) AS year, t.a_column_with_a_name, t.another_column_with_a_name,
    t.a_third_one, t.a_fourth_one
FROM t""",
}


def test_where_something_stands_in_a_query_is_no_part_of_it() -> None:
    query = "SELECT a FROM JSON_TABLE({} '$' {} AS {} p COLUMNS (a text PATH '$'))"
    apart = canonical(query.format("'[]'::jsonb,", " " * 3, " " * 3))
    assert apart == canonical(query.format("'[]'::jsonb ,", "", ""))


@pytest.mark.parametrize("text", LAID_OUT.values(), ids=LAID_OUT)
def test_a_query_that_is_long(text: str) -> None:
    found = canonical(text)
    assert laid_out(found) == text
    assert canonical(laid_out(found)) == found


def test_a_clause_of_two_words_stays_one() -> None:
    policy = (
        'CREATE POLICY "Owners upload" ON storage.objects FOR INSERT TO authenticated'
        " WITH CHECK (bucket = 'avatars' AND owner = (SELECT auth.uid()::text))"
    )
    assert "WITH CHECK (bucket" in literal(policy)
