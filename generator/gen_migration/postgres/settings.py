"""How a revision treats a database that is in use: the `safety:` of a spec."""

from __future__ import annotations

import re

from gen_migration.base.data_class import dataclass

DURATION = re.compile(r"(0|[1-9][0-9]{0,8})(ms|s|min|h)")
UNITS = {"ms": 1, "s": 1000, "min": 60_000, "h": 3_600_000}


@dataclass(frozen=True, slots=True, kw_only=True)
class Safety:
    """How long a statement may wait and run, and how rows are filled; 0 is no limit.

    `lock_timeout` is for each statement that takes a strong lock, `statement_timeout` for builds,
    validations and the filling of rows; both as PostgreSQL writes durations. A wait that ends at
    `lock_timeout` is tried again up to `lock_retries` times, after 1 s, 2 s, 4 s and so on up to a
    minute, less up to a half by chance. `batch_rows` rows
    are filled in one transaction, and `batch_pause` lies between two.
    """

    lock_timeout: str = "3s"
    lock_retries: int = 10
    statement_timeout: str = "0s"
    batch_rows: int = 1000
    batch_pause: str = "10ms"


def milliseconds(duration: str) -> int:
    """Return a duration in milliseconds. Raises ValueError for anything else than `3s`."""
    found = DURATION.fullmatch(duration)
    if found is None:
        raise ValueError(duration)
    return int(found[1]) * UNITS[found[2]]
