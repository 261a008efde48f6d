"""The rules that a review asks: this tool's and a project's own, and their levels there."""

from __future__ import annotations

from dataclasses import field
from typing import TYPE_CHECKING

from gen_migration.base.data_class import dataclass, replace
from gen_migration.rules.finding import Severity
from gen_migration.rules.rule import RULES, Rule

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gen_migration.base.configuration import Level


@dataclass(frozen=True, slots=True)
class Rules:
    """Rules beside those of this tool, and which of all have another level than their own."""

    own: tuple[Rule, ...] = ()
    levels: Mapping[str, Level] = field(default_factory=dict)

    @property
    def by_code(self) -> dict[str, Rule]:
        """All rules by their codes, in order."""
        return {**every(), **{one.code: one for one in self.own}}

    def of_family(self, digit: str) -> tuple[Rule, ...]:
        """Return the rules of one context, those that are off left out: `1` is an edit's."""
        return tuple(
            rule
            for rule in map(self.here, self.by_code.values())
            if rule is not None and rule.family == digit
        )

    def here(self, rule: Rule) -> Rule | None:
        """Return a rule with the level that it has here; None where it is off."""
        level = self.levels.get(rule.code)
        if level is None:
            return rule
        if level.level == "off":
            return None
        return replace(rule, severity=SEVERITIES[level.level])


# Others call it an error what stops production.
SEVERITIES = {one.value: one for one in Severity} | {"error": Severity.DANGER}


def every() -> Mapping[str, Rule]:
    """Return all rules of this tool by their codes, in order."""
    from gen_migration.rules import (  # noqa: F401 - each registers its rules
        access,
        compatibility,
        data,
        design,
        expansions,
        ignores,
        inheritance,
        locks,
        objects,
        online,
        replication,
        rewrites,
        searching,
        texts,
        usage,
    )

    return dict(sorted(RULES.items()))
