"""Expansions that wait for their contract: the spec meanwhile, and what is said of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gen_migration.base.data_class import replace
from gen_migration.base.errors import Error
from gen_migration.diff.expansions import opened
from gen_migration.diff.stand_ins import standing
from gen_migration.history.uncommitted import git

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from gen_migration.diff.expansions import Expansion
    from gen_migration.diff.stand_ins import StandIn
    from gen_migration.history.revision import Revision
    from gen_migration.history.state import State
    from gen_migration.model.schema import Spec

COMMAND = "gen-migration SPEC --contract"


def contracted(spec: Spec, state: State, path: Path) -> Spec:
    """Return a spec that asks for no expansion that is open. Raises Error where none is."""
    if not is_open(state):
        raise Error(
            "nothing waits for its contract: the history has no open expansion",
            where=str(path),
            hint="run without --contract",
        )
    return closing(spec, state)


def is_open(state: State) -> bool:
    """Tell whether a history has an open expansion."""
    return bool(opened(state.schema) or standing(state.schema))


def closing(spec: Spec, state: State) -> Spec:
    """Return a spec that asks for no expansion that is open."""
    found, views = opened(state.schema).values(), standing(state.schema)
    names = {(one.table, name) for one in found for name in (one.old, *one.names)}
    left = {key: one for key, one in spec.hints.expand.items() if key not in names}
    open_ = {one.table for one in views}
    kept = {key: one for key, one in spec.hints.stand_ins.items() if key not in open_}
    return replace(spec, hints=replace(spec.hints, expand=left, stand_ins=kept))


def told(
    found: Sequence[Expansion | StandIn], written: Sequence[Revision]
) -> Iterator[str]:
    """Yield what is said of each expansion that waits for its contract."""
    for one in found:
        yield (
            f"note: {one.place} waits for its contract{since(one, written)}\n"
            f"  hint: once no old code runs: {COMMAND}"
        )


def since(one: Expansion | StandIn, written: Sequence[Revision]) -> str:
    """Return in words which of a spec's revisions opened an expansion, and when git got it."""
    found = [one_ for one_ in written if one.creates in " ".join(one_.text.split())]
    if not found:
        return ""
    path = found[-1].path
    said = git(path, "log", "--diff-filter=A", "--format=%cs", "--", path.name)
    dates = (said or "").split()
    return f" since revision {found[-1].id}" + (f", of {dates[-1]}" if dates else "")
