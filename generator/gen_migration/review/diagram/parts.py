"""The rows of a table in a picture beside its columns: constraints and indexes. Pure.

Keys of one column, and foreign keys, are told at their columns.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from gen_migration.model.schema import Check, Exclude, Index, Unique
from gen_migration.review.describe import definition
from gen_migration.review.diagram.model import Row, mark, merged, shortened, shown

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gen_migration.model.schema import Constraint, Table

    Sides = tuple[Table | None, Table | None]

ARROW = " \N{RIGHTWARDS ARROW} "
# By the class of a part: its tag, and what a row says of it.
PARTS: dict[type[Constraint | Index], tuple[str, str]] = {
    Unique: ("UQ", "unique"),
    Exclude: ("EX", "exclusion"),
    Check: ("CK", "check"),
    Index: ("IX", "index"),
}
TAGS = tuple(tag for tag, _ in PARTS.values())


def rows(sides: Sides) -> Iterator[Row]:
    """Yield the rows of what a table has beside its columns, in the order of PARTS."""
    found = [parts(one) if one else {} for one in sides]
    for (word, name), pair in sorted(
        merged(*found), key=lambda one: TAGS.index(PARTS[type_of(one[1])][0])
    ):
        said = [definition(one) for one in pair if one is not None]
        tag = PARTS[type_of(pair)][0]
        yield Row(
            name=shown(name),
            part=word,
            type=shortened(short(said[-1], tag)),
            keys=(tag,),
            mark=mark(pair),
            note=ARROW.join(
                shown(f"{word} {name} {one}") for one in dict.fromkeys(said)
            ),
        )


def parts(table: Table) -> dict[tuple[str, str], Constraint | Index]:
    """Return what has a row of its own, by its word and name."""
    every = (*table.constraints.items(), *table.indexes.items())
    return {
        (PARTS[type(one)][1], name): one
        for name, one in every
        if type(one) in PARTS and not (isinstance(one, Unique) and not one.columns[1:])
    }


def type_of(
    pair: tuple[Constraint | Index | None, Constraint | Index | None],
) -> type[Constraint | Index]:
    """Return the class of what is on one side, or on both."""
    return type(pair[1] if pair[1] is not None else pair[0])  # type: ignore[return-value]


def short(text: str, tag: str) -> str:
    """Return a definition without the word that the tag stands for."""
    return text.removeprefix({"CK": "CHECK ", "EX": "EXCLUDE "}.get(tag, ""))
