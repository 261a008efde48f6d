"""Configurations of text search as copies of PostgreSQL's own."""

from __future__ import annotations

import pytest
from gen_migration.kinds.text_search_copies import DEFAULT, shortest
from gen_migration.postgres.names import Name
from gen_migration.postgres.text_search import mappings_of

OURS, STEM = Name(None, "ours"), Name(None, "english_stem")


@pytest.mark.parametrize("copy", ["simple", "english", "russian"])
def test_a_copy_is_said_by_its_name(copy: str) -> None:
    assert shortest(DEFAULT, mappings_of(copy) or {}) == (copy, {})


def test_of_several_it_is_the_one_whose_stemmer_is_asked() -> None:
    english = mappings_of("english") or {}
    words = {
        token: (OURS, STEM) for token, names in english.items() if names == (STEM,)
    }
    assert shortest(DEFAULT, {**english, **words}) == ("english", words)
    plain = dict.fromkeys(words, (OURS,))
    assert shortest(DEFAULT, {**english, **plain}) == ("simple", plain)


def test_what_is_like_none_is_no_copy() -> None:
    assert shortest(DEFAULT, {"tag": (OURS,)}) == (None, {"tag": (OURS,)})
    parser = Name(None, "own")
    english = mappings_of("english") or {}
    assert shortest(parser, english) == (None, english)
