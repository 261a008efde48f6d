"""Work that another process does while a spec is read.

A long history is replayed there. The cache takes what it finds, as it does when the history is
replayed later: a run whose history has been replayed before gains nothing, and one without a
cache, or with one processor, loses nothing. Neither half needs the other; in a job of CI, whose
cache is empty, both take long. Where there is no history, the expressions of the spec are parsed
there, so that a first revision does without the import of the parser.
"""

from __future__ import annotations

import re
from contextlib import nullcontext
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from gen_migration.base.files import spec_files
from gen_migration.base.meanwhile import meanwhile
from gen_migration.postgres.parser import postgast
from gen_migration.spec.ahead import expressions_parsed
from gen_migration.spec.documents import read_document
from gen_migration.spec.load import load_file, spec_of
from gen_migration.workflows.up_to_date import files

if TYPE_CHECKING:
    from gen_migration.history.revision import Directory
    from gen_migration.model.schema import Spec

# Bytes of revisions whose replay takes much longer than a process takes: those of 200 tables.
LONG = 300_000
NAME = re.compile(r"^name:[ \t]*[\"']?([A-Za-z0-9_-]+)", re.MULTILINE)


def load_ahead(spec: Path, directory: Directory) -> Spec:
    """Return the spec in a file, while another process works on what takes long beside it.

    Raises as `load_file` does.
    """
    held = size(directory)
    if held >= LONG:
        postgast()  # both halves parse SQL
        with meanwhile(partial(replay, spec, directory)):
            return load_file(spec)
    found = read_document(spec)
    with expressions_parsed(found.value) if held == 0 else nullcontext():
        return spec_of(found)


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
    texts = (one.read_text("utf-8", "replace") for one in spec_files(spec))
    return {name for text in texts for name in NAME.findall(text)}
