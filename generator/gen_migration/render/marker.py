"""One revision: its id, its text, the mark that it carries.

Pure: the same input gives the same text.
"""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import MISSING, fields
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Any

from gen_migration.base.data_class import dataclass
from gen_migration.model.schema import Column
from gen_migration.postgres.types import Type
from gen_migration.render.checksum import checksum, comments
from gen_migration.render.header import read_header
from gen_migration.render.revision import Header, Part, render

if TYPE_CHECKING:
    from collections.abc import Iterable

    from gen_migration.model.schema import Spec
    from gen_migration.operations.base import Operation
    from gen_migration.plan.link import PlannedRevision

ID_LENGTH = 12
# A number of parts with more digits is nobody's: a stranger's would take all memory.
MARKER = re.compile(
    r"^# gen-migration: spec=(?P<spec>[A-Za-z0-9_-]+)"
    r"(?: part=(?P<part>[1-9][0-9]{0,3})/(?P<parts>[1-9][0-9]{0,3}))?"
    r" checksum=(?P<checksum>[0-9a-f]{16})$",
    re.MULTILINE,
)


def revision_id(
    parents: Iterable[str], spec: str, operations: Iterable[Operation]
) -> str:
    """Return the id: the first 12 hex digits of a SHA-256 over parents, spec and operations."""
    steps = ",".join(map(canonical, operations))
    text = f"[{canonical(sorted(parents))},{quoted(spec)},[{steps}]]"
    return hashlib.sha256(text.encode()).hexdigest()[:ID_LENGTH]


quoted = json.encoder.encode_basestring_ascii


def canonical(value: Any) -> str:
    """Return a value as JSON.

    Fields that have their default are left out, so that a field that is added to the model
    later changes no id; and so are the names of classes. An operation has a name on the wire, a
    constraint its word; what else there is, the field tells that holds it.
    """
    kind = type(value)
    if kind is str:
        return quoted(value)
    if kind in SCALARS:
        return json.dumps(value)
    if kind is Type or kind is Column:
        return repeated(value)
    if issubclass(kind, dict):
        pairs = [f"[{canonical(key)},{canonical(one)}]" for key, one in value.items()]
        return f"[{','.join(pairs)}]"
    if issubclass(kind, tuple | list):
        return f"[{','.join(map(canonical, value))}]"
    return of_fields(value)


@lru_cache(maxsize=1000)
def repeated(value: Type | Column) -> str:
    """Return a value as JSON that many tables have alike."""
    if isinstance(value, Type):
        return f"[{quoted(value.kind)},{quoted(str(value))}]"
    return of_fields(value)


def of_fields(value: Any) -> str:
    """Return a value with those of its fields that do not have their default."""
    word, known = fields_of(type(value))  # type: ignore[arg-type]
    found = [quoted(getattr(value, word)) if word else NAMELESS]
    for name, start, default in known:
        item = getattr(value, name)
        if item is not default and item != default:
            found.append(f"{start}{canonical(item)}]")
    return f"[{','.join(found)}]"


SCALARS = frozenset((type(None), bool, int))
NAMELESS = '""'


@cache
def fields_of(of: type) -> tuple[str | None, list[tuple[str, str, Any]]]:
    """Return the attribute that names a value of a class, and the fields of the class.

    Of a field, those are its name, how it starts in JSON, and its default.
    """
    word = next((one for one in ("wire", "word") if hasattr(of, one)), None)
    return word, [
        (
            field.name,
            f"[{quoted(field.name)},",
            field.default
            if field.default_factory is MISSING
            else field.default_factory(),
        )
        for field in fields(of)
    ]


# The comment that the marker takes the place of; a formatter leaves it where it is.
UNMARKED = "# gen-migration"


def unmarked_text(header: Header, link: PlannedRevision, spec: Spec) -> str:
    """Return the text of a revision, not formatted yet, and without its checksum."""
    return render(header, link, spec, UNMARKED)


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
