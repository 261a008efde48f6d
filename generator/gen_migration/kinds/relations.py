"""Relations of a schema by the names that queries call them, with their columns. Pure."""

from __future__ import annotations

from collections import defaultdict
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, Any

from gen_migration import kinds
from gen_migration.kinds import BY_WORD, KINDS
from gen_migration.model.given import Same, columns_of, heirs
from gen_migration.postgres.names import PUBLIC, Name
from gen_migration.sql.sorts import Sort

if TYPE_CHECKING:
    from collections.abc import Collection, Hashable, Mapping

    from gen_migration.kinds.nodes import Node
    from gen_migration.model.schema import Schema
    from gen_migration.postgres.types import Type

Columns = list[tuple[str, "Hashable | None"]]
# Views over views over views, within one call: PostgreSQL has no limit, Python has.
MAX_DEPTH = 50
HAVING_COLUMNS = [kind.word for kind in KINDS if kind.has_columns]


class TooDeepError(Exception):
    """A relation whose columns have to be known before those of one that stands on it."""

    def __init__(self, node: Node) -> None:
        super().__init__(node)
        self.node = node


class Known:
    """The columns of relations: of a schema's tables and objects, and of tables of others.

    It is asked by a name as a query spells it, and says None for what it does not know.
    """

    def __init__(
        self,
        schema: Schema,
        external: Mapping[Name, Mapping[str, Type]] | None = None,
    ) -> None:
        self.schema = schema
        self.external = external or {}
        self.found: dict[Node, Columns | None] = {}
        self.families: dict[Name, frozenset[Node]] = {}
        self.depth = 0

    def __call__(self, name: Name) -> Columns | None:
        """Return the columns of a relation, with their types where those are known."""
        node = self.node(name)
        if node is None:
            given = self.external.get(name)
            if given is None:
                return None
            return [(key, Sort(of)) for key, of in given.items()]
        if node not in self.found:
            if self.depth:
                self.find(node)
            else:
                self.find_from_below(node)
        return self.found[node]

    def labels(self, name: Name) -> Collection[str]:
        """Return what the columns of a relation are called; none where that is not known."""
        return [key for key, _ in self(name) or ()]

    def find_from_below(self, node: Node) -> None:
        """Find the columns of a relation, and before them those of what it stands on far below."""
        waiting = [node]
        while waiting:
            try:
                self.find(waiting[-1])
            except TooDeepError as deep:
                if deep.node in waiting:  # it stands on itself
                    self.found[deep.node] = None
                waiting.append(deep.node)
            else:
                waiting.pop()

    def find(self, node: Node) -> None:
        """Find the columns of a relation. Raises TooDeepError."""
        if node in self.found:
            return
        if self.depth > MAX_DEPTH:
            raise TooDeepError(node)
        self.depth += 1
        self.found[node] = None  # a view over itself is none
        try:
            self.found[node] = self.columns(*node)
        except TooDeepError:
            del self.found[node]
            raise
        finally:
            self.depth -= 1

    def columns(self, word: str, name: Name) -> Columns | None:
        """Return the columns of a table or an object."""
        if word == "table":
            held = columns_of(self.schema, name).items()
            return [(key, Sort(one.type.plain, one.collation)) for key, one in held]
        return BY_WORD[word].columns(self.schema.of(word)[name], self)

    def family(self, name: Name) -> frozenset[Node]:
        """Return the nodes of a relation of this name, and of what has columns from there."""
        if name not in self.families:
            tables = (("table", one) for one in (name, *heirs(self.schema, name)))
            others = ((word, name) for word in HAVING_COLUMNS)
            self.families[name] = frozenset((*tables, *others))
        return self.families[name]

    def node(self, name: Name) -> Node | None:
        """Return what is called so: by its very name, or as the search path may lead to it."""
        for word in ("table", *HAVING_COLUMNS):
            if name in self.schema.of(word):
                return word, name
        held = self.by_name.get(name.name, [])
        found = [
            node
            for node in held
            if (node[1].schema or PUBLIC) == (name.schema or PUBLIC)
        ]
        found += [node for node in held if None in {node[1].schema, name.schema}]
        return found[0] if found else None

    @cached_property
    def by_name(self) -> dict[str, list[Node]]:
        """All relations that have columns, by their names without the schema."""
        found: dict[str, list[Node]] = defaultdict(list)
        for word in ("table", *HAVING_COLUMNS):
            for name in self.schema.of(word):
                found[name.name].append((word, name))
        return found


def known_of(schema: Schema) -> Known:
    """Return the columns of a schema's relations, each of which is found once."""
    return known(Same(schema))


@lru_cache(maxsize=8)
def known(schema: Same) -> Known:
    return Known(schema.value)


def is_replaced(old: Schema, new: Schema, kind: Any, name: Any) -> bool:
    """Tell whether PostgreSQL cannot alter an object of two schemas, where it changes."""
    before, after = (kind.bare(one.of(kind.word)[name]) for one in (old, new))
    if kind.is_replaced(before, after):
        return True
    kept: bool = kind.keeps_columns(before, after, known_of(old), known_of(new))
    return not kept


def followed(schema: Schema, before: Schema, old: Node, new: Node) -> Schema:
    """Return a schema whose objects follow a rename: the node `old` is called `new`.

    `before` is the schema in which it had its old name.
    """
    known: Known | None = None
    for kind in (one for one in kinds.of(schema) if one.follows_renames):
        known = known or Known(before)
        objects = {
            name: kind.followed(value, known, old, new)
            for name, value in schema.of(kind.word).items()
        }
        schema = schema.with_(kind.word, objects)
    return schema
