"""Kinds whose objects stand on a relation: their names are those of a table's own, or a view's.

In a schema they are objects as others are; a spec has them below their relation. They go with it:
PostgreSQL drops them with a table, and they follow its name and its schema.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

from gen_migration.kinds.kind import Kind
from gen_migration.model.renaming import rekeyed
from gen_migration.postgres.names import last_two, member

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gen_migration.kinds.references import Finder, Reference
    from gen_migration.model.schema import Schema
    from gen_migration.postgres.names import Member, Name

V = TypeVar("V")


class Members(Kind):
    """A kind of object that stands on a relation; nothing refers to one."""

    def sql(self, name: Member) -> str:
        return f"{self.called} {name.sql} ON {name.holder.sql}"

    def name_in(self, node: Any, objects: Mapping[Any, Any]) -> Member:
        from gen_migration.sql import tree

        *holder, name = tree.strings(node.list.items)
        return member(last_two(holder), name)

    def selected_by(self, row: Any) -> None:
        """Return None: what its table is chosen by decides."""

    def renamed(self, schema: Schema, old: Any, new: Any) -> Schema:
        return schema.with_(self.word, rekeyed(schema.of(self.word), old, new))

    def place(self, name: Member) -> set[Reference]:
        return {("holder", name.holder)}

    def stands_on(self, name: Member, value: Any, find: Finder) -> set[Reference]:
        return self.place(name) | self.names(name.holder, value, find)

    def names(self, holder: Name, value: Any, find: Finder) -> set[Reference]:
        """Return what an object on a relation names beside it."""
        raise NotImplementedError

    def writes(self, name: Member) -> set[Reference]:
        return {(self.word, name)}


def by_holder(objects: Mapping[Member, V]) -> dict[Name, dict[Member, V]]:
    """Return objects of one kind by the relations that they stand on, in their order."""
    found: dict[Name, dict[Member, V]] = {}
    for name, value in objects.items():
        found.setdefault(name.holder, {})[name] = value
    return found
