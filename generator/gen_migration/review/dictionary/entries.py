"""The pages of a data dictionary: one for each object, whatever its kind. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gen_migration.base.data_class import replace
from gen_migration.kinds import BY_WORD, KINDS
from gen_migration.kinds.members import by_holder
from gen_migration.kinds.relations import Known
from gen_migration.review.describe import properties
from gen_migration.review.diagram import selection
from gen_migration.review.diagram.groups import grouped
from gen_migration.review.diagram.model import OTHER, Detail, shortened
from gen_migration.review.diagram.picture import diagram
from gen_migration.review.diagram.views import ungrouped
from gen_migration.review.dictionary import of_table
from gen_migration.review.dictionary.linker import RELATIONS, Linker
from gen_migration.review.dictionary.links import in_order, links
from gen_migration.review.dictionary.values import (
    Cell,
    Dictionary,
    Entry,
    Section,
    code,
    section,
    words,
)
from gen_migration.sql.blocks import Block
from gen_migration.sql.sorts import Sort

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from gen_migration.kinds.nodes import Node
    from gen_migration.model.schema import Schema
    from gen_migration.postgres.names import Name
    from gen_migration.review.diagram.model import Diagram


class Writer(Linker):
    """Makes the pages of a schema."""

    def __init__(
        self, schema: Schema, home: str | None, groups: Mapping[Name, str]
    ) -> None:
        super().__init__(schema, home)
        self.uses, self.used_by = links(schema)
        self.known = Known(schema)
        whole = diagram(schema, None, home)
        boxes = (replace(box, link=self.page_of(box.key)) for box in whole.boxes)
        plain = replace(whole, boxes=tuple(boxes))
        self.parts = selection.Parts(plain)
        self.whole = grouped(plain, groups, home)
        self.members_of = {
            kind.word: by_holder(schema.of(kind.word)) for kind in KINDS if kind.holders
        }
        self.places = {box.key: at for at, box in enumerate(whole.boxes)}

    def entries(self) -> Iterator[Entry]:
        """Yield all pages."""
        for word, name in self.paths:
            value = self.schema.of(word)[name]
            if word == "table":
                parts, sections, sql = of_table.page(self, name, value)
            else:
                parts, sections, sql = self.of_object(word, name, value)
            box = self.places.get(name) if word in RELATIONS else None
            yield Entry(
                word=word,
                name=self.called(name),
                path=self.paths[word, name],
                group="" if box is None else self.group(box),
                comment=getattr(value, "comment", None) or "",
                parts=parts,
                facts=tuple(facts(value)),
                sections=(
                    *sections,
                    *self.members(word, name),
                    *self.both_ways(word, name),
                ),
                brief="" if parts else self.brief(word, value),
                sql=sql,
                picture=None if box is None else self.picture(box),
            )

    def group(self, box: int) -> str:
        """Return the group of a box; empty for that of what is in no other."""
        found = self.whole.boxes[box].group
        return "" if found == OTHER else found

    def of_object(
        self, word: str, name: Any, value: Any
    ) -> tuple[tuple[str, ...], list[Section], str]:
        """Return the columns of an object, the section that tells them, and its SQL."""
        kind = BY_WORD[word]
        columns = (self.known(name) or []) if kind.has_columns else []
        comments = getattr(value, "column_comments", {})
        rows = [
            (code(key), code(type_of(sort)), words(comments.get(key)))
            for key, sort in columns
        ]
        made = kind.create(name, value)
        statements = made.statements if isinstance(made, Block) else (made,)
        return (
            tuple(key for key, _ in columns),
            section("Columns", "column|type|comment", rows),
            "".join(f"{one};\n" for one in statements),
        )

    def brief(self, word: str, value: Any) -> str:
        """Return what an object without columns is, as an index has room for it."""
        return "" if word == "table" else shortened(BY_WORD[word].definition(value))

    def members(self, word: str, name: Any) -> Iterator[Section]:
        """Yield what stands on a relation, by kind."""
        for kind in KINDS:
            if word in kind.holders:
                rows = [
                    (code(key.name), code(kind.definition(value)), words(value.comment))
                    for key, value in self.members_of[kind.word].get(name, {}).items()
                ]
                yield from section(
                    kind.key.capitalize(), "name|definition|comment", rows
                )

    def both_ways(self, word: str, name: Any) -> Iterator[Section]:
        """Yield what an object uses, and what uses it."""
        for title, found in (("Uses", self.uses), ("Used by", self.used_by)):
            rows: list[tuple[Cell, ...]] = [
                (words(one[0]), (self.link(one),))
                for one in in_order(found[word, name] - self.tied(word, name))
            ]
            yield from section(title, "kind|name", rows)

    def tied(self, word: str, name: Any) -> set[Node]:
        """Return the tables that the page of a table tells of already, as foreign keys."""
        if word != "table":
            return set()
        keys = self.schema.tables[name].foreign_keys.values()
        found = {one.referred_table for one in keys}
        found |= {child for child, _, _ in self.keys_to.get(name, ())}
        return {("table", one) for one in found}

    def picture(self, box: int) -> Diagram:
        """Return the picture of a box and its neighbours."""
        found = ungrouped(self.parts.around([box], 1))
        return selection.reduced(found, min(selection.fitting(found), Detail.COLUMNS))


def type_of(sort: object) -> str:
    """Return the type of a column that comes out of a query, where it is known."""
    return str(sort.type) if isinstance(sort, Sort) else ""


def facts(value: Any) -> Iterator[tuple[str, Cell]]:
    """Yield what an object has beside its definition and its comment."""
    for what, said in properties(value):
        if what not in {"comment", "index comment"}:
            yield what, code(said)


def dictionary(
    schema: Schema,
    title: str,
    description: str,
    home: str | None,
    groups: Mapping[Name, str],
) -> Dictionary:
    """Return the data dictionary of a schema; `groups` are those that a spec gives to tables."""
    writer = Writer(schema, home, groups)
    return Dictionary(
        title=title,
        description=description,
        entries=tuple(writer.entries()),
        whole=writer.whole,
    )
