"""Alembic's directives as operations: `op.create_table(…)` is `CreateTable`.

The way back of `alembic_ops.write`; besides what we write, it reads what a person would write
instead.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gen_migration.alembic_ops import read as values
from gen_migration.alembic_ops import read_constraints, read_texts, read_types
from gen_migration.alembic_ops.calls import Call
from gen_migration.base.data_class import replace
from gen_migration.kinds import BY_WORD
from gen_migration.model.given import columns_of
from gen_migration.model.inheritance import with_unsaid
from gen_migration.model.schema import Index, PrimaryKey, Table
from gen_migration.operations import every as op
from gen_migration.postgres.expressions import parse_expression
from gen_migration.postgres.names import Name
from gen_migration.postgres.parser import SqlMistake
from gen_migration.replay import columns, lookup
from gen_migration.replay.comments import comment_column
from gen_migration.replay.statements import execute

if TYPE_CHECKING:
    from collections.abc import Callable

    from gen_migration.kinds.kind import Kind
    from gen_migration.replay.state import Replay

    # The arguments of a directive by their names.
    Given = dict[str, Any]


def directive(
    replay: Replay, name: str, arguments: tuple[Any, ...], options: Given
) -> None:
    """Do one directive. Raises Error where it is none that can be replayed."""
    if name not in DIRECTIVES:
        raise replay.cannot(f"op.{name}")
    names, do = DIRECTIVES[name]
    try:
        given = bound(names.split(), arguments, options)
        if name in OF_TABLES:
            table = Name(taken(given, "schema"), given.pop("table_name"))
            if table in replay.schema.tables:
                do(replay, table, given)
            elif (kind := lookup.relation(replay.schema, table)) is not None:
                of_relation(replay, kind, table, name, given)
            # Else it is one of others.
        else:
            do(replay, given)
    except SqlMistake as mistake:
        raise replay.error(mistake.message, mistake.hint) from None
    except (ValueError, TypeError, KeyError) as error:
        raise replay.cannot(f"op.{name}: {error}") from None


def bound(names: list[str], arguments: tuple[Any, ...], options: Given) -> Given:
    """Return arguments by their names; those in a batch have the table as an option.

    What create_foreign_key calls its table is called as in all the others. Raises TypeError.
    """
    given = {OTHERWISE.get(key, key): value for key, value in options.items()}
    left = [name for name in names if name not in given]
    if left and left[-1].startswith("*"):
        place = len(left) - 1
        given[left.pop()[1:]] = arguments[place:]
        arguments = arguments[:place]
    if len(arguments) > len(left):
        raise TypeError(f"{len(arguments)} arguments for {', '.join(left)}")
    return {**given, **dict(zip(left, arguments, strict=False))}


OTHERWISE = {"source_table": "table_name", "source_schema": "schema"}


def taken(given: Given, key: str) -> Any:
    """Return an argument that may be left out, and leave it out."""
    return given.pop(key, None)


# Statements of SQLAlchemy's that concern rows.
ROWS = frozenset(
    """
    sa.insert sa.update sa.delete sa.select sa.table sa.Table postgresql.insert
    """.split()
)


def run_sql(replay: Replay, given: Given) -> None:
    sql = given["sqltext"]
    if isinstance(sql, Call) and sql.name in ROWS:
        replay.pass_over(f"op.execute({sql.name}(…))")
    else:
        execute(replay, read_texts.statement(sql))


def run_statements(replay: Replay, given: Given) -> None:
    """Do the statements of a spec: by the name that they have, they come or go."""
    word, known = "statement", replay.schema.of("statement")
    if "gone" in given:
        name = given["gone"]
        replay.do(op.DropObject(kind=word, name=name, old=known[name]))
        return
    found = {key: tuple(map(str, given.get(key, ()))) for key in ("drop", "after")}
    create = tuple(map(str, given["sql"]))
    value = BY_WORD[word].value(create=create, **found)
    replay.do(op.CreateObject(kind=word, name=given["name"], new=value))


def insert_rows(replay: Replay, given: Given) -> None:
    """Do nothing: rows are no part of a schema."""
    replay.pass_over("op.bulk_insert(…)")


def create_table(replay: Replay, given: Given) -> None:
    schema, name = taken(given, "schema"), values.named(given.pop("table_name"))
    table = Name(None if schema is None else values.named(schema), name)
    value, indexes = table_of(table, given.pop("items"), replay.schema.enums)
    value = replace(value, **values.table_options(given))
    value = with_unsaid(replay.schema, value)
    if not (given.get("if_not_exists") and table in replay.schema.tables):
        replay.do(op.CreateTable(name=table, new=value))
        for key, index in indexes.items():
            replay.do(op.CreateIndex(table=table, name=key, new=index))


def table_of(
    table: Name, items: tuple[Any, ...], enums: Any
) -> tuple[Table, dict[str, Index]]:
    """Return the table that columns and constraints make, and its indexes by name."""
    columns: dict[str, Any] = {}
    constraints: dict[str, Any] = {}
    indexes: dict[str, Any] = {}
    for item in items:
        if not isinstance(item, Call):
            raise TypeError(f"{item!r} in create_table")
        if item.name == "sa.Column":
            found = values.column(item, table, enums)
            columns[found.name] = found.value
            constraints |= found.constraints
            indexes |= found.indexes
        else:
            key, constraint = read_constraints.constraint(item)
            constraints[key] = constraint
    for constraint in constraints.values():
        if isinstance(constraint, PrimaryKey):
            for key in constraint.columns:
                columns[key] = replace(columns[key], nullable=False)
    return Table(columns=columns, constraints=constraints), indexes


def rename_table(replay: Replay, given: Given) -> None:
    schema = given.get("schema")
    old = Name(schema, given["old_table_name"])
    if old in replay.schema.tables:
        new = Name(schema, values.named(given["new_table_name"]))
        replay.do(op.RenameTable(old=old, new=new))


def add_column(replay: Replay, table: Name, given: Given) -> None:
    found = values.column(given["column"], table, replay.schema.enums)
    if given.get("if_not_exists") and found.name in replay.schema.tables[table].columns:
        return
    columns.add_column(replay, table, found.name, found.value, found.constraints)
    for key, index in found.indexes.items():
        replay.do(op.CreateIndex(table=table, name=key, new=index))


def drop_column(replay: Replay, table: Name, given: Given) -> None:
    name = given["column_name"]
    if not given.get("if_exists") or name in replay.schema.tables[table].columns:
        columns.drop_column(replay, table, name)


def alter_column(replay: Replay, table: Name, given: Given) -> None:
    """Do the changes in Alembic's order (`PostgresqlImpl.alter_column`)."""
    name = given["column_name"]
    before = columns_of(replay.schema, table).get(name)
    if before is None:
        raise ValueError(f"the column {name} of table {table} is not there")
    if given.get("type_") is not None:
        kind = op.Typing(*read_types.column_type(given["type_"], replay.schema.enums))
        using = given.get("postgresql_using")
        cast = None if using is None else parse_expression(using).sql
        columns.set_type(replay, table, name, kind, cast)
    if given.get("server_default", False) is not False:
        new = read_texts.default(given["server_default"])
        columns.set_default(replay, table, name, before.default, new)
    if given.get("nullable") is not None:
        columns.set_nullable(replay, table, name, new=given["nullable"])
    if given.get("comment", False) is not False:
        replay.comment("column", table, name, values.comment(given["comment"]))
    if given.get("new_column_name") is not None:
        new_name = values.named(given["new_column_name"])
        replay.do(op.RenameColumn(table=table, old=name, new=new_name))


def of_relation(replay: Replay, kind: Kind, of: Name, name: str, given: Given) -> None:
    """Set the comment of a column of a view or its like; Error for all else."""
    said = {key for key in given if not key.startswith("existing_")}
    if name != "alter_column" or said != {"column_name", "comment"}:
        raise replay.cannot(f"op.{name} of {kind.word} {of}")
    if given["comment"] is not False:  # which says nothing
        text = values.comment(given["comment"])
        comment_column(replay, of, given["column_name"], text)


def create_index(replay: Replay, table: Name, given: Given) -> None:
    name = given.pop("index_name")
    if name is None:
        raise ValueError("an index without a name")
    if given.get("if_not_exists") and name in replay.schema.tables[table].indexes:
        return
    elements = tuple(values.index_element(one) for one in given.pop("columns"))
    index = Index(elements=elements, **values.index_options(given))
    replay.do(op.CreateIndex(table=table, name=name, new=index))


def drop_index(replay: Replay, given: Given) -> None:
    replay.drop_index(Name(given.get("schema"), given["index_name"]))


def drop_constraint(replay: Replay, table: Name, given: Given) -> None:
    name = given["constraint_name"]
    old = replay.schema.tables[table].constraints.get(name)
    if old is not None:
        replay.do(op.DropConstraint(table=table, name=name, old=old))
    elif not given.get("if_exists"):
        raise ValueError(f"the constraint {name} is not there")


def create_constraint(
    kind: str, arguments: Callable[[Given], tuple[Any, ...]]
) -> Callable[[Replay, Name, Given], None]:
    """Return what adds a constraint, which SQLAlchemy makes of these arguments in a table."""

    def create(replay: Replay, table: Name, given: Given) -> None:
        name = given.pop("constraint_name")
        item = Call(kind, arguments(given), {"name": name, **given})
        key, constraint = read_constraints.constraint(item)
        replay.do(op.CreateConstraint(table=table, name=key, new=constraint))

    return create


def foreign_key(given: Given) -> tuple[Any, ...]:
    target = Name(taken(given, "referent_schema"), given.pop("referent_table"))
    return given.pop("local_cols"), (target, given.pop("remote_cols"))


def table_comment(replay: Replay, table: Name, given: Given) -> None:
    replay.comment("table", table, None, values.comment(given.get("comment")))


# The names of positional arguments, and what is done. What has no table of its own takes one that
# is known, and does nothing for those of others.
OF_SCHEMA: dict[str, tuple[str, Callable[..., None]]] = {
    "execute": ("sqltext", run_sql),
    "statements": ("sql name drop after gone", run_statements),
    "bulk_insert": ("table rows", insert_rows),
    "create_table": ("table_name *items", create_table),
    "rename_table": ("old_table_name new_table_name", rename_table),
    "drop_index": ("index_name table_name", drop_index),
}
OF_TABLES: dict[str, tuple[str, Callable[..., None]]] = {
    "drop_table": ("table_name", lambda replay, table, _: replay.drop_table(table)),
    "add_column": ("table_name column", add_column),
    "drop_column": ("table_name column_name", drop_column),
    "alter_column": ("table_name column_name", alter_column),
    "create_index": ("index_name table_name columns", create_index),
    "drop_constraint": ("constraint_name table_name type_", drop_constraint),
    "create_unique_constraint": (
        "constraint_name table_name columns",
        create_constraint(
            "sa.UniqueConstraint", lambda given: (*given.pop("columns"),)
        ),
    ),
    "create_primary_key": (
        "constraint_name table_name columns",
        create_constraint(
            "sa.PrimaryKeyConstraint", lambda given: (*given.pop("columns"),)
        ),
    ),
    "create_check_constraint": (
        "constraint_name table_name condition",
        create_constraint(
            "sa.CheckConstraint", lambda given: (given.pop("condition"),)
        ),
    ),
    "create_exclude_constraint": (
        "constraint_name table_name *elements",
        create_constraint(
            "postgresql.ExcludeConstraint", lambda given: given.pop("elements")
        ),
    ),
    "create_foreign_key": (
        "constraint_name table_name referent_table local_cols remote_cols",
        create_constraint("sa.ForeignKeyConstraint", foreign_key),
    ),
    "create_table_comment": ("table_name comment", table_comment),
    "drop_table_comment": ("table_name", table_comment),
}
DIRECTIVES = {**OF_SCHEMA, **OF_TABLES}
