"""The difference between two schemas, as operations in no particular order (`plan` orders).

Renames come first (`rename_detection`); after them, what has the same name is the same thing.
"""

from __future__ import annotations

from dataclasses import field
from typing import TYPE_CHECKING, Any, NamedTuple

from gen_migration.base.data_class import dataclass, replace
from gen_migration.diff import inheritance
from gen_migration.diff.access import access_changes, completed
from gen_migration.diff.anew import made_anew, refusals, replaced_tables
from gen_migration.diff.attribute_order import reorders
from gen_migration.diff.columns import Context, Refusal
from gen_migration.diff.columns_of_heirs import with_heirs
from gen_migration.diff.creation import creation
from gen_migration.diff.enums import enum_values
from gen_migration.diff.inherited import inherited_differences
from gen_migration.diff.meanwhile import (
    defaults_between,
    keys_between,
    sequences_anew,
)
from gen_migration.diff.moving import moved
from gen_migration.diff.objects import objects
from gen_migration.diff.only_indexes import only_indexes
from gen_migration.diff.outlived import outlived
from gen_migration.diff.partition_moves import moves_apart
from gen_migration.diff.rename_detection import moves
from gen_migration.diff.row_types import row_refusals
from gen_migration.diff.sequence_names import with_free_names
from gen_migration.diff.set_aside import Aside
from gen_migration.diff.tables import pairs, table
from gen_migration.kinds import KINDS
from gen_migration.model.partitions import standalone
from gen_migration.model.schema import ForeignKey, Schema, Table
from gen_migration.operations import base as basic
from gen_migration.operations.serial import kept_sequences

if TYPE_CHECKING:
    from collections.abc import Iterable

    from gen_migration.diff.columns import Question
    from gen_migration.diff.moving import Renames
    from gen_migration.kinds.nodes import Node
    from gen_migration.model.hints import Hints
    from gen_migration.operations.base import Operation
    from gen_migration.operations.origins import Origins
    from gen_migration.postgres.names import Name


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """Two schemas side by side.

    `first` runs before everything else (values added to enums), then `renames`, and what keeps
    sequences as they are, and lets tables go of parents and types, which lead to the schema `old`;
    `changes` are in no order, and lead to `new`, with what each table of `detached` renames right
    after it is that; `last` runs after everything else. The objects of `dropped` are in `old`
    alone, those of `created` in `new` alone. `questions` are what a spec has to answer.
    """

    first: tuple[Operation, ...] = ()
    renames: tuple[Operation, ...] = ()
    old: Schema
    new: Schema
    changes: tuple[Operation, ...] = ()
    detached: Renames = field(default_factory=dict)
    last: tuple[Operation, ...] = ()
    dropped: Schema = field(default_factory=Schema)
    created: Schema = field(default_factory=Schema)
    questions: tuple[Question | Refusal, ...] = ()


def difference(old: Schema, new: Schema, hints: Hints, origins: Origins) -> Difference:
    """Return what is different between two schemas."""
    old = completed(Schema(), old)
    found = moves(old, new, hints, origins)
    renames = [*found.operations, *kept_sequences(found.schema, new)]
    renamed = basic.apply(old, renames)
    new = completed(renamed, new)
    if renamed == new and not any(reorders(renamed, new, {}, {})):
        return Difference(renames=tuple(renames), old=new, new=new)
    first, swaps = enum_values(old, renamed, new, renames)
    renamed = basic.apply(basic.apply(old, first), renames)
    swapped = frozenset(swap.name for swap in swaps)
    wanted = new
    gone, origin = made_anew_with_heirs(
        renamed, new, replaced_tables(renamed, new, swapped)
    )
    renames += origin.leaves
    renamed, new = origin.old, origin.new
    goes_last, reordered = reorders(
        renamed, new, *map(inheritance.of_types, (origin.leaves, origin.joins))
    )
    questions: list[Question] = []
    context = Context(hints=hints, old=renamed, new=new, swapped=swapped, ask=questions)
    between = changes_between(
        context, gone, (*swaps, *goes_last), reordered, found.once_detached
    )
    return Difference(
        first=tuple(first),
        renames=tuple(renames),
        old=renamed,
        new=new,
        changes=between.changes,
        detached=between.detached,
        last=origin.joins,
        dropped=between.dropped,
        created=between.created,
        questions=(
            *questions,
            *refusals(renamed, wanted),
            *row_refusals(renamed, wanted, between.changes),
        ),
    )


class Between(NamedTuple):
    """What leads from a schema to one in which the same things have the same names."""

    changes: tuple[Operation, ...]
    detached: Renames
    dropped: Schema
    created: Schema


def changes_between(
    context: Context,
    gone: set[Name],
    early: Iterable[Operation],
    reordered: Iterable[Operation],
    once_detached: Renames,
) -> Between:
    """Return what is different once what is the same thing has the same name.

    The tables of `gone` are made anew. `early` are changes that go before all others, `reordered`
    those that give attributes of types another order.
    """
    old, new = context.old, context.new
    changed = toggled(old, new)
    staying = both_have(old, new, gone)
    inside, moving = inside_of_tables(context, staying)
    anew, ends = made_anew(old, new, gone, context.swapped, inside, moving)
    off = {
        *(one for one in anew if one[0] != "table"),
        *inheritance.returning(old, new, staying),
        *inheritance.returning(new, old, staying),
    }
    before, after = (with_tables_of_their_own(one, moving) for one in (old, new))
    aside = Aside(before, after, off, gone, moving, outlived(before, after))
    anew |= aside.objects
    changes: list[Operation] = [*early]
    changes += [
        *objects(old, new, gone | changed, anew, ends | aside.nodes),
        *reordered,
        *with_free_names(inside),
    ]
    changes = aside.instead((*changes, *only_indexes(old, new, staying - {*moving})))
    dropped, created = only(old, new, anew), only(new, old, anew)
    sequences = sequences_anew(changes, dropped, created)
    changes += defaults_between(old, new, gone, sequences)
    changes = with_heirs(old, new, changes, {*moving, *gone}, context)
    detached: Renames = {}
    if moving:
        steps = (
            *changes,
            *keys_between(old, new, gone, changed, changes),
            *creation(dropped, others(old, dropped)),
            *creation(created, others(new, created)),
        )
        more, detached = moved(old, new, moving, steps, once_detached, context)
        changes += aside.while_apart(more)
    changes += keys_between(old, new, gone, changed, changes)
    changes += inherited_differences(old, new, changes, {*moving, *gone})
    changes += [*access_changes(old, new, anew, changes)]
    return Between(tuple(changes), detached, dropped, created)


def inside_of_tables(
    context: Context, staying: set[Name]
) -> tuple[list[Operation], list[Name]]:
    """Return the changes inside of tables that stay, and those that move to another parent."""
    inside: list[Operation] = []
    moving: list[Name] = []
    for name in filter(staying.__contains__, context.old.tables):
        before, after = context.old.tables[name], context.new.tables[name]
        if moves_apart(context.old, context.new, name):
            moving.append(name)
        elif before != after:
            inside += table(name, before, after, context)
    return inside, moving


def made_anew_with_heirs(
    old: Schema, new: Schema, gone: set[Name]
) -> tuple[set[Name], inheritance.Moves]:
    """Return the tables that are made anew, with their heirs, and where the others get columns."""
    gone = inheritance.with_heirs(old, new, gone)
    origin = inheritance.moves(old, new, both_have(old, new, gone))
    if origin.anew:
        gone = inheritance.with_heirs(old, new, gone | origin.anew)
        origin = inheritance.moves(old, new, both_have(old, new, gone))
    return gone, origin


def with_tables_of_their_own(schema: Schema, moving: Iterable[Name]) -> Schema:
    """Return a schema in which what moves has itself what it has from others, but for their keys.

    Those on other tables are gone before it is detached, and come once it is attached.
    """
    tables = dict(schema.tables)
    for name in moving:
        own = schema.tables[name].constraints
        alone = standalone(schema, name)
        constraints = {
            key: one
            for key, one in alone.constraints.items()
            if key in own or not isinstance(one, ForeignKey)
        }
        tables[name] = replace(alone, constraints=constraints)
    return replace(schema, tables=tables)


def both_have(old: Schema, new: Schema, gone: set[Name]) -> set[Name]:
    """Return the tables that stay as they are, or are altered."""
    return (old.tables.keys() & new.tables.keys()) - gone


def only(one: Schema, other: Schema, anew: set[Node]) -> Schema:
    """Return the part of a schema that another one has not, or has of another making."""

    def rest(word: str) -> dict[Any, Any]:
        others = other.of(word)
        return {
            name: value
            for name, value in one.of(word).items()
            if name not in others or (word, name) in anew
        }

    objects = {
        kind.word: {
            name: value
            for name, value in rest(kind.word).items()
            if name not in kind.given
        }
        for kind in KINDS
    }
    return Schema(objects=objects, tables=rest("table"))


def others(schema: Schema, part: Schema) -> dict[Name, Table]:
    """Return the tables of a schema that are not in a part of it."""
    return {key: one for key, one in schema.tables.items() if key not in part.tables}


def toggled(old: Schema, new: Schema) -> set[Name]:
    """Return the tables that become unlogged, or logged."""
    return {
        name
        for name, one, other in pairs(old.tables, new.tables)
        if one.unlogged != other.unlogged
    }
