"""What a shell offers where TAB is pressed: specs, revisions, codes. Nothing is run.

A mistake in a project is no completion, and is said by the command itself.
"""

from __future__ import annotations

import contextlib
import os
from typing import TYPE_CHECKING

from click.shell_completion import CompletionItem

from gen_migration import api
from gen_migration.base.files import YAML

if TYPE_CHECKING:
    import click

Items = list[CompletionItem]
# What the project says or has wrong, and files that cannot be read.
NONE = (api.Error, OSError)


def specs(incomplete: str) -> Items:
    """Return the specs of the project, and once it begins somehow the paths that may be one."""
    with contextlib.suppress(*NONE):
        named = [one.path for one in api.configuration().places]
        if not (named and not incomplete):
            named = list(dict.fromkeys([*named, *paths(incomplete)]))
        return [CompletionItem(one) for one in named if one.startswith(incomplete)]
    return []


def sources(incomplete: str) -> Items:
    """Return the specs that begin so, and the word for the history."""
    words = [one for one in ("history",) if one.startswith(incomplete)]
    return [*specs(incomplete), *map(CompletionItem, words)]


def paths(incomplete: str) -> list[str]:
    """Return the YAML files and the directories whose paths begin so.

    A directory that is the only one is looked into: a shell would put a blank behind its name.
    """
    head, _, start = incomplete.rpartition("/")
    base = f"{head}/" if head or incomplete.startswith("/") else ""
    found = []
    for entry in os.scandir(base or "."):
        hidden = entry.name.startswith(".") and not start.startswith(".")
        if entry.name.startswith(start) and not hidden:
            if entry.is_dir():
                found.append(f"{base}{entry.name}/")
            elif os.path.splitext(entry.name)[1] in YAML:  # noqa: PTH122 - entries are names
                found.append(f"{base}{entry.name}")
    if len(found) == 1 and found[0].endswith("/") and found[0] != incomplete:
        inside = paths(found[0])
        return inside or found
    return sorted(found)


def revisions(ctx: click.Context, incomplete: str) -> Items:
    """Return the revisions of the history that begin so, the newest first, with their messages."""
    given = ctx.params
    with contextlib.suppress(*NONE):
        from gen_migration.api.revisions import named

        history = api.History(output=given.get("output"), config=given.get("config"))
        return [
            CompletionItem(id_, help=message)
            for id_, message in named(history, api.configuration(), given.get("spec"))
            if id_.startswith(incomplete)
        ]
    return []


def codes(incomplete: str) -> Items:
    """Return the codes of findings that begin so, with their titles."""
    return [
        CompletionItem(code, help=rule.title)
        for code, rule in api.Rules().by_code.items()
        if code.startswith(incomplete.upper())
    ]
