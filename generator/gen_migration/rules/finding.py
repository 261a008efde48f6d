"""Findings: what a reviewer has to know of an operation, whatever rule it comes from."""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING

from gen_migration.base.data_class import dataclass
from gen_migration.base.errors import Problem

if TYPE_CHECKING:
    from decimal import Decimal

    from gen_migration.base.errors import Place
    from gen_migration.postgres.names import Name


class Severity(Enum):
    """How bad it is, the worst first: production stops, may stop, or somebody will regret it."""

    DANGER = "danger"
    WARNING = "warning"
    NOTE = "note"


DANGER, WARNING, NOTE = Severity


class Work(Enum):
    """What an operation does with the rows that are there."""

    SCAN = "scan"
    REWRITE = "rewrite"
    BUILD = "build"

    @property
    def text(self) -> str:
        """The same in words."""
        if self is Work.BUILD:
            return "build of an index over the table"
        return f"{self.value} of the table"


SCAN, REWRITE, BUILD = Work


@dataclass(frozen=True, slots=True, kw_only=True)
class Extent:
    """How much an operation works on, by the sizes of production; None where that is unknown.

    `size` are the bytes that it works on: of a scan and a build of an index those of the table,
    else those of its indexes, too. It takes `seconds` at `rate` bytes a second; `passes` is how
    often it reads the table. `writes` a second come to the tables that it locks. `usual` is the
    severity without sizes, where that is another.
    """

    rows: int | None = None
    size: int | None = None
    passes: int = 1
    rate: int | None = None
    seconds: float | None = None
    writes: Decimal | None = None
    usual: Severity | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing to know before an edit is merged.

    `code` is the rule's (`GM102`); `path` leads to the object in the spec, and `where` is its
    `file:line:column` once that is known. `lock` is the mode that PostgreSQL takes, by its name in
    the manual ("Explicit Locking"), and `blocks` what has to wait for it, in words. `breaks` says
    that running code of the previous version fails. `instead` is what to do in its place.
    `tables` are those whose rows it is about, and `waiting` those that it locks, by the names that
    they have before the edit; `extent` is what sizes say of them.
    """

    code: str
    severity: Severity
    message: str
    path: Place
    where: str = ""
    lock: str | None = None
    blocks: str | None = None
    work: Work | None = None
    breaks: bool = False
    instead: str | None = None
    passes: int = 1
    tables: tuple[Name, ...] = ()
    waiting: tuple[Name, ...] = ()
    extent: Extent | None = None

    def problem(self) -> Problem:
        """Return it as what a command says of a spec."""
        message = f"{self.code}: {self.message}"
        if self.breaks:
            message += ", which breaks code of the previous version that is running"
        return Problem(message=message, path=self.path, hint=self.instead or "")
