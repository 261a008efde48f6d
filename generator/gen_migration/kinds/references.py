"""References: what tables, columns, constraints and indexes name. Pure.

A reference is a node of the graph, `("key", table, columns)` (what a foreign key needs), or a name
that the search path may resolve in one of PostgreSQL's spaces of names: `("types", name)`, and so
`relations`, `collations`, `opclasses` and those of text search (`SPACES`). `("holder", name)` is
the relation that something stands on, `("field", name, column)` a column, should that be the name
of a table that has one of this name, `("grouped", name, columns)` its primary key, should that be
of these. `("functions", name, count)` is a call with so many arguments,
`("columns", name, names)` what a query may take of a relation: of all columns, with None.
`(space, None)` is any object of a space: an expression may use types that it does not name, since
a constant is of the type of what it is compared with. `("operators", name, operands)` is an
operator of so many operands, or of those types; `("standard", method)` the operator class that a
type has where none is named; `("casts", None)` the function of any cast. Which ones are meant
follows from the types that are at hand. `("transforms", language, type)` is the transform of a type
for a language, if there is one. `("inside", relation, name)` is what is called so in a relation, or
stands on it; `("indexes", name)` is an index, and the columns that it is of.
`("brought", word, name)` is an object of a kind, or what may have brought it. `graph` finds the
nodes.
"""

from __future__ import annotations

import re
from dataclasses import field
from functools import cache
from typing import TYPE_CHECKING, Any

from gen_migration.base.data_class import dataclass
from gen_migration.model.constraints import elements_of, expressions_of, plain_columns
from gen_migration.model.schema import Exclude, ForeignKey, Index, PrimaryKey, Unique
from gen_migration.postgres import text_search
from gen_migration.postgres.names import BTREE, PUBLIC, Name
from gen_migration.postgres.names_in_texts import SEQUENCES, TYPES
from gen_migration.postgres.operators import is_operator
from gen_migration.postgres.operators import named as named_operator

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping

    from gen_migration.model.schema import Column, Constraint, Element, Table
    from gen_migration.postgres.names_in import Named
    from gen_migration.postgres.types import Type

Reference = tuple[Any, ...]
# The spaces whose names lead to an object, and to nothing else.
SPACES = frozenset(
    ("types", "relations", "collations", "opclasses", "opfamilies", *text_search.SPACES)
)
WORD = re.compile(r"[\w$]+|\"")
# What takes the next value of a sequence may name none (`lastval()`), or name it by a column.
COUNTING = SEQUENCES | {"lastval"}
NAMING = COUNTING | {"regclass"}


def words_of(names: Iterable[str]) -> frozenset[str]:
    """Return the words that SQL holds where it may hold names; a quote for those that need one."""
    return frozenset(
        name.lower() if WORD.fullmatch(name) or is_operator(name) else '"'
        for name in names
    )


@cache
def hold_operators(words: frozenset[str]) -> bool:
    """Tell whether there are operators among words: those stand behind other syntax, too."""
    return any(map(is_operator, words))


@dataclass(frozen=True, slots=True)
class Finder:
    """Finds references; an expression that holds none of its `words` is not parsed.

    With None, all are. `types` are those of columns whose defaults are looked at by themselves.
    """

    words: frozenset[str] | None = None
    types: Mapping[tuple[Name, str], Collection[str]] = field(default_factory=dict)
    asked: dict[str, bool] = field(default_factory=dict, compare=False)

    def expression(self, table: Name | None, *texts: str | None) -> set[Reference]:
        """Return what expressions over the columns of a table (None: over none) name."""
        found: set[Reference] = set()
        for text in texts:
            if text is not None and self.may_name(text):
                found |= of_expression(table, text)
        return found

    def default(self, table: Name, column: Column) -> set[Reference]:
        """Return what the default of a column names."""
        return self.default_text(table, column.default, {column.type.name})

    def default_text(
        self, table: Name, text: str | None, types: Collection[str] = TYPES
    ) -> set[Reference]:
        """Return what a default names: a text alone is of its column's type, one of `types`."""
        casts = (f"({text})::{one}" for one in TYPES.intersection(types))
        return self.expression(table, text, *(casts if text is not None else ()))

    def query(self, text: str) -> set[Reference]:
        """Return what a canonical query names; all relations, and all columns that it may mean."""
        from gen_migration.postgres.names_in import names_in_query
        from gen_migration.sql.query_names import relations_in

        found = relations_in(text)
        return {
            # What is sorted, grouped or told apart has operators that nothing names.
            ("standard", BTREE),
            ("standard", "hash"),
            *(("relations", name) for name in found.relations),
            *(("field", name, key) for name, key in found.columns),
            *(("grouped", *one) for one in found.grouped),
            *of_names(names_in_query(text)),
        }

    def command(self, table: Name, text: str) -> set[Reference]:
        """Return what a command of a rule of a table names; its `old` and `new` are rows of it."""
        from gen_migration.postgres.commands import names_in_command

        if not self.may_name(text):
            return set()
        return of_rows(table, names_in_command(text))

    def may_name(self, text: str) -> bool:
        """Tell whether an expression may name something of what is looked for; cheap."""
        if self.words is None or hold_operators(self.words):
            return True
        if text not in self.asked:
            found = WORD.findall(text.lower())
            # The sequence of a column is called as nothing else is.
            is_named = not (self.words.isdisjoint(found) and NAMING.isdisjoint(found))
            self.asked[text] = is_named or "U&" in text
        return self.asked[text]

    def column(self, table: Name, value: Column) -> set[Reference]:
        """Return what a column refers to beside its table; its default is apart."""
        found = of_type(value.type) | named("collations", value.collation)
        if value.generated is not None:
            found |= self.expression(table, value.generated.expression)
        return found

    def part(self, table: Name, value: Constraint | Index) -> set[Reference]:
        """Return what a constraint or an index refers to beside its table."""
        found = of_columns(table, plain_columns(value))
        found |= self.expression(table, *expressions_of(value))
        for one in elements_of(value):
            found |= of_element(one)
        found |= {*operators_of(value)}
        if isinstance(value, ForeignKey):
            other, columns = value.referred_table, value.referred_columns
            found |= {("table", other), ("key", other, frozenset(columns))}
            found |= of_columns(other, columns)
        return found

    def table(self, name: Name, value: Table) -> set[Reference]:
        """Return what a table refers to beside what is in it."""
        found = of_name(name)
        found.update(("table", parent) for parent in value.parents)
        found |= named("types", value.of_type)
        if value.access_method is not None:
            found.add(("access method", value.access_method))
        if (split := value.partition_by) is not None:
            found.add(("standard", "hash" if split.strategy == "hash" else BTREE))
            for one in split.elements:
                found |= self.expression(name, one.expression) | of_element(one)
        return found

    def whole_table(self, name: Name, value: Table) -> set[Reference]:
        """Return what a table refers to with all that is in it, but for foreign keys.

        Those can be apart, and so come later.
        """
        found = self.table(name, value)
        for column in value.columns.values():
            if column.type.kind != "builtin" or column.collation or column.generated:
                found |= self.column(name, column)
            if column.default is not None:
                found |= self.default(name, column)
        for own in value.own.values():
            found |= self.default_text(name, own.get("default"))
        for constraint in value.constraints.values():
            if not isinstance(constraint, ForeignKey):
                found |= self.part(name, constraint)
        return found

    def tables_in(self, name: Name, value: Table) -> set[Reference]:
        """Return what of `whole_table` may be a table: a parent, a type of rows, what SQL names.

        It is all that there is to refer to where a schema has tables and nothing else.
        """
        found = {("table", parent) for parent in value.parents}
        found |= named("types", value.of_type)
        texts: list[str | None] = []
        for own in value.own.values():
            found |= self.default_text(name, own.get("default"))
        for column in value.columns.values():
            if column.type.kind != "builtin" or column.generated:
                found |= self.column(name, column)
            found |= self.default(name, column)
        for constraint in value.constraints.values():
            texts += expressions_of(constraint)
        for one in value.partition_by.elements if value.partition_by else ():
            texts.append(one.expression)
        return found | self.expression(name, *texts)


EVERY = Finder()


def of_expression(table: Name | None, text: str) -> set[Reference]:
    """Return what an expression names."""
    from gen_migration.postgres.names_in import names_in

    return of_rows(table, names_in(text))


def of_rows(table: Name | None, names: Named) -> set[Reference]:
    """Return what SQL over the rows of a table (None: of none) names."""
    found = of_names(names)
    if table is not None:
        found |= of_columns(table, names.columns)
    for one in names.tables:
        found |= {("relations", one), *(("field", one, key) for key in names.columns)}
    return found


def of_names(names: Named) -> set[Reference]:
    """Return what SQL names beside columns."""
    found: set[Reference] = {("types", None)}
    found.update(("functions", *one) for one in names.calls)
    found.update(("operators", *one) for one in names.operators)
    found.add(("casts", None))
    for space in ("types", "relations", "collations"):
        found.update((space, name) for name in getattr(names, space))
    found |= names.searching
    if any(one.name in COUNTING for one in names.functions):
        found.add(("relations", None))
    return found


def operators_of(value: Constraint | Index) -> Iterator[Reference]:
    """Yield what compares the rows of a constraint or an index."""
    match value:
        case Index(method=method):
            yield ("standard", method)
            yield ("access method", method)
        case PrimaryKey() | Unique():
            yield ("standard", "gist" if value.without_overlaps else BTREE)
        case ForeignKey():
            yield ("operators", Name(None, "="), 2)
        case Exclude():
            yield ("standard", value.method)
            yield ("access method", value.method)
            for one in value.elements:
                sign = one.operator.removeprefix("OPERATOR(").removesuffix(")")
                yield ("operators", named_operator(sign), 2)


def of_columns(table: Name, names: Iterable[str]) -> set[Reference]:
    return {("column", table, name) for name in names}


def of_name(name: Name) -> set[Reference]:
    """Return the schema in which something is; without one, it is where the search path begins."""
    return {("schema", name.schema or PUBLIC)}


def of_type(value: Type) -> set[Reference]:
    """Return the type that is no builtin one."""
    if value.kind == "builtin":
        return set()
    return {("types", Name(value.schema, value.name))}


def of_element(value: Element) -> set[Reference]:
    """Return the collation and the operator class of an element."""
    return named("collations", value.collation) | named("opclasses", value.opclass)


def named(space: str, name: Name | None) -> set[Reference]:
    """Return a name in a space, where there is one."""
    return set() if name is None else {(space, name)}
