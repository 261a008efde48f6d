"""Expansions that the hints of a spec ask for, and why there is none where it cannot be. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gen_migration.diff import rewrites
from gen_migration.diff.expansion_refusals import reasons
from gen_migration.diff.expansions import Expansion, Refused, aside_name, opened
from gen_migration.model import casts
from gen_migration.model.expression_edits import ColumnEdit, edited
from gen_migration.operations.columns import SetColumnType, Typing
from gen_migration.postgres.names import quote_name

if TYPE_CHECKING:
    from gen_migration.model.hints import Expand, Hints
    from gen_migration.model.schema import Column, Schema
    from gen_migration.postgres.names import Name

Key = tuple["Name", str]


def asked(
    old: Schema, new: Schema, hints: Hints
) -> tuple[list[Expansion], list[Refused]]:
    """Return the expansions that are to be open, and those that cannot be opened.

    Those that are open already have what the hints say of them now. A hint whose old column is
    gone is spent.
    """
    found: list[Expansion] = []
    refused: list[Refused] = []
    groups: dict[Key, list[tuple[str, Expand]]] = {}
    for (table, name), hint in hints.expand.items():
        if table in old.tables and table in new.tables:
            groups.setdefault((table, hint.old or name), []).append((name, hint))
    for (table, before), members in groups.items():
        one = expansion(old, new, hints, (table, before), members)
        if one is None:
            continue
        if isinstance(one, Refused):
            refused.append(one)
        elif is_open(old, one):
            found.append(one)
            refused += changed(old, new, one)
        elif reason := next(reasons(old, new, one), None):
            why, instead = reason
            refused.append(
                Refused(
                    table=table,
                    column=members[0][0],
                    why=f"this column cannot be expanded: {why}",
                    instead=instead,
                )
            )
        else:
            found.append(one)
    return found, refused


def changed(old: Schema, new: Schema, one: Expansion) -> list[Refused]:
    """Return what an edit changes of a column that waits for its contract, and must not yet."""
    before, after = old.tables[one.table].columns, new.tables[one.table].columns
    found = []
    for name in one.names:
        column = after.get(name, after.get(one.label))
        if column is None or name not in before:
            continue
        sides = (
            (side.type, side.collation, side.nullable)
            for side in (before[name], column)
        )
        if len({*sides}) > 1:
            found.append(
                Refused(
                    table=one.table,
                    column=one.label if one.is_in_place else name,
                    why=f"{one.place} waits for its contract, and is to be something else",
                    instead="change it after the contract: gen-migration SPEC --contract",
                )
            )
    return found


def is_open(schema: Schema, one: Expansion) -> bool:
    """Tell whether a schema holds an expansion of the same columns."""
    held = opened(schema).get(one.trigger)
    return held is not None and (held.old, held.names) == (one.old, one.names)


def expansion(
    old: Schema,
    new: Schema,
    hints: Hints,
    place: Key,
    members: list[tuple[str, Expand]],
) -> Expansion | Refused | None:
    """Return an expansion of a column; None where there is nothing to expand any more."""
    table, name = place
    source = old.tables[table].columns.get(name)
    if source is None:
        return None
    found = target_of(old, new, hints, place, members[0])
    if found is None:
        return None
    target, wanted = found
    if members[1:] or members[0][1].up is not None:
        return said_both_ways(place, target, members)
    if wanted is None:
        return None
    return cast_both_ways(hints, place, source, members[0][0], (target, wanted))


def target_of(
    old: Schema, new: Schema, hints: Hints, place: Key, first: tuple[str, Expand]
) -> tuple[str, Column | None] | None:
    """Return the new column, by its name meanwhile, and what it is to be; None where none is due.

    One that is to be in the place of the old one is beside it until then.
    """
    table, name = place
    before, after = old.tables[table].columns, new.tables[table].columns
    called, hint = first
    wanted = after.get(called)
    if hint.old is not None:
        is_done = called in before and not holds(old, table, name, called)
        return None if is_done else (called, wanted)
    target = aside_name(name)
    # What is open already may be in the wanted schema as well.
    wanted = after.get(target, wanted)
    if wanted is None or (
        target not in before and not is_rewritten(old, hints, place, wanted)
    ):
        return None
    return target, wanted


def said_both_ways(
    place: Key, target: str, members: list[tuple[str, Expand]]
) -> Expansion:
    """Return the expansion whose ways there and back the hints say, as SQL."""
    table, name = place
    down = next((one.down for _, one in members if one.down is not None), None)
    assert down is not None  # noqa: S101 - the spec was built
    if members[0][1].old is None:  # by then, both have the same name
        down = edited(down, ColumnEdit(name, target, table.name))
    pairs = [(key, one.up or quote_name(name)) for key, one in members]
    pairs[0] = (target, pairs[0][1])
    return Expansion(table=table, old=name, down=down, new=tuple(pairs))


def cast_both_ways(
    hints: Hints,
    place: Key,
    source: Column,
    called: str,
    target: tuple[str, Column],
) -> Expansion | Refused:
    """Return the expansion by a cast there and back; why not, where PostgreSQL has none."""
    table, name = place
    key, wanted = target
    up = given_cast(hints, table, called, name)
    if up is None:
        found = casts.conversion(source.type, wanted.type, name)
        if found.asked:
            return Refused(
                table=table,
                column=called,
                why="this column cannot be expanded: PostgreSQL cannot turn"
                f" {source.type} into {wanted.type} by itself",
                instead="write at this column how, both ways, as SQL: expand: {up: …, down: …}",
            )
        up = found.using or quote_name(name)
    down = casts.backward(wanted.type, source.type, key, up) or quote_name(key)
    return Expansion(table=table, old=name, down=down, new=((key, up),))


def given_cast(hints: Hints, table: Name, name: str, old: str) -> str | None:
    """Return the cast of a spec, which calls the column by its new name, over the old one."""
    using = hints.using.get((table, name))
    return None if using is None else edited(using, ColumnEdit(name, old, table.name))


def holds(schema: Schema, table: Name, old: str, new: str) -> bool:
    """Tell whether an open expansion has two columns."""
    return any(
        one.table == table and one.old == old and new in one.names
        for one in opened(schema).values()
    )


def is_rewritten(old: Schema, hints: Hints, place: Key, wanted: Column) -> bool:
    """Tell whether a change of type would write or read the whole table while others wait."""
    table, name = place
    before = old.tables[table].columns[name]
    sides = [Typing(one.type, one.collation) for one in (before, wanted)]
    if sides[0] == sides[1]:
        return False
    using = (
        hints.using.get(place) or casts.conversion(before.type, wanted.type, name).using
    )
    step = SetColumnType(
        table=table, name=name, old=sides[0], new=sides[1], using=using
    )
    return rewrites.cost_of(step, old) is not None
