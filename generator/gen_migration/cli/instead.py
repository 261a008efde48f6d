"""What `gen-migration SPEC` does in the place of a next revision: adopt, squash, rebase."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from gen_migration.history.revision import Directory


def adopt(spec: Path, directory: Directory, asked: Mapping[str, Any]) -> int:
    """Adopt what the history has built; return the exit status."""
    from gen_migration.cli import adopt

    names = ("message", "rev_id", "dev_url", "before", "check", "dry_run")
    return adopt.run(spec, directory, **{name: asked[name] for name in names})


def squash(spec: Path, directory: Directory, asked: Mapping[str, Any]) -> int:
    """Write one revision in the place of many; return the exit status."""
    from gen_migration.cli import squash
    from gen_migration.workflows.squash import Asked

    wanted = Asked(
        up_to=asked["up_to"],
        message=asked["message"],
        drop_data=asked["drop_data"],
        force=asked["force"],
        write=not asked["dry_run"],
    )
    place = {name: asked[name] for name in ("dev_url", "before")}
    return squash.run(spec, directory, wanted, **place)


def rebase(spec: Path, directory: Directory, asked: Mapping[str, Any]) -> int:
    """Write this branch's revisions anew behind the base branch's; return the exit status."""
    from gen_migration.cli import rebase
    from gen_migration.workflows.configured import configuration_here
    from gen_migration.workflows.rebase import Wanted

    wanted = Wanted(
        base=asked["base"],
        database=asked["dev_url"],
        force=asked["force"],
        write=not asked["dry_run"],
        numbered=configuration_here().is_numbered,
    )
    rebase.run(spec, directory, wanted)
    return 0


# What is no next revision, by the option that asks for it.
WAYS = {"adopt": adopt, "squash": squash, "rebase": rebase}
