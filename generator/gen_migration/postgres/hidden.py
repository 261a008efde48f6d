"""Invisible characters: told by name where they stand in a name, escaped in SQL.

Source: the Unicode Character Database (general categories, Default_Ignorable_Code_Point), and the
PostgreSQL manual, 4.1.2.2 (String Constants With C-Style Escapes) and 4.1.1 (U&"…").
"""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING

from gen_migration.postgres.names import body_of

if TYPE_CHECKING:
    from collections.abc import Callable

# What leaves no mark on a page (Default_Ignorable_Code_Point) and is of none of these categories,
# and the blank of Braille. By ranges: other versions of Python know other characters.
INVISIBLE = re.compile(
    "[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u2065\u2800\u3164\ufe00-\ufe0f\uffa0"
    "\ufff0-\ufff8\U000e0000-\U000e0fff]"
)
# Controls, format characters (marks of direction among them), line and paragraph separators, and
# halves of a surrogate pair.
HIDDEN = frozenset(("Cc", "Cf", "Zl", "Zp", "Cs"))
BLANK = "Zs"


def unseen(name: str) -> str | None:
    """Return the first character of a name that a reader does not see, by its name; else None."""
    if name.isprintable() and INVISIBLE.search(name) is None:
        return None
    for one in name:
        category = unicodedata.category(one)
        blank = category == BLANK and one != " "
        if blank or category in HIDDEN or INVISIBLE.match(one):
            called = unicodedata.name(one, "a control character")
            return f"{called} (U+{ord(one):04X})"
    return None


def is_hidden(character: str) -> bool:
    """Tell whether a character of a text is one that nobody sees; a line feed is seen."""
    return character != "\n" and unicodedata.category(character) in HIDDEN


def has_hidden(text: str) -> bool:
    """Tell whether a text has a hidden character; cheap."""
    return not text.replace("\n", "").isprintable() and any(map(is_hidden, text))


# Comments, quoted names, literals with escapes, literals. What is in dollar quotes is SQL, too.
TOKEN = re.compile(
    r"""(?P<comment>--[^\n]*)|"(?P<name>(?:[^"]|"")*)"|(?P<e>(?<![\w$])[Ee]'(?:[^'\\]|''|\\.)*')"""
    r"""|'(?P<text>(?:[^']|'')*)'""",
    re.DOTALL,
)


def shown(sql: str) -> str:
    """Return SQL that means the same, with all hidden characters of names and literals escaped."""
    return beside_body(shown_token, sql) if has_hidden(sql) else sql


def beside_body(change: Callable[[re.Match[str]], str], sql: str) -> str:
    """Return SQL with its tokens changed, but for those of a body that is a text."""
    parts = body_of(sql)
    if parts is None:
        return TOKEN.sub(change, sql)
    before, body, behind = parts
    return TOKEN.sub(change, before) + body + behind


def on_one_line(sql: str) -> str:
    """Return SQL of which no name and no literal holds a line feed, which means the same."""
    return beside_body(token_on_one_line, sql) if "\n" in sql else sql


def token_on_one_line(match: re.Match[str]) -> str:
    if match["comment"] is not None or "\n" not in match[0]:
        return match[0]
    if match["name"] is not None:
        name = match["name"].replace("\\", "\\\\").replace("\n", "\\000a")
        return f'U&"{name}"'
    if match["text"] is not None:
        text = match["text"].replace("\\", "\\\\").replace("\n", "\\n")
        return f"E'{text}'"
    return match[0].replace("\n", "\\n")


def shown_token(match: re.Match[str]) -> str:
    if not has_hidden(match[0]):
        return match[0]
    if match["name"] is not None:
        name = match["name"].replace("\\", "\\\\")
        return f'U&"{escaped(name, in_name=True)}"'
    if match["text"] is not None:
        text = match["text"].replace("\\", "\\\\")
        return f"E'{escaped(text)}'"
    return escaped(match[0])


def escaped(text: str, *, in_name: bool = False) -> str:
    return "".join(
        (name_escape(one) if in_name else text_escape(one)) if is_hidden(one) else one
        for one in text
    )


def name_escape(character: str) -> str:
    code = ord(character)
    return f"\\{code:04x}" if code <= 0xFFFF else f"\\+{code:06x}"


def text_escape(character: str) -> str:
    code = ord(character)
    if character in SHORT_ESCAPES:
        return SHORT_ESCAPES[character]
    if code < 0x80:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code <= 0xFFFF else f"\\U{code:08x}"


SHORT_ESCAPES = {"\t": "\\t", "\r": "\\r", "\b": "\\b", "\f": "\\f"}
