"""An imported spec as files: one, or one for each table and for each object with a body of SQL."""

from __future__ import annotations

import contextlib
import re
from typing import TYPE_CHECKING, Any

from gen_migration.base.errors import Error, visible
from gen_migration.base.files import YAML, locked, replace_file, write_new
from gen_migration.model.partitions import root
from gen_migration.spec import files as files_of_sql
from gen_migration.spec.write.printer import formatted
from gen_migration.spec.write.spec import document, text_of
from gen_migration.spec.write.writer import Writer
from gen_migration.workflows import starter

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator
    from pathlib import Path

    from gen_migration.catalog.values import Unheld
    from gen_migration.model.schema import Spec
    from gen_migration.postgres.names import Name

REST = "_spec.yaml"  # the file of all that has none of its own
BODIES = "sql"  # the directory of bodies, below that of the spec


def write(
    spec: Spec, unheld: Iterable[Unheld], output: Path, *, bodies: bool
) -> list[Path]:
    """Write a spec to a file, or to a directory that its suffix does not make a YAML file.

    With `bodies`, the SQL of views, functions and the like has files of its own. Return the paths.
    The spec that `init` begins with is written over, and its line for editors kept. Raises Error
    when another file is there already; nothing is written then.
    """
    whole = document(spec)
    found = with_bodies(whole) if bodies else {}
    if output.is_dir() or output.suffix not in YAML:
        directory = output
        found |= split(spec, whole, unheld)
    else:
        directory = output.parent
        found[output.name] = laid_out(unheld, whole)
    with locked(directory.absolute()):
        begun = starter.name_in(output) is not None
        there = [name for name in found if (directory / name).exists()]
        if begun:
            there.remove(output.name)
        if there:
            raise Error(
                "the file exists and is not overwritten",
                where=str(directory / there[0]),
                hint="give --output another name, or remove what is there; into a spec that is"
                " there, --refresh takes what models say otherwise",
            )
        if begun:
            replace_file(output, starter.SCHEMA + found.pop(output.name))
        written: list[Path] = []
        try:
            for name, text in found.items():
                path = directory / name
                path.parent.mkdir(exist_ok=True)
                write_new(path, text)
                written.append(path)
        except BaseException:
            for path in written:
                with contextlib.suppress(OSError):
                    path.unlink()
            raise
    return [output, *written] if begun else written


def text(spec: Spec, unheld: Iterable[Unheld]) -> str:
    """Return a spec as the text of one file."""
    return laid_out(unheld, document(spec))


def split(
    spec: Spec, whole: dict[str, Any], unheld: Iterable[Unheld]
) -> dict[str, str]:
    """Return the texts of a document by the names of their files.

    What could not be held stands in comments, that of a table with the table.
    """
    of_tables: dict[str, list[Unheld]] = {}
    roots = {name: holder(spec, name) for name in spec.schema.tables}
    rest = []
    for one in unheld:
        if one.table in roots:
            of_tables.setdefault(roots[one.table], []).append(one)
        else:
            rest.append(one)
    apart = {key: whole.pop(key, {}) for key in ("tables", *files_of_sql.bodies(whole))}
    result = {REST: laid_out(rest, whole)}
    for key, objects in apart.items():
        for name, value in objects.items():
            left_out = of_tables.get(name, ()) if key == "tables" else ()
            path = file_name(name, ".yaml", result)
            result[path] = laid_out(left_out, {key: {name: value}})
    return result


def with_bodies(whole: dict[str, Any]) -> dict[str, str]:
    """Put files of SQL in the place of bodies in a document; return their texts by their names."""
    result: dict[str, str] = {}
    for key, (short, bodies) in files_of_sql.bodies(whole).items():
        objects = whole.get(key, {})
        for name, value in objects.items():
            found = {short: value} if isinstance(value, str) else dict(value)
            for body in bodies & found.keys():
                path = f"{BODIES}/{file_name(name, '.sql', base_names(result))}"
                result[path] = found[body].rstrip("\n") + "\n"
                found[body] = {files_of_sql.FILE: path}
            objects[name] = found
    return result


def base_names(paths: Iterable[str]) -> Iterator[str]:
    """Yield names of files without their directories."""
    return (one.rpartition("/")[2] for one in paths)


def laid_out(unheld: Iterable[Unheld], document: dict[str, Any]) -> str:
    """Return the text of a document, as `gen-migration format` leaves it."""
    return formatted(comments(unheld) + text_of(document), "the imported spec")


def holder(spec: Spec, name: Name) -> str:
    """Return the key of the table that stands in the spec with its partitions inside of it."""
    return Writer(spec).name(root(spec.schema, name))


def file_name(key: str, suffix: str, taken: Iterable[str]) -> str:
    """Return a file's name for an object that no file has yet, capital letters or not."""
    base = re.sub(r"[^A-Za-z0-9_.-]+", "_", key.rstrip("()")).strip(".") or "table"
    known: Collection[str] = {name.lower() for name in taken}
    name, number = f"{base}{suffix}", 2
    while name.lower() in known:
        name, number = f"{base}_{number}{suffix}", number + 1
    return name


def comments(unheld: Iterable[Unheld]) -> str:
    """Return what a spec cannot hold as comments of YAML."""
    lines = [f"# - {visible(str(one))}".replace("\n", "\\n") for one in unheld]
    if not lines:
        return ""
    return "\n".join(["# Left out, since a spec cannot hold it:", *lines, ""])
