"""Rules about what goes, or goes by another name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gen_migration.diff.data_loss import losses, spec_path
from gen_migration.kinds import BY_WORD
from gen_migration.operations.alterations import AlterObject, SetEnumValues
from gen_migration.operations.base import CreateObject, DropObject, DropTable, Operation
from gen_migration.operations.columns import (
    DropColumn,
    SetColumnGenerated,
    SetColumnType,
)
from gen_migration.operations.renames import (
    MoveTable,
    RenameColumn,
    RenameEnumValue,
    RenameObject,
    RenameTable,
)
from gen_migration.rules.finding import Severity
from gen_migration.rules.rule import Edit, Hit, enum_path, rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gen_migration.postgres.names import Name


LATER = "deploy code that does without it first, and drop it in a later edit"
ADD = "add the new name beside the old one, let code move over, and drop the old one later"


def destroyed(edit: Edit, kind: type[Operation]) -> Iterator[Hit]:
    """Yield what an operation of a kind destroys, as it is called before the edit."""
    if isinstance(edit.operation, kind):
        for loss in losses(edit.made.operations, edit.spec):
            if loss.operation is edit.operation:
                yield Hit(f"this destroys {loss.what}", loss.path)


@rule("GM101", Severity.DANGER, breaks=True, instead=LATER)
def table_dropped(edit: Edit) -> Iterator[Hit]:
    """A table is dropped.

    Its rows are gone, and code that names it fails. The way back makes an empty one.
    """
    yield from destroyed(edit, DropTable)


@rule("GM102", Severity.DANGER, breaks=True, instead=LATER)
def column_dropped(edit: Edit) -> Iterator[Hit]:
    """A column is dropped.

    Its values are gone, and code that names it fails; so does an ORM that lists all columns it
    once knew. The way back makes an empty one.
    """
    yield from destroyed(edit, DropColumn)
    match edit.operation:
        case DropColumn(table=table, name=name, old=old) if old.generated is not None:
            yield Hit(
                f"generated column {name} of table {table} goes",
                spec_path(edit.spec, table, "columns"),
            )


@rule(
    "GM103",
    Severity.DANGER,
    instead="add a column of the new type, let code fill both, and drop the old one later",
)
def values_narrowed(edit: Edit) -> Iterator[Hit]:
    """A type holds less than the one before.

    Values that do not fit are cut or rounded, or stop the upgrade.
    """
    yield from destroyed(edit, SetColumnType)


@rule(
    "GM104",
    Severity.DANGER,
    breaks=True,
    instead="add another column that is computed, and drop this one later",
)
def values_replaced(edit: Edit) -> Iterator[Hit]:
    """The values of a column are replaced by computed ones, or by none.

    What was stored there is gone. Where the column is computed now, an INSERT or UPDATE of
    running code that gives it a value fails.
    """
    yield from destroyed(edit, SetColumnGenerated)


@rule(
    "GM105",
    Severity.DANGER,
    breaks=True,
    instead="keep the value, and forbid it by a check where it must not be written",
)
def enum_value_removed(edit: Edit) -> Iterator[Hit]:
    """A value of an enum that is in use is removed.

    Rows that hold it stop the upgrade, and running code that writes or compares it fails.
    """
    yield from destroyed(edit, SetEnumValues)


@rule("GM106", Severity.DANGER, breaks=True, instead=LATER)
def sequence_dropped(edit: Edit) -> Iterator[Hit]:
    """A sequence is dropped.

    Where it stood is lost: one that is made again starts anew, and gives numbers a second time.
    """
    if getattr(edit.operation, "kind", None) == "sequence":
        yield from destroyed(edit, DropObject)


@rule("GM107", Severity.WARNING, breaks=True, instead=LATER)
def type_dropped(edit: Edit) -> Iterator[Hit]:
    """A type or an extension is dropped, or an extension moves to another schema.

    Code that casts to the type, or calls a function of the extension by its schema, fails.
    """
    match edit.operation:
        case DropObject(kind=kind, name=name) if is_type(kind) or kind == "extension":
            if not is_swap(edit, kind, name):
                yield Hit(edit.operation.summary, (BY_WORD[kind].key,))
        case AlterObject(kind="extension", name=name, old=old, new=new):
            if old.schema != new.schema:
                path = edit.spec.places.get(("extension", name), ("extensions",))
                yield Hit(edit.operation.summary, path)


@rule("GM111", Severity.DANGER, breaks=True, instead=ADD)
def table_renamed(edit: Edit) -> Iterator[Hit]:
    """A table has another name, or another schema.

    Code of the version before fails from the moment on that the upgrade commits; a view of the
    old name, made by hand, can stand in for the table meanwhile.
    """
    match edit.operation:
        case RenameTable(new=new) | MoveTable(new=new) if new not in edit.unused:
            yield Hit(edit.operation.summary, spec_path(edit.spec, new))
        case RenameObject(kind="schema", new=schema):
            yield Hit(
                edit.operation.summary,
                edit.spec.places.get(("schema", schema), ("schemas",)),
            )


@rule("GM112", Severity.DANGER, breaks=True, instead=ADD)
def column_renamed(edit: Edit) -> Iterator[Hit]:
    """A column has another name.

    Code of the version before fails from the moment on that the upgrade commits.
    """
    match edit.operation:
        case RenameColumn(table=table, new=new) if table not in edit.unused:
            yield Hit(
                edit.operation.summary, spec_path(edit.spec, table, "columns", new)
            )


@rule("GM113", Severity.DANGER, breaks=True, instead=ADD)
def enum_renamed(edit: Edit) -> Iterator[Hit]:
    """An enum, a value of one, or a domain has another name.

    Code that casts to the old type, or writes and compares the old value, fails.
    """
    match edit.operation:
        case RenameEnumValue(name=name):
            yield Hit(edit.operation.summary, enum_path(edit.spec, name))
        case RenameObject(kind=kind, new=name) if is_type(kind):
            if is_swap(edit, kind, name):
                return
            path = edit.spec.places.get((kind, name), (BY_WORD[kind].key,))
            yield Hit(edit.operation.summary, path)


def is_swap(edit: Edit, kind: str, aside: Name) -> bool:
    """Tell whether an object was only set aside for a new one that takes its place."""
    made = edit.made.operations
    was = [
        one.old
        for one in made
        if isinstance(one, RenameObject) and (one.kind, one.new) == (kind, aside)
    ]
    return any(
        isinstance(one, CreateObject) and one.kind == kind and one.name in was
        for one in made
    )


def is_type(kind: str) -> bool:
    """Tell whether objects of a kind are types."""
    return kind in BY_WORD and BY_WORD[kind].space == "types"


@rule("GM114", Severity.DANGER, breaks=True, instead=ADD)
def sequence_renamed(edit: Edit) -> Iterator[Hit]:
    """A sequence has another name, or another schema.

    Defaults of columns follow it; code that calls nextval() with the old name fails.
    """
    match edit.operation:
        case RenameObject(kind="sequence", new=new):
            path = edit.spec.places.get(("sequence", new), ("sequences",))
            yield Hit(edit.operation.summary, path)
