"""Rules about texts of functions, of which PostgreSQL does not keep what they name."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

from gen_migration import kinds
from gen_migration.model.given import columns_of, heirs
from gen_migration.operations import every as op
from gen_migration.postgres import bodies
from gen_migration.rules.contexts import Edit, Hit, object_path
from gen_migration.rules.data import is_added
from gen_migration.rules.finding import DANGER
from gen_migration.rules.rule import rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gen_migration.kinds.references import Reference
    from gen_migration.postgres.names import Name

INSTEAD = "write what it is called now, or nothing of it"


@rule(
    "GM116",
    DANGER,
    op.RenameObject,
    op.DropObject,
    instead=INSTEAD,
)
def text_names_what_is_gone(
    edit: Edit, one: op.RenameObject | op.DropObject
) -> Iterator[Hit]:
    """The text of a function names what is gone, or is called otherwise.

    Views, and bodies of the SQL standard, follow a rename, and hold on to what they name. Of a text
    PostgreSQL keeps nothing: the upgrade goes through, and the function fails when it is called.
    """
    is_rename = isinstance(one, op.RenameObject)
    old = (one.kind, one.old if isinstance(one, op.RenameObject) else one.name)
    before, after = edit.shared.before, edit.shared.after
    now = f"is called {one.new} now" if is_rename else "is dropped"
    for kind in kinds.of(edit.spec.schema):
        for name, value in edit.spec.schema.of(kind.word).items():
            if holds(value, old[1]) and any(
                old in before.nodes(named) and not after.nodes(named)
                for named in kind.wishes(value)
            ):
                what = f"the text of {kind.word} {name} names {' '.join(map(str, old))}"
                path = object_path(edit.spec, kind.word, name)
                yield Hit(f"{what}, which {now}", path)


@rule(
    "GM117",
    DANGER,
    op.RenameColumn,
    op.RenameColumnOfObject,
    op.DropColumn,
    instead=INSTEAD,
)
def text_names_a_column_that_is_gone(
    edit: Edit, one: op.RenameColumn | op.RenameColumnOfObject | op.DropColumn
) -> Iterator[Hit]:
    """The text of a function names a column that is gone, or is called otherwise.

    Of a text PostgreSQL keeps nothing: the upgrade goes through, and the function fails when it is
    called. Of a trigger, that is at the next row which somebody writes.
    """
    if not isinstance(one, op.DropColumn):
        old, now = one.old, f"is called {one.new} now"
    elif is_added(edit, one):
        return
    else:
        old, now = one.name, "is dropped"
    if isinstance(one, op.RenameColumnOfObject):
        word, relation = one.kind, one.name
    else:
        word, relation = "table", one.table
    relations = {relation, *heirs(edit.spec.schema, relation)}
    for kind in kinds.of(edit.spec.schema):
        for name, value in edit.spec.schema.of(kind.word).items():
            if holds(value, old) and (
                is_row_of_trigger(edit, name, value, old, relations)
                or is_column_in(edit, kind.wishes(value), value, old, relations)
            ):
                text = f"the text of {kind.word} {name}"
                what = f"{text} names column {old} of {word} {relation}"
                path = object_path(edit.spec, kind.word, name)
                yield Hit(f"{what}, which {now}", path)


def is_row_of_trigger(
    edit: Edit, name: Any, value: Any, column: str, relations: set[Name]
) -> bool:
    """Tell whether a function names a column of a row for which a trigger of one calls it."""
    return column in bodies.of_rows(value.body) and any(
        trigger.holder in relations and one.function == getattr(name, "called", None)
        for trigger, one in edit.spec.schema.of("trigger").items()
    )


def is_column_in(
    edit: Edit, named: set[Reference], value: Any, column: str, relations: set[Name]
) -> bool:
    """Tell whether a name in a text is surely that of a column of one of some relations.

    It may be one of an argument, a variable, or a column of what else the text names.
    """
    arguments = {each.name for each in value.arguments}
    if column in arguments or column in bodies.variables(value.body):
        return False
    schema, after = edit.spec.schema, edit.shared.after
    found = False
    for _, relation, columns in (each for each in named if each[0] == "columns"):
        if columns is None or column not in columns:
            return False
        for word, table, *_ in after.nodes(("relations", relation)) or [("", relation)]:
            if table in relations:
                found = True
            elif word != "table" or column in columns_of(schema, table):
                return False
    return found


def holds(value: Any, name: Any) -> bool:
    """Tell whether an object has a text in which something may be named."""
    text: str | None = getattr(value, "body", None)
    word: str = getattr(name, "name", name)
    return text is not None and word.lower() in lowered(text)


@lru_cache(maxsize=10_000)
def lowered(text: str) -> str:
    return text.lower()
