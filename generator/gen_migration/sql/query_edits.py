"""Queries as texts, after a rename. Pure.

PostgreSQL keeps the numbers of what a query names: a rename reaches a query by itself, and what
comes out is called as before.
"""

from __future__ import annotations

from dataclasses import field
from typing import TYPE_CHECKING, Any

from gen_migration.base.data_class import dataclass
from gen_migration.model.expression_edits import Edit, ValueEdit
from gen_migration.postgres import labels
from gen_migration.postgres.parser import walk
from gen_migration.postgres.printing import printed
from gen_migration.postgres.queries import canonical, parsed, select_of
from gen_migration.sql.scopes import Scopes
from gen_migration.sql.sorts import Sort

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable

    from gen_migration.postgres.names import Name
    from gen_migration.sql.outputs import Column, Item
    from gen_migration.sql.scopes import Relations
    from gen_migration.sql.visible_names import Level


def edited(sql: str, edit: Edit) -> str:
    """Return a canonical query after an edit of its nodes, canonical again.

    What is selected, and what a function in FROM gives, keeps its name.
    """
    if edit.word.isidentifier() and edit.word.lower() not in sql.lower():
        return sql
    tree = parsed(sql)
    nodes = walk(select_of(tree))
    targets = [(one, label(one)) for kind, one in nodes if kind == "res_target"]
    calls = [
        (one, label_of_call(one)) for kind, one in nodes if kind == "range_function"
    ]
    for kind, node in nodes:
        edit(kind, node)
    for target, before in reversed(targets):  # what is inside comes first
        after = label(target)
        if before != after:
            target.name = "" if target.name == after else target.name or before
    for call, before in calls:
        after = label_of_call(call)
        if before != after and not call.HasField("alias"):
            call.alias.aliasname = before
        elif before != after == call.alias.aliasname and not call.alias.colnames:
            call.ClearField("alias")
    return canonical(printed(tree))


def label(target: Any) -> str:
    """Return what PostgreSQL calls what is selected, where it has no alias."""
    return labels.label(target.val)


def label_of_call(call: Any) -> str:
    """Return what PostgreSQL calls the rows of a function in FROM, where they have no alias."""
    return labels.label(call.functions[0].list.items[0])


@dataclass(frozen=True, slots=True)
class SchemaOfRelations(Edit):
    """Relations of the schema `old` are in `new`."""

    def __call__(self, kind: str, node: Any) -> None:
        if kind in {"range_var", "relation"} and node.schemaname == self.old:
            node.schemaname = self.new
        if kind == "column_ref" and len(node.fields) == 3:
            first = node.fields[0]
            if first.string.sval == self.old:
                first.string.sval = self.new


class Following(Scopes):
    """Follows a rename; what comes out is called as it was."""

    def on_target(self, target: Any, walked: Callable[[], None]) -> None:
        before = labels.label(target.val)
        walked()
        if not target.name and labels.label(target.val) != before:
            target.name = before


def column_renamed(
    sql: str, relations: Relations, of: Collection[Name], old: str, new: str
) -> str:
    """Return a canonical query after a column of relations got another name.

    `relations` are those before; `of` all names that the relations of the column have there.
    """
    if old.isidentifier() and old.lower() not in sql.lower():
        return sql
    joined = Joined(relations, of, old)
    joined.query(select_of(parsed(sql)))
    tree = parsed(sql)
    walked = WithColumn(relations, of, old)
    walked.new, walked.joined = new, joined.found
    walked.query(select_of(tree))
    return canonical(printed(tree))


class OfColumn(Following):
    """Meets relations by their number in the walk; those of the column are in `mine`."""

    def __init__(self, relations: Relations, of: Collection[Name], old: str) -> None:
        super().__init__(relations)
        self.of, self.old = of, old
        self.mine: dict[Item, int] = {}
        self.count = 0

    def on_item(self, item: Item) -> None:
        self.count += 1
        if item.of in self.of:
            self.mine[item] = self.count


class Joined(OfColumn):
    """Finds the relations of which USING names the column, which keeps its name there."""

    def __init__(self, relations: Relations, of: Collection[Name], old: str) -> None:
        super().__init__(relations, of, old)
        self.found: set[int] = set()

    def on_using(self, name: str, origins: Iterable[tuple[Item, str]]) -> None:
        self.found |= {
            self.mine[item]
            for item, key in origins
            if item in self.mine and key == self.old
        }


class WithColumn(OfColumn):
    """Gives the column its new name, or an alias where USING names it."""

    new: str
    joined: set[int]

    def on_item(self, item: Item) -> None:
        super().on_item(item)
        if self.mine.get(item) not in self.joined or item.pinned:
            return
        names = [one.name for one in item.columns or ()]
        item.node.alias.aliasname = item.alias
        for name in names[: names.index(self.old) + 1]:
            item.node.alias.colnames.add().string.sval = name
        item.pinned = True

    def on_column(self, node: Any, column: Column, level: Level) -> None:
        item = column.item
        if column.name != self.old or item is None:
            return
        if any(
            one in self.mine and key == self.old and not one.pinned
            for one, key in column.origins
        ):
            node.fields[-1].string.sval = self.new


def relation_renamed(
    sql: str, relations: Relations, of: Collection[Name], new: Name
) -> str:
    """Return a canonical query after a relation, which has the names `of` there, got another."""
    words = {one.name for one in of}
    if all(one.isidentifier() and one.lower() not in sql.lower() for one in words):
        return sql
    aliases = Aliases(relations)
    aliases.query(select_of(parsed(sql)))
    tree = parsed(sql)
    walked = WithRelation(relations)
    walked.of, walked.new = of, new
    walked.is_taken = new.name in aliases.found
    walked.query(select_of(tree))
    return canonical(printed(tree))


class Aliases(Scopes):
    """Finds what all relations are called."""

    def __init__(self, relations: Relations) -> None:
        super().__init__(relations)
        self.found: set[str] = set()

    def on_item(self, item: Item) -> None:
        self.found.add(item.alias)


class WithRelation(Following):
    """Gives a relation its new name, also where a column is behind it."""

    of: Collection[Name]
    new: Name
    # Something else is called so.
    is_taken: bool

    def on_item(self, item: Item) -> None:
        if item.of not in self.of:
            return
        node, had_alias = item.node, item.node.HasField("alias")
        node.schemaname = self.new.schema or ""
        node.relname = self.new.name
        if not had_alias and self.is_taken and self.new.name != item.alias:
            node.alias.aliasname = item.alias
        item.pinned = had_alias or node.HasField("alias")

    def on_column(self, node: Any, column: Column, level: Level) -> None:
        if column.item is not None:
            self.qualifier([*node.fields][:-1], column.item)

    def on_row(self, node: Any, item: Item) -> None:
        fields = [one for one in node.fields if one.HasField("string")]
        self.qualifier(fields, item)

    def on_star(self, node: Any, columns: list[Column], level: Level) -> None:
        fields = [*node.res_target.val.column_ref.fields][:-1]
        if fields and columns and columns[0].item is not None:
            self.qualifier(fields, columns[0].item)

    def qualifier(self, fields: list[Any], item: Item) -> None:
        """Change what stands before a column."""
        if item.of not in self.of or item.pinned or not fields:
            return
        fields[-1].string.sval = self.new.name
        if fields[1:] and self.new.schema:
            fields[-2].string.sval = self.new.schema


def value_renamed(
    sql: str, relations: Relations, enum: Name, old: str, new: str
) -> str:
    """Return a canonical query after a value of an enum got another name."""
    if old.isidentifier() and old not in sql:
        return sql
    typed = Typed(relations, enum)
    tree = parsed(sql)
    typed.query(select_of(tree))
    edit = ValueOfColumns(old, new, enum, frozenset(), typed.mine - typed.others)
    for kind, node in walk(select_of(tree)):
        edit(kind, node)
    return canonical(printed(tree))


class Typed(Scopes):
    """Finds how columns of an enum are written, and how others are."""

    def __init__(self, relations: Relations, enum: Name) -> None:
        super().__init__(relations)
        self.enum = enum
        self.mine: set[tuple[str, ...]] = set()
        self.others: set[tuple[str, ...]] = set()

    def on_column(self, node: Any, column: Column, level: Level) -> None:
        of = column.type
        is_mine = isinstance(of, Sort) and (of.type.schema, of.type.name) == self.enum
        (self.mine if is_mine else self.others).add(spelled(node))


def spelled(node: Any) -> tuple[str, ...]:
    return tuple(one.string.sval for one in node.fields)


@dataclass(frozen=True, slots=True)
class ValueOfColumns(ValueEdit):
    """The value of an enum where it is compared with a column that is written so."""

    spelled: frozenset[tuple[str, ...]] | set[tuple[str, ...]] = field(
        default_factory=frozenset
    )

    def is_column(self, node: Any) -> bool:
        found = node.WhichOneof("node") == "column_ref"
        return found and spelled(node.column_ref) in self.spelled
