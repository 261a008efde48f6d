"""Tables, columns, constraints and indexes in the words of Alembic and SQLAlchemy.

Each function returns the call that a revision makes, or None where SQLAlchemy 2.0 has no
words: the plan then gives the object a statement of its own, which `ddl` writes as SQL.
Source: SQLAlchemy's documentation, "PostgreSQL" (dialect) and "Describing Databases".
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from gen_migration.alembic_ops.calls import Call, Shared, call, said, shared
from gen_migration.alembic_ops.write_types import column_type, has_no_class
from gen_migration.model.constraints import plain_columns
from gen_migration.model.schema import Check, PrimaryKey
from gen_migration.postgres.hidden import has_hidden, on_one_line, shown
from gen_migration.postgres.type_names import INTEGERS
from gen_migration.postgres.types import Type
from gen_migration.sql import ddl, sequence_options

if TYPE_CHECKING:
    from collections.abc import Iterable

    from gen_migration.model.schema import (
        Column,
        Element,
        Identity,
        Index,
        Parameters,
        Table,
    )
    from gen_migration.postgres.names import Name


def text(sql: str) -> Call:
    """Return SQL for SQLAlchemy's `text()`."""
    return call("sa.text", escape_text(sql))


# What SQLAlchemy's text() takes for a parameter, and what for an escaped one
# (sqlalchemy.sql.elements.TextClause, sqlalchemy.sql.compiler.BIND_PARAMS_ESC); before 2.1, a
# dollar is a part of its name.
PARAMETER = re.compile(r"(?<![:\w\\]):(?=\w+(?![:\w])|[\w$]+(?![:\w$]))")
ESCAPED = re.compile(r"\\(?=:\w*(?![:\w]))")


def escape_text(sql: str) -> str:
    """Return SQL that `text()` and Alembic's offline mode read as it is meant.

    `:` starts a parameter for the one, the other writes four spaces for a tab. Hidden characters
    are written as escapes, and so is a line feed within a literal.
    """
    found = on_one_line(shown(sql))
    if ":" not in found:
        return found
    return PARAMETER.sub(r"\\:", ESCAPED.sub(r"\\\\", found))


def table_is_directive(table: Table) -> bool:
    """Tell whether `op.create_table` can say all of a table's columns and its partition key.

    SQLAlchemy has no word for an access method before 2.0.26.
    """
    by = table.partition_by
    if table.access_method is not None or table.of_type is not None:
        return False
    if table.inherits and not inherits_plainly(table):
        return False
    if any(map(ddl.names_not_null, table.own.values())):
        return False
    if table.partition_of is not None or (by and not is_plain(ddl.partition_by(by))):
        return False
    return all(
        is_directive(value)
        and (not is_nameless(value) or counts_key(name, value, table))
        for name, value in table.columns.items()
    )


def inherits_plainly(table: Table) -> bool:
    """Tell whether SQLAlchemy can say which parents a table has, and what it has beside them.

    It quotes the name of a parent as one word, and knows no columns but those of the table itself.
    """
    if any(one.schema is not None for one in table.inherits):
        return False
    named = (
        column
        for one in table.constraints.values()
        if not isinstance(one, Check)
        for column in plain_columns(one)
    )
    return all(column in table.columns for column in named)


def is_nameless(value: Column) -> bool:
    """Tell whether SQLAlchemy has no class for the type of a column: it stands in SQL."""
    return is_nameless_type(value.type, value.collation)


@lru_cache(maxsize=1000)
def is_nameless_type(value: Type, collation: Name | None) -> bool:
    return has_no_class(column_type(value, collation))


def counts_key(name: str, value: Column, table: Table) -> bool:
    """Tell whether a column is the serial one of a primary key, of which SQLAlchemy knows one.

    Source: SQLAlchemy, `PrimaryKeyConstraint._autoincrement_column`.
    """
    if not value.type.is_serial:
        return False
    for one in table.constraints.values():
        if isinstance(one, PrimaryKey) and name in one.columns:
            held = table.columns
            serial = [
                key for key in one.columns if key in held and held[key].type.is_serial
            ]
            return serial == [name]
    return False


def is_directive(value: Column) -> bool:
    """Tell whether SQLAlchemy can say what a column is.

    It knows nothing virtual, no name of NOT NULL, and none of an identity's sequence.
    """
    virtual = value.generated is not None and not value.generated.stored
    named = value.identity is not None and value.identity.sequence is not None
    return not (virtual or named) and value.not_null is None


def column(name: str, value: Column, table: Table) -> Call:
    """Return `sa.Column(…)`."""
    counter = counts_key(name, value, table)
    is_serial = is_serial_for_sqlalchemy(name, value, table)
    return of_column(name, value, counter=counter, is_serial=is_serial)


@lru_cache(maxsize=1000)
def of_column(name: str, value: Column, *, counter: bool, is_serial: bool) -> Shared:
    """Return `sa.Column(…)`, which many tables have alike."""
    kind = value.type.plain if counter else value.type
    arguments: list[Any] = [name, column_type(kind, value.collation)]
    options: dict[str, Any] = {"autoincrement": True} if counter else {}
    if value.generated is not None:
        computed = escape_text(value.generated.expression)
        arguments.append(
            call("sa.Computed", computed, persisted=value.generated.stored)
        )
    if value.identity is not None:
        arguments.append(identity(value.identity, value.type.name))
    if value.default is not None:
        options["server_default"] = text(ddl.default(value.default))
    if is_serial:
        options["autoincrement"] = False
    options["nullable"] = value.nullable
    if value.comment is not None and is_directive_comment(value.comment):
        options["comment"] = value.comment
    return shared(Call("sa.Column", tuple(arguments), options))


def is_serial_for_sqlalchemy(name: str, value: Column, table: Table) -> bool:
    """Tell whether SQLAlchemy would make a SERIAL of a column that is none."""
    if value.type.name not in NUMBERS or value.type != Type(name=value.type.name):
        return False
    if (value.default, value.identity, value.generated) != (None, None, None):
        return False
    keys = (c for c in table.constraints.values() if isinstance(c, PrimaryKey))
    return any(key.columns == (name,) for key in keys)


NUMBERS = frozenset((*INTEGERS, "numeric"))


def identity(value: Identity, integer: str) -> Call:
    words = {"minimum": "minvalue", "maximum": "maxvalue"}
    given = sequence_options.sequence_options(value.options, integer)
    options = {words.get(key, key): getattr(value.options, key) for key in given}
    return Call("sa.Identity", (), {"always": value.always, **options})


def index_options(value: Index) -> dict[str, Any]:
    """Return the keywords of `op.create_index`."""
    return said(
        unique=value.unique,
        postgresql_using=None if value.method == "btree" else value.method,
        postgresql_nulls_not_distinct=value.nulls_not_distinct,
        postgresql_include=list(value.include),
        postgresql_where=value.where and text(value.where),
        postgresql_with=storage_parameters(value.storage_parameters),
        postgresql_tablespace=value.tablespace,
    )


def storage_parameters(values: Parameters) -> dict[str, Any]:
    """Return storage parameters as a keyword takes them: numbers are some."""
    return {key: int(item) if item.isdigit() else item for key, item in values.items()}


def index_elements(values: Iterable[Element]) -> list[Any]:
    """Return the elements of `op.create_index`.

    Alembic makes a column of each, by its text, and takes no second one of that name: blanks
    make another name, and no other SQL.
    """
    found: list[Any] = []
    taken: set[str] = set()
    for value in values:
        sql = ddl.element(value)
        element = index_element(value)
        while sql in taken:
            sql = f" {sql}"
            element = text(sql)
        taken.add(sql)
        found.append(element)
    return found


def index_element(value: Element) -> Any:
    """Return an element of `op.create_index`: a column's name, or SQL."""
    return value.column if is_column(value) else text(ddl.element(value))


def is_column(value: Element) -> bool:
    """Tell whether an element is a column and nothing else."""
    return value.column is not None and value == type(value)(column=value.column)


def create_index(table: Name, name: str, value: Index, **how: bool) -> Call:
    """Return `op.create_index(…)`."""
    options = {**schema_of(table), **index_options(value), **how}
    elements = index_elements(value.elements)
    return Call("op.create_index", (call("op.f", name), table.name, elements), options)


def drop_index(table: Name, name: str, **how: bool) -> Call:
    """Return `op.drop_index(…)`."""
    options = {"table_name": table.name, **schema_of(table), **how}
    return Call("op.drop_index", (call("op.f", name),), options)


def schema_of(table: Name) -> dict[str, Any]:
    """Return the keyword that every directive takes for a table of another schema.

    Of a plain text, Alembic takes a dot for one between two names (`ddl.base.quote_dotted`).
    """
    schema = table.schema
    if schema is not None and "." in schema:
        return {"schema": call("sa.quoted_name", schema, quote=True)}
    return said(schema=schema)


def is_plain(sql: str) -> bool:
    """Tell whether SQLAlchemy, which hands SQL on as it is, hands this on as it is meant.

    In the driver's hands, % is a parameter.
    """
    return "%" not in sql and not has_hidden(sql)


def is_directive_comment(comment: str) -> bool:
    """Tell whether a directive says a comment as it is meant.

    SQLAlchemy escapes no hidden characters. Before 2.1, it writes each backslash twice where no
    server has told it otherwise, which is in Alembic's offline mode
    (`PGDialect._backslash_escapes`).
    """
    return "\\" not in comment and not has_hidden(comment)


def table_options(table: Table, name: Name) -> dict[str, Any]:
    """Return the keywords of `op.create_table`."""
    comment, by = table.comment, table.partition_by
    return said(
        schema=name.schema,
        comment=comment and is_directive_comment(comment) and comment,
        prefixes=["UNLOGGED"] if table.unlogged else [],
        postgresql_inherits=[one.name for one in table.inherits],
        postgresql_partition_by=by and ddl.partition_by(by),
        postgresql_tablespace=table.tablespace,
    )
