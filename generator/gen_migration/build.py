"""From the shapes of a spec to its value: names, types, literals, SQL and versions.

Every mistake becomes a Problem at its path; what is broken is left out, so that the rest is
still looked at and one run reports all.
"""

from __future__ import annotations

from dataclasses import field, replace
from typing import TYPE_CHECKING, Any

from gen_migration import (
    build_columns,
    build_constraints,
    build_hints,
    build_indexes,
    build_inherited,
    build_objects,
    build_partition_columns,
    build_partitions,
    build_parts,
    validate,
)
from gen_migration.data_class import dataclass
from gen_migration.errors import MAX_PROBLEMS, Problem, TooManyError
from gen_migration.hidden import unseen
from gen_migration.partitions import inherited_column
from gen_migration.safety import Safety
from gen_migration.schema import (
    Enum,
    Schema,
    Spec,
    Table,
)
from gen_migration.sql import (
    MAX_NAME_BYTES,
    UNQUOTED,
    Name,
    split_name,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gen_migration.column_types import Type
    from gen_migration.errors import Place
    from gen_migration.expressions import SqlMistake
    from gen_migration.kinds.kind import Kind
    from gen_migration.schema import Column, Own
    from gen_migration.shapes import BodyShape, Document


# Unicode's category Cc; SQLAlchemy leaves a name that ends in a newline without its quotes.


@dataclass(frozen=True, slots=True, kw_only=True)
class Body:
    """A table or a partition that is being built: its shape, where it stands, its columns.

    `own` is what a partition has otherwise of its parent's columns.
    """

    name: Name
    shape: BodyShape
    path: Place
    columns: Mapping[str, Column]
    parent: Name | None = None
    own: Mapping[str, Own] = field(default_factory=dict)


@dataclass(slots=True, kw_only=True)
class Build:
    """What the parts of a build share; `broken` are the places whose shape is wrong."""

    shape: Document
    broken: frozenset[Place] = frozenset()
    problems: list[Problem] = field(default_factory=list)
    objects: dict[str, dict[Any, Any]] = field(default_factory=dict)
    # The types of the spec: schema, name and `Type.kind`.
    type_names: frozenset[tuple[str | None, str, str]] = frozenset()
    external: dict[Name, dict[str, Type]] = field(default_factory=dict)
    bodies: dict[Name, Body] = field(default_factory=dict)
    # Where each constraint and index stands, for errors that are found later.
    places: dict[tuple[Name, str], Place] = field(default_factory=dict)

    @property
    def enums(self) -> dict[Name, Enum]:
        """The enums that literals are values of."""
        return self.objects.get("enum", {})

    def shapes(self, kind: Kind) -> Any:
        """Return the shapes of a kind's objects by name, or a list of names."""
        return getattr(self.shape, kind.key)

    def problem(
        self,
        message: str,
        *path: str | int,
        hint: str = "",
        offset: int | None = None,
        at_key: bool = False,
    ) -> None:
        if len(self.problems) > MAX_PROBLEMS:
            raise TooManyError
        self.problems.append(
            Problem(message=message, path=path, hint=hint, offset=offset, at_key=at_key)
        )

    def sql_problem(self, mistake: SqlMistake, *path: str | int) -> None:
        self.problem(mistake.message, *path, hint=mistake.hint, offset=mistake.offset)

    def need(self, version: int, what: str, *path: str | int) -> None:
        """Report a feature that is younger than the oldest PostgreSQL of the spec."""
        if self.shape.postgresql < version:
            self.problem(
                f"{what} needs PostgreSQL {version}; the spec is for {self.shape.postgresql}",
                *path,
                hint=f'write "postgresql: {version}" at the top of the spec',
                at_key=True,
            )

    def identifier(self, text: str, *path: str | int, at_key: bool = True) -> bool:
        """Report a name that PostgreSQL cannot hold; True when it can."""
        if not text:
            self.problem("a name is empty", *path, hint="write the name", at_key=at_key)
        elif (found := unseen(text)) is not None:
            self.problem(
                f"the name {text!a} holds {found}",
                *path,
                hint="remove it: nobody sees such a name as it is",
                at_key=at_key,
            )
        elif text in UNQUOTED:
            self.problem(
                f'the name "{text}" is a word of SQL that SQLAlchemy does not quote',
                *path,
                hint="choose another one, or an upper-case letter in it",
                at_key=at_key,
            )
        elif (size := len(text.encode(errors="surrogatepass"))) > MAX_NAME_BYTES:
            self.problem(
                f'the name "{text}" has {size} bytes',
                *path,
                hint=f"PostgreSQL keeps {MAX_NAME_BYTES}; shorten it",
                at_key=at_key,
            )
        else:
            return True
        return False

    def name(self, text: str, *path: str | int, at_key: bool = True) -> Name | None:
        """Return a dotted name with the spec's default schema; None when it is reported."""
        try:
            parts = split_name(text) if text else [""]
        except ValueError:
            parts = []
        if len(parts) not in {1, 2}:
            self.problem(
                f'"{text}" is not a name',
                *path,
                hint="write name or schema.name; a name with a dot or a quote is written in"
                " double quotes inside of single quotes: '\"a.b\"'",
                at_key=at_key,
            )
            return None
        if not all(self.identifier(part, *path, at_key=at_key) for part in parts):
            return None
        schema = parts[0] if parts[1:] else self.shape.schema_
        return Name(schema, parts[-1])

    def text_name(self, text: str, *path: str | int) -> Name | None:
        """Return a dotted name that the default schema does not concern (a collation)."""
        try:
            parts = split_name(text)
        except ValueError:
            parts = []
        if len(parts) not in {1, 2}:
            self.problem(
                f'"{text}" is not a name', *path, hint="write name or schema.name"
            )
            return None
        if not all(self.identifier(part, *path, at_key=False) for part in parts):
            return None
        return Name(parts[0] if parts[1:] else None, parts[-1])

    def is_broken(self, path: Place) -> bool:
        """Tell whether something at or below a path has the wrong shape and was left out."""
        return any(place[: len(path)] == path for place in self.broken)


def build(state: Build) -> Spec:
    """Return the value of a spec; what is wrong with it is in the state's problems.

    Only without problems is it whole. Raises TooManyError when there are more than are shown.
    """
    shape = state.shape
    if shape.schema_ is not None:
        state.identifier(shape.schema_, "schema", at_key=False)
    build_objects.build_objects(state)
    build_external(state)
    build_bodies(state)
    built = {name: build_table(state, body) for name, body in state.bodies.items()}
    tables = build_inherited.with_inherited(state, built)
    spec = Spec(
        name=shape.name,
        description=shape.description,
        postgresql=shape.postgresql,
        online=shape.online,
        safety=Safety(**state.shape.safety.model_dump()),
        default_schema=shape.schema_,
        external=state.external,
        schema=Schema(objects=state.objects, tables=tables),
        hints=build_hints.hints(state),
        places=build_hints.places(state),
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
            own = build_partition_columns.own_columns(state, body, given, shape, path)
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
        build_partitions.refused_constraints(state, body)
    return Table(
        columns={} if body.parent else body.columns,
        own=body.own,
        constraints=build_constraints.constraints(state, body),
        indexes=build_indexes.indexes(state, body),
        partition_by=build_partitions.partition_by(state, body),
        partition_of=build_partitions.partition_of(state, body),
        unlogged=shape.unlogged,
        storage_parameters=build_parts.parameters(
            state, shape.storage_parameters, (*body.path, "storage_parameters")
        ),
        tablespace=shape.tablespace,
        comment=shape.comment or None,
    )
