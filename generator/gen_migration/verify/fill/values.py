"""A value for each type of PostgreSQL, as the text that its input function reads. Pure.

The values of one type differ by a number: the first for the first row, and so on. Texts are
numbers, because most types can be made of them. Source: the PostgreSQL manual, chapter 8.
"""

from __future__ import annotations

import datetime as dt
import uuid
from decimal import Decimal, InvalidOperation, localcontext
from typing import TYPE_CHECKING

from gen_migration.postgres.arrays import quoted_item
from gen_migration.postgres.names import MAX_NAME_BYTES
from gen_migration.postgres.type_names import INTEGERS

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from gen_migration.postgres.types import Type

ALPHABET = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
LONG = 1_000  # characters of a text without a limit; more would not fit into an index
LONGEST = 10_000
DAY = dt.date(2026, 1, 1)
DAYS = 10  # between the dates of two rows, so that periods have room between them
PRECISION = 2_500  # digits that a Decimal may need
TEXTS = frozenset(("varchar", "char", "bpchar", "text", "name", "citext"))


def value(
    column_type: Type, number: int, samples: Mapping[Type, tuple[str, ...]]
) -> str | None:
    """Return the value of a type with this number; None where none is known.

    `samples` are the values of types that are not PostgreSQL's own.
    """
    if column_type.array:
        items = [value(column_type.element, number + i, samples) for i in (0, 1)]
        return array([item for item in items if item is not None])
    if found := samples.get(column_type):
        return found[number % len(found)]
    name = column_type.plain.name
    if column_type.kind == "enum":
        return None
    make = MAKERS.get(name.split(" ")[0] if name.startswith("interval") else name)
    return make(number, column_type.arguments) if make else None


def longest(column_type: Type, number: int) -> str | None:
    """Return the longest value of a type of text, a large integer; None for other types.

    Twice the integer is one of its type, for columns that are generated from it.
    """
    if column_type.name in INTEGERS and not column_type.array:
        return str(INTEGERS[column_type.name][-1] // 2 - number)
    if column_type.array or column_type.name not in {*TEXTS, "varbit"}:
        return None
    limit = int(column_type.arguments[0]) if column_type.arguments else LONG
    if column_type.name == "name":
        limit = MAX_NAME_BYTES
    limit = min(limit, LONGEST)
    if column_type.name == "varbit":
        return bits(number, limit).ljust(limit, "1")
    return of_length(number, limit)


NUMBERS = ("smallint", "integer", "bigint", "numeric", "real", "double precision")


def narrower(own: Type, other: Type) -> Type:
    """Return that of two types whose values the other one takes, as far as that is known."""
    if own.name in NUMBERS and other.name in NUMBERS:
        return min(own, other, key=lambda one: NUMBERS.index(one.name))
    lengths = [int(one.arguments[0]) for one in (own, other) if one.arguments]
    if own.name in TEXTS and other.name in TEXTS and lengths:
        return other if other.arguments == (str(min(lengths)),) else own
    return own


def array(items: list[str]) -> str:
    """Return the input text of an array."""
    return "{" + ",".join(quoted_item(item) for item in items) + "}"


def of_length(number: int, length: int) -> str:
    """Return a text of just this length."""
    return word(number, length).ljust(length, "0")[:length]


def word(number: int, length: int | None = None) -> str:
    """Return a short text: a number, in more digits than ten where it would be too long."""
    text = str(number + 1)
    if length is None or len(text) <= length:
        return text
    text, rest = "", number + 1
    while rest:
        rest, digit = divmod(rest, len(ALPHABET))
        text = ALPHABET[digit] + text
    return text[-length:]


def bits(number: int, length: int) -> str:
    return format((number + 1) % 2**length if length < 64 else number + 1, "b").zfill(
        length
    )


def text(number: int, arguments: tuple[str, ...]) -> str:
    return word(number, int(arguments[0]) if arguments else None)


def numeric(number: int, arguments: tuple[str, ...]) -> str:
    if not arguments:
        return f"{number + 1}.25"
    precision, scale = (int(argument) for argument in arguments)
    with localcontext(prec=PRECISION):
        unit = Decimal(1).scaleb(-scale)
        whole = Decimal(number + 1)
        if scale > 0 and precision - scale >= len(str(whole)):
            return format(whole + unit, "f")
        return format(whole * unit, "f")


def day(number: int, days: int = 0) -> str:
    return (DAY + dt.timedelta(days=DAYS * number + days)).isoformat()


def span(make: Callable[[int, int], str]) -> Callable[[int, tuple[str, ...]], str]:
    return lambda number, _: f"[{make(number, 1)},{make(number, 5)})"


def spans(make: Callable[[int, int], str]) -> Callable[[int, tuple[str, ...]], str]:
    return lambda number, _: "{" + span(make)(number, ()) + "}"


def ten(number: int, more: int) -> str:
    return str(10 * number + more)


def moment(number: int, days: int = 0) -> str:
    return f"{day(number, days)} 12:30:15"


def instant(number: int, days: int = 0) -> str:
    return f"{moment(number, days)}+00"


RANGES: dict[str, Callable[[int, int], str]] = {
    "int4": ten,
    "int8": ten,
    "num": ten,
    "date": day,
    "ts": lambda number, days: f'"{moment(number, days)}"',
    "tstz": lambda number, days: f'"{instant(number, days)}"',
}


def vector(number: int, arguments: tuple[str, ...]) -> str:
    size = int(arguments[0]) if arguments else 3
    return "[" + ",".join([str(number + 1), *["0.5"] * (size - 1)]) + "]"


def geometry(number: int, arguments: tuple[str, ...]) -> str:
    kind = arguments[0].lower() if arguments else "point"
    one, two = f"{number % 80} 1", f"{number % 80 + 1} 2"
    ring = f"(({one}, {two}, {number % 80} 2, {one}))"
    shape = {
        "linestring": f"LINESTRING({one}, {two})",
        "multilinestring": f"MULTILINESTRING(({one}, {two}))",
        "polygon": f"POLYGON{ring}",
        "multipolygon": f"MULTIPOLYGON({ring})",
        "multipoint": f"MULTIPOINT(({one}))",
    }.get(kind, f"POINT({one})")
    return f"SRID={arguments[1]};{shape}" if arguments[1:] else shape


def cycle(words: str) -> Callable[[int, tuple[str, ...]], str]:
    known = words.split()
    return lambda number, _: known[number % len(known)]


def shown(pattern: str) -> Callable[[int, tuple[str, ...]], str]:
    """Return what puts a number into a pattern; `{0}` counts from 1, `{1}` is its last byte."""
    return lambda number, _: pattern.format(
        number + 1, (number + 1) % 256, number % 50 + 1, number % 9 + 1
    )


MAKERS: dict[str, Callable[[int, tuple[str, ...]], str]] = {
    **dict.fromkeys(("varchar", "char", "bpchar", "text", "citext", "refcursor"), text),
    "name": lambda number, _: word(number),
    '"char"': lambda number, _: ALPHABET[(number + 1) % len(ALPHABET)],
    **dict.fromkeys(
        ("smallint", "integer", "bigint", "oid", "xid", "xid8", "cid", "seg"),
        lambda number, _: word(number),
    ),
    "numeric": numeric,
    **dict.fromkeys(("real", "double precision"), shown("{0}.5")),
    "money": shown("{0}.25"),
    "boolean": cycle("true false"),
    "uuid": lambda number, _: f"11111111-1111-4111-8111-{number + 1:012x}",
    "date": lambda number, _: day(number),
    "timestamp": lambda number, _: moment(number),
    "timestamptz": lambda number, _: instant(number),
    "time": shown("12:{2:02}:15"),
    "timetz": shown("12:{2:02}:15+00"),
    "interval": shown("{0} years {3} mons {3} days {3}:{3}:{3}"),
    "bytea": lambda number, _: f"\\x00ff{number + 1:06x}",
    "bit": lambda number, arguments: bits(number, int(arguments[0]))[
        -int(arguments[0]) :
    ],
    "varbit": lambda number, arguments: format(number + 1, "b")[
        -int(arguments[0]) if arguments else 0 :
    ],
    **dict.fromkeys(("json", "jsonb"), shown('{{"a": {0}}}')),
    "jsonpath": shown("$.a{0}"),
    "xml": shown("<a>{0}</a>"),
    "tsvector": shown("a{0} b"),
    "tsquery": shown("a{0} & b"),
    "inet": shown("10.0.{2}.{1}"),
    "cidr": shown("10.{2}.{1}.0/24"),
    "macaddr": shown("08:00:2b:01:{2:02x}:{1:02x}"),
    "macaddr8": shown("08:00:2b:01:02:03:{2:02x}:{1:02x}"),
    "point": shown("({0},2)"),
    "line": shown("{{1,2,{0}}}"),
    "lseg": shown("[({0},1),({0},2)]"),
    "box": lambda number, _: (
        f"({10 * number + 5},{10 * number + 5}),({10 * number},{10 * number})"
    ),
    "path": shown("[({0},1),({0},2)]"),
    "polygon": shown("(({0},1),({0},2),({0},3))"),
    "circle": lambda number, _: f"<({10 * number},1),2>",
    "pg_lsn": shown("0/{0:X}"),
    **dict.fromkeys(("pg_snapshot", "txid_snapshot"), shown("{0}:{0}:")),
    "tid": shown("(0,{0})"),
    **dict.fromkeys(("int2vector", "oidvector"), shown("{0} 2")),
    "regclass": cycle("pg_class pg_type pg_proc"),
    "regtype": cycle("integer text boolean"),
    "regproc": cycle("pg_catalog.now pg_catalog.md5 pg_catalog.version"),
    "regprocedure": cycle("now() version() pg_backend_pid()"),
    "regoper": cycle("pg_catalog.||/ pg_catalog.|/"),
    "regoperator": cycle("+(integer,integer) *(integer,integer)"),
    "regconfig": cycle("simple english german"),
    "regdictionary": cycle("simple english_stem"),
    "regnamespace": cycle("pg_catalog information_schema"),
    "regrole": cycle("pg_monitor pg_read_all_settings pg_read_all_stats"),
    "regcollation": cycle('"C" "POSIX"'),
    "aclitem": cycle("=r/pg_monitor =w/pg_monitor =a/pg_monitor"),
    **{f"{name}range": span(make) for name, make in RANGES.items()},
    **{f"{name}multirange": spans(make) for name, make in RANGES.items()},
    **dict.fromkeys(("vector", "halfvec"), vector),
    "sparsevec": lambda number, arguments: (
        f"{{1:{number + 1}}}/{arguments[0] if arguments else 3}"
    ),
    **dict.fromkeys(("geometry", "geography"), geometry),
    "hstore": shown('"a"=>"{0}"'),
    "ltree": shown("a.b{0}"),
    "lquery": shown("a.b{0}"),
    "ltxtquery": shown("a & b{0}"),
    "cube": shown("({0},2)"),
    "semver": shown("1.0.{0}"),
    "query_int": shown("{0}&2"),
}


def step(column_type: Type, text: str, steps: int) -> str | None:
    """Return the value so many steps behind another one, or before it; None if there is none."""
    if column_type.array or column_type.kind != "builtin":
        return None
    try:
        return STEPS[column_type.plain.name](text, steps, column_type.arguments)
    except (KeyError, ValueError, OverflowError, InvalidOperation):
        return None


def step_of_numeric(text: str, steps: int, arguments: tuple[str, ...]) -> str:
    with localcontext(prec=PRECISION):
        unit = Decimal(1).scaleb(-int(arguments[1])) if arguments else Decimal(1)
        return format(Decimal(text) + steps * unit, "f")


def step_of_text(text: str, steps: int, _: tuple[str, ...]) -> str:
    if steps > 0:
        return text + ALPHABET[steps % len(ALPHABET)]
    return text if steps == 0 else text[:-1]


def step_of_timestamp(text: str, steps: int, _: tuple[str, ...]) -> str:
    later = dt.datetime.fromisoformat(text) + dt.timedelta(hours=steps)
    return later.isoformat(sep=" ")


STEPS: dict[str, Callable[[str, int, tuple[str, ...]], str]] = {
    **dict.fromkeys(
        ("smallint", "integer", "bigint", "oid"),
        lambda text, steps, _: str(int(text) + steps),
    ),
    "numeric": step_of_numeric,
    **dict.fromkeys(
        ("real", "double precision"), lambda text, steps, _: str(float(text) + steps)
    ),
    **dict.fromkeys(("text", "varchar", "char", "bpchar"), step_of_text),
    "date": lambda text, steps, _: (
        dt.date.fromisoformat(text) + dt.timedelta(days=steps)
    ).isoformat(),
    **dict.fromkeys(("timestamp", "timestamptz"), step_of_timestamp),
    "uuid": lambda text, steps, _: str(uuid.UUID(int=uuid.UUID(text).int + steps)),
}
