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
    from gen_migration.postgres.types import Type


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
    found = [*actions(old, new)]
    given = options.changed(old.options, new.options)
    if given:
        found.append(given.removeprefix(" "))
    listed = ",\n    ".join(found)
    split = "\n    " if found[1:] else " "
    sql = f"ALTER {called}{split}{listed}"
    return [options.statement(sql, *every(new))] if found else []


def actions(old: ForeignTable, new: ForeignTable) -> Iterator[str]:
    """Yield the actions that change checks and columns.

    Checks go before the columns that they name, with which PostgreSQL drops them as well; what is
    computed goes before what it is computed from. A check of a column that gets another type is
    read anew, as a default is: PostgreSQL would keep casts from the old one.
    """
    before, after = old.columns, new.columns
    anew, typed = made_anew(before, after), retyped(before, after)
    checks = {
        key: one
        for key, one in old.checks.items()
        if one == new.checks.get(key) and not names_some(one.expression, typed)
    }
    yield from (
        f"DROP CONSTRAINT {quote_name(key)}" for key in old.checks if key not in checks
    )
    gone = [key for key in before if key not in after or key in anew]
    gone.sort(key=lambda key: before[key].generated is None)
    yield from (f"DROP COLUMN {quote_name(key)}" for key in gone)
    for key, one in after.items():
        if key in before and key not in anew:
            yield from of_column(key, before[key], one)
        else:
            yield f"ADD COLUMN {quote_name(key)} {column_body(one)}"
    for key, found in new.checks.items():
        if key not in checks:
            yield f"ADD CONSTRAINT {quote_name(key)} {check(found)}"


def of_column(key: str, old: ForeignColumn, new: ForeignColumn) -> Iterator[str]:
    """Yield the actions that change a column where it is."""
    what = f"ALTER COLUMN {quote_name(key)}"
    default = old.default
    if type_of(old) != type_of(new):
        if default is not None:
            yield f"{what} DROP DEFAULT"
            default = None
        yield f"{what} TYPE {' '.join(ddl.type_with_collation(new))}"
    if default != new.default:
        yield (
            f"{what} DROP DEFAULT"
            if new.default is None
            else f"{what} SET DEFAULT {ddl.default(new.default)}"
        )
    if old.nullable != new.nullable:
        yield f"{what} {'DROP' if new.nullable else 'SET'} NOT NULL"
    given = options.changed(old.options, new.options)
    if given:
        yield what + given


def type_of(value: ForeignColumn) -> tuple[Type, Name | None]:
    """Return what `ALTER COLUMN … TYPE` changes of a column."""
    return value.type, value.collation


def retyped(
    old: Mapping[str, ForeignColumn], new: Mapping[str, ForeignColumn]
) -> set[str]:
    """Return the columns that get another type."""
    return {
        key
        for key, one in old.items()
        if key in new and type_of(one) != type_of(new[key])
    }


def made_anew(
    old: Mapping[str, ForeignColumn], new: Mapping[str, ForeignColumn]
) -> set[str]:
    """Return the columns that go and come back: those that are computed otherwise.

    So are those that are computed from a column of another type, which PostgreSQL refuses to alter
    meanwhile.
    """
    typed = retyped(old, new)
    return {
        key
        for key, one in old.items()
        if key in new
        and (
            one.generated != new[key].generated
            or (
                one.generated is not None
                and (key in typed or names_some(one.generated, typed))
            )
        )
    }


def names_some(text: str, columns: set[str]) -> bool:
    """Tell whether an expression names one of some columns."""
    if not columns:
        return False
    from gen_migration.postgres.names_in import names_in

    return names_in(text).concerns(columns, ())


def comments(
    name: Name, old: Mapping[str, ForeignColumn], new: Mapping[str, ForeignColumn]
) -> Iterator[str]:
    """Yield what sets the comments of columns."""
    for key, one in new.items():
        if one.comment != (old[key].comment if key in old else None):
            yield ddl.comment(f"COLUMN {name.sql}.{quote_name(key)}", one.comment)
