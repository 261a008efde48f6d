"""The names of constraints and indexes that a spec leaves out.

Sources: Alembic's documentation, "The Importance of Naming Constraints", with all columns in
the name; what is too long is shortened as SQLAlchemy does it (`_truncated_label`). The names that
PostgreSQL chooses are in `automatic_names`.
"""

from __future__ import annotations

import hashlib
import re
from typing import TYPE_CHECKING

from gen_migration.base.data_class import dataclass
from gen_migration.postgres.names import MAX_NAME_BYTES, object_name

if TYPE_CHECKING:
    from collections.abc import Iterable

WORD = re.compile(r"\{(\w*)\}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Convention:
    """What names are made of, in words: `{table}`, `{columns}`, `{column}` (the first of them).

    A foreign key has `{referred}`, the other table, as well, and a check `{columns}` alone, which
    are those that it reads. With `is_automatic`, names are those that PostgreSQL would choose,
    shortened as it does.
    """

    primary_key: str = "pk_{table}"
    unique: str = "uq_{table}_{columns}"
    foreign_key: str = "fk_{table}_{columns}_{referred}"
    check: str = "ck_{table}_{columns}"
    exclude: str = "ex_{table}_{columns}"
    index: str = "ix_{table}_{columns}"
    is_automatic: bool = False

    def primary_key_name(self, table: str) -> str:
        """Return the name of a primary key."""
        return self.made(self.primary_key, table, ())

    def unique_name(self, table: str, columns: Iterable[str]) -> str:
        """Return the name of a unique constraint."""
        return self.made(self.unique, table, columns)

    def foreign_key_name(
        self, table: str, columns: Iterable[str], referred: str
    ) -> str:
        """Return the name of a foreign key."""
        return self.made(self.foreign_key, table, columns, referred)

    def check_name(self, table: str, columns: Iterable[str]) -> str:
        """Return the name of a check over some columns, or over none."""
        found = [*columns]
        if self.is_automatic:
            # PostgreSQL names the column where there is just one.
            return self.made(self.check, table, found if len(found) == 1 else ())
        return self.made(self.check, table, found or ["constant"])

    def exclude_name(self, table: str, columns: Iterable[str]) -> str:
        """Return the name of an exclusion constraint."""
        return self.made(self.exclude, table, columns)

    def index_name(self, table: str, columns: Iterable[str]) -> str:
        """Return the name of an index."""
        return self.made(self.index, table, columns)

    def made(
        self, pattern: str, table: str, columns: Iterable[str], referred: str = ""
    ) -> str:
        """Return a name of a pattern."""
        found = [*columns]
        if self.is_automatic:
            return object_name(table, "_".join(found), pattern)
        words = {
            "table": table,
            "columns": "_".join(found),
            "column": found[0] if found else "",
            "referred": referred,
        }
        return shorten(WORD.sub(lambda one: words[one[1]], pattern))


ALEMBIC = Convention()
POSTGRESQL = Convention(
    primary_key="pkey",
    unique="key",
    foreign_key="fkey",
    check="check",
    exclude="excl",
    index="idx",
    is_automatic=True,
)
CONVENTIONS = {"alembic": ALEMBIC, "postgresql": POSTGRESQL}
# What a pattern may hold besides the table, by what it names.
WORDS = {
    "primary_key": frozenset(("table",)),
    "unique": frozenset(("table", "columns", "column")),
    "foreign_key": frozenset(("table", "columns", "column", "referred")),
    "check": frozenset(("table", "columns", "column")),
    "exclude": frozenset(("table", "columns", "column")),
    "index": frozenset(("table", "columns", "column")),
}


def shorten(name: str) -> str:
    """Return a name of at most 63 bytes: its start, `_` and four digits of its MD5."""
    encoded = name.encode()
    if len(encoded) <= MAX_NAME_BYTES:
        return name
    digest = hashlib.md5(encoded, usedforsecurity=False).hexdigest()[-4:]
    return encoded[: MAX_NAME_BYTES - 8].decode(errors="ignore") + "_" + digest
