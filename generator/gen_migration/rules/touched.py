"""What an edit adds or changes, whose design rules look at. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gen_migration import kinds
from gen_migration.kinds import BY_WORD
from gen_migration.model.schema import ForeignKey, PrimaryKey
from gen_migration.operations import every as op

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gen_migration.model.schema import Spec
    from gen_migration.plan.link import Plan
    from gen_migration.postgres.names import Name

WHOLE = "table"  # beside "column" and "part", what is touched of a table


def touched_objects(made: Plan, spec: Spec) -> Iterator[tuple[str, Any]]:
    """Yield the objects of kinds that an edit adds or changes, or whose table it does."""
    tables = {table for table, _, _ in touched(made, spec)}
    for one in made.operations:
        match one:
            case (
                op.SetTableRowSecurity(table=table)
                | op.SetReplicaIdentity(table=table)
                | op.DropConstraint(table=table, old=PrimaryKey())
            ):
                tables.add(table)
            case op.CreateObject(kind=kind) | op.AlterObject(kind=kind):
                if one.name in spec.schema.of(kind) and kind in BY_WORD:
                    yield kind, one.name
    for of in kinds.of(spec.schema):
        for name, value in spec.schema.of(of.word).items():
            held = {name.holder} if of.holders else {*of.tables_of(value)}
            if held & tables:
                yield of.word, name


def touched(made: Plan, spec: Spec) -> Iterator[tuple[Name, str, str]]:
    """Yield the tables, columns and parts of tables that an edit adds or changes.

    A foreign key is touched by what takes an index away.
    """
    for one in made.operations:
        match one:
            case op.CreateTable(name=table) | op.Inherit(table=table):
                yield table, WHOLE, ""
            case (
                op.AddColumn(table=table, name=name)
                | op.SetColumnType(table=table, name=name)
                | op.SetColumnGenerated(table=table, name=name)
            ):
                yield table, "column", name
            case (
                op.CreateConstraint(table=table, name=name)
                | op.CreateIndex(table=table, name=name)
                | op.AlterConstraint(table=table, name=name)
                | op.ReplaceIndex(table=table, name=name)
            ):
                yield table, "part", name
            case op.DropConstraint(table=table) | op.DropIndex(table=table):
                value = spec.schema.tables.get(table)
                for name, key in value.constraints.items() if value else ():
                    if isinstance(key, ForeignKey):
                        yield table, "part", name
