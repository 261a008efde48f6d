"""Triggers of a spec, by their keys or in a line; what PostgreSQL would refuse is reported.

Source: the manual, CREATE TRIGGER, and `CreateTriggerFiringOn` in trigger.c.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from gen_migration.base.data_class import replace
from gen_migration.base.errors import nearest, quoted
from gen_migration.kinds.trigger_text import EVENTS, Trigger, is_of_rows, of_line
from gen_migration.postgres.expressions import parse_expression

if TYPE_CHECKING:
    from gen_migration.postgres.names import Name

# What a line of SQL says.
KEYS = (
    *("timing", "events", "columns", "when", "for_each", "old_table", "new_table"),
    *("function", "arguments"),
)
NEEDED = ("timing", "events", "function")


def built(at: Any, holder: Name | None, shape: Any) -> Trigger | None:
    """Return a trigger of a relation; None where that is reported."""
    from gen_migration.postgres.parser import SqlMistake

    if shape.sql is None:
        found = by_keys(at, shape)
    else:
        for key in KEYS:
            if getattr(shape, key):
                hint = "write all of it by keys, or this in the line as well"
                (at / key).wrong_key('the line of "sql" says this', hint)
        try:
            found = of_line(shape.sql)
        except SqlMistake as mistake:
            (at / "sql").wrong_sql(mistake)
            return None
    if found is None:
        return None
    found = replace(
        found,
        function=at.function(found.function),
        constraint=shape.constraint,
        deferrable=shape.deferrable or shape.initially_deferred,
        initially_deferred=shape.initially_deferred,
        from_table=(at / "from").name(getattr(shape, "from"), at_key=False)
        if getattr(shape, "from") is not None
        else None,
        state=shape.state,
    )
    of_view = at.is_view(holder)
    for key, message, hint in (*mistakes(found), *of_relation(found, is_view=of_view)):
        (at / key if shape.sql is None else at).wrong(message, hint)
    condition(at, shape, found, holder)
    return found


def by_keys(at: Any, shape: Any) -> Trigger | None:
    """Return a trigger that is written by its keys; None where one is missing."""
    missing = [key for key in NEEDED if not getattr(shape, key)]
    for key in missing:
        at.wrong(
            f"missing key {quoted(key)}", f"add {key}, or write it in a line of SQL"
        )
    if missing:
        return None
    function = (at / "function").text_name(shape.function)
    for key in ("old_table", "new_table"):
        if getattr(shape, key) is not None:
            (at / key).identifier(getattr(shape, key), at_key=False)
    when = None if shape.when is None else (at / "when").expression(shape.when, ())
    if function is None or (when is None and shape.when is not None):
        return None
    events = tuple(one for one in EVENTS if one in shape.events)
    return Trigger(
        timing=shape.timing,
        events=events,
        function=function,
        columns=tuple(shape.columns),
        condition=when,
        row=is_of_rows(events) if shape.for_each is None else shape.for_each == "row",
        old_table=shape.old_table,
        new_table=shape.new_table,
        arguments=tuple(shape.arguments),
    )


def of_relation(value: Trigger, *, is_view: bool) -> list[tuple[str, str, str]]:
    """Return what does not go with a view, or with a table."""
    if not is_view and value.timing == "instead of":
        message = "only a view has triggers that are instead of something"
        return [("timing", message, "write before or after")]
    instead = value.timing == "instead of"
    if is_view and value.row and not instead:
        message = "for each row of a view, a trigger is instead of something"
        return [("timing", message, "write instead of, or for each statement")]
    if instead and (not value.row or value.columns or value.condition is not None):
        message = "what is instead of something is for each row, whatever is in it"
        return [("timing", message, "leave out columns, when and for_each")]
    if is_view and (value.state != "enabled" or value.constraint):
        message = "a trigger of a view is no constraint, and always enabled"
        return [("state", message, "leave it out")]
    return []


def mistakes(value: Trigger) -> list[tuple[str, str, str]]:
    """Return what does not go together: the key, what is wrong, and how to mend it."""
    tables = value.old_table or value.new_table
    found = {
        ("for_each", "a trigger of TRUNCATE is for each statement"): (
            value.row and "truncate" in value.events,
            "write for_each: statement",
        ),
        ("columns", "columns without an update"): (
            bool(value.columns) and "update" not in value.events,
            "add the event update, or leave them out",
        ),
        ("old_table", "a table of rows is known after a single event only"): (
            bool(tables)
            and (
                value.timing != "after" or len(value.events) > 1 or bool(value.columns)
            ),
            "write timing: after, one event, and no columns",
        ),
        ("old_table", "an insert has no old rows, a delete no new ones"): (
            bool(value.old_table and value.events == ("insert",))
            or bool(value.new_table and value.events == ("delete",)),
            "leave the table out",
        ),
        ("constraint", "a constraint trigger fires after each row"): (
            value.constraint
            and not (value.timing == "after" and value.row and not tables),
            "write timing: after, for_each: row, and no tables of rows",
        ),
        (
            "constraint",
            "only a constraint trigger can be put off, or is about another table",
        ): (
            not value.constraint and (value.deferrable or value.from_table is not None),
            "write constraint: true",
        ),
    }
    return [
        (key, message, hint)
        for (key, message), (is_wrong, hint) in found.items()
        if is_wrong
    ]


def condition(at: Any, shape: Any, value: Trigger, holder: Name | None) -> None:
    """Report columns that are not there, and rows that are not."""
    place = at / ("when" if shape.sql is None else "sql")
    known = at.columns_of(holder)
    listed = at / ("columns" if shape.sql is None else "sql")
    for name, count in Counter(value.columns).items():
        if count > 1:
            listed.wrong(f"column {quoted(name)} stands twice", "remove one of the two")
        if known is not None and name not in known:
            hint = nearest(name, known) or "write a column of this table"
            listed.wrong(f"unknown column {quoted(name)}", hint)
    rows = [
        row
        for row, event in (("old", "insert"), ("new", "delete"))
        if value.row and event not in value.events
    ]
    if shape.when is not None:
        place.rows(shape.when, rows, known)
    elif value.condition is not None:
        # Where in the line it stands is not known.
        place.rows(value.condition, rows, known, has_places=False)
    computed = {key for key, one in (known or {}).items() if one.generated}
    if value.timing == "before" and value.condition is not None and computed:
        for one in parse_expression(value.condition).references:
            if one.parts[0] == "new" and not computed.isdisjoint(one.parts[1:]):
                hint = "write timing: after, or the columns that it is computed from"
                place.wrong(f"{quoted(one.parts[1])} is not computed yet before", hint)
