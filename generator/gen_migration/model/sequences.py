"""Tables that take values from the sequences of other tables' columns: `nextval('a_id_seq')`.

PostgreSQL makes such a sequence with its table, and drops it with it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from gen_migration.model.automatic_names import sequence_name

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gen_migration.model.schema import Table
    from gen_migration.postgres.names import Name

PUBLIC = "public"  # where the search path leads to, as a rule


def is_counting(default: str | None) -> bool:
    """Tell whether a default may name a sequence; cheap."""
    return default is not None and ("nextval" in default or "regclass" in default)


def needs(tables: Mapping[Name, Table]) -> dict[Name, dict[str, Name]]:
    """Return, for each table, its columns whose default needs another table to be there."""
    counting = [
        (name, key, column.default)
        for name, table in tables.items()
        for key, column in table.columns.items()
        if column.default is not None and is_counting(column.default)
    ]
    if not counting:
        return {}
    from gen_migration.postgres.names_in import names_in

    owners: dict[str, list[tuple[Name, Name]]] = {}
    for name, table in tables.items():
        for key, column in table.columns.items():
            if column.has_sequence:
                sequence = sequence_name(name, key)
                owners.setdefault(sequence.name, []).append((sequence, name))
    found: dict[Name, dict[str, Name]] = {}
    for name, key, default in counting:
        for wanted in names_in(default).relations:
            owner = owner_of(wanted, owners.get(wanted.name, []))
            if owner is not None and owner != name:
                found.setdefault(name, {})[key] = owner
    return found


def owner_of(wanted: Name, owners: list[tuple[Name, Name]]) -> Name | None:
    """Return the table whose sequence a name means: the very one, or what it may lead to."""
    for one, table in owners:
        if one == wanted:
            return table
    for one, table in owners:
        if (one.schema or PUBLIC) == (wanted.schema or PUBLIC):
            return table
    # The search path decides, and may lead to any schema.
    either = None in {wanted.schema, *(one.schema for one, _ in owners)}
    return owners[0][1] if owners and either else None
