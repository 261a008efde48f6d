"""The nodes of what is in a relation, by names that do not say what it is. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from gen_migration import kinds
from gen_migration.kinds.nodes import Nodes, part, parts
from gen_migration.kinds.references import EVERY
from gen_migration.postgres.names import member

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gen_migration.kinds.nodes import Node
    from gen_migration.postgres.names import Name


class NodesInside(Nodes):
    """The nodes of a schema, found by such names as well."""

    FOUND_BY: ClassVar[Mapping[str, str]] = {
        **Nodes.FOUND_BY,
        "inside": "inside_of",
        "indexes": "indexes",
    }

    def inside_of(self, relation: Name, name: str) -> set[Node]:
        """Return what is called so in a relation, or stands on it, or does so above it."""
        found = self.columns(relation, frozenset((name,)))
        for word, of in self.named("relations", relation):
            lineage = self.lineage(of) if word == "table" else [of]
            for place in lineage if word == "table" else ():
                held = dict(parts(self.schema.tables[place]))
                found |= {part(place, name, held[name])} if name in held else set()
            found |= {
                (kind.word, member(place, name))
                for kind in kinds.of(self.schema)
                if kind.holders
                for place in lineage
                if member(place, name) in self.schema.of(kind.word)
            }
        return found

    def indexes(self, name: Name) -> set[Node]:
        """Return the index that is called so, be it of a key, and the columns that it is of."""
        found: set[Node] = set()
        for table, value in self.schema.tables.items():
            one = dict(parts(value)).get(name.name)
            if one is not None and name.schema in {None, table.schema}:
                found.add(part(table, name.name, one))
                for reference in EVERY.part(table, one):
                    if reference[0] == "column":
                        found |= self.nodes(reference)
        return found | {
            (kind.word, key)
            for kind in kinds.of(self.schema)
            if kind.has_indexes
            for key, value in self.schema.of(kind.word).items()
            if name.name in value.indexes and name.schema in {None, key.schema}
        }
