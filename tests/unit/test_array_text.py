"""An array in PostgreSQL's text comes back as the list that its literal was made of."""

from __future__ import annotations

from typing import Any

import pytest
from gen_migration.postgres.arrays import lists
from gen_migration.postgres.types import parse_type
from gen_migration.sql.literals import array_text
from hypothesis import given
from hypothesis import strategies as st

TEXTS = st.lists(
    st.none() | st.text(st.characters(exclude_categories=["Cs"])), max_size=5
)
NESTED = TEXTS | st.lists(TEXTS, min_size=1, max_size=3)


@given(NESTED)
def test_a_list_comes_back(value: list[Any]) -> None:
    text = array_text(value, parse_type("text[]"), {})
    assert any(
        array_text(found, parse_type("text[]"), {}) == text
        for found in lists(text)
        if is_of_texts(found)
    )


def is_of_texts(value: Any) -> bool:
    if isinstance(value, list):
        return all(map(is_of_texts, value))
    return value is None or isinstance(value, str)


@pytest.mark.parametrize(
    "text", ["", "a", "{", "}", "{a", "a}", "{a}}", "{a}{b}", "[0:1]={a,b}", '{"a}']
)
def test_what_is_no_list_is_none(text: str) -> None:
    assert lists(text) == []
