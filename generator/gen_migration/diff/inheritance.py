"""Tables that become children or typed tables, or are none any more.

What lets go of a parent or a type runs before all other changes, and what takes one after them, so
that those are of tables whose columns come from the same places before and after.
"""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING, Any, NamedTuple

from gen_migration.base.data_class import replace
from gen_migration.diff.attribute_order import (
    attributes_in_order,
    columns_in_order,
    order_back,
)
from gen_migration.diff.type_use import is_anew
from gen_migration.kinds import BY_WORD
from gen_migration.model import casts
from gen_migration.model.given import (
    ancestry,
    given_checks,
    given_column,
    given_columns,
    heirs,
    held_column,
)
from gen_migration.model.inheritance import (
    kept,
    taking,
    with_type,
    without_parent,
    without_type,
)
from gen_migration.model.own_columns import said, says
from gen_migration.operations.base import apply, inverse
from gen_migration.operations.inheritance import (
    Inherit,
    MakeTyped,
    MakeUntyped,
    NoInherit,
    SetOrigin,
)

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping

    from gen_migration.kinds.nodes import Node
    from gen_migration.model.schema import Schema, Table
    from gen_migration.postgres.names import Name


class Moves(NamedTuple):
    """What lets go of parents and types, what takes new ones, and the tables that cannot do so.

    `old` is the schema after the first, `new` that before the last.
    """

    leaves: tuple[SetOrigin, ...]
    joins: tuple[SetOrigin, ...]
    old: Schema
    new: Schema
    anew: frozenset[Name]


def moves(old: Schema, new: Schema, staying: Collection[Name]) -> Moves:
    """Return how tables that stay come to have columns from elsewhere."""
    concerned = [
        name
        for name in old.tables
        if name in staying and (old.tables[name].is_heir or new.tables[name].is_heir)
    ]
    leaves = [step for name in concerned for step in leaving(old, new, name)]
    parted = [step for name in concerned for step in leaving(new, old, name, back=True)]
    joins: list[Any] = [*inverse(parted)]
    before, after = apply(old, leaves), apply(new, parted)
    leaves = [with_order(before, after, one, of_types(leaves)) for one in leaves]
    joining = of_types(joins)
    anew = {
        *(
            name
            for name, steps in by_table(joins)
            if not is_exact(before, after, steps, joining)
        ),
        *(name for name in concerned if is_torn(before, after, name)),
    }
    return Moves(tuple(leaves), tuple(joins), before, after, frozenset(anew))


def with_order(
    old: Schema, new: Schema, step: SetOrigin, leaving: Mapping[Name, Collection[Name]]
) -> SetOrigin:
    """Return what lets go of a type with the order in which the columns come back to it."""
    if not isinstance(step, MakeUntyped):
        return step
    order, stays = order_back(old, new, step.of, step.table, leaving[step.of])
    return replace(step, order=order, stays=stays) if order else step


def of_types(steps: Iterable[Any]) -> dict[Name, list[Name]]:
    """Return the tables that become ones of a composite type, or are so no more."""
    found: dict[Name, list[Name]] = {}
    for one in steps:
        if isinstance(one, MakeTyped | MakeUntyped):
            found.setdefault(one.of, []).append(one.table)
    return found


def with_heirs(old: Schema, new: Schema, names: Collection[Name]) -> set[Name]:
    """Return tables with their children, and theirs, that stay: those cannot be without them."""
    found = {
        heir
        for name in names
        for schema in (old, new)
        if name in schema.tables
        for heir in heirs(schema, name)
        if heir in old.tables and heir in new.tables and new.tables[heir].is_heir
    }
    return {*names, *found}


def leaving(
    schema: Schema, other: Schema, name: Name, *, back: bool = False
) -> Iterator[SetOrigin]:
    """Yield what takes parents and the type of a table away that it has not in another schema.

    `back` tells that the other schema is the earlier one.
    """
    table, after = schema.tables[name], other.tables[name]
    earlier, later = (after, table) if back else (table, after)
    stays = kept(
        tuple(one for one in earlier.inherits if one in later.inherits),
        tuple(one for one in later.inherits if one in earlier.inherits),
    )
    for parent in reversed([one for one in table.inherits if one not in stays]):
        gone = without_parent(schema, table, parent)
        yield NoInherit(
            table=name,
            parent=parent,
            old=table,
            new=gone,
            not_null=() if back else renamed(table, gone),
        )
        table = gone
    of = table.of_type
    if of is not None and (
        of != after.of_type
        or is_type_anew(schema, other, of)
        or is_written(schema, other, of)
    ):
        yield MakeUntyped(table=name, of=of, old=table, new=without_type(schema, table))


def is_type_anew(schema: Schema, other: Schema, of: Name) -> bool:
    """Tell whether a composite type is dropped and created."""
    word = "composite type"
    held, wanted = schema.of(word).get(of), other.of(word).get(of)
    if held is None or wanted is None or held == wanted:
        return held is None or wanted is None
    return is_anew(schema, other, word, of) or is_anew(other, schema, word, of)


def is_written(schema: Schema, other: Schema, of: Name) -> bool:
    """Tell whether rows have to say how an attribute of their type gets another type.

    A typed table takes that of its type by itself alone, and as no column of its own.
    """
    kind = BY_WORD["composite type"]
    held, wanted = (one.of(kind.word)[of] for one in (schema, other))
    types = [(old.type, new.type) for _, old, new in kind.retyped(held, wanted)]
    return any(
        casts.path(old, new) != () or casts.path(new, old) != () for old, new in types
    )


def renamed(table: Table, gone: Table) -> tuple[str, ...]:
    """Return the columns whose NOT NULL has had the name of a parent's."""
    return tuple(
        key
        for key, column in gone.columns.items()
        if key not in table.columns
        and not column.nullable
        and column.not_null is None
        and not says(table, key)
    )


def by_table(joins: list[Any]) -> Iterator[tuple[Name, list[Any]]]:
    """Yield tables, each with the steps that give it columns from elsewhere."""
    for name, group in groupby(joins, lambda one: one.table):
        yield name, list(group)


def is_exact(
    old: Schema,
    schema: Schema,
    steps: list[Any],
    joining: Mapping[Name, Collection[Name]],
) -> bool:
    """Tell whether a table comes to be just what it is to be, from what it is in an old schema.

    What it has in common with a parent, it goes on to declare itself. The columns of a typed table
    are in the order of its type; those that it gets come behind those that it has.
    """
    before: Table = steps[0].old
    after: Table = steps[-1].new
    match steps[0]:
        case Inherit():
            *_, last = taking(schema, before, after.inherits)
            return last.after == after
        case MakeTyped(table=name, of=of):
            is_same = with_type(schema, before, of) == after
            in_order = attributes_in_order(old, schema, of, joining[of])
            return is_same and columns_in_order(old, schema, name) == in_order
    return True


def returning(old: Schema, new: Schema, staying: Collection[Name]) -> set[Node]:
    """Return the columns that tables declare, and have from others alone then: they are dropped.

    What a table declares, it goes on to do so, whatever its parents have (`MergeAttributes`).
    """
    return {
        ("column", name, key)
        for name in staying
        if new.tables[name].is_heir
        for key in old.tables[name].columns
        if key not in new.tables[name].columns
        and given_column(new, new.tables[name], key) is not None
    }


def sources(schema: Schema, name: Name, column: str) -> list[Name]:
    """Return the tables above a child where a column of it begins."""
    return [
        one
        for one in ancestry(schema, name)
        if held_column(schema, one, column) is not None
        and not any(
            held_column(schema, above, column) is not None
            for above in schema.tables[one].parents
        )
    ]


def is_torn(old: Schema, new: Schema, name: Name) -> bool:
    """Tell whether a table is to declare what it has had from others, or no more.

    PostgreSQL knows no way there: what is inherited stays so, and what is declared as well.
    """
    before, after = old.tables[name], new.tables[name]
    was, becomes = given_columns(old, before), given_columns(new, after)
    for key in was.keys() & becomes.keys():
        if (key in before.columns) != (key in after.columns):
            return True
        # PostgreSQL alters no column that comes from elsewhere, too, and merges none of two types.
        is_retyped = was[key].type.plain != becomes[key].type.plain
        found = sources(old, name, key)
        stays = any(held_column(new, one, key) is not None for one in found)
        if is_retyped and found and not (stays and len(found) == 1):
            return True
        if was[key].nullable or becomes[key].nullable:
            continue
        if said(before, key) != said(after, key):
            return True
    shared = given_checks(old, before).keys() & given_checks(new, after).keys()
    return any((k in before.constraints) != (k in after.constraints) for k in shared)
