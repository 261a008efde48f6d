"""Columns that many tables have alike are written once."""

from __future__ import annotations

from gen_migration.alembic_ops.calls import source
from gen_migration.alembic_ops.write import column
from gen_migration.model.schema import Column, PrimaryKey, Table
from gen_migration.postgres.types import Type

AT = Column(type=Type(name="jsonb"))
NUMBER = Column(type=Type(name="integer"))
TABLE = Table(columns={"at": AT, "id": NUMBER})
KEYED = Table(columns=TABLE.columns, constraints={"pk": PrimaryKey(columns=("id",))})


def test_a_column_that_two_tables_have_is_written_once() -> None:
    assert column("at", AT, TABLE) is column("at", AT, KEYED)
    assert column("at", AT, TABLE) is not column("on", AT, TABLE)


def test_what_a_key_says_of_a_column_is_said() -> None:
    assert column("id", NUMBER, TABLE) is not column("id", NUMBER, KEYED)
    assert source(column("id", NUMBER, KEYED), set()).count("autoincrement=False") == 1


def test_modules_are_those_of_each_place() -> None:
    for _ in range(2):
        modules: set[str] = set()
        source(column("at", AT, TABLE), modules)
        assert modules == {"postgresql", "sa"}
