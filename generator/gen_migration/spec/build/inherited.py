"""What a partition of a spec has otherwise of indexes and constraints of the tables above it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from gen_migration.base.errors import nearest
from gen_migration.model.partitions import inherited_names, least, origin_of, origins
from gen_migration.model.schema import Check, ForeignKey, Index, Inherited, Schema
from gen_migration.spec.build.parts import parameters

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gen_migration.base.errors import Place
    from gen_migration.model.schema import Constraint, Table
    from gen_migration.postgres.names import Name
    from gen_migration.spec.build.context import Body, Build
    from gen_migration.spec.shapes import InheritedShape


def with_inherited(state: Build, tables: Mapping[Name, Table]) -> dict[Name, Table]:
    """Return tables, of which partitions have what their entries say of what is above them."""
    result = dict(tables)
    for name, body in state.bodies.items():
        shapes = getattr(body.shape, "inherited", {})
        if shapes and result[name].partition_of is not None:
            schema = Schema(tables=result)
            found = entries(state, schema, body, shapes)
            table = replace(result[name], inherited=found)
            result[name] = replace(table, inherited=least(schema, name, table))
    return result


def entries(
    state: Build, schema: Schema, body: Body, shapes: Mapping[str, InheritedShape]
) -> dict[str, Inherited]:
    found: dict[str, Inherited] = {}
    table = schema.tables[body.name]
    place = table.partition_of
    assert place is not None  # noqa: S101 - it is a partition
    known = origins(schema, place.parent)
    for key, shape in shapes.items():
        path = (*body.path, "inherited", key)
        origin = origin_of(schema, body.name, key)
        if origin is not None:
            one = entry(state, table, origin[1], shape, path)
            if one != Inherited():
                found[key] = one
        elif not is_broken_above(state, body):
            state.problem(
                f'no table above has an index or a constraint "{key}"',
                *path,
                hint=nearest(key, known.values())
                or "what a partition has alone stands in indexes and its siblings",
                at_key=True,
            )
    named = replace(table, inherited={k: one for k, one in found.items() if one.name})
    names = inherited_names(schema, body.name, named)
    automatic = {origin: names[key] for key, origin in known.items() if key in names}
    return {
        key: replace(one, name=one.name or automatic.get(key))
        for key, one in found.items()
    }


def is_broken_above(state: Build, body: Body) -> bool:
    """Tell whether a table above has an index or a constraint that is reported and left out."""
    while body.parent is not None:
        body = state.bodies[body.parent]
        if any(state.is_broken((*body.path, kind)) for kind in KINDS):
            return True
    return False


KINDS = ("primary_key", "uniques", "foreign_keys", "checks", "excludes", "indexes")


def entry(
    state: Build,
    table: Table,
    above: Constraint | Index,
    shape: InheritedShape,
    path: Place,
) -> Inherited:
    """Return an entry, without the name that PostgreSQL would choose."""
    if shape.name is not None:
        state.identifier(shape.name, *path, "name", at_key=False)
        if isinstance(above, Check | ForeignKey):
            state.problem(
                "a check or a foreign key is called as in the table above",
                *path,
                "name",
                hint="remove it",
                at_key=True,
            )
    for key in ("storage_parameters", "tablespace"):
        if getattr(shape, key) is None:
            continue
        if not isinstance(above, Index):
            state.problem(
                "only an index has this of its own",
                *path,
                key,
                hint="remove it",
                at_key=True,
            )
        elif table.partition_by is not None and key == "storage_parameters":
            state.problem(
                "an index of a partitioned table holds no rows",
                *path,
                key,
                hint="write them at its partitions",
                at_key=True,
            )
    if shape.tablespace is not None:
        state.identifier(shape.tablespace, *path, "tablespace", at_key=False)
    own = None
    if shape.storage_parameters is not None:
        where = (*path, "storage_parameters")
        own = parameters(state, shape.storage_parameters, where)
        own = None if own == getattr(above, "storage_parameters", None) else own
    return Inherited(
        name=shape.name,
        storage_parameters=own,
        tablespace=shape.tablespace,
        comment=shape.comment or None,
    )
