"""Repeatable statements that several forms of operations share.

Source: the PostgreSQL manual, CREATE INDEX ("Building Indexes Concurrently"), ALTER TABLE (ADD
table_constraint USING INDEX, VALIDATE CONSTRAINT).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from gen_migration.alembic_ops import write
from gen_migration.base.data_class import dataclass
from gen_migration.model.schema import (
    Check,
    Element,
    ForeignKey,
    Index,
    PrimaryKey,
    Unique,
)
from gen_migration.postgres.names import quote_name
from gen_migration.render import violations
from gen_migration.render.alter import alter_table
from gen_migration.sql import ddl, do_block

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gen_migration.alembic_ops.calls import Call
    from gen_migration.model.schema import Constraint
    from gen_migration.postgres.names import Name
    from gen_migration.render.violations import Offending


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """A statement as SQL, and the directive of Alembic's that writes the same, where there is one.

    `concurrent` ones wait for other transactions without being in anybody's way. `offending` finds
    the rows that would stop it.
    """

    sql: str
    directive: Call | None = None
    concurrent: bool = False
    offending: Offending | None = None


def drop_index_concurrently(table: Name, name: str) -> Statement:
    index = table._replace(name=name).sql
    return Statement(
        sql=f"DROP INDEX CONCURRENTLY IF EXISTS {index}",
        directive=write.drop_index(
            table, name, postgresql_concurrently=True, if_exists=True
        ),
        concurrent=True,
    )


def create_index(table: Name, name: str, value: Index) -> Iterator[Statement]:
    """Yield what builds an index; what an interrupted build has left goes first."""
    yield drop_index_concurrently(table, name)
    yield Statement(
        sql=ddl.create_index(table, name, value, concurrently=True),
        directive=write.create_index(
            table, name, value, postgresql_concurrently=True, if_not_exists=True
        ),
        concurrent=True,
        offending=violations.of_index(table, name, value) if value.unique else None,
    )


def index_of(value: PrimaryKey | Unique) -> Index:
    """Return the index that a key is made of."""
    return Index(
        elements=tuple(Element(column=name) for name in value.columns),
        unique=True,
        include=value.include,
        nulls_not_distinct=isinstance(value, Unique) and value.nulls_not_distinct,
    )


def using_index(
    table: Name, name: str, value: PrimaryKey | Unique, built: str
) -> Statement:
    """Return what makes a key of an index that is there, in the place of one of that name."""
    drop = f"DROP CONSTRAINT IF EXISTS {quote_name(name)}"
    return Statement(sql=alter_table(table, drop, add_using_index(name, value, built)))


def add_using_index(name: str, value: PrimaryKey | Unique, built: str) -> str:
    """Return the action that makes a key of an index that is there."""
    word = "PRIMARY KEY" if isinstance(value, PrimaryKey) else "UNIQUE"
    return (
        f"ADD CONSTRAINT {quote_name(name)} {word}"
        f" USING INDEX {quote_name(built)}{ddl.deferral(value)}"
    )


def add_foreign_key(table: Name, name: str, value: ForeignKey) -> Statement:
    """Return what gives a table a foreign key, unless a run before has.

    It locks out writers alone, of both tables (ALTER TABLE, "ADD FOREIGN KEY").
    """
    add = alter_table(table, f"ADD {ddl.constraint(name, value)}")
    return Statement(sql=do_block.unless_there(table, name, add))


def validate(table: Name, name: str, value: Constraint) -> Statement:
    assert isinstance(value, Check | ForeignKey)  # noqa: S101 - the others have no such state
    return Statement(
        sql=alter_table(table, f"VALIDATE CONSTRAINT {quote_name(name)}"),
        offending=violations.of_constraint(table, name, value),
    )
