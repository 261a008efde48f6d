"""Event triggers: `CREATE EVENT TRIGGER`, which call a function when the schema itself changes.

They are of the whole database, and fire for what a revision does as well: one that comes is made
last of all, and one that goes is dropped first. Their state is altered and their name, all else is
made anew. Only a superuser may make one. Source: the manual, CREATE EVENT TRIGGER, ALTER EVENT
TRIGGER and chapter 38.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gen_migration.base.data_class import dataclass, replace
from gen_migration.kinds.keys import RENAMED_FROM, Key
from gen_migration.kinds.kind import Kind
from gen_migration.kinds.trigger_functions import faults_of
from gen_migration.model.access import Owned
from gen_migration.model.renaming import rekeyed
from gen_migration.postgres.names import Name, quote_name, quote_text

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from gen_migration.kinds.references import Finder, Reference
    from gen_migration.model.schema import Schema

EVENTS = (
    *("ddl_command_start", "ddl_command_end", "sql_drop", "table_rewrite"),
    "login",
)
LOGIN = 17  # the PostgreSQL that knows the event
# By the letters of `pg_event_trigger.evtenabled`, and the words behind ALTER EVENT TRIGGER.
STATES = {"O": "enabled", "D": "disabled", "R": "replica", "A": "always"}
WORDS = {
    "enabled": "ENABLE",
    "disabled": "DISABLE",
    "replica": "ENABLE REPLICA",
    "always": "ENABLE ALWAYS",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class EventTrigger(Owned):
    """`CREATE EVENT TRIGGER`; `tags` are in the order of the alphabet, and none are all."""

    event: str
    function: Name
    tags: tuple[str, ...] = ()
    state: str = "enabled"
    comment: str | None = None


class EventTriggers(Kind):
    """Event triggers of a database."""

    word = "event trigger"
    key = "event_triggers"
    about = "Event triggers by name, which only a superuser may create."
    about_one = "An event trigger, which calls a function when the schema changes."
    keys = (
        Key(
            "event",
            f"Literal[{', '.join(map(repr, EVENTS))}]",
            "What it fires for; `login` is of PostgreSQL 17.",
            ...,
        ),
        Key(
            "function",
            "Text",
            "The function that it calls, without brackets; it returns `event_trigger`.",
            ...,
        ),
        Key(
            "tags",
            "list[Text]",
            "The commands that it fires for, such as `CREATE TABLE`; left out, all.",
            list,
        ),
        Key(
            "state",
            f"Literal[{', '.join(map(repr, STATES.values()))}]",
            "Whether it fires; `replica` and `always` are about `session_replication_role`.",
            "enabled",
        ),
        RENAMED_FROM,
    )
    value = EventTrigger
    called = "EVENT TRIGGER"
    catalog = "pg_event_trigger"
    object = "EVENT_TRIGGER"
    in_schema = False
    watches = True
    creates = "create_event_trig_stmt"
    alters = "alter_event_trig_stmt"
    groups = (("state",),)

    # SQL out.

    def create(self, name: Any, value: Any) -> str:
        return f"CREATE {self.sql(name)} {self.definition(replace(value, state='enabled'))}"

    def definition(self, value: Any) -> str:
        tags = ", ".join(map(quote_text, value.tags))
        when = f" WHEN TAG IN ({tags})" if tags else ""
        state = "" if value.state == "enabled" else f", {value.state}"
        call = f"EXECUTE FUNCTION {value.function.sql}()"
        return f"ON {value.event}{when} {call}{state}"

    def after(self, name: Any, value: Any) -> Iterator[str]:
        if value.state != "enabled":
            yield from self.alter(name, None, value)

    def alter(self, name: Any, old: Any, new: Any) -> list[str]:
        return [f"ALTER EVENT TRIGGER {quote_name(name)} {WORDS[new.state]}"]

    def is_replaced(self, old: Any, new: Any) -> bool:
        is_other: bool = replace(old, state=new.state) != new
        return is_other

    def faults(
        self, name: Any, value: Any, schema: Schema
    ) -> Iterator[tuple[tuple[Any, ...], str, str]]:
        return faults_of(value.function, "event_trigger", schema)

    # SQL in.

    def read(self, node: Any, schema: Schema) -> tuple[Any, Any]:
        from gen_migration.sql import tree

        tags: tuple[str, ...] = ()
        for one in node.whenclause:
            tags += tree.strings(one.def_elem.arg.list.items)
        value = EventTrigger(
            event=node.eventname,
            function=tree.dotted(node.funcname),
            tags=tuple(sorted(tags)),
        )
        return node.trigname, value

    def read_alter(
        self, node: Any, objects: Mapping[Any, Any]
    ) -> tuple[Any, Any] | None:
        old = objects.get(node.trigname)
        if old is None:
            return None
        return node.trigname, replace(old, state=STATES[node.tgenabled])

    # The spec.

    def build(self, at: Any, name: Any, shape: Any) -> Any:
        if shape.event == "login":
            (at / "event").need(LOGIN, "the event login")
        if shape.event == "login" and shape.tags:
            (at / "tags").wrong_key("the event login has no tags", "remove them")
        place = at / "function"
        if place.is_call(shape.function):
            return None
        function = place.name(shape.function, at_key=False)
        if function is None:
            return None
        tags = {" ".join(one.upper().split()) for one in shape.tags}
        return EventTrigger(
            event=shape.event,
            function=function,
            tags=tuple(sorted(tags)),
            state=shape.state,
        )

    def dump(self, writer: Any, name: Any, value: Any) -> dict[str, Any]:
        return {
            "event": value.event,
            "function": writer.name(value.function),
            "tags": list(value.tags),
            "state": None if value.state == "enabled" else value.state,
        }

    # The catalog.

    def from_row(self, reading: Any, row: Any) -> Any:
        return EventTrigger(
            event=row.event,
            function=reading.name(row.function_schema, row.function),
            tags=tuple(sorted(row.tags)),
            state=STATES[row.state],
        )

    def selected_by(self, row: Any) -> str:
        """An event trigger is of the whole database; what it calls is of a schema."""
        schema: str = row.function_schema
        return schema

    # Renames and order.

    def renamed(self, schema: Schema, old: Any, new: Any) -> Schema:
        return schema.with_(self.word, rekeyed(schema.of(self.word), old, new))

    def refers(self, value: Any, find: Finder) -> set[Reference]:
        return {("functions", value.function, 0)}
