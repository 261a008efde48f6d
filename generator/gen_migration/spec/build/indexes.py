"""The indexes of a spec's tables."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from gen_migration.base.errors import nearest, quoted
from gen_migration.model.schema import Index, IndexPart
from gen_migration.spec.build import parts

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gen_migration.model.schema import Element
    from gen_migration.postgres.names import Name
    from gen_migration.spec.build.context import Body, Spot
    from gen_migration.spec.shape_constraints import IndexPartShape, IndexShape


# The built-in access methods that cannot do all that btree does, and what some of them can
# (pg_indexam_has_property and its siblings).
LESSER = frozenset(("hash", "gist", "spgist", "gin", "brin"))
INCLUDING = frozenset(("gist", "spgist"))


def indexes(body: Body) -> dict[str, Index]:
    """Return the indexes of a table by name."""
    found = parts.Parts(body)
    parts.collect(found, {"indexes": index})
    return found.found


def index(body: Body, shape: IndexShape, at: Spot) -> parts.Made:
    """Return an index; None when an element of it is reported."""
    elements, columns = [], []
    place = at / "columns"
    for position, item in enumerate(shape.columns):
        element, used = parts.element_of(body, item, place / position)
        columns += used
        if element is not None:
            elements.append(element)
    index_problems(shape, elements, at)
    if shape.tablespace is not None:
        (at / "tablespace").identifier(shape.tablespace, at_key=False)
    given, parted = shape.storage_parameters, getattr(shape, "only", None)
    made = Index(
        elements=tuple(elements),
        unique=shape.unique,
        nulls_not_distinct=shape.nulls_not_distinct,
        method=shape.method.lower(),
        where=parts.where(body, shape.where, at),
        include=parts.known_columns(body, shape.include, at, "include"),
        storage_parameters=parts.parameters(given, at, "storage_parameters"),
        tablespace=shape.tablespace,
        comment=shape.comment or None,
        only=None if parted is None else only(body, parted, at / "only"),
    )
    if len(elements) != len(shape.columns):
        return None
    read = dict.fromkeys(columns)
    return made, partial(body.naming.index_name, body.name.name, read)


def only(
    body: Body, shapes: Mapping[str, IndexPartShape], at: Spot
) -> dict[Name, IndexPart] | None:
    """Return the partitions that have a part of an index, with their parts."""
    if body.shape.partition_by is None:
        at.wrong_key("only a partitioned table has an index ON ONLY it", "remove it")
        return None
    below = {
        one.name: one for one in body.build.bodies.values() if one.parent == body.name
    }
    found = {}
    for key, shape in shapes.items():
        name = (at / key).name(key)
        if name is None:
            continue
        (at / key / "name").identifier(shape.name, at_key=False)
        if name not in below:
            (at / key).wrong_key(
                f"{quoted(name)} is no partition of this table",
                nearest(str(name), map(str, below)) or "remove it",
            )
            continue
        deeper = None
        if shape.only is not None:
            deeper = only(below[name], shape.only, at / key / "only")
        found[name] = IndexPart(name=shape.name, only=deeper)
    if below and all(
        found.get(name, NONE).only is None and name in found for name in below
    ):
        at.wrong_key("each partition has a part: it is no index ON ONLY", "remove it")
    return found


NONE = IndexPart(name="")


def index_problems(shape: IndexShape, elements: list[Element], at: Spot) -> None:
    """Report what the access method of an index cannot do."""
    method = shape.method.lower()
    if shape.nulls_not_distinct:
        (at / "nulls_not_distinct").need(15, "NULLS NOT DISTINCT")
    if method not in LESSER:
        return  # btree, or of an extension
    has_order = any(one.descending or one.nulls_first for one in elements)
    refusals = (
        ("unique", "is never unique", shape.unique),
        (
            "include",
            "carries no other columns",
            bool(shape.include) and method not in INCLUDING,
        ),
        ("columns", "has no order", has_order),
        ("columns", "has one column", len(shape.columns) > 1 and method == "hash"),
    )
    for key, what, applies in refusals:
        if applies:
            hint = "write method: btree, or leave this out"
            (at / key).wrong_key(f"an index by {method} {what}", hint)
