"""Elements of indexes: the plain ones, which need no parser, are what the parser finds."""

from __future__ import annotations

import pytest
from gen_migration.postgres.names import KEYWORDS
from gen_migration.postgres.parser import SqlMistake
from gen_migration.sql.elements import parse_element

ORDERS = [
    "",
    " DESC",
    " NULLS FIRST",
    " NULLS LAST",
    " DESC NULLS FIRST",
    " DESC NULLS LAST",
]


@pytest.mark.parametrize("order", ORDERS)
@pytest.mark.parametrize("name", ["a", "_1", "created_at", "nulls", "type", "text"])
def test_plain_element(name: str, order: str) -> None:
    by_parser = f"{name} {order}"  # two spaces
    assert parse_element(f"{name}{order}") == parse_element(by_parser)


def test_keyword_is_no_plain_element() -> None:
    for word in sorted(KEYWORDS):
        try:
            expected = parse_element(f"{word}  DESC")
        except SqlMistake:
            with pytest.raises(SqlMistake):
                parse_element(f"{word} DESC")
        else:
            assert parse_element(f"{word} DESC") == expected
