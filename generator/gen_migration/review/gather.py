"""The operations of a plan, gathered by the objects that they change. Pure.

An operation is a step; a reviewer asks of each table what happens to it.
"""

from __future__ import annotations

from dataclasses import field
from typing import TYPE_CHECKING, Any

from gen_migration.base.data_class import dataclass, replace
from gen_migration.kinds import BY_WORD
from gen_migration.model.renaming import rekeyed
from gen_migration.model.schema import Index, Table
from gen_migration.operations import base as basic
from gen_migration.operations import columns, renames
from gen_migration.operations import every as op
from gen_migration.operations.rows import Backfill, CheckRows
from gen_migration.operations.serial import SequenceOfColumn
from gen_migration.review.changes import Action, Change, Detail, in_one
from gen_migration.review.describe import between, definition, properties, shown

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from gen_migration.model.schema import Schema
    from gen_migration.operations.base import Operation

Key = tuple[str, Any]


@dataclass(slots=True)
class Entry:
    """A change that is being gathered; `dropped` and `created` are definitions.

    `gone` are the properties of what is dropped, and `before` is its value.
    """

    kind: str
    name: Any
    old_name: Any = None
    dropped: str | None = None
    created: str | None = None
    gone: dict[str, str] = field(default_factory=dict)
    before: Any = None
    details: list[Detail] = field(default_factory=list)
    parts: dict[Key, Entry] = field(default_factory=dict)

    @property
    def names(self) -> tuple[Any, Any]:
        """Its name, and the old one where that is another; what is gone never had a new one."""
        if self.action is Action.DROP:
            return self.old_name or self.name, None
        return self.name, None if self.old_name == self.name else self.old_name

    @property
    def action(self) -> Action:
        if self.dropped is None:
            return Action.CHANGE if self.created is None else Action.ADD
        return Action.DROP if self.created is None else Action.REPLACE

    def part(self, kind: str, name: str) -> Entry:
        """Return the entry of a part."""
        return self.parts.setdefault((kind, name), Entry(kind, name))


def changes(
    operations: Iterable[Operation], old: Schema, new: Schema
) -> tuple[Change, ...]:
    """Return what operations change, each object once, in the order of a spec."""
    entries: dict[Key, Entry] = {}
    for operation in operations:
        gather(entries, operation)
    places = order((*keys(new), *keys(old)))
    found = sorted(
        entries.values(), key=lambda one: places.get((one.kind, one.name), len(places))
    )
    made = (frozen(one, old, new) for one in found)
    return tuple(one for one in made if says_something(one))


def order(found: Iterable[Key]) -> dict[Key, int]:
    """Return the place at which each key comes first."""
    return {key: place for place, key in enumerate(dict.fromkeys(found))}


def keys(schema: Schema) -> Iterator[Key]:
    """Yield kind and name of all objects, in the order of a spec."""
    for word in (*BY_WORD, "table"):
        for name in schema.of(word):
            yield word, name


def gather(entries: dict[Key, Entry], operation: Any) -> None:
    """Put what an operation does to the entries of the objects that it changes."""

    def top(kind: str, name: Any) -> Entry:
        return entries.setdefault((kind, name), Entry(kind, name))

    match operation:
        case renames.Rename():
            gather_rename(entries, operation, top)
        case basic.CreateObject() | basic.DropObject():
            gather_whole(top(operation.kind, operation.name), operation)
        case basic.CreatePart() | basic.DropPart():
            table = top("table", operation.table)
            gather_whole(table.part(operation.noun, operation.name), operation)
        case columns.AddColumn() | columns.DropColumn():
            table = top("table", operation.table)
            gather_whole(table.part("column", operation.name), operation)
        case (
            Backfill(table=table, name=name, new=new)
            | CheckRows(table=table, name=name, new=new)
        ):
            entry = top("table", table).part("column", name)
            word = "backfill" if isinstance(operation, Backfill) else "compared"
            entry.details.append(Detail(word, None, new))
        case op.AddEnumValue() | op.RemoveEnumValue():
            gather_values(top("enum", operation.name), operation)
        case op.SetComment(kind=kind, name=name, part=str() as part):
            top("table", name).part(kind, part).details.extend(details(operation))
        case _:
            held = holder(operation)
            entry = top(*held[:2])
            if held[2:]:
                entry = entry.part(*held[2:])
            entry.details += details(but_for_names(entry, operation))


def but_for_names(entry: Entry, operation: Any) -> Any:
    """Return an operation but for parts of an object that only get other names, as is said here."""
    if not isinstance(operation, op.AlterObject):
        return operation
    old = operation.old
    for one in BY_WORD[operation.kind].parts_renamed(old, operation.new):
        rename(entry.parts, one.noun, one.old, one.new)
        parts = rekeyed(getattr(old, one.field), one.old, one.new)
        old = replace(old, **{one.field: parts})
    return replace(operation, old=old)


def holder(operation: Any) -> tuple[Any, ...]:
    """Return kind and name of the object that an operation alters, and those of the part."""
    match operation:
        case columns.SetColumn() | columns.SetColumnGenerated() | SequenceOfColumn():
            return ("table", operation.table, "column", operation.name)
        case op.SetInherited(of=of):
            noun = "index" if isinstance(of, Index) else "constraint"
            return ("table", operation.table, noun, operation.name)
        case op.AlterConstraint():
            return ("table", operation.table, "constraint", operation.name)
        case op.ReplaceIndex() | op.SetIndex():
            return ("table", operation.table, "index", operation.name)
        case op.SetTable() | op.SetPartition() | op.SetOrigin():
            return ("table", operation.table)
        case op.SetEnumValues():
            return ("enum", operation.name)
        case op.ReorderAttributes():
            return ("composite type", operation.name)
        case basic.SetSequenceOwner():
            return ("sequence", operation.name)
    return (operation.kind, operation.name)


def gather_whole(entry: Entry, operation: Any) -> None:
    if isinstance(operation, basic.CreateObject | basic.CreatePart | columns.AddColumn):
        come(entry, operation.new)
    else:
        go(entry, operation.old)


def gather_values(entry: Entry, operation: Any) -> None:
    for value in operation.new:
        if value not in operation.old:
            entry.part("value", value).created = ""
    for value in operation.old:
        if value not in operation.new:
            entry.part("value", value).dropped = ""


def gather_rename(
    entries: dict[Key, Entry],
    operation: renames.Rename,
    top: Callable[[str, Any], Entry],
) -> None:
    held = entries
    match operation:
        case renames.RenameColumn(table=table) | renames.RenamePart(table=table):
            held = top("table", table).parts
        case renames.RenameEnumValue(name=name):
            held = top("enum", name).parts
        case renames.RenameColumnOfObject(kind=kind, name=name):
            held = top(kind, name).parts
        case renames.RenameAttribute(name=name):
            held = top("composite type", name).parts
        case renames.RenameObject(kind="schema", old=old, new=new):
            for kind, name in list(entries):
                if getattr(name, "schema", None) == old:
                    entry = entries.pop((kind, name))
                    entry.name = name._replace(schema=new)
                    entries[kind, entry.name] = entry
    rename(held, operation.noun, operation.old, operation.new)


# What is told of what is made anew, old and new, where no property says in what it differs.
DEFINITION = "definition"


def come(entry: Entry, value: Any) -> None:
    """Say that something is created, with all that it has."""
    entry.kind = getattr(value, "word", entry.kind)
    entry.created = definition(value)
    old, new = entry.gone, dict(properties(value))
    entry.details += [
        Detail(what, old.get(what), new.get(what))
        for what in {**new, **old}
        if old.get(what) != new.get(what)
    ]
    of = BY_WORD.get(entry.kind)
    if of is not None and entry.before is not None:
        # What is made anew for the sake of others is as it was.
        told = [Detail(*one) for one in between(of, entry.before, value)]
        if not told and entry.dropped != entry.created:
            told = [Detail(DEFINITION, entry.dropped, entry.created)]
        entry.details += told
    for kind, key, part in parts_of(value):
        come(entry.part(kind, key), part)


def go(entry: Entry, value: Any) -> None:
    """Say that something is dropped, with all that it has."""
    entry.kind = getattr(value, "word", entry.kind)
    entry.dropped = definition(value)
    entry.gone, entry.before = dict(properties(value)), value
    for kind, key, part in parts_of(value):
        go(entry.part(kind, key), part)


def parts_of(value: Any) -> Iterator[tuple[str, str, Any]]:
    """Yield kind, name and value of what a table has; nothing else has parts."""
    if not isinstance(value, Table):
        return
    for kind, mapping in PARTS.items():
        for name, part in getattr(value, mapping).items():
            yield kind, name, part


PARTS = {"column": "columns", "constraint": "constraints", "index": "indexes"}


def rename(entries: dict[Key, Entry], kind: str, old: Any, new: Any) -> None:
    """Give an entry another name; what was dropped under that name stays beside it."""
    entry = entries.pop((kind, old), Entry(kind, old))
    entry.old_name = entry.old_name or entry.name
    entry.name = new
    if (gone := entries.pop((kind, new), None)) is not None:
        entries[kind, ("dropped", new)] = gone
    entries[kind, new] = entry


def details(operation: Any) -> Iterator[Detail]:
    """Yield what an operation gives other values."""
    for what, old, new in shown(operation):
        if old != new:
            yield Detail(what, old, new)


def frozen(entry: Entry, old: Schema, new: Schema) -> Change:
    """Return an entry as the value that it stands for."""
    parts = sorted(entry.parts.values(), key=place_in(entry, old, new))
    made = (part_of(one) for one in parts)
    name, old_name = entry.names
    definition = entry.dropped if entry.created is None else entry.created
    is_told = any(one.what == DEFINITION for one in entry.details)
    return Change(
        kind=entry.kind,
        name=str(name),
        action=entry.action,
        old_name=None if old_name is None else str(old_name),
        definition=None if is_told else definition or None,
        details=in_one(entry.details),
        parts=tuple(one for one in made if says_something(one)),
    )


def part_of(entry: Entry) -> Change:
    """Return a part's entry as a value; what is dropped and created has changed."""
    replaced = entry.action is Action.REPLACE
    found = list(entry.details)
    if replaced and entry.dropped != entry.created:
        found.insert(0, Detail(DEFINITION, entry.dropped, entry.created))
    name, old_name = entry.names
    return Change(
        kind=entry.kind,
        name=name,
        action=Action.CHANGE if replaced else entry.action,
        old_name=old_name,
        definition=None if replaced else (entry.created or entry.dropped or None),
        details=tuple(found),
    )


def says_something(change: Change) -> bool:
    """Tell whether anything is left of a change: two renames may have undone each other."""
    quiet = change.action is Action.CHANGE
    return not quiet or bool(change.old_name or change.details or change.parts)


def place_in(entry: Entry, old: Schema, new: Schema) -> Any:
    """Return what gives the place of a part: as in a spec, what is dropped at the end."""
    places = order(
        (
            *parts_in(new.tables.get(entry.name)),
            *parts_in(old.tables.get(entry.old_name or entry.name)),
        )
    )
    ranks = list(PARTS)

    def rank(part: Entry) -> tuple[int, int]:
        kind = part.kind if part.kind in PARTS else "constraint"
        return ranks.index(kind), places.get((kind, part.name), len(places))

    return rank


def parts_in(table: Table | None) -> Iterator[Key]:
    for kind, name, _ in parts_of(table):
        yield kind, name
