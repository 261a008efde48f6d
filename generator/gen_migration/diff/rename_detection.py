"""Rename detection, the first step of a difference.

After it, what is the same has the same name on both sides.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from gen_migration.diff import free_names as names
from gen_migration.diff import renamed_parts
from gen_migration.diff.inheritance import leaving
from gen_migration.diff.moving import depth, detach
from gen_migration.diff.relabelled import relabelled
from gen_migration.diff.renames_in_turn import Moves, in_turn, rename_within
from gen_migration.diff.type_use import is_anew
from gen_migration.kinds import BY_WORD
from gen_migration.model.given import ancestry, columns_of
from gen_migration.model.partitions import ancestors
from gen_migration.operations.origins import HOLDERS
from gen_migration.operations.renames import MoveObject, MoveTable

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

    from gen_migration.model.hints import Hints
    from gen_migration.model.schema import Schema
    from gen_migration.operations.base import Operation
    from gen_migration.operations.origins import Origins
    from gen_migration.postgres.names import Name

K = TypeVar("K")
V = TypeVar("V")


def moves(old: Schema, new: Schema, hints: Hints, origins: Origins) -> Moves:
    """Return the renames that `renamed_from` asks for and that are safe without being asked for.

    What is in the way of a new name and is dropped later gets another name first.
    """
    state = Moves(old)
    word = "schema"
    schemas = wanted(hints.of(word), old.of(word), new.of(word), origins.of(word))
    for target, source in schemas.items():
        state.rename((word, None, source), target)
    # The names of routines hold types, which have their new names by then.
    for routines in (False, True):
        kinds = [kind for kind in names.WHOLE if (kind in names.ROUTINES) == routines]
        top_level(state, new, hints, origins, (schemas, kinds))
    for one in let_go(state.schema, new, hints, origins):
        state.do(one)
    for kind, asked in (
        ("column", hints.columns),
        ("value", hints.enum_values),
        ("attribute", hints.attributes),
    ):
        for word, holder in holders(kind, new):
            own = {key[1]: one for key, one in asked.items() if key[0] == holder}
            if own and holder in state.schema.of(word):
                present, after = (
                    names.WITHIN[kind](one, holder) for one in (state.schema, new)
                )
                found = wanted(own, present, after, origins.within(kind, holder))
                rename_within(state, kind, holder, found, {*present, *after})
    of_database(state, new, hints, origins)
    members(state, new, hints, origins)
    relabelled(state, new)
    renamed_parts.parts(state, new, hints)
    make_room(state, new)
    return state


def holders(kind: str, schema: Schema) -> Iterator[tuple[str, Name]]:
    """Yield what has columns, values or attributes of its own, with its word.

    Those of a query are none: they get other names where the query says so (`relabelled`).
    """
    for word in HOLDERS[kind]:
        for name in schema.of(word):
            if kind != "column" or word == "table" or BY_WORD[word].declares_columns:
                yield word, name


def let_go(
    schema: Schema, new: Schema, hints: Hints, origins: Origins
) -> Iterator[Operation]:
    """Yield what lets tables go whose columns get other names than those that they come from.

    They do so before all other changes, so that those are of tables with their new names.
    """
    asked: dict[Name, dict[str, str]] = {}
    for (of, target), source in hints.columns.items():
        if of in schema.tables:
            asked.setdefault(of, {})[target] = source
    renamed = {
        of
        for of, own in asked.items()
        if wanted(
            own,
            columns_of(schema, of),
            columns_of(new, of),
            origins.within("column", of),
        )
    }
    partitions = []
    for name, table in schema.tables.items() if renamed else ():
        after = new.tables.get(name)
        if after is None or renamed.isdisjoint(above(schema, name)):
            continue
        if table.partition_of is not None and after.partition_of is None:
            partitions.append(name)
        elif table.is_heir and not after.is_heir:
            yield from leaving(schema, new, name)
    for name in sorted(partitions, key=lambda one: -depth(schema, one)):
        yield detach(schema, name, set())


def above(schema: Schema, name: Name) -> Iterator[Name]:
    """Yield a table, and those that it has columns from."""
    yield name
    yield from ancestors(schema, name)
    yield from ancestry(schema, name)


def of_database(state: Moves, new: Schema, hints: Hints, origins: Origins) -> None:
    """Rename what is in no schema, each kind for itself."""
    for word in names.OF_DATABASE:
        found = wanted(
            hints.of(word), state.schema.of(word), new.of(word), origins.of(word)
        )
        rename_within(state, word, None, found, {*state.schema.of(word), *new.of(word)})


def wanted(
    hints: Mapping[K, K],
    old: Collection[K],
    new: Collection[K],
    origins: Mapping[K, K],
) -> dict[K, K]:
    """Return those of the hints (new name to old one) that history has not consumed yet."""
    result = {}
    for target, source in hints.items():
        if source not in old or source == target:
            continue
        if target in old and (
            origins.get(target) == source
            # What is called so stays, or got the name from elsewhere itself.
            or (source in new and source not in hints)
            or origins.get(source, source) == hints.get(source)
        ):
            continue
        result[target] = source
    return result


def top_level(
    state: Moves,
    new: Schema,
    hints: Hints,
    origins: Origins,
    of: tuple[Mapping[str, str], Collection[str]],
) -> None:
    """Rename tables, and what else is in schemas: of schemas that moved, and of some kinds."""
    schemas, kinds = of
    moved = {source: target for target, source in schemas.items()}
    pending: dict[names.Thing, names.Thing] = {}
    for kind in kinds:
        renamed = {
            target: source._replace(
                schema=moved.get(source.schema or "", source.schema)
            )
            for target, source in hints.of(kind).items()
        }
        found = wanted(renamed, state.schema.of(kind), new.of(kind), origins.of(kind))
        pending |= {(kind, None, to): (kind, None, one) for to, one in found.items()}
    for target, thing in in_turn(state, pending, new):
        move(state, thing, target[2], new)
        for one, (kind, _, name) in pending.items():
            if name not in state.schema.of(kind):
                # It is a sequence that moved with the table that owns it.
                pending[one] = (kind, None, name._replace(schema=target[2].schema))


def move(state: Moves, thing: names.Thing, target: Name, new: Schema) -> None:
    """Rename an object, and move it to another schema."""
    kind, _, source = thing
    if source.schema != target.schema:
        there = source._replace(schema=target.schema)
        if (
            there != target
            and names.occupant(state.schema, (kind, None, there)) is not None
        ):
            source = state.rename(thing, names.free_name(state.schema, new, source))[2]
            there = source._replace(schema=target.schema)
        if kind == "table":
            state.do(MoveTable(old=source, new=there))
        else:
            state.do(MoveObject(kind=kind, old=source, new=there))
        source = there
    if source.name != target.name:
        state.rename((kind, None, source), target)


def members(state: Moves, new: Schema, hints: Hints, origins: Origins) -> None:
    """Rename what stands on relations."""
    for kind in names.MEMBERS:
        asked = hints.of(kind)
        for holder in dict.fromkeys(one.holder for one in asked):
            own = {
                to.name: one.name for to, one in asked.items() if to.holder == holder
            }
            present, after = (
                names.members(one, kind, holder) for one in (state.schema, new)
            )
            found = wanted(own, present, after, origins.within(kind, holder))
            rename_within(state, kind, holder, found, {*present, *after})


def make_room(state: Moves, new: Schema) -> None:
    """Rename objects that go, but later than something new comes with their name."""
    while found := in_the_way(state.schema, new):
        for thing in found:
            state.set_aside(thing, new)


def in_the_way(old: Schema, new: Schema) -> list[names.Thing]:
    """Return what goes, and has a name that something new gets.

    What is made of a type that was set aside goes with it.
    """
    doomed = {
        (kind, name)
        for kind in names.WHOLE
        if kind not in {"table", *names.ROUTINES}
        for name in old.of(kind)
        if BY_WORD[kind].has_renames
        and (name not in new.of(kind) or is_anew(old, new, kind, name))
    }
    if not doomed:
        return []
    taken = {name for name, _ in names.things(new)}
    return [
        (kind, None, name) for kind, name in sorted(doomed, key=str) if name in taken
    ]
