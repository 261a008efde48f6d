"""Statistics of several columns, or of expressions: `CREATE STATISTICS`.

They live in a schema, and are of one table or materialized view: PostgreSQL drops them with it, and
with each of their columns. Their target is altered, all else is made anew. Source: the manual,
CREATE STATISTICS, ALTER STATISTICS and 14.2.2.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gen_migration.base.data_class import dataclass, replace
from gen_migration.base.errors import quoted
from gen_migration.kinds.keys import RENAMED_FROM, Key
from gen_migration.kinds.kind import Kind
from gen_migration.kinds.references import of_columns
from gen_migration.model.access import Owned
from gen_migration.model.given import columns_of
from gen_migration.model.mapped import hold
from gen_migration.model.renaming import rekeyed
from gen_migration.model.schema import Element
from gen_migration.postgres.names import Name, quote_name

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

    from gen_migration.kinds.references import Finder, Reference
    from gen_migration.model.schema import Schema

# In the order in which PostgreSQL prints them; all of them are what it makes by itself.
KINDS = ("ndistinct", "dependencies", "mcv")
MAX_COLUMNS = 8  # of one object, expressions too (STATS_MAX_DIMENSIONS)
MAX_TARGET = 10_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Statistics(Owned):
    """`CREATE STATISTICS`.

    `elements` are columns by their names, and then expressions; `kinds` are empty for all; a
    `target` of None is that of the columns.
    """

    table: Name
    elements: tuple[Element, ...]
    kinds: tuple[str, ...] = ()
    target: int | None = None
    comment: str | None = None


hold(Statistics, elements=(Element,))


class StatisticsKind(Kind):
    """Extended statistics of tables."""

    word = "statistics"
    key = "statistics"
    about = (
        "Statistics by name, of several columns of a table together or of expressions."
    )
    about_one = "What ANALYZE gathers of several columns of a table together, or of expressions."
    keys = (
        Key(
            "table",
            "Text",
            "The table of the spec that they are of, or a materialized view.",
            ...,
        ),
        Key("columns", "list[Text]", "Columns of the table.", list),
        Key("expressions", "list[SQL]", "Expressions over its columns.", list),
        Key(
            "kinds",
            f"list[Literal[{', '.join(map(repr, KINDS))}]]",
            "What is gathered; left out, all. Of one expression alone, it is never said.",
            list,
        ),
        Key(
            "target",
            "int | None",
            "How much is gathered (0 to 10000); left out, as much as of the columns.",
        ),
        RENAMED_FROM,
    )
    value = Statistics
    called = "STATISTICS"
    catalog = "pg_statistic_ext"
    object = "STATISTIC_EXT"
    space = "statistics"
    creates = "create_stats_stmt"
    alters = "alter_stats_stmt"
    groups = (("target",),)

    # SQL out.

    def create(self, name: Any, value: Any) -> str:
        kinds = f" ({', '.join(value.kinds)})" if value.kinds else ""
        listed = ", ".join(spelled(value))
        return f"CREATE STATISTICS {name.sql}{kinds}\n    ON {listed} FROM {value.table.sql}"

    def after(self, name: Any, value: Any) -> Iterator[str]:
        if value.target is not None:
            yield targeted(name, value.target)

    def alter(self, name: Any, old: Any, new: Any) -> list[str]:
        # PostgreSQL 17 has a word for the default, and takes -1 as well.
        return [targeted(name, -1 if new.target is None else new.target)]

    def definition(self, value: Any) -> str:
        kinds = f"({', '.join(value.kinds)}) " if value.kinds else ""
        target = "" if value.target is None else f", target {value.target}"
        return f"{kinds}ON {', '.join(spelled(value))} FROM {value.table}{target}"

    def is_replaced(self, old: Any, new: Any) -> bool:
        is_other: bool = replace(old, target=new.target) != new
        return is_other

    # SQL in.

    def read(self, node: Any, schema: Schema) -> tuple[Any, Any]:
        from gen_migration.sql import tree

        elements = []
        for one in node.exprs:
            found = one.stats_elem
            if found.name:
                elements.append(Element(column=found.name))
            else:
                elements.append(Element(expression=tree.expression(found.expr)))
        (relation,) = node.relations
        value = Statistics(
            table=tree.relation(relation.range_var),
            elements=in_order(elements),
            kinds=known(tree.strings(node.stat_types)),
        )
        return tree.dotted(node.defnames), value

    def read_alter(
        self, node: Any, objects: Mapping[Any, Any]
    ) -> tuple[Any, Any] | None:
        from gen_migration.sql import tree

        name = tree.dotted(node.defnames)
        old = objects.get(name)
        if old is None:
            return None
        has = node.stxstattarget.WhichOneof("node") is not None
        target = node.stxstattarget.integer.ival if has else -1
        return name, replace(old, target=None if target < 0 else target)

    # The spec.

    def build(self, at: Any, name: Any, shape: Any) -> Any:
        table = (at / "table").name(shape.table, at_key=False)
        found = [Element(column=one) for one in dict.fromkeys(shape.columns)]
        for number, text in enumerate(shape.expressions):
            sql = (at / "expressions" / number).expression(text, ())
            if sql is not None:
                found.append(Element(expression=sql))
        size = len(shape.columns) + len(shape.expressions)
        is_one = size == len(shape.expressions) == 1
        if not (is_one or 2 <= size <= MAX_COLUMNS):
            at.wrong_key(
                f"statistics are of 2 to {MAX_COLUMNS} columns and expressions, or of one"
                " expression",
                'write "columns", "expressions", or both',
            )
        if is_one and shape.kinds:
            (at / "kinds").wrong_key(
                "of one expression there is one kind of statistics", 'remove "kinds"'
            )
        if shape.target is not None and not 0 <= shape.target <= MAX_TARGET:
            (at / "target").wrong(
                f"the target {shape.target} is not 0 to {MAX_TARGET}", "write 100"
            )
        if table is None:
            return None
        return Statistics(
            table=table,
            elements=in_order(found),
            kinds=known(shape.kinds),
            target=shape.target,
        )

    def faults(
        self, name: Any, value: Any, schema: Schema
    ) -> Iterator[tuple[tuple[Any, ...], str, str]]:
        if value.table in schema.of("materialized view"):
            return
        if value.table not in schema.tables:
            hint = "write a table or a materialized view of this spec"
            yield ("table",), f"unknown table {quoted(value.table)}", hint
            return
        held = columns_of(schema, value.table)
        for one in value.elements:
            if one.column is not None and one.column not in held:
                what = f"table {quoted(value.table)} has no column {quoted(one.column)}"
                yield ("columns",), what, "write one of its columns"
        for one in sorted(unknown(value, held)):
            what = f"unknown column {quoted(one)}"
            yield (
                ("expressions",),
                what,
                "a text literal in SQL stands in single quotes",
            )

    def dump(self, writer: Any, name: Any, value: Any) -> dict[str, Any]:
        return {
            "table": writer.name(value.table),
            "columns": [one.column for one in value.elements if one.column],
            "expressions": [one.expression for one in value.elements if one.expression],
            "kinds": list(value.kinds),
            "target": value.target,
        }

    # The catalog.

    def from_row(self, reading: Any, row: Any) -> Any:
        if row.table_oid is None and not row.is_of_view:
            raise ValueError("it is of what is no table")
        types = reading.types[row.table_oid] if row.table_oid is not None else {}
        elements = [Element(column=one) for one in row.columns]
        elements += [
            Element(expression=reading.expression(text, types))
            for text in row.expressions
        ]
        return Statistics(
            table=reading.relation_name(row.of_schema, row.of),
            elements=in_order(elements),
            kinds=known(row.kinds),
            target=row.target,
        )

    def goes_with(self, value: Any, tables: Collection[Name]) -> bool:
        return value.table in tables

    # Renames and order.

    def renamed(self, schema: Schema, old: Any, new: Any) -> Schema:
        return schema.with_(self.word, rekeyed(schema.of(self.word), old, new))

    def in_renamed_schema(self, value: Any, old: str, new: str) -> Any:
        if value.table.schema != old:
            return value
        return replace(value, table=Name(new, value.table.name))

    def refers(self, value: Any, find: Finder) -> set[Reference]:
        columns = [one.column for one in value.elements if one.column is not None]
        texts = (one.expression for one in value.elements)
        return {
            ("holder", value.table),
            *of_columns(value.table, columns),
            *find.expression(value.table, *texts),
        }

    def writes(self, name: Any) -> set[Reference]:
        return {(self.word, name)}


def spelled(value: Statistics) -> Iterator[str]:
    """Yield the columns and the expressions as SQL."""
    for one in value.elements:
        if one.column is not None:
            yield quote_name(one.column)
        else:
            yield f"({one.expression})"


def targeted(name: Name, target: int) -> str:
    return f"ALTER STATISTICS {name.sql} SET STATISTICS {target}"


def in_order(elements: list[Element]) -> tuple[Element, ...]:
    """Return columns in the order of their names, which PostgreSQL does not keep, and the rest."""
    columns = sorted(
        (one for one in elements if one.column), key=lambda one: str(one.column)
    )
    return (*columns, *(one for one in elements if one.column is None))


def known(kinds: Collection[str]) -> tuple[str, ...]:
    """Return kinds in PostgreSQL's order; none where it is all of them."""
    found = tuple(one for one in KINDS if one in kinds)
    return () if found == KINDS else found


def unknown(value: Statistics, held: Collection[str]) -> set[str]:
    """Return the columns that expressions name, and the table has not."""
    from gen_migration.postgres.expressions import parse_expression

    texts = (one.expression for one in value.elements if one.expression)
    names = {
        one.parts[-1] for text in texts for one in parse_expression(text).references
    }
    return names - {*held}
