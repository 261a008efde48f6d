"""What findings mean for tables as large and as busy as those of production. Pure.

How an operation touches a table is what its rule says of it: the lock, and the work. With the bytes
of the table and an assumed rate that is a time, and with those who wait for the lock a severity.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gen_migration.base.data_class import replace
from gen_migration.rules.finding import (
    BUILD,
    DANGER,
    NOTE,
    REWRITE,
    SCAN,
    WARNING,
    Extent,
)
from gen_migration.rules.rule import Lock
from gen_migration.stats import units

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from gen_migration.base.errors import Problem
    from gen_migration.rules.finding import Finding, Severity
    from gen_migration.stats.sizes import Assumed, Sizes
    from gen_migration.stats.values import TableStats

MOMENT = 1  # a second, which nobody feels
# The locks that those wait for who read or write.
FELT = frozenset(
    (Lock.SHARE, Lock.SHARE_ROW_EXCLUSIVE, Lock.ACCESS_EXCLUSIVE, Lock.ROW_EXCLUSIVE)
)
WORSE = {NOTE: WARNING, WARNING: DANGER, DANGER: DANGER}


def measured(finding: Finding, sizes: Sizes, *, is_set: bool = False) -> Finding:
    """Return a finding with what sizes say of its tables, and the severity that follows.

    One that `is_set` is what somebody has said that it is.
    """
    if not finding.tables:
        return finding
    assumed = sizes.assumed
    found = extent(finding, sizes)
    severity = finding.severity
    if not is_set:
        severity = severity_of(finding, found, assumed)
    if severity is not finding.severity:
        found = replace(found, usual=finding.severity)
    return replace(finding, severity=severity, extent=found)


def extent(finding: Finding, sizes: Sizes) -> Extent:
    """Return how much a finding is about."""
    tables = [sizes.stats.table(one) for one in finding.tables]
    waiting = [sizes.stats.table(one) for one in finding.waiting]
    size = total(None if one is None else bytes_of(one, finding) for one in tables)
    rate = None
    if finding.work is not None:
        rate = {
            SCAN: sizes.assumed.scan,
            REWRITE: sizes.assumed.rewrite,
            BUILD: sizes.assumed.build,
        }[finding.work]
    is_timed = rate is not None and size is not None
    return Extent(
        rows=total(None if one is None else one.rows for one in tables),
        size=size,
        passes=finding.passes,
        rate=rate,
        seconds=finding.passes * size / rate if is_timed else None,
        writes=total(None if one is None else one.writes_per_second for one in waiting)
        if finding.lock in FELT
        else None,
    )


def bytes_of(table: TableStats, finding: Finding) -> int:
    """Return the bytes of a table that are worked on."""
    is_read = finding.work in {SCAN, BUILD}
    return table.size if is_read else table.size + table.index_size


def severity_of(finding: Finding, found: Extent, assumed: Assumed) -> Severity:
    """Return how bad a finding is: who waits for work does so for its time.

    A table that is written to all the time makes each lock of it felt.
    """
    result = finding.severity
    if finding.lock not in FELT:
        return result
    if found.seconds is not None:
        if found.seconds < MOMENT:
            result = NOTE
        elif found.seconds >= assumed.long:
            result = DANGER
    is_busy = found.writes is not None and found.writes >= assumed.busy
    return WORSE[result] if is_busy else result


def takes_long(found: Extent) -> bool:
    """Tell whether work takes more than a moment."""
    return found.seconds is not None and found.seconds >= MOMENT


def words(finding: Finding) -> Iterator[str]:
    """Yield what sizes say of a finding, each as a clause."""
    found = finding.extent
    if found is None:
        return
    if found.size is None:
        yield "size: unknown, since the file of sizes has no such table"
        return
    size, rows = units.size_text(found.size), rows_text(found.rows)
    if found.rate is None or found.seconds is None:
        yield f"size: {size} with indexes, {rows}"
    else:
        yield f"work: {work_text(finding, f'{size} ({rows})')}: {time_text(found)}, {who(finding)}"
    if found.writes:
        yield f"writes: {found.writes:,f} a second, which wait for the lock"
    if found.usual is not None:
        yield f"severity: {found.usual.value} where sizes are not known"


def problem(finding: Finding) -> Problem:
    """Return a finding as what a command says of a spec, with what sizes say of it."""
    found = finding.problem()
    more = "; ".join(words(finding))
    return replace(found, message=f"{found.message} ({more})") if more else found


def work_text(finding: Finding, size: str) -> str:
    """Return what is done with so many bytes."""
    twice = " twice" if finding.passes == 2 else ""
    if finding.work is BUILD:
        return f"scans {size}{twice} and builds an index"
    return f"{'rewrites' if finding.work is REWRITE else 'scans'} {size}{twice}"


def time_text(found: Extent) -> str:
    """Return how long it takes, and what that is derived from."""
    seconds = found.seconds or 0
    if seconds < MOMENT:
        return "below a second"
    name, unit = next(
        (name, one)
        for name, one in reversed(units.SECONDS.items())
        if seconds >= 2 * one or one == 1
    )
    time = f"about {round(seconds / unit)} {name}"
    return f"{time} at {units.size_text(found.rate or 0)}/s"


def who(finding: Finding) -> str:
    """Return who waits meanwhile."""
    return f"{finding.blocks} wait" if finding.lock in FELT else "nobody waits"


def rows_text(rows: int | None) -> str:
    return "rows unknown" if rows is None else f"{rows:,} row{'s' * (rows != 1)}"


def total(found: Iterable[Any]) -> Any:
    """Return a sum; None where a part of it is unknown."""
    parts = [*found]
    return None if None in parts else sum(parts)
