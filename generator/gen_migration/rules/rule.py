"""What a rule is: its code, its severity, its lock, and what it finds in its context.

`GM0…` are about the spec's own `ignore`, `GM1…` about what an edit does to data and to running
code, `GM2…` about what each statement locks, reads and writes, `GM3…` about the design of tables;
where sizes are known, `GM4…` about statements for which nobody waits, and `GM5…` about the sizes.
A rule is a small function; its docstring is its page in `docs/rules.md`: a title, then what is so.
"""

from __future__ import annotations

import inspect
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from gen_migration.base.data_class import dataclass
from gen_migration.plan.busy_tables import named
from gen_migration.rules.contexts import (
    Design,
    Ignores,
    ObjectDesign,
    OfOperation,
    OfSizes,
)
from gen_migration.rules.finding import Finding, Severity, Work

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from gen_migration.operations import every as op
    from gen_migration.postgres.names import Name
    from gen_migration.rules.contexts import Hit

    # A function of a context, and of its operation where it has one.
    Check = Callable[..., Iterator[Hit]]


class Lock(StrEnum):
    """Modes of a table's lock. Source: the manual, "Explicit Locking" (13.3), table 13.2."""

    ACCESS_SHARE = "ACCESS SHARE"
    SHARE_UPDATE_EXCLUSIVE = "SHARE UPDATE EXCLUSIVE"
    SHARE = "SHARE"
    SHARE_ROW_EXCLUSIVE = "SHARE ROW EXCLUSIVE"
    ACCESS_EXCLUSIVE = "ACCESS EXCLUSIVE"
    ROW_EXCLUSIVE = "ROW EXCLUSIVE"


SHARE, ACCESS_EXCLUSIVE = Lock.SHARE, Lock.ACCESS_EXCLUSIVE
SHARE_ROW_EXCLUSIVE, ROW_EXCLUSIVE = Lock.SHARE_ROW_EXCLUSIVE, Lock.ROW_EXCLUSIVE
BLOCKS = {
    Lock.ACCESS_SHARE: "what drops or alters the tables that are read",
    Lock.SHARE_UPDATE_EXCLUSIVE: "other changes of the table's schema",
    Lock.SHARE: "writers",
    Lock.SHARE_ROW_EXCLUSIVE: "writers",
    Lock.ACCESS_EXCLUSIVE: "readers and writers",
    Lock.ROW_EXCLUSIVE: "writers of the same rows",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """A rule: what is always true of what it finds, and the function that finds it.

    `on` are the operations that it is about; the function gets each of them beside its context.
    A rule about design is about the objects of the kinds `of`. `family` is the context that it is
    asked in, by the digit of the codes: `GM1…` of an `Edit`, `GM2…` of an `UpgradeStep`, `GM3…` of
    a `Design`, `GM4…` of an `OnlineStep`, `GM5…` of `OfSizes`, `GM0…` of `Ignores`. `passes` is how
    often the work reads the table. One that is `sized` finds nothing where no sizes are known.
    """

    code: str
    severity: Severity
    instead: str
    check: Check
    on: tuple[type[op.Operation], ...] = ()
    of: tuple[str, ...] = ("table",)
    lock: Lock | None = None
    work: Work | None = None
    breaks: bool = False
    family: str
    passes: int = 1
    sized: bool = False

    @property
    def blocks(self) -> str | None:
        """What has to wait for its lock, in words."""
        return None if self.lock is None else BLOCKS[self.lock]

    @property
    def title(self) -> str:
        """The first line of its docstring."""
        return self.text.partition("\n")[0]

    @property
    def text(self) -> str:
        """Its docstring, a paragraph a line."""
        parts = (inspect.getdoc(self.check) or "").split("\n\n")
        return "\n\n".join(" ".join(part.split()) for part in parts)

    def findings(
        self, context: OfOperation | OfSizes | Design | ObjectDesign | Ignores
    ) -> Iterator[Finding]:
        """Yield what the rule finds in its context."""
        asked: tuple[Any, ...] = (context,)
        if isinstance(context, OfOperation):
            if not isinstance(context.operation, self.on):
                return
            asked = (context, context.operation)
        if isinstance(context, Design | ObjectDesign) and context.kind not in self.of:
            return
        for hit in self.check(*asked):
            tables: tuple[Name, ...] = ()
            waiting: tuple[Name, ...] = ()
            if isinstance(context, OfOperation):
                tables = context.called(hit.tables or context.tables)
                if self.lock is not None:
                    held = named(context.operation, context.at)
                    waiting = context.called({*tables, *held, *hit.tables})
            yield Finding(
                code=self.code,
                severity=self.severity,
                message=hit.message,
                path=hit.path,
                where=hit.where,
                lock=None if self.lock is None else self.lock.value,
                blocks=self.blocks,
                work=hit.work or self.work,
                breaks=self.breaks,
                instead=self.instead,
                passes=self.passes,
                tables=tables,
                waiting=waiting,
            )


RULES: dict[str, Rule] = {}
ONLINE = "with online: true the tool chooses a form that lets others go on"
QUIET = "do it when nobody is waiting"


def rule(
    code: str, severity: Severity, *on: type[op.Operation], **facts: Any
) -> Callable[[Check], Check]:
    """Return the decorator that makes a function a rule; the facts are fields of `Rule`."""

    def register(check: Check) -> Check:
        RULES[code] = Rule(
            code=code, severity=severity, on=on, check=check, family=code[2], **facts
        )
        return check

    return register
