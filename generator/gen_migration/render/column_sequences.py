"""The statements of a column's sequence: of serial columns, and of identities.

Source: the PostgreSQL manual, ALTER TABLE, ALTER SEQUENCE and "Sequence Manipulation Functions".
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from gen_migration.model.automatic_names import sequence_name
from gen_migration.operations import every as op
from gen_migration.postgres.names import Name, quote_name, quote_text
from gen_migration.render.alter_clauses import alter_column, type_action
from gen_migration.sql import (
    ddl,
    do_block,
    sequence_options,
    sequence_persistence,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gen_migration.model.schema import Identity, SequenceOptions


def change_serial(operation: op.SetColumnType) -> Iterator[str]:
    """Yield what makes a column serial, plain, or serial of another size.

    A serial column is an integer, its default, and a sequence that it owns.
    """
    table, old, new = operation.table, operation.old.type, operation.new.type
    sequence = sequence_name(table, operation.name)
    name, quoted = sequence.sql, quote_text(sequence.sql)
    if not new.is_serial:
        yield alter_column(operation, "DROP DEFAULT")
        yield f"DROP SEQUENCE {name}"
    kind = new.plain.sql
    if kind != old.plain.sql:
        yield alter_column(operation, type_action(operation, kind))
    if new.is_serial and old.is_serial:
        yield f"ALTER SEQUENCE {name} AS {kind}"
    elif new.is_serial:
        column = quote_name(operation.name)
        yield f"CREATE SEQUENCE {name} AS {kind} OWNED BY {table.sql}.{column}"
        if operation.unlogged:
            yield sequence_persistence.unlogged(sequence)
        yield alter_column(operation, f"SET DEFAULT nextval({quoted})")
        following = next_number(table, operation.name, op.standard(kind).options)
        yield f"SELECT setval({quoted}, ({following}), false)"


def next_number(table: Name, column: str, options: SequenceOptions) -> str:
    """Return a query for the number after those in a column; none where a sequence starts there."""
    up = options.increment > 0
    last = f"{'max' if up else 'min'}({quote_name(column)})"
    end = (options.maximum if up else options.minimum) - options.increment
    low, high = sorted((options.start, end))
    return (
        f"SELECT {last} + {options.increment} FROM {table.sql}"  # noqa: S608 - quoted
        f" HAVING {last} BETWEEN {low} AND {high}"
    )


def set_identity(operation: op.SetColumnIdentity) -> Iterator[str]:
    """Yield what adds, changes or drops the identity of a column."""
    old, new = operation.old, operation.new
    if new is None:
        yield alter_column(operation, "DROP IDENTITY")
    elif old is None:
        yield add_identity(operation, new)
    else:
        yield from change_identity(operation, old, new)


def own_sequence(operation: op.SetColumnIdentity) -> str:
    """Return the call that finds the sequence of an identity."""
    table, column = quote_text(operation.table.sql), quote_text(operation.name)
    return f"pg_get_serial_sequence({table}, {column})"


def add_identity(operation: op.SetColumnIdentity, new: Identity) -> str:
    """Return what adds an identity that goes on after the numbers that are there.

    Readers go on while the rows are read. As one statement it is tried again as a whole, and keeps
    no writer out while it waits for the next try.
    """
    following = next_number(operation.table, operation.name, new.options)
    look = f"set_config('gm.next', coalesce(({following})::text, ''), true)"
    found = "nullif(current_setting('gm.next'), '')::bigint"
    steps = (
        f"LOCK TABLE {operation.table.sql} IN SHARE ROW EXCLUSIVE MODE",
        f"PERFORM {look}",
        alter_column(operation, f"ADD GENERATED {ddl.identity(new, operation.type)}"),
        f"PERFORM setval({own_sequence(operation)}, {found}, false)",
    )
    return do_block.at_once(steps)


def change_identity(
    operation: op.SetColumnIdentity, old: Identity, new: Identity
) -> Iterator[str]:
    """Yield what gives an identity another name, other options or another way to count."""
    before, after = (
        operation.table._replace(name=one.sequence)
        if one.sequence
        else sequence_name(operation.table, operation.name)
        for one in (old, new)
    )
    if before != after:
        yield f"ALTER SEQUENCE {before.sql} RENAME TO {quote_name(after.name)}"
    always = "ALWAYS" if new.always else "BY DEFAULT"
    parts = [f"SET GENERATED {always}"] if new.always != old.always else []
    room = sequence_options.room_to_move(old.options, new.options)
    if first := sequence_options.changed_options(old.options, room):
        yield alter_column(operation, " ".join(f"SET {part}" for part in first))
    changed = sequence_options.changed_options(room, new.options)
    parts += [f"SET {part}" for part in changed]
    yield from sequence_options.move_sequence(
        f"{own_sequence(operation)}::regclass", old.options, new.options
    )
    if parts:
        yield alter_column(operation, " ".join(parts))
