"""Foreign tables as SQL."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gen_migration.postgres import foreign_options as options
from gen_migration.postgres.names import quote_name
from gen_migration.sql import ddl

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from gen_migration.kinds.foreign_table_values import (
        ForeignCheck,
        ForeignColumn,
        ForeignTable,
    )
    from gen_migration.postgres.foreign_options import Options
    from gen_migration.postgres.names import Name


def created(called: str, value: ForeignTable) -> str:
    """Return what creates a table that is called so."""
    listed = ",\n    ".join(elements(value))
    body = f"(\n    {listed}\n)" if listed else "()"
    sql = f"CREATE {called} {body} {served(value)}"
    return options.statement(sql, *every(value))


def definition(value: ForeignTable) -> str:
    """Return what a table is, in a line."""
    return f"({', '.join(elements(value))}) {served(value)}"


def served(value: ForeignTable) -> str:
    return f"SERVER {quote_name(value.server)}{options.clause(value.options)}"


def elements(value: ForeignTable) -> Iterator[str]:
    """Yield the columns and the checks, but for those that a statement of their own adds."""
    for key, one in value.columns.items():
        yield f"{quote_name(key)} {column_body(one)}"
    for key, found in value.checks.items():
        if not found.not_valid:
            yield f"CONSTRAINT {quote_name(key)} {check(found)}"


def column_body(value: ForeignColumn) -> str:
    """Return a column without its name."""
    found = f"{value.type.sql}{options.clause(value.options)}"
    if value.collation is not None:
        found += f" COLLATE {value.collation.sql}"
    if value.default is not None:
        found += f" DEFAULT {ddl.default(value.default)}"
    if value.generated is not None:
        found += f" GENERATED ALWAYS AS ({value.generated}) STORED"
    return found if value.nullable else f"{found} NOT NULL"


def check(value: ForeignCheck) -> str:
    return f"CHECK ({value.expression}){' NOT VALID' if value.not_valid else ''}"


def every(value: ForeignTable) -> list[Options]:
    """Return all options of a table and its columns."""
    return [value.options, *(one.options for one in value.columns.values())]


def added(called: str, value: ForeignTable) -> Iterator[str]:
    """Yield what adds the checks that are not valid: in a new table, they would be."""
    for key, one in value.checks.items():
        if one.not_valid:
            yield f"ALTER {called} ADD CONSTRAINT {quote_name(key)} {check(one)}"


def altered(called: str, old: ForeignTable, new: ForeignTable) -> list[str]:
    """Return the statement that alters a table; none where nothing but comments is other."""
    found = [*of_columns(old.columns, new.columns), *of_checks(old.checks, new.checks)]
    given = options.changed(old.options, new.options)
    if given:
        found.append(given.removeprefix(" "))
    listed = ",\n    ".join(found)
    split = "\n    " if found[1:] else " "
    sql = f"ALTER {called}{split}{listed}"
    return [options.statement(sql, *every(new))] if found else []


def of_columns(
    old: Mapping[str, ForeignColumn], new: Mapping[str, ForeignColumn]
) -> Iterator[str]:
    """Yield the actions that change columns, and add some."""
    for key, one in new.items():
        if key not in old:
            yield f"ADD COLUMN {quote_name(key)} {column_body(one)}"
            continue
        before, what = old[key], f"ALTER COLUMN {quote_name(key)}"
        if before.default != one.default:
            yield (
                f"{what} DROP DEFAULT"
                if one.default is None
                else f"{what} SET DEFAULT {ddl.default(one.default)}"
            )
        if before.nullable != one.nullable:
            yield f"{what} {'DROP' if one.nullable else 'SET'} NOT NULL"
        yield from (
            what + given
            for given in [options.changed(before.options, one.options)]
            if given
        )


def of_checks(
    old: Mapping[str, ForeignCheck], new: Mapping[str, ForeignCheck]
) -> Iterator[str]:
    """Yield the actions that drop checks, and add some."""
    for key in old:
        if old[key] != new.get(key):
            yield f"DROP CONSTRAINT {quote_name(key)}"
    for key, one in new.items():
        if old.get(key) != one:
            yield f"ADD CONSTRAINT {quote_name(key)} {check(one)}"


def comments(
    name: Name, old: Mapping[str, ForeignColumn], new: Mapping[str, ForeignColumn]
) -> Iterator[str]:
    """Yield what sets the comments of columns."""
    for key, one in new.items():
        if one.comment != (old[key].comment if key in old else None):
            yield ddl.comment(f"COLUMN {name.sql}.{quote_name(key)}", one.comment)
