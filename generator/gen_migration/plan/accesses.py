"""What each operation reads, and what it changes: nodes of the graph, names, keys and rows. Pure.

What is not known here may touch anything.
"""

from __future__ import annotations

from dataclasses import field
from functools import singledispatch
from typing import TYPE_CHECKING, Any

from gen_migration.base.data_class import dataclass
from gen_migration.kinds import BY_WORD
from gen_migration.kinds.references import (
    COUNTING,
    EVERY,
    SPACES,
    Reference,
    of_columns,
)
from gen_migration.model.not_null_names import default_name
from gen_migration.model.schema import Exclude, Index, PrimaryKey, Unique
from gen_migration.operations import every as op
from gen_migration.operations.column_sequences import sequences
from gen_migration.plan.effects import subject
from gen_migration.plan.together import Together
from gen_migration.postgres import text_search
from gen_migration.postgres.names import Name, in_default_schema

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from gen_migration.model.schema import Constraint
    from gen_migration.postgres.types import Type

# A reference, or what several nodes have in common.
Thing = Reference
TYPES: Thing = ("types", None)  # an expression may name any
SEQUENCES: Thing = ("relations", None)


@dataclass(frozen=True, slots=True)
class Accesses:
    """What an operation reads, and what it changes."""

    reads: set[Thing] = field(default_factory=set)
    writes: set[Thing] = field(default_factory=set)


@singledispatch
def accesses(_: op.Operation) -> Accesses | None:
    """Return what an operation touches; None where it may be anything."""
    return None


@accesses.register
def _(operation: Together) -> Accesses | None:
    result = Accesses()
    for one in map(accesses, operation.operations):
        if one is None:
            return None
        result.reads.update(one.reads)
        result.writes.update(one.writes)
    return result


def known(
    operation: Any, writes: Iterable[Thing] = (), reads: Iterable[Thing] = ()
) -> Accesses:
    """Return what an operation touches: its node, what that refers to, its table, and this.

    With a column may go or come a sequence, which has a name as relations have.
    """
    node, old, new, refers = subject(operation)
    found = {*reads}
    for value in (old, new):
        if value is not None:
            found |= refers(value, EVERY)
    if getattr(operation, "table", None) is not None:
        found.add(("table", operation.table))
    named = (relation(one, one.name) for one in set().union(*sequences(operation)))
    return Accesses(reads=set(seen(found)), writes={node, *writes, *named})


def seen(references: Iterable[Reference]) -> Iterator[Thing]:
    """Yield what is read with references: of types, sequences and collations, each may be all."""
    for one in references:
        match one:
            case ("functions", name, _):
                yield "function", name.name
            case ("columns", name, names):
                yield "table", name
                yield from of_columns(name, names or ())
            # Whatever changes of those waits for all that is before it.
            case (
                "opclasses"
                | "opfamilies"
                | "operators"
                | "standard"
                | "casts"
                | "access method",
                *_,
            ):
                pass
            case ("brought", word, name):
                yield word, name
            case ("table", name):
                yield from (one, ("schema", name.schema))
            case ("holder", name):
                yield from (("table", name), relation(name, name.name))
                yield ("schema", name.schema)
            case ("field" | "grouped" as word, name, of):
                yield ("column", name, of) if word == "field" else ("primary key", name)
            case (space, name) if space in SPACES:
                yield space, name.name if space in text_search.SPACES else None
            case _:
                yield one


def relation(table: Name, name: str) -> Thing:
    return ("relation", table.schema, name)


def key(table: Name, names: Iterable[str]) -> Thing:
    """Return what foreign keys need of a table."""
    return ("key", table, frozenset(names))


def rows(found: Iterable[Thing]) -> set[Thing]:
    """Return the values in the columns of a set of things."""
    return {("rows", *thing[1:]) for thing in found if thing[0] == "column"}


def filled(found: Accesses) -> Accesses:
    """Return what is touched by what comes to columns once they are filled."""
    return Accesses(reads=found.reads | rows(found.reads), writes=found.writes)


@accesses.register(op.CreatePart)
@accesses.register(op.DropPart)
@accesses.register(op.AlterConstraint)
@accesses.register(op.ReplaceIndex)
def _(operation: Any) -> Accesses:
    table, name = operation.table, operation.name
    sides = (getattr(operation, side, None) for side in ("old", "new"))
    found = known(operation)
    for value in sides:
        if value is not None:
            found.writes.update(taken(table, name, value))
        if isinstance(value, PrimaryKey):
            found.reads.update(("nullable", table, one) for one in value.columns)
    # What rows are filled with, one that goes may forbid; but none is unique by being filled.
    is_unique = isinstance(operation, op.DropPart) and isinstance(
        operation.old, PrimaryKey | Unique | Index
    )
    return found if is_unique else filled(found)


def taken(table: Name, name: str, value: Constraint | Index) -> Iterator[Thing]:
    """Yield what a constraint or an index takes beside its node: names, and what is unique."""
    if isinstance(value, Index):
        plain = [one.column for one in value.elements if one.column is not None]
        is_whole = value.where is None and len(plain) == len(value.elements)
        if value.unique and is_whole:
            yield key(table, plain)
    if isinstance(value, PrimaryKey | Unique):
        yield key(table, value.columns)
    if isinstance(value, PrimaryKey):
        yield ("primary key", table)  # a table has one
    if isinstance(value, PrimaryKey | Unique | Exclude | Index):
        yield relation(table, name)


def row_types(*types: Type) -> Iterator[Thing]:
    """Yield the relations whose rows values of types may be."""
    for one in types:
        if one.kind == "other":
            name = in_default_schema(Name(one.schema, one.name))
            yield from (("row type", name), relation(name, name.name))


def not_null(table: Name, *names: str | None) -> set[Thing]:
    """Return what a NOT NULL touches by its name: it is a constraint as others are."""
    return {("constraint", table, name) for name in names if name is not None}


@accesses.register(op.AddColumn)
@accesses.register(op.DropColumn)
def _(operation: Any) -> Accesses:
    value = getattr(operation, "new", None) or operation.old
    writes = not_null(operation.table, value.not_null)
    return known(
        operation,
        writes | ({SEQUENCES} if value.has_sequence else set()),
        {TYPES, *row_types(value.type)},
    )


@accesses.register
def _(operation: op.SetColumn) -> Accesses:
    column = ("column", operation.table, operation.name)
    return known(operation, {column} | counted(operation))


@accesses.register
def _(operation: op.SetColumnType) -> Accesses:
    used = EVERY.expression(operation.table, operation.using)
    held = row_types(operation.old.type, operation.new.type)
    writes = {("row type", operation.table), *counted(operation)}
    return known(operation, writes, {TYPES, *used, *held})


@accesses.register
def _(operation: op.SetColumnDefault) -> Accesses:
    return known(operation, counted(operation), {TYPES})


@accesses.register
def _(operation: op.SetColumnIdentity) -> Accesses:
    place = operation.table, operation.name
    writes = {("default", *place), SEQUENCES}
    return known(operation, writes, {("nullable", *place)})


@accesses.register
def _(operation: op.SetColumnNullable) -> Accesses:
    place = operation.table, operation.name
    writes = not_null(operation.table, operation.not_null)
    return known(operation, writes, {("default", *place)})


@accesses.register
def _(operation: op.SetNotNullName) -> Accesses:
    table, name = operation.table, operation.name
    sides = (operation.old, operation.new)
    writes = not_null(table, *(one or default_name(table.name, name) for one in sides))
    return known(operation, {("nullable", table, name), *writes})


@accesses.register
def _(operation: op.SetNotNullState) -> Accesses:
    table = operation.table
    writes = not_null(table, operation.constraint)
    return known(operation, {("nullable", table, operation.name), *writes})


@accesses.register(op.SetColumnStorage)
@accesses.register(op.SetColumnCompression)
def _(operation: Any) -> Accesses:
    return known(operation, {("storage", operation.table, operation.name)})


@accesses.register
def _(operation: op.SetColumnAlone) -> Accesses:
    return known(operation)


def counted(operation: op.SetColumn) -> set[Thing]:
    """Return the sequences where a column takes its values from one, before or after."""
    old, new = operation.old, operation.new
    if isinstance(operation, op.SetColumnType):
        counts = old.type.is_serial or new.type.is_serial
    else:
        counts = any(word in f"{old} {new}".lower() for word in COUNTING)
    return {SEQUENCES} if counts else set()


@accesses.register(op.Backfill)
@accesses.register(op.CheckRows)
def _(operation: Any) -> Accesses:
    found = known(operation)
    return Accesses(reads=found.reads | rows(found.reads), writes=found.writes)


@accesses.register(op.CreateTable)
@accesses.register(op.DropTable)
def _(operation: Any) -> Accesses:
    name, value = operation.name, getattr(operation, "new", None) or operation.old
    result = known(operation, {relation(name, name.name), SEQUENCES}, {TYPES})
    result.reads.add(("schema", name.schema))
    result.writes.update(of_columns(name, value.columns))
    for part, one in value.constraints.items():
        result.writes.update({("constraint", name, part), *taken(name, part, one)})
    result.writes.update(("table", parent) for parent in value.parents)
    if value.inherits:
        # What a parent gets as a default, its children get.
        names = {*value.columns, *value.own}
        result.writes.update(("default", name, one) for one in names)
    return result


@accesses.register(op.CreateObject)
@accesses.register(op.DropObject)
@accesses.register(op.AlterObject)
@accesses.register(op.AddEnumValue)
@accesses.register(op.ReorderAttributes)
def _(operation: Any) -> Accesses | None:
    # Of the two that have none, a type is written.
    kind = BY_WORD[getattr(operation, "kind", "enum")]
    writes = kind.writes(operation.name)
    if writes is None:
        return None
    reads = {("schema", operation.name.schema)} if kind.in_schema else set()
    if kind.gives_columns and isinstance(operation, op.AlterObject):
        names = {*operation.old.attributes, *operation.new.attributes}
        writes = {*writes, *of_columns(operation.name, names)}
    for value in (getattr(operation, side, None) for side in ("old", "new")):
        if value is not None:
            reads |= {*seen(kind.wishes(value))}
    return known(operation, writes, reads)


@accesses.register
def _(operation: op.SetSequenceOwner) -> Accesses:
    owners = [one for one in (operation.old, operation.new) if one is not None]
    reads = {("schema", operation.name.schema), *(("table", one[0]) for one in owners)}
    return known(operation, {SEQUENCES}, reads)


@accesses.register
def _(operation: op.SetInherited) -> Accesses:
    table, above, name = operation.table, operation.above, operation.name
    sides = (operation.old, operation.new)
    names = [one.name for one in sides if one is not None and one.name is not None]
    return known(
        operation,
        {relation(table, one) for one in names},
        {("table", above), relation(above, name), ("constraint", above, name)},
    )


@accesses.register
def _(operation: op.SetTableStorage) -> Accesses:
    return known(operation)


@accesses.register
def _(operation: op.SetClustering) -> Accesses:
    return known(operation)


@accesses.register
def _(operation: op.SetReplicaIdentity) -> Accesses:
    # Its index has to be whole, and its columns NOT NULL: whatever else is done to the table.
    return known(operation, {("table", operation.table)})


@accesses.register(op.SetIndexStorage)
@accesses.register(op.SetIndexComment)
def _(operation: op.SetIndex) -> Accesses:
    return known(operation, {relation(operation.table, operation.name)})


@accesses.register
def _(operation: op.SetComment) -> Accesses | None:
    if operation.kind not in {"table", "column", "constraint", "index"}:
        return None
    name, part = operation.name, operation.part
    reads: set[Thing] = {("table", name)}
    if part is not None:
        reads |= {
            ("column", name, part),
            ("constraint", name, part),
            relation(name, part),
        }
    return known(operation, (), reads)
