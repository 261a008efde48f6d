"""The helpers at the end of a revision, of which each text is parsed once.

They are most of a revision that changes tables in use, and the same in all of them: of a long
history, their parsing would take longer than all that is done with the rest.
"""

from __future__ import annotations

import ast
import re

from gen_migration.render.helpers import NAMES, is_helper
from gen_migration.replay.evaluation.alike import shortened

# Where a function at the margin may be a helper, and where what stands there ends.
START = re.compile(rf"\n\n\n(?P<decorator>@\w+\n)?def (?P<name>{'|'.join(NAMES)})\b")
END = re.compile(r"\n\n\n(?=\S)|(?<!\n)\n*\Z")
STAND_IN = "pass"
# Python ends lines at the first of these as well, and forgets the column at the second.
ODD = ("\r", "\f")


class KnownHelper(ast.stmt):
    """A function of a revision that is one of the helpers, for its text says so."""

    name: str
    decorators: list[ast.expr]


def tree_beside_helpers(text: str) -> ast.Module | None:
    """Return the syntax tree of a revision with its helpers as they are known.

    The lines of all else are what they are in the text. None where there are no helpers, or
    Python would not find them where they seem to be.
    """
    if any(one in text for one in ODD):
        return None
    bare, found = without_helpers(text)
    if not found:
        return None
    try:
        tree = shortened(bare) or ast.parse(bare)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
    for at, node in enumerate(tree.body):
        # What stands elsewhere is a line of a text.
        if isinstance(node, ast.Pass) and node.lineno in found:
            tree.body[at] = ast.copy_location(found.pop(node.lineno), node)
    return None if found else tree


def without_helpers(text: str) -> tuple[str, dict[int, KnownHelper]]:
    """Return the text with as many lines and no helpers, and those by their first lines."""
    parts: list[str] = []
    found: dict[int, KnownHelper] = {}
    end, line = 0, 1
    for start in START.finditer(text):
        begin = start.start() + len("\n\n\n")
        match = END.search(text, begin)
        own = text[begin : match.start() if match else None]
        if begin < end or not is_helper(own):
            continue
        line += text.count("\n", end, begin)
        node = KnownHelper()
        node.name, decorator = start["name"], start["decorator"]
        node.decorators = []
        if decorator:
            place = {"lineno": line, "col_offset": len("@")}
            node.decorators = [ast.Name(decorator[1:-1], ast.Load(), **place)]
        found[line] = node
        lines = own.count("\n")
        parts += (text[end:begin], STAND_IN, "\n" * lines)
        end, line = begin + len(own), line + lines
    return "".join((*parts, text[end:])), found
