"""Rules of tables and views: `CREATE RULE`, but for those that views are made of.

All of a rule is replaced where it stands; whether it fires is said by ALTER TABLE. Source: the
manual, CREATE RULE, and 39.4 (Rules on INSERT, UPDATE, and DELETE).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gen_migration.base.data_class import dataclass, replace
from gen_migration.kinds import trigger_text
from gen_migration.kinds.firing import Firing
from gen_migration.kinds.keys import RENAMED_FROM, Key
from gen_migration.postgres.names import member

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gen_migration.kinds.references import Finder, Reference
    from gen_migration.model.schema import Schema
    from gen_migration.postgres.names import Member, Name

EVENTS = ("insert", "update", "delete")
# The parser's commands of ALTER TABLE.
COMMANDS = {
    "AT_EnableRule": "enabled",
    "AT_DisableRule": "disabled",
    "AT_EnableReplicaRule": "replica",
    "AT_EnableAlwaysRule": "always",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """`CREATE RULE`; without commands, it does NOTHING."""

    event: str
    condition: str | None = None
    instead: bool = False
    commands: tuple[str, ...] = ()
    state: str = "enabled"
    comment: str | None = None


class Rules(Firing):
    """Rules, which do something when rows are written, or do it instead."""

    word = "rule"
    key = "rules"
    about = "Rules by name."
    about_one = "A rule: what is done when rows are written."
    keys = (
        Key(
            "on",
            f"Literal[{', '.join(map(repr, EVENTS))}]",
            "The command that it is about.",
            ...,
        ),
        Key("where", "SQL | None", "A condition; it knows `old` and `new`."),
        Key("instead", "bool", "Its commands take the place of the command.", False),
        Key(
            "do",
            "Text | list[Text]",
            "INSERT, UPDATE, DELETE, SELECT or NOTIFY, or a list of them; none: nothing.",
            list,
        ),
        Key(
            "state",
            'Literal["enabled", "disabled", "replica", "always"]',
            "Whether it fires (`ENABLE RULE` and its kin).",
            "enabled",
        ),
        RENAMED_FROM,
    )
    value = Rule
    called = "RULE"
    holders = ("table", "view")
    creates = "rule_stmt"
    commands = COMMANDS
    switches = tuple(COMMANDS)
    groups = (("event", "condition", "instead", "commands"), ("state",))

    # SQL out.

    def create(self, name: Member, value: Rule) -> str:
        return self.statement("CREATE RULE", name, value)

    def statement(self, start: str, name: Member, value: Rule) -> str:
        what = f"{start} {name.sql} AS ON {value.event.upper()}"
        return "\n    ".join((f"{what} TO {name.holder.sql}", *clauses(value)))

    def definition(self, value: Rule) -> str:
        state = "" if value.state == "enabled" else trigger_text.ACTIONS[value.state]
        return " ".join((f"ON {value.event.upper()}", *clauses(value), state)).strip()

    def alter(self, name: Member, old: Rule, new: Rule) -> list[str]:
        if old.state != new.state:
            return [self.switch(name, new)]
        return [self.statement("CREATE OR REPLACE RULE", name, new)]

    # SQL in.

    def read(self, node: Any, schema: Schema) -> tuple[Member, Rule]:
        from gen_migration.sql import tree

        return member(tree.relation(node.relation), node.rulename), read(node)

    def replaced(self, old: Rule, new: Rule) -> Rule:
        return replace(new, state=old.state)

    # The spec.

    def build(self, at: Any, name: Any, shape: Any) -> Rule:
        event, listed = shape.on, isinstance(shape.do, list)
        holder = None if name is None else name.holder
        where = (at / "where").condition(shape.where, None)
        if where is not None:
            gone = {"insert": "old", "delete": "new"}.get(event)
            rows = [one for one in ("old", "new") if one != gone]
            (at / "where").rows(shape.where, rows, at.columns_of(holder))
        if shape.state != "enabled" and at.is_view(holder):
            (at / "state").wrong_key("a rule of a view is always enabled", "remove it")
        commands = [
            (at / "do" / number if listed else at / "do").command(one)
            for number, one in enumerate(shape.do if listed else [shape.do])
        ]
        held = tuple(one for one in commands if one is not None)
        if where is not None and any(one.startswith("NOTIFY") for one in held):
            message = "a rule with a condition cannot NOTIFY"
            (at / "do").wrong(message, "leave the condition out, or write a trigger")
        return Rule(
            event=event,
            condition=where,
            instead=shape.instead,
            commands=held,
            state=shape.state,
        )

    def dump(self, writer: Any, name: Member, value: Rule) -> dict[str, Any]:
        commands = [*value.commands]
        return {
            "on": value.event,
            "where": value.condition,
            "instead": value.instead or None,
            "do": commands[0] if len(commands) == 1 else commands,
            "state": None if value.state == "enabled" else value.state,
        }

    # The catalog.

    def from_row(self, reading: Any, row: Any) -> Rule:
        from gen_migration.postgres.parser import parse

        value = read(parse("", row.definition).stmts[0].stmt.rule_stmt)
        condition = value.condition
        if condition is not None:
            condition = reading.readable(condition, row.table_oid)
        state = trigger_text.STATES[row.state]
        return replace(value, condition=condition, state=state)

    # Order and words.

    def names(self, holder: Name, value: Rule, find: Finder) -> set[Reference]:
        found = find.expression(holder, value.condition)
        return found.union(*(find.command(holder, one) for one in value.commands))


def clauses(value: Rule) -> Iterator[str]:
    """Yield the clauses of a rule behind its relation."""
    if value.condition is not None:
        yield f"WHERE ({value.condition})"
    do = "DO INSTEAD" if value.instead else "DO"
    match value.commands:
        case ():
            yield f"{do} NOTHING"
        case (one,):
            yield f"{do} {one}"
        case several:
            yield f"{do} ({'; '.join(several)})"


def read(node: Any) -> Rule:
    """Return the rule of a statement's tree."""
    from gen_migration.postgres.commands import of_node
    from gen_migration.sql import tree

    event = tree.word(node, "event", "CMD_").lower()
    if event not in EVENTS:
        raise ValueError("a rule ON SELECT is a view")
    has_condition = node.HasField("where_clause")
    return Rule(
        event=event,
        condition=tree.condition(node.where_clause) if has_condition else None,
        instead=node.instead,
        commands=tuple(of_node(one) for one in node.actions),
    )
