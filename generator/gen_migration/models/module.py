"""The text of a module of models, in each style. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gen_migration.alembic_ops.calls import docstring
from gen_migration.alembic_ops.write import TYPE_CLASS
from gen_migration.models import declarative, imports, printing, table_objects
from gen_migration.models.entities import tree

if TYPE_CHECKING:
    from gen_migration.model.schema import Spec

# By this, a file is known as one of ours.
MARK = "written by gen-migration: edit the spec, not this file."
FUTURE = "from __future__ import annotations"


def text(spec: Spec, style: str) -> str:
    """Return a module of models of a spec, which is yet to be formatted."""
    is_tables = style == "tables"
    has_base = "base" in spec.hints.python.get(("spec", ""), {})
    metadata = "metadata" if is_tables and not has_base else declarative.METADATA
    reserved = frozenset() if is_tables else declarative.RESERVED
    names = {*imports.LIBRARY, *printing.OWN}
    found = tree(spec, names, reserved, metadata, has_classes=not is_tables)
    if is_tables:
        blocks = [*table_objects.blocks(found, metadata)]
    else:
        blocks = [*declarative.blocks(found, is_dataclass=style == "dataclass")]
    names = imports.used("\n".join(blocks))
    helpers = {"labels": printing.LABELS, TYPE_CLASS: printing.TYPE}
    body = "\n\n".join(
        [*(helper for name, helper in helpers.items() if name in names), *blocks]
    )
    head = docstring(f"Models of {spec.name}, {MARK}")
    lines = imports.lines(body, found.imports)
    return "\n\n".join(one for one in (head, FUTURE, lines, body) if one)
