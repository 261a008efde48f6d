"""What an object of a kind refers to, what comes with it, and what follows its renames.

The order of creating, altering and dropping follows from it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gen_migration.kinds.references import of_name
from gen_migration.kinds.traits import Traits

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from gen_migration.kinds.nodes import Node
    from gen_migration.kinds.references import Finder, Reference
    from gen_migration.kinds.relations import Known
    from gen_migration.model.schema import Schema
    from gen_migration.postgres.names import Name
    from gen_migration.postgres.types import Type


class ReferencesOfKind(Traits):
    """What the objects of a kind refer to."""

    def followed(self, value: Any, relations: Known, old: Node, new: Node) -> Any:
        """Return a value in which a node of the graph has another name.

        `relations` are those before the rename.
        """
        return value

    def brings_others(self, value: Any) -> Collection[tuple[str, Name]]:
        """Return the names of what comes with an object in other spaces, with those."""
        return ()

    def brings(self, name: Any, value: Any) -> list[Name]:
        """Return the names of what comes with an object, in the space of its own."""
        return []

    def goes_with(self, value: Any, tables: Collection[Name]) -> bool:
        """Tell whether an object belongs to one of these tables."""
        return False

    def tables_of(self, value: Any) -> Collection[Name]:
        """Return the tables whose changes concern the design of an object."""
        return ()

    def rows_of(self, value: Any) -> Name | None:
        """Return the table or type whose columns an object has to return once it is created."""
        return None

    def roles_of(self, name: Any, value: Any) -> Collection[str]:
        """Return the roles that an object names."""
        return ()

    def renamed_along(
        self, name: Any, value: Any, old: Any
    ) -> Iterator[tuple[str, Any, Any]]:
        """Yield what is renamed with an object that was called `old`: word, new and old name."""
        yield from ()

    def links(self, name: Any, value: Any) -> Collection[Node]:
        """Return what an object takes beside its name, and only one can have at a time."""
        return ()

    def concerned_types(self, name: Any, value: Any) -> Collection[Type]:
        """Return the types of which all have to be at hand, where SQL may mean the object."""
        return ()

    @property
    def has_renames(self) -> bool:
        """Whether its objects can get other names."""
        return type(self).renamed is not ReferencesOfKind.renamed

    def renamed(self, schema: Schema, old: Any, new: Any) -> Schema:
        """Return a schema in which an object has another name, and all that names it."""
        raise NotImplementedError

    def column_renamed(
        self, value: Any, relations: Known, name: Any, old: str, new: str
    ) -> Any:
        """Return a relation in which a column has another name, and all in it that names it.

        `relations` are those before. Raises KeyError where it has no such column, and ValueError
        where a query does not say what that is called.
        """
        raise ValueError(f"another name of a column of a {self.word}")

    def in_renamed_schema(self, value: Any, old: str, new: str) -> Any:
        """Return a value in which a schema has another name."""
        return value

    def name_in_renamed_schema(self, name: Any, old: str, new: str) -> Any:
        """Return a name in which a schema has another name, where no part of it is the schema."""
        return name

    def refers(self, value: Any, find: Finder) -> set[Reference]:
        """Return what an object refers to beside its schema (see `references`).

        The order of creating, altering and dropping follows from it.
        """
        return set()

    def place(self, name: Any) -> set[Reference]:
        """Return what an object is in."""
        return of_name(name) if self.in_schema else set()

    def stands_on(self, name: Any, value: Any, find: Finder) -> set[Reference]:
        """Return all that an object refers to, what it is in as well."""
        return self.place(name) | self.refers(value, find)

    def wishes(self, value: Any) -> set[Reference]:
        """Return what an object may name, too: it comes before where nothing speaks against it."""
        return set()

    def checked(self, value: Any) -> set[Reference]:
        """Return those of the wishes without which PostgreSQL refuses to create an object.

        It does so where `check_function_bodies` is on.
        """
        return set()

    def takes(self, value: Any, count: int) -> bool:
        """Tell whether a call with so many arguments may be one of a routine."""
        return True

    def writes(self, name: Any) -> set[Reference] | None:
        """Return what changes with an object; None where it may be anything.

        An expression may name any type, and any sequence.
        """
        match self.space:
            case "types":
                return {("types", None)}
            case "relations":
                return {("relations", None), ("relation", name.schema, name.name)}
            case "functions":
                return {("function", name.name)}
        return None
