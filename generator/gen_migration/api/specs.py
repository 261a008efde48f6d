"""Specs: read from files, git and the history, imported, and as models."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from gen_migration.api.places import HISTORY, PLAIN, SCRATCH
from gen_migration.base.data_class import dataclass
from gen_migration.base.errors import Error
from gen_migration.models.styles import STYLES

if TYPE_CHECKING:
    from gen_migration.api.places import History, Scratch
    from gen_migration.base.configuration import Configuration
    from gen_migration.catalog.values import Unheld
    from gen_migration.model.schema import Spec


def load(source: str | Path) -> Spec:
    """Return the spec in a file or a directory, either also at a revision of git.

    Raises Errors with all of its mistakes, each at its line.
    """
    from gen_migration.spec.git import GitPath
    from gen_migration.spec.load import spec_of
    from gen_migration.workflows import sources

    found = source if isinstance(source, Path) else sources.parse(source)
    if not isinstance(found, Path | GitPath):
        raise Error(
            f'"{found}" is no file',
            hint="built() reads the history, import_() a database or models",
        )
    return spec_of(sources.document_at(found))


def built(
    spec: Spec | str | Path,
    *,
    history: History = HISTORY,
    configuration: Configuration = PLAIN,
) -> Spec:
    """Return what the revisions of a spec have built, read from their text.

    Raises Error where one cannot be replayed.
    """
    from gen_migration.workflows.sources import spec_of_history

    named = None if not isinstance(spec, str | Path) else spec
    like = load(spec) if isinstance(spec, str | Path) else spec
    directory = history.target(configuration, named).open()
    found, _ = spec_of_history(directory, like)
    return found


@dataclass(frozen=True, slots=True, kw_only=True)
class Imported:
    """The spec of a database or of models, and what of it no spec can hold.

    `source` is what it was read from, without a password.
    """

    spec: Spec
    source: str
    left_out: tuple[Unheld, ...] = ()

    @property
    def text(self) -> str:
        """The spec as YAML; what is left out stands in comments."""
        from gen_migration.workflows import import_files

        return import_files.text(self.spec, self.left_out)

    @property
    def secrets(self) -> dict[str, str]:
        """What no spec holds since it is secret, by the variables that a revision reads it from."""
        from gen_migration.kinds.secrets import variables

        return dict(variables(self.spec.schema))

    @property
    def is_empty(self) -> bool:
        """Whether nothing was found."""
        from gen_migration.kinds.scope import size

        return not size(self.spec.schema)

    def write(self, output: Path, *, bodies: bool = False) -> tuple[Path, ...]:
        """Write it to a file, or to a directory of files, and return the paths.

        With `bodies`, SQL has files of its own. Raises Error where a file is there already.
        """
        from gen_migration.workflows import import_files, import_spec

        import_spec.check_output(output)
        return tuple(
            import_files.write(self.spec, self.left_out, output, bodies=bodies)
        )


def import_(
    source: str,
    *,
    name: str | None = None,
    schemas: tuple[str, ...] = (),
    tables: tuple[str, ...] = (),
    without: tuple[str, ...] = (),
    versions: bool = False,
    owners: bool = False,
    grants: bool = False,
    output: Path | None = None,
    configuration: Configuration = PLAIN,
    scratch: Scratch = SCRATCH,
) -> Imported:
    """Return the spec of a database, by its URL, or of models (`models:app.db:Base.metadata`).

    A database is only read; models are imported, which runs their modules, and created on a scratch
    database. `schemas` and `tables` are the only ones that count, where some are named, and those
    of `without` do not. `versions`, `owners` and `grants` say what is written down that is left
    open else. `output` is where it is going to be written: what cannot be is said before a database
    is read, and a spec that `init` has begun there keeps its name. Raises Error where the source
    cannot be read.
    """
    from gen_migration.catalog.values import Selection
    from gen_migration.scratch.models_name import Models
    from gen_migration.workflows import import_spec, sources, starter

    selection = Selection(
        schemas=schemas, tables=tables, without=without, only_usable=True
    )
    place = sources.parse(source)
    if output is not None:
        import_spec.check_output(output)
        name = starter.name_in(output) if name is None else name
    if name is not None:
        import_spec.check_name(name)
    dev_url = None
    if isinstance(place, Models):
        dev_url, _ = scratch.configured(configuration)
    found = sources.catalog_of(place, selection, dev_url)
    found = import_spec.said(found, owners=owners, grants=grants, versions=versions)
    named = import_spec.default_name(place) if name is None else name
    spec, left_out = import_spec.spec_of(found, named, selection)
    return Imported(spec=spec, source=str(place), left_out=left_out)


def refresh(
    spec: Path,
    models: str,
    *,
    configuration: Configuration = PLAIN,
    scratch: Scratch = SCRATCH,
) -> dict[Path, str | None]:
    """Write into the files of a spec what models say otherwise; return those that change.

    Each comes with its text, or None where it went. `models` is `models:app.db:Base.metadata`; its
    modules are run. Comments and hints stay. Raises Error where a side cannot be read, or the spec
    could not hold it.
    """
    from gen_migration.scratch.models_name import FORM, Models
    from gen_migration.workflows import sources
    from gen_migration.workflows.refresh import refreshed
    from gen_migration.workflows.refresh_files import write

    place = sources.parse(models)
    if not isinstance(place, Models):
        raise Error(f'"{place}" names no models', hint=f"write {FORM}")
    dev_url, _ = scratch.configured(configuration)
    files = refreshed(spec, place, dev_url)
    write(files, spec)
    return files


def models(
    spec: Spec, *, style: str = "declarative", output: Path | None = None
) -> str:
    """Return the models of a spec as the text of a module, in one of STYLES.

    It is laid out with the settings of ruff that hold for `output`. Raises Error where ruff refuses
    or there is no such style.
    """
    from gen_migration.workflows.models import text_of

    if style not in STYLES:
        raise Error(f'there is no style "{style}"', hint=f"one of {', '.join(STYLES)}")
    return text_of(spec, style, output)


def json_schema(*, stats: bool = False) -> str:
    """Return the JSON Schema of a spec, or of a file of sizes. Pure."""
    from gen_migration.spec.json_schema import text

    if not stats:
        return text()
    from gen_migration.stats.shapes import StatsShape

    return text(StatsShape, "gen-migration stats")


def is_written(output: Path, text: str) -> bool:
    """Tell whether a file has the text of models already. Raises Error for a file of another's."""
    from gen_migration.workflows import models

    return models.is_written(output, text)


def write_models(output: Path, text: str) -> None:
    """Write the text of models into a file, in the place of older ones. Raises Error."""
    from gen_migration.workflows import models

    models.is_written(output, text)
    models.write(output, text)


def unsaid(spec: Spec, *, verbose: bool = False) -> tuple[str, ...]:
    """Return what models do not say of a spec, in words."""
    from gen_migration.workflows import models

    return tuple(models.notes(spec, verbose=verbose))
