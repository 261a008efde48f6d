"""A spec's tables, each after its parents: what children and typed tables come from.

Source: the PostgreSQL manual, CREATE TABLE (INHERITS, OF).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from gen_migration.base.errors import nearest, quoted
from gen_migration.kinds import BY_WORD
from gen_migration.model.given import attributes, both, with_own
from gen_migration.model.schema import Schema
from gen_migration.spec.build import columns as build_columns
from gen_migration.spec.build.context import Body

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gen_migration.postgres.names import Name
    from gen_migration.spec.build.context import Build, Spot
    from gen_migration.spec.table_shapes import TableShape


def in_turn(build: Build) -> Iterator[tuple[Name, str, TableShape]]:
    """Yield the tables of a spec, each after its parents; those of a circle are reported."""
    shapes: dict[Name, tuple[str, TableShape]] = {}
    twice: list[tuple[Name, str, TableShape]] = []
    for key, shape in build.shape.tables.items():
        name = build.at("tables", key).name(key)
        if name is None:
            build_columns.columns(build.at("tables", key), shape, key)
        elif name in shapes:
            twice.append((name, key, shape))
        else:
            shapes[name] = key, shape
    done: dict[Name, None] = {}
    for name in shapes:
        waiting = [name]
        while waiting:
            key, shape = shapes[waiting[-1]]
            above = [
                parent
                for text in shape.inherits
                if (parent := build.silent_name(text)) in shapes and parent not in done
            ]
            if circle := [one for one in above if one in waiting]:
                build.at("tables", key, "inherits").wrong(
                    f"table {quoted(circle[0])} would inherit from itself",
                    "a parent has its columns from none of its children",
                )
                above = []
            if above:
                waiting.append(above[0])
            else:
                done[waiting.pop()] = None
    yield from ((name, *shapes[name]) for name in done)
    yield from twice


def body_of(build: Build, name: Name, key: str, shape: TableShape) -> Body:
    """Return a table with its columns, once its parents are there."""
    at = build.at("tables", key)
    if not shape.inherits and shape.of is None:
        missing(at, shape)
        declared = build_columns.columns(at, shape, name.name)
        return Body(name=name, shape=shape, at=at, columns=declared, declared=declared)
    from gen_migration.spec.build import heir_columns

    if shape.inherits and shape.of is not None:
        (at / "of").wrong_key("a typed table inherits nothing", "remove one of the two")
    inherits = tuple(parents(at, shape, name))
    of_type = type_of(at, shape)
    given = heir_columns.given_columns(build, inherits)
    heir_columns.agreed(at, shape, inherits)
    if of_type is not None:
        given = attributes(Schema(objects=build.objects), of_type)
    is_typed = shape.of is not None
    declared = heir_columns.columns(at, shape, name.name, given, is_typed=is_typed)
    own = heir_columns.own_columns(at, shape, name, given, is_typed=is_typed)
    whole = {
        k: both(declared[k], one) if k in declared else with_own(one, own.get(k))
        for k, one in given.items()
    }
    return Body(
        name=name,
        shape=shape,
        at=at,
        columns={**whole, **{k: v for k, v in declared.items() if k not in whole}},
        declared=declared,
        own=own,
        inherits=inherits,
        of_type=of_type,
    )


def missing(at: Spot, shape: TableShape) -> None:
    """Report what a table of its own lacks."""
    if "columns" not in shape.written and not at.build.is_broken(at.path):
        at.wrong('missing key "columns"', "add columns")


def parents(at: Spot, shape: TableShape, name: Name) -> Iterator[Name]:
    """Yield the parents of a table that are there and may be some."""
    build, seen = at.build, set()
    for number, text in enumerate(shape.inherits):
        place = at / "inherits" / number
        parent = place.name(text, at_key=False)
        if parent is None:
            continue
        body = build.bodies.get(parent)
        if parent in seen or parent == name:
            place.wrong(
                f"the parent {quoted(parent)} stands twice, or is itself", "remove it"
            )
        elif body is None:
            if not is_in(build, parent):
                known = [str(one) for one in build.bodies if one != name]
                place.wrong(
                    f"unknown table {quoted(parent)}",
                    nearest(str(parent), known) or "write a table of this spec",
                )
        elif body.parent is not None or body.shape.partition_by is not None:
            place.wrong(
                f"{quoted(parent)} is a partition, or has some, and cannot have children",
                "write a table of its own",
            )
        else:
            seen.add(parent)
            yield parent
    if shape.inherits and shape.partition_by is not None:
        (at / "partition_by").wrong_key(
            "a partitioned table inherits nothing",
            'remove "partition_by" or "inherits"',
        )


def is_in(build: Build, name: Name) -> bool:
    """Tell whether a table is in a spec, though it could not be read."""
    return any(build.silent_name(text) == name for text in build.shape.tables) or (
        build.is_broken(("tables", str(name)))
    )


def type_of(at: Spot, shape: TableShape) -> Name | None:
    """Return the composite type of a typed table."""
    if shape.of is None:
        return None
    kind = BY_WORD["composite type"]
    name = (at / "of").name(shape.of, at_key=False)
    known = at.build.objects.get(kind.word, {})
    if name is None or name in known:
        return name
    if not at.build.is_broken((kind.key, shape.of)):
        (at / "of").wrong(
            f"unknown composite type {quoted(shape.of)}",
            nearest(shape.of, map(str, known)) or "write one of composite_types",
        )
    return None
