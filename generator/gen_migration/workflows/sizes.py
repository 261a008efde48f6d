"""The sizes that a run knows of: those of a file, and what its configuration assumes.

Most runs know none: what reads the file is imported where it is needed.
"""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import TYPE_CHECKING

from gen_migration.history.alembic_files import creation_date

if TYPE_CHECKING:
    from gen_migration.base.configuration import Configuration
    from gen_migration.stats.sizes import Sizes


def sizes_here(path: Path | None, configured: Configuration) -> Sizes | None:
    """Return the sizes that a command was given, or that the configuration names, as of today.

    Raises Error or Errors.
    """
    today = creation_date(dt.datetime.now(dt.UTC)).date()
    return sizes(path, configured, today)


def sizes(path: Path | None, configured: Configuration, today: dt.date) -> Sizes | None:
    """Return the sizes in a file, or in that of the configuration; None without either.

    Raises Error or Errors where the file cannot be read, or is none.
    """
    if path is None and not configured.stats:
        return None
    from gen_migration.stats.load import load_file
    from gen_migration.stats.sizes import Assumed, Sizes

    path = path or Path(configured.stats)
    assume = configured.assume
    assumed = Assumed(
        scan=rate_of(assume.scan_rate),
        rewrite=rate_of(assume.rewrite_rate),
        build=rate_of(assume.build_rate),
        busy=assume.busy_writes,
        long=assume.long_wait,
        days=assume.stats_age,
    )
    return Sizes(
        stats=load_file(path),
        source=str(path),
        today=today,
        assumed=assumed,
    )


def rate_of(text: str) -> int:
    """Return the bytes a second of a text such as `100 MB/s`."""
    from gen_migration.stats.units import size_of

    return size_of(text.removesuffix("/s"))
