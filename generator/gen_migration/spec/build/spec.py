"""The value of a spec, built of its shapes: names, types, literals, SQL and versions.

Every mistake becomes a Problem at its path; what is broken is left out, so that the rest is
still looked at and one run reports all.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from gen_migration.base.data_class import replace
from gen_migration.base.errors import quoted
from gen_migration.model.convention import CONVENTIONS, POSTGRESQL, WORD, WORDS
from gen_migration.model.given import inherited_column
from gen_migration.model.schema import Schema, Spec, Table
from gen_migration.postgres.settings import Safety
from gen_migration.postgres.storage import HEAP
from gen_migration.spec.build import (
    access,
    constraints,
    heirs,
    hints,
    indexes,
    inherited,
    marks,
    objects,
    partitions,
    parts,
    validate,
)
from gen_migration.spec.build import columns as build_columns
from gen_migration.spec.build.context import Body
from gen_migration.spec.shapes import SafetyShape

if TYPE_CHECKING:
    from gen_migration.model.convention import Convention
    from gen_migration.spec.build.context import Build


def build(state: Build) -> Spec:
    """Return the value of a spec; what is wrong with it is in the state's problems.

    Only without problems is it whole. Raises TooManyError when there are more than are shown.
    """
    shape = state.shape
    if shape.schema is not None:
        state.at("schema").identifier(shape.schema, at_key=False)
    state.naming = naming_of(state)
    objects.build_objects(state)
    build_external(state)
    build_bodies(state)
    objects.build_members(state)
    built = {name: build_table(body) for name, body in state.bodies.items()}
    tables = inherited.with_inherited(state, built)
    places = hints.places(state)
    spec = Spec(
        name=shape.name,
        description=shape.description,
        postgresql=shape.postgresql,
        online=shape.online,
        safety=Safety(
            **{key: getattr(shape.safety, key) for key in SafetyShape.entries}
        ),
        default_schema=shape.schema,
        naming=state.naming,
        external=state.external,
        schema=objects.settled(state, Schema(objects=state.objects, tables=tables)),
        hints=hints.hints(state, places),
        places=places,
    )
    validate.validate(state, spec)
    return spec


def naming_of(state: Build) -> Convention:
    """Return what gives names to constraints and indexes."""
    shape, at = state.shape.naming, state.at("naming")
    given = {key: getattr(shape, key) for key in WORDS if getattr(shape, key)}
    for key, pattern in [*given.items()]:
        unknown = {*WORD.findall(pattern)} - WORDS[key]
        if unknown or "{table}" not in pattern:
            words = ", ".join(f"{{{one}}}" for one in sorted(WORDS[key] - {"table"}))
            (at / key).wrong(
                f"{quoted(pattern)} is no pattern of names",
                f"write {{table}}{words and ', and perhaps '}{words}",
            )
            del given[key]
    if given and shape.like == "postgresql":
        at.wrong(
            "postgresql has names of its own, and patterns replace those of alembic",
            "leave one of the two out",
        )
        return POSTGRESQL
    return (
        replace(CONVENTIONS[shape.like], **given) if given else CONVENTIONS[shape.like]
    )


def build_external(state: Build) -> None:
    """Collect the tables of others."""
    for key, columns in state.shape.external.items():
        at = state.at("external", key)
        name = at.name(key)
        types = {}
        for column, text in columns.items():
            found = build_columns.column_type(at / column, text)
            if (at / column).identifier(column) and found is not None:
                types[column] = found
        if name is not None:
            state.external[name] = types


def build_bodies(state: Build) -> None:
    """Collect the tables and their partitions with their columns, before what refers to them."""
    for name, key, shape in heirs.in_turn(state):
        add_body(heirs.body_of(state, name, key, shape))


def add_body(body: Body) -> None:
    """Add a table, and its partitions."""
    bodies = body.build.bodies
    if body.name in bodies:
        body.at.wrong_key(f"table {quoted(body.name)} stands twice", "rename one")
        return
    bodies[body.name] = body
    given = {
        key: inherited_column(body.name, key, column)
        for key, column in (body.columns.items() if body.shape.partitions else ())
    }
    for key, shape in body.shape.partitions.items():
        at = body.at / "partitions" / key
        name = at.name(key)
        if name is None:
            continue
        from gen_migration.spec.build import partition_columns

        own = partition_columns.own_columns(at, name, body, given, shape)
        columns = given | {one: replace(given[one], **own[one]) for one in own}
        add_body(
            Body(
                name=name,
                shape=shape,
                at=at,
                columns=columns if own else given,
                parent=body.name,
                own=own,
            )
        )


def build_table(body: Body) -> Table:
    """Return the value of a table, but for what it has otherwise of what is above it."""
    shape, at = body.shape, body.at
    if shape.tablespace is not None:
        (at / "tablespace").identifier(shape.tablespace, at_key=False)
    if shape.partition_by:
        partitioned_problems(body)
        partitions.refused_constraints(body)
    given = shape.storage_parameters
    keys, built = constraints.constraints(body), indexes.indexes(body)
    return Table(
        columns=body.declared,
        own=body.own,
        constraints=keys,
        indexes=built,
        partition_by=partitions.partition_by(body),
        partition_of=partitions.partition_of(body),
        inherits=body.inherits,
        of_type=body.of_type,
        unlogged=shape.unlogged,
        storage_parameters=parts.parameters(given, at, "storage_parameters"),
        tablespace=shape.tablespace,
        row_security=shape.row_security,
        access_method=access_method(body),
        replica_identity=marks.replica_identity(body, {**keys, **built}),
        cluster_on=marks.cluster_on(body, {**keys, **built}),
        comment=shape.comment or None,
        owner=access.owner(at, shape),
        grants=access.grants(at, "table", body.name, shape, body.columns),
    )


def access_method(body: Body) -> str | None:
    """Return how the rows of a table are kept."""
    method = body.shape.access_method
    if method is None or method == HEAP:
        return None
    at = body.at / "access_method"
    at.need(15, "an access method of a table that can change")
    return method if at.identifier(method, at_key=False) else None


def partitioned_problems(body: Body) -> None:
    """Report what a table that holds no rows cannot have."""
    shape, at = body.shape, body.at
    if shape.unlogged:
        (at / "unlogged").wrong_key(
            "a partitioned table holds no rows and is never unlogged",
            'write "unlogged: true" at its partitions',
        )
    if shape.storage_parameters:
        (at / "storage_parameters").wrong_key(
            "a partitioned table holds no rows and has no storage parameters",
            "write them at its partitions",
        )
    if shape.access_method is not None:
        (at / "access_method").wrong_key(
            "a partitioned table holds no rows and has no access method",
            "write it at its partitions",
        )
    if shape.tablespace == "pg_default":
        (at / "tablespace").wrong_key(
            "a partitioned table cannot name the default tablespace", "remove it"
        )
