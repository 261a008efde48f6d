"""The plain statements of renames, and of changes to objects and comments."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gen_migration.alembic_ops import write, write_comments
from gen_migration.alembic_ops.calls import Call, call
from gen_migration.kinds import BY_WORD, access
from gen_migration.operations import every as op
from gen_migration.postgres.names import dollar_quoted, quote_name, quote_text
from gen_migration.render.create import Parts, index_called, plain
from gen_migration.sql import ddl, partition_keys

if TYPE_CHECKING:
    from collections.abc import Sequence


@plain.register
def _(operation: op.RenameObject) -> Parts:
    yield BY_WORD[operation.kind].rename(operation.old, operation.new)


@plain.register
def _(operation: op.MoveObject) -> Parts:
    yield BY_WORD[operation.kind].move(operation.old, operation.new)


@plain.register
def _(operation: op.AlterObject) -> Parts:
    kind, name = BY_WORD[operation.kind], operation.name
    alter = kind.alter_with_heirs if operation.has_heirs else kind.alter
    yield from alter(name, operation.old, operation.new)


@plain.register
def _(operation: op.RenameTable) -> Parts:
    old, new = operation.old, operation.new
    yield call("op.rename_table", old.name, new.name, **write.schema_of(old))


@plain.register
def _(operation: op.MoveTable) -> Parts:
    # A name without a schema is where the search path begins.
    schema = quote_name(operation.new.schema or "public")
    yield f"ALTER TABLE {operation.old.sql} SET SCHEMA {schema}"


@plain.register
def _(operation: op.RenameEnumValue) -> Parts:
    old, new = quote_text(operation.old), quote_text(operation.new)
    yield f"ALTER TYPE {operation.name.sql} RENAME VALUE {old} TO {new}"


@plain.register
def _(operation: op.ReorderAttributes) -> Parts:
    kind, name = BY_WORD["composite type"], operation.name
    pairs = zip(operation.old, operation.new, strict=True)
    same = next(n for n, (one, other) in enumerate(pairs) if one != other)

    def of(names: Sequence[str]) -> Any:
        return kind.value(attributes={key: operation.attributes[key] for key in names})

    # What stands elsewhere goes, and comes in its order.
    stays = of(operation.new[:same])
    (gone,) = kind.alter(name, of(operation.old), stays)
    come, *comments = kind.alter(name, stays, of(operation.new))
    yield f"{gone}, {come.removeprefix(f'ALTER {kind.sql(name)} ')}"
    yield from comments


@plain.register
def _(operation: op.RenameAttribute) -> Parts:
    old, new = quote_name(operation.old), quote_name(operation.new)
    cascade = " CASCADE" if operation.has_heirs else ""
    yield f"ALTER TYPE {operation.name.sql} RENAME ATTRIBUTE {old} TO {new}{cascade}"


@plain.register
def _(operation: op.RenameColumnOfObject) -> Parts:
    old, new = quote_name(operation.old), quote_name(operation.new)
    what = BY_WORD[operation.kind].sql(operation.name)
    yield f"ALTER {what} RENAME COLUMN {old} TO {new}"


@plain.register
def _(operation: op.RenameColumnSequence) -> Parts:
    old, new = operation.old.sql, quote_name(operation.new.name)
    yield f"ALTER SEQUENCE IF EXISTS {old} RENAME TO {new}"


@plain.register
def _(operation: op.RenameColumn) -> Parts:
    table, new = operation.table, {"new_column_name": operation.new}
    arguments = (table.name, operation.old)
    yield Call("op.alter_column", arguments, {**new, **write.schema_of(table)})


@plain.register
def _(operation: op.RenameConstraint) -> Parts:
    old, new = quote_name(operation.old), quote_name(operation.new)
    yield f"ALTER TABLE {operation.table.sql} RENAME CONSTRAINT {old} TO {new}"
    if operation.has_parts:
        yield partition_keys.rename(operation.table, operation.new)


@plain.register
def _(operation: op.RenameIndex) -> Parts:
    index = index_called(operation.table, operation.old)
    yield f"ALTER {index} RENAME TO {quote_name(operation.new)}"


@plain.register
def _(operation: op.AddEnumValue) -> Parts:
    value, new = operation.value, operation.new
    position = new.index(value)
    place = ""
    if position:
        place = f" AFTER {quote_text(new[position - 1])}"
    elif new[1:]:
        place = f" BEFORE {quote_text(new[1])}"
    start = f"ALTER TYPE {operation.name.sql} ADD VALUE IF NOT EXISTS"
    yield f"{start} {quote_text(value)}{place}"


@plain.register
def _(operation: op.KeepEnumValues) -> Parts:
    gone = [value for value in operation.old if value not in operation.new]
    table, column = operation.column
    where = f"is in the partition key of table {table}"
    if operation.through is not None:
        where = (
            f"of table {table} has the type {operation.through}, which is made of it"
        )
    reason = (
        f"PostgreSQL cannot take {' and '.join(map(repr, gone))} out of enum {operation.name}:"
        f" column {column} {where}"
    )
    yield call("NotImplementedError", reason)


@plain.register
def _(operation: op.RefuseValues) -> Parts:
    if operation.undone:
        return
    name, values = quote_name(operation.name), map(quote_text, operation.values)
    column, listed = f"{operation.table.sql}.{name}", ", ".join(values)
    found = f"{name}::text IN ({listed})"
    if operation.array:
        found = f"{name}::text[] && ARRAY[{listed}]"
    shown = " or ".join(map(repr, operation.values))
    message = f"rows of {column} still hold {shown}".replace("%", "%%")
    body = REFUSAL.format(
        table=operation.table.sql,
        found=found,
        message=quote_text(f"% {message}"),
        hint=quote_text("give these rows another value, then run it again"),
    )
    yield f"DO {dollar_quoted(body)}"


REFUSAL = """
DECLARE found bigint;
BEGIN
    SELECT count(*) INTO found FROM {table}
    WHERE {found};
    IF found > 0 THEN
        RAISE EXCEPTION {message}, found
            USING HINT = {hint};
    END IF;
END
"""


@plain.register
def _(operation: op.SetComment) -> Parts:
    name, part, text = operation.name, operation.part, operation.new or None
    match operation.kind:
        case "table":
            yield write_comments.of_table(name, text)
        case "column":
            yield write_comments.of_column(name, part or "", text)
        case "constraint":
            called = f"CONSTRAINT {quote_name(part or '')} ON {name.sql}"
            yield ddl.comment(called, text)
        case "index":
            yield ddl.comment(index_called(name, part or ""), text)
        case word:
            kind = BY_WORD[word]
            if operation.new is None:
                text = kind.texts.get(name) or None
            yield ddl.comment(kind.sql(name), text)


@plain.register
def _(operation: op.SetOwner) -> Parts:
    yield access.owner_statement(operation.kind, operation.name, operation.new)


@plain.register
def _(operation: op.SetGrants) -> Parts:
    yield from operation.statements


@plain.register
def _(operation: op.ReleaseSequence) -> Parts:
    yield f"ALTER SEQUENCE {operation.sequence.sql} OWNED BY NONE"


@plain.register
def _(operation: op.OwnSequence) -> Parts:
    # With its type, replay tells it from a sequence that a spec lists with its owner.
    name = operation.sequence.sql
    column = f"{operation.table.sql}.{quote_name(operation.name)}"
    yield f"ALTER SEQUENCE {name} AS {operation.type.plain.sql} OWNED BY {column}"
