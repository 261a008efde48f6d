"""Triggers of tables and views: `CREATE TRIGGER`.

PostgreSQL 14 replaces one where it stands, but not a constraint trigger; whether it fires is said
by ALTER TABLE. What partitions have of a trigger of their table is that trigger, and no object of
its own. Source: the manual, CREATE TRIGGER and ALTER TABLE (ENABLE TRIGGER).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gen_migration.base.data_class import replace
from gen_migration.kinds import trigger_text as text
from gen_migration.kinds.firing import Firing
from gen_migration.kinds.keys import RENAMED_FROM, Key
from gen_migration.kinds.references import of_columns
from gen_migration.kinds.trigger_functions import faults_of
from gen_migration.kinds.trigger_shape import built
from gen_migration.kinds.trigger_text import Trigger
from gen_migration.postgres.names import member

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gen_migration.kinds.references import Finder, Reference
    from gen_migration.model.schema import Schema
    from gen_migration.postgres.names import Member, Name

LONGEST = 90  # characters of a trigger on one line


class Triggers(Firing):
    """Triggers, which call a function when rows change."""

    word = "trigger"
    key = "triggers"
    about = "Triggers by name."
    about_one = (
        "A trigger; in short, a line of SQL without the table:"
        " `before update execute touch()`. It is for each row, unless it is of TRUNCATE or says"
        " `for each statement`."
    )
    keys = (
        Key("sql", "Text | None", "All but the keys below it, as a line of SQL."),
        Key(
            "timing",
            'Literal["before", "after", "instead of"] | None',
            "When it fires: `before`, `after`, and on a view `instead of`.",
        ),
        Key(
            "events",
            'list[Literal["insert", "update", "delete", "truncate"]]',
            "What it fires for.",
            list,
        ),
        Key("columns", "list[Text]", "`UPDATE OF`: columns that are written.", list),
        Key("when", "SQL | None", "A condition; it knows `old` and `new`."),
        Key(
            "for_each",
            'Literal["row", "statement"] | None',
            "Left out, `row`; of TRUNCATE, `statement`.",
        ),
        Key("old_table", "Text | None", "What the rows of before are called together."),
        Key("new_table", "Text | None", "What the rows of after are called together."),
        Key("function", "Text | None", "The function that it calls, without brackets."),
        Key("arguments", "list[str]", "The arguments, which are texts.", list),
        Key("constraint", "bool", "A constraint trigger: it can be put off.", False),
        Key("deferrable", "Deferrable", None, False),
        Key("initially_deferred", "InitiallyDeferred", None, False),
        Key("from", "Text | None", "Another table that a constraint trigger is about."),
        Key(
            "state",
            'Literal["enabled", "disabled", "replica", "always"]',
            "Whether it fires (`ENABLE TRIGGER` and its kin); `replica` and `always` are about"
            " `session_replication_role`.",
            "enabled",
        ),
        RENAMED_FROM,
    )
    value = Trigger
    called = "TRIGGER"
    short = "sql"
    holders = ("table", "view", "foreign table")
    creates = "create_trig_stmt"
    is_reset = True
    commands = text.COMMANDS
    switches = tuple(text.COMMANDS)

    # SQL out.

    def create(self, name: Member, value: Trigger) -> str:
        start = "CREATE CONSTRAINT TRIGGER" if value.constraint else "CREATE TRIGGER"
        return self.statement(start, name, value)

    def statement(self, start: str, name: Member, value: Trigger) -> str:
        found = [*text.clauses(value, f"ON {name.holder.sql}")]
        return "\n    ".join((f"{start} {name.sql} {' '.join(found[:2])}", *found[2:]))

    def definition(self, value: Trigger) -> str:
        state = "" if value.state == "enabled" else f" {text.ACTIONS[value.state]}"
        kind = "CONSTRAINT " if value.constraint else ""
        found = filter(None, text.clauses(value, ""))
        return f"{kind}{' '.join(found)}{state}"

    def alter(self, name: Member, old: Trigger, new: Trigger) -> list[str]:
        if replace(old, state=new.state) == new:
            return [self.switch(name, new)]
        # What is replaced is enabled, whatever it was.
        whole = self.statement("CREATE OR REPLACE TRIGGER", name, new)
        return [whole, *self.after(name, new)]

    def steps(self, old: Trigger, new: Trigger) -> Iterator[Trigger]:
        if old != new:
            yield new

    def is_replaced(self, old: Trigger, new: Trigger) -> bool:
        if replace(old, state=new.state) == new:
            return False
        return old.constraint or new.constraint or old.row != new.row

    def faults(
        self, name: Any, value: Any, schema: Schema
    ) -> Iterator[tuple[tuple[Any, ...], str, str]]:
        return faults_of(value.function, "trigger", schema)

    # SQL in.

    def read(self, node: Any, schema: Schema) -> tuple[Member, Trigger]:
        from gen_migration.sql import tree

        return member(tree.relation(node.relation), node.trigname), text.read(node)

    # The spec.

    def build(self, at: Any, name: Any, shape: Any) -> Trigger | None:
        return built(at, None if name is None else name.holder, shape)

    def dump(self, writer: Any, name: Member, value: Trigger) -> dict[str, Any]:
        state = {"state": None if value.state == "enabled" else value.state}
        local = replace(value, function=writer.local(value.function))
        line = text.one_line(local)
        if not value.constraint and len(line) <= LONGEST:
            return {"sql": line, **state}
        by_itself = value.row == text.is_of_rows(value.events)
        return {
            "timing": value.timing,
            "events": [*value.events],
            "columns": [*value.columns],
            "when": value.condition,
            "for_each": None if by_itself else "row" if value.row else "statement",
            "old_table": value.old_table,
            "new_table": value.new_table,
            "function": writer.name(value.function),
            "arguments": [*value.arguments],
            "constraint": value.constraint or None,
            "deferrable": (value.deferrable and not value.initially_deferred) or None,
            "initially_deferred": value.initially_deferred or None,
            "from": None if value.from_table is None else writer.name(value.from_table),
            **state,
        }

    # The catalog.

    def from_row(self, reading: Any, row: Any) -> Trigger:
        from gen_migration.postgres.parser import parse

        tree = parse("", row.definition)
        value = text.read(tree.stmts[0].stmt.create_trig_stmt)
        return replace(
            value,
            condition=value.condition
            and reading.readable(value.condition, row.table_oid),
            from_table=value.from_table
            and reading.relation_name(value.from_table.schema, value.from_table.name),
            state=text.STATES[row.state],
        )

    # Order and words.

    def names(self, holder: Name, value: Trigger, find: Finder) -> set[Reference]:
        found = of_columns(holder, value.columns) | {("functions", value.function, 0)}
        if value.from_table is not None:
            found.add(("relations", value.from_table))
        return found | find.expression(holder, value.condition)

    def line(self, name: Any, old: Trigger, new: Trigger) -> str | None:
        if old.state == new.state or replace(old, state=new.state) != new:
            return None
        return f"{text.ACTIONS[new.state].lower()} trigger {name}"
