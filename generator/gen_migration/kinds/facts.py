"""What every run asks of a kind, whether or not a schema has objects of it.

A kind that is listed is known by its facts alone (`Late`) until more is asked of it: then its
module is imported, and it is the kind that is declared there. So a run imports the modules of those
kinds that its schemas have, and the facts have to say what the declaration says (`facts_of`).
"""

from __future__ import annotations

from importlib import import_module
from typing import Any, ClassVar


class Facts:
    """What walks ask of each kind before there is an object of it."""

    word: ClassVar[str]
    # Its key in a spec; its module is called so as well.
    key: ClassVar[str]
    # How ALTER, DROP and COMMENT ON call it, and the parser as well (see `object`).
    called: ClassVar[str]
    # The names of the class of its values, and of those that these hold.
    class_names: ClassVar[tuple[str, ...]]
    in_schema: ClassVar[bool] = True
    # The words of what it stands on (see `members`).
    holders: ClassVar[tuple[str, ...]] = ()
    # What it shares its names with: relations, or types.
    space: ClassVar[str | None] = None
    # Another space that its names are taken in.
    also_in: ClassVar[str | None] = None
    # Whether queries select from its objects.
    has_columns: ClassVar[bool] = False
    # The parser's statements that create and alter it.
    creates: ClassVar[str | None] = None
    alters: ClassVar[str | None] = None
    # More statements that alter it, such as those of its parts.
    also_alters: ClassVar[tuple[str, ...]] = ()
    # That of its own which drops it, where it is not dropped as others are.
    drops: ClassVar[str | None] = None
    # The parser's commands of ALTER TABLE that switch it on or off.
    switches: ClassVar[tuple[str, ...]] = ()
    # Its own OBJECT_…, where it is not `called` so.
    object: ClassVar[str | None] = None
    # The parser's OBJECT_… of its parts, where those get other names.
    part: ClassVar[str | None] = None
    # Queries of the catalog besides its own whose rows its objects are (see `rows`).
    also_reads: ClassVar[tuple[str, ...]] = ()
    # Whether it gives tables their columns.
    gives_columns: ClassVar[bool] = False

    @property
    def spaces(self) -> frozenset[str]:
        """The spaces that its names are taken in."""
        return frozenset(one for one in (self.space, self.also_in) if one is not None)

    @property
    def parsed(self) -> str:
        """What the parser calls it, behind OBJECT_."""
        return self.object or self.called


# By their names, in the order in which they are listed; its key is where a kind is.
NAMES = tuple(one for one in Facts.__annotations__ if one != "key")


class Late(Facts):
    """A kind whose module is imported once more than its facts is asked."""

    def __init__(self, place: str, **facts: Any) -> None:
        """Say which class it is, as `module.Class` of this package, and its facts."""
        vars(self).update(facts, place=place, key=place.partition(".")[0])

    def __getattr__(self, name: str) -> Any:
        """Become the kind that is declared, and return what is asked of it."""
        if name.startswith("__"):
            raise AttributeError(name)
        found = declared(self.place)
        vars(self).clear()
        self.__class__ = found
        return getattr(self, name)


def declared(place: str) -> Any:
    """Return the class of a kind, as its module declares it."""
    module, _, name = place.partition(".")
    return getattr(import_module(f"{__package__}.{module}"), name)


def facts_of(kind: Facts) -> dict[str, Any]:
    """Return the facts of a kind that is declared, but for those that most kinds have."""
    said = {name: getattr(kind, name, None) for name in NAMES}
    return {key: one for key, one in said.items() if one != getattr(Facts, key, None)}
