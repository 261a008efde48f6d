"""What a review knows of sizes: those of a file, and what is assumed of a server's speed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gen_migration.base.data_class import dataclass

if TYPE_CHECKING:
    import datetime as dt

    from gen_migration.stats.values import Stats


@dataclass(frozen=True, slots=True, kw_only=True)
class Assumed:
    """What nobody has measured: bytes a second, and from when on something is much.

    `busy` are writes a second from which on each lock of a table is felt; others that wait for
    `long` seconds are an outage. Sizes older than `days` are told to be old.
    """

    scan: int = 100_000_000
    rewrite: int = 50_000_000
    build: int = 50_000_000
    busy: int = 100
    long: int = 10
    days: int = 30


@dataclass(frozen=True, slots=True, kw_only=True)
class Sizes:
    """The sizes in a file, looked at on the day `today`; `source` is what the file is called."""

    stats: Stats
    source: str
    today: dt.date
    assumed: Assumed = Assumed()

    @property
    def is_old(self) -> bool:
        """Tell whether so much may have changed since that they mislead."""
        return (self.today - self.stats.taken).days > self.assumed.days
