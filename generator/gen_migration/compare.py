"""Two sources of schemas side by side: what `diff` reads, and what of it counts."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from gen_migration import sources
from gen_migration.built import built
from gen_migration.catalog import read_url
from gen_migration.difference_text import difference_text
from gen_migration.errors import Error
from gen_migration.git import GitPath, in_working_tree
from gen_migration.left_open import without_left_open
from gen_migration.scope import owned, size
from gen_migration.sources import History, Models, Url

if TYPE_CHECKING:
    from gen_migration.catalog import Catalog
    from gen_migration.schema import Schema, Spec
    from gen_migration.sources import Source
    from gen_migration.target import Target

SHOWN = 5  # objects that a note names


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """What differs between `old` and `new`, empty where nothing does, and what to say of it."""

    old: str
    new: str
    text: str
    notes: tuple[str, ...] = ()


def compare(
    old: str,
    new: str | None,
    target: Target,
    *,
    everything: bool = False,
    dev_url: str | None = None,
    before: str = "",
) -> Comparison:
    """Return what differs between two sources, as their arguments name them.

    Specs and the history are compared as they stand. With a database or models, both sides are
    read from a catalog; what the spec does not describe counts only with `everything`. `before` is
    SQL that is run on scratch databases first. Raises Error where a source cannot be read.
    """
    one, other = both(old, new)
    found = specs(one, other, target)
    names = (str(one), str(other))
    notes: tuple[str, ...] = ()
    if found[0] is not None and found[1] is not None:
        schemas, home = (found[0].schema, found[1].schema), found[1].default_schema
    else:
        read = catalogs((one, other), found, dev_url, before)
        schemas, home = (read[0].schema, read[1].schema), None
        for side, spec in enumerate(found):
            if spec is not None:
                schemas = tuple(without_left_open(each, spec) for each in read)  # type: ignore[assignment]
                if not everything:
                    schemas, notes = of_spec(schemas, read, side, names[1 - side])
    text = difference_text(*schemas, names=names, home=home)
    return Comparison(old=names[0], new=names[1], text=text, notes=notes)


def both(old: str, new: str | None) -> tuple[Source, Source]:
    """Return two sources; what OLD alone is compared with depends on what it is."""
    one = sources.parse(old)
    if new is not None:
        return one, sources.parse(new)
    if isinstance(one, Path):
        return History(), one
    if isinstance(one, GitPath):
        return one, in_working_tree(one)
    raise Error(
        f"what is {one} to be compared with?",
        hint=f"gen-migration diff SPEC {one}",
    )


def specs(one: Source, other: Source, target: Target) -> list[Spec | None]:
    """Return the specs of two sources; None where one is a database or models."""
    found: list[Spec | None] = [
        sources.spec_at(each) if isinstance(each, Path | GitPath) else None
        for each in (one, other)
    ]
    known = found[0] or found[1]
    for side, each in enumerate((one, other)):
        if isinstance(each, History):
            found[side] = sources.spec_of_history(target.open(), known)
    return found


def catalogs(
    of: tuple[Source, Source],
    found: list[Spec | None],
    dev_url: str | None,
    before: str,
) -> list[Catalog]:
    """Return the catalogs of two sources; what is built is built like what is read."""
    # They bring Alembic with them, which specs alone do not need.
    from gen_migration import models

    read: list[Catalog | None] = [None, None]
    for side, source in enumerate(of):
        if isinstance(source, Url):
            read[side] = read_url(source.url)
    for side, source in enumerate(of):
        if isinstance(source, Models):
            from gen_migration import models

            read[side] = models.read(
                source, like=read[0] or read[1], dev_url=dev_url, before=before
            )
    for side, spec in enumerate(found):
        if spec is not None:
            read[side] = built(
                spec, like=read[0] or read[1], dev_url=dev_url, before=before
            )
    return [each for each in read if each is not None]


def of_spec(
    schemas: tuple[Schema, Schema], read: list[Catalog], side: int, name: str
) -> tuple[tuple[Schema, Schema], tuple[str, ...]]:
    """Return two schemas without what the spec, which is on one side, does not describe.

    Beside them, what to say of what is left out.
    """
    spec, found = schemas[side], schemas[1 - side]
    part = owned(found, spec)
    notes = []
    if more := size(found) - size(part):
        notes.append(
            f"{name} has {more} more object{'s' if more > 1 else ''}, which the spec does not"
            " describe\n  hint: --all shows them"
        )
    unheld = [str(one) for one in read[1 - side].unheld if one.table in part.tables]
    if unheld:
        listed = ", ".join(unheld[:SHOWN])
        rest = f" and {len(unheld) - SHOWN} more" if unheld[SHOWN:] else ""
        notes.append(f"not compared, since a spec cannot hold it: {listed}{rest}")
    pair = (spec, part) if side == 0 else (part, spec)
    return pair, tuple(notes)
