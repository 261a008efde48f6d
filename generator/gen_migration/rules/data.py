"""Rules about what goes, or goes by another name."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gen_migration.diff.expansions import MARK
from gen_migration.kinds import BY_WORD
from gen_migration.kinds.relations import known_of
from gen_migration.model.places import spec_path
from gen_migration.operations import every as op
from gen_migration.postgres.text_search import CONFIGURATIONS
from gen_migration.rules.contexts import object_path
from gen_migration.rules.finding import DANGER, WARNING
from gen_migration.rules.rule import rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gen_migration.kinds.routine_values import Function
    from gen_migration.plan.link import Plan
    from gen_migration.postgres.names import Name
    from gen_migration.rules.contexts import Edit, Hit


LATER = "deploy code that does without it first, and drop it in a later edit"
ADD = "add the new name beside the old one, let code move over, and drop the old one later"


def destroyed(edit: Edit) -> Iterator[Hit]:
    """Yield what an operation destroys, as it is called before the edit."""
    for loss in edit.shared.losses.get(id(edit.operation), ()):
        yield edit.hit(f"this destroys {loss.what}", loss.path)


@rule("GM101", DANGER, op.DropTable, breaks=True, instead=LATER)
def table_dropped(edit: Edit, _: op.DropTable) -> Iterator[Hit]:
    """A table is dropped.

    Its rows are gone, and code that names it fails. The way back makes an empty one.
    """
    yield from destroyed(edit)


@rule("GM102", DANGER, op.DropColumn, op.AlterObject, breaks=True, instead=LATER)
def column_dropped(edit: Edit, gone: op.DropColumn | op.AlterObject) -> Iterator[Hit]:
    """A column is dropped, or an attribute of a type that columns have.

    Its values are gone, and code that names it fails; so does an ORM that lists all columns it
    once knew. The way back makes an empty one.
    """
    yield from destroyed(edit)
    if not isinstance(gone, op.DropColumn) or is_added(edit, gone):
        return
    if gone.old.generated is not None:
        what = f"generated column {gone.name} of table {gone.table} goes"
        yield edit.hit(what, spec_path(edit.spec, gone.table, "columns"))


def is_added(edit: Edit, gone: op.DropColumn) -> bool:
    """Tell whether a column that goes comes back: what it calls was made anew."""
    return any(
        isinstance(one, op.AddColumn)
        and (one.table, one.name) == (gone.table, gone.name)
        for one in edit.made.operations
    )


@rule(
    "GM103",
    DANGER,
    op.SetColumnType,
    instead="add a column of the new type, let code fill both, and drop the old one later",
)
def values_narrowed(edit: Edit, _: op.SetColumnType) -> Iterator[Hit]:
    """A type holds less than the one before.

    Values that do not fit are cut or rounded, or stop the upgrade.
    """
    yield from destroyed(edit)


@rule(
    "GM104",
    DANGER,
    op.SetColumnGenerated,
    breaks=True,
    instead="add another column that is computed, and drop this one later",
)
def values_replaced(edit: Edit, _: op.SetColumnGenerated) -> Iterator[Hit]:
    """The values of a column are replaced by computed ones, or by none.

    What was stored there is gone. Where the column is computed now, an INSERT or UPDATE of
    running code that gives it a value fails.
    """
    yield from destroyed(edit)


@rule(
    "GM105",
    DANGER,
    op.SetEnumValues,
    breaks=True,
    instead="keep the value, and forbid it by a check where it must not be written",
)
def enum_value_removed(edit: Edit, _: op.SetEnumValues) -> Iterator[Hit]:
    """A value of an enum that is in use is removed.

    Rows that hold it stop the upgrade, and running code that writes or compares it fails.
    """
    yield from destroyed(edit)


@rule("GM106", DANGER, op.DropObject, breaks=True, instead=LATER)
def sequence_dropped(edit: Edit, gone: op.DropObject) -> Iterator[Hit]:
    """A sequence is dropped.

    Where it stood is lost: one that is made again starts anew, and gives numbers a second time.
    """
    if gone.kind == "sequence":
        yield from destroyed(edit)


@rule("GM107", WARNING, op.DropObject, op.AlterObject, breaks=True, instead=LATER)
def type_dropped(edit: Edit, one: op.DropObject | op.AlterObject) -> Iterator[Hit]:
    """A type or an extension is dropped, or an extension moves to another schema.

    Code that casts to the type, or calls a function of the extension by its schema, fails.
    """
    if isinstance(one, op.AlterObject):
        is_lost = one.kind == "extension" and one.old.schema != one.new.schema
    else:
        is_lost = one.kind == "extension" or is_type(one.kind)
    if is_lost and not is_swap(edit, one.kind, one.name):
        yield edit.hit()


# What code outside of the schema reads or calls by its name.
CALLED = frozenset(
    (
        *(
            "view",
            "materialized view",
            "foreign table",
            "function",
            "procedure",
            "aggregate",
            "operator",
        ),
        CONFIGURATIONS,
    )
)


@rule("GM108", WARNING, op.DropObject, breaks=True, instead=LATER)
def routine_dropped(edit: Edit, gone: op.DropObject) -> Iterator[Hit]:
    """A view, a foreign table, a function, an operator or a text search configuration is dropped.

    Something outside of the spec may use it: code that reads the view or the table, calls the
    function or the operator or names the configuration fails. PostgreSQL refuses the drop where an
    object that the spec does not have stands on it. A function with other arguments is another
    function.
    """
    is_ours = gone.kind == "function" and gone.name.name.startswith(MARK)
    is_gone = gone.kind in CALLED and gone.name not in edit.spec.schema.of(gone.kind)
    if is_gone and not is_ours:
        yield edit.hit()


@rule("GM109", WARNING, op.DropObject, op.AlterObject, breaks=True, instead=ADD)
def made_otherwise(edit: Edit, gone: op.DropObject | op.AlterObject) -> Iterator[Hit]:
    """A view, a foreign table or a function stays, and has less, or something else.

    Code of the version before fails that reads a column which is gone, calls an argument by the
    name that it had, or takes the result for what it was; and so does all code where one revision
    drops it, and a later one creates it again.
    """
    new = edit.spec.schema.of(gone.kind).get(gone.name)
    if new is None or gone.kind not in CALLED:
        return
    is_drop = isinstance(gone, op.DropObject)
    if is_drop and (part := back_in(edit.made, gone.kind, gone.name)) is not None:
        yield edit.hit(f"{gone.kind} {gone.name} is gone until part {part}")
    kind, path = BY_WORD[gone.kind], object_path(edit.spec, gone.kind, gone.name)
    if isinstance(gone, op.DropObject) or kind.columns_gone(gone.old, gone.new):
        for what in otherwise(edit, gone, new):
            yield edit.hit(f"{gone.kind} {gone.name} {what}", path)


def back_in(made: Plan, kind: str, name: Any) -> int | None:
    """Return the part of an edit that creates what an earlier one drops; None without such."""
    for number, link in enumerate(made.links[1:], 2):
        steps = [
            one
            for one in link.operations
            if isinstance(one, op.CreateObject | op.DropObject)
            and (one.kind, one.name) == (kind, name)
        ]
        if steps and isinstance(steps[0], op.CreateObject):
            return number
    return None


def otherwise(
    edit: Edit, gone: op.DropObject | op.AlterObject, new: Any
) -> Iterator[str]:
    """Yield what is otherwise than code knows it of an object that stays."""
    kind = BY_WORD[gone.kind]
    if kind.has_columns:
        before, after = (
            kind.columns(value, known_of(schema))
            for value, schema in ((gone.old, edit.start), (new, edit.spec.schema))
        )
        left = {key for key, _ in after or ()}
        lost = [key for key, _ in before or () if after is not None and key not in left]
        yield from (f"has no column {key} any more" for key in lost)
        return
    if gone.kind == "function" and (was := result(gone.old)) != result(new):
        yield f"returns {result(new)} in place of {was}"
    inputs = (getattr(one, "inputs", ()) for one in (gone.old, new))
    for one, other in zip(*inputs, strict=False):
        if one.name is not None and one.name != other.name:
            yield f"has no argument {one.name} any more"


def result(value: Function) -> str:
    """Return what a function gives, in words."""
    listed = ", ".join(f"{one.name or ''} {one.type}".strip() for one in value.outputs)
    found = f"({listed})" if listed else str(value.returns)
    return f"setof {found}" if value.setof else found


@rule("GM111", DANGER, op.RenameObject, breaks=True, instead=ADD)
def table_renamed(edit: Edit, one: op.RenameObject) -> Iterator[Hit]:
    """A table has another name, or another schema.

    Code of the version before fails from the moment on that the upgrade commits; a view of the
    old name, made by hand, can stand in for the table meanwhile.
    """
    if any(
        isinstance(each, op.CreateObject)
        and (each.kind, each.name) == ("view", one.old)
        for each in edit.made.operations
    ):
        return  # it stands in
    if one.kind == "schema" or (one.kind == "table" and one.new not in edit.unused):
        yield edit.hit()


@rule(
    "GM112",
    DANGER,
    op.RenameColumn,
    breaks=True,
    instead="write expand: true beside renamed_from, and let code move over until the contract",
)
def column_renamed(edit: Edit, one: op.RenameColumn) -> Iterator[Hit]:
    """A column has another name.

    Code of the version before fails from the moment on that the upgrade commits.
    """
    # At the contract, the values that were built aside take the name.
    successors = [
        each.old
        for each in edit.made.operations
        if isinstance(each, op.RenameColumn)
        and (each.table, each.new) == (one.table, one.old)
    ]
    is_aside = any(name.startswith(MARK) for name in (one.old, one.new, *successors))
    if one.table not in edit.unused and not is_aside:
        yield edit.hit()


@rule(
    "GM113",
    DANGER,
    op.RenameAttribute,
    op.RenameEnumValue,
    op.RenameObject,
    breaks=True,
    instead=ADD,
)
def enum_renamed(
    edit: Edit, one: op.RenameAttribute | op.RenameEnumValue | op.RenameObject
) -> Iterator[Hit]:
    """A type, a value of an enum, or an attribute of a composite type has another name.

    Code that casts to the old type, or writes and compares the old value, fails.
    """
    if isinstance(one, op.RenameAttribute | op.RenameEnumValue) or (
        is_type(one.kind) and not is_swap(edit, one.kind, one.new)
    ):
        yield edit.hit()


def is_swap(edit: Edit, kind: str, aside: Name) -> bool:
    """Tell whether an object was only set aside for a new one that takes its place."""
    made = edit.made.operations
    was = [
        one.old
        for one in made
        if isinstance(one, op.RenameObject) and (one.kind, one.new) == (kind, aside)
    ]
    return any(
        isinstance(one, op.CreateObject) and one.kind == kind and one.name in was
        for one in made
    )


def is_type(kind: str) -> bool:
    """Tell whether objects of a kind are types."""
    return kind in BY_WORD and BY_WORD[kind].space == "types"


@rule("GM114", DANGER, op.RenameObject, breaks=True, instead=ADD)
def sequence_renamed(edit: Edit, one: op.RenameObject) -> Iterator[Hit]:
    """A sequence has another name, or another schema.

    Defaults of columns follow it; code that calls nextval() with the old name fails.
    """
    if one.kind == "sequence":
        yield edit.hit()


@rule(
    "GM115",
    DANGER,
    op.RenameObject,
    op.RenameColumnOfObject,
    breaks=True,
    instead=ADD,
)
def routine_renamed(
    edit: Edit, one: op.RenameObject | op.RenameColumnOfObject
) -> Iterator[Hit]:
    """A view, a foreign table, a function or the like has another name, or another schema.

    So has a column of one. Views follow it; bodies of functions, and code, that name the old one
    fail.
    """
    is_meant = isinstance(one, op.RenameColumnOfObject) or (
        one.kind in CALLED and not is_swap(edit, one.kind, one.new)
    )
    if is_meant:
        yield edit.hit()
