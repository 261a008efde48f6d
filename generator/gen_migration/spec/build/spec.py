"""The value of a spec, built of its shapes: names, types, literals, SQL and versions.

Every mistake becomes a Problem at its path; what is broken is left out, so that the rest is
still looked at and one run reports all.
"""

from __future__ import annotations

from dataclasses import replace

from gen_migration.model.partitions import inherited_column
from gen_migration.model.schema import Schema, Spec, Table
from gen_migration.postgres.settings import Safety
from gen_migration.spec.build import columns as build_columns
from gen_migration.spec.build import (
    constraints,
    hints,
    indexes,
    inherited,
    objects,
    partition_columns,
    partitions,
    parts,
    validate,
)
from gen_migration.spec.build.context import Body, Build

# Unicode's category Cc; SQLAlchemy leaves a name that ends in a newline without its quotes.


def build(state: Build) -> Spec:
    """Return the value of a spec; what is wrong with it is in the state's problems.

    Only without problems is it whole. Raises TooManyError when there are more than are shown.
    """
    shape = state.shape
    if shape.schema_ is not None:
        state.identifier(shape.schema_, "schema", at_key=False)
    objects.build_objects(state)
    build_external(state)
    build_bodies(state)
    built = {name: build_table(state, body) for name, body in state.bodies.items()}
    tables = inherited.with_inherited(state, built)
    spec = Spec(
        name=shape.name,
        description=shape.description,
        postgresql=shape.postgresql,
        online=shape.online,
        safety=Safety(**state.shape.safety.model_dump()),
        default_schema=shape.schema_,
        external=state.external,
        schema=Schema(objects=state.objects, tables=tables),
        hints=hints.hints(state),
        places=hints.places(state),
    )
    validate.validate(state, spec)
    return spec


def build_external(state: Build) -> None:
    for key, columns in state.shape.external.items():
        name = state.name(key, "external", key)
        types = {}
        for column, text in columns.items():
            path = ("external", key, column)
            found = build_columns.column_type(state, text, *path)
            if state.identifier(column, *path) and found is not None:
                types[column] = found
        if name is not None:
            state.external[name] = types


def build_bodies(state: Build) -> None:
    """Collect the tables and their partitions with their columns, before what refers to them."""
    for key, shape in state.shape.tables.items():
        path = ("tables", key)
        name = state.name(key, *path)
        columns = build_columns.columns(state, shape, path, name.name if name else key)
        if name is not None:
            add_body(state, Body(name=name, shape=shape, path=path, columns=columns))


def add_body(state: Build, body: Body) -> None:
    if body.name in state.bodies:
        state.problem(
            f'table "{body.name}" stands twice',
            *body.path,
            hint="rename one",
            at_key=True,
        )
        return
    state.bodies[body.name] = body
    given = {
        one: inherited_column(body.name, one, column)
        for one, column in (body.columns.items() if body.shape.partitions else ())
    }
    for key, shape in body.shape.partitions.items():
        path = (*body.path, "partitions", key)
        name = state.name(key, *path)
        if name is not None:
            own = partition_columns.own_columns(state, body, given, shape, path)
            changed = {one: replace(given[one], **own[one]) for one in own}
            add_body(
                state,
                Body(
                    name=name,
                    shape=shape,
                    path=path,
                    columns=given | changed if own else given,
                    parent=body.name,
                    own=own,
                ),
            )


def build_table(state: Build, body: Body) -> Table:
    shape = body.shape
    if shape.unlogged and shape.partition_by:
        state.problem(
            "a partitioned table holds no rows and is never unlogged",
            *body.path,
            "unlogged",
            hint='write "unlogged: true" at its partitions',
            at_key=True,
        )
    if shape.storage_parameters and shape.partition_by:
        state.problem(
            "a partitioned table holds no rows and has no storage parameters",
            *body.path,
            "storage_parameters",
            hint="write them at its partitions",
            at_key=True,
        )
    if shape.tablespace is not None:
        state.identifier(shape.tablespace, *body.path, "tablespace", at_key=False)
    if shape.tablespace == "pg_default" and shape.partition_by:
        state.problem(
            "a partitioned table cannot name the default tablespace",
            *body.path,
            "tablespace",
            hint="remove it",
            at_key=True,
        )
    if shape.partition_by:
        partitions.refused_constraints(state, body)
    return Table(
        columns={} if body.parent else body.columns,
        own=body.own,
        constraints=constraints.constraints(state, body),
        indexes=indexes.indexes(state, body),
        partition_by=partitions.partition_by(state, body),
        partition_of=partitions.partition_of(state, body),
        unlogged=shape.unlogged,
        storage_parameters=parts.parameters(
            state, shape.storage_parameters, (*body.path, "storage_parameters")
        ),
        tablespace=shape.tablespace,
        comment=shape.comment or None,
    )
