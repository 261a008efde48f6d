"""Expressions with sub-selects in which a column or a relation has another name.

A name is looked for as PostgreSQL does: in the sub-select that it stands in, then in what is around
that, at last in the relation whose rows the whole expression is about, which a trigger calls `old`
and `new`. Source: the manual, chapter 7.2.1.2 (Table and Column Aliases); what a rename prints was
asked of 16 and 18.
"""

from __future__ import annotations

from abc import abstractmethod
from typing import TYPE_CHECKING, Any

from gen_migration.base.data_class import dataclass
from gen_migration.model.expression_edits import Edit, replace_text
from gen_migration.postgres.labels import label
from gen_migration.postgres.names import Name

STAR = "*"

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Sequence

    # What the relations of a scope are called there, and whether that is an alias. Of a sub-select
    # there are its columns in place of a name.
    Called = tuple[str, Name | frozenset[str], bool]
    Scope = Sequence[Called]


@dataclass(frozen=True, slots=True)
class ScopedEdit(Edit):
    """Changes names by what they mean in an expression about the rows of `holder`, if of any."""

    holder: Name | None

    def __call__(self, kind: str, node: Any) -> None:
        if not kind:  # the whole
            self.follow(node, () if self.holder is None else (rows_of(self.holder),))

    def follow(self, node: Any, scopes: tuple[Scope, ...]) -> None:
        """Change what is below a node; the innermost of the scopes comes first."""
        targets: list[tuple[Any, str]] = []
        match node.DESCRIPTOR.name:
            case "SelectStmt":
                scopes = (tuple(relations_of(node.from_clause, node)), *scopes)
                found = (one.res_target for one in node.target_list)
                targets = [(one, label(one.val)) for one in found]
            case "InsertStmt" | "UpdateStmt" | "DeleteStmt" as word:
                scopes = (tuple(of_command(node, word)), *scopes)
                self.written(node, name_of(node.relation), word)
            case "ColumnRef":
                self.column(node, scopes)
            case "RangeVar":
                self.relation(node)
        for field, value in node.ListFields():
            if field.message_type is not None:
                for one in value if field.is_repeated else (value,):
                    self.follow(one, scopes)
        for target, before in targets:
            if before != (after := label(target.val)):
                # What is selected keeps its name.
                target.name = "" if target.name == after else target.name or before

    @abstractmethod
    def column(self, node: Any, scopes: tuple[Scope, ...]) -> None:
        """Change a column reference in its place."""

    def relation(self, node: Any) -> None:
        """Change a relation of a FROM clause in its place."""

    def written(self, node: Any, table: Name, word: str) -> None:
        """Change the names of the columns that a command writes."""


def rows_of(holder: Name) -> Scope:
    """Return what the rows of a relation are called that an expression is about."""
    rows = [(one, holder, True) for one in ("old", "new")]
    return ((holder.name, holder, False), *rows)


def of_command(node: Any, word: str) -> Iterator[Called]:
    """Yield what a command calls its relations, as `relations_of` does."""
    target, alias = node.relation, node.relation.alias.aliasname
    yield alias or target.relname, name_of(target), bool(alias)
    more = {"UpdateStmt": "from_clause", "DeleteStmt": "using_clause"}.get(word)
    if more is not None:
        yield from relations_of(getattr(node, more), node)


def relations_of(clause: Any, of: Any) -> Iterator[Called]:
    """Yield what a FROM clause calls its relations, their names, and whether that is an alias."""
    common = {
        one.common_table_expr.ctename: one.common_table_expr.ctequery
        for one in of.with_clause.ctes
    }
    waiting = [*clause]
    while waiting:
        node = waiting.pop(0)
        if node.HasField("range_var"):
            found = node.range_var
            alias = found.alias.aliasname
            query = common.get(found.relname) if not found.schemaname else None
            if query is None:
                yield alias or found.relname, name_of(found), bool(alias)
            else:
                yield alias or found.relname, columns_of(query), True
        elif node.HasField("range_subselect"):
            query = node.range_subselect.subquery
            yield node.range_subselect.alias.aliasname, columns_of(query), True
        elif node.HasField("join_expr"):
            waiting[:0] = [node.join_expr.larg, node.join_expr.rarg]


def columns_of(query: Any) -> frozenset[str]:
    """Return what a sub-select calls its columns; a star among them may be any."""
    select = query.select_stmt
    while select.HasField("larg"):
        select = select.larg
    found = (one.res_target for one in select.target_list)
    return frozenset(one.name or starred(one.val) or label(one.val) for one in found)


def starred(value: Any) -> str:
    """Return a star, where that is what is selected."""
    fields = value.column_ref.fields
    return STAR if fields and fields[-1].HasField("a_star") else ""


def name_of(node: Any) -> Name:
    return Name(node.schemaname or None, node.relname)


def same(named: Name, relation: Name) -> bool:
    """Tell whether a name may mean a relation; without a schema, the search path decides."""
    return named.name == relation.name and (
        named.schema in {None, relation.schema} or relation.schema is None
    )


@dataclass(frozen=True, slots=True)
class ScopedColumnEdit(ScopedEdit):
    """The column `old` of each of some relations becomes `new`.

    `columns` are the columns of a relation; none where they are not known.
    """

    relations: frozenset[Name]
    columns: Callable[[Name], Collection[str]]

    def column(self, node: Any, scopes: tuple[Scope, ...]) -> None:
        names = [one.string.sval for one in node.fields]
        if names[-1] != self.old:
            return
        meant = self.meant(names, scopes)
        if meant is not None and any(same(meant, one) for one in self.relations):
            replace_text(node.fields[-1], self.old, self.new)

    def written(self, node: Any, table: Name, word: str) -> None:
        if word == "DeleteStmt" or not any(same(table, one) for one in self.relations):
            return
        for one in node.cols if word == "InsertStmt" else node.target_list:
            if one.res_target.name == self.old:
                one.res_target.name = self.new

    def meant(self, names: list[str], scopes: tuple[Scope, ...]) -> Name | None:
        """Return the relation whose column is named."""
        for scope in scopes:
            for called, relation, _ in scope:
                if names[:-1] == [called] or (
                    len(names) == 1 and self.has(relation, names[0])
                ):
                    return relation if isinstance(relation, Name) else None
        return None

    def has(self, relation: Name | frozenset[str], column: str) -> bool:
        """Tell whether a relation has a column of a name, or a sub-select may have it."""
        if isinstance(relation, Name):
            return column in self.columns(relation)
        return column in relation or STAR in relation


@dataclass(frozen=True, slots=True)
class ScopedTableEdit(ScopedEdit):
    """The relation `old` becomes `new`; where it has an alias, that stays."""

    def column(self, node: Any, scopes: tuple[Scope, ...]) -> None:
        names = [one.string.sval for one in node.fields]
        if len(names) != 2 or names[0] != self.old.name:
            return
        for scope in scopes:
            for called, relation, is_alias in scope:
                if called == names[0]:
                    if is_alias or not isinstance(relation, Name):
                        return
                    if same(relation, self.old):
                        replace_text(node.fields[0], self.old.name, self.new.name)
                    return

    def relation(self, node: Any) -> None:
        if same(name_of(node), self.old):
            node.relname = self.new.name
            if node.schemaname or self.old.schema != self.new.schema:
                node.schemaname = self.new.schema or ""
