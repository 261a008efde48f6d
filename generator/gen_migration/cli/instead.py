"""What `gen-migration SPEC` does in the place of a next revision: adopt, squash, rebase."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gen_migration import api

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from gen_migration.api import Configuration, History, Scratch


def adopt(
    spec: Path, asked: Mapping[str, Any], scratch: Scratch, /, **where: Any
) -> int:
    """Adopt what the history has built; return the exit status."""
    from gen_migration.cli import adopt

    found = api.adopt(
        spec,
        message=asked["message"],
        rev_id=asked["rev_id"],
        write=not (asked["check"] or asked["dry_run"]),
        scratch=scratch,
        **where,
    )
    return adopt.say(spec, found, dry_run=asked["dry_run"])


def squash(
    spec: Path, asked: Mapping[str, Any], scratch: Scratch, /, **where: Any
) -> int:
    """Write one revision in the place of many; return the exit status."""
    from gen_migration.cli import squash

    found = api.squash(
        spec,
        up_to=asked["up_to"],
        message=asked["message"],
        drop_data=asked["drop_data"],
        force=asked["force"],
        write=not asked["dry_run"],
        scratch=scratch,
        **where,
    )
    return squash.say(spec, found, dry_run=asked["dry_run"])


def rebase(spec: Path, asked: Mapping[str, Any], _: Scratch, /, **where: Any) -> int:
    """Write this branch's revisions anew behind the base branch's; return the exit status."""
    from gen_migration.cli import rebase

    found = api.rebase(
        spec,
        base=asked["base"],
        database=asked["dev_url"],
        force=asked["force"],
        write=not asked["dry_run"],
        **where,
    )
    return rebase.say(found, dry_run=asked["dry_run"])


# What is no next revision, by the option that asks for it.
WAYS = {"adopt": adopt, "squash": squash, "rebase": rebase}


def run(
    way: str,
    spec: Path,
    asked: Mapping[str, Any],
    history: History,
    configuration: Configuration,
) -> int:
    """Do what an option asks for in the place of a next revision; return the exit status."""
    from gen_migration.cli.verify import scratch

    place = scratch(asked["dev_url"], asked["before"])
    return WAYS[way](spec, asked, place, history=history, configuration=configuration)
