"""The checksum of a revision: of its syntax tree, so that a formatter's pass does not change it.

A revision of 1,000 tables has 300,000 nodes, but only some forty kinds of statements once the
texts are taken out of them. So texts and statements are told apart first, by their quotes and
brackets; the texts are hashed as they are, and each kind of statement is parsed once.
"""

from __future__ import annotations

import ast
import hashlib
import json
import re
from functools import lru_cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

LENGTH = 16  # hex digits

# A comment or a string of Python, in the order in which they may start at one place. Possessive
# repetitions of one character: what can go back holds 100 bytes for each time. Those of a group
# miss matches before Python 3.11.5 (https://github.com/python/cpython/issues/106052).
PIECE = re.compile(
    r"""(\#[^\n]*+"""
    r"""|"[^"\\\n]++\""""  # what nearly all of them are
    r"""|\"\"\"[^"\\]*+(?:(?:\\.|"(?!""))[^"\\]*+)*\"\"\""""
    r"""|'''[^'\\]*+(?:(?:\\.|'(?!''))[^'\\]*+)*'''"""
    r'''|"[^"\\\n]*+(?:\\.[^"\\\n]*+)*"'''
    r"""|'[^'\\\n]*+(?:\\.[^'\\\n]*+)*')""",
    re.DOTALL | re.VERBOSE,
)
# Where a statement may start: at the margin, or one level inside of a function or a class.
START = re.compile(r"\n(?=(?:    )?[^\s)\]}])")
BLANK = '""'  # stands for a text in the code


def checksum(text: str) -> str:
    """Return 16 hex digits of a SHA-256 over the syntax of a file.

    A formatter's pass does not change it, a changed statement or text does. It is the same on
    every version of Python. Any text has one, also one that is no Python.
    """
    code, texts = separate(text)
    found = hashlib.sha256()
    every = "".join([f"{len(value)}:{value}" for value in texts])
    found.update(every.encode(errors="surrogatepass"))
    for statement in statements(code):
        found.update(shape(statement))
    return found.hexdigest()[:LENGTH]


def comments(text: str) -> Iterator[re.Match[str]]:
    """Yield the comments of a file; what looks like one inside of a text is none."""
    for piece in PIECE.finditer(text):
        if piece[0].startswith("#"):
            yield piece


def separate(text: str) -> tuple[str, list[str]]:
    """Return the code with a blank for each text, and the texts; adjacent ones are one."""
    code: list[str] = []
    texts: list[str] = []
    adjacent = False  # nothing but space and comments since the last text
    pieces = PIECE.split(text)
    for before, piece in zip(pieces[::2], [*pieces[1::2], None], strict=True):
        adjacent = adjacent and (not before or before.isspace())
        if not adjacent:
            code.append(before)
        if piece is None or piece[0] == "#":
            continue
        # A prefix (`r`, `f`) changes what the quotes hold, and not which quotes they are.
        if before[-1:].isalpha():
            value = inside(piece)
        elif "\\" in piece or piece[1] == piece[0]:
            value = value_of(piece)
        else:  # what nearly all of them are
            value = piece[1:-1]
        if adjacent:
            texts[-1] += value
        else:
            code.append(BLANK)
            texts.append(value)
        adjacent = True
    return "".join(code), texts


def inside(literal: str) -> str:
    """Return what stands between the quotes of a literal."""
    width = 3 if literal[:3] in {'"""', "'''"} else 1
    return literal[width:-width]


def value_of(literal: str) -> str:
    """Return the text of a literal; of a docstring, what no formatter moves."""
    if literal[:3] in {'"""', "'''"}:
        return "\n".join(line.strip() for line in literal[3:-3].strip().splitlines())
    if "\\" not in literal:
        return literal[1:-1]
    try:
        return str(ast.literal_eval(literal))
    except (SyntaxError, ValueError):
        return literal


def statements(code: str) -> list[str]:
    """Return the statements of a code, each with what is nested deeper than its functions."""
    result: list[str] = []
    held, depth = "", 0
    before, *parts = START.split("\n" + code)
    for part in (before, *[f"\n{one}" for one in parts]):
        held += part
        depth += opened(part)
        if depth <= 0:
            result.append(held)
            held, depth = "", 0
    return [*result, held]


@lru_cache(maxsize=1000)
def opened(part: str) -> int:
    """Return how many brackets a part of a code opens more than it closes."""
    return sum(map(part.count, "([{")) - sum(map(part.count, ")]}"))


@lru_cache(maxsize=1000)
def shape(statement: str) -> bytes:
    """Return what a statement's tree is, and whether it is indented."""
    text = statement.strip()
    indented = statement.startswith("\n    ")
    try:
        tree = outline(ast.parse(text + " pass" if text.endswith(":") else text))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        tree = (
            text.split()
        )  # not of our making: `else:`, a decorator, nested too deeply
    return json.dumps([indented, tree]).encode()


# What parsers of different versions put into a tree without a meaning.
IGNORED = frozenset(("type_params", "type_comment", "kind", "ctx", "type_ignores"))


def outline(node: Any) -> Any:
    """Return a syntax tree as nested lists, without positions and without what is empty."""
    if isinstance(node, ast.AST):
        pairs = (
            [name, outline(value)]
            for name in node._fields
            if name not in IGNORED
            and (value := getattr(node, name, None)) not in (None, [])
        )
        return [type(node).__name__, *pairs]
    if isinstance(node, list):
        return [outline(item) for item in node]
    return node if isinstance(node, str | int | bool) else repr(node)
