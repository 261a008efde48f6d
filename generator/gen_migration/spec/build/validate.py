"""Checks of a whole schema: what is wrong between objects, and names that collide."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gen_migration.base.errors import nearest, quoted
from gen_migration.kinds import BY_WORD, KINDS
from gen_migration.model.given import given_checks
from gen_migration.model.partitions import ancestors
from gen_migration.model.schema import Check, Exclude, ForeignKey, PrimaryKey, Unique
from gen_migration.postgres.names import Name, member
from gen_migration.postgres.own_relations import is_own
from gen_migration.spec.build.bounds import partition_bounds
from gen_migration.spec.build.circles import circles
from gen_migration.spec.build.foreign_keys import check_target
from gen_migration.spec.build.objects import maker
from gen_migration.spec.build.own_types import own_names, row_types, type_names

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gen_migration.kinds.kind import Kind
    from gen_migration.model.schema import Spec, Table
    from gen_migration.spec.build.context import Build, Spot


def validate(build: Build, spec: Spec) -> None:
    """Report what is wrong between the objects of a spec."""
    for name, table in spec.schema.tables.items():
        if table.parents or table.partition_by:
            between_levels(build, spec, name, table)
        for key, constraint in table.constraints.items():
            at = build.spots[name, key]
            if isinstance(constraint, ForeignKey):
                check_target(at, spec, name, constraint)
            elif isinstance(constraint, PrimaryKey | Unique):
                range_last(at, name, constraint)
    for name in spec.external:
        if name.schema in spec.schema.of("schema"):
            build.at("external").wrong_key(
                f"the table {quoted(name)} of others is in a schema that this spec creates",
                f"leave {quoted(name.schema)} out of schemas, or move the table to tables",
            )
    for name, sequence in spec.schema.sequences.items():
        if sequence.owned_by is not None:
            owner(at_sequence(build, name) / "owned_by", name, *sequence.owned_by)
    partition_bounds(build, spec)
    relation_names(build, spec)
    type_names(build, spec)
    own_names(build)
    circles(build, spec)
    faults(build, spec)


def between_levels(build: Build, spec: Spec, name: Name, table: Table) -> None:
    """Report what is wrong with a table beside those above it."""
    above = [*ancestors(spec.schema, name)]
    inherited_names(build, spec, name, above)
    inherited_triggers(build, spec, name, above)
    checks_of_parents(build, spec, name, table)
    for level in (name, *above):
        keys_of_partitioned(build, spec, level, table)


def faults(build: Build, spec: Spec) -> None:
    """Report what is wrong with objects beside others."""
    for kind in KINDS:
        for name, place in places(build, kind):
            value = spec.schema.of(kind.word).get(name)
            if value is not None:
                for path, message, hint in kind.faults(name, value, spec.schema):
                    build.at(*place, *path).wrong(message, hint)


def places(build: Build, kind: Kind) -> Iterator[tuple[Any, tuple[Any, ...]]]:
    """Yield the objects of a kind by their names, and where they stand."""
    if kind.holders:
        for holder, key, place, _ in build.members(kind):
            yield member(holder, key), place
        return
    for key in build.shapes(kind):
        name = kind.name_at(maker(build.silent(), ()), key)
        if name is not None:
            yield name, (kind.key, key)


def inherited_names(build: Build, spec: Spec, name: Name, above: list[Name]) -> None:
    """Report constraints whose names a partition has from its parents already."""
    constraints = spec.schema.tables[name].constraints
    for parent in above:
        table = spec.schema.tables[parent]
        not_null = {one.not_null for one in table.columns.values()}
        for key, one in constraints.items():
            is_same = isinstance(one, Check | ForeignKey) and key in table.constraints
            if is_same or key in not_null:
                build.spots[name, key].wrong_key(
                    f"the name {quoted(key)} is taken by a constraint of table {quoted(parent)}",
                    "a partition has the constraints of its table; rename it, or leave it out",
                )


def checks_of_parents(build: Build, spec: Spec, name: Name, table: Table) -> None:
    """Report constraints of a child that are called as a check of a parent, and are another one."""
    for key, given in given_checks(spec.schema, table).items():
        own = table.constraints.get(key)
        if own is not None and not (
            isinstance(own, Check)
            and own.expression == given.expression
            and not own.no_inherit
        ):
            build.spots[name, key].wrong_key(
                f"the name {quoted(key)} is taken by a check of a parent",
                "a child has the checks of its parents; write the same one, or rename it",
            )


def inherited_triggers(build: Build, spec: Spec, name: Name, above: list[Name]) -> None:
    """Report triggers whose names a partition has from its parents already."""
    held = spec.schema.of("trigger") if above else {}
    given = {one.name: one for one in held if one.holder in above and held[one].row}
    for key in getattr(build.bodies[name].shape, "triggers", ()) if given else ():
        if key in given:
            (build.bodies[name].at / "triggers" / key).wrong_key(
                f"the name {quoted(key)} is taken by a trigger"
                f" of table {quoted(given[key].holder)}",
                "a partition has the row triggers of its table; rename it, or leave it out",
            )


def keys_of_partitioned(build: Build, spec: Spec, name: Name, table: Table) -> None:
    """Report keys of table `name` that lack the partition key of `table`, itself or below it.

    Source: the manual, chapter 5.12.2.3.
    """
    if table.partition_by is None:
        return
    for key, constraint in spec.schema.tables[name].constraints.items():
        if not isinstance(constraint, PrimaryKey | Unique):
            continue
        for element in table.partition_by.elements:
            if element.column is None:
                build.spots[name, key].wrong_key(
                    "a table that is partitioned by an expression has no key,"
                    f" and {quoted(name)} is, or one of its partitions",
                    "partition by a column, or write the key at each partition",
                )
            elif element.column not in constraint.columns:
                build.spots[name, key].wrong_key(
                    f"the key lacks {quoted(element.column)}, by which table {quoted(name)}"
                    " or one of its partitions is partitioned",
                    f"add {quoted(element.column)} to its columns",
                )


def range_last(at: Spot, name: Name, key: PrimaryKey | Unique) -> None:
    """Report a key WITHOUT OVERLAPS whose last column is no range."""
    if not (key.without_overlaps and key.columns):
        return
    last = at.build.bodies[name].columns[key.columns[-1]].type
    if last.kind == "builtin" and not last.name.endswith("range"):
        (at / "without_overlaps").wrong_key(
            f"WITHOUT OVERLAPS: column {quoted(key.columns[-1])} is {last}, not a range",
            "write a range as the last column",
        )


def owner(at: Spot, name: Name, table: Name, column: str) -> None:
    """Report a column that no sequence can be owned by."""
    bodies = at.build.bodies
    body = bodies.get(table)
    if body is None:
        at.wrong(
            f"unknown table {quoted(table)}",
            nearest(str(table), [str(known) for known in bodies])
            or "write table.column of this spec",
        )
    elif column not in body.columns:
        at.wrong(
            f"table {quoted(table)} has no column {quoted(column)}",
            nearest(column, body.columns) or "write one of its columns",
        )
    elif table.schema != name.schema and not (
        name.schema is None and is_own(table.name)
    ):
        at.wrong(
            f"sequence {quoted(name)} and table {quoted(table)} are in two schemas",
            "a sequence is owned by a column of its own schema",
        )


def at_sequence(build: Build, name: Name) -> Spot:
    """Return where a sequence stands."""
    keys = build.shapes(BY_WORD["sequence"])
    key: str = next(key for key in keys if build.silent_name(key) == name)
    return build.at("sequences", key)


def relations(build: Build, spec: Spec) -> Iterator[tuple[Name, str, Spot]]:
    """Yield name, kind and place of what shares one namespace in PostgreSQL (pg_class)."""
    for name, body in build.bodies.items():
        yield name, "a table", body.at
    yield from objects(build, spec)
    for name, table in spec.schema.tables.items():
        yield from named_sequences(build, name, table)
        for key, constraint in table.constraints.items():
            if isinstance(constraint, PrimaryKey | Unique | Exclude):
                yield Name(name.schema, key), "a constraint", build.spots[name, key]
        for key in table.indexes:
            yield Name(name.schema, key), "an index", build.spots[name, key]
        for key, one in table.inherited.items():
            if one.name is not None:
                at = build.bodies[name].at / "inherited" / key
                yield Name(name.schema, one.name), "an index", at


def objects(build: Build, spec: Spec) -> Iterator[tuple[Name, str, Spot]]:
    """Yield the objects that are relations as tables are, and their indexes, as `relations` does.

    A type that is called as a table or a view is told with the names of types.
    """
    told = row_types(build, spec)
    for kind in (one for one in KINDS if "relations" in one.spaces):
        for key in build.shapes(kind):
            name, at = build.silent_name(key), build.at(kind.key, key)
            if name is None or (kind.space == "types" and name in told):
                continue
            yield name, f"a {kind.word}", at
            value = spec.schema.of(kind.word).get(name)
            for index in value.indexes if kind.has_indexes and value else ():
                yield Name(name.schema, index), "an index", at / "indexes" / index


def named_sequences(
    build: Build, name: Name, table: Table
) -> Iterator[tuple[Name, str, Spot]]:
    """Yield the sequences of a table's identities that have a name, as `relations` does."""
    if "sequence" not in build.words:
        return
    for key, column in table.columns.items():
        named = column.identity and column.identity.sequence
        if named:
            at = build.bodies[name].at / "columns" / key / "identity" / "sequence"
            yield Name(name.schema, named), "a sequence", at


def relation_names(build: Build, spec: Spec) -> None:
    """Report two relations of one name."""
    seen = dict.fromkeys(spec.external, "an external table")
    seen.setdefault(Name(None, "alembic_version"), "the table of Alembic's own")
    for name, kind, at in relations(build, spec):
        if name in seen:
            where = "" if name.schema is None else f" of schema {quoted(name.schema)}"
            at.wrong_key(
                f"the name {quoted(name.name)}{where} is taken by {seen[name]}",
                "tables, views, sequences, indexes and keys of a schema share their names;"
                " rename it",
            )
        seen.setdefault(name, kind)
