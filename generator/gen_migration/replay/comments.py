"""`COMMENT ON` of a revision's SQL as operations."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gen_migration.base.data_class import replace
from gen_migration.kinds import of_part
from gen_migration.model import not_null_names
from gen_migration.operations import every as op
from gen_migration.postgres.names import Name
from gen_migration.replay import columns, lookup
from gen_migration.sql import tree as values

if TYPE_CHECKING:
    from gen_migration.kinds.kind import Kind
    from gen_migration.replay.state import Replay


def comment(replay: Replay, node: Any) -> None:
    called, text = values.word(node, "objtype"), node.comment or None
    if called in lookup.OF_OBJECTS:
        found = lookup.object_called(replay.schema, called, node.object)
        if found is not None:
            comment_object(replay, *found, text)
    elif (whole := of_part(called)) is not None:
        changed = whole.read_part_comment(node, replay.schema.of(whole.word))
        if changed is not None:
            replay.alter(whole, *changed)
    else:
        comment_of_table(replay, called, node)


def comment_of_table(replay: Replay, called: str, node: Any) -> None:
    """Set the comment of a table, or of something in one."""
    text = node.comment or None
    parts = values.strings(node.object.list.items)
    table, name = dotted(parts[:-1]), parts[-1]
    match called:
        case "TABLE":
            replay.comment("table", dotted(parts), None, text)
        case "COLUMN":
            comment_column(replay, table, name, text)
        case "TABCONSTRAINT":
            if (part := lookup.part_of(replay.schema, table, name)) is not None:
                replay.set_part(*part, comment=text)
            elif (column := not_null_of(replay, table, name)) is not None:
                columns.set_not_null(replay, table, column, comment=text)
            else:
                replay.comment("constraint", table, name, text)
        case "INDEX":
            comment_index(replay, dotted(parts), text)


def not_null_of(replay: Replay, table: Name, name: str) -> str | None:
    """Return the column of a table that is known whose NOT NULL is called so."""
    if table not in replay.schema.tables:
        return None
    return not_null_names.holder(replay.schema, table, name)


def comment_index(replay: Replay, index: Name, text: str | None) -> None:
    """Set the comment of an index."""
    owner = lookup.table_of_index(replay.schema, index)
    if owner is not None:
        replay.comment("index", owner, index.name, text)
    elif (owner := lookup.table_of_constraint(replay.schema, index)) is not None:
        held = replay.schema.tables[owner].constraints[index.name]
        key: dict[str, Any] = {"table": owner, "name": index.name}
        old = getattr(held, "index_comment", None)
        replay.do(op.SetIndexComment(**key, old=old, new=text))
    elif (part := lookup.part_called(replay.schema, index)) is not None:
        replay.set_part(*part, comment=text)
    elif (found := lookup.index_of_object(replay.schema, index)) is not None:
        replay.set_index(found[0], index.name, replace(found[1], comment=text))


def comment_column(replay: Replay, of: Name, name: str, text: str | None) -> None:
    """Set the comment of a column of a table, or of another relation."""
    kind = lookup.relation(replay.schema, of)
    if kind is None:
        replay.comment("column", of, name, text)
    else:
        value = replay.schema.of(kind.word)[of]
        replay.alter(kind, of, kind.read_comment(value, name, text))


def comment_object(replay: Replay, kind: Kind, name: Any, text: str | None) -> None:
    """Set the comment of an object, where it is one that is known."""
    found = {**kind.given, **replay.schema.of(kind.word)}.get(name)
    if found is not None:
        old, text = found.comment, kind.kept_comment(name, text)
        replay.do(op.SetComment(kind=kind.word, name=name, old=old, new=text))


def dotted(parts: tuple[str, ...]) -> Name:
    return Name(parts[-2] if parts[1:] else None, parts[-1] if parts else "")
