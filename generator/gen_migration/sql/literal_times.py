"""The input texts of dates, times and intervals, checked without a server.

Each function returns what is wrong with a text, as a hint, or nothing. Source: the PostgreSQL
manual, chapter 8.5 (Date/Time Types).
"""

from __future__ import annotations

import datetime as dt
import re
from typing import TYPE_CHECKING

from gen_migration.sql.literal_words import EXPRESSION

if TYPE_CHECKING:
    from gen_migration.postgres.types import Type

DATE = r"[0-9]{4,6}-[0-9]{2}-[0-9]{2}"
TIME = r"[0-9]{2}:[0-9]{2}(:[0-9]{2}(\.[0-9]{1,6})?)?"
ZONE = r"\s?(Z|[+-][0-9]{2}(:?[0-9]{2})?|[A-Za-z][A-Za-z0-9_+-]*(/[A-Za-z0-9_+-]+)*)"
ERA = r"( (AD|BC))?"
ENDLESS = frozenset(("infinity", "-infinity", "epoch"))


def check_date(value: str, _: Type) -> str:
    if value in ENDLESS or is_moment(value, DATE + ERA):
        return ""
    return f"write 2026-01-31, {EXPRESSION}"


def check_time(value: str, column_type: Type) -> str:
    zone = f"({ZONE})?" if column_type.name == "timetz" else ""
    if is_moment(value, TIME + zone):
        return ""
    return f"write 12:30 or 12:30:00, {EXPRESSION}"


def check_timestamp(value: str, column_type: Type) -> str:
    zone = f"({ZONE})?" if column_type.name == "timestamptz" else ""
    if value in ENDLESS or is_moment(value, f"{DATE}([T ]{TIME}{zone})?{ERA}"):
        return ""
    offset = "+00:00" if zone else ""
    return f"write 2026-01-31 12:30:00{offset}, {EXPRESSION}"


def is_moment(value: str, pattern: str) -> bool:
    """Tell whether a text has this form, and its date and time exist."""
    if not re.fullmatch(pattern, value, re.ASCII):
        return False
    if value.startswith("0000"):
        return False  # there is no year 0
    date = re.match(r"([0-9]+)-([0-9]+)-([0-9]+)", value)
    time = re.search(r"([0-9]{2}):([0-9]{2})(?::([0-9]{2}))?", value)
    try:
        if date is not None:
            # Python's calendar ends with the year 9999; every 400 years it is the same.
            dt.date(2000 + int(date[1]) % 400, int(date[2]), int(date[3]))
        if time is not None and value[time.start() :][:8] not in {"24:00", "24:00:00"}:
            dt.time(int(time[1]), int(time[2]), int(time[3] or 0))
    except ValueError:
        return False
    return True


UNITS = (
    "microseconds? milliseconds? seconds? secs? s minutes? mins? m hours? hrs? h days? d weeks? w"
    " months? mons? years? yrs? y decades? centur(y|ies) millenni(um|a)"
)
INTERVAL = (
    rf"(@\s*)?([-+]?[0-9]+(\.[0-9]+)?\s*({UNITS.replace(' ', '|')})\s*)*"
    r"([-+]?[0-9]+\s+)?([-+]?[0-9]+:[0-9]{2}(:[0-9]{2}(\.[0-9]+)?)?)?(\s*ago)?"
    r"|P[-0-9YMWDTHS.:]+|[-+]?[0-9]+(-[0-9]+)?|[-+]?infinity"
)


def check_interval(value: str, _: Type) -> str:
    form = re.compile(INTERVAL, re.ASCII | re.IGNORECASE)
    if value.strip() and form.fullmatch(value.strip()):
        return ""
    return f"write 1 day 02:30:00, {EXPRESSION}"
