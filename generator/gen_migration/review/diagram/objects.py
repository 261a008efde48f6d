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
    from collections.abc import Iterable, Iterator, Mapping

    from gen_migration.model.schema import Schema
    from gen_migration.postgres.names import Member, Name
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


def boxes(sides: Sides, home: str | None, members: Members) -> dict[Name, Box]:
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
            rows=(*rows, *members.of([name])),
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


class Members:
    """The rows of what stands on relations."""

    def __init__(self, sides: Sides) -> None:
        self.rows: list[Row] = []
        self.places: dict[Name, list[int]] = {}
        for kind in KINDS:
            for name, pair in merged(*(one.of(kind.word) for one in sides)):
                if kind.holders:
                    self.places.setdefault(name.holder, []).append(len(self.rows))
                    self.rows.append(member(kind.word, name, pair))

    def of(self, holders: Iterable[Name]) -> list[Row]:
        """Return the rows of some relations that have one box, by kind."""
        places = (place for one in holders for place in self.places.get(one, ()))
        return [self.rows[place] for place in sorted(places)]


def member(word: str, name: Member, pair: tuple[Any, Any]) -> Row:
    """Return the row of what stands on a relation, of both sides."""
    said = (definition(word, one) for one in pair if one)
    return Row(
        name=shown(name.name),
        part=word,
        type=word,
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
