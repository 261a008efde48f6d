"""Sizes of a database to their file, for reviews that are made without it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gen_migration.base import progress
from gen_migration.base.data_class import dataclass
from gen_migration.base.errors import Error, listed
from gen_migration.base.files import locked, replace_file
from gen_migration.postgres import urls
from gen_migration.spec.documents import holds_sizes
from gen_migration.spec.load import load_file
from gen_migration.stats import build, read, write
from gen_migration.workflows import sources

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from gen_migration.model.schema import Spec
    from gen_migration.postgres.names import Name
    from gen_migration.stats.values import Stats

SHOWN = 5  # tables that a note names


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """Sizes of a database, and what to say of them."""

    stats: Stats
    notes: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        """The sizes as the text of their file."""
        return write.text(self.stats)

    def write(self, path: Path) -> None:
        """Write them into a file. Raises Error where it holds anything else."""
        put(self.stats, path)


def read_stats(
    url: str, specs: Iterable[Path], primary: str | None, today: dt.date
) -> Reading:
    """Return the sizes of the tables of specs; without a spec, of all that a database has.

    `primary` is the URL of the server that takes the writes, where `url` is a replica of it.
    Raises Error where a spec or a database cannot be read, or is none.
    """
    progress.tell("reading the sizes of a database")
    loaded = [load_file(one) for one in specs]
    answers = read.read(database(url), None if primary is None else database(primary))
    wanted = [name for spec in loaded for name in names(spec)] if loaded else None
    found = build.stats_of(answers, today, wanted)
    notes = build.unseen(answers)
    if primary is not None and not answers.server.is_replica:
        notes.append(
            "--primary has no effect: the database is that of a primary itself"
        )
    absent = [str(one) for one in wanted or () if found.table(one) is None]
    if absent:
        notes.append(f"not there yet: {listed([*dict.fromkeys(absent)], SHOWN)}")
    return Reading(stats=found, notes=tuple(notes))


def database(text: str) -> str:
    """Return a URL. Raises Error for any other source."""
    found = sources.parse(text)
    if not isinstance(found, sources.Url):
        raise Error(
            f'"{found}" is no database',
            hint=f"give {urls.EXAMPLE}",
        )
    return found.url


def names(spec: Spec) -> Iterator[Name]:
    """Yield what of a spec may hold rows, and the tables of others that it refers to."""
    yield from spec.schema.tables
    yield from spec.schema.of("materialized view")
    yield from spec.external


def put(stats: Stats, path: Path) -> None:
    """Write sizes into a file, anew where it is one of them. Raises Error for any other file."""
    with locked(path.parent):
        if path.exists() and not holds_sizes(path):
            raise Error(
                "the file exists, and holds no sizes",
                where=str(path),
                hint="remove or rename it, then run again",
            )
        replace_file(path, write.text(stats))
