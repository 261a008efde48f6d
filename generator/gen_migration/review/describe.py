"""Descriptions of objects and of their changes, in PostgreSQL's words. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from gen_migration import kinds
from gen_migration.kinds import BY_WORD, access
from gen_migration.model import schema as model
from gen_migration.operations import columns, wording
from gen_migration.operations import every as op
from gen_migration.operations.base import SetSequenceOwner
from gen_migration.operations.serial import ReleaseSequence, SequenceOfColumn
from gen_migration.postgres.names import Name, quote_text
from gen_migration.postgres.query_layout import laid_out
from gen_migration.sql import ddl

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from gen_migration.kinds.kind import Kind
    from gen_migration.operations.base import Operation

    Words = tuple[str, str | None, str | None]


def definition(value: Any) -> str:
    """Return what an object or a part is, as SQL behind its name; empty where a name is all."""
    match value:
        case model.Column():
            return ddl.column_body(value)
        case (
            model.PrimaryKey()
            | model.Unique()
            | model.ForeignKey()
            | model.Check()
            | model.Exclude()
        ):
            return ddl.constraint_body(value)
        case model.Index():
            return f"{'UNIQUE ' if value.unique else ''}{ddl.index_body(value)}"
    kind = kinds.of_value(value)
    return "" if kind is None else kind.definition(value)


def properties(value: Any) -> Iterator[tuple[str, str]]:
    """Yield what else an object has that its definition does not say, and its value in words."""
    for name in ("partition_of", "partition_by", "unlogged", *OF_COLUMNS, "owned_by"):
        found = getattr(value, name, None)
        if found is not None and found is not False:
            yield name.replace("_", " "), words(found) or ""
    if isinstance(value, model.Table):
        yield from of_table(value)
    yield from comments(value)
    yield from of_access(value)


def of_table(value: model.Table) -> Iterator[tuple[str, str]]:
    """Yield what a table has beside columns, constraints and indexes of its own."""
    for what, say in ORIGINS.items():
        if found := say(value):
            yield what, found
    for name in OF_TABLES:
        if found := words(getattr(value, name)):
            yield name.replace("_", " "), found
    for name, own in value.own.items():
        if found := own_words(own):
            yield f"column {name}", found
    for name, one in value.inherited.items():
        yield f"inherited {name}", wording.inherited(one) or ""


def comments(value: Any) -> Iterator[tuple[str, str]]:
    """Yield the comment of an object, and that of the index which a constraint has."""
    for name in ("comment", "index_comment"):
        if (text := getattr(value, name, None)) is not None:
            yield name.replace("_", " "), quote_text(text)


def of_access(value: Any) -> Iterator[tuple[str, str]]:
    """Yield who owns an object, and what is granted on it."""
    kind = kinds.of_value(value)
    word = access.TABLE if kind is None else kind.word
    if getattr(value, "owner", None) is not None:
        yield "owner", value.owner
    if getattr(value, "grants", None) is not None:
        yield "grants", access.words(word, value.grants) or ""


# What gives a table columns.
ORIGINS: dict[str, Callable[[model.Table], str | None]] = {
    "inherits": lambda table: ", ".join(map(str, table.inherits)) or None,
    "of": lambda table: None if table.of_type is None else str(table.of_type),
}
OF_TABLES = (
    *("storage_parameters", "tablespace", "row_security", "access_method"),
    *("replica_identity", "cluster_on"),
)
OF_COLUMNS = (
    *("not_null_state", "storage", "compression", "statistics_target"),
    *ddl.OPTIONS_OF_COLUMNS,
)


def own_words(own: model.Own) -> str:
    """Return what a partition has otherwise of a column, in words."""
    found = [ddl.own_body(own)]
    if "identity" in own:
        found.append(f"GENERATED {ddl.identity(own['identity'], 'bigint')}")
    for key in OF_COLUMNS:
        if key in own:
            value = "of its type" if own[key] is None else words(own[key])
            found.append(f"{key.replace('_', ' ')} {value}")
    if "comment" in own:
        found.append(f"comment {quote_text(own['comment'])}")
    return ", ".join(one for one in found if one)


def shown(operation: Any) -> Iterator[Words]:
    """Yield the properties that an operation changes, with their old and new values in words."""
    if isinstance(operation, SequenceOfColumn):
        serial = operation.type
        pair = (str(serial), f"{serial.plain} with sequence {operation.sequence}")
        yield "type", *(pair if isinstance(operation, ReleaseSequence) else pair[::-1])
        return
    if isinstance(operation, op.AlterObject):
        yield from between(BY_WORD[operation.kind], operation.old, operation.new)
        return
    for what, say in said(operation):
        yield what, say(operation.old), say(operation.new)
    if isinstance(operation, columns.SetColumnType):
        yield "using", None, operation.using


def between(kind: Kind, old: Any, new: Any) -> Iterator[Words]:
    """Yield the properties in which two values of a kind differ, in words."""
    for what, before, after in kind.changes(old, new):
        # What is made anew for another's sake may be as it was.
        if words(before) != words(after):
            say = quoted if what.startswith("comment of ") else words
            found = (say(before), say(after))
            yield what, *(map(lines, found) if what == "query" else found)


def lines(query: str | None) -> str | None:
    """Return a query on lines of its own."""
    return None if query is None else laid_out(query)


def quoted(text: str | None) -> str | None:
    """Return a text as it is told among words."""
    return None if text is None else quote_text(text)


def said(  # noqa: C901, PLR0912 - one branch for each kind of operation
    operation: Operation,
) -> Iterator[tuple[str, Callable[[Any], str | None]]]:
    """Yield the properties that an operation changes, and how the value of each is said."""
    match operation:
        case columns.SetColumnType():
            yield "type", lambda one: one.type.sql
            yield "collation", lambda one: words(one.collation)
        case columns.SetColumnNullable():
            yield "nullable", lambda one: "true" if one else "false"
        case columns.SetColumnIdentity(type=integer):
            yield "identity", lambda one: one and ddl.identity(one, integer)
        case columns.SetColumnDistinct():
            yield "n_distinct", operation.said
        case columns.SetNotNullName():
            yield "name of NOT NULL", words
        case columns.SetNotNullState():
            yield "NOT NULL", operation.said
        case op.SetPartition():
            yield "partition of", lambda one: words(one.partition_of)
        case op.SetParent():
            yield "inherits", ORIGINS["inherits"]
        case op.SetRowType():
            yield "of", ORIGINS["of"]
        case op.ReorderAttributes():
            yield "order of attributes", ", ".join
        case op.SetEnumValues():
            yield "values", lambda one: definition(model.Enum(values=one))
        case SetSequenceOwner():
            yield "owned by", words
        case op.SetInherited():
            yield "otherwise than above", wording.inherited
        case op.SetOwner():
            yield "owner", words
        case op.SetGrants():
            yield "grants", operation.said
        case op.SetComment():
            yield "comment", quoted
        case columns.SetColumn() | op.SetTable() | op.SetIndex():
            yield operation.field.replace("_", " "), words
        case _:  # one that has the whole value
            yield "definition", definition


def words(value: Any) -> str | None:
    """Return a value of the model in words; None where there is none."""
    match value:
        case None:
            return None
        case bool():
            return str(value).lower()
        case model.PartitionOf(parent=parent, bound=bound):
            return f"{parent} {ddl.bound(bound)}"
        case model.PartitionBy():
            return ddl.partition_by(value)
        case (Name() as table, str() as name):
            return wording.column(table, name)
        case Mapping():
            return ddl.parameters(value) or None
        case model.NotNullState():
            return wording.not_null_state(value)
        case model.ReplicaIdentity():
            return ddl.replica_identity(value)
    return wording.shown(value)
