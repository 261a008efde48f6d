"""Sources of schemas: a file, a revision of git, the history, a database, or models."""

from __future__ import annotations

import os
import re
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from gen_migration.base.data_class import dataclass
from gen_migration.base.errors import Error
from gen_migration.base.files import from_here
from gen_migration.base.yaml_scalars import in_yaml
from gen_migration.postgres import urls
from gen_migration.postgres.names import PUBLIC
from gen_migration.scratch.models_name import FORM, MODELS, Models
from gen_migration.spec.git import GitPath

if TYPE_CHECKING:
    from collections.abc import Iterable

    from gen_migration.catalog.values import Catalog, Selection
    from gen_migration.history.revision import Directory
    from gen_migration.history.target import Target
    from gen_migration.model.schema import Spec
    from gen_migration.operations.origins import Origins
    from gen_migration.spec.documents import Document


@dataclass(frozen=True, slots=True)
class History:
    """What the revisions of a spec have built; `place` is where they are, once that is known."""

    place: str = ""

    def __str__(self) -> str:
        return f"history ({self.place})" if self.place else "history"


@dataclass(frozen=True, slots=True)
class Url:
    """A database."""

    url: str

    def __str__(self) -> str:
        return urls.masked(self.url)


Source = Path | GitPath | History | Url | Models
# A drive's letter is no revision.
AT_REVISION = re.compile(r"(?P<revision>[^:]{2,}|[^:A-Za-z]):(?P<path>.*)", re.DOTALL)


def parse(text: str) -> Source:
    """Return the source that an argument names. A file that is there goes before git.

    Raises Error for what names none: nothing that may hold a password becomes a path.
    """
    if text == "history":
        return History()
    if urls.is_url(text):
        urls.for_libpq(text)  # raises Error for one that is malformed
        return Url(text)
    if text.startswith(MODELS):
        return Models.parse(text.removeprefix(MODELS))
    if os.path.lexists(text):
        return Path(text)
    urls.check(text)
    found = AT_REVISION.fullmatch(text)
    if found is None:
        return Path(text)
    return GitPath(revision=found["revision"], path=found["path"])


def label(source: Source) -> str:
    """Return what a reader is told of a source: no password, no id of 40 digits."""
    return source.label if isinstance(source, GitPath) else str(source)


def is_from_here(source: Source) -> bool:
    """Tell whether the places in a source count from the current directory."""
    if isinstance(source, GitPath):
        return source.path.startswith(("./", "../"))
    return isinstance(source, Path)


def document_at(source: Path | GitPath) -> Document:
    """Return the document of a file, a directory, or either at a revision. Raises Error."""
    from gen_migration.spec.documents import document, read_document

    if isinstance(source, Path):
        return read_document(source)
    from gen_migration.spec import git

    return document(git.parts(source), partial(git.beside, source))


def spec_of_history(directory: Directory, like: Spec | None) -> tuple[Spec, Origins]:
    """Return what the history has built for the spec `like`, or for the only spec that it has.

    Beside it, what the history has renamed.

    Raises Error where that is not clear, or a revision cannot be replayed.
    """
    from gen_migration.base.data_class import replace
    from gen_migration.history.edit_parts import check, revisions_of
    from gen_migration.history.state import state_of
    from gen_migration.model.hints import Hints
    from gen_migration.model.schema import Schema, Spec

    name = None if like is None else like.name
    revisions = revisions_of(directory, name)
    check(revisions, name)
    names = {one.spec for one in revisions if one.spec is not None}
    if like is None:
        if len(names) != 1:
            listed = ", ".join(sorted(names))
            raise Error(
                f"the history is of several specs: {listed}"
                if names
                else "no revision in the history was written by gen-migration",
                where=str(from_here(directory.root)),
                hint="compare with a spec: gen-migration diff history SPEC",
            )
        like = Spec(name=names.pop(), schema=Schema())
    written = [one for one in revisions if one.spec == like.name]
    state = state_of(written, revisions)
    return replace(like, schema=state.schema, hints=Hints()), state.origins


def place_of(directory: Directory) -> str:
    """Return where a history is, as short as it can be written in the working directory."""
    root, here = directory.root.absolute(), Path.cwd()
    return str(root.relative_to(here) if root.is_relative_to(here) else root)


def opened(
    found: Iterable[Source], target: Target
) -> tuple[list[Source], Directory | None]:
    """Return sources, a history with its place, and the directory that it is read from."""
    listed, directory = [*found], None
    if any(isinstance(each, History) for each in listed):
        directory = target.open()
        place = History(place_of(directory))
        listed = [place if isinstance(each, History) else each for each in listed]
    return listed, directory


def without_revision(directory: Directory, spec: Spec) -> str:
    """Return what to say of a history that has no revision of a spec; nothing where it has."""
    from gen_migration.history.edit_parts import revisions_of

    revisions = revisions_of(directory, spec.name)
    if any(one.spec == spec.name for one in revisions):
        return ""
    of_spec = f" of {spec.name}" if revisions else ""
    return f"no revision{of_spec} in {place_of(directory)} yet"


def catalog_of(
    source: Source, selection: Selection | None = None, dev_url: str | None = None
) -> Catalog:
    """Return what a database or models hold. Raises Error for any other source.

    All names are what they are on any other server, whatever a search path says.
    """
    from gen_migration.catalog.reader import read_url
    from gen_migration.scratch import models

    if isinstance(source, Url):
        return read_url(source.url, selection, PUBLIC)
    if isinstance(source, Models):
        return models.read(source, selection=selection, dev_url=dev_url)
    raise Error(
        f'"{source}" is neither a database nor models',
        hint=f"give {urls.EXAMPLE} or {FORM}",
    )


def sql_of(path: Path | None) -> str:
    """Return the SQL in a file; none without a file. Raises Error where it cannot be read."""
    from gen_migration.spec.texts import read_text

    return "" if path is None else read_text(path, str(path))


def is_searched(source: Source, spec: Spec | None) -> bool:
    """Tell whether the search path decides in which schema an object of a source is."""
    if isinstance(source, Models):
        from gen_migration.scratch import models

        return models.is_searched(source)
    return spec is not None and has_plain_names(spec)


def has_plain_names(spec: Spec) -> bool:
    """Tell whether an object of a spec is called without its schema."""
    schema = spec.schema
    names = (*schema.names, *spec.external)
    return any(name.schema is None for name in names)


def searched_note(
    read: list[Catalog], found: list[Spec | None], names: tuple[str, str]
) -> str:
    """Return what to say where the search path of a database decides what a spec means."""
    for side, spec in enumerate(found):
        home = read[1 - side].home
        if spec is not None and home != PUBLIC and has_plain_names(spec):
            return (
                f'names without a schema are those of "{home}", to which the search path of'
                f" {names[1 - side]} leads\n  hint: schema: {in_yaml(home)} in the spec makes"
                " them so on every server"
            )
    return ""
