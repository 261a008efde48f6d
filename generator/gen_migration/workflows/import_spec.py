"""A catalog as the text of a spec: one file, or one for each table."""

from __future__ import annotations

import contextlib
import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from gen_migration.base.errors import Error, Errors, visible
from gen_migration.base.files import YAML, locked, write_new
from gen_migration.model.partitions import root
from gen_migration.model.schema import Spec
from gen_migration.scratch.models_name import Models
from gen_migration.spec.load import load
from gen_migration.spec.write.printer import formatted
from gen_migration.spec.write.spec import document, text_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from gen_migration.catalog.values import Catalog, Selection, Unheld
    from gen_migration.model.schema import Schema
    from gen_migration.postgres.names import Name
    from gen_migration.workflows.sources import Source

REST = "_spec.yaml"  # the file of all that is no table
# The versions that brought something a spec can say; the oldest that is enough is written down.
VERSIONS = (14, 15, 17, 18)


def default_name(source: Source) -> str:
    """Return the name of a spec after its database, or after the module of its models."""
    if isinstance(source, Models):
        text = source.module.rpartition(".")[2]
    else:
        text = str(source).partition("?")[0].rpartition("/")[2]
    return re.sub(r"[^A-Za-z0-9_-]+", "_", text).strip("_-") or "schema"


def check_name(name: str) -> None:
    """See that a spec can be called so. Raises Error."""
    try:
        load(text_of({"name": name}), "the name")
    except Errors:
        raise Error(
            f'a spec cannot be called "{name}"',
            hint="give --name as letters without accents, digits, _ and -, at most 80 of"
            " them, and no - at the beginning",
        ) from None


def check_output(output: Path) -> None:
    """See that a path is one of a YAML file, or of a directory. Raises Error."""
    if output.suffix and output.suffix not in YAML and not output.is_dir():
        raise Error(
            f'a spec is no "{output.suffix}" file',
            where=str(output),
            hint=f"give {output.with_suffix('.yaml')}, or a directory that is there already",
        )


def spec_of(
    found: Catalog, name: str, selection: Selection
) -> tuple[Spec, tuple[Unheld, ...]]:
    """Return the spec of a catalog, and all that it does not hold of it.

    Of a single schema that was asked for, or to which the search path leads, names stand alone.
    Raises Error where the spec is
    refused as a whole, since it is too long.
    """
    home = default_schema(found, selection)
    for version in VERSIONS:
        if version > max(found.version, VERSIONS[0]):
            break
        spec = Spec(
            name=name,
            schema=found.schema,
            external=found.external,
            default_schema=home,
            postgresql=version,
        )
        try:
            load(text_of(document(spec)), SPEC)
        except Errors as refused:
            if not any(" needs PostgreSQL " in one.message for one in refused.errors):
                break
        except Error as error:
            raise too_long(error) from None
        else:
            return spec, found.unheld
    from gen_migration.spec.write.writer import Writer
    from gen_migration.workflows.import_refusals import held

    keys = {Writer(spec).name(table): table for table in spec.schema.tables}
    values, left_out = held(document(spec), keys)
    try:
        return load(text_of(values), SPEC), (*found.unheld, *left_out)
    except Errors as refused:
        raise too_long(refused.errors[0]) from None


SPEC = "the spec of the database"


def too_long(error: Error) -> Error:
    return Error(
        f"the database is no spec: {error.message}",
        hint="leave a part of it out: --schema, --table and --exclude-table",
    )


def without_versions(schema: Schema) -> Schema:
    """Return a schema whose extensions have whatever version a server installs."""
    extensions = {
        name: replace(one, version=None) for name, one in schema.of("extension").items()
    }
    return schema.with_("extension", extensions)


def default_schema(found: Catalog, selection: Selection) -> str | None:
    """Return the schema whose names stand alone, and that the spec names.

    It is the one that was asked for, or else that of the database's search path. None where names
    of `public` stand alone.
    """
    asked = selection.schemas or (found.search,)
    if len(asked) != 1 or asked[0] == found.home:
        return None
    schema = found.schema
    names = (*schema.names, *found.external)
    if any(name.schema is None for name in names):
        return None
    # A search path may lead to where nothing is.
    is_used = selection.schemas or any(name.schema == asked[0] for name in names)
    return asked[0] if is_used else None


def files(spec: Spec, unheld: Iterable[Unheld], *, split: bool) -> dict[str, str]:
    """Return the texts of a spec by the names of their files; one alone is `_spec.yaml`.

    What could not be held stands in comments, that of a table with the table.
    """
    whole = document(spec)
    left_out = list(unheld)
    if not split:
        return {REST: laid_out(left_out, whole)}
    tables: dict[str, Any] = whole.pop("tables", {})
    of_tables: dict[str, list[Unheld]] = {}
    roots = {name: holder(spec, name) for name in spec.schema.tables}
    rest = []
    for one in left_out:
        if one.table in roots:
            of_tables.setdefault(roots[one.table], []).append(one)
        else:
            rest.append(one)
    result = {REST: laid_out(rest, whole)}
    for name, table in tables.items():
        text = laid_out(of_tables.get(name, ()), {"tables": {name: table}})
        result[file_name(name, result)] = text
    return result


def laid_out(unheld: Iterable[Unheld], document: dict[str, Any]) -> str:
    """Return the text of a document, as `gen-migration format` leaves it."""
    return formatted(comments(unheld) + text_of(document), "the imported spec")


def holder(spec: Spec, name: Name) -> str:
    """Return the key of the table that stands in the spec with its partitions inside of it."""
    from gen_migration.spec.write.writer import Writer

    return Writer(spec).name(root(spec.schema, name))


def file_name(table: str, taken: Mapping[str, str]) -> str:
    """Return a file's name for a table that no file has yet, capital letters or not."""
    base = re.sub(r"[^A-Za-z0-9_.-]+", "_", table).strip(".") or "table"
    known = {name.lower() for name in taken}
    name, number = f"{base}.yaml", 2
    while name.lower() in known:
        name, number = f"{base}_{number}.yaml", number + 1
    return name


def comments(unheld: Iterable[Unheld]) -> str:
    """Return what a spec cannot hold as comments of YAML."""
    lines = [f"# - {visible(str(one))}".replace("\n", "\\n") for one in unheld]
    if not lines:
        return ""
    return "\n".join(["# Left out, since a spec cannot hold it:", *lines, ""])


def write(spec: Spec, unheld: Iterable[Unheld], output: Path) -> list[Path]:
    """Write a spec to a file, or to a directory that its suffix does not make a YAML file.

    Return the paths. Raises Error when a file is there already; nothing is written then.
    """
    split = output.is_dir() or output.suffix not in YAML
    texts = files(spec, unheld, split=split)
    if not split:
        with locked(output.absolute().parent):
            write_new(output, texts[REST])
        return [output]
    with locked(output):
        there = [name for name in texts if (output / name).exists()]
        if there:
            raise Error(
                "the file exists and is not overwritten",
                where=str(output / there[0]),
                hint="give another directory, or remove its files",
            )
        written: list[Path] = []
        try:
            for name, text in texts.items():
                write_new(output / name, text)
                written.append(output / name)
        except BaseException:
            for path in written:
                with contextlib.suppress(OSError):
                    path.unlink()
            raise
    return written
