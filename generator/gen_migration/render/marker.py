"""The mark that a revision carries: which spec it came from, and its checksum.

Pure: the same input gives the same text.
"""

from __future__ import annotations

import re
from functools import lru_cache

from gen_migration.base.data_class import dataclass
from gen_migration.render.checksum import checksum, comments
from gen_migration.render.header import read_header

# A number of parts with more digits is nobody's: a stranger's would take all memory.
MARKER = re.compile(
    r"^# gen-migration: spec=(?P<spec>[A-Za-z0-9_-]+)"
    r"(?: part=(?P<part>[1-9][0-9]{0,3})/(?P<parts>[1-9][0-9]{0,3}))?"
    r" checksum=(?P<checksum>[0-9a-f]{16})$",
    re.MULTILINE,
)


@dataclass(frozen=True, slots=True)
class Part:
    """Which of the revisions of one edit a revision is, counted from 1."""

    number: int
    count: int

    def __str__(self) -> str:
        return f"{self.number} of {self.count}"


# The comment that the marker takes the place of; a formatter leaves it where it is.
UNMARKED = "# gen-migration"


def marked(text: str, spec: str, found: str, part: Part | None = None) -> str:
    """Return an unmarked text with the comment that names its spec and its checksum."""
    numbered = "" if part is None else f" part={part.number}/{part.count}"
    comment = f"# gen-migration: spec={spec}{numbered} checksum={found}"
    place = next(one for one in comments(text) if one[0] == UNMARKED)
    return text[: place.start()] + comment + text[place.end() :]


def remarked(text: str) -> str:
    """Return the text of a revision with the checksum that it has now."""
    place = find_marker(text)
    if place is None:
        return text
    bare = text[: place.start()] + UNMARKED + text[place.end() :]
    return marked(bare, place["spec"], checksum(text), part_of(place))


def is_edited(text: str) -> bool:
    """Tell whether a file that carries a marker is not as it was written."""
    mark = read_marker(text)
    return mark is None or checksum(text) != mark.checksum


@dataclass(frozen=True, slots=True)
class Mark:
    """What a file says of its origin."""

    spec: str
    checksum: str
    part: Part | None = None


@lru_cache(maxsize=1_000)
def read_marker(text: str) -> Mark | None:
    """Return the mark of a file that this tool has written; None for any other."""
    match = find_marker(text)
    if match is None:
        return None
    return Mark(match["spec"], match["checksum"], part_of(match))


def part_of(match: re.Match[str]) -> Part | None:
    """Return which of the revisions of one edit a marker names."""
    if match["part"] is None:
        return None
    return Part(int(match["part"]), int(match["parts"]))


def find_marker(text: str) -> re.Match[str] | None:
    """Return where the marker stands: a comment, not a line of some text of the spec."""
    if MARKER.search(text) is None:
        return None
    places = (MARKER.match(text, one.start(), one.end()) for one in comments(text))
    return next((place for place in places if place is not None), None)


def message_of(text: str) -> str:
    """Return the message of a revision: its docstring up to Alembic's own lines."""
    found = read_header(text, "").docstring
    return found.partition("\n\nRevision ID:")[0].strip()
