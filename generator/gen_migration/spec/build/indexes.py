"""The indexes of a spec's tables."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gen_migration.model import naming
from gen_migration.model.schema import Index
from gen_migration.spec.build.parts import (
    Parts,
    element_of,
    known_columns,
    named,
    parameters,
    where,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from gen_migration.base.errors import Place
    from gen_migration.model.schema import Element
    from gen_migration.spec.build.context import Body, Build
    from gen_migration.spec.shape_constraints import IndexShape


# What each built-in access method can do (pg_indexam_has_property and its siblings).
ORDERED = frozenset(("btree",))
INCLUDING = frozenset(("btree", "gist", "spgist"))
KNOWN_METHODS = frozenset(("btree", "hash", "gist", "spgist", "gin", "brin"))


def indexes(state: Build, body: Body) -> dict[str, Index]:
    """Return the indexes of a table by name."""
    found = Parts(state, body)
    for name, shape, path in named(body.shape.indexes, (*body.path, "indexes")):
        elements, columns = [], []
        for position, item in enumerate(shape.columns):
            element, used = element_of(state, body, item, (*path, "columns", position))
            columns += used
            if element is not None:
                elements.append(element)
        index_problems(state, shape, elements, path)
        if shape.tablespace is not None:
            state.identifier(shape.tablespace, *path, "tablespace", at_key=False)
        index = Index(
            elements=tuple(elements),
            unique=shape.unique,
            nulls_not_distinct=shape.nulls_not_distinct,
            method=shape.method.lower(),
            where=where(state, body, shape.where, path),
            include=known_columns(state, body, shape.include, (*path, "include")),
            storage_parameters=parameters(
                state, shape.storage_parameters, (*path, "storage_parameters")
            ),
            tablespace=shape.tablespace,
            comment=shape.comment or None,
        )
        if len(elements) != len(shape.columns):
            continue  # reported
        convention = naming.index_name(body.name.name, dict.fromkeys(columns))
        found.add(name if name is not None else convention, index, path)
    return found.found


def index_problems(
    state: Build, shape: IndexShape, elements: list[Element], path: Place
) -> None:
    method = shape.method.lower()
    if shape.nulls_not_distinct:
        state.need(15, "NULLS NOT DISTINCT", *path, "nulls_not_distinct")
    if method not in KNOWN_METHODS:
        return  # of an extension
    refusals: list[tuple[Callable[[], bool], str, str]] = [
        (lambda: shape.unique and method != "btree", "unique", "is never unique"),
        (
            lambda: bool(shape.include) and method not in INCLUDING,
            "include",
            "carries no other columns",
        ),
        (
            lambda: (
                any(e.descending or e.nulls_first for e in elements)
                and method not in ORDERED
            ),
            "columns",
            "has no order",
        ),
        (
            lambda: len(shape.columns) > 1 and method == "hash",
            "columns",
            "has one column",
        ),
    ]
    for applies, key, what in refusals:
        if applies():
            hint = "write method: btree, or leave this out"
            state.problem(
                f"an index by {method} {what}", *path, key, hint=hint, at_key=True
            )
