"""Expressions in which something has another name.

An edit looks at each node of the parse tree, as PostgreSQL itself would follow a rename: it
keeps the numbers of columns, types and enum values in its trees, and prints their names anew.
"""

from __future__ import annotations

import contextlib
import re
from typing import Any

from gen_migration.base.data_class import dataclass
from gen_migration.postgres import text_search
from gen_migration.postgres.arrays import quoted_item
from gen_migration.postgres.commands import canonical as canonical_command
from gen_migration.postgres.commands import parse_command
from gen_migration.postgres.expressions import canonical, parse_target
from gen_migration.postgres.names import PUBLIC, Name, quote_text, relation_of
from gen_migration.postgres.names_in_texts import kept_relations
from gen_migration.postgres.parser import name_of, postgast, walk


@dataclass(frozen=True, slots=True)
class Edit:
    """Changes the nodes that it concerns: what is called `old` becomes `new`."""

    old: Any
    new: Any

    @property
    def word(self) -> str:
        """A word without which there is nothing to change."""
        word: str = self.old if isinstance(self.old, str) else self.old.name
        return word

    def __call__(self, kind: str, node: Any) -> None:
        """Change a node in its place."""
        raise NotImplementedError


def edited(sql: str, edit: Edit) -> str:
    """Return a canonical expression after an edit, canonical again."""
    if edit.word.isidentifier() and edit.word.lower() not in sql.lower():
        return sql
    tree, node = parse_target(sql)
    before = node.SerializeToString(deterministic=True)
    edit("", node)
    for kind, found in walk(node):
        edit(kind, found)
    if node.SerializeToString(deterministic=True) == before:
        return sql
    text: str = postgast().deparse(tree).removeprefix("SELECT ")
    return canonical(*parse_target(text), text)


def edited_command(sql: str, edit: Edit) -> str:
    """Return a canonical command of a rule after an edit, canonical again."""
    if edit.word.isidentifier() and edit.word.lower() not in sql.lower():
        return sql
    tree = parse_command(sql)
    node = tree.stmts[0].stmt
    edit("", node)
    for kind, found in walk(node):
        edit(kind, found)
    return canonical_command(postgast().deparse(tree))


@dataclass(frozen=True, slots=True)
class TableEdit(Edit):
    """`old.column` becomes `new.column`."""

    def __call__(self, kind: str, node: Any) -> None:
        if kind == "column_ref" and len(node.fields) == 2:
            replace_text(node.fields[0], self.old, self.new)


@dataclass(frozen=True, slots=True)
class ColumnEdit(Edit):
    """The column `old` becomes `new`, with or without its table."""

    table: str

    def __call__(self, kind: str, node: Any) -> None:
        if kind != "column_ref":
            return
        names = [field.string.sval for field in node.fields]
        if names[:-1] in ([], [self.table]):
            replace_text(node.fields[-1], self.old, self.new)


@dataclass(frozen=True, slots=True)
class RowEdit(Edit):
    """The column `old`, with or without its table, becomes that column of the row `new`."""

    table: str

    def __call__(self, kind: str, node: Any) -> None:
        if kind != "column_ref":
            return
        names = [field.string.sval for field in node.fields]
        if names in ([self.old], [self.table, self.old]):
            del node.fields[:]
            for part in (self.new, self.old):
                node.fields.add().string.sval = part


@dataclass(frozen=True, slots=True)
class TypeEdit(Edit):
    """A cast to the type `old` becomes one to `new`."""

    def __call__(self, kind: str, node: Any) -> None:
        if kind == "type_name" and name_of(node.names) == self.old:
            del node.names[:]
            for part in self.new:
                if part is not None:
                    node.names.add().string.sval = part


@dataclass(frozen=True, slots=True)
class CollationEdit(Edit):
    """The collation `old` becomes `new`."""

    def __call__(self, kind: str, node: Any) -> None:
        if kind == "collate_clause" and name_of(node.collname) == self.old:
            del node.collname[:]
            for part in self.new:
                if part is not None:
                    node.collname.add().string.sval = part


@dataclass(frozen=True, slots=True)
class RelationEdit(Edit):
    """`'old'::regclass` becomes `'new'::regclass`, and `nextval('old')` so, too.

    PostgreSQL keeps the number of the relation (manual, chapter 8.19, Object Identifier Types).
    """

    def __call__(self, kind: str, node: Any) -> None:
        for constant in kept_relations(kind, node):
            if same_relation(constant.sval.sval, self.old):
                constant.sval.sval = self.new.sql


@dataclass(frozen=True, slots=True)
class TextSearchEdit(Edit):
    """`to_tsvector('old', …)` becomes `to_tsvector('new', …)`, and so with all that names one."""

    space: str

    def __call__(self, kind: str, node: Any) -> None:
        for space, constant in text_search.constants([(kind, node)]):
            if space == self.space and same_relation(constant.sval.sval, self.old):
                constant.sval.sval = self.new.sql


@dataclass(frozen=True, slots=True)
class CallEdit(Edit):
    """`old(…)` becomes `new(…)`."""

    def __call__(self, kind: str, node: Any) -> None:
        if kind == "func_call" and name_of(node.funcname) == self.old:
            del node.funcname[:]
            for part in self.new:
                if part is not None:
                    node.funcname.add().string.sval = part


@dataclass(frozen=True, slots=True)
class OperatorEdit(Edit):
    """`OPERATOR(old)` becomes `OPERATOR(new)`.

    What is named without a schema is the operator where that `is_alone` with its name, and then
    needs none where `new` has none.
    """

    is_alone: bool

    def __call__(self, kind: str, node: Any) -> None:
        if kind != "a_expr" or name_of(node.name) != self.old:
            return
        if self.is_alone:
            del node.name[:]
            for part in self.new:
                if part is not None:
                    node.name.add().string.sval = part
        elif len(node.name) == 2:
            node.name[0].string.sval = self.new.schema or PUBLIC


@dataclass(frozen=True, slots=True)
class SchemaEdit(Edit):
    """What texts name, functions, types and collations of the schema `old` are in `new`."""

    def __call__(self, kind: str, node: Any) -> None:
        lists = {
            "func_call": "funcname",
            "type_name": "names",
            "collate_clause": "collname",
            "a_expr": "name",
        }
        names = getattr(node, lists[kind]) if kind in lists else []
        if len(names) == 2:
            replace_text(names[0], self.old, self.new)
        if kind == "range_var" and node.schemaname == self.old:
            node.schemaname = self.new
        searching = (one for _, one in text_search.constants([(kind, node)]))
        for constant in (*kept_relations(kind, node), *searching):
            with contextlib.suppress(ValueError):
                name = relation_of(constant.sval.sval)
                if name.schema == self.old:
                    constant.sval.sval = name._replace(schema=self.new).sql


@dataclass(frozen=True, slots=True)
class ValueEdit(Edit):
    """The value `old` of an enum becomes `new`.

    That is where it is cast to the enum, or compared with one of its columns.
    """

    enum: Name
    columns: frozenset[str]

    def __call__(self, kind: str, node: Any) -> None:
        if kind == "type_cast" and name_of(node.type_name.names) == self.enum:
            self.constants(node.arg)
        elif kind == "a_expr":
            self.operands(node.lexpr, node.rexpr)
        elif kind == "case_expr":
            for when in node.args:
                self.operands(node.arg, when.case_when.expr)

    def operands(self, left: Any, right: Any) -> None:
        if self.is_column(left):
            self.constants(right)
        elif self.is_column(right):
            self.constants(left)

    def is_column(self, node: Any) -> bool:
        if node.WhichOneof("node") != "column_ref":
            return False
        return node.column_ref.fields[-1].string.sval in self.columns

    def constants(self, node: Any) -> None:
        """Rename a constant, and those of a list or an array."""
        kind = node.WhichOneof("node")
        if kind == "a_const":
            if node.a_const.sval.sval == self.old:
                node.a_const.sval.sval = self.new
        elif kind == "list":
            for item in node.list.items:
                self.constants(item)
        elif kind == "a_array_expr":
            for item in node.a_array_expr.elements:
                self.constants(item)


@dataclass(frozen=True, slots=True)
class AttributeEdit(Edit):
    """`(column).old` becomes `(column).new`, of columns of the composite type."""

    columns: frozenset[str]

    def __call__(self, kind: str, node: Any) -> None:
        if kind != "a_indirection" or node.arg.WhichOneof("node") != "column_ref":
            return
        if node.arg.column_ref.fields[-1].string.sval in self.columns:
            replace_text(node.indirection[0], self.old, self.new)


def renamed_literal(default: str, old: str, new: str, *, array: bool) -> str:
    """Return a default of an enum's column, or of an array of them, with a value renamed."""
    node = parse_target(default)[1]
    if node.WhichOneof("node") != "a_const":
        return default
    text = node.a_const.sval.sval
    if not array:
        return quote_text(new) if text == old else default
    changed = ITEM.sub(
        lambda item: quoted_item(new) if item_text(item[0]) == old else item[0], text
    )
    return default if changed == text else quote_text(changed)


# An item of an array's text (manual, chapter 8.15.6).
ITEM = re.compile(r'"(?:[^"\\]|\\.)*"|[^{},"\s]+', re.DOTALL)


def item_text(item: str) -> str:
    if item.startswith('"'):
        return re.sub(r"\\(.)", r"\1", item[1:-1], flags=re.DOTALL)
    return item


def replace_text(node: Any, old: str, new: str) -> None:
    if node.HasField("string") and node.string.sval == old:
        node.string.sval = new


def same_relation(text: str, name: Name) -> bool:
    """Tell whether the text of a `regclass` names a relation."""
    with contextlib.suppress(ValueError):
        return relation_of(text) == name
    return False
