"""What views and materialized views have in common: a query, and what follows from it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gen_migration.base.data_class import replace
from gen_migration.base.errors import quoted
from gen_migration.kinds import BY_WORD
from gen_migration.kinds.kind import Kind
from gen_migration.model import object_renaming, renaming, table_renaming
from gen_migration.model.access import with_column
from gen_migration.model.expression_edits import (
    RelationEdit,
    SchemaEdit,
    TextSearchEdit,
    TypeEdit,
)
from gen_migration.model.schema import Index
from gen_migration.postgres import text_search
from gen_migration.postgres.names import quote_name
from gen_migration.postgres.queries import canonical, deparsed
from gen_migration.postgres.query_layout import laid_out
from gen_migration.sql import ddl, query_columns
from gen_migration.sql.query_labels import selected, with_label

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

    from gen_migration.kinds.nodes import Node
    from gen_migration.kinds.references import Finder, Reference
    from gen_migration.kinds.relations import Columns, Known
    from gen_migration.kinds.unknown_columns import Names
    from gen_migration.model.schema import Schema
    from gen_migration.sql.unknown_columns import Unknown


class OfQuery(Kind):
    """Relations that a query makes; their values have a `query`, and `columns` for its names.

    `column_comments` are those of its columns, by name.
    """

    space = "relations"
    # Their rows are a type of the same name.
    also_in = "types"
    has_columns = True
    follows_renames = True

    # SQL out.

    def comment_statements(
        self, name: Any, old: Mapping[str, str], new: Mapping[str, str]
    ) -> Iterator[str]:
        """Yield what gives columns other comments."""
        for key, text in changed(old, new):
            yield ddl.comment(f"COLUMN {name.sql}.{quote_name(key)}", text)

    # SQL in.

    def query(self, node: Any) -> str:
        """Return a query of a tree."""
        return canonical(deparsed(node.select_stmt))

    def read_comment(self, value: Any, column: str, text: str | None) -> Any:
        comments = {k: v for k, v in value.column_comments.items() if k != column}
        if text is not None:
            comments[column] = text
        return replace(value, column_comments=comments)

    def unknown_columns(self, name: Any, value: Any, names: Names) -> Iterator[Unknown]:
        yield from names.of_query(value.query)

    # Values.

    def columns(self, value: Any, relations: Known) -> Columns | None:
        found = query_columns.columns(value.query, relations)
        if found is None:
            return None
        names = [*value.columns, *(name for name, _ in found[len(value.columns) :])]
        return [(name, of) for name, (_, of) in zip(names, found, strict=False)]

    def keeps_columns(self, old: Any, new: Any, before: Known, after: Known) -> bool:
        if (old.query, old.columns) == (new.query, new.columns):
            return True
        held, wanted = self.columns(old, before), self.columns(new, after)
        if held is None or wanted is None or len(wanted) < len(held):
            return False
        return all(
            one == other and one[1] is not None
            for one, other in zip(held, wanted, strict=False)
        )

    def settled(self, value: Any, relations: Known) -> Any:
        return replace(value, query=query_columns.written_out(value.query, relations))

    def unsettled(
        self, value: Any, relations: Known
    ) -> Iterator[tuple[tuple[str, ...], str, str]]:
        named = [*self.named_columns(value)]
        # Two columns of one name come of several tables, most of the time.
        if not named and "JOIN" not in value.query:
            return
        columns = self.columns(value, relations)
        if columns is None:
            return
        names = [name for name, _ in columns]
        for key, one in named:
            if one not in names:
                hint = f"its columns are {', '.join(names)}"
                yield (key, one), f"the {self.word} has no column {quoted(one)}", hint
        for name in dict.fromkeys(names):
            if names.count(name) > 1:
                message = f"two columns of the {self.word} are called {quoted(name)}"
                yield ("query",), message, "give one of them another name: AS"

    def named_columns(self, value: Any) -> Iterator[tuple[str, str]]:
        """Yield the keys of a spec that name columns, and those."""
        yield from (("column_comments", one) for one in value.column_comments)

    def relabelled(
        self, old: Any, new: Any, before: Known, after: Known
    ) -> Mapping[str, str]:
        sides = ((old, self.columns(old, before)), (new, self.columns(new, after)))
        held, wanted = (
            [*zip(columns or (), selected(one.query) or (), strict=False)]
            for one, columns in sides
        )
        both = [
            (one, other, text == found)
            for ((one, _), text), ((other, _), found) in zip(held, wanted, strict=False)
            if one != other
        ]
        is_sure = len(held) <= len(wanted) and all(same for _, _, same in both)
        return {new: old for old, new, _ in both} if is_sure else {}

    # Renames and order.

    def column_renamed(
        self, value: Any, relations: Known, name: Any, old: str, new: str
    ) -> Any:
        known = self.columns(value, relations)
        if known is None:
            return super().column_renamed(value, relations, name, old, new)
        names = [key for key, _ in known]
        if old not in names:
            raise KeyError(old)
        query: str | None = value.query
        if names.index(old) >= len(value.columns):
            query = with_label(value.query, names.index(old), new)
        if query is None:
            return super().column_renamed(value, relations, name, old, new)
        found = {
            word: {new if key == old else key: one for key, one in held.items()}
            for word in ("defaults", "column_comments")
            if (held := getattr(value, word, None))
        }
        columns = renaming.with_name(value.columns, old, new)
        grants = with_column(value.grants, old, new)
        return replace(value, query=query, columns=columns, grants=grants, **found)

    def renamed(self, schema: Schema, old: Any, new: Any) -> Schema:
        renamed = renaming.rekeyed(schema.of(self.word), old, new)
        schema = table_renaming.statistics_of(
            schema.with_(self.word, renamed), {old: new}
        )
        schema = table_renaming.held_by(schema, old, new)
        schema = table_renaming.with_rows(schema, {old: new})
        return renaming.in_texts(schema, old, new)

    def in_renamed_schema(self, value: Any, old: str, new: str) -> Any:
        from gen_migration.sql import query_edits as edits

        query = value.query
        for edit in (SchemaEdit(old, new), edits.SchemaOfRelations(old, new)):
            query = edits.edited(query, edit)
        return replace(value, query=query)

    def followed(self, value: Any, relations: Known, old: Node, new: Node) -> Any:
        query = after_rename(value.query, relations, old, new)
        return value if query == value.query else replace(value, query=query)

    def refers(self, value: Any, find: Finder) -> set[Reference]:
        return find.query(value.query)

    # Words.

    def changes(self, old: Any, new: Any) -> Iterator[tuple[str, Any, Any]]:
        for word, before, after in super().changes(old, new):
            if word in WORDS:
                for key, text in changed(before, after):
                    held = before.get(key)
                    yield f"{WORDS[word]} {key}", said(held), said(text)
                    if isinstance(text, Index) and comment_of(held) != text.comment:
                        yield f"comment of index {key}", comment_of(held), text.comment
            else:
                yield word, before or None, after or None

    def definition(self, value: Any) -> str:
        return f"AS {value.query}"

    def lines(self, value: Any) -> str:
        """Return the query as a revision and a spec have it."""
        return laid_out(value.query)


WORDS = {
    "defaults": "default",
    "column comments": "comment of column",
    "storage parameters": "storage parameter",
    "indexes": "index",
}


def said(value: Any) -> Any:
    """Return a value as a line says it."""
    if not isinstance(value, Index):
        return value
    return f"{'UNIQUE ' if value.unique else ''}{ddl.index_body(value)}"


def comment_of(value: Any) -> str | None:
    """Return the comment of an index; None where there is no index."""
    return getattr(value, "comment", None)


def changed(
    old: Mapping[str, Any], new: Mapping[str, Any]
) -> Iterator[tuple[str, Any]]:
    """Yield the keys whose value changes, with the new one; None where it goes."""
    for key in {**old, **new}:
        if old.get(key) != new.get(key):
            yield key, new.get(key)


def after_rename(sql: str, relations: Known, old: Node, new: Node) -> str:
    """Return a canonical query in which a node of the graph has another name."""
    from gen_migration.sql import query_edits as edits

    word, name, *part = old
    match word:
        case "column":
            of = called(sql, relations, relations.family(name), part[0])
            if not of:
                return sql
            return edits.column_renamed(sql, relations, of, part[0], new[2])
        case "value":
            return edits.value_renamed(sql, relations, name, part[0], new[2])
        case "sequence":
            return edits.edited(sql, RelationEdit(name, new[1]))
        case _ if word in text_search.SPACES:
            return edits.edited(sql, TextSearchEdit(name, new[1], word))
        case _ if word in BY_WORD and BY_WORD[word].space not in {"relations", "types"}:
            edit = object_renaming.edit_of(relations.schema, word, name, new[1])
            return sql if edit is None else edits.edited(sql, edit)
    of = called(sql, relations, {old}, name.name)
    if of:
        sql = edits.relation_renamed(sql, relations, of, new[1])
    else:
        sql = edits.edited(sql, TypeEdit(name, new[1]))
    if relations.node(name) != old:
        return sql
    return edits.edited(sql, RelationEdit(name, new[1]))


def is_absent(name: str, text: str) -> bool:
    """Tell whether a query, in lower case, surely holds no name; cheap."""
    return name.isidentifier() and name.lower() not in text


def called(sql: str, relations: Known, nodes: Collection[Node], word: str) -> set[Any]:
    """Return the names by which a query calls one of these relations; `word` it has to hold."""
    text = sql.lower()
    names = {one.name for _, one in nodes}
    if is_absent(word, text) or all(is_absent(one, text) for one in names):
        return set()
    from gen_migration.sql.query_names import relations_in

    found = relations_in(sql).relations
    return {one for one in found if relations.node(one) in nodes}
