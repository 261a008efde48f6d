"""What a change of an object is: in steps, anew, or none that can be."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from gen_migration.base.data_class import replace
from gen_migration.kinds.traits import Traits

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Mapping

    from gen_migration.kinds.nodes import Node
    from gen_migration.kinds.references import Reference
    from gen_migration.kinds.relations import Known


class Use(NamedTuple):
    """Where a type is: in columns, be it in other types; in some `within` others; in types.

    It is within arrays, and all that is made of it but domains over it.
    """

    in_column: bool = False
    within: bool = False
    in_types: bool = False


class PartRenamed(NamedTuple):
    """A part of an object that a step calls otherwise: what it is, its field, and both names."""

    noun: str
    field: str
    old: str
    new: str


class ChangesOfKind(Traits):
    """The changes of a kind."""

    def steps(self, old: Any, new: Any) -> Iterator[Any]:
        """Yield the values from one to another, each one statement away from that before."""
        for group in self.groups:
            after = replace(old, **{field: getattr(new, field) for field in group})
            if after != old:
                yield after
                old = after

    def is_anew(self, old: Any, new: Any, use: Use) -> bool:
        """Tell whether PostgreSQL can only make an object anew, which takes the place of the old.

        What names it goes over to the new one, while the old one has another name.
        """
        return False

    def lost(self, old: Any, new: Any) -> Iterator[tuple[str, str, list[str]]]:
        """Yield the parts of an object that a step destroys, where columns use it.

        Each with its word, and with those that are new and may be the same one renamed.
        """
        yield from ()

    def retyped(self, old: Any, new: Any) -> Iterator[tuple[str, Any, Any]]:
        """Yield the parts that a step gives another type, as they were and as they are."""
        yield from ()

    def is_replaced(self, old: Any, new: Any) -> bool:
        """Tell whether an object is dropped and created anew, with what stands on it."""
        return False

    def keeps_columns(self, old: Any, new: Any, before: Known, after: Known) -> bool:
        """Tell whether what queries select from keeps its columns, as PostgreSQL asks of it.

        `before` and `after` are the relations around it. If not, it is replaced as well.
        """
        return True

    def is_built_aside(self, old: Any, new: Any) -> bool:
        """Tell whether an object is made under another name, and then takes that of the old."""
        return False

    def built_aside(self, name: Any, value: Any) -> tuple[Any, Any]:
        """Return the name and the value that an object has until it takes another's name."""
        raise NotImplementedError

    def let_go(self, value: Any, concerns: Callable[[str], bool]) -> Any:
        """Return a type without those of its expressions that something concerns."""
        return value

    def parts(self, value: Any) -> Collection[Any]:
        """Return the names of those parts that an object may let go."""
        return ()

    def without_parts(
        self, value: Any, goes: Callable[[Collection[Reference]], bool]
    ) -> Any:
        """Return an object that `lets_go` without those of its parts whose references go."""
        return value

    def holds_on(self, old: Any, new: Any) -> bool:
        """Tell whether a step is refused while a view selects a part of the object."""
        return False

    def relabelled(
        self, old: Any, new: Any, before: Known, after: Known
    ) -> Mapping[str, str]:
        """Return the columns that are the same under other names, by those; each with its old one.

        `before` and `after` are the relations around it.
        """
        return {}

    def columns_gone(self, old: Any, new: Any) -> Collection[str]:
        """Return the columns that a step drops; some of them it adds again."""
        return ()

    def columns_held(self, old: Any, new: Any) -> Collection[str]:
        """Return the columns for whose sake a step is refused while something names them."""
        return ()

    def is_long(self, old: Any, new: Any) -> bool:
        """Tell whether a step reads the rows of tables in use; it can be repeated, then."""
        return False

    def put(self, objects: Mapping[Any, Any], name: Any, value: Any) -> dict[Any, Any]:
        """Return objects with one more, or with another value of one."""
        if self.given.get(name) == value:
            return {key: one for key, one in objects.items() if key != name}
        return {**objects, name: value}

    def taken_along(self, name: Any) -> Collection[Node]:
        """Return what goes where an object is dropped: it is made anew as well."""
        return ()

    def parts_renamed(self, old: Any, new: Any) -> Iterator[PartRenamed]:
        """Yield the parts that a step only calls otherwise."""
        yield from ()

    def changes(self, old: Any, new: Any) -> Iterator[tuple[str, Any, Any]]:
        """Yield the properties in which two values differ, with both of their values."""
        for field in (field for group in self.groups for field in group):
            before, after = getattr(old, field), getattr(new, field)
            if before != after:
                yield field.replace("_", " "), before, after

    def line(self, name: Any, old: Any, new: Any) -> str | None:
        """Return what a step is in a line, where its first property does not say it best."""
        return None
