"""A schema that models describe, with what they do not say of it as a spec has it. Pure.

What is left between the two is what models say, and say otherwise.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gen_migration.base.data_class import replace
from gen_migration.model.automatic_names import sequence_name
from gen_migration.model.given import given_columns
from gen_migration.models import arguments, unsaid

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping

    from gen_migration.model.schema import Column, Schema, Table
    from gen_migration.postgres.names import Name


def completed(found: Schema, spec: Schema, known: Collection[Name] = ()) -> Schema:
    """Return the schema of models with what only a spec can say, from the schema of the spec.

    `known` are tables of others that foreign keys point at.
    """
    found = with_counters(found, spec)
    left = unsaid.said(spec, known)
    result = found
    for word, held in spec.objects.items():
        if word in left.objects:
            as_said = unsaid.said(found, known).of(word)
            objects = {
                name: held[name]
                if name in held and as_said.get(name) == left.of(word).get(name)
                else one
                for name, one in found.of(word).items()
            }
            beyond = {k: v for k, v in held.items() if k not in left.of(word)}
        else:
            objects, beyond = dict(found.of(word)), dict(held)
        result = result.with_(word, {**beyond, **objects})
    partitions = {name for name, one in spec.tables.items() if one.parent is not None}
    there = {*found.tables, *spec.tables, *known} - partitions
    tables = {
        name: table(spec, one, spec.tables[name], there) if name in spec.tables else one
        for name, one in found.tables.items()
    }
    for name, one in spec.tables.items():
        if one.parent is not None and root(spec, name) in tables:
            tables.setdefault(name, one)
    return result.with_("table", tables)


def with_counters(found: Schema, spec: Schema) -> Schema:
    """Return the schema of models with what a serial column is where its sequence has grants.

    There, a catalog has the sequence apart, and the column with a default.
    """
    tables, sequences = dict(found.tables), dict(found.sequences)
    for name, one in spec.sequences.items():
        if one.owned_by is None or name in sequences:
            continue
        of, key = one.owned_by
        held = tables[of].columns.get(key) if of in tables else None
        mine = spec.tables[of].columns.get(key) if of in spec.tables else None
        if held is None or mine is None or not held.type.is_serial:
            continue
        if name == sequence_name(of, key) and mine.type == held.type.plain:
            columns = {**tables[of].columns, key: mine}
            tables[of] = replace(tables[of], columns=columns)
            sequences[name] = one
    return found.with_("table", tables).with_("sequence", sequences)


def root(schema: Schema, name: Name) -> Name:
    """Return the table at the top of a partition."""
    above = schema.tables[name].parent
    return name if above is None else root(schema, above)


def table(schema: Schema, found: Table, spec: Table, known: Collection[Name]) -> Table:
    """Return a table of models with what a spec says of it beside what they say."""
    return replace(
        spec,
        columns=columns(found, spec, given_columns(schema, spec)),
        constraints=parts(
            found.constraints,
            spec.constraints,
            lambda held: arguments.constraints(replace(spec, constraints=held), known),
        ),
        indexes=parts(found.indexes, spec.indexes, unsaid.indexes),
        partition_by=found.partition_by
        if arguments.partition_by(spec) == spec.partition_by
        else spec.partition_by,
        inherits=found.inherits
        if arguments.inherits_plainly(spec) and spec.of_type is None
        else spec.inherits,
        unlogged=found.unlogged,
        # SQLAlchemy 2.1 can say them.
        storage_parameters=found.storage_parameters or spec.storage_parameters,
        tablespace=found.tablespace,
        access_method=found.access_method,
        comment=found.comment,
    )


def columns(found: Table, spec: Table, given: Collection[str]) -> dict[str, Column]:
    """Return the columns of a table; in models, those that it is given are a child's own."""
    result = {}
    for key, one in found.columns.items():
        if key in spec.columns:
            mine = spec.columns[key]
            as_said = unsaid.column(mine) == unsaid.column(one)
            result[key] = mine if as_said else unsaid.with_unsaid(one, mine)
        elif key not in given:
            result[key] = one
    return result


def parts(
    found: Mapping[str, Any],
    spec: Mapping[str, Any],
    said: Callable[[Mapping[str, Any]], Mapping[str, Any]],
) -> dict[str, Any]:
    """Return constraints or indexes of models, with those of a spec that they do not say."""
    theirs, ours = said(found), said(spec)
    result = {
        key: spec[key] if key in ours and ours[key] == theirs.get(key) else one
        for key, one in found.items()
    }
    return result | {key: one for key, one in spec.items() if key not in ours}
