"""What a data dictionary says, before it is HTML or Markdown. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gen_migration.base.data_class import dataclass
from gen_migration.kinds import BY_WORD

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gen_migration.review.diagram.model import Diagram


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """A piece of a cell: words, a name or SQL (`code`), and the page that it leads to."""

    text: str
    code: bool = False
    to: str = ""


Cell = tuple[Text, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """A table of a page; columns in which nothing stands are left out."""

    title: str
    heads: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """The page of an object: `path` is that of its file, without the end of its name.

    `parts` are the names of its columns, or `brief` what it is; `facts` are what else it has, and
    `sql` is what makes it.
    """

    word: str
    name: str
    path: str
    group: str = ""
    comment: str = ""
    parts: tuple[str, ...] = ()
    brief: str = ""
    facts: tuple[tuple[str, Cell], ...] = ()
    sections: tuple[Section, ...] = ()
    sql: str = ""
    picture: Diagram | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Dictionary:
    """All pages, by the words of kinds, and the picture of everything."""

    title: str
    description: str
    entries: tuple[Entry, ...]
    whole: Diagram

    @property
    def by_kind(self) -> dict[str, list[Entry]]:
        """The entries of each kind, by what a spec calls those, in its order."""
        found: dict[str, list[Entry]] = {}
        for one in self.entries:
            key = "tables" if one.word == "table" else BY_WORD[one.word].key
            found.setdefault(key.replace("_", " "), []).append(one)
        return found


def section(title: str, heads: str, rows: Sequence[tuple[Cell, ...]]) -> list[Section]:
    """Return a section with these heads, which are separated by a bar; none without rows."""
    if not rows:
        return []
    every = heads.split("|")
    kept = [at for at in range(len(every)) if any(row[at] for row in rows)]
    return [
        Section(
            title=title,
            heads=tuple(every[at] for at in kept),
            rows=tuple(tuple(row[at] for at in kept) for row in rows),
        )
    ]


def words(text: str | None) -> Cell:
    """Return a text as a cell; an empty one where there is none."""
    return (Text(text=text),) if text else ()


def code(text: str | None) -> Cell:
    """Return a name or SQL as a cell; an empty one where there is none."""
    return (Text(text=text, code=True),) if text else ()
