"""The page of a table: columns, relations both ways, constraints, indexes, partitions. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gen_migration.model.given import columns_in
from gen_migration.postgres.names import quote_text
from gen_migration.review.describe import definition, properties
from gen_migration.review.diagram.picture import gets, tags_of
from gen_migration.review.dictionary.values import (
    Cell,
    Section,
    Text,
    code,
    section,
    words,
)
from gen_migration.sql import ddl

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gen_migration.model.schema import Column, ForeignKey, Table
    from gen_migration.postgres.names import Name
    from gen_migration.review.dictionary.linker import Linker


def page(
    linker: Linker, name: Name, table: Table
) -> tuple[tuple[str, ...], list[Section], str]:
    """Return the columns of a table, the sections that tell of it, and its SQL."""
    columns = columns_in(linker.schema, table)
    children = linker.keys_to.get(name, [])
    sections = [
        *section(
            "Columns",
            "column|type|nullable|default|keys|refers to|comment",
            [column_row(linker, table, key, one) for key, one in columns.items()],
        ),
        *section(
            "Refers to",
            "columns|table|foreign key|comment",
            [
                (
                    code(", ".join(one.columns)),
                    target(linker, one),
                    code(key),
                    words(one.comment),
                )
                for key, one in table.foreign_keys.items()
            ],
        ),
        *section(
            "Referred to by",
            "table|columns|refer to|foreign key",
            [
                (
                    (linker.link(("table", child)),),
                    code(", ".join(one.columns)),
                    code(", ".join(one.referred_columns)),
                    code(key),
                )
                for child, key, one in children
            ],
        ),
        *parts(table),
        *partitions(linker, name),
    ]
    return tuple(columns), sections, sql(name, table)


def column_row(
    linker: Linker, table: Table, name: str, value: Column
) -> tuple[Cell, ...]:
    """Return the row of a column."""
    parents = dict.fromkeys(
        one.referred_table for one in table.foreign_keys.values() if name in one.columns
    )
    more = [f"{what}: {said}" for what, said in properties(value) if what != "comment"]
    return (
        code(name),
        code(" ".join(ddl.type_with_collation(value))),
        words("yes" if value.nullable else ""),
        code(gets(value).removeprefix("= ")),
        words(" ".join(tags_of(table, name))),
        spaced([linker.link(("table", parent)) for parent in parents]),
        words("; ".join(filter(None, (value.comment, *more)))),
    )


def spaced(found: list[Text]) -> Cell:
    """Return pieces with commas between them."""
    pieces: list[Text] = []
    for one in found:
        pieces += [Text(text=", "), one] if pieces else [one]
    return tuple(pieces)


def target(linker: Linker, key: ForeignKey) -> Cell:
    """Return what a foreign key refers to, and what it does then."""
    columns = ", ".join(key.referred_columns)
    link = linker.link(("table", key.referred_table))
    return (link, *words(f" ({columns})"))


def parts(table: Table) -> Iterator[Section]:
    """Yield the constraints and the indexes of a table."""
    for title, held in (("Constraints", table.constraints), ("Indexes", table.indexes)):
        rows = [
            (code(key), code(definition(one)), words(one.comment))
            for key, one in held.items()
        ]
        yield from section(title, "name|definition|comment", rows)


def partitions(linker: Linker, name: Name) -> list[Section]:
    """Return the partitions of a table, and its children."""
    rows = []
    for key, one in linker.schema.tables.items():
        if name in one.parents:
            bound = (
                ddl.bound(one.partition_of.bound) if one.partition_of else "inherits"
            )
            rows.append(((linker.link(("table", key)),), code(bound)))
    return section("Partitions and children", "table|rows", rows)


def sql(name: Name, table: Table) -> str:
    """Return what makes a table, its indexes and comments, as SQL."""
    found = [ddl.create_table(name, table)]
    found += [ddl.create_index(name, key, one) for key, one in table.indexes.items()]
    if table.comment is not None:
        found.append(f"COMMENT ON TABLE {name.sql} IS {quote_text(table.comment)}")
    return "".join(f"{one};\n" for one in found)
