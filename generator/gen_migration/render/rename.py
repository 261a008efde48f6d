"""What the templates print of renames, and of changes to objects and comments.

Registered with `create.view`.
"""

from __future__ import annotations

from typing import Any

from gen_migration.alembic_ops.calls import Call
from gen_migration.kinds import BY_WORD
from gen_migration.operations.alterations import (
    AddEnumValue,
    AlterObject,
    KeepEnumValues,
    RefuseValues,
    SetComment,
)
from gen_migration.operations.renames import (
    MoveObject,
    MoveTable,
    RenameColumn,
    RenameColumnSequence,
    RenameConstraint,
    RenameEnumValue,
    RenameIndex,
    RenameObject,
    RenameTable,
)
from gen_migration.operations.serial import OwnSequence, ReleaseSequence
from gen_migration.postgres.names import dollar_quoted, quote_name, quote_text
from gen_migration.render.create import View, statements, view
from gen_migration.sql import ddl


@view.register
def _(operation: RenameObject) -> View:
    return statements(BY_WORD[operation.kind].rename(operation.old, operation.new))


@view.register
def _(operation: MoveObject) -> View:
    return statements(BY_WORD[operation.kind].move(operation.old, operation.new))


@view.register
def _(operation: AlterObject) -> View:
    kind, name = BY_WORD[operation.kind], operation.name
    return statements(*kind.alter(name, operation.old, operation.new))


@view.register
def _(operation: RenameTable) -> View:
    schema = operation.old.schema
    keywords = {} if schema is None else {"schema": schema}
    names = (operation.old.name, operation.new.name)
    return statements(call=Call("op.rename_table", names, keywords))


@view.register
def _(operation: MoveTable) -> View:
    # A name without a schema is where the search path begins.
    schema = quote_name(operation.new.schema or "public")
    return statements(f"ALTER TABLE {operation.old.sql} SET SCHEMA {schema}")


@view.register
def _(operation: RenameEnumValue) -> View:
    old, new = quote_text(operation.old), quote_text(operation.new)
    return statements(f"ALTER TYPE {operation.name.sql} RENAME VALUE {old} TO {new}")


@view.register
def _(operation: RenameColumnSequence) -> View:
    old, new = operation.old.sql, quote_name(operation.new.name)
    return statements(f"ALTER SEQUENCE IF EXISTS {old} RENAME TO {new}")


@view.register
def _(operation: RenameColumn) -> View:
    arguments = (operation.table.name, operation.old)
    keywords: dict[str, Any] = {"new_column_name": operation.new}
    if operation.table.schema is not None:
        keywords["schema"] = operation.table.schema
    return statements(call=Call("op.alter_column", arguments, keywords))


@view.register
def _(operation: RenameConstraint) -> View:
    old, new = quote_name(operation.old), quote_name(operation.new)
    table = operation.table.sql
    return statements(f"ALTER TABLE {table} RENAME CONSTRAINT {old} TO {new}")


@view.register
def _(operation: RenameIndex) -> View:
    index = operation.table._replace(name=operation.old)
    return statements(f"ALTER INDEX {index.sql} RENAME TO {quote_name(operation.new)}")


@view.register
def _(operation: AddEnumValue) -> View:
    value = operation.value
    position = operation.new.index(value)
    place = ""
    if position:
        place = f" AFTER {quote_text(operation.new[position - 1])}"
    elif operation.new[1:]:
        place = f" BEFORE {quote_text(operation.new[1])}"
    return statements(
        f"ALTER TYPE {operation.name.sql} ADD VALUE IF NOT EXISTS {quote_text(value)}{place}"
    )


@view.register
def _(operation: KeepEnumValues) -> View:
    gone = [value for value in operation.old if value not in operation.new]
    table, column = operation.column
    reason = (
        f"PostgreSQL cannot take {' and '.join(map(repr, gone))} out of enum {operation.name}:"
        f" column {column} is in the partition key of table {table}"
    )
    return {"reason": reason}


@view.register
def _(operation: RefuseValues) -> View:
    if operation.undone:
        return statements()
    column = f"{operation.table.sql}.{quote_name(operation.name)}"
    values = ", ".join(quote_text(value) for value in operation.values)
    name = quote_name(operation.name)
    found = f"{name}::text IN ({values})"
    if operation.array:
        found = f"{name}::text[] && ARRAY[{values}]"
    shown = " or ".join(map(repr, operation.values))
    message = quote_text(
        f"% rows of {column} still hold {shown}".replace("% rows", "\0")
    )
    message = message.replace("%", "%%").replace("\0", "% rows")
    hint = quote_text("give these rows another value, then run it again")
    lines = (
        "",
        "DECLARE found bigint;",
        "BEGIN",
        f"    SELECT count(*) INTO found FROM {operation.table.sql}",  # noqa: S608 - quoted
        f"    WHERE {found};",
        "    IF found > 0 THEN",
        f"        RAISE EXCEPTION {message}, found",
        f"            USING HINT = {hint};",
        "    END IF;",
        "END",
        "",
    )
    body = "\n".join(lines)
    return statements(f"DO {dollar_quoted(body)}")


@view.register
def _(operation: SetComment) -> View:
    text, kind = operation.new, BY_WORD.get(operation.kind)
    if text is None and kind is not None:
        text = kind.texts.get(operation.name)
    return statements(ddl.comment(commented_object(operation), text))


def commented_object(operation: SetComment) -> str:
    """Return the object of `COMMENT ON`."""
    name, part = operation.name, operation.part
    match operation.kind:
        case "table":
            return f"TABLE {name.sql}"
        case "column":
            return f"COLUMN {name.sql}.{quote_name(part or '')}"
        case "constraint":
            return f"CONSTRAINT {quote_name(part or '')} ON {name.sql}"
        case "index":
            return f"INDEX {name._replace(name=part).sql}"
        case kind:
            return BY_WORD[kind].sql(name)


@view.register
def _(operation: ReleaseSequence) -> View:
    return statements(f"ALTER SEQUENCE {operation.sequence.sql} OWNED BY NONE")


@view.register
def _(operation: OwnSequence) -> View:
    # With its type, replay tells it from a sequence that a spec lists with its owner.
    name = operation.sequence.sql
    column = f"{operation.table.sql}.{quote_name(operation.name)}"
    integer = operation.type.plain.sql
    return statements(f"ALTER SEQUENCE {name} AS {integer} OWNED BY {column}")
