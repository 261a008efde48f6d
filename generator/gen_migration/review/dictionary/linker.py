"""Links to the pages of objects, by their names. Pure."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any

from gen_migration.kinds import BY_WORD
from gen_migration.review.diagram.model import called
from gen_migration.review.dictionary.paths import path
from gen_migration.review.dictionary.values import Text

if TYPE_CHECKING:
    from gen_migration.kinds.nodes import Node
    from gen_migration.model.schema import ForeignKey, Schema
    from gen_migration.postgres.names import Name

RELATIONS = ("table", *(word for word, kind in BY_WORD.items() if kind.has_columns))


class Linker:
    """Knows the pages of a schema; names of the schema `home` stand alone.

    `paths` are those of all pages, in the order of an index, and `keys_to` the foreign keys that
    refer to a table: the child, the name, the key.
    """

    def __init__(self, schema: Schema, home: str | None) -> None:
        self.schema, self.home = schema, home
        words = ("table", *(word for word, kind in BY_WORD.items() if not kind.holders))
        self.paths: dict[Node, str] = {
            (word, name): path(word, name) for word in words for name in schema.of(word)
        }
        self.keys_to: dict[Name, list[tuple[Name, str, ForeignKey]]] = defaultdict(list)
        for child, table in schema.tables.items():
            for key, one in table.foreign_keys.items():
                self.keys_to[one.referred_table].append((child, key, one))

    def called(self, name: Any) -> str:
        """Return what an object is called."""
        return called(name, self.home) if hasattr(name, "schema") else str(name)

    def link(self, node: Node) -> Text:
        """Return a link to the page of an object; its name, where it has none."""
        return Text(text=self.called(node[1]), code=True, to=self.paths.get(node, ""))

    def page_of(self, name: Name) -> str:
        """Return the path of the page of a relation; empty for one of others."""
        found = (self.paths.get((word, name)) for word in RELATIONS)
        return next((one for one in found if one), "")
