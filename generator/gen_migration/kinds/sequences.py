"""Sequences of their own: `CREATE SEQUENCE`; those of serial and identity columns are none.

Whose column one is owned by has an operation of its own (`SetSequenceOwner`): it waits for the
column's table.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gen_migration.base.data_class import replace
from gen_migration.kinds.keys import RENAMED_FROM, Key
from gen_migration.kinds.kind import Kind
from gen_migration.model import object_renaming
from gen_migration.model.schema import Sequence
from gen_migration.postgres import privileges
from gen_migration.postgres.names import quote_text
from gen_migration.postgres.type_names import INTEGERS
from gen_migration.sql import sequence_options

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from gen_migration.model.schema import Schema
    from gen_migration.postgres.names import Name


class Sequences(Kind):
    """Sequences that no column brings by itself."""

    word = "sequence"
    about = "Sequences by name."
    about_one = "A sequence of its own."
    keys = (
        Key(
            "type",
            'Literal["smallint", "integer", "bigint"]',
            "The type of its values.",
            "bigint",
        ),
        Key("unlogged", "bool", "PostgreSQL 15: not crash-safe.", False),
        Key(
            "owned_by",
            "Text | None",
            "`table.column`; the sequence is dropped with it.",
        ),
        RENAMED_FROM,
    )
    key = "sequences"
    value = Sequence
    called = "SEQUENCE"
    granting = privileges.SEQUENCE
    space = "relations"
    creates = "create_seq_stmt"
    groups = (("type", "options"), ("unlogged",))

    def create(self, name: Any, value: Any) -> str:
        unlogged = "UNLOGGED " if value.unlogged else ""
        of_type = "" if value.type == "bigint" else f" AS {value.type}"
        given = sequence_options.sequence_options(value.options, value.type).values()
        options = "".join(f" {part}" for part in given)
        return f"CREATE {unlogged}SEQUENCE {name.sql}{of_type}{options}"

    def alter(self, name: Any, old: Any, new: Any) -> list[str]:
        if old.unlogged != new.unlogged:
            logged = "UNLOGGED" if new.unlogged else "LOGGED"
            return [f"ALTER {self.sql(name)} SET {logged}"]
        whole = new.type != old.type
        as_type = [f"AS {new.type}"] if whole else []
        room = sequence_options.room_to_move(old.options, new.options)
        grows = INTEGERS[old.type][-1] < INTEGERS[new.type][-1]
        if grows and room != old.options:  # only the new type has room for it
            first = as_type + sequence_options.changed_options(
                old.options, room, bounds=True
            )
            then = sequence_options.changed_options(room, new.options)
        else:
            first = sequence_options.changed_options(old.options, room)
            then = as_type + sequence_options.changed_options(
                room, new.options, bounds=whole
            )
        sequence = f"{quote_text(name.sql)}::regclass"
        alter = f"ALTER {self.sql(name)} "
        return [
            *([alter + " ".join(first)] if first else []),
            *sequence_options.move_sequence(sequence, old.options, new.options),
            alter + " ".join(then),
        ]

    def read(self, node: Any, schema: Schema) -> tuple[Any, Any]:
        """Return a sequence without its owner."""
        from gen_migration.sql import tree

        given = tree.options(node.options)
        integer = tree.integer(given) or "bigint"
        value = Sequence(
            type=integer,
            options=tree.sequence_options(given, integer),
            unlogged=node.sequence.relpersistence == "u",
        )
        return tree.relation(node.sequence), value

    def build(self, at: Any, name: Any, shape: Any) -> Any:
        if shape.unlogged:
            (at / "unlogged").need(15, "an unlogged sequence")
        return Sequence(
            type=shape.type,
            options=at.sequence_options(shape, shape.type),
            unlogged=shape.unlogged,
            owned_by=(at / "owned_by").column(shape.owned_by),
        )

    def faults(
        self, name: Any, value: Any, schema: Schema
    ) -> Iterator[tuple[tuple[Any, ...], str, str]]:
        table = schema.tables.get(value.owned_by[0]) if value.owned_by else None
        if table is not None and value.owner not in {None, table.owner}:
            yield (
                ("owner",),
                "it has the owner of the table that it belongs to",
                "write owner: at the table, and none here",
            )

    def dump(self, writer: Any, name: Any, value: Any) -> dict[str, Any]:
        return {
            "type": None if value.type == "bigint" else value.type,
            **writer.sequence_options(value.options, value.type),
            "unlogged": value.unlogged or None,
            "owned_by": writer.column(*value.owned_by) if value.owned_by else None,
        }

    def from_row(self, reading: Any, row: Any) -> Any:
        """Return a sequence that no serial and no identity column brings by itself."""
        if reading.brings(row):
            return None
        return Sequence(
            type=row.type,
            options=reading.sequence_options(row),
            unlogged=row.unlogged,
            owned_by=reading.owner(row),
        )

    def created(self, value: Any) -> Any:
        return replace(value, owned_by=None)

    def goes_with(self, value: Any, tables: Collection[Name]) -> bool:
        return value.owned_by is not None and value.owned_by[0] in tables

    def renamed(self, schema: Schema, old: Any, new: Any) -> Schema:
        return object_renaming.sequence(schema, old, new)

    def definition(self, value: Any) -> str:
        given = sequence_options.sequence_options(value.options, value.type).values()
        return " ".join([value.type, *given])

    def changes(self, old: Any, new: Any) -> Iterator[tuple[str, Any, Any]]:
        if (old.type, old.options) != (new.type, new.options):
            yield "definition", self.definition(old), self.definition(new)
        yield from (one for one in super().changes(old, new) if one[0] == "unlogged")

    def line(self, name: Any, old: Any, new: Any) -> str | None:
        if old.unlogged == new.unlogged:
            return None
        return f"make sequence {name} {'unlogged' if new.unlogged else 'logged'}"
