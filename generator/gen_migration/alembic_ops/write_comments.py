"""The comments of tables and their columns as SQL, with Alembic's directive where there is one.

Its `existing_comment` and the like are for other databases, and say what `downgrade()` does.
Source: Alembic, `ddl.postgresql.visit_column_comment`; SQLAlchemy,
`DDLCompiler.visit_set_table_comment`; the PostgreSQL manual, COMMENT.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from gen_migration.alembic_ops.calls import Call, Directed
from gen_migration.alembic_ops.write import is_directive_comment, schema_of
from gen_migration.postgres.names import quote_name
from gen_migration.sql import ddl

if TYPE_CHECKING:
    from gen_migration.postgres.names import Name


def of_table(table: Name, text: str | None) -> str:
    """Return what sets the comment of a table, or takes it away."""
    directive = Call("op.drop_table_comment", (table.name,), schema_of(table))
    if text is not None:
        arguments = (table.name, text)
        directive = Call("op.create_table_comment", arguments, schema_of(table))
    return directed(f"TABLE {table.sql}", text, directive)


def of_column(table: Name, column: str, text: str | None) -> str:
    """Return what sets the comment of a column of a table, or takes it away."""
    keywords = {"comment": text, **schema_of(table)}
    directive = Call("op.alter_column", (table.name, column), keywords)
    return directed(f"COLUMN {table.sql}.{quote_name(column)}", text, directive)


def directed(what: str, text: str | None, directive: Call) -> str:
    """Return `COMMENT ON`, with its directive where that can say the text."""
    sql = ddl.comment(what, text)
    if text is None or is_directive_comment(text):
        return Directed(sql, directive)
    return sql
