"""The difference between two schemas, as operations in no particular order (`plan` orders).

Renames come first (`rename_detection`); after them, what has the same name is the same thing.
"""

from __future__ import annotations

from dataclasses import field, replace
from typing import TYPE_CHECKING, Any, TypeVar

from gen_migration.base.data_class import dataclass
from gen_migration.diff import columns as column_differences
from gen_migration.diff.creation import creation
from gen_migration.diff.inherited import inherited_differences
from gen_migration.diff.inherited_parts import inherited_change
from gen_migration.diff.partitions import (
    is_renamed_apart,
    of_sub_partitions,
    with_followers,
    with_partitions,
)
from gen_migration.diff.rename_detection import moves, same_constraint, same_index
from gen_migration.kinds import KINDS
from gen_migration.model.constraints import is_deferral, is_validation
from gen_migration.model.own_columns import columns_of
from gen_migration.model.partitions import (
    ancestors,
    inherited_names,
    origin_of,
    standalone,
)
from gen_migration.model.schema import ForeignKey, PrimaryKey, Schema, Table, Unique
from gen_migration.operations.alterations import (
    AddEnumValue,
    AlterConstraint,
    AttachPartition,
    DetachPartition,
    SetComment,
    SetEnumValues,
    SetIndexStorage,
    SetIndexTablespace,
    SetPartitionBound,
    SetTableStorage,
    SetTableTablespace,
    SetTableUnlogged,
    altered,
)
from gen_migration.operations.base import (
    CreateConstraint,
    CreateIndex,
    DropConstraint,
    DropIndex,
    SetSequenceOwner,
    apply,
)
from gen_migration.operations.renames import RenameEnumValue, RenameObject
from gen_migration.operations.serial import kept_sequences

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping

    from gen_migration.diff.columns import Question
    from gen_migration.model.hints import Hints
    from gen_migration.model.schema import Constraint, Index, Inherited
    from gen_migration.operations.base import Operation
    from gen_migration.operations.origins import Origins
    from gen_migration.postgres.names import Name

K = TypeVar("K")
V = TypeVar("V")


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """Two schemas side by side.

    `first` runs before everything else (values added to enums), then `renames`, and what keeps
    sequences as they are, which lead to the schema `old`; `changes` are in no order. The objects
    of `dropped` are in `old` alone, those of `created` in `new` alone. `questions` are what a spec
    has to answer.
    """

    first: tuple[Operation, ...] = ()
    renames: tuple[Operation, ...] = ()
    old: Schema
    new: Schema
    changes: tuple[Operation, ...] = ()
    dropped: Schema = field(default_factory=Schema)
    created: Schema = field(default_factory=Schema)
    questions: tuple[Question, ...] = ()


def match(
    old: Mapping[K, V], new: Mapping[K, V]
) -> Iterator[tuple[K, V | None, V | None]]:
    """Yield each key with its value on either side where the two are not equal."""
    for key, value in old.items():
        other = new.get(key)
        if other is None or other != value:
            yield key, value, other
    for key, value in new.items():
        if key not in old:
            yield key, None, value


def pairs(old: Mapping[K, V], new: Mapping[K, V]) -> Iterator[tuple[K, V, V]]:
    """Yield each key that is on both sides with its two values, where they are not equal."""
    for key, one, other in match(old, new):
        if one is not None and other is not None:
            yield key, one, other


def difference(old: Schema, new: Schema, hints: Hints, origins: Origins) -> Difference:
    """Return what is different between two schemas."""
    found = moves(old, new, hints, origins)
    renames = [*found.operations, *kept_sequences(found.schema, new)]
    renamed = apply(old, renames)
    if renamed == new:
        return Difference(renames=tuple(renames), old=new, new=new)
    first, swaps = enum_values(old, renamed, new, renames)
    renamed = apply(apply(old, first), renames)
    swapped = frozenset(swap.name for swap in swaps)
    gone = replaced_tables(renamed, new, swapped)
    questions: list[Question] = []
    context = column_differences.Context(
        hints=hints, old=renamed, new=new, swapped=swapped, ask=questions
    )
    changes: list[Operation] = [*swaps]
    changed = toggled(renamed, new)
    changes += objects(renamed, new, gone | changed)
    dropped, created = only(renamed, new, gone), only(new, renamed, gone)
    moving = []
    for name, one in renamed.tables.items():
        other = new.tables.get(name)
        if other is None or name in gone:
            continue
        # What is as it was may have to make way: its parent's NOT NULL gets another name.
        if is_moving(one, other) or is_renamed_apart(renamed, new, name):
            moving.append(name)
        elif one != other:
            changes += table(name, one, other, context)
    changes = with_partitions(renamed, new, changes, {*moving, *gone})
    if moving:
        between = keys_between(renamed, new, gone, changed, dropped_keys(changes))
        apart = keys_apart(
            (
                *changes,
                *between,
                *creation(dropped, others(renamed, dropped)),
                *creation(created, others(new, created)),
            )
        )
        # A partition of a partition goes before it, and comes after it.
        moving.sort(key=lambda name: depth(new, name))
        steps = [
            step for name in moving for step in move(renamed, new, name, apart, context)
        ]
        detached = [one for one in steps if isinstance(one, DetachPartition)]
        deepest = sorted(detached, key=lambda one: depth(renamed, one.table))
        changes += reversed(deepest)
        changes += [one for one in steps if not isinstance(one, DetachPartition)]
    changes += keys_between(renamed, new, gone, changed, dropped_keys(changes))
    changes += inherited_differences(renamed, new, changes, {*moving, *gone})
    changes = [with_followers(renamed, new, one) for one in changes]
    return Difference(
        first=tuple(first),
        renames=tuple(renames),
        old=renamed,
        new=new,
        changes=tuple(changes),
        dropped=dropped,
        created=created,
        questions=tuple(questions),
    )


def only(one: Schema, other: Schema, replaced: set[Name]) -> Schema:
    """Return the part of a schema that another one has not, or has of another making."""

    def rest(
        mine: Mapping[K, V], others: Mapping[K, V], replaced: Collection[K]
    ) -> dict[K, V]:
        return {
            key: value
            for key, value in mine.items()
            if key not in others or key in replaced
        }

    objects = {
        kind.word: {
            name: value
            for name, value in rest(one.of(kind.word), other.of(kind.word), ()).items()
            if name not in kind.given
        }
        for kind in KINDS
    }
    return Schema(objects=objects, tables=rest(one.tables, other.tables, replaced))


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
            if one.partition_of is not None and one.partition_of.parent == parent:
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
        if key in after
        and (
            column_differences.enum_of(column) in swapped
            or (column.type, column.collation, column.generated)
            != (after[key].type, after[key].collation, after[key].generated)
        )
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


def toggled(old: Schema, new: Schema) -> set[Name]:
    """Return the tables that become unlogged, or logged."""
    return {
        name
        for name, one, other in pairs(old.tables, new.tables)
        if one.unlogged != other.unlogged
    }


def dropped_keys(changes: Iterable[Operation]) -> set[tuple[Name, frozenset[str]]]:
    """Return table and columns of the keys that go, or make room for other ones."""
    found = set()
    for change in changes:
        match change:
            case DropConstraint(table=table, old=PrimaryKey() | Unique() as key):
                found.add((table, frozenset(key.columns)))
            case DropIndex(table=table, old=index) if index.unique:
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
        for key, value in one.constraints.items():
            if not isinstance(value, ForeignKey) or other.constraints.get(key) != value:
                continue
            both = {name, value.referred_table} <= changed
            if (
                value.referred_table in replaced
                or (value.referred_table, frozenset(value.referred_columns)) in dropped
                or (both and name != value.referred_table)
            ):
                yield DropConstraint(table=name, name=key, old=value)
                yield CreateConstraint(table=name, name=key, new=value)


def enum_values(
    old: Schema, renamed: Schema, new: Schema, renames: Iterable[Operation]
) -> tuple[list[Operation], list[SetEnumValues]]:
    """Return the values that can be added before anything else, and the enums to be swapped.

    What is added first is named as it was before the renames.
    """
    first: list[Operation] = []
    swaps = []
    for name, one, other in pairs(renamed.enums, new.enums):
        if one.values == other.values:
            continue
        kept = tuple(value for value in other.values if value in one.values)
        before, words = names_before(name, renames)
        present = old.enums[before].values
        added = [value for value in other.values if value not in one.values]
        if kept != one.values or set(added) & set(present):
            swaps.append(SetEnumValues(name=name, old=one.values, new=other.values))
            continue
        for value in added:
            position = other.values.index(value)
            if position:
                last = other.values[position - 1]
                position = present.index(words.get(last, last)) + 1
            grown = (*present[:position], value, *present[position:])
            first.append(AddEnumValue(name=before, old=present, new=grown))
            present = grown
    return first, swaps


def names_before(
    name: Name, renames: Iterable[Operation]
) -> tuple[Name, dict[str, str]]:
    """Return what an enum was called, and its values (new to old), before the renames."""
    words: dict[str, str] = {}
    for operation in reversed(list(renames)):
        match operation:
            case RenameObject(kind="enum", old=old, new=new):
                name = old if new == name else name
            case RenameObject(kind="schema", old=old, new=new) if name.schema == new:
                name = name._replace(schema=old)
            case RenameEnumValue(name=of, old=old, new=new) if of == name:
                for value, before in words.items():
                    if before == new:
                        words[value] = old
                        break
                else:
                    words[new] = old
    return name, words


def objects(old: Schema, new: Schema, let_go: set[Name]) -> Iterator[Operation]:
    """Yield the changes of objects that are no tables.

    Tables of `let_go` own no sequence meanwhile: they are dropped, or become unlogged, and
    PostgreSQL 15 would do the same to what they own.
    """
    for kind in KINDS:
        either = ({**kind.given, **side.of(kind.word)} for side in (old, new))
        for name, one, other in pairs(*either):
            yield from comment(kind.word, name, None, one, other)
            yield from altered(kind, name, one, other)
    for name, sequence in old.sequences.items():
        if name not in new.sequences:
            continue
        before, owner = sequence.owned_by, new.sequences[name].owned_by
        if before != owner or (owner is not None and owner[0] in let_go):
            if before is not None:
                yield SetSequenceOwner(name=name, old=before, new=None)
            if owner is not None:
                yield SetSequenceOwner(name=name, old=None, new=owner)


def comment(
    kind: str, name: Any, part: str | None, one: Any, other: Any
) -> Iterator[Operation]:
    if one.comment != other.comment:
        yield SetComment(
            kind=kind, name=name, part=part, old=one.comment, new=other.comment
        )


def others(schema: Schema, part: Schema) -> dict[Name, Table]:
    """Return the tables of a schema that are not in a part of it."""
    return {key: one for key, one in schema.tables.items() if key not in part.tables}


def is_moving(one: Table, other: Table) -> bool:
    """Tell whether a table is a partition of one table before, and of another or none after."""
    before, after = one.partition_of, other.partition_of
    return (before and before.parent) != (after and after.parent)


def depth(schema: Schema, name: Name) -> int:
    """Return how many tables are above a partition."""
    return sum(1 for _ in ancestors(schema, name))


def keys_apart(operations: Iterable[Operation]) -> set[tuple[Name, str]]:
    """Return table and name of the foreign keys that operations drop or create one by one."""
    return {
        (one.table, one.name)
        for one in operations
        if (isinstance(one, DropConstraint) and isinstance(one.old, ForeignKey))
        or (isinstance(one, CreateConstraint) and isinstance(one.new, ForeignKey))
    }


def alone(schema: Schema, name: Name, apart: set[tuple[Name, str]]) -> Table:
    """Return a partition as a table of its own, without its parents' foreign keys of `apart`.

    Those are gone before it is detached, or come once it is attached, with the parent's.
    """
    found = standalone(schema, name)
    place, keys = schema.tables[name].partition_of, set()
    while place is not None:
        keys |= {key for table, key in apart if table == place.parent}
        place = schema.tables[place.parent].partition_of
    constraints = {
        key: one
        for key, one in found.constraints.items()
        if not (isinstance(one, ForeignKey) and key in keys)
    }
    return replace(found, constraints=constraints)


def named_by_parent(schema: Schema, name: Name) -> tuple[str, ...]:
    """Return the columns of a partition whose NOT NULL has the name of its parent's."""
    table = schema.tables[name]
    assert table.partition_of is not None  # noqa: S101 - it is a partition
    return tuple(
        key
        for key, column in columns_of(schema, table.partition_of.parent).items()
        if not column.nullable
        and column.not_null is None
        and "nullable" not in table.own.get(key, {})
    )


def without_apart(
    schema: Schema, name: Name, apart: set[tuple[Name, str]]
) -> tuple[Table, dict[str, Inherited]]:
    """Return a partition without what it has otherwise of foreign keys of `apart`, and that."""
    table = schema.tables[name]
    found = {}
    for key, one in table.inherited.items():
        origin = origin_of(schema, name, key)
        if origin is not None and (origin[0], key) in apart:
            found[key] = one
    kept = {key: one for key, one in table.inherited.items() if key not in found}
    return replace(table, inherited=kept), found


def move(
    old: Schema,
    new: Schema,
    name: Name,
    apart: set[tuple[Name, str]],
    context: column_differences.Context,
) -> Iterator[Operation]:
    """Yield the changes of a table that is detached, attached, or both."""
    one, gone = without_apart(old, name, apart)
    other, come = without_apart(new, name, apart)
    yield from (
        inherited_change(old, name, key, value, None) for key, value in gone.items()
    )
    yield from (
        inherited_change(new, name, key, None, value) for key, value in come.items()
    )
    if one.partition_of is not None:
        table_alone = alone(old, name, apart)
        names = inherited_names(old, name, one)
        yield DetachPartition(
            table=name,
            old=one,
            new=table_alone,
            names=names,
            not_null=named_by_parent(old, name),
        )
        one = table_alone
    if other.partition_of is not None:
        table_alone = alone(new, name, apart)
        yield AttachPartition(
            table=name,
            old=table_alone,
            new=other,
            not_null=named_by_parent(new, name),
        )
        other = table_alone
    for change in table(name, one, other, context):
        yield from of_sub_partitions(old, new, name, change)


def table(
    name: Name, one: Table, other: Table, context: column_differences.Context
) -> Iterator[Operation]:
    """Yield the changes of what is in a table, and of a partition's bound."""
    before, after = one.partition_of, other.partition_of
    if before is not None and after is not None and before != after:
        yield SetPartitionBound(table=name, old=before, new=after)
    yield from properties(name, one, other)
    yield from column_differences.columns(name, one, other, context)
    for key, constraint, wanted in match(one.constraints, other.constraints):
        yield from constraints(name, key, constraint, wanted)
    for key, index, built in match(one.indexes, other.indexes):
        yield from indexes(name, key, index, built, other)


def properties(name: Name, one: Table, other: Table) -> Iterator[Operation]:
    yield from comment("table", name, None, one, other)
    if one.storage_parameters != other.storage_parameters:
        yield SetTableStorage(
            table=name, old=one.storage_parameters, new=other.storage_parameters
        )
    if one.unlogged != other.unlogged:
        yield SetTableUnlogged(table=name, old=one.unlogged, new=other.unlogged)
    if one.tablespace != other.tablespace:
        yield SetTableTablespace(table=name, old=one.tablespace, new=other.tablespace)


def constraints(
    table: Name, name: str, one: Constraint | None, other: Constraint | None
) -> Iterator[Operation]:
    if one is not None and other is not None:
        if same_constraint(one, other):
            yield from comment("constraint", table, name, one, other)
            return
        plain = replace(other, comment=one.comment)
        if is_deferral(one, plain) or is_validation(one, plain):
            yield AlterConstraint(table=table, name=name, old=one, new=plain)
            yield from comment("constraint", table, name, one, other)
            return
    if one is not None:
        yield DropConstraint(table=table, name=name, old=one)
    if other is not None:
        yield CreateConstraint(table=table, name=name, new=other)


def alterable(one: Index, other: Index, parent: Table) -> bool:
    """Return whether an index becomes another without being built again.

    The storage parameters of a partitioned index cannot be set (ALTER INDEX: "not
    supported for partitioned indexes").
    """
    settled = one.storage_parameters == other.storage_parameters
    return same_index(one, other) and (settled or parent.partition_by is None)


def indexes(
    table: Name, name: str, one: Index | None, other: Index | None, parent: Table
) -> Iterator[Operation]:
    if one is not None and other is not None and alterable(one, other, parent):
        yield from comment("index", table, name, one, other)
        before, after = one.storage_parameters, other.storage_parameters
        if before != after:
            yield SetIndexStorage(table=table, name=name, old=before, new=after)
        if one.tablespace != other.tablespace:
            yield SetIndexTablespace(
                table=table, name=name, old=one.tablespace, new=other.tablespace
            )
        return
    if one is not None:
        yield DropIndex(table=table, name=name, old=one)
    if other is not None:
        yield CreateIndex(table=table, name=name, new=other)
