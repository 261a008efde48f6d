"""The difference between two schemas, as operations in no particular order (`plan` orders).

Renames come first (`rename_detection`); after them, what has the same name is the same thing.
"""

from __future__ import annotations

from dataclasses import field, replace
from typing import TYPE_CHECKING, Any

from gen_migration import kinds
from gen_migration.base.data_class import dataclass
from gen_migration.diff import inheritance
from gen_migration.diff.access import access_changes, completed
from gen_migration.diff.columns import Context, Refusal, comments, enum_of
from gen_migration.diff.creation import creation
from gen_migration.diff.enums import enum_values
from gen_migration.diff.free_names import relations, within
from gen_migration.diff.inherited import inherited_differences
from gen_migration.diff.moving import moved
from gen_migration.diff.only_indexes import only_indexes
from gen_migration.diff.partitions import (
    is_renamed_apart,
    with_followers,
    with_heirs,
)
from gen_migration.diff.rename_detection import moves, use
from gen_migration.diff.sequence_names import with_free_names
from gen_migration.diff.set_aside import Aside
from gen_migration.diff.tables import pairs, table
from gen_migration.kinds import BY_WORD, KINDS
from gen_migration.kinds.graph import Graph
from gen_migration.kinds.references import Finder, words_of
from gen_migration.kinds.relations import is_replaced
from gen_migration.model.given import typed_tables
from gen_migration.model.partitions import standalone
from gen_migration.model.schema import PrimaryKey, Schema, Table, Unique
from gen_migration.operations import base as basic
from gen_migration.operations.alterations import ReorderAttributes, altered
from gen_migration.operations.column_sequences import brought
from gen_migration.operations.column_sequences import sequences as of_columns
from gen_migration.operations.columns import DropColumn, SetColumnDefault
from gen_migration.operations.serial import kept_sequences

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from gen_migration.diff.columns import Question
    from gen_migration.kinds.graph import Node
    from gen_migration.kinds.kind import Kind
    from gen_migration.model.hints import Hints
    from gen_migration.model.schema import Column
    from gen_migration.operations.base import Operation
    from gen_migration.operations.origins import Origins
    from gen_migration.postgres.names import Name


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """Two schemas side by side.

    `first` runs before everything else (values added to enums), then `renames`, and what keeps
    sequences as they are, and lets tables go of parents and types, which lead to the schema `old`;
    `changes` are in no order, and lead to `new`; `last` runs after everything else. The objects
    of `dropped` are in `old` alone, those of `created` in `new` alone. `questions` are what a spec
    has to answer.
    """

    first: tuple[Operation, ...] = ()
    renames: tuple[Operation, ...] = ()
    old: Schema
    new: Schema
    changes: tuple[Operation, ...] = ()
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
    goes_last, reordered = reorders(renamed, new)
    if renamed == new and not reordered:
        return Difference(renames=tuple(renames), old=new, new=new)
    first, swaps = enum_values(old, renamed, new, renames)
    renamed = basic.apply(basic.apply(old, first), renames)
    swapped = frozenset(swap.name for swap in swaps)
    wanted = new
    gone = replaced_tables(renamed, new, swapped)
    gone = inheritance.with_heirs(renamed, new, gone)
    origin = inheritance.moves(renamed, new, both_have(renamed, new, gone))
    if origin.anew:
        gone = inheritance.with_heirs(renamed, new, gone | origin.anew)
        origin = inheritance.moves(renamed, new, both_have(renamed, new, gone))
    renames += origin.leaves
    renamed, new = origin.old, origin.new
    questions: list[Question] = []
    context = Context(hints=hints, old=renamed, new=new, swapped=swapped, ask=questions)
    changed = toggled(renamed, new)
    staying = both_have(renamed, new, gone)
    moving: list[Name] = []
    inside: list[Operation] = []
    for name in filter(staying.__contains__, renamed.tables):
        before, after = renamed.tables[name], new.tables[name]
        if moves_apart(renamed, new, name):
            moving.append(name)
        elif before != after:
            inside += table(name, before, after, context)
    anew = made_anew(renamed, new, gone, swapped, inside)
    aside = Aside(renamed, new, {one for one in anew if one[0] != "table"}, gone)
    anew |= aside.objects
    changes: list[Operation] = [*swaps, *goes_last]
    changes += [
        *objects(renamed, new, gone | changed, anew),
        *reordered,
        *with_free_names(inside),
    ]
    changes = aside.instead(
        (*changes, *only_indexes(renamed, new, staying - {*moving}))
    )
    dropped, created = only(renamed, new, anew), only(new, renamed, anew)
    sequences = sequences_anew(changes, dropped, created)
    changes += defaults_between(renamed, new, gone, sequences)
    changes = with_heirs(renamed, new, changes, {*moving, *gone}, context)
    if moving:
        steps = (
            *changes,
            *keys_between(renamed, new, gone, changed, dropped_keys(changes)),
            *creation(dropped, others(renamed, dropped)),
            *creation(created, others(new, created)),
        )
        changes += moved(renamed, new, moving, steps, context)
    changes += keys_between(renamed, new, gone, changed, dropped_keys(changes))
    changes += inherited_differences(renamed, new, changes, {*moving, *gone})
    changes += [*access_changes(renamed, new, anew, changes)]
    let_go = apart(renamed, moving, gone)
    changes = [with_followers(let_go, new, one) for one in changes]
    return Difference(
        first=tuple(first),
        renames=tuple(renames),
        old=renamed,
        new=new,
        changes=tuple(changes),
        last=origin.joins,
        dropped=dropped,
        created=created,
        questions=(*questions, *refusals(renamed, wanted)),
    )


def apart(schema: Schema, moving: Iterable[Name], gone: set[Name]) -> Schema:
    """Return a schema in which what moves, or is made anew, follows nobody meanwhile."""
    alone = {name: standalone(schema, name) for name in moving}
    tables = {key: one for key, one in schema.tables.items() if key not in gone}
    return replace(schema, tables={**tables, **alone})


def both_have(old: Schema, new: Schema, gone: set[Name]) -> set[Name]:
    """Return the tables that stay as they are, or are altered."""
    return (old.tables.keys() & new.tables.keys()) - gone


def moves_apart(old: Schema, new: Schema, name: Name) -> bool:
    """Tell whether a table leaves its parent, be it for a moment, or gets one.

    What is as it was may have to make way: its parent's NOT NULL gets another name.
    """
    before, after = old.tables[name], new.tables[name]
    return before.parent != after.parent or is_renamed_apart(old, new, name)


def made_anew(
    old: Schema,
    new: Schema,
    tables: set[Name],
    swapped: frozenset[Name],
    changes: Iterable[Operation],
) -> set[Node]:
    """Return what is dropped and created anew: tables, and the objects that stand on them.

    So are objects that PostgreSQL cannot alter, what stands on columns that go and come by
    `changes` of tables, and members that change together with a type that they stand on: neither
    the old nor the new one fits both types.
    """
    changed = {
        (kind.word, name): kind
        for kind in KINDS
        for name, one, other in pairs(old.of(kind.word), new.of(kind.word))
        if kind.bare(one) != kind.bare(other)
    }
    found: set[Node] = {("table", name) for name in tables}
    refused = {(one.kind, one.name) for one in refusals(old, new)}
    found |= {
        node
        for node, kind in changed.items()
        if is_replaced(old, new, kind, node[1]) and node not in refused
    }
    found |= {
        one
        for word, name in found
        if word in BY_WORD
        for one in BY_WORD[word].taken_along(name)
    }
    found |= selecting(old, new, changed)
    columns = {
        ("column", one.table, one.name)
        for one in changes
        if isinstance(one, DropColumn) and one.name in new.tables[one.table].columns
    }
    ends = found | columns | usurped(old, new)
    sides = [{*Graph(one).standing_on(ends)} for one in (old, new)]
    members = {node for node, kind in changed.items() if kind.holders}
    if members:
        retyped = retyped_columns(old, new, swapped)
        sides.append(members & {*Graph(old).standing_on(retyped)})
    return found.union(*sides)


def selecting(old: Schema, new: Schema, changed: Mapping[Node, Kind]) -> set[Node]:
    """Return the views over types of which a part goes or gets another type in its place."""
    types = {
        node
        for node, kind in changed.items()
        if kind.holds_on(*(side.of(node[0])[node[1]] for side in (old, new)))
    }
    found = {node for one in (old, new) for node in Graph(one).standing_on(types)}
    return {node for node in found if BY_WORD[node[0]].has_columns}


def usurped(old: Schema, new: Schema) -> set[Node]:
    """Return what goes while something else gets its name among relations, or one within it.

    What names it means the other one then. So it does not hold on to it until that is there.
    """
    words = ["table", *(kind.word for kind in KINDS if kind.space == "relations")]
    gone = [
        (word, name)
        for word in words
        for name in old.of(word).keys() - new.of(word).keys()
    ]
    taken = relations(new) if gone else set()
    return {
        (word, name)
        for word, name in gone
        if not taken.isdisjoint((name, *within(word, name, old.of(word)[name])))
    }


def retyped_columns(old: Schema, new: Schema, swapped: frozenset[Name]) -> set[Node]:
    """Return the columns that get another type."""
    return {
        ("column", name, key)
        for name, one, other in pairs(old.tables, new.tables)
        for key, before, after in pairs(one.columns, other.columns)
        if is_retyped(before, after, swapped)
    }


def reorders(
    old: Schema, new: Schema
) -> tuple[list[ReorderAttributes], list[ReorderAttributes]]:
    """Return what brings attributes of composite types into their order, where no column has them.

    The first ones let those that go stand last, so that they come back to their places; the others
    follow what is altered. Where a column has one, the order is as that of columns: that in which
    they came.
    """
    word = "composite type"
    first: list[ReorderAttributes] = []
    then: list[ReorderAttributes] = []
    for name, value in new.of(word).items():
        before = old.of(word).get(name)
        if before is None or [*before.attributes] == [*value.attributes]:
            continue
        kept = [key for key in before.attributes if key in value.attributes]
        steps = (
            (first, before, tuple(before.attributes), (*kept, *before.attributes)),
            (then, value, (*kept, *value.attributes), tuple(value.attributes)),
        )
        if any(
            use(one, name).in_column or typed_tables(one, name) for one in (old, new)
        ):
            continue
        standing = Graph(new).standing_on({(word, name)})
        if any(BY_WORD[node[0]].space != "functions" for node in standing):
            continue
        for found, held, *sides in steps:
            start, end = (tuple(dict.fromkeys(side)) for side in sides)
            if start != end:
                found.append(
                    ReorderAttributes(
                        name=name, old=start, new=end, attributes=held.attributes
                    )
                )
    return first, then


def refusals(old: Schema, new: Schema) -> Iterator[Refusal]:
    """Yield the changes of objects that cannot be."""
    for kind in KINDS:
        for name, one, other in pairs(old.of(kind.word), new.of(kind.word)):
            before, after = kind.bare(one), kind.bare(other)
            if before != after and kind.has_refusals:
                instead = kind.refusal(before, after, use(old, name))
                if instead is not None:
                    yield Refusal(kind=kind.word, name=name, instead=instead)


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


def replaced_tables(old: Schema, new: Schema, swapped: frozenset[Name]) -> set[Name]:
    """Return the tables that PostgreSQL can only drop and create anew.

    Those are tables whose partition key, or the type of a column in it, changes (an enum that is
    swapped is another type), and their partitions (manual, ALTER TABLE: "cannot alter type of a
    column used in a partition key").
    """
    found: set[Name] = set()
    for name, one in old.tables.items():
        other = new.tables.get(name)
        if other is None or one.partition_by is None is other.partition_by:
            continue
        if one.partition_by != other.partition_by or key_retyped(
            old, new, name, one, swapped
        ):
            found.add(name)
    waiting = list(found)
    while waiting:
        parent = waiting.pop()
        for name, one in old.tables.items():
            after = new.tables.get(name)
            if name in found or after is None or after.partition_of is None:
                continue
            if one.parent == parent:
                found.add(name)
                waiting.append(name)
    return found


def key_retyped(
    old: Schema, new: Schema, name: Name, one: Table, swapped: frozenset[Name]
) -> bool:
    if one.partition_by is None:
        return False
    before, after = standalone(old, name).columns, standalone(new, name).columns
    changed = {
        key
        for key, column in before.items()
        if key in after and is_retyped(column, after[key], swapped)
    }
    from gen_migration.postgres.names_in import names_in

    return any(
        element.column in changed
        or (
            element.expression is not None
            and names_in(element.expression).concerns(changed, ())
        )
        for element in one.partition_by.elements
    )


def is_retyped(old: Column, new: Column, swapped: frozenset[Name]) -> bool:
    """Tell whether a column gets another type, or other values; a swapped enum is another type."""
    return enum_of(old) in swapped or (old.type, old.collation, old.generated) != (
        new.type,
        new.collation,
        new.generated,
    )


def toggled(old: Schema, new: Schema) -> set[Name]:
    """Return the tables that become unlogged, or logged."""
    return {
        name
        for name, one, other in pairs(old.tables, new.tables)
        if one.unlogged != other.unlogged
    }


def dropped_keys(
    changes: Iterable[Operation],
) -> set[tuple[Name, frozenset[str]]]:
    """Return table and columns of the keys that go, or make room for other ones."""
    found = set()
    for change in changes:
        match change:
            case basic.DropConstraint(table=table, old=PrimaryKey() | Unique() as key):
                found.add((table, frozenset(key.columns)))
            case basic.DropIndex(table=table, old=index) if index.unique:
                columns = frozenset(one.column for one in index.elements if one.column)
                found.add((table, columns))
    return found


def keys_between(
    old: Schema,
    new: Schema,
    replaced: set[Name],
    changed: set[Name],
    dropped: set[tuple[Name, frozenset[str]]],
) -> Iterator[Operation]:
    """Yield what takes unchanged foreign keys off tables for a while, and puts them back.

    Those on tables that are replaced, and those on keys that are dropped, of which PostgreSQL
    holds on to one. And those between two tables that become unlogged or logged: PostgreSQL
    changes one table at a time, and allows no key from a logged one to an unlogged.
    """
    if not (replaced or changed or dropped):
        return
    for name, one in old.tables.items():
        other = new.tables.get(name)
        if other is None or name in replaced:
            continue
        for key, value in one.foreign_keys.items():
            if other.constraints.get(key) != value:
                continue
            both = {name, value.referred_table} <= changed
            if (
                value.referred_table in replaced
                or (value.referred_table, frozenset(value.referred_columns)) in dropped
                or (both and name != value.referred_table)
            ):
                yield basic.DropConstraint(table=name, name=key, old=value)
                yield basic.CreateConstraint(table=name, name=key, new=value)


def without_taken(kind: Kind, name: Any, value: Any, new: Schema) -> Any:
    """Return an object without those of its indexes whose names something else gets."""
    held = value.indexes if kind.has_indexes else {}
    left = held.keys() - new.of(kind.word)[name].indexes.keys() if held else ()
    taken = relations(new) if left else set()
    for key in left:
        if name._replace(name=key) in taken:
            value = kind.read_index(value, key, None)
    return value


def sequences_anew(
    changes: Iterable[Operation], dropped: Schema, created: Schema
) -> set[Name]:
    """Return the names of sequences that go, and that others get, on their own or of columns."""
    gone, come = (
        {*side.sequences}.union(*(brought(*one) for one in side.tables.items()))
        for side in (dropped, created)
    )
    for freed, taken in map(of_columns, changes):
        gone |= freed
        come |= taken
    return gone & come


def defaults_between(
    old: Schema, new: Schema, replaced: set[Name], sequences: set[Name]
) -> Iterator[Operation]:
    """Yield what takes unchanged defaults off sequences of a name that others get."""
    if not sequences:
        return
    graph, find = Graph(old), Finder(words_of(one.name for one in sequences))
    nodes = {node for one in sequences for node in graph.nodes(("relations", one))}
    kept = [name for name in old.tables if name in new.tables and name not in replaced]
    for name in kept:
        wanted = new.tables[name].columns
        for key, column in old.tables[name].columns.items():
            default = column.default
            is_kept = key in wanted and default == wanted[key].default
            if default is None or not is_kept:
                continue
            if any(
                nodes & graph.nodes(each)
                for each in find.expression(None, default)
                if each[0] == "relations"
            ):
                for before, after in ((default, None), (None, default)):
                    yield SetColumnDefault(table=name, name=key, old=before, new=after)


def objects(
    old: Schema, new: Schema, let_go: set[Name], anew: set[Node]
) -> Iterator[Operation]:
    """Yield the changes of objects that are no tables, and are not made `anew`.

    Tables of `let_go` own no sequence meanwhile: they are dropped, or become unlogged, and
    PostgreSQL 15 would do the same to what they own.
    """
    for kind in kinds.of(old, new):
        either = ({**kind.given, **side.of(kind.word)} for side in (old, new))
        for name, one, other in pairs(*either):
            if (kind.word, name) not in anew:
                yield from comments(kind.word, name, None, one, other)
                between = without_taken(kind, name, one, new)
                heirs = kind.gives_columns and typed_tables(old, name)
                for step in (
                    *altered(kind, name, one, between),
                    *altered(kind, name, between, other),
                ):
                    yield replace(step, has_heirs=bool(heirs))
    for name, sequence in old.sequences.items():
        if name not in new.sequences:
            continue
        before, owner = sequence.owned_by, new.sequences[name].owned_by
        if before != owner or (owner is not None and owner[0] in let_go):
            if before is not None:
                yield basic.SetSequenceOwner(name=name, old=before, new=None)
            if owner is not None:
                yield basic.SetSequenceOwner(name=name, old=None, new=owner)
