"""Triggers as SQL, and read from it: whole statements, and the one line that a spec has.

Source: the manual, CREATE TRIGGER; `pg_get_triggerdef_worker` in ruleutils.c for the order of
events.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gen_migration.base.data_class import dataclass
from gen_migration.postgres.names import Name, quote_name, quote_names, quote_text

if TYPE_CHECKING:
    from collections.abc import Iterator

# pg_trigger.h, TRIGGER_TYPE_…; what is neither is AFTER.
EVENTS = {"insert": 4, "delete": 8, "update": 16, "truncate": 32}
TIMINGS = {0: "after", 2: "before", 64: "instead of"}
# pg_trigger.tgenabled, and what ALTER TABLE does for it; the parser's commands.
STATES = {"O": "enabled", "D": "disabled", "R": "replica", "A": "always"}
ACTIONS = {
    "enabled": "ENABLE",
    "disabled": "DISABLE",
    "replica": "ENABLE REPLICA",
    "always": "ENABLE ALWAYS",
}
COMMANDS = {
    "AT_EnableTrig": "enabled",
    "AT_DisableTrig": "disabled",
    "AT_EnableReplicaTrig": "replica",
    "AT_EnableAlwaysTrig": "always",
    "AT_EnableTrigAll": "enabled",
    "AT_DisableTrigAll": "disabled",
    "AT_EnableTrigUser": "enabled",
    "AT_DisableTrigUser": "disabled",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Trigger:
    """`CREATE TRIGGER`; `columns` are those of UPDATE OF."""

    timing: str
    events: tuple[str, ...]
    function: Name
    columns: tuple[str, ...] = ()
    condition: str | None = None
    row: bool = True
    old_table: str | None = None
    new_table: str | None = None
    arguments: tuple[str, ...] = ()
    constraint: bool = False
    deferrable: bool = False
    initially_deferred: bool = False
    from_table: Name | None = None
    state: str = "enabled"
    comment: str | None = None


def clauses(value: Trigger, on: str) -> Iterator[str]:
    """Yield the clauses of a trigger behind its name; `on` is the one that names the table."""
    yield f"{value.timing.upper()} {events(value)}"
    yield on
    if value.from_table is not None:
        yield f"FROM {value.from_table.sql}"
    if value.deferrable:
        yield "DEFERRABLE" + (" INITIALLY DEFERRED" * value.initially_deferred)
    tables = {"OLD": value.old_table, "NEW": value.new_table}
    named = [
        f"{word} TABLE AS {quote_name(one)}" for word, one in tables.items() if one
    ]
    if named:
        yield f"REFERENCING {' '.join(named)}"
    yield f"FOR EACH {'ROW' if value.row else 'STATEMENT'}"
    if value.condition is not None:
        yield f"WHEN ({value.condition})"
    yield f"EXECUTE FUNCTION {call(value)}"


def events(value: Trigger) -> str:
    of = f" OF {quote_names(value.columns)}" if value.columns else ""
    found = (one.upper() + (of if one == "update" else "") for one in value.events)
    return " OR ".join(found)


def call(value: Trigger) -> str:
    return f"{value.function.sql}({', '.join(map(quote_text, value.arguments))})"


def one_line(value: Trigger) -> str:
    """Return a trigger as a spec has it in a line: without what that leaves open."""
    condition = "" if value.condition is None else f"when ({value.condition}) "
    tables = {"old": value.old_table, "new": value.new_table}
    named = [
        f"{word} table as {quote_name(one)}" for word, one in tables.items() if one
    ]
    referencing = f"referencing {' '.join(named)} " if named else ""
    by_itself = value.row == is_of_rows(value.events)
    level = "" if by_itself else f"for each {'row' if value.row else 'statement'} "
    columns = f" of {quote_names(value.columns)}" if value.columns else ""
    on = (one + (columns if one == "update" else "") for one in value.events)
    start = f"{value.timing} {' or '.join(on)} {referencing}{level}{condition}"
    return f"{start}execute {call(value)}"


def is_of_rows(found: tuple[str, ...]) -> bool:
    """Tell whether a trigger is for each row where a spec does not say it."""
    return "truncate" not in found


def read(node: Any) -> Trigger:
    """Return the trigger of a statement's tree."""
    from gen_migration.sql import tree

    tables = {
        one.trigger_transition.is_new: one.trigger_transition.name
        for one in node.transition_rels
    }
    has_condition = node.HasField("when_clause")
    function: Name = tree.dotted(node.funcname)
    return Trigger(
        timing=TIMINGS[node.timing],
        events=tuple(one for one, bit in EVENTS.items() if node.events & bit),
        function=own(function),
        columns=tree.strings(node.columns),
        condition=tree.expression(node.when_clause) if has_condition else None,
        row=node.row,
        old_table=tables.get(False),
        new_table=tables.get(True),
        arguments=tree.strings(node.args),
        constraint=node.isconstraint,
        deferrable=node.deferrable,
        initially_deferred=node.initdeferred,
        from_table=tree.relation(node.constrrel)
        if node.HasField("constrrel")
        else None,
    )


def own(function: Name) -> Name:
    """Return a function without the schema of what is PostgreSQL's own."""
    is_own = function.schema == "pg_catalog"
    return function._replace(schema=None) if is_own else function


START = "CREATE TRIGGER t "


def of_line(text: str) -> Trigger:
    """Return the trigger that a line of a spec is. Raises SqlMistake."""
    from gen_migration.postgres.parser import SqlMistake, parse

    whole, inserted = completed(text)
    try:
        tree = parse(START, whole)
    except SqlMistake as mistake:
        hint = "write: before update execute touch()"
        offset = written(mistake.offset or 0, inserted)
        raise SqlMistake(mistake.message, hint, min(offset, len(text))) from None
    return read(tree.stmts[0].stmt.create_trig_stmt)


def completed(text: str) -> tuple[str, list[tuple[int, int]]]:
    """Return a line with what it leaves out of SQL, and where that was put in, with its length.

    That is the table, FOR EACH ROW (of TRUNCATE, STATEMENT), and FUNCTION behind EXECUTE.
    Raises SqlMistake for a line that names the table.
    """
    from gen_migration.postgres.parser import SqlMistake, words

    found = words(text)
    end = end_of_events([word for word, _ in found])
    rest = outermost(found[end:])
    places = {word: (number, at) for number, (word, at) in enumerate(rest)}
    inserts: list[tuple[int, str]] = []
    if rest:
        inserts.append((rest[0][1], "ON t "))
        if rest[0][0] == "ON":
            raise SqlMistake("the table is known", "leave ON out", rest[0][1])
    before = places.get("WHEN") or places.get("EXECUTE")
    if "FOR" not in places and before is not None:
        is_row = "TRUNCATE" not in (word for word, _ in found[:end])
        inserts.append((before[1], f"FOR EACH {'ROW' if is_row else 'STATEMENT'} "))
    if "EXECUTE" in places:
        number = places["EXECUTE"][0] + 1
        if rest[number:] and rest[number][0] not in {"FUNCTION", "PROCEDURE"}:
            inserts.append((rest[number][1], "FUNCTION "))
    inserts.sort(key=lambda one: one[0])
    for place, word in reversed(inserts):
        text = text[:place] + word + text[place:]
    return text, [(place, len(word)) for place, word in inserts]


def written(offset: int, inserted: list[tuple[int, int]]) -> int:
    """Return where in the line as it was written something of the completed one stands."""
    shift = 0
    for place, length in inserted:
        if offset < place + shift:
            break
        if offset < place + shift + length:
            return place
        shift += length
    return offset - shift


def end_of_events(found: list[str]) -> int:
    """Return how many words the timing and the events of a line are."""
    end = 2 if found[:1] == ["INSTEAD"] else 1
    while True:
        end += 1
        if found[end : end + 1] == ["OF"]:
            end += 2
            while found[end : end + 1] == [","]:
                end += 2
        if found[end : end + 1] != ["OR"]:
            return end
        end += 1


def outermost(found: list[tuple[str, int]]) -> list[tuple[str, int]]:
    """Return the words that are in no brackets."""
    depth, result = 0, []
    for word, at in found:
        depth -= word == ")"
        if depth == 0:
            result.append((word, at))
        depth += word == "("
    return result
