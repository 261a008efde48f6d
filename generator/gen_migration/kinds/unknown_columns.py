"""Columns that queries of objects name, and that no relation of the schema has. Pure."""

from __future__ import annotations

import re
from functools import cached_property
from typing import TYPE_CHECKING

from gen_migration.kinds import KINDS
from gen_migration.kinds.relations import HAVING_COLUMNS, Columns, Known
from gen_migration.postgres import own_functions
from gen_migration.sql import unknown_columns

if TYPE_CHECKING:
    from gen_migration.model.schema import Schema
    from gen_migration.postgres.names import Name
    from gen_migration.sql.unknown_columns import Unknown

WORDS = re.compile(r"\w+")


class Names:
    """What the names in queries may lead to, as far as the schema knows for sure."""

    def __init__(self, schema: Schema) -> None:
        self.schema = schema
        self.known = Known(schema)

    def of_query(self, text: str) -> list[Unknown]:
        """Return what a query names and nothing has."""
        return unknown_columns.of_query(text, self.columns, self.is_function)

    def of_condition(self, text: str, table: Name) -> list[Unknown]:
        """Return what an expression over the rows of a table names and nothing has."""
        return unknown_columns.of_condition(text, table, self.columns, self.is_function)

    def columns(self, name: Name) -> Columns | None:
        """Return the columns of what is called just so; None where it may be something else."""
        is_there = any(
            name in self.schema.of(word) for word in ("table", *HAVING_COLUMNS)
        )
        if not is_there or name.name.startswith("pg_") or name.name in self.words:
            return None
        return self.known(name)

    @cached_property
    def words(self) -> frozenset[str]:
        """The words of statements, which may alter tables as well."""
        return frozenset(
            word
            for value in self.schema.of("statement").values()
            for text in value.create
            for word in WORDS.findall(text)
        )

    @cached_property
    def functions(self) -> frozenset[str]:
        """The names of functions: `t.f` may call one."""
        found = {
            one.name
            for kind in KINDS
            if kind.space == "functions"
            for one in self.schema.of(kind.word)
        }
        # One of an extension is often called as that is.
        return own_functions.names() | found | {*self.schema.of("extension")}

    def is_function(self, name: str) -> bool:
        return name in self.functions
