"""Characters that nobody sees: told by name where they stand in a name, escaped in SQL.

Source: the Unicode Character Database (general categories, Default_Ignorable_Code_Point), and the
PostgreSQL manual, 4.1.2.2 (String Constants With C-Style Escapes) and 4.1.1 (U&"…").
"""

from __future__ import annotations

import re
import unicodedata

# Letters and marks that leave no mark of their own on a page (Default_Ignorable_Code_Point, where
# Python takes them for printable), and the blank of Braille.
INVISIBLE = re.compile(
    "[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u2800\u3164\ufe00-\ufe0f\uffa0"
    "\U000e0100-\U000e01ef]"
)


def unseen(name: str) -> str | None:
    """Return the first character of a name that a reader does not see, by its name; else None."""
    if name.isprintable() and INVISIBLE.search(name) is None:
        return None
    for one in name:
        if not one.isprintable() or INVISIBLE.match(one):
            called = unicodedata.name(one, "a control character")
            return f"{called} (U+{ord(one):04X})"
    return None


def is_hidden(character: str) -> bool:
    """Tell whether a character of a text is one that nobody sees, or that turns its direction.

    Controls, format characters (the bidirectional ones among them), separators of lines, and what
    Unicode does not assign; a line feed and blanks of another width are seen.
    """
    if character == "\n" or character.isprintable():
        return False
    return unicodedata.category(character) != "Zs"


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
    return TOKEN.sub(shown_token, sql) if has_hidden(sql) else sql


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
