"""Checks of a whole schema: targets of foreign keys, and names that collide."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gen_migration.base.errors import nearest
from gen_migration.kinds import BY_WORD, KINDS
from gen_migration.model.constraints import unique_constraint
from gen_migration.model.schema import Check, Exclude, ForeignKey, PrimaryKey, Unique
from gen_migration.postgres.names import Name
from gen_migration.postgres.type_names import ALIASES, BUILTIN
from gen_migration.spec.build.context import UNKNOWN

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from gen_migration.base.errors import Place
    from gen_migration.kinds.kind import Kind
    from gen_migration.model.schema import Spec, Table
    from gen_migration.postgres.types import Type
    from gen_migration.spec.build.context import Build


def validate(state: Build, spec: Spec) -> None:
    """Report what is wrong between the objects of a spec."""
    for name, table in spec.schema.tables.items():
        inherited_names(state, spec, name, table)
        for level in (name, *ancestors(spec, table)):
            keys_of_partitioned(state, spec, level, table)
        for key, constraint in table.constraints.items():
            place = state.places[name, key]
            if isinstance(constraint, ForeignKey):
                foreign_key(state, spec, name, constraint, place)
            elif (
                isinstance(constraint, PrimaryKey | Unique)
                and constraint.without_overlaps
            ):
                range_last(state, name, constraint.columns, place)
    for name in spec.external:
        if name.schema in spec.schema.of("schema"):
            state.problem(
                f'the table "{name}" of others is in a schema that this spec creates',
                "external",
                hint=f'leave "{name.schema}" out of schemas, or move the table to tables',
                at_key=True,
            )
    for name, sequence in spec.schema.sequences.items():
        if sequence.owned_by is not None:
            owner(state, name, *sequence.owned_by)
    relation_names(state, spec)
    type_names(state, spec)


def foreign_key(
    state: Build, spec: Spec, name: Name, key: ForeignKey, place: Place
) -> None:
    """Report a foreign key that PostgreSQL would refuse (manual, CREATE TABLE, REFERENCES)."""
    path = (*place, "references") if place[-1] != "references" else place
    table_path = ("tables", str(key.referred_table))
    known = columns_of(state, spec, key.referred_table)
    if known is None:
        if state.is_broken(table_path):
            return
        unknown_table(state, spec, key, path)
        return
    missing = [
        column
        for column in key.referred_columns
        if column not in known and not state.is_broken((*table_path, "columns"))
    ]
    for column in missing:
        state.problem(
            f'table "{key.referred_table}" has no column "{column}"',
            *path,
            hint=nearest(column, known) or "its columns are " + ", ".join(known),
        )
    if not known.keys() >= set(key.referred_columns):
        return
    if len(key.columns) != len(key.referred_columns):
        state.problem(
            f"{len(key.columns)} columns refer to {len(key.referred_columns)}",
            *path,
            hint="write as many columns there as here",
        )
        return
    own = state.bodies[name].columns
    for column, referred in zip(key.columns, key.referred_columns, strict=True):
        here, there = own[column].type, known[referred]
        if not comparable(here, there):
            state.problem(
                f'column "{column}" is {here}, but "{key.referred_table}.{referred}" is {there}',
                *path,
                hint=f"make both {there}",
            )
    if key.referred_table in spec.schema.tables:
        unique_target(state, spec, key, path)


def unknown_table(state: Build, spec: Spec, key: ForeignKey, path: Place) -> None:
    tables = [str(table) for table in (*state.bodies, *spec.external)]
    hint = nearest(str(key.referred_table), tables)
    if "(" in key.referred_columns[0]:
        hint = "write {table: …, columns: […, …]}, or table.column"
    elif not hint:
        column = f"{{{key.referred_columns[0]}: uuid}}"
        hint = f"a table of others stands under external: {{{key.referred_table}: {column}}}"
    state.problem(f'unknown table "{key.referred_table}"', *path, hint=hint)


def columns_of(state: Build, spec: Spec, name: Name) -> Mapping[str, Type] | None:
    if name in state.bodies:
        return {key: column.type for key, column in state.bodies[name].columns.items()}
    return spec.external.get(name)


# Types that share a B-tree operator family (pg_amop), so that each may refer to the others.
FAMILIES = (
    frozenset(("smallint", "integer", "bigint")),
    frozenset(("real", "double precision")),
    frozenset(("varchar", "text", "name")),
    frozenset(("char", "bpchar")),
    frozenset(("date", "timestamp", "timestamptz")),
    frozenset(("bit",)),
    frozenset(("varbit",)),
    frozenset(("inet", "cidr")),
)
# What converts by itself to the type that is referred to (pg_cast, implicit).
WIDER = {
    "numeric": frozenset(("smallint", "integer", "bigint")),
    "double precision": frozenset(("smallint", "integer", "bigint", "numeric", "real")),
    "real": frozenset(("smallint", "integer", "bigint", "numeric")),
    "text": frozenset(("char", "bpchar")),
    "varchar": frozenset(("char", "bpchar")),
}


def comparable(here: Type, there: Type) -> bool:
    """Tell whether a column may refer to one of another type."""
    if UNKNOWN in {here, there}:
        return True
    if here.array != there.array:
        return False
    if "other" in {here.kind, there.kind}:
        return True  # its operators are not known here
    if here.kind != there.kind:
        return False
    if here.kind == "enum":
        return (here.schema, here.name) == (there.schema, there.name)
    mine, theirs = here.plain.name, there.plain.name
    if mine.split()[0] == theirs.split()[0] == "interval" or mine == theirs:
        return True
    together = any(mine in family and theirs in family for family in FAMILIES)
    return together or mine in WIDER.get(theirs, ())


def unique_target(state: Build, spec: Spec, key: ForeignKey, path: Place) -> None:
    wanted = set(key.referred_columns)
    if unique_constraint(spec.schema.tables[key.referred_table], wanted):
        return
    if unique_index(spec.schema.tables[key.referred_table], wanted):
        return
    body = state.bodies[key.referred_table]
    if body.parent is not None or state.is_broken(body.path):
        return  # it may have the key of its parent
    columns = ", ".join(key.referred_columns)
    state.problem(
        f'"{columns}" of table "{key.referred_table}" is not unique',
        *path,
        hint=f"add uniques: [[{columns}]] there, or refer to its primary key",
    )


def unique_index(table: Table, columns: set[str]) -> bool:
    return any(
        index.unique
        and index.where is None
        and {element.column for element in index.elements} == columns
        for index in table.indexes.values()
    )


def ancestors(spec: Spec, table: Table) -> Iterator[Name]:
    """Yield the table that a partition belongs to, and that one's, to the top."""
    while table.partition_of is not None:
        yield table.partition_of.parent
        table = spec.schema.tables[table.partition_of.parent]


def inherited_names(state: Build, spec: Spec, name: Name, table: Table) -> None:
    """Report constraints whose names a partition has from its parents already."""
    for parent in ancestors(spec, table):
        above = spec.schema.tables[parent]
        own = {
            key
            for key, one in table.constraints.items()
            if isinstance(one, Check | ForeignKey)
        }
        not_null = {one.not_null for one in above.columns.values()}
        for key in table.constraints:
            if (key in own and key in above.constraints) or key in not_null:
                state.problem(
                    f'the name "{key}" is taken by a constraint of table "{parent}"',
                    *state.places[name, key],
                    hint="a partition has the constraints of its table; rename it, or leave it out",
                    at_key=True,
                )


def keys_of_partitioned(state: Build, spec: Spec, name: Name, table: Table) -> None:
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
                state.problem(
                    f'a table that is partitioned by an expression has no key, and "{name}" is,'
                    " or one of its partitions",
                    *state.places[name, key],
                    hint="partition by a column, or write the key at each partition",
                    at_key=True,
                )
            elif element.column not in constraint.columns:
                state.problem(
                    f'the key lacks "{element.column}", by which table "{name}" or one of its'
                    " partitions is partitioned",
                    *state.places[name, key],
                    hint=f'add "{element.column}" to its columns',
                    at_key=True,
                )


def range_last(
    state: Build, name: Name, columns: tuple[str, ...], place: Place
) -> None:
    last = state.bodies[name].columns[columns[-1]].type if columns else UNKNOWN
    if last.kind == "builtin" and not last.name.endswith("range"):
        state.problem(
            f'WITHOUT OVERLAPS: column "{columns[-1]}" is {last}, not a range',
            *place,
            "without_overlaps",
            hint="write a range as the last column",
            at_key=True,
        )


def owner(state: Build, name: Name, table: Name, column: str) -> None:
    path = ("sequences", sequence_key(state, name), "owned_by")
    body = state.bodies.get(table)
    if body is None:
        state.problem(
            f'unknown table "{table}"',
            *path,
            hint=nearest(str(table), [str(known) for known in state.bodies])
            or "write table.column of this spec",
        )
    elif column not in body.columns:
        state.problem(
            f'table "{table}" has no column "{column}"',
            *path,
            hint=nearest(column, body.columns) or "write one of its columns",
        )
    elif table.schema != name.schema:
        state.problem(
            f'sequence "{name}" and table "{table}" are in two schemas',
            *path,
            hint="a sequence is owned by a column of its own schema",
        )


def sequence_key(state: Build, name: Name) -> str:
    quiet = type(state)(shape=state.shape)
    found = state.shapes(BY_WORD["sequence"])
    key: str = next(key for key in found if quiet.name(key) == name)
    return key


def relations(state: Build, spec: Spec) -> Iterator[tuple[Name, str, Place]]:
    """Yield name, kind and place of what shares one namespace in PostgreSQL (pg_class)."""
    for name, body in state.bodies.items():
        yield name, "table", body.path
    for name in spec.schema.sequences:
        yield name, "sequence", ("sequences", sequence_key(state, name))
    for name, table in spec.schema.tables.items():
        for key, constraint in table.constraints.items():
            if isinstance(constraint, PrimaryKey | Unique | Exclude):
                yield Name(name.schema, key), "constraint", state.places[name, key]
        for key in table.indexes:
            yield Name(name.schema, key), "index", state.places[name, key]
        for key, one in table.inherited.items():
            if one.name is not None:
                place = (*state.bodies[name].path, "inherited", key)
                yield Name(name.schema, one.name), "index", place


def relation_names(state: Build, spec: Spec) -> None:
    seen = dict.fromkeys(spec.external, "an external table")
    seen.setdefault(Name(None, "alembic_version"), "the table of Alembic's own")
    for name, kind, place in relations(state, spec):
        if name in seen:
            where = "" if name.schema is None else f' of schema "{name.schema}"'
            state.problem(
                f'the name "{name.name}"{where} is taken by {seen[name]}',
                *place,
                hint="tables, sequences, indexes and keys of a schema share their names; rename it",
                at_key=True,
            )
        seen.setdefault(name, f"{'an' if kind == 'index' else 'a'} {kind}")


def type_names(state: Build, spec: Spec) -> None:
    quiet = type(state)(shape=state.shape)
    seen: dict[Name, Kind] = {}
    kinds = [kind for kind in KINDS if kind.space == "types"]
    for kind, key in [(one, key) for one in kinds for key in state.shapes(one)]:
        name = quiet.name(key)
        if name is None:
            continue
        if seen.setdefault(name, kind) is not kind:
            state.problem(
                f'the name "{name}" is taken by another type',
                kind.key,
                key,
                hint=f"types share their names; rename the {kind.word}",
                at_key=True,
            )
        if name in spec.schema.tables:
            state.problem(
                f'the name "{name}" is taken by a table',
                kind.key,
                key,
                hint=f"a table is a type as well; rename the {kind.word}",
                at_key=True,
            )
        if name.schema is None and (name.name in BUILTIN or name.name in ALIASES):
            state.problem(
                f'"{name}" is a built-in type',
                kind.key,
                key,
                hint=f"rename the {kind.word}, or write its schema: public.{name.name}",
                at_key=True,
            )
