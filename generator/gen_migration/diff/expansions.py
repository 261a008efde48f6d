"""Open expansions: columns that old and new code write for a while, each under its own name.

A trigger keeps them alike. Its arguments say all that there is to know of an expansion, so that a
schema with the trigger is one that holds it: the old column, its value by the new ones, and each
new one with its value by the old one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from gen_migration.base.data_class import dataclass
from gen_migration.base.errors import quoted
from gen_migration.diff.expansion_text import body
from gen_migration.kinds.routine_values import Function
from gen_migration.kinds.trigger_text import Trigger
from gen_migration.model.convention import shorten
from gen_migration.postgres.bodies import tidy
from gen_migration.postgres.names import member, spell_part
from gen_migration.postgres.signatures import Signature
from gen_migration.postgres.types import Type

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gen_migration.model.schema import Column, Schema
    from gen_migration.postgres.names import Member, Name

MARK = "gm_expand_"
# PostgreSQL fires triggers in the order of their names: this one sees what the others have written.
LAST = f"zz_{MARK}"


def aside_name(name: str) -> str:
    """Return the name of what has to stand beside something of the same name."""
    return shorten(f"{MARK}{name}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused:
    """What cannot be of an expansion: why, in a sentence, and what to do instead.

    Without a column, it is one of the table.
    """

    table: Name
    column: str | None
    why: str
    instead: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Expansion:
    """The columns of a table of which each says what the `old` one says.

    `down` is the old one's value, as SQL over the new ones; `new` are those, each with its value
    as SQL over the old one.
    """

    table: Name
    old: str
    down: str
    new: tuple[tuple[str, str], ...]

    @property
    def names(self) -> tuple[str, ...]:
        """The new columns."""
        return tuple(name for name, _ in self.new)

    @property
    def is_in_place(self) -> bool:
        """Whether the new column has the old one's name in the end."""
        return self.names == (aside_name(self.old),)

    @property
    def label(self) -> str:
        """The first new column, as a spec calls it."""
        return self.old if self.is_in_place else self.names[0]

    @property
    def place(self) -> str:
        """What waits for its contract, in words."""
        listed = ", ".join(map(spell_part, self.names))
        return f"{self.table}.{self.old if self.is_in_place else listed}"

    @property
    def trigger(self) -> Member:
        """The name of the trigger."""
        return member(self.table, shorten(f"{LAST}{self.label}"))

    @property
    def function(self) -> Signature:
        """The name of what the trigger calls."""
        name = shorten(f"{MARK}{self.table.name}_{self.label}")
        return Signature(self.table.schema, name)

    @property
    def creates(self) -> str:
        """How the statement begins that opens it."""
        return f"CREATE TRIGGER {self.trigger.sql} "

    @property
    def hints(self) -> set[tuple[str, object]]:
        """The hints that do something as long as it is open."""
        places = ((self.table, name) for name in (self.label, *self.names))
        return {
            (field, at) for at in places for field in ("columns", "using", "expand")
        }

    @property
    def comment(self) -> str:
        """What both say of themselves."""
        listed = " and ".join(f"{quoted(one)}" for one in (self.old, *self.names))
        return f"gen-migration: keeps {listed} alike until the contract"

    @property
    def fires(self) -> Trigger:
        """The trigger."""
        pairs = (text for pair in self.new for text in pair)
        return Trigger(
            timing="before",
            events=("insert", "update"),
            function=self.function.called,
            arguments=(self.old, self.down, *pairs),
            comment=self.comment,
        )

    def routine(
        self, columns: Mapping[str, Column], defaults: Mapping[str, str]
    ) -> Function:
        """Return what the trigger calls, for these columns and the new ones' defaults."""
        text = body(
            self.table.name,
            (self.old, self.down, columns[self.old].type.sql),
            [(name, up, columns[name].type.sql) for name, up in self.new],
            defaults,
        )
        return Function(
            language="plpgsql",
            body=tidy(text),
            written=text,
            returns=Type(name="trigger"),
            comment=self.comment,
        )


def opened(schema: Schema) -> dict[Member, Expansion]:
    """Return the expansions that a schema holds, by the names of their triggers."""
    found = {
        name: expansion_of(name, trigger)
        for name, trigger in schema.of("trigger").items()
        if name.holder in schema.tables
    }
    return {name: one for name, one in found.items() if one is not None}


def expansion_of(name: Member, trigger: Trigger) -> Expansion | None:
    """Return the expansion that a trigger is of; None of any other trigger."""
    is_ours = name.name.startswith(LAST) and trigger.function.name.startswith(MARK)
    if not is_ours or len(trigger.arguments) < FEWEST:
        return None
    old, down, *rest = trigger.arguments
    pairs = tuple(zip(rest[::2], rest[1::2], strict=False))
    return Expansion(table=name.holder, old=old, down=down, new=pairs)


FEWEST = 4  # arguments
