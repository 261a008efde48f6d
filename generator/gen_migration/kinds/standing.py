"""What stands on what among objects, found once for schemas that name alike. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gen_migration.base.data_class import replace
from gen_migration.kinds.spaces import sequences_in
from gen_migration.kinds.walk import in_order
from gen_migration.model.given import Same

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

    from gen_migration.kinds.nodes import Node
    from gen_migration.model.schema import Schema, Table
    from gen_migration.postgres.names import Name


class Standing:
    """What stands on what, where each of some nodes needs others."""

    def __init__(self, needs: Mapping[Node, set[Node]]) -> None:
        self.needs = needs
        self.places = {node: place for place, node in enumerate(needs)}
        self.users: dict[Node, list[Node]] = {}
        for node, needed in needs.items():
            for one in needed:
                self.users.setdefault(one, []).append(node)

    def on(self, nodes: Iterable[Node], apart: Collection[str]) -> list[Node]:
        """Return what needs nodes, or needs what does; those that need others come first.

        Nodes whose word is one of `apart` are left out, and not what needs them.
        """
        seen: set[Node] = set()
        waiting = [*nodes]
        while waiting:
            new = [one for one in self.users.get(waiting.pop(), ()) if one not in seen]
            seen.update(new)
            waiting += new
        found = sorted(
            (one for one in seen if one[0] not in apart), key=self.places.__getitem__
        )
        inside = {
            node: [one for one in found if one in self.needs[node] - {node}]
            for node in found
        }
        return in_order(found, inside, {})[::-1]


class Names:
    """A schema by what its objects refer to: the names that it has, and not the types of columns.

    Each step of an edit asks the same of a schema of which it has changed a little.
    """

    __slots__ = ("schema",)

    def __init__(self, schema: Schema) -> None:
        self.schema = schema

    def __hash__(self) -> int:
        found = self.schema.objects
        return hash((len(self.schema.tables), *((k, len(v)) for k, v in found.items())))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Names) and name_alike(self.schema, other.schema)


def name_alike(one: Schema, other: Schema) -> bool:
    """Tell whether the names of two schemas lead to the same, in the same order."""
    if one is other:
        return True
    words = [*one.objects] == [*other.objects]
    if not words or not all(
        is_same(one.objects[word], other.objects[word]) for word in one.objects
    ):
        return False
    if one.tables is other.tables:
        return True
    return [*one.tables] == [*other.tables] and all(
        mine is theirs or are_alike(name, mine, theirs)
        for (name, mine), theirs in zip(
            one.tables.items(), other.tables.values(), strict=True
        )
    )


def is_same(one: Mapping[Any, Any], other: Mapping[Any, Any]) -> bool:
    """Tell whether two mappings hold the same in the same order."""
    return one is other or ([*one] == [*other] and one == other)


def are_alike(name: Name, one: Table, other: Table) -> bool:
    """Tell whether two tables of a name differ in what columns are, and in no name."""
    return (
        [*one.columns] == [*other.columns]
        and replace(one, columns=other.columns) == other
        and sequences_in(name, Same(one)) == sequences_in(name, Same(other))
    )
