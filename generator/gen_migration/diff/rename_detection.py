"""Rename detection, and an order in which the new names are free.

The first step of a difference: after it, what is the same has the same name on both sides.
"""

from __future__ import annotations

from dataclasses import field, replace
from typing import TYPE_CHECKING, Any, TypeVar

from gen_migration.base.data_class import dataclass
from gen_migration.kinds import BY_WORD, KINDS
from gen_migration.model.automatic_names import sequence_name
from gen_migration.model.schema import Check, ForeignKey, PrimaryKey
from gen_migration.operations.columns import SetNotNullName
from gen_migration.operations.renames import (
    MoveObject,
    MoveTable,
    RenameColumn,
    RenameColumnSequence,
    RenameConstraint,
    RenameEnumValue,
    RenameIndex,
    RenameObject,
    RenameTable,
)
from gen_migration.postgres.names import MAX_NAME_BYTES, Name

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Mapping

    from gen_migration.model.hints import Hints
    from gen_migration.model.schema import Column, Constraint, Index, Schema
    from gen_migration.operations.base import Operation
    from gen_migration.operations.origins import Origins

K = TypeVar("K")

# An object whose name another one takes: a kind, the table that it belongs to (or None), its key.
Thing = tuple[str, Name | None, Any]


@dataclass(slots=True)
class Moves:
    """The renames that were found so far, and the schema after them."""

    schema: Schema
    operations: list[Operation] = field(default_factory=list)

    def do(self, operation: Operation) -> None:
        self.schema = operation.apply(self.schema)
        self.operations.append(operation)

    def rename_constraint(self, table: Name, old: str, new: str) -> None:
        """Rename a constraint; a NOT NULL that has the name gives it up first."""
        for key, column in self.schema.tables[table].columns.items():
            if column.not_null == new:
                self.do(SetNotNullName(table=table, name=key, old=new, new=None))
        self.do(RenameConstraint(table=table, old=old, new=new))


def moves(old: Schema, new: Schema, hints: Hints, origins: Origins) -> Moves:
    """Return the renames that `renamed_from` asks for and that are safe without being asked for.

    What is in the way of a new name and is dropped later gets another name first.
    """
    state = Moves(old)
    word = "schema"
    schemas = wanted(hints.of(word), old.of(word), new.of(word), origins.of(word))
    for target, source in schemas.items():
        state.do(RenameObject(kind=word, old=source, new=target))
    top_level(state, new, hints, origins, schemas)
    for name, table in new.tables.items():
        if name in state.schema.tables:
            columns(state, name, table.columns, hints, origins)
    for name in new.enums:
        if name in state.schema.enums:
            values(state, name, new, hints, origins)
    parts(state, new, hints)
    make_room(state, new)
    return state


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


# What can get another name in its schema, and what each shares its names with.
SPACES: dict[str, frozenset[str]] = {
    "table": frozenset(("relations", "types")),
    "constraints": frozenset(("relations",)),
    "indexes": frozenset(("relations",)),
    **{kind.word: frozenset((kind.space,)) for kind in KINDS if kind.space},
}
WHOLE = [word for word in SPACES if word == "table" or word in BY_WORD]


def top_level(
    state: Moves,
    new: Schema,
    hints: Hints,
    origins: Origins,
    schemas: Mapping[str, str],
) -> None:
    """Rename tables, and what else is in schemas."""
    moved = {source: target for target, source in schemas.items()}
    pending: dict[Thing, Name] = {}
    for kind in WHOLE:
        renamed = {
            target: source._replace(
                schema=moved.get(source.schema or "", source.schema)
            )
            for target, source in hints.of(kind).items()
        }
        found = wanted(renamed, state.schema.of(kind), new.of(kind), origins.of(kind))
        pending |= {(kind, None, target): source for target, source in found.items()}
    for (kind, _, target), source in when_free(state, pending, new):
        move(state, kind, source, target, new)
        for key, name in pending.items():
            if name not in state.schema.of(key[0]):
                # It is a sequence that moved with the table that owns it.
                pending[key] = name._replace(schema=target.schema)


def when_free(
    state: Moves, pending: dict[Thing, Any], new: Schema
) -> Iterator[tuple[Thing, Any]]:
    """Yield renames (what a thing becomes, and its key so far), each when its name is free.

    What has the name meanwhile, and none of them takes away, is set aside.
    """
    while pending:
        target = next(
            (one for one in pending if occupant(state.schema, one) is None),
            next(iter(pending)),
        )
        thing = occupant(state.schema, target)
        if thing is not None and thing != (*target[:2], pending[target]):
            aside = set_aside(state, thing, new)
            for one, source in pending.items():
                if thing == (*one[:2], source):
                    pending[one] = aside
            continue
        yield target, pending.pop(target)


def move(state: Moves, kind: str, source: Name, target: Name, new: Schema) -> None:
    """Rename an object, and move it to another schema."""
    if source.schema != target.schema:
        there = source._replace(schema=target.schema)
        if there != target and occupant(state.schema, (kind, None, there)) is not None:
            aside = free_name(state.schema, new, source)
            step(state, rename(kind, source, aside))
            source, there = aside, aside._replace(schema=target.schema)
        step(state, move_to(kind, source, there))
        source = there
    if source.name != target.name:
        step(state, rename(kind, source, target))


def rename(kind: str, old: Name, new: Name) -> Operation:
    """Return what gives an object another name in its schema."""
    if kind == "table":
        return RenameTable(old=old, new=new)
    return RenameObject(kind=kind, old=old, new=new)


def move_to(kind: str, old: Name, new: Name) -> Operation:
    """Return what brings an object to another schema."""
    if kind == "table":
        return MoveTable(old=old, new=new)
    return MoveObject(kind=kind, old=old, new=new)


def step(state: Moves, operation: Operation) -> None:
    state.do(operation)
    if isinstance(operation, RenameTable):
        for key, column in state.schema.tables[operation.new].columns.items():
            if column.has_sequence:
                state.do(column_sequence(operation.old, key, operation.new, key))


def column_sequence(
    old: Name, old_column: str, new: Name, new_column: str
) -> RenameColumnSequence:
    """Return the rename of the sequence of a column; PostgreSQL calls it `table_column_seq`."""
    return RenameColumnSequence(
        old=sequence_name(new._replace(name=old.name), old_column),
        new=sequence_name(new, new_column),
    )


def is_relation(part: Constraint | Index) -> bool:
    """Tell whether a constraint or an index shares its names with tables."""
    return not isinstance(part, Check | ForeignKey)


def things(schema: Schema) -> Iterator[tuple[Name, Thing]]:
    """Yield the name of each relation and type of a schema, and what it is."""
    for kind in WHOLE:
        for name in schema.of(kind):
            yield name, (kind, None, name)
    for name, table in schema.tables.items():
        for key, constraint in table.constraints.items():
            if is_relation(constraint):
                yield name._replace(name=key), ("constraints", name, key)
        for key in table.indexes:
            yield name._replace(name=key), ("indexes", name, key)


def occupant(schema: Schema, thing: Thing) -> Thing | None:
    """Return what has the name that a thing is to get, or None."""
    kind, table, key = thing
    name = key if table is None else table._replace(name=key)
    for other in WHOLE:
        if SPACES[kind] & SPACES[other] and name in schema.of(other):
            return other, None, name
    if "relations" not in SPACES[kind]:
        return None
    for table_name, value in schema.tables.items():
        if table_name.schema != name.schema:
            continue
        if name.name in value.indexes:
            return "indexes", table_name, name.name
        constraint = value.constraints.get(name.name)
        if constraint is not None and is_relation(constraint):
            return "constraints", table_name, name.name
    return None


def set_aside(state: Moves, thing: Thing, new: Schema) -> Any:
    """Give an object that is in the way a name that nothing has; return it."""
    kind, table, key = thing
    if table is None:
        aside = free_name(state.schema, new, key)
        step(state, rename(kind, key, aside))
        return aside
    name = free_name(state.schema, new, table._replace(name=key)).name
    if kind == "indexes":
        state.do(RenameIndex(table=table, old=key, new=name))
    else:
        state.rename_constraint(table, key, name)
    return name


def free_name(old: Schema, new: Schema, name: Name) -> Name:
    """Return a name like this one that neither schema has."""
    taken = {one for schema in (old, new) for one, _ in things(schema)}
    return name._replace(
        name=free(name.name, {one.name for one in taken if one.schema == name.schema})
    )


def free(name: str, taken: Collection[str]) -> str:
    """Return a name like this one that is not taken."""
    number = 0
    while True:
        number += 1
        end = f"_old{number if number > 1 else ''}"
        start = name.encode()[: MAX_NAME_BYTES - len(end)].decode(errors="ignore")
        if start + end not in taken:
            return start + end


def columns(
    state: Moves,
    table: Name,
    new: Mapping[str, Column],
    hints: Hints,
    origins: Origins,
) -> None:
    """Rename columns of a table."""
    asked = {key[1]: old for key, old in hints.columns.items() if key[0] == table}
    if not asked:
        return
    present = state.schema.tables[table].columns
    found = wanted(asked, present, new, origins.within("column", table))

    def rename(old: str, target: str) -> None:
        state.do(RenameColumn(table=table, old=old, new=target))
        if state.schema.tables[table].columns[target].has_sequence:
            state.do(column_sequence(table, old, table, target))

    in_order(
        found, lambda: state.schema.tables[table].columns, {*present, *new}, rename
    )


def values(
    state: Moves, name: Name, new: Schema, hints: Hints, origins: Origins
) -> None:
    """Rename values of an enum."""
    asked = {key[1]: old for key, old in hints.enum_values.items() if key[0] == name}
    if not asked:
        return
    present, target = state.schema.enums[name].values, new.enums[name].values
    found = wanted(asked, present, target, origins.within("value", name))
    in_order(
        found,
        lambda: state.schema.enums[name].values,
        {*present, *target},
        lambda old, value: state.do(RenameEnumValue(name=name, old=old, new=value)),
    )


def in_order(
    pending: dict[str, str],
    present: Callable[[], Collection[str]],
    taken: Collection[str],
    rename: Callable[[str, str], None],
) -> None:
    """Do renames (new name to old one), each when its name is free."""
    while pending:
        target = next(
            (one for one in pending if one not in present()), next(iter(pending))
        )
        if target in present():
            aside = free(target, {*taken, *present()})
            rename(target, aside)
            for key, source in pending.items():
                if source == target:
                    pending[key] = aside
            continue
        rename(pending.pop(target), target)


def parts(state: Moves, new: Schema, hints: Hints) -> None:
    """Rename constraints and indexes that are the same under another name."""
    pending: dict[Thing, str] = {}
    for name, table in new.tables.items():
        old = state.schema.tables.get(name)
        if old is None or old == table:
            continue
        for kind, same in (("constraints", is_that), ("indexes", same_index)):
            asked = {k[1]: v for k, v in getattr(hints, kind).items() if k[0] == name}
            found = pairs(getattr(old, kind), getattr(table, kind), asked, same)
            alone = {}
            for target, source in found.items():
                if is_relation(getattr(old, kind)[source]):
                    pending[kind, name, target] = source
                else:
                    alone[target] = source
            inner_parts(state, name, alone, table.constraints)
    for (kind, table_name, target), source in when_free(state, pending, new):
        assert table_name is not None  # noqa: S101 - they are parts of tables
        if kind == "indexes":
            state.do(RenameIndex(table=table_name, old=source, new=target))
        else:
            state.rename_constraint(table_name, source, target)


def inner_parts(
    state: Moves, table: Name, found: dict[str, str], new: Collection[str]
) -> None:
    """Rename checks and foreign keys, whose names are those of their table alone."""
    in_order(
        found,
        lambda: state.schema.tables[table].constraints,
        new,
        lambda old, target: state.rename_constraint(table, old, target),
    )


def pairs(
    old: Mapping[str, Any],
    new: Mapping[str, Any],
    asked: Mapping[str, str],
    same: Callable[[Any, Any], bool],
) -> dict[str, str]:
    """Return the new name and the old one of each that is the same; what was asked for first."""
    result = {
        target: source
        for target, source in asked.items()
        if target in old
        and source in old
        and same(old[source], new[target])
        and not same(old[target], new[target])
    }
    taken = set(result.values())
    gone = [name for name in old if name not in new and name not in taken]
    added = [name for name in new if name not in old]
    for target in sorted(added, key=lambda name: name not in asked):
        source = asked.get(target)
        candidates = [source] if source in gone else list(gone)
        for one in candidates:
            if same(old[one], new[target]):
                result[target] = one
                gone.remove(one)
                break
    return result


def is_that(old: Constraint, new: Constraint) -> bool:
    """Tell whether one constraint is another: a table has one primary key, which may change."""
    is_key = isinstance(old, PrimaryKey) and isinstance(new, PrimaryKey)
    return is_key or same_constraint(old, new)


def same_constraint(old: Constraint, new: Constraint) -> bool:
    return replace(old, comment=None) == replace(new, comment=None)


def same_index(old: Index, new: Index) -> bool:
    """Tell whether one index can become another without being built anew."""
    return (
        replace(
            old,
            comment=new.comment,
            storage_parameters=new.storage_parameters,
            tablespace=new.tablespace,
        )
        == new
    )


def is_anew(old: Schema, new: Schema, kind: str, name: Name) -> bool:
    """Tell whether an object that stays is made anew; what uses it goes over to the new one."""
    before, after = old.of(kind)[name], new.of(kind)[name]
    return before != after and BY_WORD[kind].is_anew(
        before, after, in_array=is_in_array(old, name)
    )


def is_in_array(schema: Schema, name: Name) -> bool:
    """Tell whether a column has arrays of a type."""
    return any(
        one.type.array and (one.type.schema, one.type.name) == name
        for table in schema.tables.values()
        for one in table.columns.values()
    )


def make_room(state: Moves, new: Schema) -> None:
    """Rename objects that go, but later than something new comes with their name."""
    doomed = {
        (kind, name)
        for kind in WHOLE
        if kind != "table"
        for name in state.schema.of(kind)
        if name not in new.of(kind) or is_anew(state.schema, new, kind, name)
    }
    if not doomed:
        return
    taken = {name for name, _ in things(new)}
    for kind, name in sorted(doomed, key=str):
        if name in taken:
            set_aside(state, (kind, None, name), new)
