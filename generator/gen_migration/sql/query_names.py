"""What a query names: relations and columns, nothing being known of them. Pure."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

from gen_migration.base.data_class import dataclass
from gen_migration.postgres.queries import parsed, select_of
from gen_migration.sql.scopes import Scopes

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from gen_migration.postgres.names import Name
    from gen_migration.sql.outputs import Column, Item
    from gen_migration.sql.scopes import Ctes, Relations
    from gen_migration.sql.visible_names import Level


@dataclass(frozen=True, slots=True)
class NamedInQuery:
    """The relations that a query names, and their columns: more rather than fewer.

    `grouped` are the columns of a relation in one GROUP BY.
    """

    relations: frozenset[Name]
    columns: frozenset[tuple[Name, str]]
    grouped: frozenset[tuple[Name, frozenset[str]]]


@lru_cache(maxsize=10_000)
def relations_in(sql: str) -> NamedInQuery:
    """Return what a canonical query names of relations, nothing being known of them."""
    walked = Naming(lambda _: None)
    walked.query(select_of(parsed(sql)))
    return NamedInQuery(
        frozenset(walked.named), frozenset(walked.columns), frozenset(walked.grouped)
    )


class Naming(Scopes):
    """Notes relations and columns."""

    def __init__(self, relations: Relations) -> None:
        super().__init__(relations)
        self.named: set[Name] = set()
        self.columns: set[tuple[Name, str]] = set()
        self.grouped: set[tuple[Name, frozenset[str]]] = set()

    def groups(self, select: Any, level: Level, ctes: Ctes) -> None:
        before, self.columns = self.columns, set()
        super().groups(select, level, ctes)
        for node in select.group_clause:
            for target in meant(node, select.target_list):
                self.expressions(target.val, level, ctes)
        for of in {of for of, _ in self.columns}:
            keys = frozenset(key for each, key in self.columns if each == of)
            self.grouped.add((of, keys))
        self.columns |= before

    def on_item(self, item: Item) -> None:
        if item.of is not None:
            self.named.add(item.of)

    def on_column(self, node: Any, column: Column, level: Level) -> None:
        self.note(column.origins)

    def on_using(self, name: str, origins: Iterable[tuple[Item, str]]) -> None:
        self.note(origins)

    def note(self, origins: Iterable[tuple[Item, str]]) -> None:
        self.columns |= {(item.of, key) for item, key in origins if item.of is not None}


def meant(node: Any, targets: Any) -> Iterator[Any]:
    """Yield what a part of GROUP BY may mean of what is selected: by its number, or its name."""
    if node.HasField("a_const") and node.a_const.HasField("ival"):
        yield from (one.res_target for one in targets[node.a_const.ival.ival - 1 :][:1])
    elif node.HasField("column_ref") and len(node.column_ref.fields) == 1:
        name = node.column_ref.fields[0].string.sval
        yield from (one.res_target for one in targets if one.res_target.name == name)
