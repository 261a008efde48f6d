"""What a rule is: its code, its severity, and the context that it looks at.

`GM0…` are about the spec's own `ignore`, `GM1…` about what an edit does to data and to running
code, `GM2…` about what each statement locks, reads and writes, `GM3…` about the design of tables.
A rule is a small function; its docstring is its page in `docs/rules.md`: a title, then what is so.
"""

from __future__ import annotations

import inspect
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from gen_migration.base.data_class import dataclass
from gen_migration.diff.data_loss import spec_path
from gen_migration.rules.finding import Finding, Severity, Work

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from gen_migration.base.errors import Place
    from gen_migration.model.schema import Schema, Spec
    from gen_migration.operations.base import Operation
    from gen_migration.plan.planner import Plan
    from gen_migration.postgres.names import Name


class Lock(StrEnum):
    """Modes of a table's lock. Source: the manual, "Explicit Locking" (13.3), table 13.2."""

    SHARE_UPDATE_EXCLUSIVE = "SHARE UPDATE EXCLUSIVE"
    SHARE = "SHARE"
    SHARE_ROW_EXCLUSIVE = "SHARE ROW EXCLUSIVE"
    ACCESS_EXCLUSIVE = "ACCESS EXCLUSIVE"
    ROW_EXCLUSIVE = "ROW EXCLUSIVE"


BLOCKS = {
    Lock.SHARE_UPDATE_EXCLUSIVE: "other changes of the table's schema",
    Lock.SHARE: "writers",
    Lock.SHARE_ROW_EXCLUSIVE: "writers",
    Lock.ACCESS_EXCLUSIVE: "readers and writers",
    Lock.ROW_EXCLUSIVE: "writers of the same rows",
}


@dataclass(frozen=True, slots=True)
class Hit:
    """What a rule has found: in words, and where; `work` where it is not the same each time."""

    message: str
    path: Place
    work: Work | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Edit:
    """An operation of an edit, with the whole of it."""

    operation: Operation
    made: Plan
    spec: Spec
    unused: frozenset[Name]


@dataclass(frozen=True, slots=True, kw_only=True)
class UpgradeStep:
    """A step of an upgrade that runs in a transaction, and the schema that it begins at.

    What autocommit runs is in forms that let readers and writers go on, and no rule is for it; but
    where it fills all rows at once, or drops a constraint.
    """

    operation: Operation
    before: Schema
    spec: Spec
    unused: frozenset[Name]

    def hits(
        self, table: Name, *part: str, path: Place = (), why: str = ""
    ) -> Iterator[Hit]:
        """Yield that it is found, where a table is in use: at a part of that, or at a path."""
        if is_used(self, table):
            what = f"{self.operation.summary}: {why}" if why else self.operation.summary
            yield Hit(what, path or spec_path(self.spec, table, *part))


@dataclass(frozen=True, slots=True, kw_only=True)
class Design:
    """A table of the new schema, and what of it the rules look at: columns and parts."""

    name: Name
    spec: Spec
    looked_at: Callable[[str, str], bool]


@dataclass(frozen=True, slots=True, kw_only=True)
class Ignores:
    """The `ignore` lines of a spec, and all that there is to ignore."""

    spec: Spec
    found: Iterable[Finding]


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """A rule: what is always true of what it finds, and the function that finds it."""

    code: str
    severity: Severity
    instead: str
    check: Callable[[Any], Iterator[Hit]]
    lock: Lock | None = None
    work: Work | None = None
    breaks: bool = False

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
        self, context: Edit | UpgradeStep | Design | Ignores
    ) -> Iterator[Finding]:
        """Yield what the rule finds in its context."""
        for hit in self.check(context):
            yield Finding(
                code=self.code,
                severity=self.severity,
                message=hit.message,
                path=hit.path,
                lock=None if self.lock is None else self.lock.value,
                blocks=None if self.lock is None else BLOCKS[self.lock],
                work=hit.work or self.work,
                breaks=self.breaks,
                instead=self.instead,
            )


RULES: dict[str, Rule] = {}
ONLINE = "with online: true the tool chooses a form that lets others go on"
QUIET = "do it when nobody is waiting"


def rule(
    code: str,
    severity: Severity,
    *,
    instead: str,
    lock: Lock | None = None,
    work: Work | None = None,
    breaks: bool = False,
) -> Callable[[Callable[[Any], Iterator[Hit]]], Callable[[Any], Iterator[Hit]]]:
    """Return the decorator that makes a function a rule."""

    def register(
        check: Callable[[Any], Iterator[Hit]],
    ) -> Callable[[Any], Iterator[Hit]]:
        RULES[code] = Rule(
            code=code,
            severity=severity,
            instead=instead,
            check=check,
            lock=lock,
            work=work,
            breaks=breaks,
        )
        return check

    return register


def part_path(spec: Spec, table: Name, name: str) -> Place:
    """Return where a constraint or an index stands in a spec; its table where it does not."""
    return spec.places.get(("part", (table, name)), spec_path(spec, table))


def enum_path(spec: Spec, enum: Name) -> Place:
    return spec.places.get(("enum", enum), ("enums",))


def is_used(statement: UpgradeStep, table: Name) -> bool:
    """Tell whether a table is in use while a statement runs."""
    return table not in statement.unused and table in statement.before.tables
