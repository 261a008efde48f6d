"""Values that satisfy the checks of a table: guessed from their text, tried by the database."""

from __future__ import annotations

from contextlib import nullcontext
from itertools import islice, product
from math import prod
from random import Random
from typing import TYPE_CHECKING, Any

from gen_migration.postgres.names import quote_name, quote_names, quote_text
from gen_migration.verify.fill.guesses import columns_hashed, columns_named, guesses
from gen_migration.verify.fill.values import longest, value

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from contextlib import AbstractContextManager

    from gen_migration.postgres.types import Type
    from gen_migration.verify.fill.rows import Row, Samples, Target

MOST = 1_000  # combinations that the database tries for checks with columns in common
ALONE = 60  # that are tried one by one, where one makes PostgreSQL fail
VARIANTS = 4
HASHED = 200  # values of a key of which chance finds the partition


def choices(
    connection: Any,
    one: Target,
    samples: Samples,
    referred: tuple[tuple[Row, ...], ...],
) -> tuple[tuple[Row, ...], ...]:
    """Return the rows of values that satisfy the checks of a table.

    One tuple for checks that have columns in common; those with a generated column are left out.
    `referred` are the options of foreign keys.
    """
    found = []
    for checks in components(one):
        names = sorted({name for check in checks for name in columns_named(check)})
        types = {name: one.columns[name].type.plain for name in names}
        texts = {
            name: candidates(one, name, checks, samples, referred) for name in names
        }
        found.append(true_ones(connection, one.table.name, types, checks, texts))
    return tuple(filter(None, found))


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


def true_ones(
    connection: Any,
    table: str,
    types: Mapping[str, Type],
    checks: tuple[str, ...],
    texts: Mapping[str, list[str | None]],
) -> tuple[Row, ...]:
    """Return those rows of candidates for which PostgreSQL finds all checks true.

    Where it fails, candidates that no type is read from go; then rows are tried one by one.
    """

    def tried(rows: list[Row]) -> tuple[Row, ...] | None:
        return asked(connection, table, types, checks, rows)

    found = tried(rows_of(texts))
    if found is None:
        kept = {name: readable(connection, types[name], texts[name]) for name in types}
        rows = rows_of(kept)
        found = tried(rows)
        if found is None:
            alone = [tried([row]) or () for row in rows[:ALONE]]
            found = tuple(row for each in alone for row in each)
    return found


def asked(
    connection: Any,
    table: str,
    types: Mapping[str, Type],
    checks: tuple[str, ...],
    rows: list[Row],
) -> tuple[Row, ...] | None:
    """Return those rows for which checks are true; None where PostgreSQL fails."""
    import psycopg

    if not rows:
        return ()
    number = "gen_migration_number"
    lines = ", ".join(
        f"({place}, "
        + ", ".join(f"{literal(row[name])}::{of.sql}" for name, of in types.items())
        + ")"
        for place, row in enumerate(rows)
    )
    condition = " AND ".join(f"({check}) IS NOT FALSE" for check in checks)
    query = (
        f"SELECT {number} FROM (VALUES {lines})"  # noqa: S608 - all is quoted
        f" AS {quote_name(table)}({number}, {quote_names(tuple(types))})"
        f" WHERE {condition or 'true'} ORDER BY 1"
    )
    try:
        with apart(connection):
            found = connection.execute(query, prepare=False).fetchall()
    except psycopg.Error:
        return None
    return tuple(rows[place] for (place,) in found)


def is_alone(connection: Any) -> bool:
    """Tell whether the next statement is a transaction by itself."""
    from psycopg.pq import TransactionStatus

    is_idle = connection.info.transaction_status == TransactionStatus.IDLE
    return bool(connection.autocommit) and is_idle


def apart(connection: Any) -> AbstractContextManager[Any]:
    """Return a context for one statement, after whose failure the connection goes on."""
    return nullcontext() if is_alone(connection) else connection.transaction()


def literal(text: str | None) -> str:
    return "NULL" if text is None else quote_text(text)


def readable(connection: Any, of: Type, texts: list[str | None]) -> list[str | None]:
    """Return those texts that a type can be read from; all where the server does not tell.

    It does since PostgreSQL 16, but for types of extensions.
    """
    import psycopg

    query = (
        "SELECT text FROM unnest(%s::text[]) WITH ORDINALITY AS given(text, place)"
        " WHERE text IS NULL OR pg_input_is_valid(text, %s) ORDER BY place"
    )
    try:
        with apart(connection):
            return [text for (text,) in connection.execute(query, [texts, of.sql])]
    except psycopg.Error:
        return texts


def rows_of(texts: Mapping[str, list[str | None]]) -> list[Row]:
    """Return combinations of candidates, the likeliest first."""
    lists = list(texts.values())
    if not all(lists):
        return []
    # What a check makes of NULL is true, more often than not.
    first = tuple(None if None in values else values[0] for values in lists)
    found = list(dict.fromkeys([first, *islice(combined(lists), MOST)]))[:MOST]
    return [dict(zip(texts, one, strict=True)) for one in found]


def combined(lists: list[list[str | None]]) -> Iterator[tuple[str | None, ...]]:
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
    one: Target,
    name: str,
    checks: tuple[str, ...],
    samples: Samples,
    referred: tuple[tuple[Row, ...], ...],
) -> list[str | None]:
    """Return the values that a column may have; the largest that its type has is the second."""
    column, of = one.columns[name], one.types[name]
    found: list[str | None] = [
        option[name] for options in referred for option in options if name in option
    ]
    is_later = any(name in key.columns for key in one.later) and column.nullable
    if not found and not is_later:
        is_hashed = any(name in columns_hashed(check) for check in checks)
        count = HASHED if is_hashed else VARIANTS
        found += [value(of, number, samples) for number in range(count)]
    for check in checks:
        found += guesses(check, frozenset(one.types.items())).get(name, ())
    kept = [text for text in found if text is not None]
    if (largest := longest(of, 0)) is not None:
        kept.insert(1, largest)
    return list(dict.fromkeys([*kept, None] if column.nullable else kept))
