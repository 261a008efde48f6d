"""The objects of a spec that are no tables, as values: what all kinds have in common."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gen_migration import kinds
from gen_migration.base.data_class import replace
from gen_migration.base.errors import quoted
from gen_migration.kinds import BY_WORD, KINDS
from gen_migration.kinds.relations import Known
from gen_migration.kinds.statement_names import created_by
from gen_migration.postgres.names import Name, member
from gen_migration.spec.build import access
from gen_migration.spec.build.context import items

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gen_migration.base.errors import Place
    from gen_migration.kinds.kind import Kind
    from gen_migration.model.schema import Schema
    from gen_migration.spec.build.context import Build
    from gen_migration.spec.build.maker import Maker


def build_objects(build: Build) -> None:
    """Put the objects of all kinds into the build, and before them the names of types."""
    types = {
        (name.schema, name.name, "enum" if kind.word == "enum" else "other")
        for kind in KINDS
        if kind.space == "types"
        for key in build.shapes(kind)
        if (name := build.silent_name(key)) is not None
    }
    types |= {(one.schema, one.name, "other") for one in brought(build)}
    types |= {(one.schema, one.name, "other") for one in of_statements(build)}
    home = build.shape.schema
    types |= {(None, name, word) for schema, name, word in types if schema == home}
    build.type_names = frozenset(types)
    # A table or a view is the type of its rows, which routines take and return.
    rows = {(name.schema, name.name, "other") for name in build.table_names}
    rows |= {
        (name.schema, name.name, "other")
        for kind in KINDS
        if build.shapes(kind) and (kind.has_columns or kind.announces_types)
        for key in build.shapes(kind)
        if (name := build.silent_name(key)) is not None
    }
    rows |= {(None, name, word) for schema, name, word in rows if schema == home}
    build.row_types = build.type_names | rows
    for kind in KINDS:
        if not kind.holders:
            build.objects[kind.word] = of_kind(build, kind)
    for kind in KINDS:
        if build.objects.get(kind.word):
            kind.settle(build.objects)


def build_members(build: Build) -> None:
    """Put what stands on tables into the build, once their columns are there."""
    for kind in KINDS:
        if kind.holders:
            found: dict[Any, Any] = {}
            for holder, key, place, shape in build.members(kind):
                at = maker(build, place)
                name = member(holder, key) if at.identifier(key) else None
                found = with_object(found, kind, name, shape, at)
            build.objects[kind.word] = found


def brought(build: Build) -> Iterator[Name]:
    """Yield the names of the multirange types that range types bring."""
    kind = BY_WORD["range type"]
    for key, shape in build.shapes(kind).items():
        name = build.silent_name(key)
        if name is not None:
            from gen_migration.kinds.range_types import multirange_of

            given = shape.multirange
            yield (given and build.silent_name(given)) or multirange_of(name)


def of_statements(build: Build) -> Iterator[Name]:
    """Yield the names of the types that statements create."""
    for shape in build.shapes(BY_WORD["statement"]).values():
        for space, name in created_by((shape.create,)):
            if space == "types":
                yield name


def maker(build: Build, path: Place) -> Maker:
    """Return the place of an object, with what builds its parts; tables alone need none."""
    from gen_migration.spec.build.maker import Maker

    return Maker(build, path)


def of_kind(build: Build, kind: Kind) -> dict[Any, Any]:
    """Return the objects of a kind by their names."""
    found: dict[Any, Any] = {}
    for key, text, given in items(build.shapes(kind)):
        at = maker(build, (kind.key, key))
        shape: Any = kind.shape()() if given is None else given
        name = kind.name_at(at, text)
        found = with_object(found, kind, name, shape, at)
    return found


def with_object(
    found: dict[Any, Any], kind: Kind, name: Any, shape: Any, at: Maker
) -> dict[Any, Any]:
    """Return objects with one more, unless that is reported."""
    value = kind.build(at, name, shape)
    if name is None or value is None:
        return found
    if name in found:
        at.wrong(f"{kind.word} {quoted(name)} stands twice", "remove one of the two")
    said: dict[str, Any] = {"comment": comment(kind, name, shape)}
    if kind.has_owner:
        said["owner"] = access.owner(at, shape)
    if kind.granting is not None:
        said["grants"] = access.grants(at, kind.word, name, shape, None)
    return kind.put(found, name, replace(value, **said))


def comment(kind: Kind, name: Any, shape: Any) -> str | None:
    """Return the comment of an object; where PostgreSQL gives one, null says that there is none."""
    found = (kind.has_comment and shape.comment) or None
    if name not in kind.texts:
        return found
    return kind.kept_comment(name, found) if "comment" in shape.written else None


def settled(build: Build, schema: Schema) -> Schema:
    """Return a schema whose objects are as PostgreSQL keeps them; report what cannot be."""
    known = Known(schema, build.external)
    for kind in (one for one in kinds.of(schema) if one.has_columns):
        objects = {
            name: kind.settled(value, known)
            for name, value in schema.of(kind.word).items()
        }
        for key, text, shape in items(build.shapes(kind)):
            name = build.silent_name(text)
            if name in objects:
                place = maker(build, (kind.key, key))
                value = kind.completed(place, name, shape, objects[name], known)
                objects[name] = value
            for path, message, hint in (
                kind.unsettled(objects[name], known) if name in objects else ()
            ):
                at = build.at(kind.key, key, *path)
                at.wrong(message, hint, at_key=path[1:] != ())
        schema = schema.with_(kind.word, objects)
    return schema
