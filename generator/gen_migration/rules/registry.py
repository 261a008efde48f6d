"""All rules by their codes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gen_migration.rules.rule import RULES, Rule

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping


def every() -> Mapping[str, Rule]:
    """Return all rules by their codes, in order."""
    from gen_migration.rules import (  # noqa: F401 - each registers its rules
        access,
        compatibility,
        data,
        design,
        ignores,
        inheritance,
        locks,
        objects,
        replication,
        rewrites,
        searching,
    )

    return dict(sorted(RULES.items()))


def of_family(digit: str) -> Iterable[Rule]:
    """Return the rules whose codes begin with a digit."""
    return [one for code, one in every().items() if code[2] == digit]
