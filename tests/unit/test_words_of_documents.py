"""The words of a document, by which what none of them says is not looked for."""

from __future__ import annotations

import pytest
from gen_migration.spec.documents import SpecFile, document, words_in
from gen_migration.spec.load import parse

PLAIN = "name: shop\ntables: {orders: {columns: {id: bigint}, indexes: {ix: [id]}}}\n"
SPECS = (
    PLAIN,
    "name: a\ntables: {b: {renamed_from: c, columns: {id: {type: int, ignore: {x: y}}}}}\n",
    "name: a\ntables: {b: {columns: {id: {type: int, python: {name: key}}}}}\n",
    "name: a\ntables: {triggers: {columns: {id: int}}}\nviews: {v: {query: SELECT 1 AS a}}\n",
)


def test_words_are_the_keys_wherever_they_stand() -> None:
    found = words_in({"a": [{"b": 1}, ["c", {"d": {"e": "f"}}]]})
    assert found == {"a", "b", "d", "e"}


@pytest.mark.parametrize("text", SPECS)
def test_a_spec_is_the_same_whoever_gathers_its_words(text: str) -> None:
    value = document([SpecFile("spec.yaml", text)]).value
    assert parse(value) == parse(value, words=words_in(value))
    assert parse(value) == parse(value, words=words_in(value) | words_of_others())


def words_of_others() -> frozenset[str]:
    """Return words that others have: they are looked for, and not found."""
    return frozenset(("ignore", "python", "renamed_from", "triggers", "views"))
