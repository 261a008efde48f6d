"""What a picture of a schema shows: a box for each table and view, and relations. Pure.

Names of the schema become text here, without characters that a screen would not show; it
becomes markup nowhere but in `svg.escape`.
"""

from __future__ import annotations

from enum import Enum, IntEnum
from typing import TYPE_CHECKING, TypeVar

from gen_migration.base.data_class import dataclass
from gen_migration.base.errors import visible
from gen_migration.kinds.scope import at_home_name

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from gen_migration.postgres.names import Name

K = TypeVar("K")
V = TypeVar("V")


# The group of what is in no other.
OTHER = "other"


class Mark(Enum):
    """What became of a part since the old schema; the value is the sign that says so."""

    SAME = ""
    ADDED = "+"
    DROPPED = "\N{MINUS SIGN}"
    CHANGED = "~"


class Detail(IntEnum):
    """How much a picture shows of tables: each level has what the one before has, and more."""

    KEYS = 0
    COLUMNS = 1
    ALL = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A column of a table, or what else it has: `part` says what that is.

    `value` is what a column gets by itself, `to` the tables that it refers to without a line, and
    `note` its SQL, the old one before it.
    """

    name: str
    part: str = "column"
    type: str = ""
    nullable: bool = False
    value: str = ""
    to: str = ""
    keys: tuple[str, ...] = ()
    mark: Mark = Mark.SAME
    note: str = ""

    @property
    def is_column(self) -> bool:
        """Whether it is a column, of the table or of one of others."""
        return self.part in {"column", "referred"}

    @property
    def detail(self) -> Detail:
        """The first level at which it is shown: of what changed, the first of all."""
        if self.mark is not Mark.SAME or self.part in {"referred", "reference"}:
            return Detail.KEYS
        if self.part == "column":
            return Detail.KEYS if self.keys else Detail.COLUMNS
        return Detail.COLUMNS if self.part == "partition" else Detail.ALL


@dataclass(frozen=True, slots=True, kw_only=True)
class Box:
    """A table or a view, by its word; one of others is "external", and shows what is referred to.

    `key` is its name in the schema, `group` what it stands together with others in, and `link`
    an address of more about it; both are empty where there is none. The picture is about what is
    `chosen`, where it is not of everything.
    """

    name: str
    key: Name
    rows: tuple[Row, ...]
    word: str = "table"
    group: str = ""
    link: str = ""
    chosen: bool = False
    mark: Mark = Mark.SAME
    note: str = ""


@dataclass(frozen=True, slots=True)
class End:
    """A row of a box, by their numbers; None is the box itself."""

    box: int
    row: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Relation:
    """A foreign key, of which `many` rows may point at one of the parent.

    One that `reads` is none: a view reads its parent, or a table inherits it. One that is `told`
    has no line: the row says where it leads.
    """

    name: str
    child: End
    parent: End
    many: bool = False
    reads: bool = False
    told: bool = False
    mark: Mark = Mark.SAME


@dataclass(frozen=True, slots=True, kw_only=True)
class Diagram:
    """What a picture shows; `compared` says that its marks mean something."""

    boxes: tuple[Box, ...]
    relations: tuple[Relation, ...]
    compared: bool = False

    @property
    def groups(self) -> tuple[str, ...]:
        """The groups of its boxes in the order of their names, others last; none without groups."""
        found = {one.group for one in self.boxes} - {""}
        return tuple(sorted(found, key=lambda one: (one == OTHER, one)))


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


LONGEST = 44


def shortened(text: str) -> str:
    """Return a text as long as a row takes it; its note has the whole."""
    line = shown(" ".join(text.split()))
    return (
        line
        if len(line) <= LONGEST
        else f"{line[: LONGEST - 1]}\N{HORIZONTAL ELLIPSIS}"
    )
