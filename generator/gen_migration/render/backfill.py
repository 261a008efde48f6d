"""A backfill in batches, as SQL that online and offline migrations run alike.

A DO block outside of a transaction may commit (PostgreSQL manual, PL/pgSQL, "Transaction
Management"): each batch is a transaction of its own. What is filled is not filled again, so that
a run after a crash goes on with what is left.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from gen_migration.model.constraints import key_of
from gen_migration.postgres.names import (
    dollar_quoted,
    quote_name,
    quote_text,
    relation_of,
    split_name,
)
from gen_migration.postgres.settings import milliseconds

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gen_migration.model.schema import Table
    from gen_migration.operations.rows import Backfill
    from gen_migration.postgres.names import Name
    from gen_migration.postgres.settings import Safety

# Columns of a table come before variables of the block, whatever they are called.
START = "#variable_conflict use_column\nDECLARE\n    gm_batch record;"
BLOCK = """
{start}
    gm_rows bigint;
    gm_total bigint := 0;
    gm_start timestamptz := clock_timestamp();
    gm_time interval;
    gm_said text;
BEGIN
    FOR gm_batch IN
        SELECT {keys}, {nexts},
            row_number() OVER (ORDER BY {key}) AS gm_nth,
            count(*) OVER () AS gm_of
        FROM (
            SELECT {key}, row_number() OVER (ORDER BY {key}) AS gm_number
            FROM {table} WHERE {column} IS NULL
        ) AS gm_left
        WHERE gm_number % {size} = {first}
        ORDER BY {key}
    LOOP
        UPDATE {table} SET {column} = {value}
        WHERE {column} IS NULL AND {row} >= {firsts}
            AND (gm_batch.gm_next_1 IS NULL OR {row} < {lasts});
        GET DIAGNOSTICS gm_rows = ROW_COUNT;
        gm_total := gm_total + gm_rows;
        COMMIT;
        gm_time := clock_timestamp() - gm_start;
        gm_rows := gm_total / greatest(1, extract(epoch FROM gm_time)::bigint);
        gm_time := gm_time * (gm_batch.gm_of - gm_batch.gm_nth) / gm_batch.gm_nth;
        gm_said := format('%s rows filled, %s a second, %s left',
            gm_total, gm_rows, date_trunc('second', gm_time));
        PERFORM set_config('application_name', gm_said, true);
        RAISE NOTICE '%: %', {what}, gm_said;
        PERFORM pg_sleep({pause});
    END LOOP;
END
"""


def in_batches(operation: Backfill, table: Table, safety: Safety) -> str:
    """Return the statement that fills a column; at once where rows have no key to go along."""
    column, value = quote_name(operation.name), operation.new
    name = operation.table.sql
    key = [quote_name(one) for one in key_of(table)]
    if not key:
        return f"UPDATE {name} SET {column} = {value} WHERE {column} IS NULL"  # noqa: S608 - quoted, parsed
    numbers = range(1, len(key) + 1)
    columns = list(zip(key, numbers, strict=True))
    order = ", ".join(key)
    text = BLOCK.format(
        start=START,
        table=name,
        column=column,
        value=value,
        key=order,
        keys=", ".join(f"{one} AS gm_{number}" for one, number in columns),
        nexts=", ".join(
            f"lead({one}) OVER (ORDER BY {order}) AS gm_next_{number}"
            for one, number in columns
        ),
        row=row(key),
        firsts=row([f"gm_batch.gm_{number}" for number in numbers]),
        lasts=row([f"gm_batch.gm_next_{number}" for number in numbers]),
        first=1 % safety.batch_rows,
        size=safety.batch_rows,
        pause=milliseconds(safety.batch_pause) / 1000,
        what=quote_text(f"{operation.table}.{operation.name}"),
    )
    return f"DO {dollar_quoted(text)}"


def row(values: Sequence[str]) -> str:
    """Return values as one to compare: a single one needs no parentheses."""
    return f"({', '.join(values)})" if values[1:] else values[0]


def is_backfill(body: str) -> bool:
    """Tell whether the body of a DO block fills a column: it changes no schema."""
    words = START.split()
    return body.split()[: len(words)] == words


def filling(body: str) -> str:
    """Return what a backfill does to rows: `UPDATE t SET c = 1`."""
    _, update, rest = " ".join(body.split()).partition("UPDATE ")
    return update + rest.partition(" WHERE ")[0]


IDENTIFIER = r'(?:"(?:[^"]|"")+"|[^\W\d][\w$]*)'
FILLS = re.compile(
    rf"\bUPDATE (?P<table>{IDENTIFIER}(?:\.{IDENTIFIER})?) SET (?P<column>{IDENTIFIER}) = "
    r".*?\sWHERE (?P=column) IS NULL",
    re.DOTALL,
)


def filled(statement: str) -> tuple[Name, str] | None:
    """Return the table and the column that a statement of a backfill fills; None for any other."""
    found = FILLS.search(statement)
    if found is None:
        return None
    return relation_of(found["table"]), split_name(found["column"])[0]
