"""The formatter of the tests says what ruff's own command does."""

from __future__ import annotations

import pytest
from cases import ruff
from formatter import formatter


def test_it_formats_as_the_command_does() -> None:
    text = "a = {  'é🐘': '🐘', }; b='🐘'+'é' # 🐘\ndef c( ): return  (a)\n"
    command = ("format", "--isolated", "--stdin-filename", "text.py", "-")
    found = formatter().formatted(text)
    assert found == ruff(*command, text=text) != text
    assert formatter().formatted(found) == found


def test_what_is_no_python_is_no_text_that_stays() -> None:
    with pytest.raises(SyntaxError):
        formatter().formatted("def a(:\n")
