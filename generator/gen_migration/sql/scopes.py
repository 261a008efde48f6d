"""What the names in a query stand for: items of FROM, their columns, the columns that come out.

Source: the PostgreSQL manual, SELECT, and for the scope of names `parse_relation.c` and
`parse_clause.c`. In goes a query's tree, and the columns of relations by their names; what is not
known of a relation, a function or a `*` stays open. Pure.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from gen_migration.sql import outputs
from gen_migration.sql.outputs import Column, Item
from gen_migration.sql.tree import relation as name_of
from gen_migration.sql.visible_names import Level, beside, find, item_called, of_item

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Iterable

    from gen_migration.postgres.names import Name

    # Names and types of the columns of a relation; None where it is not known.
    Relations = Callable[[Name], "list[tuple[str, Hashable | None]] | None"]


Ctes = dict[str, "list[Column] | None"]


class Scopes:
    """A walk through a query; what it meets is told to the methods that a subclass has."""

    def __init__(self, relations: Relations) -> None:
        self.relations = relations
        # The types of all columns that were named so far.
        self.seen: list[Hashable | None] = []

    def on_item(self, item: Item) -> None:
        """Meet a relation in FROM."""

    def on_column(self, node: Any, column: Column, level: Level) -> None:
        """Meet the name of a column."""

    def on_row(self, node: Any, item: Item) -> None:
        """Meet the name of a whole row."""

    def on_unknown(self, node: Any) -> None:
        """Meet a name that stands for nothing."""

    def on_star(self, node: Any, columns: list[Column], level: Level) -> None:
        """Meet a `*` that stands for these columns."""

    def on_field(self, node: Any, names: tuple[str, ...]) -> None:
        """Meet a column of a whole row, `(t).a`, by the names that it has without brackets."""

    def on_natural(self, join: Any, names: list[str]) -> None:
        """Meet a NATURAL JOIN over columns of these names."""

    def on_using(self, name: str, origins: Iterable[tuple[Item, str]]) -> None:
        """Meet a column of USING, and what it is of the two sides."""

    def on_target(self, target: Any, walked: Callable[[], None]) -> None:
        """Meet what is selected, of which `walked` follows the names."""
        walked()

    # Queries.

    def query(
        self, select: Any, outer: Level | None = None, ctes: Ctes | None = None
    ) -> list[Column] | None:
        """Follow a query, and return its columns; None where they are not known."""
        ctes = dict(ctes or {})
        if select.HasField("with_clause"):
            self.with_clause(select.with_clause, outer, ctes)
        if select.HasField("larg"):
            left = self.query(select.larg, outer, ctes)
            right = self.query(select.rarg, outer, ctes)
            found = outputs.together(left, right)
            self.expressions(select.limit_count, Level(outer), ctes)
            self.expressions(select.limit_offset, Level(outer), ctes)
            return found
        level = Level(outer)
        for node in select.from_clause:
            columns, items = self.from_item(node, level, ctes)
            level.columns += columns
            level.items += items
        if select.values_lists:
            for row in select.values_lists:
                self.expressions(row, level, ctes)
            return outputs.of_values(select.values_lists)
        found = self.targets(select.target_list, level, ctes)
        for node in select.distinct_clause:
            self.clause(node, [], level, ctes)
        self.groups(select, level, ctes)
        for node in select.sort_clause:
            self.clause(node.sort_by.node, found or [], level, ctes)
        for node in (
            select.where_clause,
            select.having_clause,
            select.limit_count,
            select.limit_offset,
            *select.window_clause,
        ):
            self.expressions(node, level, ctes)
        return found

    def groups(self, select: Any, level: Level, ctes: Ctes) -> None:
        """Follow GROUP BY."""
        for node in select.group_clause:
            self.clause(node, [], level, ctes)

    def clause(self, node: Any, named: list[Column], level: Level, ctes: Ctes) -> None:
        """Follow a part of ORDER BY, which may name what comes out, or of GROUP BY."""
        for several, held in (("grouping_set", "content"), ("row_expr", "args")):
            if node.HasField(several) and not named:
                for one in getattr(getattr(node, several), held):
                    self.clause(one, named, level, ctes)
                return
        if node.HasField("column_ref") and len(node.column_ref.fields) == 1:
            name = node.column_ref.fields[0].string.sval
            if any(one.name == name for one in named):
                return
            if not named and not find(level, name)[0]:
                return  # GROUP BY may name what comes out as well
        self.expressions(node, level, ctes)

    def with_clause(self, node: Any, outer: Level | None, ctes: Ctes) -> None:
        """Follow the queries of WITH, and note their columns."""
        for one in node.ctes:
            cte = one.common_table_expr
            inner = cte.ctequery.select_stmt
            names = [name.string.sval for name in cte.aliascolnames]
            if node.recursive:
                ctes[cte.ctename] = None
                if inner.HasField("larg"):
                    first = Scopes(self.relations).query(inner.larg, outer, ctes)
                    ctes[cte.ctename] = outputs.renamed(first, names)
            found = self.query(inner, outer, ctes)
            if cte.HasField("search_clause") or cte.HasField("cycle_clause"):
                found = None  # these add columns
            ctes[cte.ctename] = outputs.renamed(found, names)

    # FROM.

    def from_item(
        self, node: Any, level: Level, ctes: Ctes
    ) -> tuple[list[Column], list[Item]]:
        """Return what a part of FROM brings: columns that are known, and items."""
        kind = node.WhichOneof("node")
        part = getattr(node, kind)
        match kind:
            case "range_var":
                return self.listed(self.of_relation(part, ctes), level)
            case "range_subselect":
                seen = beside(level) if part.lateral else level.outer
                found = self.query(part.subquery.select_stmt, seen, ctes)
                return self.listed(derived(part, found), level)
            case "join_expr":
                return self.join(part, level, ctes)
            case "range_table_sample":
                found_there = self.from_item(part.relation, level, ctes)
                for one in (*part.args, part.repeatable):
                    self.expressions(one, level, ctes)
                return found_there
        # A function, XMLTABLE, JSON_TABLE: they see what stands before them.
        self.expressions(node, beside(level), ctes)
        return self.listed(derived(part, None), level)

    def of_relation(self, node: Any, ctes: Ctes) -> Item:
        """Return a relation, or the query of WITH of its name."""
        alias, names = alias_of(node)
        if not node.schemaname and node.relname in ctes:
            found = outputs.renamed(ctes[node.relname], names)
            return with_columns(Item(alias or node.relname), found)
        name = name_of(node)
        known = self.relations(name)
        item = Item(alias or node.relname, name, node=node, pinned=bool(names))
        if known is not None:
            item.columns = [
                Column(called, of, ((item, key),), item)
                for called, (key, of) in zip(
                    (*names, *(key for key, _ in known[len(names) :])),
                    known,
                    strict=False,
                )
            ]
        self.on_item(item)
        return item

    @staticmethod
    def listed(item: Item, level: Level) -> tuple[list[Column], list[Item]]:
        if item.columns is None:
            level.unknown.append(item)
        return item.columns or [], [item]

    def join(
        self, node: Any, level: Level, ctes: Ctes
    ) -> tuple[list[Column], list[Item]]:
        """Return what a join brings: columns of USING first, and once."""
        left, items = self.from_item(node.larg, level, ctes)
        # What is LATERAL on the right sees the left.
        before = (level.columns, level.items)
        level.columns, level.items = [*before[0], *left], [*before[1], *items]
        right, more = self.from_item(node.rarg, level, ctes)
        level.columns, level.items = before
        is_open = any(one.columns is None for one in (*items, *more))
        names = [one.string.sval for one in node.using_clause]
        if node.is_natural and not is_open:
            others = {one.name for one in right}
            names = [one.name for one in left if one.name in others]
            self.on_natural(node, names)
        merged = [outputs.merged(name, left, right, (*items, *more)) for name in names]
        for one in merged:
            self.on_using(one.name, one.origins)
        rest = [one for one in (*left, *right) if one.name not in names]
        columns, both = [*merged, *rest], [*items, *more]
        inside = Level(level.outer, [*level.items, *both], [*level.columns, *columns])
        inside.unknown = level.unknown
        self.expressions(node.quals, inside, ctes)
        alias, called = alias_of(node)
        if not alias:
            return columns, both
        for each in both:
            if each in level.unknown:
                level.unknown.remove(each)
        return self.listed(
            with_columns(
                Item(alias), None if is_open else outputs.renamed(columns, called)
            ),
            level,
        )

    # What is selected, and expressions.

    def targets(self, nodes: Any, level: Level, ctes: Ctes) -> list[Column] | None:
        """Follow what is selected, and return the columns that come out."""
        found: list[Column] = []
        is_open = False
        for node in [*nodes]:
            target = node.res_target
            star = outputs.star_of(target)
            if star is None:
                start = len(self.seen)
                walked = partial(self.expressions, target.val, level, ctes)
                self.on_target(target, walked)
                found.append(outputs.column(target, self.seen[start:]))
                continue
            columns = self.of_star(star, level)
            if columns is None:
                is_open = True
            else:
                self.on_star(node, columns, level)
                found += [Column(one.name, one.type) for one in columns]
        return None if is_open else found

    def of_star(self, qualifier: tuple[str, ...], level: Level) -> list[Column] | None:
        """Return the columns that a `*` stands for; None where they are not known."""
        if not qualifier:
            is_open = any(one.columns is None for one in level.items)
            return None if is_open else level.columns
        item = item_called(level, qualifier)
        return None if item is None else item.columns

    def expressions(self, node: Any, level: Level, ctes: Ctes) -> None:
        """Follow the names in an expression, and the queries in it."""
        if node.DESCRIPTOR.name == "Node" and node.HasField("a_indirection"):
            self.field(node, level)
        for descriptor, value in node.ListFields():
            if descriptor.message_type is None:
                continue
            for one in value if descriptor.is_repeated else (value,):
                match one.DESCRIPTOR.name:
                    case "ColumnRef":
                        self.reference(one, level)
                    case "SelectStmt":
                        self.query(one, level, ctes)
                    case _:
                        self.expressions(one, level, ctes)

    def field(self, node: Any, level: Level) -> None:
        """Follow the first name behind brackets, where it is a column of a whole row.

        Source: `ParseComplexProjection` in parse_func.c.
        """
        row, first = node.a_indirection.arg, node.a_indirection.indirection[0]
        fields = row.column_ref.fields
        names = tuple(one.string.sval for one in fields if one.HasField("string"))
        if not names or not first.HasField("string"):
            return
        item = item_called(level, names)
        if len(names) == len(fields):  # without a star, it may be a column
            *qualifier, last = names
            if qualifier:
                is_row = item_called(level, tuple(qualifier)) is None
            else:
                is_row = find(level, last)[1] is item
            item = item if is_row else None
        name = first.string.sval
        if item is not None and name in [one.name for one in item.columns or ()]:
            self.on_field(node, (*names, name))

    def reference(self, node: Any, level: Level) -> None:
        """Follow the name of a column, or of a whole row."""
        names = tuple(one.string.sval for one in node.fields if one.HasField("string"))
        if len(names) < len(node.fields) or not names:
            item = item_called(level, names) if names else None
            if item is not None:
                self.row(node, item)
            return
        *qualifier, name = names
        if qualifier:
            item = item_called(level, tuple(qualifier))
            found = [] if item is None else of_item(item, name)
        else:
            found, item = find(level, name)
        if found:
            column = found[0]
            self.seen.append(column.type if len(found) == 1 else None)
            for one in found:
                self.on_column(node, one, level)
        elif item is not None and not qualifier:
            self.row(node, item)
        else:
            self.seen.append(None)
            self.on_unknown(node)

    def row(self, node: Any, item: Item) -> None:
        every = [one.type for one in item.columns or ()]
        self.seen += every if item.columns is not None else [None]
        self.on_row(node, item)


def alias_of(node: Any) -> tuple[str, list[str]]:
    """Return the alias of a part of FROM, and those of its columns."""
    if not node.HasField("alias"):
        return "", []
    names = [one.string.sval for one in node.alias.colnames]
    return node.alias.aliasname, names


def derived(node: Any, columns: list[Column] | None) -> Item:
    """Return a query or a function in FROM by its alias."""
    alias, names = alias_of(node)
    return with_columns(Item(alias), outputs.renamed(columns, names))


def with_columns(item: Item, columns: list[Column] | None) -> Item:
    """Return an item with columns that are its own, whatever they come from."""
    if columns is not None:
        item.columns = [
            Column(one.name, one.type, one.origins, item) for one in columns
        ]
    return item
