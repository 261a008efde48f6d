"""What a query names: relations and columns, nothing being known of them. Pure."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

from gen_migration.base.data_class import dataclass
from gen_migration.postgres.queries import parsed, select_of
from gen_migration.sql.scopes import Scopes

if TYPE_CHECKING:
    from collections.abc import Iterable

    from gen_migration.postgres.names import Name
    from gen_migration.sql.outputs import Column, Item
    from gen_migration.sql.scopes import Relations
    from gen_migration.sql.visible_names import Level


@dataclass(frozen=True, slots=True)
class NamedInQuery:
    """The relations that a query names, and their columns: more rather than fewer."""

    relations: frozenset[Name]
    columns: frozenset[tuple[Name, str]]


@lru_cache(maxsize=10_000)
def relations_in(sql: str) -> NamedInQuery:
    """Return what a canonical query names of relations, nothing being known of them."""
    walked = Naming(lambda _: None)
    walked.query(select_of(parsed(sql)))
    return NamedInQuery(frozenset(walked.named), frozenset(walked.columns))


class Naming(Scopes):
    """Notes relations and columns."""

    def __init__(self, relations: Relations) -> None:
        super().__init__(relations)
        self.named: set[Name] = set()
        self.columns: set[tuple[Name, str]] = set()

    def on_item(self, item: Item) -> None:
        if item.of is not None:
            self.named.add(item.of)

    def on_column(self, node: Any, column: Column, level: Level) -> None:
        self.note(column.origins)

    def on_using(self, name: str, origins: Iterable[tuple[Item, str]]) -> None:
        self.note(origins)

    def note(self, origins: Iterable[tuple[Item, str]]) -> None:
        self.columns |= {(item.of, key) for item, key in origins if item.of is not None}
