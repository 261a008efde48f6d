"""The text of a module of models, in each style. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from gen_migration.alembic_ops.calls import docstring
from gen_migration.alembic_ops.write_types import TYPE_CLASS
from gen_migration.models import (
    declarative,
    imports,
    printing,
    pydantic_shapes,
    sqlmodel_classes,
    table_objects,
)
from gen_migration.models.entities import tree
from gen_migration.models.module_names import MAPPED

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from gen_migration.model.schema import Spec
    from gen_migration.models.tree import Tree

# By this, a file is known as one of ours.
MARK = "written by gen-migration: edit the spec, not this file."
FUTURE = "from __future__ import annotations"


class Style(NamedTuple):
    """A printer of trees, and what it needs of them.

    `suffixes` are those of the classes of a table. SQLModel does not understand annotations that
    are evaluated later.
    """

    blocks: Callable[[Tree, str], Iterator[str]]
    metadata: str = declarative.METADATA
    suffixes: tuple[str, ...] = MAPPED
    reserved: frozenset[str] = declarative.RESERVED
    library: Mapping[str, imports.Origin] = imports.LIBRARY
    future: str = FUTURE


BY_NAME = {
    "declarative": Style(lambda tree, _: declarative.blocks(tree, is_dataclass=False)),
    "tables": Style(table_objects.blocks, "metadata", (), frozenset()),
    "dataclass": Style(lambda tree, _: declarative.blocks(tree, is_dataclass=True)),
    "sqlmodel": Style(
        sqlmodel_classes.blocks,
        sqlmodel_classes.METADATA,
        library=imports.OF_SQLMODEL,
        future="",
    ),
    "pydantic": Style(
        lambda tree, _: pydantic_shapes.blocks(tree), suffixes=pydantic_shapes.SUFFIXES
    ),
}


def text(spec: Spec, style: str) -> str:
    """Return a module of models of a spec, which is yet to be formatted."""
    how = BY_NAME[style]
    has_base = "base" in spec.hints.python.get(("spec", ""), {})
    metadata = declarative.METADATA if has_base else how.metadata
    names = {*imports.LIBRARY, *printing.OWN}
    found = tree(spec, names, how.reserved, metadata, how.suffixes)
    blocks = [*how.blocks(found, metadata)]
    used = imports.used("\n".join(blocks))
    helpers = {"labels": printing.LABELS, TYPE_CLASS: printing.TYPE}
    body = "\n\n".join(
        [*(helper for name, helper in helpers.items() if name in used), *blocks]
    )
    head = docstring(f"Models of {spec.name}, {MARK}")
    lines = imports.lines(body, found.imports, how.library)
    return "\n\n".join(one for one in (head, how.future, lines, body) if one)
