"""Rename detection, the first step of a difference.

After it, what is the same has the same name on both sides.
"""

from __future__ import annotations

from functools import partial
from operator import eq
from typing import TYPE_CHECKING, TypeVar

from gen_migration.diff import free_names as names
from gen_migration.diff import same_parts
from gen_migration.kinds import BY_WORD, KINDS, type_of
from gen_migration.kinds.kind_changes import Use
from gen_migration.kinds.references import EVERY
from gen_migration.model.given import given_checks, given_columns
from gen_migration.model.partitions import standalone
from gen_migration.operations.origins import HOLDERS
from gen_migration.operations.renames import MoveObject, MoveTable
from gen_migration.postgres.names import Name

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Mapping

    from gen_migration.model.hints import Hints
    from gen_migration.model.schema import Schema, Table
    from gen_migration.operations.origins import Origins
    from gen_migration.postgres.types import Type

K = TypeVar("K")
V = TypeVar("V")


def moves(old: Schema, new: Schema, hints: Hints, origins: Origins) -> names.Moves:
    """Return the renames that `renamed_from` asks for and that are safe without being asked for.

    What is in the way of a new name and is dropped later gets another name first.
    """
    state = names.Moves(old)
    word = "schema"
    schemas = wanted(hints.of(word), old.of(word), new.of(word), origins.of(word))
    for target, source in schemas.items():
        state.rename((word, None, source), target)
    # The names of routines hold types, which have their new names by then.
    for routines in (False, True):
        kinds = [kind for kind in names.WHOLE if (kind in names.ROUTINES) == routines]
        top_level(state, new, hints, origins, (schemas, kinds))
    for kind, asked in (
        ("column", hints.columns),
        ("value", hints.enum_values),
        ("attribute", hints.attributes),
    ):
        (word,) = HOLDERS[kind]
        for holder in new.of(word):
            own = {key[1]: one for key, one in asked.items() if key[0] == holder}
            if own and holder in state.schema.of(word):
                present, after = (
                    NAMES[kind](one, holder) for one in (state.schema, new)
                )
                found = wanted(own, present, after, origins.within(kind, holder))
                within(state, kind, holder, found, {*present, *after})
    of_database(state, new, hints, origins)
    members(state, new, hints, origins)
    parts(state, new, hints)
    make_room(state, new)
    return state


def of_database(
    state: names.Moves, new: Schema, hints: Hints, origins: Origins
) -> None:
    """Rename what is in no schema, each kind for itself."""
    for word in names.OF_DATABASE:
        found = wanted(
            hints.of(word), state.schema.of(word), new.of(word), origins.of(word)
        )
        within(state, word, None, found, {*state.schema.of(word), *new.of(word)})


# The names within a table or a type that are free or taken there alone.
NAMES: dict[str, Callable[[Schema, Name], Collection[str]]] = {
    "column": lambda schema, holder: own_columns(schema, schema.tables[holder]),
    "constraints": lambda schema, holder: schema.tables[holder].constraints,
    "value": lambda schema, holder: schema.enums[holder].values,
    "attribute": lambda schema, holder: schema.of("composite type")[holder].attributes,
}


def own_columns(schema: Schema, table: Table) -> list[str]:
    """Return the columns of a table that it has from no other: those get other names there."""
    given = given_columns(schema, table) if table.is_heir else {}
    return [key for key in table.columns if key not in given]


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


def within(
    state: names.Moves,
    kind: str,
    holder: Name | None,
    found: Mapping[str, str],
    taken: Collection[str],
) -> None:
    """Rename parts (new name to old one) whose names are those of their table or enum alone.

    Without a holder, they are those of the kind.
    """

    def present() -> Collection[str]:
        if holder is None:
            return state.schema.of(kind)
        if kind in names.MEMBERS:
            return names.members(state.schema, kind, holder)
        return NAMES[kind](state.schema, holder)

    def there(thing: names.Thing) -> names.Thing | None:
        return thing if thing[2] in present() else None

    def aside(thing: names.Thing) -> names.Thing:
        return state.rename(thing, names.free(thing[2], {*taken, *present()}))

    pending = {
        (kind, holder, target): (kind, holder, source)
        for target, source in found.items()
    }
    for target, thing in names.when_free(pending, there, aside):
        state.rename(thing, target[2])


def top_level(
    state: names.Moves,
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


def in_turn(
    state: names.Moves, pending: dict[names.Thing, names.Thing], new: Schema
) -> Iterator[tuple[names.Thing, names.Thing]]:
    """Yield renames of relations and types, each when its name is free."""
    return names.when_free(
        pending,
        lambda thing: names.occupant(state.schema, thing),
        partial(state.set_aside, new=new),
    )


def move(state: names.Moves, thing: names.Thing, target: Name, new: Schema) -> None:
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


def members(state: names.Moves, new: Schema, hints: Hints, origins: Origins) -> None:
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
            within(state, kind, holder, found, {*present, *after})


def parts(state: names.Moves, new: Schema, hints: Hints) -> None:
    """Rename constraints and indexes that are the same under another name."""
    pending: dict[names.Thing, names.Thing] = {}
    kinds = (
        ("constraints", same_parts.is_that),
        ("indexes", same_parts.same_index),
    )
    for name, table in new.tables.items():
        old = state.schema.tables.get(name)
        if old is None or old == table:
            continue
        # What is attached has what its parent has before that, by the names it gets there.
        is_attached = table.partition_of is not None and old.partition_of is None
        becomes = standalone(new, name) if is_attached else table
        for kind, same in kinds:
            asked = {k[1]: v for k, v in getattr(hints, kind).items() if k[0] == name}
            before = without_given(state.schema, old, getattr(old, kind))
            after = without_given(new, becomes, getattr(becomes, kind))
            found = same_parts.pairs(before, after, asked, same)
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
                within(state, kind, name, alone, becomes.constraints)
    objects = {name: value for _, name, value in names.indexed(state.schema)}
    for _, name, value in names.indexed(new):
        if name in objects:
            found = same_parts.pairs(objects[name].indexes, value.indexes, {}, eq)
            pending |= {
                ("indexes", name, target): ("indexes", name, source)
                for target, source in found.items()
            }
    for target, thing in in_turn(state, pending, new):
        state.rename(thing, target[2])


def without_given(
    schema: Schema, table: Table, parts: Mapping[str, V]
) -> Mapping[str, V]:
    """Return parts of a table without checks that its parents have: those have their name there."""
    given = given_checks(schema, table) if table.inherits else {}
    return {key: one for key, one in parts.items() if key not in given}


def is_anew(old: Schema, new: Schema, kind: str, name: Name) -> bool:
    """Tell whether an object that stays is made anew; what uses it goes over to the new one."""
    of = BY_WORD[kind]
    before, after = of.bare(old.of(kind)[name]), of.bare(new.of(kind)[name])
    return before != after and of.is_anew(before, after, use(old, name))


def use(schema: Schema, name: Name) -> Use:
    """Return where columns have a type."""
    types = made_of(schema, name)
    known = {one for kind in KINDS for one in schema.of(kind.word)} - {name}
    every = [
        one.type
        for table in schema.tables.values()
        for one in table.columns.values()
        if one.type.kind != "builtin"
    ]
    held = [one for one in every if Name(one.schema, one.name) in types]
    return Use(
        in_column=bool(held),
        within=any(is_within(schema, one, name) for one in held),
        in_types=not types.isdisjoint(known),
    )


def is_within(schema: Schema, of: Type, name: Name) -> bool:
    """Tell whether a type that is made of another one is anything but that, or domains over it."""
    base: Type | None = of
    while base is not None and not base.array and (base.schema, base.name) != name:
        found = type_of(schema, base)
        base = None if found is None else found[0].base(found[1])
    return base is None or base.array


def made_of(schema: Schema, name: Name) -> set[Name]:
    """Return a type, and those that are made of it."""
    refers = {
        one: {each[1] for each in kind.refers(value, EVERY) if each[0] == "types"}
        for kind in KINDS
        if kind.space == "types"
        for one, value in schema.of(kind.word).items()
    }
    brought = (
        each
        for kind in KINDS
        if kind.space == "types" and name in schema.of(kind.word)
        for each in kind.brings(name, schema.of(kind.word)[name])
    )
    found, size = {name, *brought}, 0
    while len(found) > size:
        size = len(found)
        found |= {one for one, others in refers.items() if others & found}
    return found


def make_room(state: names.Moves, new: Schema) -> None:
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
