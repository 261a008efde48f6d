"""Foreign tables: `CREATE FOREIGN TABLE`. Their rows are on a foreign server.

So a change loses nothing: all but the server is altered in place, and what names a column that
goes, or gets another type, is off meanwhile. A column that is computed otherwise goes and comes.
One that is a partition, or has parents or an identity, is SQL of `statements`: a change of its
table reaches it by itself. Source: the manual, CREATE FOREIGN TABLE and ALTER FOREIGN TABLE.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from gen_migration.base.data_class import replace
from gen_migration.kinds import foreign_spec
from gen_migration.kinds import foreign_table_sql as sql
from gen_migration.kinds.foreign_table_values import (
    ForeignCheck,
    ForeignColumn,
    ForeignTable,
)
from gen_migration.kinds.keys import RENAMED_FROM, Key
from gen_migration.kinds.kind import Kind
from gen_migration.kinds.kind_spec import shortened
from gen_migration.kinds.references import named, of_type
from gen_migration.model import renaming, table_renaming
from gen_migration.model.access import with_column
from gen_migration.model.expression_edits import ColumnEdit
from gen_migration.model.mapped import mapped
from gen_migration.postgres import foreign_options as options
from gen_migration.postgres import privileges
from gen_migration.sql.sorts import Sort

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping

    from gen_migration.kinds.references import Finder, Reference
    from gen_migration.kinds.relations import Columns, Known
    from gen_migration.model.schema import Schema


class ForeignTables(Kind):
    """Foreign tables that stand alone."""

    word = "foreign table"
    key = "foreign_tables"
    about = "Foreign tables by name."
    about_one = "A foreign table, whose rows are on a foreign server."
    keys = (
        Key("server", "Text", "Its foreign server.", ...),
        Key("options", "ForeignOptions", "Its options, such as `table_name`.", dict),
        Key("columns", "dict[str, ForeignColumnShape]", "Columns by name.", dict),
        Key(
            "checks",
            "dict[str, ForeignCheckShape]",
            "Checks by name, which PostgreSQL takes for true.",
            dict,
        ),
        RENAMED_FROM,
    )
    value = ForeignTable
    called = "FOREIGN TABLE"
    object = "FOREIGN_TABLE"
    space = "relations"
    also_in = "types"
    has_columns = True
    declares_columns = True
    granting = privileges.RELATION
    creates = "create_foreign_table_stmt"
    alters = "alter_table_stmt"

    # SQL out.

    def create(self, name: Any, value: Any) -> str:
        return sql.created(self.sql(name), value)

    def after(self, name: Any, value: Any) -> Iterator[str]:
        yield from sql.added(self.sql(name), value)
        yield from sql.comments(name, {}, value.columns)

    def definition(self, value: Any) -> str:
        return sql.definition(value)

    def alter(self, name: Any, old: Any, new: Any) -> list[str]:
        # A column that comes back has its comment again.
        anew = sql.made_anew(old.columns, new.columns)
        stay = {key: one for key, one in old.columns.items() if key not in anew}
        return [
            *sql.altered(self.sql(name), old, new),
            *sql.comments(name, stay, new.columns),
        ]

    def steps(self, old: Any, new: Any) -> Iterator[Any]:
        """Yield the new value but for the comments of columns, then one for each of those."""
        before, after = old.columns, new.columns
        columns = {
            key: replace(one, comment=before[key].comment if key in before else None)
            for key, one in after.items()
        }
        step = replace(old, options=new.options, columns=columns, checks=new.checks)
        if step != old:
            yield step
        for key, one in after.items():
            if step.columns[key] != one:
                step = replace(step, columns={**step.columns, key: one})
                yield step

    def is_replaced(self, old: Any, new: Any) -> bool:
        is_elsewhere: bool = old.server != new.server
        return is_elsewhere

    def columns_gone(self, old: Any, new: Any) -> Collection[str]:
        gone: Collection[str] = old.columns.keys() - new.columns.keys()
        return {*gone, *sql.made_anew(old.columns, new.columns)}

    def columns_held(self, old: Any, new: Any) -> Collection[str]:
        return {*self.columns_gone(old, new), *sql.retyped(old.columns, new.columns)}

    def declared(self, value: Any) -> Collection[str]:
        found: Collection[str] = value.columns
        return found

    def columns(self, value: Any, relations: Known) -> Columns | None:
        held = value.columns.items()
        return [(key, Sort(one.type.plain, one.collation)) for key, one in held]

    # SQL in.

    def read(self, node: Any, schema: Schema) -> tuple[Any, Any]:
        from gen_migration.kinds import foreign_table_tree

        return foreign_table_tree.created(node, schema)

    def read_alter_table(self, node: Any, schema: Schema) -> tuple[Any, Any]:
        from gen_migration.kinds import foreign_table_tree
        from gen_migration.sql import tree

        name = tree.relation(node.relation)
        return name, foreign_table_tree.altered(
            schema.of(self.word)[name], node, schema
        )

    def read_comment(self, value: Any, column: str, text: str | None) -> Any:
        if column not in value.columns:
            raise ValueError(f"the column {column} is not there: COMMENT ON COLUMN")
        one = replace(value.columns[column], comment=text)
        return replace(value, columns={**value.columns, column: one})

    # The spec.

    def build(self, at: Any, name: Any, shape: Any) -> Any:
        columns = {}
        for key, one in shape.columns.items():
            where = at / "columns" / key
            made = column(where, one, shape) if where.identifier(key) else None
            if made is not None:
                columns[key] = made
        checks = {}
        for key, one in shape.checks.items():
            where = at / "checks" / key
            found = (where / "expression").expression(one.expression, shape.columns)
            if where.identifier(key) and found is not None:
                checks[key] = ForeignCheck(expression=found, not_valid=one.not_valid)
        given = foreign_spec.build(at / "options", shape.options)
        if not (at / "server").identifier(shape.server, at_key=False):
            return None
        return ForeignTable(
            server=shape.server, options=given, columns=columns, checks=checks
        )

    def dump(self, writer: Any, name: Any, value: Any) -> dict[str, Any]:
        checks = value.checks.items()
        return {
            "server": value.server,
            "options": foreign_spec.dump(value.options),
            "columns": {
                key: shortened(dumped(writer, (name, key), one), "type")
                for key, one in value.columns.items()
            },
            "checks": {
                key: {"expression": one.expression, "not_valid": True}
                if one.not_valid
                else one.expression
                for key, one in checks
            },
        }

    # The catalog.

    def rows(self, found: Mapping[str, Any]) -> Iterable[Any]:
        return [row for row in found[self.key] if row.statement is None]

    def from_row(self, reading: Any, row: Any) -> Any:
        from gen_migration.kinds import foreign_table_tree

        return foreign_table_tree.of_row(reading, row)

    def left_open(self, found: Any, wanted: Any) -> Any:
        columns = {
            key: replace(
                one,
                options=options.left_open(one.options, wanted.columns[key].options),
            )
            if key in wanted.columns
            else one
            for key, one in found.columns.items()
        }
        given = options.left_open(found.options, wanted.options)
        return replace(found, options=given, columns=columns)

    # Renames and order.

    def column_renamed(
        self, value: Any, relations: Known, name: Any, old: str, new: str
    ) -> Any:
        if old not in value.columns:
            raise KeyError(old)
        edit = ColumnEdit(old, new, name.name)
        changes = renaming.in_expressions(edit)
        changes["generated"] = partial(renaming.edited, edit=edit)
        found = mapped(value, changes)
        columns = renaming.rekeyed(found.columns, old, new)
        grants = with_column(value.grants, old, new)
        return replace(found, columns=columns, grants=grants)

    def renamed(self, schema: Schema, old: Any, new: Any) -> Schema:
        renamed = renaming.rekeyed(schema.of(self.word), old, new)
        schema = table_renaming.held_by(schema.with_(self.word, renamed), old, new)
        schema = table_renaming.with_rows(schema, {old: new})
        return renaming.in_texts(schema, old, new)

    def refers(self, value: Any, find: Finder) -> set[Reference]:
        found: set[Reference] = {("brought", "foreign server", value.server)}
        for one in value.columns.values():
            found |= of_type(one.type) | named("collations", one.collation)
            found |= find.expression(None, one.default, one.generated)
        checks = (one.expression for one in value.checks.values())
        return found | find.expression(None, *checks)

    # Words.

    def changes(self, old: Any, new: Any) -> Iterator[tuple[str, Any, Any]]:
        if old.server != new.server:
            yield "server", old.server, new.server
        yield from options.changes(old.options, new.options, "option ")
        for key in {**old.columns, **new.columns}:
            one, other = old.columns.get(key), new.columns.get(key)
            before, after = (each and sql.column_body(each) for each in (one, other))
            if before != after:
                yield f"column {key}", before, after
            before, after = one and one.comment, other and other.comment
            if before != after:
                yield f"comment of column {key}", before, after
        for key in {**old.checks, **new.checks}:
            before, after = (
                held and sql.check(held)
                for held in (old.checks.get(key), new.checks.get(key))
            )
            if before != after:
                yield f"check {key}", before, after


def column(at: Any, shape: Any, table: Any) -> ForeignColumn | None:
    """Return a column; None where its type is reported."""
    of = (at / "type").type(shape.type)
    if of is None:
        return None
    if of.is_serial:
        (at / "type").wrong(
            f"a column of a foreign table cannot be {of}",
            f"write {of.plain}, and default: {{sql: nextval('…')}}",
        )
    generated = None
    if shape.generated is not None:
        generated = (at / "generated").expression(shape.generated, table.columns)
    return ForeignColumn(
        type=of,
        collation=(at / "collation").collation(shape, of),
        default=(at / "default").default(shape.default, of),
        generated=generated,
        nullable=shape.nullable,
        options=foreign_spec.build(at / "options", shape.options),
        comment=shape.comment or None,
    )


def dumped(writer: Any, place: Any, value: ForeignColumn) -> dict[str, Any]:
    """Return the keys of a column in a spec; its place is that of its hints."""
    found: Mapping[str, Any] = {
        "type": writer.type(value.type),
        "nullable": value.nullable or None,
        "default": value.default and writer.value(value.default, value.type),
        "generated": value.generated,
        "collation": value.collation and str(value.collation),
        "options": foreign_spec.dump(value.options) or None,
        "renamed_from": writer.spec.hints.columns.get(place),
        "comment": value.comment,
    }
    return {key: one for key, one in found.items() if one is not None}
