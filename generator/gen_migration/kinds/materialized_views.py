"""Materialized views: `CREATE MATERIALIZED VIEW`.

Whether one holds rows changes with REFRESH, and is no part of what it is: `with_data` says what it
begins with. A new query is built aside, and takes the name with its indexes, so that readers find
the rows of the old one until then. Source: the manual, CREATE and ALTER MATERIALIZED VIEW; as
pg_dump, the catalog is not asked for rows.
"""

from __future__ import annotations

from dataclasses import field
from typing import TYPE_CHECKING, Any

from gen_migration.base.data_class import dataclass, replace
from gen_migration.base.errors import quoted
from gen_migration.kinds.keys import RENAMED_FROM, Key
from gen_migration.kinds.kind_changes import PartRenamed
from gen_migration.kinds.materialized_view_indexes import (
    are_built,
    created_index,
    index_statements,
    parameter_statements,
    renamed,
)
from gen_migration.kinds.queries import OfQuery
from gen_migration.model.access import Granted
from gen_migration.model.table_renaming import column_of_parts
from gen_migration.postgres import privileges
from gen_migration.postgres.names import aside, quote_name, quote_names
from gen_migration.sql import ddl
from gen_migration.sql.query_names import relations_in

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from gen_migration.kinds.references import Finder, Reference
    from gen_migration.kinds.relations import Known
    from gen_migration.model.schema import Index, Schema


@dataclass(frozen=True, slots=True, kw_only=True)
class MaterializedView(Granted):
    """`CREATE MATERIALIZED VIEW`, with its indexes by name."""

    query: str
    columns: tuple[str, ...] = ()
    with_data: bool = True
    indexes: Mapping[str, Index] = field(default_factory=dict)
    storage_parameters: Mapping[str, str] = field(default_factory=dict)
    tablespace: str | None = None
    access_method: str | None = None
    column_comments: Mapping[str, str] = field(default_factory=dict)
    comment: str | None = None


class MaterializedViews(OfQuery):
    """Materialized views, which keep the rows of a query."""

    word = "materialized view"
    key = "materialized_views"
    about = "Materialized views by name: queries whose rows are kept until they are refreshed."
    about_one = "A materialized view; in short, its query."
    keys = (
        Key("query", "Body", "The query: SELECT, VALUES or WITH … SELECT.", ...),
        Key("columns", "list[str]", "Names of the columns, if not the query's.", list),
        Key(
            "with_data",
            "bool",
            "`false`: it is created without rows, and cannot be read before a REFRESH.",
            True,
        ),
        Key(
            "indexes",
            "dict[str, PlainIndexShape]",
            "Indexes by name; a unique one allows REFRESH CONCURRENTLY.",
            dict,
        ),
        Key("storage_parameters", "Parameters", default=dict),
        Key("tablespace", "Text | None", "The tablespace."),
        Key("access_method", "Text | None", "The table access method, if not `heap`."),
        Key("column_comments", "dict[str, str]", "Comments on columns, by name.", dict),
        RENAMED_FROM,
        Key(
            "rewrite",
            "bool",
            "That another query may run for all of its rows, however long it takes.",
            False,
        ),
    )
    value = MaterializedView
    called = "MATVIEW"
    granting = privileges.RELATION
    has_indexes = True
    keeps_rows = True
    short = "query"
    creates = "create_table_as_stmt"
    alters = "alter_table_stmt"
    groups = (
        ("query", "columns"),
        ("storage_parameters",),
        ("tablespace",),
        ("access_method",),
        ("indexes",),
        ("column_comments",),
        ("with_data",),
    )

    # SQL out.

    def sql(self, name: Any) -> str:
        return f"MATERIALIZED VIEW {name.sql}"

    def create(self, name: Any, value: Any) -> str:
        columns = f" ({quote_names(value.columns)})" if value.columns else ""
        parts = []
        if value.access_method is not None:
            parts.append(f"USING {quote_name(value.access_method)}")
        if value.storage_parameters:
            parts.append(f"WITH ({ddl.parameters(value.storage_parameters)})")
        if value.tablespace is not None:
            parts.append(f"TABLESPACE {quote_name(value.tablespace)}")
        options = "".join(f" {one}" for one in parts)
        data = "" if value.with_data else "\nWITH NO DATA"
        start = f"CREATE {self.sql(name)}{columns}{options}"
        return f"{start} AS\n{self.lines(value)}{data}"

    def after(self, name: Any, value: Any) -> Iterator[str]:
        for key, one in value.indexes.items():
            yield from created_index(name, key, one)
        yield from self.comment_statements(name, {}, value.column_comments)

    def alter(self, name: Any, old: Any, new: Any) -> list[str]:
        return [*self.altering(name, old, new, concurrently=False)]

    def alter_in_use(self, name: Any, old: Any, new: Any) -> list[str]:
        return [*self.altering(name, old, new, concurrently=True)]

    def altering(
        self, name: Any, old: Any, new: Any, *, concurrently: bool
    ) -> Iterator[str]:
        """Yield what makes a step; a new query is none (see `is_built_aside`)."""
        alter = f"ALTER {self.sql(name)}"
        yield from parameter_statements(
            self.sql(name), old.storage_parameters, new.storage_parameters
        )
        if old.tablespace != new.tablespace:
            yield f"{alter} SET TABLESPACE {quote_name(new.tablespace or 'pg_default')}"
        if old.access_method != new.access_method:
            yield f"{alter} SET ACCESS METHOD {quote_name(new.access_method or 'heap')}"
        yield from index_statements(
            name, old.indexes, new.indexes, concurrently=concurrently
        )
        yield from self.comment_statements(
            name, old.column_comments, new.column_comments
        )
        if old.with_data != new.with_data:
            data = "" if new.with_data else " WITH NO DATA"
            yield f"REFRESH {self.sql(name)}{data}"

    # SQL in.

    def read(self, node: Any, schema: Schema) -> tuple[Any, Any]:
        from gen_migration.kinds.relations import Known
        from gen_migration.sql import tree

        if tree.word(node, "objtype") != "MATVIEW":
            raise ValueError("CREATE TABLE AS")
        into = node.into
        value = MaterializedView(
            query=self.query(node.query),
            columns=tree.strings(into.col_names),
            with_data=not into.skip_data,
            storage_parameters=tree.parameters(into.options),
            tablespace=into.table_space_name or None,
            access_method=method(into.access_method),
        )
        return tree.relation(into.rel), self.settled(value, Known(schema))

    def read_alter_table(self, node: Any, schema: Schema) -> tuple[Any, Any]:
        from gen_migration.sql import tree

        name = tree.relation(node.relation)
        value = schema.of(self.word)[name]
        for one in node.cmds:
            value = altered(one.alter_table_cmd, value)
        return name, value

    def read_index(self, value: Any, name: str, index: Any) -> Any:
        rest = {key: one for key, one in value.indexes.items() if key != name}
        added = {} if index is None else {name: index}
        return replace(value, indexes={**rest, **added})

    # Renames.

    def column_renamed(
        self, value: Any, relations: Known, name: Any, old: str, new: str
    ) -> Any:
        found = super().column_renamed(value, relations, name, old, new)
        indexes = column_of_parts(value.indexes, name.name, old, new)
        return replace(found, indexes=indexes)

    # The spec.

    def build(self, at: Any, name: Any, shape: Any) -> Any:
        query = (at / "query").query(shape.query)
        for index, one in enumerate(shape.columns):
            (at / "columns" / index).identifier(one, at_key=False)
        for key in ("tablespace", "access_method"):
            if (text := getattr(shape, key)) is not None:
                (at / key).identifier(text, at_key=False)
        given = (at / "storage_parameters").parameters(shape.storage_parameters)
        if query is None:
            return None
        return MaterializedView(
            query=query,
            columns=tuple(shape.columns),
            with_data=shape.with_data,
            storage_parameters=given,
            tablespace=shape.tablespace,
            access_method=method(shape.access_method),
            column_comments={k: v for k, v in shape.column_comments.items() if v},
        )

    def completed(
        self, at: Any, name: Any, shape: Any, value: Any, relations: Known
    ) -> Any:
        columns = self.columns(value, relations)
        if not shape.indexes:
            return value
        if columns is None:
            message = "its columns are not known, so its indexes are not either"
            (at / "indexes").wrong_key(message, "select columns by name in place of *")
            return value
        names = [key for key, _ in columns]
        indexes = {
            key: made
            for key, one in shape.indexes.items()
            if (at / "indexes" / key).identifier(key)
            and (made := (at / "indexes" / key).index(name, one, names)) is not None
        }
        return replace(value, indexes=indexes)

    def dump(self, writer: Any, name: Any, value: Any) -> dict[str, Any]:
        return {
            "query": self.lines(value),
            "columns": list(value.columns),
            "with_data": None if value.with_data else False,
            "indexes": dict(value.indexes),
            "storage_parameters": dict(value.storage_parameters),
            "tablespace": value.tablespace,
            "access_method": value.access_method,
            "column_comments": dict(value.column_comments),
        }

    def unsettled(
        self, value: Any, relations: Known
    ) -> Iterator[tuple[tuple[str, ...], str, str]]:
        yield from super().unsettled(value, relations)
        if value.with_data and (found := empty_in(value.query, relations)) is not None:
            message = f"it reads {quoted(found)}, which is created without rows"
            yield ("query",), message, "write with_data: false here as well"

    # The catalog.

    def from_row(self, reading: Any, row: Any) -> Any:
        return MaterializedView(
            query=reading.query(row.query),
            storage_parameters=dict(one.split("=", 1) for one in row.options or ()),
            tablespace=row.tablespace,
            access_method=method(row.access_method),
            column_comments=dict(zip(row.commented, row.comments, strict=True)),
        )

    # Words.

    def parts_renamed(self, old: Any, new: Any) -> Iterator[PartRenamed]:
        for one, other in renamed(old.indexes, new.indexes):
            yield PartRenamed("index", "indexes", one, other)

    def line(self, name: Any, old: Any, new: Any) -> str | None:
        found = next(renamed(old.indexes, new.indexes), None)
        if found is None:
            return None
        return f"rename index {found[0]} to {found[1]} of {self.word} {name}"

    # Values.

    def left_open(self, found: Any, wanted: Any) -> Any:
        return replace(found, with_data=wanted.with_data)

    def is_long(self, old: Any, new: Any) -> bool:
        return are_built(old.indexes, new.indexes)

    def is_built_aside(self, old: Any, new: Any) -> bool:
        return (old.query, old.columns) != (new.query, new.columns)

    def built_aside(self, name: Any, value: Any) -> tuple[Any, Any]:
        indexes = {aside(key): one for key, one in value.indexes.items()}
        return name._replace(name=aside(name.name)), replace(value, indexes=indexes)

    def brings(self, name: Any, value: Any) -> list[Any]:
        return [name._replace(name=key) for key in value.indexes]

    def stands_on(self, name: Any, value: Any, find: Finder) -> set[Reference]:
        found = super().stands_on(name, value, find)
        if value.access_method is not None:
            found.add(("access method", value.access_method))
        for one in value.indexes.values():
            # Its columns are no nodes.
            found |= {each for each in find.part(name, one) if each[0] != "column"}
        return found


def method(text: str | None) -> str | None:
    """Return an access method; None for the standard one."""
    return None if text in {None, "", "heap"} else text


def empty_in(query: str, relations: Known) -> Any:
    """Return the materialized view without rows that a query reads, perhaps through views."""
    waiting, seen = [query], {query}
    while waiting:
        for name in relations_in(waiting.pop()).relations:
            word, found = relations.node(name) or ("table", name)
            value: Any = relations.schema.of(word).get(found)
            if getattr(value, "with_data", None) is False:
                return found
            # What is kept is read from there.
            text = (
                None if hasattr(value, "with_data") else getattr(value, "query", None)
            )
            if text is not None and text not in seen:
                seen.add(text)
                waiting.append(text)
    return None


def altered(command: Any, value: Any) -> Any:
    """Return a materialized view after one command of `ALTER MATERIALIZED VIEW`."""
    from gen_migration.sql import tree

    held = value.storage_parameters
    match tree.subtype(command):
        case "AT_SetRelOptions":
            given = tree.parameters(tree.definition(command).list.items)
            return replace(value, storage_parameters={**held, **given})
        case "AT_ResetRelOptions":
            gone = tree.parameters(tree.definition(command).list.items)
            rest = {key: one for key, one in held.items() if key not in gone}
            return replace(value, storage_parameters=rest)
        case "AT_SetTableSpace":
            space = None if command.name == "pg_default" else command.name
            return replace(value, tablespace=space)
        case "AT_SetAccessMethod":
            return replace(value, access_method=method(command.name))
    return value
