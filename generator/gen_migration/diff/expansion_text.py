"""The function that keeps the columns of an expansion alike, as PL/pgSQL.

It tells by the row what was written. An INSERT has written what is not NULL; where neither side
is, it gives the default, which the columns do not have meanwhile: with it, a column that was left
out would look like one that was written. An UPDATE has written what differs from the row of before,
byte by byte (`record_image_ne`: not every type has `=`, and citext calls alike what differs;
manual, 9.25.6). The side that was not written follows; both stay as they are where both were. A
row that was there before, and is not filled yet, is filled on the way: so is it by the backfill,
which writes the first of the new columns.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from gen_migration.model.expression_edits import RowEdit, edited
from gen_migration.postgres.names import quote_name

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

BODY = """
DECLARE
{variables}
    wrote_old boolean;
    wrote_new boolean;
BEGIN
    IF TG_OP = 'INSERT' THEN
        wrote_old := {old} IS NOT NULL;
        wrote_new := {some_new};
{default}    ELSE
        wrote_old := record_image_ne(ROW({old}), ROW({old_before}));
        wrote_new := record_image_ne(ROW({news}), ROW({news_before}));
        IF NOT wrote_old AND {old} IS NOT NULL AND {no_new_before} THEN
            -- The row is not filled yet.
{fill}
            wrote_new := record_image_ne(ROW({news}), ROW({filled}));
        ELSIF wrote_old AND NOT wrote_new AND {old_before} IS NULL THEN
            -- It may be filled on the way back from the contract.
            filled := {down};
            wrote_old := record_image_ne(ROW({old}), ROW(filled));
        END IF;
    END IF;
    -- Where both were written, both stay.
    IF wrote_old AND NOT wrote_new THEN
{up}
    ELSIF wrote_new AND NOT wrote_old THEN
        {old} := {down};
    END IF;
    RETURN new;
END
"""
DEFAULT = """\
        IF NOT wrote_old AND NOT wrote_new THEN
            -- Neither is given, and the columns have no default meanwhile.
{given}
            wrote_new := true;
        END IF;
"""


def body(
    table: str,
    old: tuple[str, str, str],
    new: Sequence[tuple[str, str, str]],
    defaults: Mapping[str, str],
) -> str:
    """Return the body of the function.

    `old` is a column, its value by the new ones, and its type; `new` are columns, each with its
    value by the old one and its type. `defaults` are those of new ones.
    """
    name, down, old_type = old
    names = [one for one, _, _ in new]
    ups = [in_row(up, table, [name]) for _, up, _ in new]
    variables = [f"filled_{number}" for number, _ in enumerate(new, 1)]
    typed = {"filled": old_type} | {
        variable: of for variable, (_, _, of) in zip(variables, new, strict=True)
    }
    rows, before = (
        [f"{row}.{quote_name(one)}" for one in names] for row in ("new", "old")
    )
    filling = [
        f"{variable} := {up};\n            {row} := coalesce({row}, {variable});"
        for row, up, variable in zip(rows, ups, variables, strict=True)
    ]
    given = [
        f"new.{quote_name(one)} := {defaults[one]};" for one in names if one in defaults
    ]
    return BODY.format(
        variables=lines(4, (f"{one} {of};" for one, of in typed.items())),
        old=f"new.{quote_name(name)}",
        old_before=f"old.{quote_name(name)}",
        some_new=" OR ".join(f"{one} IS NOT NULL" for one in rows),
        news=", ".join(rows),
        news_before=", ".join(before),
        no_new_before=" AND ".join(f"{one} IS NULL" for one in before),
        default=DEFAULT.format(given=lines(12, given)) if given else "",
        fill=lines(12, filling),
        filled=", ".join(variables),
        up=lines(8, (f"{row} := {up};" for row, up in zip(rows, ups, strict=True))),
        down=in_row(down, table, names),
    )


def lines(indent: int, found: Iterable[str]) -> str:
    return "\n".join(f"{' ' * indent}{one}" for one in found)


def in_row(sql: str, table: str, columns: Iterable[str]) -> str:
    """Return an expression over columns of a table as one over the row `new`."""
    for one in columns:
        sql = edited(sql, RowEdit(one, "new", table))
    return sql
