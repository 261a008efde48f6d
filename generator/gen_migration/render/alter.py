"""Views for the templates of changes to columns, tables, constraints and indexes.

Registered with `create.view`. Source: the PostgreSQL manual, ALTER TABLE and its siblings.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from gen_migration.alembic_ops import write
from gen_migration.alembic_ops.calls import Call
from gen_migration.model import not_null_names
from gen_migration.model.automatic_names import sequence_name
from gen_migration.model.constraints import is_deferral, is_validation
from gen_migration.model.schema import ForeignKey, SequenceOptions, Table
from gen_migration.operations.alterations import (
    AlterConstraint,
    AttachPartition,
    DetachPartition,
    SetIndexStorage,
    SetIndexTablespace,
    SetTableStorage,
    SetTableTablespace,
    SetTableUnlogged,
)
from gen_migration.operations.columns import (
    AddColumn,
    Backfill,
    DropColumn,
    SetColumn,
    SetColumnCompression,
    SetColumnDefault,
    SetColumnExpression,
    SetColumnIdentity,
    SetColumnNullable,
    SetColumnStorage,
    SetColumnType,
    SetNotNullName,
)
from gen_migration.operations.serial import standard
from gen_migration.postgres.names import Name, quote_name, quote_text
from gen_migration.postgres.storage import default_storage
from gen_migration.render.create import (
    View,
    column_statements,
    commented,
    own_after,
    statements,
    view,
)
from gen_migration.sql import ddl, do_block, partition_not_null
from gen_migration.sql import partition_names as inherited_names

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from gen_migration.model.schema import Own, Parameters


def alter_table(table: Name, *actions: str) -> str:
    return f"ALTER TABLE {table.sql} {', '.join(actions)}"


def alter_column(operation: SetColumn, action: str) -> str:
    only = "ONLY " if operation.is_alone else ""
    table, name = operation.table.sql, quote_name(operation.name)
    return f"ALTER TABLE {only}{table} ALTER COLUMN {name} {action}"


@view.register
def _(operation: AddColumn) -> View:
    table, name, column = operation.table, operation.name, operation.new
    what = f"COLUMN {table.sql}.{quote_name(name)}"
    after = [commented(what, column.comment), *column_statements(table, name, column)]
    # What a partition has from its table already, PostgreSQL lets nobody rename.
    is_later = column.not_null is None and not column.nullable
    if is_later := is_later and any(
        "not_null" in one for one in operation.own.values()
    ):
        column = replace(column, nullable=True)
    call = None
    if write.is_directive(column) and not write.is_nameless(column):
        plain = write.column(name, column, Table(columns={}))
        inside = {k: v for k, v in plain.keywords.items() if k != "comment"}
        arguments = (table.name, Call(plain.name, plain.arguments, inside))
        call = Call("op.add_column", arguments, write.schema_of(table))
    else:
        after.insert(0, alter_table(table, f"ADD COLUMN {ddl.column(name, column)}"))
    for part, own in operation.own.items():
        after += own_statements(part, name, own, says=column.nullable)
    if is_later:
        after.append(
            alter_table(table, f"ALTER COLUMN {quote_name(name)} SET NOT NULL")
        )
    return statements(*after, call=call)


def own_statements(table: Name, name: str, own: Own, *, says: bool) -> Iterator[str]:
    """Yield what gives a column of a partition what it has of its own.

    `says` tells whether to forbid NULL; where the parent does, the partition does so already.
    """
    start = f"ALTER COLUMN {quote_name(name)}"
    if own.get("default") is not None:
        default = ddl.default(own["default"])
        yield alter_table(table, f"{start} SET DEFAULT {default}")
    elif "default" in own:
        yield alter_table(table, f"{start} DROP DEFAULT")
    if says and "nullable" in own:
        yield alter_table(table, f"{start} SET NOT NULL")
        if "not_null" in own:
            yield not_null_names.rename(table, name, own["not_null"])
    yield from own_after(table, name, own)


@view.register
def _(operation: DropColumn) -> View:
    table = operation.table
    arguments = (table.name, operation.name)
    call = Call("op.drop_column", arguments, write.schema_of(table))
    return statements(call=call)


def op_alter_column(operation: SetColumn, **options: Any) -> Call:
    arguments = (operation.table.name, operation.name)
    keywords = {**options, **write.schema_of(operation.table)}
    return Call("op.alter_column", arguments, keywords)


@view.register
def _(operation: SetColumnType) -> View:
    of_type, collation = operation.new
    using = operation.using
    if of_type.is_serial or operation.old.type.is_serial:
        return statements(*change_serial(operation))
    kind = write.column_type(of_type, collation)
    plain = using is None or write.is_plain(using)
    if write.has_no_class(kind) or not plain:
        collate = f" COLLATE {collation.sql}" if collation is not None else ""
        cast = f" USING {using}" if using is not None else ""
        action = f"TYPE {of_type.sql}{collate}{cast}"
        return statements(alter_column(operation, action))
    options: dict[str, Any] = {"type_": kind}
    if using is not None:
        options["postgresql_using"] = using
    return statements(call=op_alter_column(operation, **options))


def change_serial(operation: SetColumnType) -> Iterator[str]:
    """Yield what makes a column serial, plain, or serial of another size.

    A serial column is an integer, its default, and a sequence that it owns.
    """
    table, (old, _), (new, collation) = operation.table, operation.old, operation.new
    sequence = sequence_name(table, operation.name)
    name, quoted = sequence.sql, quote_text(sequence.sql)
    if not new.is_serial:
        yield alter_column(operation, "DROP DEFAULT")
        yield f"DROP SEQUENCE {name}"
    kind = new.plain.sql
    if kind != old.plain.sql:
        collate = f" COLLATE {collation.sql}" if collation is not None else ""
        using = f" USING {operation.using}" if operation.using is not None else ""
        yield alter_column(operation, f"TYPE {kind}{collate}{using}")
    if new.is_serial and old.is_serial:
        yield f"ALTER SEQUENCE {name} AS {kind}"
    elif new.is_serial:
        column = quote_name(operation.name)
        yield f"CREATE SEQUENCE {name} AS {kind} OWNED BY {table.sql}.{column}"
        yield alter_column(operation, f"SET DEFAULT nextval({quoted})")
        options = standard(kind).options
        yield count_on(quoted, table, operation.name, options)


def count_on(sequence: str, table: Name, column: str, options: SequenceOptions) -> str:
    """Return what lets a new sequence go on where the rows of its column end."""
    following = next_number(table, column, options)
    return f"SELECT setval({sequence}, ({following}), false)"


def next_number(table: Name, column: str, options: SequenceOptions) -> str:
    """Return a query for the number after those in a column; none where a sequence starts there."""
    up = options.increment > 0
    last = f"{'max' if up else 'min'}({quote_name(column)})"
    end = (options.maximum if up else options.minimum) - options.increment
    low, high = sorted((options.start, end))
    return (
        f"SELECT {last} + {options.increment} FROM {table.sql}"  # noqa: S608 - quoted
        f" HAVING {last} BETWEEN {low} AND {high}"
    )


@view.register
def _(operation: SetColumnNullable) -> View:
    after = None
    if operation.not_null is not None and not operation.new:
        after = not_null_names.rename(
            operation.table, operation.name, operation.not_null
        )
    call = op_alter_column(operation, nullable=operation.new)
    return statements(after, *said(operation), call=call)


def said(operation: SetColumnNullable) -> list[str]:
    """Return what lets partitions allow NULL, or forbid it where they do so themselves.

    To PostgreSQL 18, a partition also forbids it itself once it has got a primary key by a
    statement of its own. Before 18, PostgreSQL does not know of it, and allows NULL in all.
    """
    if not operation.new:
        return []
    column = f"ALTER COLUMN {quote_name(operation.name)}"
    return [
        *(alter_table(part, f"{column} DROP NOT NULL") for part in operation.followers),
        *(alter_table(part, f"{column} SET NOT NULL") for part in operation.says),
    ]


@view.register
def _(operation: SetNotNullName) -> View:
    return statements(
        not_null_names.rename(operation.table, operation.name, operation.new)
    )


@view.register
def _(operation: SetColumnDefault) -> View:
    default = None
    if operation.only:
        return statements(set_default(operation))
    if operation.new is not None:
        default = write.text(ddl.default(operation.new))
    return statements(call=op_alter_column(operation, server_default=default))


def set_default(operation: SetColumnDefault) -> str:
    """Return the statement that sets or drops a default."""
    if operation.new is None:
        return alter_column(operation, "DROP DEFAULT")
    return alter_column(operation, f"SET DEFAULT {ddl.default(operation.new)}")


@view.register
def _(operation: SetColumnIdentity) -> View:
    old, new = operation.old, operation.new
    if new is None:
        return statements(alter_column(operation, "DROP IDENTITY"))
    column = quote_text(operation.name)
    sequence = f"pg_get_serial_sequence({quote_text(operation.table.sql)}, {column})"
    if old is None:
        action = f"ADD GENERATED {ddl.identity(new, operation.type)}"
        following = next_number(operation.table, operation.name, new.options)
        look = f"set_config('gm.next', coalesce(({following})::text, ''), true)"
        found = "nullif(current_setting('gm.next'), '')::bigint"
        # Readers go on while the rows are read. As one statement it is tried again as a whole,
        # and keeps no writer out while it waits for the next try.
        steps = (
            f"LOCK TABLE {operation.table.sql} IN SHARE ROW EXCLUSIVE MODE",
            f"PERFORM {look}",
            alter_column(operation, action),
            f"PERFORM setval({sequence}, {found}, false)",
        )
        return statements(do_block.at_once(steps))
    always = "ALWAYS" if new.always else "BY DEFAULT"
    parts = [f"SET GENERATED {always}"] if new.always != old.always else []
    changed = ddl.changed_options(old.options, new.options)
    parts += [f"SET {part}" for part in changed]
    move = ddl.move_sequence(f"{sequence}::regclass", old.options, new.options)
    return statements(*move, alter_column(operation, " ".join(parts)))


@view.register
def _(operation: SetColumnStorage) -> View:
    storage = operation.new or default_storage(operation.type) or "default"
    return statements(alter_column(operation, f"SET STORAGE {storage.upper()}"))


@view.register
def _(operation: SetColumnCompression) -> View:
    return statements(
        alter_column(operation, f"SET COMPRESSION {operation.new or 'default'}")
    )


@view.register
def _(operation: SetColumnExpression) -> View:
    if operation.new is None:
        return statements(alter_column(operation, "DROP EXPRESSION"))
    action = f"SET EXPRESSION AS ({operation.new.expression})"
    return statements(alter_column(operation, action))


@view.register
def _(operation: Backfill) -> View:
    if operation.new is None:
        return statements()
    name = quote_name(operation.name)
    return statements(
        f"UPDATE {operation.table.sql} SET {name} = {operation.new} WHERE {name} IS NULL",  # noqa: S608 - quoted, parsed
        # No check of the UPDATE may be put off: PostgreSQL then alters the table no more.
        "SET CONSTRAINTS ALL IMMEDIATE",
    )


def set_parameters(what: str, old: Parameters, new: Parameters) -> str:
    """Return the statement that sets what is new or changed, and resets what is gone."""
    changed = {key: value for key, value in new.items() if old.get(key) != value}
    gone = [key for key in old if key not in new]
    actions = [f"SET ({ddl.parameters(changed)})"] if changed else []
    actions += [f"RESET ({', '.join(gone)})"] if gone else []
    return f"ALTER {what} {', '.join(actions)}"


@view.register
def _(operation: SetTableStorage) -> View:
    what = f"TABLE {operation.table.sql}"
    return statements(set_parameters(what, operation.old, operation.new))


@view.register
def _(operation: SetIndexStorage) -> View:
    index = operation.table._replace(name=operation.name)
    what = f"INDEX {index.sql}"
    return statements(set_parameters(what, operation.old, operation.new))


@view.register
def _(operation: SetTableUnlogged) -> View:
    action = "SET UNLOGGED" if operation.new else "SET LOGGED"
    return statements(alter_table(operation.table, action))


@view.register
def _(operation: SetTableTablespace) -> View:
    tablespace = quote_name(operation.new or "pg_default")
    return statements(alter_table(operation.table, f"SET TABLESPACE {tablespace}"))


@view.register
def _(operation: SetIndexTablespace) -> View:
    index = operation.table._replace(name=operation.name)
    tablespace = quote_name(operation.new or "pg_default")
    return statements(f"ALTER INDEX {index.sql} SET TABLESPACE {tablespace}")


@view.register
def _(operation: AttachPartition) -> View:
    place = operation.new.partition_of
    assert place is not None  # noqa: S101 - it becomes a partition
    action = f"ATTACH PARTITION {operation.table.sql} {ddl.bound(place.bound)}"
    table, columns = operation.table, operation.not_null
    said = [
        name
        for name, own in operation.new.own.items()
        if "nullable" in own and "not_null" not in own
    ]
    return statements(
        partition_not_null.as_parent(table, place.parent, columns) if columns else None,
        partition_not_null.as_own(table, said, is_next=True) if said else None,
        alter_table(place.parent, action),
    )


@view.register
def _(operation: DetachPartition) -> View:
    place = operation.old.partition_of
    assert place is not None  # noqa: S101 - it was a partition
    names, columns = operation.names, operation.not_null
    return statements(
        inherited_names.rename(operation.table, place.parent, names) if names else None,
        alter_table(place.parent, f"DETACH PARTITION {operation.table.sql}"),
        partition_not_null.as_own(operation.table, columns, is_next=False)
        if columns
        else None,
    )


@view.register
def _(operation: AlterConstraint) -> View:
    name, old, new = quote_name(operation.name), operation.old, operation.new
    if is_deferral(old, new):
        assert isinstance(new, ForeignKey)  # noqa: S101 - for the type checker
        words = ddl.deferral(new) or " NOT DEFERRABLE"
        action = f"ALTER CONSTRAINT {name}{words}"
        return statements(alter_table(operation.table, action))
    if is_validation(old, new):
        return statements(alter_table(operation.table, f"VALIDATE CONSTRAINT {name}"))
    add = f"ADD {ddl.constraint(operation.name, new)}"
    comment = commented(f"CONSTRAINT {name} ON {operation.table.sql}", new.comment)
    return statements(
        alter_table(operation.table, f"DROP CONSTRAINT {name}", add), comment
    )
