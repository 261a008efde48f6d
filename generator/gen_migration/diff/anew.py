"""What PostgreSQL can only drop and create anew, and what stands on it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from gen_migration import kinds
from gen_migration.diff.columns import Refusal, enum_of
from gen_migration.diff.free_names import relations, within
from gen_migration.diff.returned_rows import returning_rows
from gen_migration.diff.tables import pairs
from gen_migration.diff.type_use import stays_in_use
from gen_migration.diff.undone import undone
from gen_migration.kinds import BY_WORD, KINDS
from gen_migration.kinds.graph import Graph
from gen_migration.kinds.kind import Kind
from gen_migration.kinds.references import EVERY
from gen_migration.kinds.relations import is_replaced
from gen_migration.kinds.walk import leads_to
from gen_migration.model.given import heirs
from gen_migration.model.partitions import standalone
from gen_migration.operations.alterations import AlterConstraint, AlterObject
from gen_migration.operations.base import DropConstraint
from gen_migration.operations.columns import DropColumn
from gen_migration.postgres.names import Name

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping

    from gen_migration.kinds.nodes import Node
    from gen_migration.model.schema import Column, Schema, Table
    from gen_migration.operations.base import Operation

# What columns have, so that it cannot go and come back.
LASTING = frozenset(("types", "collations"))


class Anew(NamedTuple):
    """What is dropped and created anew, and what of it, or with it, others stand on."""

    nodes: set[Node]
    ends: set[Node]


def made_anew(
    old: Schema,
    new: Schema,
    tables: set[Name],
    swapped: frozenset[Name],
    changes: Collection[Operation],
    moving: Iterable[Name],
) -> Anew:
    """Return what is dropped and created anew: tables, and the objects that stand on them.

    So are objects that PostgreSQL cannot alter, what stands on columns that go and come by
    `changes` of tables, statements whose effects those set back, or that tables are `moving`, and
    what changes together with a type that it stands on: neither the old nor the new one fits both
    types.
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
    found |= written_over(old, new)
    altered = (
        AlterObject(
            kind=word, name=name, old=old.of(word)[name], new=new.of(word)[name]
        )
        for word, name in changed
    )
    found |= undone(old, new, (*changes, *altered), moving)
    found |= {
        one for one in over(old, new, found) if not stays_in_use(old, new, one[1])
    }
    found |= {
        one
        for word, name in found
        if word in BY_WORD
        for one in BY_WORD[word].taken_along(name)
    }
    found |= selecting(old, new, changed) | returning_rows(old, new, changed)
    columns = {
        ("column", one.table, one.name)
        for one in changes
        if isinstance(one, DropColumn) and one.name in new.tables[one.table].columns
    }
    ends = found | columns | usurped(old, new) | let_go(old, new)
    keys = {
        ("constraint", one.table, one.name)
        for one in changes
        if isinstance(one, DropConstraint | AlterConstraint)
    }
    sides = [{*Graph(one).standing_on(ends | keys)} for one in (old, new)]
    fleeting = {node for node, kind in changed.items() if kind.space not in LASTING}
    if fleeting:
        retyped = retyped_columns(old, new, swapped)
        retyped |= {("enum", name) for name in swapped}
        sides.append(fleeting & {*Graph(old).standing_on(retyped)})
    standing = set().union(*sides)
    kept = {one for one in standing - found if BY_WORD[one[0]].lets_go}
    return Anew(found | standing - kept, ends)


def written_over(old: Schema, new: Schema) -> set[Node]:
    """Return the statements that stay as they are written, over what is another object then."""
    found: set[Node] = set()
    for kind in (one for one in kinds.of(new) if one.is_as_written):
        graphs = Graph(old), Graph(new)
        held = old.of(kind.word)
        for name, one in new.of(kind.word).items():
            refers = kind.refers(one, EVERY)
            before, after = (
                {node for each in refers for node in graph.nodes(each)}
                for graph in graphs
            )
            if held.get(name) == one and not after <= before:
                found.add((kind.word, name))
    return found


def let_go(old: Schema, new: Schema) -> set[Node]:
    """Return what goes while others stand on it without naming it, and stay."""
    return {
        (kind.word, name)
        for kind in kinds.of(old)
        if kind.is_picked_up
        for name in old.of(kind.word).keys() - new.of(kind.word).keys()
    }


def selecting(old: Schema, new: Schema, changed: Mapping[Node, Kind]) -> set[Node]:
    """Return what selects what goes, or gets another type, in its place.

    Those are the views over types of which a part does so, and all that names a column which does.
    """
    types = {
        node
        for node, kind in changed.items()
        if kind.holds_on(*(side.of(node[0])[node[1]] for side in (old, new)))
    }
    found = {node for one in (old, new) for node in Graph(one).standing_on(types)}
    columns = {
        ("column", name, key)
        for (word, name), kind in changed.items()
        for key in kind.columns_held(*(side.of(word)[name] for side in (old, new)))
    }
    naming = {node for one in (old, new) for node in Graph(one).standing_on(columns)}
    return naming | {node for node in found if BY_WORD[node[0]].has_columns}


def usurped(old: Schema, new: Schema) -> set[Node]:
    """Return what goes while something else gets its name among relations, or one within it.

    What names it means the other one then. So it does not hold on to it until that is there.
    """
    gone = {
        (word, name): found
        for word in ("table", *(kind.word for kind in KINDS))
        for name in old.of(word).keys() - new.of(word).keys()
        if (found := {*taken(word, name, old.of(word)[name])})
    }
    if not gone:
        return set()
    there = relations(new).union(
        *(
            taken(kind.word, name, value)
            for kind in kinds.of(new)
            for name, value in new.of(kind.word).items()
        )
    )
    return {node for node, names in gone.items() if not there.isdisjoint(names)}


def taken(word: str, name: Any, value: Any) -> Iterator[Name]:
    """Yield the names among relations that something has."""
    if word == "table" or BY_WORD[word].space == "relations":
        yield name
        yield from within(word, name, value)
    else:
        for space, *found in BY_WORD[word].links(name, value):
            if space == "relations":
                yield Name(*found)


def retyped_columns(old: Schema, new: Schema, swapped: frozenset[Name]) -> set[Node]:
    """Return the columns that get another type, with those that others have of them."""
    return {
        ("column", table, key)
        for name, one, other in pairs(old.tables, new.tables)
        for key, before, after in pairs(one.columns, other.columns)
        if is_retyped(before, after, swapped)
        for table in (name, *heirs(old, name))
    }


def refusals(old: Schema, new: Schema) -> Iterator[Refusal]:
    """Yield the changes of objects that cannot be; some, for the types that stand on them."""
    replaced: set[Node] = set()
    for kind in KINDS:
        for name, one, other in pairs(old.of(kind.word), new.of(kind.word)):
            before, after = kind.bare(one), kind.bare(other)
            if before == after:
                continue
            if kind.is_fixed and stays_in_use(old, new, name):
                instead = (
                    f"add a {kind.word} with another name, let columns and types have that, and"
                    " drop this one later"
                )
                yield Refusal(kind=kind.word, name=name, instead=instead)
            elif kind.space not in LASTING and is_replaced(old, new, kind, name):
                replaced.add((kind.word, name))
    held: set[Node] = set()
    for one, below in over(old, new, replaced).items():
        held |= below if stays_in_use(old, new, one[1]) else set()
    for word, name in sorted(held, key=str):
        instead = (
            f"add another {word}, let the types over this one be made of that, under other names,"
            " and drop this one later"
        )
        yield Refusal(kind=word, name=name, instead=instead)


def over(old: Schema, new: Schema, replaced: Collection[Node]) -> dict[Node, set[Node]]:
    """Return the types that cannot let go of what they are made of, each with what is replaced.

    A range type does not of an operator class, and a base type not of its functions.
    """
    if not replaced:
        return {}
    types = {
        (kind.word, name)
        for kind in kinds.of(old)
        if kind.space == "types" and kind.is_fixed
        for name in old.of(kind.word).keys() & new.of(kind.word).keys()
    }
    needs = {
        node: found
        for node, found in Graph(old).edges().items()
        if node in types or BY_WORD.get(node[0], Kind).space != "types"
    }
    below = {
        node: {one for one in replaced if leads_to(node, {one}, needs)}
        for node in types - {*replaced}
    }
    return {node: found for node, found in below.items() if found}


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
