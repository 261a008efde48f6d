"""Options that a run has no use for, which are told.

What only permits something (--allow-data-loss, --force, --splice) is none of them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from gen_migration.cli import talk

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

PLACE = ("--head", "--branch-label", "--version-path", "--depends-on")
# What a run looks at that writes nothing.
UNREAD = {
    "--check": ("--message", "--branch-label", "--version-path", "--depends-on"),
    "--dry-run": ("--version-path",),
    "--sql": ("--message", "--branch-label", "--version-path", "--depends-on"),
}


def of_look(given: Mapping[str, object]) -> set[str]:
    """Return the options that a run passes over which writes nothing, after telling them."""
    found: set[str] = set()
    for look, unread in UNREAD.items():
        if given.get(look):
            found.update(tell(given, unread, f"{look} does not need it"))
    return found


def tell(
    given: Mapping[str, object], options: Iterable[str], reason: str
) -> Iterable[str]:
    """Say of those options that are given that they have no effect, and return them."""
    found = [one for one in options if given.get(one)]
    for one in found:
        talk.say(f"note: {one} has no effect: {reason}")
    return found
