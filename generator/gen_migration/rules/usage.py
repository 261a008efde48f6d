"""Rules about what sizes say of tables and indexes, and of themselves."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gen_migration.operations import every as op
from gen_migration.rules.contexts import Edit, Hit, OfSizes
from gen_migration.rules.finding import NOTE, WARNING
from gen_migration.rules.rule import rule
from gen_migration.stats import units

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gen_migration.stats.values import IndexStats


def dropped(edit: Edit, gone: op.DropIndex) -> IndexStats | None:
    """Return what is known of an index that goes for good; None of any other.

    Not known is one whose place another takes that begins with the same columns.
    """
    if edit.sizes is None:
        return None
    for one in edit.made.operations:
        if isinstance(one, op.CreateIndex) and one.table == gone.table:
            begins = one.new.elements[: len(gone.old.elements)] == gone.old.elements
            if begins and one.new.where == gone.old.where:
                return None
    for name in edit.called({gone.table}):
        table = edit.sizes.stats.table(name)
        return None if table is None else table.indexes.get(gone.name)
    return None


def since(edit: Edit) -> str:
    """Return since when scans are counted, in words."""
    found = edit.sizes and edit.sizes.stats.counted_since
    return f" since {found.isoformat()}" if found else ""


@rule(
    "GM151",
    WARNING,
    op.DropIndex,
    instead="see in pg_stat_statements which queries use it, and give them another one first",
    sized=True,
)
def used_index_dropped(edit: Edit, gone: op.DropIndex) -> Iterator[Hit]:
    """An index goes that queries use.

    It was scanned on the primary, as sizes say (`gen-migration stats`); those queries read the
    whole table from then on, or use another index.
    """
    found = dropped(edit, gone)
    if found is not None and found.scans:
        text = f"{gone.summary}: it was scanned {found.scans:,} times{since(edit)}"
        yield edit.hit(text)


@rule(
    "GM152",
    NOTE,
    op.DropIndex,
    instead="look on the replicas as well, which count their own scans",
    sized=True,
)
def unused_index_dropped(edit: Edit, gone: op.DropIndex) -> Iterator[Hit]:
    """An index goes that no query has used.

    Nobody scanned it on the primary, as sizes say. One that makes rows unique works without scans.
    """
    found = dropped(edit, gone)
    if found is not None and found.scans == 0:
        size = units.size_text(found.size)
        yield edit.hit(f"{gone.summary}: nobody scanned it{since(edit)}; frees {size}")


@rule(
    "GM501",
    NOTE,
    instead="gen-migration stats URL --output FILE writes them anew",
    sized=True,
)
def sizes_old(of: OfSizes) -> Iterator[Hit]:
    """The sizes are old.

    What reviews say of rows, bytes and times is as old as the file. `stats-age` in
    `[tool.gen-migration.assume]` says from how many days on that is told.
    """
    sizes = of.sizes
    if sizes.is_old:
        taken = sizes.stats.taken.isoformat()
        text = f"the sizes of {sizes.source} are old: they were read on {taken}"
        yield Hit(text, (), where=sizes.source)
