"""What a picture shows of views, and of what stands on tables. Pure.

A view has a box with its columns, as far as they are known, and lines to what it reads; a trigger,
a policy or a rule is a row of the box of its relation.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gen_migration.kinds import BY_WORD, KINDS
from gen_migration.kinds.graph import Graph
from gen_migration.kinds.references import EVERY
from gen_migration.kinds.relations import Known
from gen_migration.review.diagram.model import (
    Box,
    Relation,
    Row,
    called,
    mark,
    merged,
    shortened,
    shown,
)
from gen_migration.sql.sorts import Sort

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

    from gen_migration.model.schema import Schema
    from gen_migration.postgres.names import Name
    from gen_migration.review.diagram.model import End

    Sides = tuple[Schema, Schema]  # the old one, the new one

ARROW = " \N{RIGHTWARDS ARROW} "


def views(schema: Schema) -> dict[Name, tuple[str, Any]]:
    """Return what queries select from beside tables, by name: the word of its kind, its value."""
    return {
        name: (kind.word, value)
        for kind in KINDS
        if kind.has_columns
        for name, value in schema.of(kind.word).items()
    }


def boxes(sides: Sides, home: str | None) -> dict[Name, Box]:
    """Return the boxes of views, those that are gone among them."""
    known = [Known(one) for one in sides]
    result = {}
    for name, pair in merged(*map(views, sides)):
        before, after = (
            dict((one(name) if value else None) or ())
            for one, value in zip(known, pair, strict=True)
        )
        rows = (
            Row(
                name=shown(column),
                type=shortened(type_of(kinds)),
                mark=mark((column in before or None, column in after or None)),
            )
            for column, kinds in merged(before, after)
        )
        said = dict.fromkeys(definition(*one) for one in pair if one is not None)
        result[name] = Box(
            name=called(name, home),
            key=name,
            rows=(*rows, *members(sides, [name])),
            word=next(one for one in reversed(pair) if one is not None)[0],
            mark=mark(pair),
            note=ARROW.join(said),
        )
    return result


def type_of(sorts: tuple[object, object]) -> str:
    """Return the type of a view's column, where it is known."""
    found = next((one for one in reversed(sorts) if one is not None), None)
    return str(found.type) if isinstance(found, Sort) else ""


def definition(word: str, value: Any) -> str:
    """Return what an object is, on one line."""
    return shown(f"{word} {BY_WORD[word].definition(value)}")


def members(sides: Sides, holders: Collection[Name]) -> Iterator[Row]:
    """Yield the rows of what stands on relations that have one box."""
    for kind in KINDS if holders else ():
        if kind.holders:
            for name, pair in merged(*(one.of(kind.word) for one in sides)):
                if name.holder in holders:
                    said = (definition(kind.word, one) for one in pair if one)
                    yield Row(
                        name=shown(name.name),
                        part=kind.word,
                        type=kind.word,
                        mark=mark(pair),
                        note=ARROW.join(dict.fromkeys(said)),
                    )


def reads(
    sides: Sides, places: Mapping[tuple[Name, str | None], End]
) -> Iterator[Relation]:
    """Yield a line from each view to each relation that it reads."""
    every = [sources(one) for one in sides]
    for name, pair in merged(*every):
        read = [dict.fromkeys(one or ()) for one in pair]
        for source, _ in merged(*read):
            if (source, None) in places:
                yield Relation(
                    name=shown(f"{name} reads {source}"),
                    child=places[name, None],
                    parent=places[source, None],
                    reads=True,
                    mark=mark((source in read[0] or None, source in read[1] or None)),
                )


def sources(schema: Schema) -> dict[Name, list[Name]]:
    """Return the tables and views that each view reads, in the order of their names."""
    graph, every = Graph(schema), views(schema)
    relations = {*schema.tables, *every}
    found = {
        name: {
            node[1]
            for one in BY_WORD[word].stands_on(name, value, EVERY)
            for node in graph.nodes(one)
            if len(node) > 1
        }
        for name, (word, value) in every.items()
    }
    return {
        name: sorted((one & relations) - {name}, key=str) for name, one in found.items()
    }


def others(sides: Sides) -> dict[str, list[Row]]:
    """Return what neither has a box nor stands on what has one, by the words of kinds."""
    found: dict[str, list[Row]] = {}
    for kind in KINDS:
        if kind.has_columns or kind.holders:
            continue
        for name, pair in merged(*(one.of(kind.word) for one in sides)):
            said = (definition(kind.word, one) for one in pair if one is not None)
            row = Row(
                name=shown(str(name)),
                part=kind.word,
                mark=mark(pair),
                note=ARROW.join(dict.fromkeys(said)),
            )
            found.setdefault(kind.word, []).append(row)
    return found
