"""Values that satisfy the checks of a table: guessed from their text, tried by the database."""

from __future__ import annotations

from contextlib import nullcontext
from itertools import islice, product
from math import prod
from random import Random
from typing import TYPE_CHECKING, Any

from gen_migration.postgres.names import quote_name, quote_names, quote_text
from gen_migration.verify.fill.checks import columns_named, guesses
from gen_migration.verify.fill.values import longest, value

if TYPE_CHECKING:
    from collections.abc import Iterator
    from contextlib import AbstractContextManager

    from gen_migration.verify.fill.rows import Given, Row, Target

MOST = 1_000  # combinations that the database tries for checks with columns in common
ALONE = 60  # that are tried one by one, where one makes PostgreSQL fail
VARIANTS = 4


def choices(connection: Any, one: Target, given: Given) -> tuple[tuple[Row, ...], ...]:
    """Return the rows of values that satisfy the checks of a table.

    One tuple for checks that have columns in common; those with a generated column are left out.
    """
    return tuple(
        found
        for checks in components(one)
        if (found := satisfying(connection, one, checks, given))
    )


def components(one: Target) -> list[tuple[str, ...]]:
    """Return the checks of a table, those together that have a column in common."""
    found: list[tuple[set[str], list[str]]] = []
    for check in one.checks:
        names = set(columns_named(check))
        if not names or any(
            name not in one.columns or one.columns[name].generated is not None
            for name in names
        ):
            continue
        near = [part for part in found if part[0] & names]
        found = [part for part in found if part not in near]
        for part in near:
            names |= part[0]
        found.append((names, [*(text for part in near for text in part[1]), check]))
    return [tuple(checks) for _, checks in found]


def satisfying(
    connection: Any, one: Target, checks: tuple[str, ...], given: Given
) -> tuple[Row, ...]:
    rows = list(islice(combinations(one, checks, given), MOST))
    if not rows:
        return ()
    import psycopg

    try:
        with apart(connection):
            return tuple(true_ones(connection, one, checks, rows))
    except psycopg.Error:
        pass
    found: list[Row] = []
    for row in rows[:ALONE]:
        try:
            with apart(connection):
                found += true_ones(connection, one, checks, [row])
        except psycopg.Error:
            continue
    return tuple(found)


def true_ones(
    connection: Any, one: Target, checks: tuple[str, ...], rows: list[Row]
) -> list[Row]:
    """Return those rows for which PostgreSQL finds all checks true."""
    names = tuple(rows[0])
    types = {name: column.type.plain for name, column in one.columns.items()}
    number = "gen_migration_number"
    lines = ", ".join(
        f"({place}, "
        + ", ".join(f"{literal(row[name])}::{types[name].sql}" for name in names)
        + ")"
        for place, row in enumerate(rows)
    )
    condition = " AND ".join(f"({check}) IS NOT FALSE" for check in checks)
    query = (
        f"SELECT {number} FROM (VALUES {lines})"  # noqa: S608 - all is quoted
        f" AS {quote_name(one.name.name)}({number}, {quote_names(names)})"
        f" WHERE {condition} ORDER BY 1"
    )
    return [rows[place] for (place,) in connection.execute(query, prepare=False)]


def is_alone(connection: Any) -> bool:
    """Tell whether the next statement is a transaction by itself."""
    from psycopg.pq import TransactionStatus

    is_idle = connection.info.transaction_status == TransactionStatus.IDLE
    return bool(connection.autocommit) and is_idle


def apart(connection: Any) -> AbstractContextManager[Any]:
    """Return a context for one statement, after whose failure the connection goes on."""
    if is_alone(connection):
        return nullcontext()
    return connection.transaction()  # type: ignore[no-any-return]


def literal(text: str | None) -> str:
    return "NULL" if text is None else quote_text(text)


def combinations(one: Target, checks: tuple[str, ...], given: Given) -> Iterator[Row]:
    """Yield rows of candidates for the columns of checks, the likeliest first."""
    names = sorted({name for check in checks for name in columns_named(check)})
    lists = [candidates(one, name, checks, given) for name in names]
    if all(lists):
        # What a check makes of NULL is true, more often than not.
        first = (None if None in values else values[0] for values in lists)
        for found in dict.fromkeys([tuple(first), *islice(tried(lists), MOST)]):
            yield dict(zip(names, found, strict=True))


def tried(lists: list[list[str | None]]) -> Iterator[tuple[str | None, ...]]:
    """Yield rows that differ in all columns first, then all others, or some of them by chance."""
    for shift in (0, 1, -1):
        for place in range(max(map(len, lists))):
            yield tuple(
                values[(place + shift * number) % len(values)]
                for number, values in enumerate(lists)
            )
    if prod(map(len, lists)) <= MOST:
        yield from product(*lists)
        return
    chance = Random(0)  # noqa: S311 - the same rows each time
    while True:
        yield tuple(map(chance.choice, lists))


def candidates(
    one: Target, name: str, checks: tuple[str, ...], given: Given
) -> list[str | None]:
    """Return the values that a column may have; the largest that its type has is the second."""
    column, of = one.columns[name], one.types[name]
    types = frozenset(one.types.items())
    found: list[str | None] = [
        pin
        for turn in (0, 1)
        for leaf in one.leaves[:VARIANTS]
        if (pin := leaf.pins(turn, one.types).get(name)) is not None
    ]
    found += anything(one, name, given)
    for check in checks:
        found += guesses(check, types).get(name, ())
    if (largest := longest(of, 0)) is not None:
        found.insert(1, largest)
    if column.nullable:
        found.append(None)
    return list(dict.fromkeys(found))


def anything(one: Target, name: str, given: Given) -> Iterator[str | None]:
    """Yield what a column without a check may hold."""
    if any(name in key.columns for key in one.later) and one.columns[name].nullable:
        return
    keys = [key for key in one.foreign_keys if name in key.columns]
    for key in keys:
        yield from (row[name] for row in given.referred(key))
    if not keys:
        for number in range(VARIANTS):
            text = value(one.types[name], number, given.samples)
            if text is not None:
                yield text
