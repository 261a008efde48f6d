"""What must be there before models are created: what their tables are made of. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gen_migration.kinds import BY_WORD
from gen_migration.kinds.graph import Graph
from gen_migration.kinds.walk import reached
from gen_migration.model.schema import Schema

if TYPE_CHECKING:
    from gen_migration.kinds.nodes import Node

# What models create themselves.
CREATED = frozenset(("enum", "sequence"))


def underlying(schema: Schema) -> Schema:
    """Return what tables of a schema are made of: types, functions, extensions, schemas.

    What needs a table itself is left out, and so is what models create, unless others need it.
    """
    needs = Graph(schema).edges()
    direct = {
        one
        for node, found in needs.items()
        if node[0] not in BY_WORD
        for one in found
        if one[0] in BY_WORD and one[0] not in CREATED
    }
    direct |= {
        (word, name) for word in ("extension", "schema") for name in schema.of(word)
    }
    wanted: set[Node] = set()
    for node in direct:
        below = {node, *reached([node], needs)}
        if all(one[0] in BY_WORD for one in below):
            wanted |= below
    objects = {
        word: {name: one for name, one in held.items() if (word, name) in wanted}
        for word, held in schema.objects.items()
    }
    return Schema(objects=objects)
