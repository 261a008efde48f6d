"""What the files of revisions are called."""

from __future__ import annotations

from pathlib import Path

import pytest
from gen_migration.history.file_names import LENGTH, renamed, slug
from hypothesis import given
from hypothesis import strategies as st

SPEC = "app 1 of 2 Add column channel to table notifications"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("notification_system", "notification_system"),
        ("Plain words, and no more", "plain_words_and_no_more"),
        (SPEC, "app_1_of_2_add_column_channel"),
        (
            "app 2 of 2 Create index ix_notifications_channel on table notifications",
            "app_2_of_2_create_index",
        ),
        ("a" * 50, "a" * LENGTH),
        (
            "a_long_name_of_a_spec_that_nobody_would_write 1 of 2",
            "a_long_name_of_a_spec_that_nobody_would",
        ),
        ("", ""),
    ],
)
def test_slug(text: str, expected: str) -> None:
    assert slug(text) == expected


@given(st.text(st.characters(categories=["L", "N", "P", "Zs"])), st.integers(5, 60))
def test_a_slug_is_short_and_ends_with_a_word(text: str, length: int) -> None:
    found = slug(text, length)
    assert len(found) <= length
    assert found == slug(found, length)


def text_of(message: str, marker: str = "spec=app") -> str:
    mark = f"# gen-migration: {marker} checksum=0123456789abcdef"
    return f'"""{message}\n\nRevision ID: abc\n"""\n\n{mark}\n'


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("abc_app_add_column_b.py", "abc_app_1_of_2_add_column_c.py"),
        ("2026_app_add_column_b-abc.py", "2026_app_1_of_2_add_column_c-abc.py"),
        ("abc_add_column_b.py", "abc_1_of_2_add_column_c.py"),
        ("abc_app.py", "abc_app.py"),
        ("our_own.py", "our_own.py"),
    ],
)
def test_renamed(name: str, expected: str) -> None:
    old, new = (
        text_of("Add column b"),
        text_of("Add column c (part 1 of 2)", "spec=app part=1/2"),
    )
    assert renamed(Path(name), old, new).name == expected
    back = Path(expected)
    assert renamed(back, new, old).name == name
