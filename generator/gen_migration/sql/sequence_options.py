"""Options of sequences as SQL, and the way of one between its new bounds.

Source: the PostgreSQL manual, CREATE SEQUENCE and ALTER SEQUENCE.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from gen_migration.base.data_class import replace

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gen_migration.model import schema as model


# The options of a sequence that are numbers.
OPTIONS = {
    "increment": "INCREMENT BY",
    "minimum": "MINVALUE",
    "maximum": "MAXVALUE",
    "start": "START WITH",
    "cache": "CACHE",
}


def sequence_options(options: model.SequenceOptions, integer: str) -> dict[str, str]:
    """Return those options that are not the standard, as SQL, by the name of their field."""
    return options_as_sql(options.unlike(options.standard(integer)))


def changed_options(
    old: model.SequenceOptions, new: model.SequenceOptions, *, bounds: bool = False
) -> list[str]:
    """Return the options in which two differ, as `ALTER SEQUENCE` takes them.

    `bounds` writes the smallest and the largest value in any case.
    """
    ends = {"minimum": new.minimum, "maximum": new.maximum} if bounds else {}
    return [*options_as_sql(new.unlike(old) | ends).values()]


def options_as_sql(values: Mapping[str, int]) -> dict[str, str]:
    """Return options of a sequence as SQL, by the name of their field."""
    found = {
        field: f"{word} {values[field]}"
        for field, word in OPTIONS.items()
        if field in values
    }
    if "cycle" in values:
        found["cycle"] = "CYCLE" if values["cycle"] else "NO CYCLE"
    return found


def move_sequence(
    sequence: str, old: model.SequenceOptions, new: model.SequenceOptions
) -> list[str]:
    """Return what brings a sequence between its new bounds, where it may start outside of them.

    PostgreSQL refuses bounds that the next value lies outside of. One that has run past the new
    end is left to be refused: to start it again would give values twice.
    """
    if new.minimum <= old.start <= new.maximum:
        return []
    last = f"coalesce(pg_sequence_last_value({sequence}), {old.start})"
    outside = f"{last} < {new.minimum}"
    if new.increment < 0:
        outside = f"{last} > {new.maximum}"
    unused = f"pg_sequence_last_value({sequence}) IS NULL"
    return [
        f"SELECT setval({sequence}, {new.start}, false) WHERE {unused} OR {outside}"
    ]


def room_to_move(
    old: model.SequenceOptions, new: model.SequenceOptions
) -> model.SequenceOptions:
    """Return old options, with the new bounds beside theirs where the new start lies outside.

    setval() gives no value out of the bounds of its time.
    """
    stays = new.minimum <= old.start <= new.maximum
    if stays or old.minimum <= new.start <= old.maximum:
        return old
    low, high = min(old.minimum, new.minimum), max(old.maximum, new.maximum)
    return replace(old, minimum=low, maximum=high)
