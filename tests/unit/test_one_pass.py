"""Which changes of types are one statement."""

from __future__ import annotations

import pytest
from gen_migration.model.schema import Column, Schema, Table
from gen_migration.operations import every as op
from gen_migration.plan.one_pass import in_one_pass
from gen_migration.postgres.names import Name
from gen_migration.postgres.types import parse_type

T = Name(None, "t")


def change(
    name: str, old: str, new: str, using: str | None = None, table: Name = T
) -> op.SetColumnType:
    before, after = (op.Typing(parse_type(one)) for one in (old, new))
    return op.SetColumnType(table=table, name=name, old=before, new=after, using=using)


def groups(*operations: op.Operation) -> list[tuple[int, str]]:
    """Return the statements that change several columns: where the first is, and the columns."""
    integer = Column(type=parse_type("integer"))
    table = Table(columns=dict.fromkeys("abcd", integer))
    found = in_one_pass(operations, Schema(tables={T: table, Name(None, "u"): table}))
    return [(at, "".join(each.name for each in one)) for at, one in found.items()]


A, B, C = (change(one, "integer", "bigint") for one in "abc")


def test_those_in_a_row_are_one() -> None:
    default = op.SetColumnDefault(table=T, name="d", old=None, new="1")
    assert groups(default, A, B, C, default) == [(1, "abc")]
    assert groups(A, default, B, C) == [(2, "bc")]
    assert groups(A) == []


def test_those_of_a_table_are_one() -> None:
    u = Name(None, "u")
    others = [change(one, "integer", "bigint", table=u) for one in "ab"]
    assert groups(A, B, *others) == [(0, "ab"), (2, "ab")]
    assert groups(A, others[0], B, others[1]) == []


def test_what_is_free_goes_along_with_what_is_not() -> None:
    free = change("d", "varchar(1)", "text")
    assert groups(A, free) == groups(free, change("c", "varchar(1)", "text")) == []
    assert groups(A, free, B) == [(0, "adb")]


def test_what_becomes_serial_has_statements_of_its_own() -> None:
    assert groups(A, change("d", "integer", "bigserial"), B) == []


@pytest.mark.parametrize("using", ["c + a", "c + t.a", "length(t::text)", "f(t.*)"])
def test_what_reads_an_earlier_one_is_another_statement(using: str) -> None:
    reading = change("c", "integer", "text", using)
    assert groups(A, B, reading) == [(0, "ab")]
    assert groups(reading, A, B) == [(0, "cab")]
    last = change("d", "integer", "bigint")
    assert groups(A, B, reading, last) == [(0, "ab"), (2, "cd")]


def test_what_reads_itself_or_what_stays_is_none() -> None:
    assert groups(A, change("c", "integer", "text", "c::text || d")) == [(0, "ac")]
