"""Operations that have to keep their order, since they touch the same thing. Pure.

An operation that is not known here keeps its place among all others. To keep an order that
nothing asks for costs a revision more; to change one that something asks for costs the migration.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any

from gen_migration.operations import every as op
from gen_migration.plan.accesses import Accesses, Thing, accesses

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from gen_migration.postgres.names import Name

# What a table may have from another one.
INHERITED = frozenset(("column", "constraint", "default"))


def predecessors(
    operations: Sequence[op.Operation], parents: Mapping[Name, tuple[Name, ...]]
) -> list[set[int]]:
    """Return the positions of the operations that each one has to come after.

    `parents` are the tables, or the type, that tables have columns from.
    """
    result: list[set[int]] = []
    writer: dict[Thing, int] = {}
    readers: dict[Thing, list[int]] = defaultdict(list)
    barrier = -1
    together = families(parents)
    for position, operation in enumerate(operations):
        found = accesses(operation)
        if found is None:
            result.append(set(range(barrier + 1, position)) | {barrier} - {-1})
            barrier = position
            writer.clear()
            readers.clear()
            continue
        found.reads.update(inherited(found, parents))
        found.reads.update(shared(found, together))
        needs = {barrier} - {-1}
        for thing in found.reads | found.writes:
            if thing in writer:
                needs.add(writer[thing])
        for thing in found.writes:
            needs.update(readers.pop(thing, ()))
            writer[thing] = position
        for thing in found.reads:
            readers[thing].append(position)
        result.append(needs - {position})
    return result


def inherited(found: Accesses, parents: Mapping[Name, tuple[Name, ...]]) -> set[Thing]:
    """Return the columns of the parents that columns of partitions and children are theirs of."""
    result: set[Thing] = set()
    waiting = [
        thing for thing in (*found.reads, *found.writes) if thing[0] in INHERITED
    ]
    while waiting and parents:
        word, name, part = waiting.pop()
        for above in parents.get(name, ()):
            thing = (word, above, part)
            # Two tables that take each other's names are above each other, before and after.
            if thing not in result:
                result.add(thing)
                waiting.append(thing)
    return result


def families(parents: Mapping[Name, tuple[Name, ...]]) -> dict[Name, set[Name]]:
    """Return the tables that a child has columns from together, each with all of them."""
    found: dict[Name, set[Name]] = defaultdict(set)
    for child, above in parents.items():
        if len(above) > 1:
            family: set[Name] = set()
            waiting = [child]
            while waiting:
                more = {*parents.get(waiting.pop(), ())} - family
                family |= more
                waiting += more
            for one in family:
                found[one] |= family
    return found


def shared(found: Accesses, together: Mapping[Name, set[Name]]) -> set[Thing]:
    """Return the columns that children have as one with what is touched: they are of one type."""
    things = (*found.reads, *found.writes) if together else ()
    return {
        (thing[0], other, thing[2])
        for thing in things
        if thing[0] == "column"
        for other in together.get(thing[1], ())
    }


def holds_on(one: Any, other: Any, parents: Mapping[Name, tuple[Name, ...]]) -> bool:
    """Tell whether two operations cannot be repeated one after the other.

    Once the second is done, PostgreSQL refuses to do the first: it drops no key that a foreign
    key refers to, no index that a constraint of its name has become, no NOT NULL of a child that
    its parent has by now, and nothing is changed of a NOT NULL under the name that it had before.
    `parents` are those of tables.
    """
    a, b = accesses(one), accesses(other)
    if a is None or b is None:
        return False
    if any(thing[0] == "relation" for thing in a.writes & b.writes):
        return True
    if {type(one), type(other)} == {op.SetNotNullName, op.SetNotNullState}:
        return ("nullable", one.table, one.name) in a.writes & b.writes
    if isinstance(one, op.SetColumnNullable) and isinstance(
        other, op.SetColumnNullable
    ):
        column, another = (("column", each.table, each.name) for each in (one, other))
        above = column in inherited(b, parents) or another in inherited(a, parents)
        return above and one.new != other.new
    # A foreign key reads the keys of the table that it refers to.
    shared = (a.reads & b.writes) | (a.writes & b.reads)
    return any(thing[0] == "key" for thing in shared)


class Company:
    """Operations that are repeated together; `count` tells how many. `parents` are those of tables.

    They are known by what two that hold on to each other have in common, so that each is compared
    with few others.
    """

    def __init__(self, parents: Mapping[Name, tuple[Name, ...]]) -> None:
        self.parents = parents
        self.count = 0
        self.by_contact: dict[Thing, list[Any]] = defaultdict(list)

    def clashes(self, operations: Iterable[Any]) -> bool:
        """Tell whether one of some holds on to one before it; all before that come in."""
        return any(map(self.clashes_with, operations))

    def clashes_with(self, operation: Any) -> bool:
        offered, asked = contacts(operation, self.parents)
        met = {
            id(one): one for thing in asked for one in self.by_contact.get(thing, ())
        }
        if any(holds_on(operation, one, self.parents) for one in met.values()):
            return True
        for thing in offered:
            self.by_contact[thing].append(operation)
        self.count += 1
        return False


# What `holds_on` looks for in both of two operations.
IN_BOTH = frozenset(("relation", "nullable", "key"))


def contacts(
    operation: Any, parents: Mapping[Name, tuple[Name, ...]]
) -> tuple[set[Thing], set[Thing]]:
    """Return what an operation offers to `holds_on`, and what another one has to offer to it.

    That is the same but for a column and those of parents that it is one with.
    """
    found = accesses(operation)
    if found is None:
        return set(), set()
    both = {thing for thing in found.reads | found.writes if thing[0] in IN_BOTH}
    if not isinstance(operation, op.SetColumnNullable):
        return both, both
    column = operation.table, operation.name
    above = {thing[1:] for thing in inherited(found, parents) if thing[0] == "column"}
    offered = {("own", *column), *(("above", *one) for one in above)}
    return both | offered, both | {
        ("above", *column),
        *(("own", *one) for one in above),
    }
