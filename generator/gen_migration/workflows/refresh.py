"""A spec that follows its models: what they say otherwise is written into its text, in place."""

from __future__ import annotations

from dataclasses import fields
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gen_migration.base.data_class import replace
from gen_migration.base.errors import Error, Errors
from gen_migration.spec.documents import SpecFile, below, document, read_document
from gen_migration.spec.load import spec_of
from gen_migration.spec.write.editing import GONE
from gen_migration.spec.write.spec import document as document_of
from gen_migration.spec.write.writer import Writer
from gen_migration.workflows import compared_catalogs, import_spec
from gen_migration.workflows.refresh_files import edited_files

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from gen_migration.base.errors import Place
    from gen_migration.model.schema import Schema, Spec, Table
    from gen_migration.scratch.models_name import Models

# What has entries by name in a table; all else of it is one value.
NAMED = frozenset(
    ("columns", "uniques", "foreign_keys", "checks", "excludes", "indexes")
)
# What models bring along beside tables.
SAID = ("enum", "sequence", "extension")
MAPPED = frozenset(("columns", "constraints", "indexes"))


def refreshed(
    path: Path, models: Models, dev_url: str | None
) -> dict[Path, str | None]:
    """Return the files of a spec as models have it, of those that change; None for one that goes.

    What models do not say stays, and so do comments, hints and the words in which the spec says
    what has not changed. Raises Error where a side cannot be read, or the spec would not hold
    what the models have.
    """
    found = read_document(path)
    old = spec_of(found)
    read = compared_catalogs.catalogs((path, models), [old, None], dev_url, "")
    names = (str(path), str(models))
    pair, _ = compared_catalogs.counted(read, [old, None], names, everything=True)
    new = replace(old, schema=merged(old, *pair))
    if new.schema == old.schema:
        return {}
    why = "a part of it cannot be told apart in the text"
    for by_table in (False, True):
        files = edited_files(found, path, edits(old, new, by_table=by_table))
        parts = [
            *(one for one in found.parts if Path(one.source) not in files),
            *(SpecFile(str(name), text) for name, text in files.items() if text),
        ]
        try:
            if says(load(parts, path), new):
                return files
        except Errors as refused:
            why = refused.errors[0].message
    raise Error(
        f"the spec cannot be written as the models are: {why}",
        where=str(path),
        hint=f"gen-migration diff {path} {models} says what to write",
    )


def load(parts: Iterable[SpecFile], path: Path) -> Spec:
    """Return the spec of the texts that stand in its files. Raises Errors."""
    in_order = sorted(parts, key=lambda one: Path(one.source))
    return spec_of(document(in_order, partial(below, path)))


def says(found: Spec, wanted: Spec) -> bool:
    """Tell whether a spec says what models do as another one does."""
    return all(
        found.schema.of(word) == wanted.schema.of(word) for word in ("table", *SAID)
    )


def merged(spec: Spec, before: Schema, after: Schema) -> Schema:
    """Return the schema of a spec with what is otherwise in the models, as PostgreSQL spells it.

    `before` is the spec's as PostgreSQL spells it, `after` that of the models.
    """
    schema = spec.schema
    after = import_spec.without_versions(after)
    before = import_spec.without_versions(before)
    for word in SAID:
        schema = schema.with_(
            word, chosen(schema.of(word), before.of(word), after.of(word))
        )
    tables: dict[Any, Table] = {}
    for name, one in after.tables.items():
        if name in spec.external:
            continue
        if name in schema.tables and name in before.tables:
            tables[name] = table(schema.tables[name], before.tables[name], one)
        else:
            tables[name] = one
    order = [name for name in schema.tables if name in tables]
    return schema.with_(
        "table", {name: tables[name] for name in dict.fromkeys((*order, *tables))}
    )


def chosen(
    spec: Mapping[Any, Any], before: Mapping[Any, Any], after: Mapping[Any, Any]
) -> dict[Any, Any]:
    """Return what is after, in the spec's words where nothing has changed; in its order."""
    found = {
        key: spec[key] if key in spec and before.get(key) == one else one
        for key, one in after.items()
    }
    return {key: found[key] for key in dict.fromkeys((*spec, *found)) if key in found}


def table(spec: Table, before: Table, after: Table) -> Table:
    """Return a table of a spec with what is otherwise after."""
    changed: dict[str, Any] = {}
    for one in fields(spec):
        key = one.name
        mine, was, now = (getattr(each, key) for each in (spec, before, after))
        if was != now:
            changed[key] = chosen(mine, was, now) if key in MAPPED else now
    return replace(spec, **changed)


def edits(old: Spec, new: Spec, *, by_table: bool) -> Iterator[tuple[Place, Any]]:
    """Yield the places of a spec's text that change, with what stands there then.

    `by_table` has each table that changes written as a whole.
    """
    was, now = document_of(old), document_of(new)
    writer = Writer(old)
    written = {
        writer.name(name): old.places["table", name][-1]
        for name in old.schema.tables
        if ("table", name) in old.places
    }
    for section in dict.fromkeys((*was, *now)):
        one, other = was.get(section), now.get(section)
        if one == other:
            continue
        if not (isinstance(one, dict) and isinstance(other, dict)):
            yield (section,), GONE if other is None else other
            continue
        for key, value in differing(one, other):
            place = (section, written.get(key, key) if section == "tables" else key)
            if section != "tables" or by_table or key not in one or value is GONE:
                yield place, value
            else:
                yield from of_table(place, one[key], other[key])


def of_table(
    place: Place, old: dict[str, Any], new: dict[str, Any]
) -> Iterator[tuple[Place, Any]]:
    """Yield the places of a table that change."""
    for key, value in differing(old, new):
        was = old.get(key)
        if key in NAMED and isinstance(was, dict) and isinstance(value, dict):
            for name, one in differing(was, value):
                yield (*place, key, name), one
        else:
            yield (*place, key), value


def differing(old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[Any]:
    """Yield the keys whose values differ, with the new value."""
    for key in dict.fromkeys((*old, *new)):
        if old.get(key) != new.get(key):
            yield key, new.get(key, GONE)
