"""Numbers as a person reads them, with two significant digits, so that diffs of them are quiet.

Units of bytes are decimal (1 kB = 1000 B), as rates of disks are.
"""

from __future__ import annotations

import re
from decimal import Decimal

DIGITS = 2
BYTES = {"B": 1, "kB": 10**3, "MB": 10**6, "GB": 10**9, "TB": 10**12, "PB": 10**15}
SECONDS = {"s": 1, "min": 60, "h": 3600}
LEAST_RATE = Decimal("0.01")  # writes a second below which a table is quiet
SIZE = r"(?:0|[1-9][0-9]{0,8})(?:\.[0-9]{1,3})? ?(?:B|kB|MB|GB|TB|PB)"
SIZE_PARTS = re.compile(r"([0-9.]+) ?([A-Za-z]+)")
DURATION = r"(?:0|[1-9][0-9]{0,8})(?:s|min|h)"


def significant(value: Decimal) -> Decimal:
    """Return a number with two significant digits."""
    if not value:
        return Decimal(0)
    place = Decimal(1).scaleb(value.adjusted() - DIGITS + 1)
    found = value.quantize(place)
    whole = found.to_integral_value()
    return whole if whole == found else found.normalize()


def rounded(value: float) -> int:
    """Return a whole number with two significant digits."""
    return int(significant(Decimal(round(value))))


def rate(count: int, seconds: float) -> Decimal:
    """Return how many there are each second; 0 for what hardly happens."""
    found = Decimal(count) / Decimal(max(seconds, 1))
    return significant(found) if found >= LEAST_RATE else Decimal(0)


def size_text(value: int) -> str:
    """Return bytes as a text: `84 GB`, `9.1 MB`."""
    found = rounded(value)
    unit = max(one for one in BYTES.values() if one <= max(found, 1))
    name = next(key for key, one in BYTES.items() if one == unit)
    return f"{(Decimal(found) / unit).normalize():f} {name}"


def size_of(text: str) -> int:
    """Return the bytes of a text that fits `SIZE`."""
    number, unit = SIZE_PARTS.findall(text)[0]
    return int(Decimal(number) * BYTES[unit])


def duration_text(seconds: float) -> str:
    """Return a time as a text: `40s`, `12min`, `30h`; a unit as long as two of it fit."""
    fitting = [(name, one) for name, one in SECONDS.items() if seconds >= 2 * one]
    name, unit = fitting[-1] if fitting else ("s", 1)
    return f"{round(seconds / unit)}{name}"


def duration_of(text: str) -> int:
    """Return the seconds of a text that fits `DURATION`."""
    number = text.rstrip("".join(SECONDS))
    return int(number) * SECONDS[text.removeprefix(number)]
