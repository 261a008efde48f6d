"""The order in which operations run: one sort over the graphs of both schemas. Pure.

What is created comes after what it refers to, what is dropped before; what is altered lets go first
of what stood on its old form. Of what nothing is known, the order is that of reading.
"""

from __future__ import annotations

from collections import defaultdict
from itertools import product
from typing import TYPE_CHECKING

from gen_migration import kinds
from gen_migration.base.data_class import replace
from gen_migration.diff.creation import creation
from gen_migration.diff.differ import others
from gen_migration.kinds import BY_WORD
from gen_migration.kinds.graph import CHOSEN, Graph, holder
from gen_migration.kinds.references import Finder, words_of
from gen_migration.kinds.spaces import other_names
from gen_migration.kinds.walk import in_order, leads_to
from gen_migration.model.given import Same, held_column
from gen_migration.model.schema import Schema
from gen_migration.operations import every as op
from gen_migration.plan.built_first import of_rows
from gen_migration.plan.effects import subject
from gen_migration.plan.order_of_ends import around
from gen_migration.plan.order_of_heirs import of_heirs
from gen_migration.plan.order_of_moves import (
    of_allowed,
    of_moves,
    of_moves_within,
    with_renames,
)
from gen_migration.plan.order_of_names import (
    of_borrowed,
    of_let_go,
    of_names,
    of_not_nulls,
    of_outlived,
)
from gen_migration.plan.order_of_origins import of_returns
from gen_migration.plan.order_of_owners import of_granted, of_owners
from gen_migration.plan.order_of_published import of_published
from gen_migration.plan.order_of_row_types import of_row_types, of_rows_held
from gen_migration.plan.order_of_types import of_types
from gen_migration.plan.order_of_undone import of_undone
from gen_migration.plan.reading_order import line_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from gen_migration.diff.differ import Difference
    from gen_migration.kinds.nodes import Node
    from gen_migration.kinds.references import Reference
    from gen_migration.plan.effects import Effect
    from gen_migration.postgres.names import Name

    Pairs = Iterator[tuple[int, int]]
    Refs = set[Reference] | None


def ordered(found: Difference) -> tuple[op.Operation, ...]:
    """Return all operations of a difference in the order they run."""
    old, new = found.old, found.new
    dropped, created = found.dropped, found.created
    operations = [
        *op.inverse(creation(dropped, others(old, dropped))),
        *found.changes,
        *creation(created, others(new, created)),
    ]
    if found.changes or dropped != Schema():
        whole = {*dropped.tables, *created.tables}
        operations.sort(key=lambda one: line_of(one, whole))
        operations = [*with_renames(arranged(operations, old, new), found.detached)]
    return tuple(around(found, operations))


def arranged(
    operations: Sequence[op.Operation], old: Schema, new: Schema
) -> list[op.Operation]:
    """Return operations, which are in the order of reading, in one that PostgreSQL accepts."""
    subjects = [subject(one) for one in operations]
    # Only expressions that may name what comes, goes or changes are parsed.
    find = Finder(
        None
        if brings_others(old, new)
        else words_of(names(one.node for one in subjects)),
        types={place: types_of(place, old, new) for place in defaults_in(operations)},
    )
    effects = [one.effect(find) for one in subjects]
    needs: dict[int, set[int]] = defaultdict(set)
    merged = {*of_heirs(operations, old, new), *of_returns(operations, effects, new)}
    before, after = Graph(old), Graph(new)
    for first, then in (
        *of_references(effects, before, after),
        *of_views(operations, old, new),
        *of_names(effects, operations),
        *of_not_nulls(operations),
        *of_borrowed(operations),
        *of_let_go(operations, before),
        *of_outlived(operations, effects, before, after),
        *of_moves(effects),
        *of_moves_within(operations),
        *of_allowed(operations, new),
        *of_owners(operations),
        *of_granted(operations),
        *of_published(operations, effects, before, after),
        *of_row_types(operations, old, new),
        *of_rows_held(operations),
        *of_undone(operations, before, after),
        *merged,
    ):
        # What a table has from elsewhere, too, does not wait for what it has had from here.
        if (then, first) not in merged:
            needs[then].add(first)
    for first, then in [*of_types(operations, needs)]:
        needs[then].add(first)
    sorted_ = {one: sorted(found - {one}) for one, found in needs.items()}
    wished = of_wishes(operations, effects, before, after)
    for first, then in of_rows(operations, before, after):
        wished[then].append(first)
    order = in_order(range(len(operations)), sorted_, wished)
    return [*joined(operations[one] for one in in_steps(order, effects))]


def defaults_in(operations: Iterable[op.Operation]) -> Iterator[tuple[Name, str]]:
    """Yield the columns that get another default, or none."""
    for one in operations:
        if isinstance(one, op.SetColumnDefault):
            yield one.table, one.name


def types_of(place: tuple[Name, str], *schemas: Schema) -> set[str]:
    """Return the names of the types that a column has in schemas."""
    columns = (held_column(one, *place) for one in schemas)
    return {one.type.name for one in columns if one is not None}


def in_steps(order: Iterable[int], effects: Sequence[Effect]) -> Iterator[int]:
    """Yield positions, and those of one thing's steps in their order where a circle was cut."""
    steps: dict[Node, list[int]] = defaultdict(list)
    for position, one in enumerate(effects):
        if one.is_alteration:
            steps[one.node].append(position)
    left = {node: iter(positions) for node, positions in steps.items()}
    for position in order:
        one = effects[position]
        yield next(left[one.node]) if one.is_alteration else position


def joined(operations: Iterable[op.Operation]) -> Iterator[op.Operation]:
    """Yield operations; two steps of an object are one where they can be, with nothing between."""
    last: op.Operation | None = None
    for one in operations:
        match last, one:
            case op.AlterObject(), op.AlterObject() if (last.kind, last.name) == (
                one.kind,
                one.name,
            ) and len([*BY_WORD[one.kind].steps(last.old, one.new)]) == 1:
                last = replace(last, new=one.new)
                continue
        if last is not None:
            yield last
        last = one
    if last is not None:
        yield last


def brings_others(*schemas: Schema) -> bool:
    """Tell whether an object has names of its own that its name does not tell."""
    return any(
        other_names(kind.word, Same(schema.of(kind.word)))
        for schema in schemas
        for kind in kinds.of(schema)
    )


def of_wishes(
    operations: Sequence[op.Operation],
    effects: Sequence[Effect],
    old: Graph,
    new: Graph,
) -> defaultdict[int, list[int]]:
    """Return the positions that each one comes after where nothing speaks against it.

    They are of what a text names that PostgreSQL does not look into. What is altered is read anew
    then, and comes after what it names is altered.
    """
    found = [
        one._replace(
            old=wishes(operation, "old", one), new=wishes(operation, "new", one)
        )
        for operation, one in zip(operations, effects, strict=True)
    ]
    wished: defaultdict[int, list[int]] = defaultdict(list)
    if not any(one.old or one.new for one in found):
        return wished
    anew = [one._replace(old=None) if one.old and one.new else one for one in found]
    for first, then in (
        *of_references(found, old, new),
        *of_references(anew, old, new),
    ):
        wished[then].append(first)
    return wished


def wishes(operation: op.Operation, side: str, effect: Effect) -> Refs:
    """Return what an operation wishes on a side; None where its node is not there."""
    if getattr(effect, side) is None:
        return None
    match operation:
        case (
            op.CreateObject(kind=word)
            | op.DropObject(kind=word)
            | op.AlterObject(kind=word)
        ) if word in BY_WORD:
            return BY_WORD[word].wishes(getattr(operation, side))
    return set()


def names(nodes: Iterable[Node]) -> Iterator[str]:
    """Yield what nodes are called, and what they are in."""
    for node in nodes:
        for one in node[1:]:
            if one is not None:
                yield one if isinstance(one, str) else one.name


def of_references(effects: Sequence[Effect], old: Graph, new: Graph) -> Pairs:
    """Yield pairs of positions, of which the first comes before the second, for what one refers to.

    Where both alter something that is there before and after, either may come first. What is taken
    away of something new comes after it: a partition's column without the default of its parent's.
    """
    taking, giving = by_node(effects, "old"), by_node(effects, "new")
    gone = {one.node for one in effects if one.new is None}
    anew = gone & {one.node for one in effects if one.old is None}

    def found(
        one: Effect, held: Mapping[Node, list[int]], graph: Graph, references: Refs
    ) -> Iterator[int]:
        kept = (one.old or set()) & (one.new or set())
        passing = gone if held is taking else anew
        for reference in references or ():
            is_held = reference in held
            for node in {reference} if is_held else graph.led(one.node, reference):
                # A step that keeps what is made anew has others before or behind it. So has one
                # that keeps a call, where another function is called then.
                if reference in kept and node in passing:
                    continue
                for other in held.get(node, held.get(holder(node), ())):
                    both = one.is_alteration and effects[other].is_alteration
                    # A table has its own keys inside of it, or after it.
                    is_inside = holder(effects[other].node) == one.node
                    if not (both or is_inside):
                        yield other

    for position, one in enumerate(effects):
        come, transforms = coming(one, old)
        yield from product((position,), found(one, taking, old, one.old))
        yield from product((position,), found(one, giving, new, transforms))
        yield from product(found(one, giving, new, one.new or come), (position,))


def coming(one: Effect, old: Graph) -> tuple[set[Reference], set[Reference]]:
    """Return what something that goes refers to, and is not there yet; and of that, transforms.

    What types choose is none that has to come: a class that is their default from now on. On a
    transform, who has its type stands from its own creation on, and so it goes before that comes.
    """
    come = {
        each
        for each in one.old or ()
        if one.new is None and each[0] not in CHOSEN and not old.nodes(each)
    }
    transforms = {each for each in come if each[0] == "transforms"}
    return come - transforms, transforms


def of_views(operations: Sequence[op.Operation], old: Schema, new: Schema) -> Pairs:
    """Yield pairs of positions for views, which are off while a type that they read is altered.

    They may do so through a function, which stays.
    """
    altered = {
        (one.kind, one.name): position
        for position, one in enumerate(operations)
        if isinstance(one, op.AlterObject)
        and BY_WORD[one.kind].holds_on(one.old, one.new)
    }
    if not altered:
        return
    before, after = Graph(old).edges(), Graph(new).edges()
    for position, one in enumerate(operations):
        if not isinstance(one, op.CreateObject | op.DropObject):
            continue
        if one.kind == "table" or not BY_WORD[one.kind].has_columns:
            continue
        is_drop = isinstance(one, op.DropObject)
        for node, other in altered.items():
            edges = before if is_drop else after
            if leads_to((one.kind, one.name), {node}, edges):
                yield (position, other) if is_drop else (other, position)


def by_node(effects: Sequence[Effect], side: str) -> dict[Node, list[int]]:
    """Return the positions of what takes (`old`) or gives (`new`) each node."""
    found: dict[Node, list[int]] = defaultdict(list)
    for position, one in enumerate(effects):
        if getattr(one, side) is not None:
            found[one.node].append(position)
    return dict(found)
