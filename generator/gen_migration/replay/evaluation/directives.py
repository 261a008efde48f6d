"""The directives of a batch, as those outside of one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from gen_migration.alembic_ops.stubs import Batch

# The directives of a batch whose first argument is a name, and the table the second.
NAMED = frozenset(
    """
    create_index create_unique_constraint create_primary_key create_check_constraint
    create_exclude_constraint create_foreign_key drop_constraint
    """.split()
)


def of_table(
    batch: Batch, name: str, arguments: list[Any], keywords: dict[str, Any]
) -> tuple[list[Any], dict[str, Any]]:
    """Return the arguments of a directive outside of a batch."""
    schema = {} if batch.schema is None else {"schema": batch.schema}
    if name == "drop_index":
        return arguments[:1], {"table_name": batch.table, **schema, **keywords}
    if name == "create_foreign_key":
        schema = {f"source_{key}": value for key, value in schema.items()}
    place = 1 if name in NAMED else 0
    found = [*arguments[:place], batch.table, *arguments[place:]]
    return found, {**schema, **keywords}
