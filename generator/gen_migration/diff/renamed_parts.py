"""Renames of constraints and indexes that are the same under another name."""

from __future__ import annotations

from operator import eq
from typing import TYPE_CHECKING, Any, TypeVar

from gen_migration.base.data_class import replace
from gen_migration.diff import free_names as names
from gen_migration.diff import same_parts
from gen_migration.diff.partition_moves import moves_apart
from gen_migration.diff.renames_in_turn import Moves, rename_in_turn, rename_within
from gen_migration.model.given import given_checks
from gen_migration.model.partitions import standalone

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping

    from gen_migration.model.hints import Hints
    from gen_migration.model.schema import Schema, Table
    from gen_migration.postgres.names import Name

V = TypeVar("V")
KINDS: tuple[tuple[str, Callable[[Any, Any], bool]], ...] = (
    ("constraints", same_parts.is_that),
    ("indexes", same_parts.same_index),
)
# What a partition has of its parent's constraint that is NOT VALID may be valid: it came later.
LEAVING = (("constraints", same_parts.is_valid_that), *KINDS[1:])


def parts(state: Moves, new: Schema, hints: Hints) -> None:
    """Rename constraints and indexes that are the same under another name.

    A table that is detached has what was its parent's, and renames it once it is alone; what is in
    the way of that makes room with all else.
    """
    leaving = {
        name
        for name, table in state.schema.tables.items()
        if table.partition_of is not None
        and name in new.tables
        and moves_apart(state.schema, new, name)
    }
    # What is attached may get names that another one has until it is detached.
    joining = {
        name
        for name, table in state.schema.tables.items()
        if table.partition_of is None
        and name in new.tables
        and new.tables[name].partition_of is not None
    }
    later = leaving | joining if leaving else leaving
    pending = of_tables(state, new, hints, new.tables.keys() - later)
    rename_in_turn(state, pending | of_objects(state, new), new)
    alone = {name: standalone(state.schema, name) for name in leaving}
    then = Moves(replace(state.schema, tables={**state.schema.tables, **alone}))
    pending = of_tables(then, new, hints, leaving, LEAVING)
    pending |= of_tables(then, new, hints, later - leaving)
    rename_in_turn(then, pending, new)
    for one in then.operations:
        table = getattr(one, "table", None)
        if table in later:
            state.once_detached.setdefault(table, []).append(one)
        else:
            state.do(one)


def of_tables(
    state: Moves,
    new: Schema,
    hints: Hints,
    tables: Collection[Name],
    kinds: Any = KINDS,
) -> dict[names.Thing, names.Thing]:
    """Return what is renamed of some tables; what has its name on its table alone is so at once."""
    pending: dict[names.Thing, names.Thing] = {}
    for name, table in new.tables.items():
        old = state.schema.tables.get(name) if name in tables else None
        if old is None or old == table:
            continue
        # What is attached has what its parent has before that, by the names it gets there.
        is_attached = table.partition_of is not None and old.partition_of is None
        becomes = standalone(new, name) if is_attached else table
        for kind, same in kinds:
            asked = {k[1]: v for k, v in getattr(hints, kind).items() if k[0] == name}
            before = without_given(state.schema, old, getattr(old, kind))
            after = without_given(new, becomes, getattr(becomes, kind))
            in_order = is_attached and kind == "indexes"
            found = (
                same_parts.in_order(before, after)
                if in_order
                else same_parts.pairs(before, after, asked, same)
            )
            alone = {
                target: source
                for target, source in found.items()
                if not names.is_relation(before[source])
            }
            pending |= {
                (kind, name, target): (kind, name, source)
                for target, source in found.items()
                if target not in alone
            }
            if alone:
                rename_within(state, kind, name, alone, becomes.constraints)
    return pending


def of_objects(state: Moves, new: Schema) -> dict[names.Thing, names.Thing]:
    """Return what is renamed of the indexes that objects have as tables have."""
    objects = {name: value for _, name, value in names.indexed(state.schema)}
    return {
        ("indexes", name, target): ("indexes", name, source)
        for _, name, value in names.indexed(new)
        if name in objects
        for target, source in same_parts.pairs(
            objects[name].indexes, value.indexes, {}, eq
        ).items()
    }


def without_given(
    schema: Schema, table: Table, parts: Mapping[str, V]
) -> Mapping[str, V]:
    """Return parts of a table without checks that its parents have: those have their name there."""
    given = given_checks(schema, table) if table.inherits else {}
    return {key: one for key, one in parts.items() if key not in given}
