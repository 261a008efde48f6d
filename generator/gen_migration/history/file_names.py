"""File names of revisions.

Where Alembic's `file_template` decides, it gets words that it need not cut.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

LENGTH = 40  # of Alembic's `truncate_slug_length`
# What says nothing without the words that follow.
JOINING = frozenset("and as at by for from in into more of on the to with".split())
# Nor do these behind one of them: "to table", "of column".
KINDS = frozenset("column constraint enum index partition sequence table".split())
# Nor does what begins an action whose object is cut off: "create enum kind, add".
ACTIONS = frozenset("add alter change create drop fill rename set validate".split())
PART = re.compile(r" \(part \d+ of \d+\)\Z")


def slug(text: str, length: int = LENGTH) -> str:
    """Return the part of a file's name that tells what it does, in Alembic's letters.

    It ends with a whole word: a name of the spec is one word, whatever it is made of.
    """
    found = ("_".join(re.findall(r"\w+", word)) for word in text.lower().split())
    words = [word for word in found if word]
    whole = "_".join(words)
    if len(whole) <= length:
        return whole
    kept: list[str] = []
    room = length
    for word in words:
        if len(word) > room:
            break
        kept.append(word)
        room -= len(word) + 1
    if kept[1:] and kept[-1] in KINDS and kept[-2] in JOINING:
        kept.pop()
    while kept and kept[-1] in JOINING | ACTIONS:
        kept.pop()
    if kept:
        return "_".join(kept)
    # A first word that is too long.
    return whole[:length].rpartition("_")[0].strip("_") or whole[:length]


def renamed(path: Path, old: str, new: str, length: int = LENGTH) -> Path:
    """Return the path of a revision whose text `old` becomes `new`.

    A name that does not hold the words of the old text is somebody's own, and stays.
    """
    for before, after in zip(names(old), names(new), strict=True):
        words = slug(before, length)
        if words and words in path.stem:
            start, _, end = path.stem.rpartition(words)
            return path.with_stem(f"{start}{slug(after, length)}{end}")
    return path


def names(text: str) -> tuple[str, ...]:
    """Return what a revision's file may be called after, what says most first."""
    from gen_migration.render.marker import message_of, read_marker

    mark = read_marker(text)
    title = PART.sub("", message_of(text))
    spec = "" if mark is None else mark.spec
    part = "" if mark is None or mark.part is None else f"{mark.part} "
    return f"{spec} {part}{title}", f"{part}{title}", spec
