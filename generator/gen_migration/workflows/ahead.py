"""Work that another process does while a spec is read.

It reads the spec and parses its expressions, while this one imports what comes next and checks
the shapes: no work is done twice, be it the import of a parser. Where the history is long, it
replays that instead, and this one reads the spec. The cache takes what it finds, as it does when
the history is replayed later: a run whose history has been replayed before gains nothing, and one
without a cache, or with one processor, loses nothing.
"""

from __future__ import annotations

import re
from contextlib import suppress
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

from gen_migration.base import progress
from gen_migration.base.files import spec_files
from gen_migration.base.meanwhile import meanwhile
from gen_migration.spec.ahead import read_ahead
from gen_migration.workflows.up_to_date import files

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gen_migration.history.revision import Directory
    from gen_migration.model.schema import Spec

# Bytes of revisions whose replay takes much longer than a process takes: those of 200 tables.
LONG = 300_000
NAME = re.compile(r"\nname:[ \t]*[\"']?([A-Za-z0-9_-]+)")
# What a run needs next.
NEXT = (
    "gen_migration.spec.load",
    "gen_migration.spec.shapes",
    "gen_migration.spec.build.spec",
    "gen_migration.workflows.next_change",
)
# What an edit needs beside, and a first revision of more than tables.
OF_EDITS = (
    "gen_migration.plan.edit",
    "gen_migration.workflows.answers",
    "gen_migration.workflows.contract",
    "gen_migration.workflows.edit_notes",
    "gen_migration.history.views_by_hand",
    "gen_migration.history.harm",
    "gen_migration.render.edits",
)


def load_ahead(spec: Path, directory: Directory) -> Spec:
    """Return the spec in a file, while another process works on what takes long beside it.

    Raises as `load_file` does.
    """
    progress.tell(f"reading {spec}")
    held = size(directory)
    if held >= LONG:
        from gen_migration.base.cache import fingerprint
        from gen_migration.postgres.parser import postgast
        from gen_migration.spec.load import load_file

        # Both halves parse SQL, and ask the cache.
        postgast()
        fingerprint()
        with meanwhile(partial(replay, spec, directory)):
            result = load_file(spec)
            import_all(*NEXT, *OF_EDITS)  # while the longer half goes on
            return result
    with read_ahead(spec, partial(make_next, spec, is_first=held == 0)) as found:
        from gen_migration.spec.load import spec_of

        return spec_of(found)


def import_all(*modules: str) -> None:
    """Import modules by their names."""
    for module in modules:
        import_module(module)


def make_next(spec: Path, *, is_first: bool) -> None:
    """Import and make what a run needs next, and what a first revision is made with."""
    import_all(*NEXT)
    if not is_first or has_objects(spec):
        import_all(*OF_EDITS)
    from gen_migration.spec.shapes import prepare as prepare_shapes

    prepare_shapes()
    if is_first:
        from gen_migration.render.formatter import ruff
        from gen_migration.render.templates import prepare

        prepare()
        import_all("gen_migration.render.revision", "gen_migration.render.checksum")
        ruff()


def has_objects(spec: Path) -> bool:
    """Tell whether a spec seems to have objects of a kind: a line is the key of one."""
    from gen_migration.kinds import KINDS

    keys = {kind.key for kind in KINDS}
    with suppress(OSError):  # who reads it next says so
        for text in texts(spec):
            lines = (one.rpartition("\n")[2].strip() for one in text.split(":\n"))
            if not keys.isdisjoint(lines):
                return True
    return False


def size(directory: Directory) -> int:
    """Return how many bytes of revisions there are, as far as that is known."""
    try:
        return sum(
            Path(one).stat().st_size
            for root, deep in directory.locations or ()
            for one in files(root, deep=deep)
        )
    except OSError:
        return 0


def replay(spec: Path, directory: Directory) -> None:
    """Put what the revisions of a spec have built into the cache. Raises Error."""
    from gen_migration.history.own_revisions import own_revisions
    from gen_migration.history.state import state_of

    revisions = directory.revisions()
    for name in names(spec) & {one.spec for one in revisions}:
        if name is not None:
            state_of(own_revisions(name, revisions, directory).written, revisions)


def names(spec: Path) -> set[str | None]:
    """Return what the file of a spec, or one of its files, seems to call it."""
    return {name for text in texts(spec) for name in NAME.findall(f"\n{text}")}


def texts(spec: Path) -> Iterator[str]:
    """Yield the texts of a spec's files; a pipe can be read once, and that is for others."""
    for one in spec_files(spec):
        if one.is_file():
            yield one.read_text("utf-8", "replace")
