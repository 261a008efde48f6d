"""The names of constraints and indexes that a spec leaves out.

Source: Alembic's documentation, "The Importance of Naming Constraints", with all columns in
the name; what is too long is shortened as SQLAlchemy does it (`_truncated_label`).
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from gen_migration.model.schema import ForeignKey, PrimaryKey, Unique
from gen_migration.postgres.names import MAX_NAME_BYTES

if TYPE_CHECKING:
    from collections.abc import Iterable

    from gen_migration.model.schema import Constraint


def conventional(table: str, value: Constraint) -> str | None:
    """Return the name of a constraint that is given by its columns alone; None for others."""
    match value:
        case PrimaryKey():
            return primary_key_name(table)
        case Unique(columns=columns):
            return unique_name(table, columns)
        case ForeignKey(columns=columns, referred_table=referred):
            return foreign_key_name(table, columns, referred.name)
        case _:
            return None


def primary_key_name(table: str) -> str:
    """`pk_<table>`."""
    return shorten(f"pk_{table}")


def unique_name(table: str, columns: Iterable[str]) -> str:
    """`uq_<table>_<columns>`."""
    return shorten("_".join(("uq", table, *columns)))


def foreign_key_name(table: str, columns: Iterable[str], referred_table: str) -> str:
    """`fk_<table>_<columns>_<referred table>`."""
    return shorten("_".join(("fk", table, *columns, referred_table)))


def check_name(table: str, name: str) -> str:
    """`ck_<table>_<name>`; the name is the column of a check that stands at one."""
    return shorten(f"ck_{table}_{name}")


def exclude_name(table: str, columns: Iterable[str]) -> str:
    """`ex_<table>_<columns>`."""
    return shorten("_".join(("ex", table, *columns)))


def index_name(table: str, columns: Iterable[str]) -> str:
    """`ix_<table>_<columns>`."""
    return shorten("_".join(("ix", table, *columns)))


def shorten(name: str) -> str:
    """Return a name of at most 63 bytes: its start, `_` and four digits of its MD5."""
    encoded = name.encode()
    if len(encoded) <= MAX_NAME_BYTES:
        return name
    digest = hashlib.md5(encoded, usedforsecurity=False).hexdigest()[-4:]
    return encoded[: MAX_NAME_BYTES - 8].decode(errors="ignore") + "_" + digest
