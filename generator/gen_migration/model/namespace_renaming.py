"""Schemas in which a namespace has another name, and so has what is in it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gen_migration.base.data_class import replace
from gen_migration.model import expression_edits as edits
from gen_migration.model.object_renaming import sequence
from gen_migration.model.renaming import TYPES, everywhere, in_expressions
from gen_migration.model.table_renaming import tables
from gen_migration.postgres.names import Name
from gen_migration.postgres.types import Type

if TYPE_CHECKING:
    from collections.abc import Callable

    from gen_migration.model.schema import Schema


def namespace(schema: Schema, old: str, new: str) -> Schema:
    """Return a schema whose tables and sequences of the schema `old` are in `new`.

    What else is in it, `Schemas.renamed` moves.
    """

    def moved(name: Name) -> Name:
        return Name(new, name.name) if name.schema == old else name

    def of_type(value: Any) -> Any:
        is_moved = isinstance(value, Type) and value.schema == old
        return replace(value, schema=new) if is_moved else value

    for name in [name for name in schema.sequences if name.schema == old]:
        schema = sequence(schema, name, moved(name))
    schema = tables(
        schema, {name: moved(name) for name in schema.tables if name.schema == old}
    )
    changes: dict[str, Callable[[Any], Any]] = {
        **dict.fromkeys(TYPES, of_type),
        "multirange": moved,
        "difference": moved,
        "collation": moved,
        "opclass": moved,
        "referred_table": moved,  # of tables of others, too
        "function": moved,
        "of_type": moved,
        **in_expressions(edits.SchemaEdit(old, new)),
    }
    return everywhere(schema, changes)
