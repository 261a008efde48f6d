"""The lines that change in a text, as a review tells them."""

from __future__ import annotations

from gen_migration.review.changes import Detail
from gen_migration.review.line_changes import changed_lines, is_told_by_line

LONG = "\n".join(f"x{one} := {one};" if one % 3 else "END IF;" for one in range(4_000))


def test_a_long_text_takes_a_moment() -> None:
    # With each line that is there often looked at from each, it would be half a minute.
    changed = LONG.replace("0;", "0 + 1;")
    signs = [sign for sign, _ in changed_lines(LONG, changed)]
    assert signs.count("+") == signs.count("-") == changed.count("+")


def test_blanks_at_the_ends_of_lines_are_no_lines_that_change() -> None:
    text = "a\n" * 10
    same = Detail(what="comment", old=text, new=text.replace("\n", " \n"))
    assert not is_told_by_line(same)
    assert is_told_by_line(Detail(what="comment", old=text, new=f"{text}b"))
