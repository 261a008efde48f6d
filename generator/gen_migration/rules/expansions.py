"""Rules about expansions: columns that old and new code write for a while."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gen_migration.diff.expansion_losses import closed, dropped
from gen_migration.diff.expansions import expansion_of
from gen_migration.diff.stand_ins import standing
from gen_migration.model.places import spec_path
from gen_migration.operations import every as op
from gen_migration.rules.contexts import Edit, Hit, ObjectDesign
from gen_migration.rules.finding import NOTE, WARNING
from gen_migration.rules.rule import rule

if TYPE_CHECKING:
    from collections.abc import Iterator


@rule(
    "GM161",
    WARNING,
    op.DropColumn,
    breaks=True,
    instead="run it once all code reads and writes what takes the column's place",
)
def expansion_closed(edit: Edit, gone: op.DropColumn) -> Iterator[Hit]:
    """An expansion is closed: code that names the column which goes fails.

    No value is lost: the revision first proves that the columns agree, and the way back fills the
    column again.
    """
    ends = closed(edit.made.operations)
    for (table, name), one in dropped(edit.made.operations).items():
        if one is gone and (table, name) in ends:
            path = spec_path(edit.spec, table, "columns")
            yield edit.hit(
                f"column {name} of table {table} goes, as its contract", path
            )


@rule(
    "GM341",
    NOTE,
    of=("trigger", "view"),
    instead="gen-migration SPEC --contract, once no old code runs",
)
def expansion_open(design: ObjectDesign) -> Iterator[Hit]:
    """An expansion waits for its contract.

    Until then, each write of the table runs a trigger, and two columns hold the same; or a view has
    the old name of a table.
    """
    if design.kind == "view":
        for view in standing(design.spec.schema):
            if view.old == design.name:
                path = spec_path(design.spec, view.table, "expand")
                yield Hit(f"{view.place} waits for its contract", path)
        return
    one = expansion_of(design.name, design.value)
    if one is not None:
        path = spec_path(design.spec, one.table, "columns", one.label)
        yield Hit(f"{one.place} waits for its contract", path)
