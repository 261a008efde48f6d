"""Casts between types, and what may get lost on the way.

Source: the PostgreSQL catalog `pg_cast` (a test compares), and the manual, chapter 10.4 (Value
Storage) and CREATE CAST: any type is assigned to a text type through its text.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from gen_migration.base.data_class import dataclass, replace
from gen_migration.postgres.names import quote_name

if TYPE_CHECKING:
    from gen_migration.postgres.types import Type

OID_ALIASES = """
regclass regcollation regconfig regdictionary regnamespace regoper regoperator regproc
regprocedure regrole regtype
"""
# Implicit casts and those in assignments, between built-in types that are no text.
ASSIGNED: dict[str, frozenset[str]] = {
    source: frozenset(word.replace("_", " ") for word in targets.split())
    for source, targets in {
        "bigint": "double_precision integer money numeric oid real smallint"
        + OID_ALIASES,
        "integer": "bigint double_precision money numeric oid real smallint"
        + OID_ALIASES,
        "smallint": "bigint double_precision integer numeric oid real" + OID_ALIASES,
        "double precision": "bigint integer numeric real smallint",
        "real": "bigint double_precision integer numeric smallint",
        "numeric": "bigint double_precision integer money real smallint",
        "money": "numeric",
        "oid": "bigint integer" + OID_ALIASES,
        **dict.fromkeys(OID_ALIASES.split(), "bigint integer oid"),
        "regoper": "bigint integer oid regoperator",
        "regoperator": "bigint integer oid regoper",
        "regproc": "bigint integer oid regprocedure",
        "regprocedure": "bigint integer oid regproc",
        "bit": "varbit",
        "varbit": "bit",
        "box": "polygon",
        "path": "polygon",
        "point": "box",
        "polygon": "path",
        "cidr": "inet",
        "inet": "cidr",
        "date": "timestamptz timestamp",
        "interval": "time",
        "time": "interval timetz",
        "timetz": "time",
        "timestamp": "date time timestamptz",
        "timestamptz": "date time timestamp timetz",
        "json": "jsonb",
        "jsonb": "json",
        "macaddr": "macaddr8",
        "macaddr8": "macaddr",
        "varchar": '"char" name regclass',
        "text": '"char" name regclass',
        "bpchar": '"char" name',
    }.items()
}
# Casts that have to be written, where the way through the text would fail or mean something else.
WRITTEN = {
    "boolean": frozenset(("integer",)),
    "integer": frozenset(("boolean", "bit")),
    "bigint": frozenset(("bit",)),
    "bit": frozenset(("bigint", "integer")),
    "jsonb": frozenset(
        ("double precision", *"bigint boolean integer numeric real smallint".split())
    ),
    "box": frozenset(("circle", "lseg", "point")),
    "circle": frozenset(("box", "point", "polygon")),
    "lseg": frozenset(("point",)),
    "polygon": frozenset(("box", "circle", "point")),
    **{
        f"{kind}range": frozenset((f"{kind}multirange",))
        for kind in ("int4", "int8", "num", "date", "ts", "tstz")
    },
}
# Those of them that keep what every value means.
KEPT = {("boolean", "integer")}
# Numbers that are cast to and from money by way of numeric: its text has a currency.
MONEY = frozenset(("smallint", "integer", "bigint", "real", "double precision"))
TEXTS = frozenset(("text", "varchar", "char", "bpchar"))
# What a text is read as in one way only, or not at all.
FROM_TEXT = frozenset(
    """
    smallint integer bigint numeric real boolean uuid date time timetz timestamp timestamptz
    interval inet cidr macaddr macaddr8 money oid
    """.split()
) | {"double precision"}


@dataclass(frozen=True, slots=True)
class Conversion:
    """The cast of `ALTER COLUMN … TYPE … USING`; None where PostgreSQL needs none.

    `asked` says that nobody but the author of the spec can know it.
    """

    using: str | None = None
    asked: bool = False


def family(of: Type) -> str:
    """Return the name of a type as the tables here have it."""
    if of.kind != "builtin":
        return str(replace(of, array=False, arguments=()))
    return "interval" if of.name.startswith("interval") else of.plain.name


def is_text(of: Type) -> bool:
    citext = of.kind == "other" and of.schema is None and of.name == "citext"
    return citext or (of.kind == "builtin" and of.name in TEXTS)


def conversion(old: Type, new: Type, column: str) -> Conversion:
    """Return how the values of a column get to another type.

    A cast is chosen where it fails rather than change what a value means.
    """
    types = path(old, new)
    if types is None:
        return Conversion(asked=True)
    return Conversion(cast(column, *types) if types else None)


def path(old: Type, new: Type) -> tuple[str, ...] | None:
    """Return the types that values are cast to, one after the other; None where nobody knows."""
    before, after = family(old), family(new)
    if old.array != new.array:
        # To a text type, an array goes through its text.
        return () if old.array and is_text(new) else None
    if before == after and old.kind == new.kind:
        return ()
    if old.kind == "builtin" and after in ASSIGNED.get(scalar(before), ()):
        return ()
    # An element of an array is not assigned through its text.
    if is_text(new) and (not old.array or is_text(old)):
        return ()
    ends = (before, after) if after == "money" else (after, before)
    if ends[0] in MONEY and ends[1] == "money" and "enum" not in {old.kind, new.kind}:
        return ("numeric[]" if new.array else "numeric", new.plain.sql)
    read = new.kind == "enum" or (new.kind == "builtin" and after in FROM_TEXT)
    if is_text(new) or (is_text(old) and read) or (before, after) in KEPT:
        return (new.plain.sql,)
    if old.kind == new.kind == "enum":
        return ("text[]" if new.array else "text", new.sql)
    return None


def cast(column: str, *types: str) -> str:
    """Return a column cast to types, one after the other, as PostgreSQL's parser prints it."""
    from gen_migration.postgres.expressions import parse_expression

    return parse_expression("::".join((quote_name(column), *types))).sql


IN_ZONE = re.compile(r"\A[^']+ AT TIME ZONE (?P<zone>'[^']+')\Z")


def in_zone(column: str, zone: str) -> str:
    """Return a column by the clock of a time zone, a literal, as PostgreSQL's parser prints it."""
    from gen_migration.postgres.expressions import parse_expression

    return parse_expression(f"{quote_name(column)} AT TIME ZONE {zone}").sql


def scalar(name: str) -> str:
    return "bpchar" if name == "char" else name


def backward(
    old: Type, new: Type, column: str, undone: str | None = None
) -> str | None:
    """Return the cast of a way back that nobody was asked about: through the text, if need be.

    `undone` is the expression of the way there: the clock of a time zone undoes itself.
    """
    zone = IN_ZONE.search(undone or "")
    if zone is not None and {family(old), family(new)} == {"timestamp", "timestamptz"}:
        return in_zone(column, zone["zone"])
    found = conversion(old, new, column)
    if not found.asked:
        return found.using
    return cast(column, *unasked(old, new))


def unasked(old: Type, new: Type) -> tuple[str, ...]:
    """Return the types that values are cast to where nobody knows how: through the text."""
    written = old.array == new.array and family(new) in WRITTEN.get(family(old), ())
    text = "text[]" if old.array and new.array else "text"
    return (*(() if written else (text,)), new.plain.sql)
