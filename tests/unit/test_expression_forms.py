"""Expressions of one form become readable as each of them would alone."""

from __future__ import annotations

import pytest
from gen_migration.catalog.reader import OLDEST, QUERIES, YOUNGER, query
from gen_migration.postgres.expression_forms import filled, form
from gen_migration.postgres.names import quote_text
from gen_migration.postgres.types import Type
from gen_migration.sql.simplify import readable, rewritten, those_named
from hypothesis import given
from hypothesis import strategies as st

COLUMNS = {
    "kind": Type(name="varchar", arguments=("20",)),
    "code": Type(name="text"),
    "amount": Type(name="numeric", arguments=("10", "2")),
    "seats": Type(name="integer"),
    "state": Type(name="state", kind="enum"),
    "it's": Type(name="varchar"),
}
# As pg_get_expr prints them; {0} is a text and {1} a number.
PRINTED = (
    "((kind)::text = {0}::text)",
    "((kind)::text = ANY ((ARRAY[{0}::character varying, 'b'::character varying])::text[]))",
    "(code = ANY (ARRAY[{0}::text, {0}::text]))",
    "(state = ANY (ARRAY[{0}::state, 'gm#0'::state]))",
    "((code ~~ {0}::text) AND (seats > {1}))",
    "(seats = ANY (ARRAY[{1}, 2, {1}]))",
    "((amount > ({1})::numeric) AND (amount < (900000001)::numeric))",
    "(amount > {1}.5)",
    "((seats * {1}) <> 900000000)",
    "(({0}::text || \"it's\") <> E'a\\\\b'::text)",
    "(substr(code, {1}, {1}) = upper({0}::text))",
    "((amount)::numeric({1},2) = ({0}::text)::numeric)",
    "CASE WHEN {0}::boolean THEN {1} ELSE (- {1}) END",
    "({0}::text ~ '^[a-z]{{2}}$'::text)",
    "nextval({0}::regclass)",
)
TEXTS = st.one_of(
    st.sampled_from(
        ("t", "f", "gm#0", "gm#1", "", "it's", "a\\b", "a::b", "(", "--", "$$")
    ),
    st.text(
        st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=8
    ),
)
NUMBERS = st.one_of(
    st.sampled_from((0, 1, 900_000_000, 900_000_001, 999_999_999, 2**31, 2**40)),
    st.integers(0, 10_000),
)


@pytest.mark.parametrize("printed", PRINTED)
@given(TEXTS, NUMBERS)
def test_literals_make_no_difference(printed: str, text: str, number: int) -> None:
    expression = printed.format(quote_text(text), number)
    alone = rewritten(expression, those_named(expression, COLUMNS))
    assert readable(expression, COLUMNS) == alone


def test_expressions_of_one_form() -> None:
    first = form("((kind)::text = 'a'::text) AND (seats > 5)")
    second = form("((kind)::text = 'b c'::text) AND (seats > 70)")
    assert first[0] == second[0]
    assert filled(*second) == "((kind)::text = 'b c'::text) AND (seats > 70)"
    assert second[1] == ["'b c'", "70"]


@pytest.mark.parametrize(
    "text",
    [
        "('t'::boolean)",
        "(kind = 'it''s')",
        "(kind = E'a')",
        "(kind = 'gm#0')",
        '("a 5" > 0)',
        "(amount)::numeric(10,2)",
        "(amount > 5.5)",
        "(seats > 5000000000)",
        "(900000000)",
    ],
)
def test_what_stays_in_a_form(text: str) -> None:
    assert form(text)[0] == text


def test_a_mark_that_is_lost_is_told() -> None:
    shared, literals = form("(kind = 'a')")
    assert filled(shared.replace("'", '"'), literals) is None


@pytest.mark.parametrize("version", range(OLDEST, 19))
def test_queries_ask_for_nothing_that_a_server_has_not(version: int) -> None:
    text, newest = ("".join(query(name, n) for name in QUERIES) for n in (version, 18))
    # A column may itself stand for a younger one, and go with that.
    gone = {before: since for since, before in YOUNGER.values()}
    for column, (since, before) in YOUNGER.items():
        assert (column in text) == (since <= version < gone.get(column, 99))
        for other, (then, instead) in YOUNGER.items():
            if version < then:
                before = before.replace(other, instead)  # noqa: PLW2901
        # What the newest server is asked is cut behind the column, which the oldest may not have.
        follows = newest.partition(column)[2][:3]
        assert (f"{before}{follows}" in text) >= (version < since)
