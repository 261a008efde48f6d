"""What fires on a relation, and can be switched on and off there: triggers and rules.

Source: the PostgreSQL manual, ALTER TABLE (ENABLE and DISABLE TRIGGER, and RULE).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from gen_migration.base.data_class import replace
from gen_migration.kinds.members import Members
from gen_migration.kinds.trigger_text import ACTIONS
from gen_migration.postgres.names import quote_name

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from gen_migration.postgres.names import Member


class Firing(Members):
    """A kind whose objects have a `state`: whether, and where, they fire."""

    # The states that commands of ALTER TABLE bring about.
    commands: ClassVar[Mapping[str, str]]

    def after(self, name: Member, value: Any) -> Iterator[str]:
        if value.state != "enabled":
            yield self.switch(name, value)

    def switch(self, name: Member, value: Any) -> str:
        """Return what says whether an object fires."""
        what = f"{ACTIONS[value.state]} {self.called} {quote_name(name.name)}"
        return f"ALTER TABLE {name.holder.sql} {what}"

    def switched(self, value: Any, command: str) -> Any:
        return replace(value, state=self.commands[command])

    def changes(self, old: Any, new: Any) -> Iterator[tuple[str, Any, Any]]:
        if old.state != new.state:
            yield "state", old.state, new.state
        before, after = (
            self.definition(replace(one, state="enabled")) for one in (old, new)
        )
        if before != after:
            yield "definition", before, after
