"""What a partition of a spec has otherwise of indexes and constraints of the tables above it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gen_migration.base.data_class import replace
from gen_migration.base.errors import nearest, quoted
from gen_migration.model import partitions
from gen_migration.model.schema import Check, ForeignKey, Index, Inherited, Schema
from gen_migration.spec.build.parts import parameters

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gen_migration.model.schema import Constraint, Table
    from gen_migration.postgres.names import Name
    from gen_migration.spec.build.context import Body, Build, Spot
    from gen_migration.spec.table_shapes import InheritedShape

# What holds the constraints and the indexes of a table.
PARTS = ("primary_key", "uniques", "foreign_keys", "checks", "excludes", "indexes")


def with_inherited(build: Build, tables: Mapping[Name, Table]) -> dict[Name, Table]:
    """Return tables, of which partitions have what their entries say of what is above them."""
    result = dict(tables)
    for name, body in build.bodies.items():
        shapes = getattr(body.shape, "inherited", {})
        if shapes and result[name].partition_of is not None:
            schema = Schema(tables=result)
            table = replace(result[name], inherited=entries(body, schema, shapes))
            result[name] = replace(
                table, inherited=partitions.least(schema, name, table)
            )
    return result


def entries(
    body: Body, schema: Schema, shapes: Mapping[str, InheritedShape]
) -> dict[str, Inherited]:
    """Return the entries of a partition, with the names that they give to others."""
    found: dict[str, Inherited] = {}
    table = schema.tables[body.name]
    place = table.partition_of
    assert place is not None  # noqa: S101 - it is a partition
    known = partitions.origins(schema, place.parent)
    for key, shape in shapes.items():
        at = body.at / "inherited" / key
        origin = partitions.origin_of(schema, body.name, key)
        if origin is not None:
            one = entry(at, table, origin[1], shape)
            if one != Inherited():
                found[key] = one
        elif not is_broken_above(body):
            at.wrong_key(
                f"no table above has an index or a constraint {quoted(key)}",
                nearest(key, known.values())
                or "what a partition has alone stands in indexes and its siblings",
            )
    named = replace(table, inherited={k: one for k, one in found.items() if one.name})
    names = partitions.inherited_names(schema, body.name, named)
    automatic = {origin: names[key] for key, origin in known.items() if key in names}
    return {
        key: replace(one, name=one.name or automatic.get(key))
        for key, one in found.items()
    }


def is_broken_above(body: Body) -> bool:
    """Tell whether a table above has an index or a constraint that is reported and left out."""
    while body.parent is not None:
        body = body.build.bodies[body.parent]
        if any(body.build.is_broken((*body.at.path, part)) for part in PARTS):
            return True
    return False


def entry(
    at: Spot, table: Table, above: Constraint | Index, shape: InheritedShape
) -> Inherited:
    """Return an entry, without the name that PostgreSQL would choose."""
    if shape.name is not None:
        (at / "name").identifier(shape.name, at_key=False)
        if isinstance(above, Check | ForeignKey):
            (at / "name").wrong_key(
                "a check or a foreign key is called as in the table above", "remove it"
            )
    for key in ("storage_parameters", "tablespace"):
        if getattr(shape, key) is None:
            continue
        if not isinstance(above, Index):
            (at / key).wrong_key("only an index has this of its own", "remove it")
        elif table.partition_by is not None and key == "storage_parameters":
            (at / key).wrong_key(
                "an index of a partitioned table holds no rows",
                "write them at its partitions",
            )
    if shape.tablespace is not None:
        (at / "tablespace").identifier(shape.tablespace, at_key=False)
    own = None
    if shape.storage_parameters is not None:
        own = parameters(shape.storage_parameters, at, "storage_parameters")
        own = None if own == getattr(above, "storage_parameters", None) else own
    return Inherited(
        name=shape.name,
        storage_parameters=own,
        tablespace=shape.tablespace,
        comment=shape.comment or None,
    )
