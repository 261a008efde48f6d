"""Expressions with sub-selects in which a column or a relation has another name.

A name is looked for as PostgreSQL does: in the sub-select that it stands in, then in what is around
that, at last in the relation whose rows the whole expression is about, which a trigger calls `old`
and `new`. Source: the manual, chapter 7.2.1.2 (Table and Column Aliases), and `get_rte_alias` in
ruleutils.c for what a rename prints.
"""

from __future__ import annotations

from abc import abstractmethod
from typing import TYPE_CHECKING, Any

from gen_migration.base.data_class import dataclass
from gen_migration.model.expression_edits import Edit, replace_text
from gen_migration.postgres.names import Name

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    # What the relations of a scope are called there.
    Scope = Sequence[tuple[str, Name]]


@dataclass(frozen=True, slots=True)
class ScopedEdit(Edit):
    """Changes names by what they mean in an expression about the rows of `holder`."""

    holder: Name

    def __call__(self, kind: str, node: Any) -> None:
        if not kind:  # the whole
            called = (self.holder.name, "old", "new")
            self.follow(node, (tuple((one, self.holder) for one in called),))

    def follow(self, node: Any, scopes: tuple[Scope, ...]) -> None:
        """Change what is below a node; the innermost of the scopes comes first."""
        match node.DESCRIPTOR.name:
            case "SelectStmt":
                scopes = (tuple(relations_of(node)), *scopes)
            case "ColumnRef":
                self.column(node, scopes)
            case "RangeVar":
                self.relation(node)
        for field, value in node.ListFields():
            if field.message_type is not None:
                for one in value if field.is_repeated else (value,):
                    self.follow(one, scopes)

    @abstractmethod
    def column(self, node: Any, scopes: tuple[Scope, ...]) -> None:
        """Change a column reference in its place."""

    def relation(self, node: Any) -> None:
        """Change a relation of a FROM clause in its place."""


def relations_of(select: Any) -> Iterator[tuple[str, Name]]:
    """Yield what a FROM clause calls its relations, and their names; not those of sub-selects."""
    common = {one.common_table_expr.ctename for one in select.with_clause.ctes}
    waiting = [*select.from_clause]
    while waiting:
        node = waiting.pop(0)
        if node.HasField("range_var"):
            found = node.range_var
            if found.relname not in common:
                yield found.alias.aliasname or found.relname, name_of(found)
        elif node.HasField("join_expr"):
            waiting[:0] = [node.join_expr.larg, node.join_expr.rarg]


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

    `columns` are the columns of all relations that are known.
    """

    relations: frozenset[Name]
    columns: Mapping[Name, frozenset[str]]

    def column(self, node: Any, scopes: tuple[Scope, ...]) -> None:
        names = [one.string.sval for one in node.fields]
        if names[-1] != self.old:
            return
        meant = self.meant(names, scopes)
        if meant is not None and any(same(meant, one) for one in self.relations):
            replace_text(node.fields[-1], self.old, self.new)

    def meant(self, names: list[str], scopes: tuple[Scope, ...]) -> Name | None:
        """Return the relation whose column is named."""
        for scope in scopes:
            for called, relation in scope:
                if names[:-1] == [called] or (
                    len(names) == 1 and self.has(relation, names[0])
                ):
                    return relation
        return None

    def has(self, relation: Name, column: str) -> bool:
        """Tell whether a relation has a column of a name."""
        known = (found for one, found in self.columns.items() if same(relation, one))
        return any(column in found for found in known)


@dataclass(frozen=True, slots=True)
class ScopedTableEdit(ScopedEdit):
    """The relation `old` becomes `new`.

    Inside of a sub-select it is called as before: PostgreSQL keeps that as an alias.
    """

    def column(self, node: Any, scopes: tuple[Scope, ...]) -> None:
        names = [one.string.sval for one in node.fields]
        if len(names) != 2 or self.holder != self.old:
            return
        *inner, _ = scopes
        shadowed = {called for scope in inner for called, _ in scope}
        if names[0] == self.old.name and names[0] not in shadowed:
            replace_text(node.fields[0], self.old.name, self.new.name)

    def relation(self, node: Any) -> None:
        if not same(name_of(node), self.old):
            return
        called = node.alias.aliasname or node.relname
        node.relname = self.new.name
        if node.schemaname:
            node.schemaname = self.new.schema or ""
        if called == self.new.name:
            node.ClearField("alias")
        else:
            node.alias.aliasname = called
