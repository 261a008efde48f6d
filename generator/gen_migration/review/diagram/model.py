"""What a picture of a schema shows: a box for each table and view, and relations. Pure.

Names of the schema become text here, without characters that a screen would not show; it
becomes markup nowhere but in `svg.escape`.
"""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING, TypeVar

from gen_migration.base.data_class import dataclass
from gen_migration.base.errors import visible
from gen_migration.kinds.scope import at_home_name

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from gen_migration.postgres.names import Name

K = TypeVar("K")
V = TypeVar("V")


class Mark(Enum):
    """What became of a part since the old schema; the value is the sign that says so."""

    SAME = ""
    ADDED = "+"
    DROPPED = "\N{MINUS SIGN}"
    CHANGED = "~"


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A column of a table, or what else it has: a partition, a trigger.

    `note` is its SQL, the old one before it.
    """

    name: str
    type: str = ""
    nullable: bool = False
    keys: tuple[str, ...] = ()
    mark: Mark = Mark.SAME
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Box:
    """A table or a view; an `external` one belongs to others, and shows what is referred to."""

    name: str
    rows: tuple[Row, ...]
    external: bool = False
    mark: Mark = Mark.SAME
    note: str = ""


@dataclass(frozen=True, slots=True)
class End:
    """A row of a box, by their numbers; None is the box itself."""

    box: int
    row: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Relation:
    """A foreign key, of which `many` rows may point at one of the parent; or what a view reads."""

    name: str
    child: End
    parent: End
    many: bool
    mark: Mark = Mark.SAME


@dataclass(frozen=True, slots=True, kw_only=True)
class Diagram:
    """What a picture shows; `compared` says that its marks mean something."""

    boxes: tuple[Box, ...]
    relations: tuple[Relation, ...]
    compared: bool = False


def merged(
    old: Mapping[K, V], new: Mapping[K, V]
) -> Iterator[tuple[K, tuple[V | None, V | None]]]:
    """Yield each key with its values on both sides: the new one's order, then what is gone."""
    for key in dict.fromkeys([*new, *old]):
        yield key, (old.get(key), new.get(key))


def mark(sides: tuple[object, object]) -> Mark:
    """Return what became of a value; what has none on either side is the same."""
    old, new = sides
    if old == new:
        return Mark.SAME
    if old is None:
        return Mark.ADDED
    return Mark.DROPPED if new is None else Mark.CHANGED


def shown(text: str) -> str:
    """Return a text of the schema as one line that a screen can show."""
    return visible(text).replace("\n", "\\n")


def called(name: Name, home: str | None) -> str:
    """Return what a table is called in the picture."""
    return shown(str(at_home_name(name, home) if home else name))
