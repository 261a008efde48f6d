"""Edits that open and close expansions, as revisions before and after those of the rest.

What opens one is a transaction of a moment (the new column, the trigger, and no defaults), after
which rows are filled and NULL is forbidden while all go on. What closes one proves first that
nothing is lost, takes everything off the column that goes, and is then a transaction of a moment
again: each way back fills what comes back.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from gen_migration.base.data_class import replace
from gen_migration.diff.columns import forbidden, with_null
from gen_migration.diff.differ import difference
from gen_migration.diff.expanded import gone, names_back, parts, uses
from gen_migration.diff.expansion_losses import lost
from gen_migration.diff.expansions import Refused, opened
from gen_migration.diff.expansions_asked import asked, is_open
from gen_migration.diff.stand_ins import refusals, stand_ins
from gen_migration.model.hints import Hints
from gen_migration.model.schema import ForeignKey
from gen_migration.operations import every as op
from gen_migration.operations.origins import Origins
from gen_migration.plan.order import ordered
from gen_migration.postgres.names import quote_name

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from gen_migration.diff.columns import Question, Refusal
    from gen_migration.diff.expansions import Expansion
    from gen_migration.diff.stand_ins import StandIn
    from gen_migration.model.schema import Column, Schema


class Stage(NamedTuple):
    """Operations that are planned for themselves; `at_once`, they are one transaction.

    `after` is the schema that they lead to, where that is known. `questions` are what a spec has to
    answer before.
    """

    operations: tuple[op.Operation, ...]
    at_once: bool = False
    after: Schema | None = None
    questions: tuple[Question | Refusal | Refused, ...] = ()


class Expansions(NamedTuple):
    """The expansions of an edit: those that come, that stay open, and that close.

    `renaming` are the tables for which views come to stand in, `standing` those that have one.
    """

    opening: tuple[Expansion, ...] = ()
    staying: tuple[Expansion, ...] = ()
    closing: tuple[Expansion, ...] = ()
    renaming: tuple[StandIn, ...] = ()
    standing: tuple[StandIn, ...] = ()
    refused: tuple[Refused, ...] = ()

    @property
    def columns(self) -> tuple[Expansion, ...]:
        """Those of columns that are open after the edit."""
        return (*self.staying, *self.opening)

    @property
    def views(self) -> tuple[StandIn, ...]:
        """The views that stand in for tables after the edit."""
        return (*self.standing, *self.renaming)

    @property
    def waiting(self) -> tuple[Expansion | StandIn, ...]:
        """All that wait for their contract after the edit."""
        return (*self.columns, *self.views)


def expansions(old: Schema, new: Schema, hints: Hints, postgresql: int) -> Expansions:
    """Return the expansions of an edit."""
    held, after = opened(old), opened(new)
    if not (held or hints.expand or hints.stand_ins):
        return Expansions()
    renaming, standing = stand_ins(old, new, hints)
    wanted, refused = asked(old, new, hints)
    staying = tuple(one for one in wanted if is_open(old, one))
    kept = {one.trigger for one in staying} | after.keys()
    left = [one for key, one in held.items() if key not in kept]
    closing = [one for one in left if is_closed(old, one, new)]
    refused += [
        renamed(one, hints)
        for one in left
        if one not in closing and is_renamed(one, hints)
    ]
    return Expansions(
        opening=tuple(one for one in wanted if not is_open(old, one)),
        staying=staying,
        closing=tuple(closing),
        renaming=tuple(renaming),
        standing=tuple(standing),
        refused=(
            *refused,
            *(why for one in renaming for why in refusals(old, new, one, postgresql)),
        ),
    )


def is_closed(old: Schema, one: Expansion, new: Schema) -> bool:
    """Tell whether an open expansion ends with one of its sides; else an edit is like any other."""
    if one.table not in new.tables:
        return False
    return gone(old, one, new) in {(one.old,), one.names, ()}


def is_renamed(one: Expansion, hints: Hints) -> bool:
    """Tell whether an edit renames the table of an open expansion, or one of its columns."""
    sides = {(one.table, name) for name in (one.old, *one.names)}
    return one.table in hints.of("table").values() or any(
        (table, old) in sides for (table, _), old in hints.columns.items()
    )


def renamed(one: Expansion, hints: Hints) -> Refused:
    """Return what to say of an open expansion whose names change."""
    names = {old: new for new, old in hints.of("table").items()}
    columns = {
        old: new for (table, new), old in hints.columns.items() if table == one.table
    }
    sides = (columns[name] for name in (one.old, *one.names) if name in columns)
    return Refused(
        table=names.get(one.table, one.table),
        column=next(sides, one.label),
        why=f"{one.place} waits for its contract, and what it is called changes",
        instead="keep the names until the contract: gen-migration SPEC --contract",
    )


def rest_of(hints: Hints, found: Expansions) -> Hints:
    """Return hints without the renames of columns that are no renames yet, or no more."""
    if not any(found):
        return hints
    sides = {
        (one.table, name)
        for one in (*found.columns, *found.closing)
        for name in (one.old, *one.names)
    }
    columns = {key: old for key, old in hints.columns.items() if key not in sides}
    return replace(hints, columns=columns)


def standing_in(schema: Schema, new: Schema, one: StandIn, postgresql: int) -> Stage:
    """Return what gives a table its name, and the old one to a view."""
    target = op.RenameTable(old=one.old, new=one.table).apply(schema)
    hints = Hints(objects={"table": {one.table: one.old}})
    # The sequences of its columns get other names along with it.
    renames = ordered(difference(schema, target, hints, Origins()))
    view = one.view(target, new, postgresql)
    step = op.CreateObject(kind="view", name=one.old, new=view)
    return Stage((*renames, step), at_once=True)


def opening(schema: Schema, target: Schema, one: Expansion) -> Iterator[Stage]:
    """Yield what opens an expansion, at a schema; in another one, it is open."""
    columns = {name: target.tables[one.table].columns[name] for name in one.names}
    yield Stage(tuple(trigger_on(schema, target, one, columns)), at_once=True)
    filled: list[op.Operation] = [
        op.Backfill(table=one.table, name=name, new=up) for name, up in one.new
    ]
    filled += [
        forbidden(one.table, name, column)
        for name, column in columns.items()
        if not column.nullable
    ]
    yield Stage(tuple(filled))


def trigger_on(
    schema: Schema, target: Schema, one: Expansion, columns: Mapping[str, Column]
) -> Iterator[op.Operation]:
    for name, column in columns.items():
        yield op.AddColumn(table=one.table, name=name, new=with_null(column))
    default = schema.tables[one.table].columns[one.old].default
    if default is not None:
        yield op.SetColumnDefault(table=one.table, name=one.old, old=default, new=None)
    for word, key in (("function", one.function), ("trigger", one.trigger)):
        yield op.CreateObject(kind=word, name=key, new=target.of(word)[key])


def closing(
    schema: Schema, target: Schema, wanted: Schema, one: Expansion
) -> Iterator[Stage]:
    """Yield what closes an expansion, at a schema in which it is open; `target` is what is left."""
    columns = gone(schema, one, wanted)
    freed = tuple(freeing(schema, one, columns)) if columns else ()
    yield Stage(freed)
    hints = Hints(**names_back(schema, one, wanted))
    found = ordered(difference(op.apply(schema, freed), target, hints, Origins()))
    # What takes the strongest lock of the table comes first, there and back.
    ours = {"trigger": one.trigger, "function": one.function}
    ends = sorted(
        (
            each
            for each in found
            if isinstance(each, op.DropObject) and ours.get(each.kind) == each.name
        ),
        key=lambda each: [*ours].index(each.kind),
    )
    rest = (each for each in found if each not in ends)
    yield Stage((*ends, *rest), at_once=True)


def freeing(
    schema: Schema, one: Expansion, columns: tuple[str, ...]
) -> Iterator[op.Operation]:
    """Yield what proves that columns can go, and takes off them what others would wait for.

    The way back fills them before NULL is forbidden.
    """
    table = schema.tables[one.table]
    values = dict((*one.new, (one.old, one.down)))
    yield op.CheckRows(
        table=one.table, name=columns[0], new=disagreement(schema, one, columns)
    )
    held = [each for each in parts(table, "constraints") if uses(each[1], {*columns})]
    for name, old in sorted(held, key=lambda each: not isinstance(each[1], ForeignKey)):
        yield op.DropConstraint(table=one.table, name=name, old=old)
    for name, old in parts(table, "indexes"):
        if uses(old, {*columns}):
            yield op.DropIndex(table=one.table, name=name, old=old)
    for name in columns:
        column = table.columns[name]
        if not column.nullable:
            yield forbidden(one.table, name, column).inverse()
    for name in columns:
        yield op.Backfill(table=one.table, name=name, old=values[name])


def disagreement(schema: Schema, one: Expansion, columns: tuple[str, ...]) -> str:
    """Return the condition of rows whose values of columns that go are nowhere else.

    Where their type cannot hold all of the other's values, which is a loss that is asked for,
    those agree of which either follows from the other.
    """
    known = schema.tables[one.table].columns
    old = unlike({one.old: one.down}, known)
    new = unlike(dict(one.new), known)
    if lost(one, known, columns) is not None:
        return f"{old} AND {new}"
    return old if columns == (one.old,) else new


def unlike(values: dict[str, str], known: Mapping[str, Column]) -> str:
    """Return the condition that columns differ from values, byte by byte."""
    found = [
        value
        if value in map(quote_name, known) and is_same(value, name, known)
        else f"CAST({value} AS {known[name].type.sql})"
        for name, value in values.items()
    ]
    held = ", ".join(map(quote_name, values))
    return f"record_image_ne(ROW({held}), ROW({', '.join(found)}))"


def is_same(value: str, name: str, known: Mapping[str, Column]) -> bool:
    return any(
        quote_name(key) == value and one.type == known[name].type
        for key, one in known.items()
    )
