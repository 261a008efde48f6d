"""Runs that found nothing to do, remembered: the next one sees the same bytes, and is done.

Whether a spec is up to date is a pure function of its bytes, of those of the revisions, and of
what was asked for. So a second `--check` reads files and imports nothing: no YAML, no Alembic.
"""

from __future__ import annotations

import contextlib
import os
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

from gen_migration.base import beside, cache
from gen_migration.base.data_class import dataclass
from gen_migration.base.errors import Error
from gen_migration.base.files import spec_files

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from gen_migration.history.revision import Directory, Locations
    from gen_migration.history.target import Target


@dataclass(frozen=True, slots=True, kw_only=True)
class UpToDate:
    """What such a run has to say: the newest revision's path, and notes."""

    path: str
    notes: tuple[str, ...] = ()


def recall(spec: Path, target: Target) -> UpToDate | None:
    """Return what a run on the same bytes said, or None."""
    output = ((str(target.output), False),)
    if (target.config is None and is_empty(output)) or cache.is_empty():
        return None
    import json

    locations: Locations | None = output
    if target.config is not None:
        known = cache.load(configuration(target.config))
        locations = None
        if known is not None:
            with contextlib.suppress(ValueError):
                locations = json.loads(known)
    seen = digest_of(spec, target, locations)
    found = None if seen is None else cache.load(key_of(seen))
    if found is None:
        return None
    with contextlib.suppress(ValueError, TypeError):
        return UpToDate(**json.loads(found))
    return None


def observe(spec: Path, target: Target, directory: Directory) -> bytes | None:
    """Return a hash of what is there now, to be remembered under when a run finds no change.

    None where nothing can be remembered, or there is no revision: nothing is up to date with none.
    """
    locations = directory.locations
    if locations is None or is_empty(locations):
        return None
    return digest_of(spec, target, locations)


def is_empty(locations: Locations) -> bool:
    """Tell whether no file may be a revision, as far as that is known."""
    try:
        return not any(True for one, deep in locations for _ in files(one, deep=deep))
    except (OSError, TypeError, ValueError):  # locations that are none, too
        return True


def remember(
    seen: bytes | None,
    spec: Path,
    target: Target,
    directory: Directory,
    found: UpToDate,
) -> None:
    """Remember what a run said that began with `seen`, where the bytes that it saw decide it."""
    import json

    # What changed meanwhile may have been read before or after.
    locations = directory.locations
    if seen is not None and seen == digest_of(spec, target, locations):
        if target.config is not None:
            text = json.dumps(locations)
            cache.store(configuration(target.config), text.encode())
        cache.store(key_of(seen), json.dumps(asdict(found)).encode())


def configuration(path: Path) -> str:
    """Return the key of what an Alembic configuration says of its version locations."""
    parts = [b"locations", os.fsencode(Path.cwd()), os.fsencode(path)]
    for one in (path, path.parent / "pyproject.toml"):
        try:
            parts.append(one.read_bytes())
        except OSError:
            parts.append(b"")
    return cache.key(*parts)


# Longer specs are refused anyway.
MAX_BYTES = 8_000_000


def key_of(seen: bytes) -> str:
    return cache.key(b"unchanged", seen)


def digest_of(spec: Path, target: Target, locations: Locations | None) -> bytes | None:
    if locations is None:
        return None
    asked = repr((target.config, target.output, sorted(target.options.items())))
    try:
        parts = spec_files(spec)
        # A pipe can be read once, and that is the run's to do.
        if not all(one.is_file() and one.stat().st_size <= MAX_BYTES for one in parts):
            return None
        return cache.digest(
            (
                os.fsencode(Path.cwd()),
                os.fsencode(spec),
                asked.encode(),
                *(
                    part
                    for one in parts
                    for part in (os.fsencode(one), one.read_bytes())
                ),
                *beside.contents(
                    spec, (one.read_text("utf-8", "replace") for one in parts)
                ),
                *contents(locations),
            )
        )
    except (Error, OSError, TypeError, ValueError):  # locations that are none, too
        return None


def contents(locations: Locations) -> Iterator[bytes]:
    """Yield the name and the bytes of each file that may be a revision."""
    for root, deep in locations:
        yield os.fsencode(root)
        for path in sorted(files(root, deep=deep)):
            yield os.fsencode(path)
            yield Path(path).read_bytes()


def files(root: str, *, deep: bool) -> Iterable[str]:
    with os.scandir(root) as entries:
        for entry in entries:
            if entry.name.endswith(".py"):
                yield entry.path
            elif deep and entry.name != "__pycache__" and entry.is_dir():
                yield from files(entry.path, deep=True)
