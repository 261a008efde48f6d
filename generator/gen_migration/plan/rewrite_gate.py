"""Changes that rewrite or read all rows of something in use, and are asked for. Pure.

The new query of a materialized view runs for all of its rows. A change of type that reads or
writes the whole table under lock stops the command until the spec says `rewrite: true` at the
column; of other such changes, rules tell (`rules.rewrites`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from gen_migration.base.errors import Problem
from gen_migration.diff import rewrites
from gen_migration.diff.expansions import Refused
from gen_migration.kinds import BY_WORD
from gen_migration.model.places import spec_path
from gen_migration.operations.alterations import AlterObject
from gen_migration.operations.base import (
    CreateObject,
    CreateTable,
    DropObject,
    Operation,
)
from gen_migration.operations.columns import SetColumnType
from gen_migration.plan.modes import unused

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gen_migration.model.schema import Schema, Spec
    from gen_migration.plan.link import Plan
    from gen_migration.postgres.names import Name

WAIT = "while readers and writers wait"


def retyped(made: Plan, spec: Spec) -> list[Problem]:
    """Return the changes of type that the spec has to agree to."""
    found = []
    refused = {
        (one.table, one.column) for one in made.questions if isinstance(one, Refused)
    }
    for operation, schema in in_use(made):
        if not isinstance(operation, SetColumnType):
            continue
        name, key = operation.table, operation.name
        if (name, key) in refused:
            continue
        cost = rewrites.cost_of(operation, schema)
        if cost is not None and not spec.hints.rewrite.get((name, key)):
            found.append(
                Problem(
                    message=f"to make {operation.new} of {operation.old} {cost.text}",
                    path=spec_path(spec, name, "columns", key, "type"),
                    hint="write rewrite: true at this column where they can wait; else expand:"
                    " true, with which they go on: its values are built aside",
                )
            )
    return found


def queried(made: Plan, spec: Spec) -> list[Problem]:
    """Return the changes of queries whose rows are kept that the spec has to agree to."""
    gone = {
        (one.kind, one.name): one.old
        for one in made.operations
        if isinstance(one, DropObject)
    }
    found = []
    for operation in made.operations:
        match operation:
            case AlterObject(kind=word, name=name, old=old, new=new):
                pass
            case CreateObject(kind=word, name=name, new=new) if (word, name) in gone:
                old = gone[word, name]
            case _:
                continue
        kind = BY_WORD.get(word)
        if kind is None or not kind.keeps_rows or not new.with_data:
            continue
        if kind.is_built_aside(old, new) and not spec.hints.queries.get(name):
            message = "its new query runs for all of its rows, which may take long"
            hint = "write rewrite: true at it where that is meant"
            path = (*spec.places[word, name], "query")
            found.append(Problem(message=message, path=path, hint=hint))
    return found


def in_use(made: Plan) -> Iterator[tuple[Operation, Schema]]:
    """Yield the operations on tables that are in use, each with the schema before it."""
    done = [one for link in made.links for one in link.operations]
    idle = unused(done)
    if all(isinstance(one, CreateTable) or one_table(one) in idle for one in done):
        return  # of a thousand new tables, nobody has to look at the schema in between
    for link in made.links:
        schema = link.upgrade.start
        for operation in link.operations:
            if one_table(operation) not in idle:
                yield operation, schema
            schema = operation.apply(schema)


def one_table(operation: Operation) -> Name | None:
    found: Name | None = getattr(operation, "table", None)
    return found
