"""Proof of a squash: scratch databases on which it takes the place of what it replaces."""

from __future__ import annotations

import contextlib
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from gen_migration.base.data_class import replace
from gen_migration.history.directory import read_revision
from gen_migration.history.graph import ancestors
from gen_migration.verify.candidate import needed, taken
from gen_migration.verify.same_history import Beginning, Instead, Place, compared

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from gen_migration.history.revision import Directory, Revision
    from gen_migration.history.squash_drafts import Span
    from gen_migration.history.squash_groups import Group
    from gen_migration.model.schema import Spec
    from gen_migration.verify.same_history import Sameness
    from gen_migration.verify.workbench import Workbench


def proven(
    spans: Sequence[Span],
    texts: Sequence[str],
    spec: Spec,
    directory: Directory,
    revisions: tuple[Revision, ...],
    bench: Workbench,
) -> Sameness:
    """Return what scratch databases say of squashes in place of what they replace."""
    found = [span.group for span in spans]
    schemas = [schema for span in spans for schema in span.schemas]
    given = taken(spec, schemas, directory, revisions)
    with files_of(found, texts) as files:
        return compared(
            directory,
            Instead(directory, files, [one.id for each in found for one in each.gone]),
            tuple(places(spans, spec, revisions)),
            Beginning(
                given=tuple(dict.fromkeys(given)),
                needed=needed(spec, schemas, revisions),
            ),
            bench,
            with_rows=not any(span.rows for span in spans),
        )


@contextlib.contextmanager
def files_of(found: Sequence[Group], texts: Sequence[str]) -> Iterator[list[Revision]]:
    """Yield texts as revisions in files of their own."""
    with tempfile.TemporaryDirectory() as name:
        result = []
        for group, text in zip(found, texts, strict=True):
            file = Path(name) / f"{group.newest.id}.py"
            file.write_text(text, encoding="utf-8")
            revision = read_revision(file)
            assert revision is not None  # noqa: S101 - we wrote it
            result.append(revision)
        yield result


def places(
    spans: Sequence[Span], spec: Spec, revisions: tuple[Revision, ...]
) -> Iterator[Place]:
    """Yield where the histories are compared: at each group, after those before it."""
    ended: tuple[str, ...] = ()
    for span in spans:
        needs = newest((*ended, *span.group.needs), revisions)
        ended = newest((*ended, span.group.newest.id), revisions)
        old, new = (replace(spec, schema=side.schema) for side in (span.old, span.new))
        yield Place(needs=needs, ids=ended, old=old, new=new)


def newest(ids: Sequence[str], revisions: tuple[Revision, ...]) -> tuple[str, ...]:
    """Return those of some revisions that none of the others needs."""
    once = tuple(dict.fromkeys(ids))
    return tuple(
        one
        for one in once
        if not any(
            other != one and one in ancestors(revisions, [other]) for other in once
        )
    )
