"""Changes of type that keep every value, there and back.

A pair is listed here once PostgreSQL has been asked: a test takes values at the edges of the old
type through each one and back, on every server, finds them as they were, and no two that have
become one. Settings are PostgreSQL's own (`DateStyle`, `extra_float_digits`, …). A day after the
year 294276 is no timestamp: it stops the change, and is lost by none.
"""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from gen_migration.base.data_class import replace
from gen_migration.diff.rewrites import as_stored, casts, is_free, precision, word
from gen_migration.model.casts import (
    FROM_TEXT,
    conversion,
    family,
    in_zone,
    is_text,
    path,
)

if TYPE_CHECKING:
    from gen_migration.operations.columns import SetColumnType
    from gen_migration.postgres.types import Type

# Types whose text is one value only, and reads as that value.
SPELLED = """
smallint integer bigint numeric real double_precision oid boolean uuid date time timetz
timestamp timestamptz interval inet cidr macaddr macaddr8 json jsonb bytea bit varbit "char"
name point lseg box line path polygon circle int4range int8range numrange daterange tsrange
tstzrange tsvector
"""
LOSSLESS: dict[str, set[str]] = {
    **{name.replace("_", " "): {"text", "varchar"} for name in SPELLED.split()},
    "text": {"varchar", "citext"},
    "varchar": {"text", "citext"},
    "citext": {"text", "varchar"},
    "bpchar": set(),  # of any length: a cast to another type takes blanks at the end away
    "char": {"text", "varchar", "citext", "bpchar"},
}
for source, targets in {
    "smallint": "integer bigint numeric real double_precision",
    "integer": "bigint numeric double_precision money",
    "bigint": "numeric",
    "real": "double_precision",
    "oid": "bigint",
    "boolean": "integer",
    "money": "numeric",
    "date": "timestamp",
    "cidr": "inet",
    "macaddr": "macaddr8",
    "polygon": "path",
    "jsonb": "json",
    "bit": "varbit",
}.items():
    LOSSLESS.setdefault(source, set()).update(
        target.replace("_", " ") for target in targets.split()
    )

INTEGERS = {"smallint": 5, "integer": 10, "bigint": 19}  # digits, at most
# Characters of the longest text of a type; labels and names have 63 bytes.
LONGEST = {
    "uuid": 36,
    "boolean": 5,
    "smallint": 6,
    "integer": 11,
    "bigint": 20,
    "oid": 10,
    '"char"': 4,
    "name": 63,
    "macaddr": 17,
    "macaddr8": 23,
    "inet": 43,
    "cidr": 43,
    "date": 13,
}


UNCLEAR = "times that the session's time zone does not have"
SECONDS = "fractions of a second"


def lost(operation: SetColumnType) -> str | None:
    """Return what a change of a column's type may lose, in words; None where nothing is lost.

    A cast of the spec's author is PostgreSQL's own, a chain of casts that each keep all, an array
    of one element, or the clock of UTC; what anything else does to values, nobody knows.
    """
    old, new, column = operation.old.type, operation.new.type, operation.name
    own = conversion(old, new, column)
    if operation.using is None or (operation.using == own.using and not own.asked):
        return (
            None if own.asked else between(old, new)
        )  # else the question is not answered
    if is_exact(operation.using, old, new, column):
        return None
    steps = casts(old, new, operation.using, column)
    if steps is None:
        return "what using: leaves out"
    types = [old, *steps, new]
    found = [between(*pair) for pair in pairwise(types)]
    return next((one for one in found if one is not None), None)


def is_exact(using: str, old: Type, new: Type, column: str) -> bool:
    """Tell whether an expression that is no cast can be undone, value by value."""
    from gen_migration.postgres.expressions import parse_expression
    from gen_migration.postgres.names import quote_name

    if using == in_zone(column, "'UTC'"):
        return {as_stored(old), as_stored(new)} == {
            ("timestamp", (), False),
            ("timestamptz", (), False),
        }
    wrapped = parse_expression(f"ARRAY[{quote_name(column)}]").sql
    return using == wrapped and new.array and not old.array and old == new.element


def between(old: Type, new: Type) -> str | None:
    """Return what PostgreSQL's own cast may lose, in words; None where every value survives."""
    return None if is_lossless(old, new) else words(old, new)


def is_lossless(old: Type, new: Type) -> bool:
    """Tell whether every value of a type survives the way to another one and back."""
    if as_stored(old) == as_stored(new):
        return True
    if path(old, new) is None:
        return False
    if old.array != new.array:
        element = replace(old, array=False)
        return not new.arguments and (
            is_text(element) or is_lossless(element, replace(new, array=False))
        )
    if word(old) == word(new):
        return is_free(old, new) or has_room(old, new)
    if old.kind == "enum":
        return not new.array and new.name in {"text", "varchar"} and has_room(old, new)
    return name(new) in LOSSLESS.get(name(old), ()) and has_room(old, new)


def name(of: Type) -> str:
    """Return the name of a type in the table here: a text that is padded is one of its own."""
    padded = family(of) == "char"
    return "char" if padded else word(of)


def has_room(old: Type, new: Type) -> bool:
    """Tell whether the modifiers of the new type let all values of the old one pass."""
    after = name(new)
    if not new.arguments:
        return after != "interval" or family(new) == new.name
    match after:
        case "char" | "varchar":
            return length(old) <= int(new.arguments[0]) and (
                after == "varchar" or name(old) == "char"
            )
        case "varbit":
            return bool(old.arguments) and int(old.arguments[0]) <= int(
                new.arguments[0]
            )
        case "numeric":
            return digits(old, new)
        case "timestamp":
            return name(old) == "date" or precision(old) <= precision(new)
    return False


def length(of: Type) -> int:
    """Return how many characters a text of a type has at most."""
    if of.kind == "enum":
        return LONGEST["name"]
    if is_text(of):
        return int(of.arguments[0]) if of.arguments else 10**9
    return LONGEST.get(family(of), 10**9)


def digits(old: Type, new: Type) -> bool:
    """Tell whether a `numeric(precision, scale)` holds all digits of a number."""
    whole, fraction = INTEGERS.get(family(old), 10**9), 0
    if family(old) == "numeric" and old.arguments:
        before, fraction = (int(argument) for argument in old.arguments)
        whole = before - fraction
    total, scale = (int(argument) for argument in new.arguments)
    return scale >= fraction and total - scale >= whole


# What goes, by the name of the new type, and of the old one where it matters.
WORDS: dict[tuple[str, str], str] = {
    ("json", "jsonb"): "blanks, the order of keys, and keys that are there twice",
    ("inet", "cidr"): "bits of the host",
    ("interval", "time"): "days",
    ("numeric", "money"): "fractions of a cent",
    ("real", "money"): "fractions of a cent",
    ("double precision", "money"): "fractions of a cent",
    ("bpchar", "text"): "blanks at the end",
    ("bpchar", "varchar"): "blanks at the end",
    ("timestamp", "date"): "the time of day",
    ("timestamptz", "date"): "the time of day",
    **{
        (old, new): "the date"
        for old in ("timestamp", "timestamptz")
        for new in ("time", "timetz")
    },
    ("timestamptz", "timestamp"): "the time zone",
    ("timetz", "time"): "the time zone",
    ("timestamp", "timestamptz"): UNCLEAR,
    ("date", "timestamptz"): UNCLEAR,
    ("time", "timetz"): UNCLEAR,
}
NEW_WORDS = {
    "name": "more than 63 bytes",
    '"char"': "all but the first byte",
    "bpchar": "blanks at the end",
    "numeric": "digits",
    "real": "digits",
    "double precision": "digits",
    "bit": "bits",
    "varbit": "bits",
    "interval": "parts of an interval",
    **dict.fromkeys(("time", "timetz", "timestamp", "timestamptz"), SECONDS),
}
FRACTIONAL = ("numeric", "real", "double precision", "money")
# What a text may hold that its value in another type does not.
UNREAD = {
    "date": "the time of day",
    "time": "the date",
    "timetz": "the date",
    "timestamp": "the time zone",
    "timestamptz": "the time zone as written",
}


def words(old: Type, new: Type) -> str:
    """Return what a change of type may lose."""
    before, after = name(old), name(new)
    if after in {"char", "varchar"} and new.arguments:
        room = int(new.arguments[0])
        fits = after == "char" and is_text(old) and length(old) <= room
        return "blanks at the end" if fits else f"more than {room} characters"
    if new.kind == "enum":
        return f"values that {new} does not have"
    if old.array != new.array:
        return f"what {new} does not hold"
    if is_text(old) and after in FROM_TEXT:
        return UNREAD.get(after, "the spelling of values")
    if after in INTEGERS and before in FRACTIONAL:
        return "fractions"
    if before in INTEGERS and after in {*INTEGERS, "oid", "money"}:
        return f"values outside of {after}"
    if (before, after) in WORDS:
        return WORDS[before, after]
    if before == after == "interval" and new.name in {old.name, "interval"}:
        return SECONDS
    return NEW_WORDS.get(after, f"what {new} does not hold")
