"""The files of an Alembic environment's version locations, as Alembic finds and names them."""

from __future__ import annotations

import datetime as dt
import os
import re
from pathlib import Path
from typing import TYPE_CHECKING

from gen_migration.base.data_class import replace
from gen_migration.base.errors import Error
from gen_migration.base.files import from_here

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from gen_migration.history.revision import Revision

# As alembic.script.base has them.
REVISION = re.compile(r"(?!\.\#|__init__)(?P<source>.*\.py)(?P<compiled>[co]?)")
LEGACY = re.compile(r"([a-f0-9]+)\.py$")


def revisions(
    locations: Iterable[Path], *, deep: bool = False, compiled: bool = False
) -> Iterator[Revision]:
    """Yield the revisions in the files of version locations, each file once. Raises Error."""
    seen: set[Path] = set()
    for location in locations:
        for path in files(location, deep=deep, compiled=compiled):
            if path in seen or (path.suffix != ".py" and not compiled):
                continue
            seen.add(path)
            found = read(path)
            if found is not None:
                yield found


def files(location: Path, *, deep: bool, compiled: bool) -> Iterator[Path]:
    """Yield the files of a version location, as Alembic lists them (Script._list_py_dir).

    Where the option `sourceless` is set, files that are compiled count as well.
    """
    for root, directories, names in os.walk(location):
        if deep:
            directories[:] = sorted(one for one in directories if one != "__pycache__")
        else:
            directories.clear()
        found = [Path(root) / name for name in sorted(names)]
        if compiled:
            sources = {name.partition(".")[0] for name in names}
            cached = sorted((Path(root) / "__pycache__").glob("*"))
            found += [
                one for one in cached if one.name.partition(".")[0] not in sources
            ]
        yield from (one.resolve() for one in found)


def read(path: Path) -> Revision | None:
    """Return the revision in a file of a version location; None for any other file.

    Raises Error.
    """
    shown = from_here(path)
    found = REVISION.fullmatch(path.name)
    if found is None:
        return None
    if found["compiled"]:
        if path.with_name(found["source"]).exists():
            return None
        raise Error(
            "a compiled revision cannot be read",
            where=str(shown),
            hint="put its source beside it",
        )
    from gen_migration.history.directory import of_header
    from gen_migration.render.header import read_header, read_source

    text = read_source(shown)
    header = read_header(text, str(shown))
    if not header.id:
        legacy = LEGACY.match(path.name)
        if legacy is None:
            raise Error(
                "the file says no revision id",
                where=str(shown),
                hint="write revision, or move the file out of the version location",
            )
        header = replace(header, id=legacy[1])
    return of_header(header, text, shown)


def creation_date(now: dt.datetime) -> dt.datetime:
    """Return the date of a revision that is written now: SOURCE_DATE_EPOCH, where that is set.

    Raises Error.
    """
    epoch = os.environ.get("SOURCE_DATE_EPOCH")
    if epoch is None:
        return now
    try:
        return dt.datetime.fromtimestamp(int(epoch), tz=now.tzinfo or dt.UTC)
    except (ValueError, OverflowError, OSError):
        raise Error(
            f"SOURCE_DATE_EPOCH is {epoch!r}",
            hint="set it to seconds since 1970, or unset it",
        ) from None
