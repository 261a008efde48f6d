"""The columns of a catalog: types, defaults, serial and identity. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gen_migration.catalog.defaults import default_of
from gen_migration.catalog.indexes import parameters
from gen_migration.catalog.rows import is_serial
from gen_migration.model.automatic_names import given_sequence
from gen_migration.model.not_null_names import given_name
from gen_migration.model.schema import Column, Generated, Identity, NotNullState
from gen_migration.postgres.storage import in_digits
from gen_migration.sql.simplify import readable

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gen_migration.catalog.rows import Reading

STORAGE = {"p": "plain", "e": "external", "x": "extended", "m": "main"}
COMPRESSION = {"p": "pglz", "l": "lz4"}


LABELS = 9  # how many columns of `columns.sql` only say where a column is, and what it is called


def column(reading: Reading, row: Any) -> Column:
    """Return the column of a row of `columns.sql`."""
    owned = reading.owned.get((row.table_oid, row.number))
    forbids = not_null(reading, row)
    # An expression of a generated column may name any column of its table.
    if owned is not None or forbids or row.generated:
        return made(reading, row, owned, forbids)
    # A thousand tables have the same few columns, such as `created_at`: each is made once.
    found = reading.alike.get(row[LABELS:])
    if found is None:
        found = reading.alike[row[LABELS:]] = made(reading, row, None, {})
    return found


def made(reading: Reading, row: Any, owned: Any, forbids: Mapping[str, Any]) -> Column:
    """Return a column, with the row of its sequence and what is said of its NOT NULL."""
    known = reading.kinds[row.type_oid, row.modifier]
    kind = known.type
    default = generated = None
    if is_serial(reading, row, kind, owned):
        kind = kind.serial
    elif row.expression is not None and row.generated:
        sql = readable(row.expression, reading.types[row.table_oid])
        generated = Generated(expression=sql, stored=row.generated == "s")
    elif row.expression is not None:
        default = default_of(row.expression, known.row.base, known.row.type)
    return Column(
        type=kind,
        nullable=not row.not_null,
        **forbids,
        default=default,
        generated=generated,
        identity=identity(reading, row, owned),
        # A collation counts where it is not the type's own, and so does storage.
        collation=None
        if row.collation_oid == known.row.collation_oid
        else reading.collations.get(row.collation_oid),
        storage=None if row.storage == known.row.storage else STORAGE[row.storage],
        compression=COMPRESSION.get(row.compression),
        statistics_target=row.statistics_target,
        **options(row.options),
        comment=row.comment,
    )


def options(listed: str | None) -> dict[str, Any]:
    """Return the options of a column by name: all are numbers."""
    found = parameters(listed and listed.split(","))
    return {key: in_digits(one) for key, one in found.items()}


def not_null(reading: Reading, row: Any) -> dict[str, Any]:
    """Return what a NOT NULL is called, and what it is beside that; nothing where it is plain."""
    if not row.not_null:
        return {}
    state = NotNullState(
        no_inherit=bool(row.not_null_no_inherit),
        not_valid=bool(row.not_null_not_valid),
        comment=row.not_null_comment,
    )
    if state != NotNullState():
        return {"not_null": row.not_null_name, "not_null_state": state}
    table = reading.tables[row.table_oid].name
    name = given_name(table, row.name, row.not_null_name)
    return {} if name is None else {"not_null": name}


def identity(reading: Reading, row: Any, owned: Any) -> Identity | None:
    if not row.identity or owned is None:
        return None
    return Identity(
        always=row.identity == "a",
        options=reading.sequence_options(owned),
        sequence=given_sequence(reading.names[row.table_oid], row.name, owned.name),
    )
