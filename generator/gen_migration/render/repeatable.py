"""Repeatable statements that several forms of operations share.

Source: the PostgreSQL manual, CREATE INDEX ("Building Indexes Concurrently"), ALTER TABLE (ADD
table_constraint USING INDEX, VALIDATE CONSTRAINT).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from gen_migration.alembic_ops import write
from gen_migration.base.data_class import dataclass
from gen_migration.model import schema as model
from gen_migration.postgres.names import quote_name
from gen_migration.render import violations
from gen_migration.render.alter_clauses import alter_table
from gen_migration.sql import ddl, do_block

if TYPE_CHECKING:
    from gen_migration.alembic_ops.calls import Call
    from gen_migration.postgres.names import Name
    from gen_migration.render.violations import Offending


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """A statement as SQL, and the directive of Alembic's that writes the same, where there is one.

    `also` are further statements that the directive writes. `concurrent` ones wait for other
    transactions without being in anybody's way. `offending` finds the rows that would stop it.
    """

    sql: str
    directive: Call | None = None
    also: tuple[str, ...] = ()
    concurrent: bool = False
    offending: Offending | None = None

    @property
    def part(self) -> Call | str:
        """What a revision has of it."""
        return self.directive or self.sql


# A text of SQL is a statement that has no directive.
Forms = Iterator[Statement | str]


def dropping(constraint: str) -> str:
    """Return the action that drops a constraint, if it is there."""
    return f"DROP CONSTRAINT IF EXISTS {quote_name(constraint)}"


def drop_index_concurrently(table: Name, name: str) -> Statement:
    return Statement(
        sql=f"DROP INDEX CONCURRENTLY IF EXISTS {table._replace(name=name).sql}",
        directive=write.drop_index(
            table, name, postgresql_concurrently=True, if_exists=True
        ),
        concurrent=True,
    )


def create_index(table: Name, name: str, value: model.Index) -> Forms:
    """Yield what builds an index, unless a run before has.

    An interrupted build leaves an invalid index, which goes first. A valid one stays where it is
    the same, since its build may have taken hours. Its name does not say so: an edit that was
    given up may have left another one, or somebody has built it by hand. PostgreSQL alone knows
    what is the same: the helper builds the index on a temporary copy of the table, without rows,
    and compares what `pg_get_indexdef` prints behind the names, uniqueness and tablespace. What
    differs, or cannot be compared, goes, as it does in SQL that runs offline, which cannot look.
    What else has the name in the schema is not dropped: it stops the run.
    """
    yield Statement(
        sql=drop_index_concurrently(table, name).sql,
        directive=write.create_index(
            table, name, value, postgresql_concurrently=True, if_not_exists=True
        ),
        also=(ddl.create_index(table, name, value, concurrently=True),),
        concurrent=True,
        offending=violations.of_index(table, name, value) if value.unique else None,
    )


def index_of(value: model.PrimaryKey | model.Unique) -> model.Index:
    """Return the index that a key is made of."""
    return model.Index(
        elements=tuple(model.Element(column=name) for name in value.columns),
        unique=True,
        include=value.include,
        nulls_not_distinct=isinstance(value, model.Unique) and value.nulls_not_distinct,
        storage_parameters=value.storage_parameters,
        tablespace=value.tablespace,
    )


def using_index(
    table: Name, name: str, value: model.PrimaryKey | model.Unique, built: str
) -> str:
    """Return what makes a key of an index that is there, in the place of one of that name."""
    return alter_table(table, dropping(name), add_using_index(name, value, built))


def add_using_index(
    name: str, value: model.PrimaryKey | model.Unique, built: str
) -> str:
    """Return the action that makes a key of an index that is there."""
    word = "PRIMARY KEY" if isinstance(value, model.PrimaryKey) else "UNIQUE"
    return (
        f"ADD CONSTRAINT {quote_name(name)} {word}"
        f" USING INDEX {quote_name(built)}{ddl.deferral(value)}"
    )


def add_foreign_key(table: Name, name: str, value: model.ForeignKey) -> str:
    """Return what gives a table a foreign key, unless a run before has.

    It locks out writers alone, of both tables (ALTER TABLE, "ADD FOREIGN KEY").
    """
    add = alter_table(table, f"ADD {ddl.constraint(name, value)}")
    return do_block.unless_there(table, name, add)


def validate(table: Name, name: str, value: model.Constraint) -> Statement:
    assert isinstance(value, model.Check | model.ForeignKey)  # noqa: S101 - the others have no such state
    return validating(table, name, violations.of_constraint(table, name, value))


def validating(table: Name, name: str, offending: Offending) -> Statement:
    """Return what validates a constraint, which these rows would stop."""
    validation = alter_table(table, f"VALIDATE CONSTRAINT {quote_name(name)}")
    return Statement(sql=validation, offending=offending)


def rename_index(table: Name, old: str, new: str) -> str:
    """Return what renames an index, if it is there."""
    index = table._replace(name=old).sql
    return f"ALTER INDEX IF EXISTS {index} RENAME TO {quote_name(new)}"


def drop_index(table: Name, name: str) -> str:
    """Return what drops an index of a partitioned table, with its parts."""
    return f"DROP INDEX IF EXISTS {table._replace(name=name).sql}"
