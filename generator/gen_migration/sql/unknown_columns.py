"""Names in a query that stand for no column, as far as that is sure. Pure.

Nothing is said of a name that may be a column of what is not known (a relation of others, a
function), of a system column, nor of `t.f`, which may call a function. Source: the PostgreSQL
manual, SELECT, and 8.16.5 (Using Composite Types in Queries).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from gen_migration.base.errors import nearest, quoted
from gen_migration.postgres.expressions import parse_target
from gen_migration.postgres.queries import parsed, select_of
from gen_migration.sql.outputs import Column, Item
from gen_migration.sql.scopes import Scopes
from gen_migration.sql.visible_names import Level, find, item_called

if TYPE_CHECKING:
    from collections.abc import Callable

    from gen_migration.postgres.names import Name
    from gen_migration.sql.scopes import Relations

SYSTEM = frozenset(("tableoid", "xmin", "cmin", "xmax", "cmax", "ctid"))


class Unknown(NamedTuple):
    """A name that stands for nothing, what it is a column of, and one that is called alike."""

    name: str
    of: str | None
    alike: str

    @property
    def message(self) -> str:
        """What is wrong."""
        if self.of is None:
            return f"no column {quoted(self.name)} is to be seen from where it is named"
        return f"{quoted(self.of)} has no column {quoted(self.name)}"


class Check(Scopes):
    """A walk through a query that notes what its names do not find."""

    def __init__(
        self, relations: Relations, is_function: Callable[[str], bool]
    ) -> None:
        super().__init__(relations)
        self.is_function = is_function
        self.unknown: list[Unknown] = []

    def reference(self, node: Any, level: Level) -> None:
        names = [one.string.sval for one in node.fields if one.HasField("string")]
        if len(names) == len(node.fields) and names[-1] not in SYSTEM:
            *qualifier, name = names
            if qualifier:
                self.qualified(tuple(qualifier), name, level)
            else:
                self.bare(name, level)
        super().reference(node, level)

    def qualified(self, qualifier: tuple[str, ...], name: str, level: Level) -> None:
        item = item_called(level, qualifier)
        if item is None or item.columns is None or self.is_function(name):
            return
        known = [one.name for one in item.columns]
        if name not in known:
            found = Unknown(name, ".".join(qualifier), nearest(name, known))
            self.unknown.append(found)

    def bare(self, name: str, level: Level) -> None:
        found, item = find(level, name)
        if found or item is not None:
            return
        known, at = [], level
        while at is not None:
            known += [one.name for one in at.columns]
            at = at.outer  # type: ignore[assignment]
        self.unknown.append(Unknown(name, None, nearest(name, known)))


def of_query(
    text: str, relations: Relations, is_function: Callable[[str], bool]
) -> list[Unknown]:
    """Return what a canonical query names and nothing has."""
    check = Check(relations, is_function)
    check.query(select_of(parsed(text)))
    return check.unknown


def of_condition(
    text: str, table: Name, relations: Relations, is_function: Callable[[str], bool]
) -> list[Unknown]:
    """Return what an expression over the rows of a table names and nothing has."""
    item = Item(table.name, table)
    if (known := relations(table)) is not None:
        item.columns = [Column(name, of, ((item, name),), item) for name, of in known]
    level = Level(None, [item], [*(item.columns or ())])
    if item.columns is None:
        level.unknown.append(item)
    check = Check(relations, is_function)
    check.expressions(parse_target(text)[1], level, {})
    return check.unknown
