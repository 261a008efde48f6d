"""Publications: `CREATE PUBLICATION`, what logical replication sends to others.

Tables, schemas and options are altered in place; whether it is of all tables, PostgreSQL cannot
alter. It lets no column get another type, and none go, that a list of columns or a row filter
names: the table leaves the publication then, and comes back in the same transaction, as it does
where it is made anew. A row filter calls nothing but what is built in. Source: the manual, CREATE
PUBLICATION, ALTER PUBLICATION and chapter 29.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gen_migration.base.data_class import replace
from gen_migration.kinds import publication_spec as spec
from gen_migration.kinds import publication_sql as sql
from gen_migration.kinds.keys import RENAMED_FROM, Key
from gen_migration.kinds.kind import Kind
from gen_migration.kinds.publication_values import (
    ACTIONS,
    Publication,
    Published,
    column_renamed,
    in_order,
    table_renamed,
)
from gen_migration.kinds.references import EVERY, of_columns
from gen_migration.model.given import heirs
from gen_migration.model.renaming import rekeyed, with_name
from gen_migration.postgres.names import Name

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Mapping

    from gen_migration.kinds.nodes import Node
    from gen_migration.kinds.references import Finder, Reference
    from gen_migration.kinds.relations import Known
    from gen_migration.model.schema import Schema


class Publications(Kind):
    """Publications of a database."""

    word = "publication"
    key = "publications"
    about = "Publications by name: what logical replication sends to others."
    about_one = "A publication; in short, the list of its tables."
    keys = (
        Key(
            "tables",
            "dict[str, PublishedShape] | list[Text]",
            "The tables, or each with what is published of it.",
            list,
        ),
        Key(
            "schemas",
            "list[Text]",
            "PostgreSQL 15: schemas of which all tables are published, those to come as well.",
            list,
        ),
        Key(
            "all_tables",
            "bool",
            "All tables of the database, those to come as well; only a superuser may.",
            False,
        ),
        Key(
            "publish",
            f"list[Literal[{', '.join(map(repr, ACTIONS))}]] | None",
            "What is sent; left out, all.",
        ),
        Key(
            "publish_via_partition_root",
            "bool",
            "Rows of partitions are sent as rows of the table at the top.",
            False,
        ),
        Key(
            "publish_generated_columns",
            'Literal["none", "stored"]',
            "PostgreSQL 18: whether generated columns that are stored are sent.",
            "none",
        ),
        RENAMED_FROM,
    )
    value = Publication
    called = "PUBLICATION"
    catalog = "pg_publication"
    in_schema = False
    short = "tables"
    follows_renames = True
    lets_go = is_missed = True
    creates = "create_publication_stmt"
    alters = "alter_publication_stmt"
    groups = (("tables", "schemas"), tuple(sql.OPTIONS))

    # SQL out.

    def create(self, name: Any, value: Any) -> str:
        found = [f"CREATE {self.sql(name)}", *sql.clauses(value)]
        # A short one is a line.
        return ("\n    " if len(found) > 2 else " ").join(found)

    def definition(self, value: Any) -> str:
        return " ".join(sql.clauses(value))

    def alter(self, name: Any, old: Any, new: Any) -> list[str]:
        return [f"ALTER {self.sql(name)} {one}" for one in sql.actions(old, new)]

    def steps(self, old: Any, new: Any) -> Iterator[Any]:
        """Yield the values in between: partitions have lists where their root is published."""
        tables, options = self.groups
        is_root_first = new.publish_via_partition_root
        for group in (options, tables) if is_root_first else (tables, options):
            after = replace(old, **{field: getattr(new, field) for field in group})
            if after != old:
                yield after
                old = after

    def is_replaced(self, old: Any, new: Any) -> bool:
        is_other: bool = old.all_tables != new.all_tables
        return is_other

    # SQL in.

    def read(self, node: Any, schema: Schema) -> tuple[Any, Any]:
        tables, schemas = sql.objects(node)
        value = Publication(
            tables=tables,
            schemas=schemas,
            all_tables=node.for_all_tables,
            **sql.given(node),
        )
        return node.pubname, value

    def read_alter(
        self, node: Any, objects: Mapping[Any, Any]
    ) -> tuple[Any, Any] | None:
        from gen_migration.sql import tree

        old = objects.get(node.pubname)
        if old is None:
            return None
        tables, schemas = sql.objects(node)
        listed = {one.table: one for one in tables}
        match tree.word(node, "action", "AP_"):
            case "DropObjects":
                kept = {k: v for k, v in old.names.items() if k not in listed}
                left = set(old.schemas).difference(schemas)
            case "SetObjects":
                kept, left = listed, set(schemas)
            case _:
                kept, left = {**old.names, **listed}, {*old.schemas, *schemas}
        new = replace(
            old,
            tables=in_order(kept.values()),
            schemas=tuple(sorted(left)),
            **sql.given(node),
        )
        return node.pubname, new

    # The spec.

    def build(self, at: Any, name: Any, shape: Any) -> Any:
        return spec.build(at, shape)

    def faults(
        self, name: Any, value: Any, schema: Schema
    ) -> Iterator[tuple[tuple[Any, ...], str, str]]:
        yield from spec.faults(value, schema)

    def dump(self, writer: Any, name: Any, value: Any) -> dict[str, Any]:
        return spec.dump(writer, value)

    # The catalog.

    def from_row(self, reading: Any, row: Any) -> Any:
        tables = []
        for one in row.tables:
            oid = one["oid"]
            if oid not in reading.tables:
                raise ValueError("it publishes what is no table")
            where = one["where"]
            if where is not None:
                where = reading.expression(where, reading.types[oid])
            columns = tuple(sorted(one["columns"]))
            name = reading.relation_name(one["schema"], one["name"])
            tables.append(Published(table=name, columns=columns, where=where))
        return Publication(
            tables=in_order(tables),
            schemas=tuple(sorted(row.schemas)),
            all_tables=row.all_tables,
            publish=tuple(one for one in ACTIONS if getattr(row, one)),
            publish_via_partition_root=row.via_root,
            publish_generated_columns=GENERATED_COLUMNS[row.generated],
        )

    def selected_by(self, row: Any) -> None:
        """Return None: it is of the whole database, and chosen by its tables."""

    def is_whole(self, row: Any, tables: Collection[int], selection: Any) -> bool:
        if row.schemas and selection.tables:
            return False
        every = selection.schemas or row.schemas
        return {one["oid"] for one in row.tables} <= {*tables} and {*row.schemas} <= {
            *every
        }

    def tables_of(self, value: Any) -> Collection[Name]:
        return value.names.keys()  # type: ignore[no-any-return]

    # Renames and order.

    def renamed(self, schema: Schema, old: Any, new: Any) -> Schema:
        return schema.with_(self.word, rekeyed(schema.of(self.word), old, new))

    def in_renamed_schema(self, value: Any, old: str, new: str) -> Any:
        tables = (
            replace(one, table=Name(new, one.table.name))
            if one.table.schema == old
            else one
            for one in value.tables
        )
        schemas = tuple(sorted(with_name(value.schemas, old, new)))
        return replace(value, tables=in_order(tables), schemas=schemas)

    def followed(self, value: Any, relations: Known, old: Node, new: Node) -> Any:
        match old[0]:
            case "table":
                tables = (table_renamed(one, old[1], new[1]) for one in value.tables)
            case "column":
                family = {old[1], *heirs(relations.schema, old[1])}
                tables = (
                    column_renamed(one, old[2], new[2]) if one.table in family else one
                    for one in value.tables
                )
            case _:
                return value
        return replace(value, tables=in_order(tables))

    def refers(self, value: Any, find: Finder) -> set[Reference]:
        schemas: set[Reference] = {("schema", one) for one in value.schemas}
        return schemas.union(*(of_table(one, find) for one in value.tables))

    def parts(self, value: Any) -> Collection[Name]:
        return value.names.keys()  # type: ignore[no-any-return]

    def without_parts(
        self, value: Any, goes: Callable[[Collection[Reference]], bool]
    ) -> Any:
        kept = (one for one in value.tables if not goes(of_table(one, EVERY)))
        return replace(value, tables=tuple(kept))

    def writes(self, name: Any) -> set[Reference]:
        return {(self.word, name)}

    # Words.

    def changes(self, old: Any, new: Any) -> Iterator[tuple[str, Any, Any]]:
        for word, before, after in super().changes(old, new):
            if word == "tables":
                yield from sql.changes_of_tables(old, new)
            elif isinstance(before, tuple):
                yield word, ", ".join(before) or None, ", ".join(after) or None
            else:
                yield word, before, after


def of_table(value: Published, find: Finder) -> set[Reference]:
    """Return what a publication refers to for the sake of a table."""
    found = {("table", value.table), *of_columns(value.table, value.columns)}
    named = find.expression(value.table, value.where)
    return found | {one for one in named if one[0] == "column"}


GENERATED_COLUMNS = {"n": "none", "s": "stored"}
