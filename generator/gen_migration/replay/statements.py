"""SQL of a revision as operations: what `op.execute` does to a schema.

Source: the PostgreSQL manual, part VI, and the parser's own `parsenodes.h`.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from gen_migration.base.data_class import replace
from gen_migration.kinds import KINDS, called_so
from gen_migration.model import not_null_names
from gen_migration.operations import every as op
from gen_migration.postgres.parser import postgast
from gen_migration.render.backfill import filling, is_backfill
from gen_migration.render.check_rows import is_check
from gen_migration.replay import access, columns, lookup
from gen_migration.replay.alter_table import alter_table
from gen_migration.replay.comments import comment
from gen_migration.replay.create_table import create_index, create_table
from gen_migration.replay.rename import rename
from gen_migration.replay.sequences import alter_sequence, create_sequence
from gen_migration.replay.state import Replay
from gen_migration.sql import (
    do_block,
    part_names,
    partition_keys,
    partition_names,
    partition_not_null,
    sequence_persistence,
)
from gen_migration.sql import tree as values

if TYPE_CHECKING:
    from collections.abc import Callable

    from gen_migration.kinds.kind import Kind
    from gen_migration.model.schema import Schema
    from gen_migration.postgres.names import Name


# What cannot touch the tables, indexes, types and sequences of a spec, but rows or the server.
PASSED = frozenset(
    """
    select_stmt insert_stmt update_stmt delete_stmt merge_stmt copy_stmt truncate_stmt
    create_role_stmt alter_role_stmt grant_role_stmt
    """.split()
)
# What leaves nothing behind.
IGNORED = frozenset(
    """
    variable_set_stmt lock_stmt
    vacuum_stmt transaction_stmt constraints_set_stmt
    notify_stmt reindex_stmt cluster_stmt check_point_stmt
    """.split()
)
CHANGES = re.compile(r"\b(create|alter|drop|execute|comment)\b", re.IGNORECASE)
QUOTED = re.compile(r"""'(?:[^']|'')*'|"(?:[^"]|"")*\"""")


def execute(replay: Replay, sql: str) -> None:
    """Do what a text of SQL does; each of its statements."""
    try:
        tree = postgast().parse(sql)
    except postgast().PgQueryError as error:
        raise replay.error(f"SQL: {error.message}", "mend it") from None
    for one in tree.stmts:
        kind = one.stmt.WhichOneof("node")
        node = getattr(one.stmt, kind)
        if kind in STATEMENTS:
            try:
                STATEMENTS[kind](replay, node)
            except ValueError as error:
                raise replay.cannot(str(error)) from None
        elif kind == "select_stmt" and node.HasField("into_clause"):
            raise replay.cannot("SELECT INTO")
        elif kind in PASSED:
            replay.pass_over(text_of(one, sql))
        elif kind not in IGNORED:
            raise replay.cannot(kind.removesuffix("_stmt").replace("_", " ").upper())


def text_of(statement: Any, sql: str) -> str:
    """Return one of the statements of a text."""
    data, start = sql.encode(), statement.stmt_location
    end = start + statement.stmt_len if statement.stmt_len else len(data)
    return data[start:end].decode()


def do(replay: Replay, node: Any) -> None:
    """Do what a DO block does; of those that change the schema, ours are known."""
    body = next(
        one.def_elem.arg.string.sval
        for one in node.args
        if one.def_elem.defname == "as"
    )
    plain = do_block.read(body)
    if plain is not None:
        for one in plain:
            if one.constraint is None or not lookup.has_constraint(
                replay.schema, *one.constraint
            ):
                execute(replay, one.sql)
        return
    if is_backfill(body):
        replay.pass_over(f"backfill: {filling(body)}")
        return
    if is_check(body):
        return
    for read, give in NAMINGS:
        found = read(body)
        if found is not None:
            give(replay, found)
            return
    if CHANGES.search(QUOTED.sub("", body)):
        raise replay.cannot("a DO block that changes the schema")
    replay.pass_over(f"DO {body}")


# The blocks that name what PostgreSQL has named, and what they give.
NAMINGS: tuple[tuple[Callable[[str], Any], Callable[[Replay, Any], None]], ...] = (
    (
        not_null_names.renamed,
        lambda replay, found: columns.name_not_null(replay, *found),
    ),
    (
        partition_names.renamed,
        lambda replay, found: replay.inherited_names.update([found]),
    ),
    (part_names.read, lambda replay, found: replay.name_part(*found)),
    (partition_keys.read, lambda *_: None),
    (sequence_persistence.read, lambda *_: None),
    (partition_not_null.read, Replay.name_as),
)


def of_kinds(
    do: Callable[[Any, Kind, Any], None], statement: str | None
) -> Callable[[Any, Any], None]:
    """Return what reads a statement of a kind, or of one of several that share it."""
    kinds = [
        one
        for one in KINDS
        if statement in {one.creates, one.alters, one.drops, *one.also_alters}
    ]

    def read(replay: Replay, node: Any) -> None:
        for kind in kinds:
            if kind.reads(node):
                do(replay, kind, node)
                return
        raise ValueError(str(statement).removesuffix("_stmt").replace("_", " ").upper())

    return read


def create_object(replay: Replay, kind: Kind, node: Any) -> None:
    name, value = kind.read(node, replay.schema)
    if kind.holders and not is_known(replay.schema, kind, name.holder):
        return  # on what others have
    is_there = name in replay.schema.of(kind.word)
    if name in kind.given or (is_there and getattr(node, "if_not_exists", False)):
        return
    if is_there and getattr(node, "replace", False):
        old = replay.schema.of(kind.word)[name]
        replay.alter(kind, name, kind.replaced(old, value))
        return
    replay.do(op.CreateObject(kind=kind.word, name=name, new=value))


def is_known(schema: Schema, kind: Kind, holder: Name) -> bool:
    """Tell whether a schema has the relation that an object stands on."""
    return any(holder in schema.of(word) for word in kind.holders)


def alter_object(replay: Replay, kind: Kind, node: Any) -> None:
    found = kind.read_alter(node, replay.schema.of(kind.word))
    if found is not None:
        replay.alter(kind, *found)


def drop_alone(replay: Replay, kind: Kind, node: Any) -> None:
    """Do the statement that drops an object of one kind alone."""
    name = kind.read_drop(node)
    old = replay.schema.of(kind.word).get(name)
    if old is not None:
        replay.do(op.DropObject(kind=kind.word, name=name, old=old))


def alter_enum(replay: Replay, node: Any) -> None:
    name = values.dotted(node.type_name)
    enum = replay.schema.enums.get(name)
    if enum is None:
        return
    if node.old_val:
        replay.do(op.RenameEnumValue(name=name, old=node.old_val, new=node.new_val))
        return
    if node.new_val in enum.values:
        if node.skip_if_new_val_exists:
            return
        raise ValueError(f"the enum {name} has the value {node.new_val} already")
    place = len(enum.values)
    if node.new_val_neighbor:
        place = enum.values.index(node.new_val_neighbor) + node.new_val_is_after
    grown = (*enum.values[:place], node.new_val, *enum.values[place:])
    replay.do(op.AddEnumValue(name=name, old=enum.values, new=grown))


def drop(replay: Replay, node: Any) -> None:
    kind = values.word(node, "remove_type")
    cascade = values.cascades(node)
    if (
        cascade
        and kind in lookup.OF_OBJECTS
        and not all_cascade(replay, kind, node.objects)
    ):
        raise ValueError(f"DROP {kind} … CASCADE")
    for item in node.objects:
        match kind:
            case "TABLE":
                replay.drop_table(values.object_name(item), cascade=cascade)
            case "INDEX":
                replay.drop_index(values.object_name(item))
            case "SEQUENCE":
                columns.drop_sequence(replay, values.object_name(item))
            case _:
                drop_object(replay, kind, item)


def all_cascade(replay: Replay, called: str, nodes: Any) -> bool:
    """Tell whether objects are of kinds that are always dropped so."""
    found = (lookup.object_called(replay.schema, called, one) for one in nodes)
    return all(one is not None and one[0].cascades for one in found)


def drop_object(replay: Replay, called: str, node: Any) -> None:
    """Drop an object of a kind, where it is known."""
    found = lookup.object_called(replay.schema, called, node)
    if found is not None:
        kind, name = found
        old = replay.schema.of(kind.word).get(name)
        if old is not None:
            replay.do(op.DropObject(kind=kind.word, name=name, old=old))


def set_schema(replay: Replay, node: Any) -> None:
    """Do `ALTER … SET SCHEMA`; ALTER TABLE takes sequences as well."""
    called = values.word(node, "object_type")
    if not node.HasField("relation"):
        found = lookup.object_called(replay.schema, called, node.object)
        if found is not None:
            move(replay, *found, node.newschema)
        return
    name = values.relation(node.relation)
    if called in {"TABLE", "SEQUENCE"} and name in replay.schema.tables:
        replay.do(
            op.MoveTable(
                old=name, new=lookup.moved(replay.schema, name, node.newschema)
            )
        )
        return
    called = "SEQUENCE" if called == "TABLE" else called
    kind = called_so(replay.schema, called, name)
    if kind is not None:
        move(replay, kind, name, node.newschema)


def move(replay: Replay, kind: Kind, name: Any, to: str) -> None:
    """Bring an object that is known to another schema."""
    value = replay.schema.of(kind.word).get(name)
    if value is not None and kind.in_schema:
        new = lookup.moved(replay.schema, name, to)
        replay.do(op.MoveObject(kind=kind.word, old=name, new=new))
    elif value is not None:
        replay.alter(kind, name, replace(value, schema=to))


def refresh(replay: Replay, node: Any) -> None:
    """Do `REFRESH MATERIALIZED VIEW`, which says whether it holds rows."""
    name = values.relation(node.relation)
    kind = lookup.relation(replay.schema, name)
    if kind is not None:
        old = replay.schema.of(kind.word)[name]
        replay.alter(kind, name, replace(old, with_data=not node.skip_data))


STATEMENTS: dict[str, Callable[[Any, Any], None]] = {
    **{
        kind.creates: of_kinds(create_object, kind.creates)
        for kind in KINDS
        if kind.creates
    },
    **{
        statement: of_kinds(alter_object, statement)
        for kind in KINDS
        for statement in (kind.alters, *kind.also_alters)
        if statement
    },
    **{kind.drops: of_kinds(drop_alone, kind.drops) for kind in KINDS if kind.drops},
    "do_stmt": do,
    "alter_enum_stmt": alter_enum,
    "create_seq_stmt": create_sequence,
    "alter_seq_stmt": alter_sequence,
    "create_stmt": create_table,
    "index_stmt": create_index,
    "drop_stmt": drop,
    "alter_object_schema_stmt": set_schema,
    "comment_stmt": comment,
    "refresh_mat_view_stmt": refresh,
    "alter_table_stmt": alter_table,
    "rename_stmt": rename,
    "grant_stmt": access.grant,
    "alter_owner_stmt": access.alter_owner,
    "alter_default_privileges_stmt": access.default_privileges,
}
