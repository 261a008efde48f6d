"""Models as `Table` objects, for hybrid declarative mappings and for SQLAlchemy Core. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gen_migration.models import printing

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gen_migration.models.tree import Tree


def blocks(tree: Tree, metadata: str) -> Iterator[str]:
    """Yield the statements of a module, in their order."""
    yield from printing.enums(tree)
    if not tree.has_base:
        yield "metadata = sa.MetaData()\n"
    yield from printing.enum_types(tree, metadata)
    yield from printing.sequences(tree, metadata)
    yield from printing.externals(tree)
    for one in tree.entities:
        yield printing.table(one, metadata)
