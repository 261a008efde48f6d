"""The ids of new revisions: of a hash, as they are given, or numbers that go on. Pure.

Sources: `alembic_version.version_num` holds 32 characters (Alembic, runtime/migration.py), and what
no id may hold is `_revision_illegal_chars` (Alembic, script/revision.py).
"""

from __future__ import annotations

import re
from dataclasses import field
from typing import TYPE_CHECKING

from gen_migration.base.data_class import dataclass
from gen_migration.base.errors import Error
from gen_migration.history.file_names import slug

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable

    from gen_migration.render.marker import Part

LONGEST = 32
ID = re.compile(r"\w[\w.]*", re.ASCII)
NUMBERED = re.compile(r"(\d+)(_|$)")
# Words of Alembic's that mean other revisions.
WORDS = frozenset(("base", "head", "heads", "current"))
WIDTH = 3  # digits of the first number
# How Alembic calls files where its configuration does not say it.
TEMPLATE = "%(rev)s_%(slug)s"


@dataclass(frozen=True, slots=True, kw_only=True)
class Ids:
    """How new revisions are called: `given`, or by numbers, or else by a hash.

    `taken` are the ids that the history has.
    """

    given: str | None = None
    is_numbered: bool = False
    taken: Collection[str] = field(default_factory=frozenset)

    def new(
        self,
        part: Part | None,
        words: str,
        hashed: Callable[[], str],
        before: Iterable[str] = (),
    ) -> str:
        """Return the id of a new revision, or of a part of an edit, after those just made.

        `words` say what it does. Raises Error where a given one is none, or is taken.
        """
        if self.given is not None:
            found = self.given if part is None else f"{self.given}_{part.number}"
            return checked(found, self.taken)
        if self.is_numbered:
            return numbered(words, {*self.taken, *before})
        return hashed()


def checked(id_: str, taken: Collection[str]) -> str:
    """Return an id that somebody gave. Raises Error where Alembic would not take it."""
    if ID.fullmatch(id_) is None or id_ in WORDS:
        raise Error(
            f'"{id_}" is no id of a revision',
            hint="letters of ASCII, digits, _ and . make one",
        )
    if len(id_) > LONGEST:
        raise Error(
            f'the id "{id_}" is longer than {LONGEST} characters',
            hint="that is what version_num holds of an id; give a shorter --rev-id",
        )
    if id_ in taken:
        raise Error(
            f"the history has a revision {id_} already", hint="give another --rev-id"
        )
    return id_


def numbered(words: str, taken: Collection[str]) -> str:
    """Return the number after the highest, as wide as that, and what the revision does."""
    numbers = [match[1] for one in taken if (match := NUMBERED.match(one))]
    highest = max(numbers, key=int, default="")
    number = str(int(highest or 0) + 1).zfill(len(highest) or WIDTH)
    ascii_words = re.sub(r"[^\w ]+", " ", words, flags=re.ASCII)
    name = slug(ascii_words, LONGEST - len(number) - 1)
    return f"{number}_{name}" if name else number


def template_of(id_: str, template: str) -> str:
    """Return how a revision's file is called: after an id of words alone, in Alembic's own way.

    One that says what the revision does need not say it twice.
    """
    says_it = NUMBERED.match(id_) is not None and "_" in id_
    return "%(rev)s" if says_it and template == TEMPLATE else template


def same_number(ids: Iterable[str]) -> list[str]:
    """Return ids with one number, which branches have given twice; none where there are none."""
    by_number: dict[int, list[str]] = {}
    for one in ids:
        if match := NUMBERED.match(one):
            by_number.setdefault(int(match[1]), []).append(one)
    return next((held for held in by_number.values() if held[1:]), [])
