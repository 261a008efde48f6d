"""What operations drop, alter and create, as nodes of the graph. Pure."""

from __future__ import annotations

from functools import singledispatch
from typing import TYPE_CHECKING, Any, NamedTuple

from gen_migration.kinds import BY_WORD
from gen_migration.kinds.nodes import part
from gen_migration.kinds.references import named, of_name, of_type
from gen_migration.model.access import columns_in
from gen_migration.model.marks import marked
from gen_migration.operations import every as op
from gen_migration.postgres.names_in_texts import TYPES

if TYPE_CHECKING:
    from collections.abc import Callable

    from gen_migration.kinds.nodes import Node
    from gen_migration.kinds.references import Finder, Reference

    Refers = Callable[[Any, Finder], set[Reference]]


class Effect(NamedTuple):
    """What an operation does to a node: what that refers to before and after.

    It is None where the node is not there: a drop has no `new`, a creation no `old`.
    """

    node: Node
    old: set[Reference] | None
    new: set[Reference] | None

    @property
    def is_alteration(self) -> bool:
        return self.old is not None and self.new is not None


class Subject(NamedTuple):
    """The node of an operation, its value before and after, and what such a value refers to.

    Some nodes are known here alone: a property of something (a comment, a default, …), that the
    rows of a column are filled, that a table is `attached` as a partition.
    """

    node: Node
    old: Any
    new: Any
    refers: Refers

    def effect(self, find: Finder) -> Effect:
        """Return what the operation does to the node."""
        old, new = (
            None if value is None else self.refers(value, find)
            for value in (self.old, self.new)
        )
        return Effect(self.node, old, new)


@singledispatch
def subject(operation: Any) -> Subject:
    """Return what an operation is about: of those on a column, one of its properties."""
    table, name = operation.table, operation.name
    node = (operation.field, table, name)
    return sides(operation, node, lambda *_: {("column", table, name)})


def sides(operation: Any, node: Node, refers: Refers) -> Subject:
    """Return what an operation is about, with the values that it has."""
    old, new = (getattr(operation, side, None) for side in ("old", "new"))
    return Subject(node, old, new, refers)


@subject.register(op.CreateTable)
@subject.register(op.DropTable)
def _(operation: Any) -> Subject:
    name = operation.name

    def refers(value: Any, find: Finder) -> set[Reference]:
        inside = (find.part(name, one) for one in value.foreign_keys.values())
        return find.whole_table(name, value).union(*inside)

    return sides(operation, ("table", name), refers)


@subject.register(op.CreateObject)
@subject.register(op.DropObject)
@subject.register(op.AlterObject)
def _(operation: Any) -> Subject:
    kind, name = BY_WORD[operation.kind], operation.name
    return sides(
        operation,
        (kind.word, name),
        lambda value, find: kind.stands_on(name, value, find),
    )


@subject.register
def _(operation: op.ReorderAttributes) -> Subject:
    name = operation.name
    return sides(operation, ("composite type", name), lambda *_: of_name(name))


@subject.register(op.SetEnumValues)
@subject.register(op.AddEnumValue)
def _(operation: Any) -> Subject:
    name = operation.name
    return sides(operation, ("enum", name), lambda *_: of_name(name))


@subject.register
def _(operation: op.SetSequenceOwner) -> Subject:
    name = operation.name
    return sides(
        operation,
        ("owner", name),
        lambda owner, _: {("sequence", name), ("column", *owner)},
    )


@subject.register
def _(operation: op.SetComment) -> Subject:
    key = (operation.kind, operation.name, operation.part)
    of = key[:2] if operation.part is None else key
    # Whatever becomes of what it is on, but its creation and its drop.
    return Subject(("comment", *of), operation, operation, lambda *_: {of})


@subject.register(op.SetOwner)
@subject.register(op.SetGrants)
def _(operation: Any) -> Subject:
    of = (operation.kind, operation.name)

    def refers(value: tuple[Any], _: Finder) -> set[Reference]:
        columns = columns_in(*value) if operation.field == "grants" else ()
        return {of, *(("column", operation.name, one) for one in columns)}

    # What is not said is there by itself: this only ever alters.
    return Subject(("access", *of), (operation.old,), (operation.new,), refers)


@subject.register
def _(operation: op.SetTable) -> Subject:
    table = operation.table
    return sides(operation, (operation.field, table), lambda *_: {("table", table)})


@subject.register
def _(operation: op.SetMark) -> Subject:
    table = operation.table

    def refers(value: Any, _: Finder) -> set[Reference]:
        parts = {(word, table, marked(value)) for word in ("index", "constraint")}
        return {("table", table), *parts}

    return sides(operation, (operation.field, table), refers)


@subject.register
def _(operation: op.AttachPartition) -> Subject:
    table = operation.table
    return Subject(
        ("attached", table),
        None,
        operation.new,
        lambda value, find: find.table(table, value),
    )


@subject.register
def _(operation: op.SetOrigin) -> Subject:
    table = operation.table
    return sides(
        operation,
        ("origin", table),
        lambda value, find: find.table(table, value),
    )


@subject.register
def _(operation: op.DetachPartition) -> Subject:
    return subject(operation.inverse())._replace(old=operation.old, new=None)


@subject.register(op.CreatePart)
@subject.register(op.DropPart)
@subject.register(op.AlterConstraint)
@subject.register(op.ReplaceIndex)
def _(operation: Any) -> Subject:
    table, value = operation.table, getattr(operation, "new", None) or operation.old
    return sides(
        operation,
        part(table, operation.name, value),
        lambda value, find: {
            ("table", table),
            *(("table", one) for one in getattr(value, "only", None) or ()),
            *find.part(table, value),
        },
    )


@subject.register
def _(operation: op.SetIndex) -> Subject:
    place = operation.table, operation.name
    either = {("index", *place), ("constraint", *place)}
    return sides(operation, (operation.field, *place), lambda *_: either)


@subject.register
def _(operation: op.SetInherited) -> Subject:
    place = operation.table, operation.name
    origin = part(operation.above, operation.name, operation.of)
    return sides(operation, ("own", *place), lambda *_: {("inherited", *place), origin})


@subject.register(op.AddColumn)
@subject.register(op.DropColumn)
@subject.register(op.SetColumnGenerated)
def _(operation: Any) -> Subject:
    table = operation.table

    def refers(value: Any, find: Finder) -> set[Reference]:
        inside = find.column(table, value) | find.default(table, value)
        return {("table", table), *inside}

    return sides(operation, ("column", table, operation.name), refers)


@subject.register
def _(operation: op.SetColumnType) -> Subject:
    node = ("column", operation.table, operation.name)
    return sides(
        operation,
        node,
        lambda value, _: of_type(value.type) | named("collations", value.collation),
    )


@subject.register
def _(operation: op.SetColumnDefault) -> Subject:
    place = operation.table, operation.name
    return sides(
        operation,
        ("default", *place),
        lambda value, find: {
            ("column", *place),
            *find.default_text(operation.table, value, find.types.get(place, TYPES)),
        },
    )


@subject.register(op.Backfill)
@subject.register(op.CheckRows)
def _(operation: Any) -> Subject:
    table, name = operation.table, operation.name
    value = operation.new or operation.old
    # New rows get a value by themselves before old ones do; what it reads has to be there still.
    return Subject(
        ("rows", table, name),
        value,
        value,
        lambda value, find: {
            ("column", table, name),
            ("default", table, name),
            *find.expression(table, value),
        },
    )


@subject.register
def _(operation: op.SetColumnNullable) -> Subject:
    place = operation.table, operation.name
    # Once the rows are filled.
    both = {("column", *place), ("rows", *place)}
    return sides(operation, ("nullable", *place), lambda *_: both)
