"""Statements: SQL of a spec for what no kind holds.

One has a name, what creates it, and what drops it. It is compared as a text, and a change drops the
old one and creates the new one. What its statements create (a type, an operator class, …) is known
to what names it. They come after what they name, and after what a spec says beside that; where one
of those is made anew, they are dropped before and created again after. A revision runs them through
`statements`, which says their name as well: replay knows by that what there is.
"""

from __future__ import annotations

from dataclasses import field
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

from gen_migration.base.data_class import dataclass
from gen_migration.base.errors import quoted
from gen_migration.kinds.keys import Key
from gen_migration.kinds.kind import Kind
from gen_migration.kinds.statement_names import (
    after_of,
    created_by,
    reference_to,
    taken_by,
)
from gen_migration.kinds.statement_references import named
from gen_migration.sql.blocks import Block

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping

    from gen_migration.kinds.nodes import Node
    from gen_migration.kinds.references import Finder, Reference
    from gen_migration.model.schema import Schema


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """SQL that creates something, and SQL that drops it; each is one statement or several.

    What it comes `after` (`table t`) makes it no other one.
    """

    create: tuple[str, ...]
    drop: tuple[str, ...]
    after: tuple[str, ...] = field(default=(), compare=False)
    comment: str | None = None


class Statements(Kind):
    """Statements of a spec."""

    word = "statement"
    key = "statements"
    about = "SQL for what no other key can say, by names of your own."
    about_one = "SQL that creates something, and SQL that drops it."
    keys = (
        Key(
            "create",
            "Body",
            "What creates it: one statement or several. They are run as they stand.",
            ...,
        ),
        Key("drop", "Body", "What drops it again.", ...),
        Key(
            "after",
            "list[Text]",
            "What it comes after beside what it names: `table t`, `function f(integer)`,"
            " `trigger g on t`, `statement other`.",
            list,
        ),
    )
    value = Statement
    called = "STATEMENT"
    also_reads = ("foreign_tables", "other_grants")
    in_schema = False
    is_missed = True
    is_as_written = True
    has_comment = False

    # SQL out.

    def create(self, name: Any, value: Any) -> Any:
        said: dict[str, Any] = {"name": name, "drop": value.drop}
        if value.after:
            said["after"] = value.after
        return Block(value.create, said)

    def dropped(self, name: Any, value: Any) -> Iterator[Any]:
        yield Block(value.drop, {"gone": name})

    def definition(self, value: Any) -> str:
        return "; ".join(" ".join(one.split()) for one in value.create)

    def is_replaced(self, old: Any, new: Any) -> bool:
        return True

    # The spec.

    def build(self, at: Any, name: Any, shape: Any) -> Any:
        create, drop = (
            (at / key).statements(getattr(shape, key)) for key in ("create", "drop")
        )
        after = []
        for number, text in enumerate(shape.after):
            found = after_of(at / "after" / number, text)
            if found is not None:
                after.append(found)
        if not create or not drop:
            return None
        return Statement(create=create, drop=drop, after=tuple(after))

    def faults(
        self, name: Any, value: Any, schema: Schema
    ) -> Iterator[tuple[tuple[Any, ...], str, str]]:
        from gen_migration.kinds.graph import Graph

        graph = Graph(schema)
        for number, text in enumerate(value.after):
            if not graph.nodes(reference_to(text)):
                hint = "write the kind and the name of something of this spec: table t"
                yield ("after", number), f"unknown {quoted(text)}", hint

    def dump(self, writer: Any, name: Any, value: Any) -> dict[str, Any]:
        return {
            "create": ";\n".join(value.create),
            "drop": ";\n".join(value.drop),
            "after": list(value.after),
        }

    # The catalog.

    def rows(self, found: Mapping[str, Any]) -> Iterable[Any]:
        """Return those of its queries, and what makes foreign tables that no key holds."""
        tables = (row.statement for row in found["foreign_tables"])
        own = (*found["statements"], *found["other_grants"])
        return [*own, *(SimpleNamespace(**one) for one in tables if one is not None)]

    def from_row(self, reading: Any, row: Any) -> Any:
        return Statement(
            create=tuple(row.create), drop=tuple(row.drop), after=tuple(row.after)
        )

    def selected_by(self, row: Any) -> str | None:
        schema: str | None = row.schema
        return schema

    # Order.

    def brings_others(self, value: Any) -> Collection[tuple[str, Any]]:
        return created_by(value.create)

    def links(self, name: Any, value: Any) -> Collection[Node]:
        return [*taken_by(value.create)]

    def refers(self, value: Any, find: Finder) -> set[Reference]:
        return {reference_to(one) for one in value.after}.union(
            *map(named, value.create)
        )

    def writes(self, name: Any) -> None:
        """Return None: it may be anything."""

    # Words.

    def changes(self, old: Any, new: Any) -> Iterator[tuple[str, Any, Any]]:
        if old != new:
            yield "definition", self.definition(old), self.definition(new)
