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
    name = name.split(" ")[0] if name.startswith("interval") else name
    if column_type.kind == "enum":
        return None
    if name in MAKERS:
        return MAKERS[name](number, column_type.arguments)
    return shown(PATTERNS[name], number) if name in PATTERNS else None


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


def day(number: int, days: int = 0) -> str:
    return (DAY + dt.timedelta(days=DAYS * number + days)).isoformat()


def shown(pattern: str, number: int) -> str:
    """Return what puts a number into a pattern: one of several words, or a text with fields."""
    if " or " in pattern:
        words = pattern.split(" or ")
        return words[number % len(words)]
    return pattern.format(
        n=number + 1,
        byte=(number + 1) % 256,
        fifty=number % 50 + 1,
        nine=number % 9 + 1,
        ten=10 * number,
        low=10 * number + 1,
        high=10 * number + 5,
        word=word(number),
        character=ALPHABET[(number + 1) % len(ALPHABET)],
        day=day(number),
        first=day(number, 1),
        last=day(number, 5),
    )


def of_range(name: str, low: str, high: str) -> dict[str, str]:
    return {
        f"{name}range": f"[{low},{high})",
        f"{name}multirange": f"{{{{[{low},{high})}}}}",
    }


MAKERS: dict[str, Callable[[int, tuple[str, ...]], str]] = {
    **dict.fromkeys(("varchar", "char", "bpchar", "text", "citext", "refcursor"), text),
    "numeric": numeric,
    "bit": lambda number, arguments: bits(number, int(arguments[0]))[
        -int(arguments[0]) :
    ],
    "varbit": lambda number, arguments: format(number + 1, "b")[
        -int(arguments[0]) if arguments else 0 :
    ],
    **dict.fromkeys(("vector", "halfvec"), vector),
    "sparsevec": lambda number, arguments: (
        f"{{1:{number + 1}}}/{arguments[0] if arguments else 3}"
    ),
    **dict.fromkeys(("geometry", "geography"), geometry),
}
PATTERNS: dict[str, str] = {
    **dict.fromkeys(
        "name smallint integer bigint oid xid xid8 cid seg".split(), "{word}"
    ),
    '"char"': "{character}",
    **dict.fromkeys(("real", "double precision"), "{n}.5"),
    "money": "{n}.25",
    "boolean": "true or false",
    "uuid": "11111111-1111-4111-8111-{n:012x}",
    "date": "{day}",
    "timestamp": "{day} 12:30:15",
    "timestamptz": "{day} 12:30:15+00",
    "time": "12:{fifty:02}:15",
    "timetz": "12:{fifty:02}:15+00",
    "interval": "{n} years {nine} mons {nine} days {nine}:{nine}:{nine}",
    "bytea": "\\x00ff{n:06x}",
    **dict.fromkeys(("json", "jsonb"), '{{"a": {n}}}'),
    "jsonpath": "$.a{n}",
    "xml": "<a>{n}</a>",
    "tsvector": "a{n} b",
    "tsquery": "a{n} & b",
    "inet": "10.0.{fifty}.{byte}",
    "cidr": "10.{fifty}.{byte}.0/24",
    "macaddr": "08:00:2b:01:{fifty:02x}:{byte:02x}",
    "macaddr8": "08:00:2b:01:02:03:{fifty:02x}:{byte:02x}",
    "point": "({n},2)",
    "line": "{{1,2,{n}}}",
    "lseg": "[({n},1),({n},2)]",
    "box": "({high},{high}),({ten},{ten})",
    "path": "[({n},1),({n},2)]",
    "polygon": "(({n},1),({n},2),({n},3))",
    "circle": "<({ten},1),2>",
    "pg_lsn": "0/{n:X}",
    **dict.fromkeys(("pg_snapshot", "txid_snapshot"), "{n}:{n}:"),
    "tid": "(0,{n})",
    **dict.fromkeys(("int2vector", "oidvector"), "{n} 2"),
    "regclass": "pg_class or pg_type or pg_proc",
    "regtype": "integer or text or boolean",
    "regproc": "pg_catalog.now or pg_catalog.md5 or pg_catalog.version",
    "regprocedure": "now() or version() or pg_backend_pid()",
    "regoper": "pg_catalog.||/ or pg_catalog.|/",
    "regoperator": "+(integer,integer) or *(integer,integer)",
    "regconfig": "simple or english or german",
    "regdictionary": "simple or english_stem",
    "regnamespace": "pg_catalog or information_schema",
    "regrole": "pg_monitor or pg_read_all_settings or pg_read_all_stats",
    "regcollation": '"C" or "POSIX"',
    "aclitem": "=r/pg_monitor or =w/pg_monitor or =a/pg_monitor",
    **of_range("int4", "{low}", "{high}"),
    **of_range("int8", "{low}", "{high}"),
    **of_range("num", "{low}", "{high}"),
    **of_range("date", "{first}", "{last}"),
    **of_range("ts", '"{first} 12:30:15"', '"{last} 12:30:15"'),
    **of_range("tstz", '"{first} 12:30:15+00"', '"{last} 12:30:15+00"'),
    "hstore": '"a"=>"{n}"',
    "ltree": "a.b{n}",
    "lquery": "a.b{n}",
    "ltxtquery": "a & b{n}",
    "cube": "({n},2)",
    "semver": "1.0.{n}",
    "query_int": "{n}&2",
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
