"""Values of types that are not PostgreSQL's own: what the database says about them."""

from __future__ import annotations

from dataclasses import field
from typing import TYPE_CHECKING, Any

from gen_migration.base.data_class import dataclass, replace
from gen_migration.postgres.types import Type, TypeMistake, parse_type
from gen_migration.verify.fill.choices import true_ones
from gen_migration.verify.fill.guesses import guesses
from gen_migration.verify.fill.values import value

if TYPE_CHECKING:
    from gen_migration.model.schema import Schema

COUNT = 8  # values of a type
# One row: the kind of a type, and what it is made of.
QUERY = """
SELECT
    t.typtype AS kind,
    format_type(t.oid, NULL) AS name,
    format_type(
        coalesce(nullif(t.typbasetype, 0), r.rngsubtype, m.rngtypid), nullif(t.typtypmod, -1)
    ) AS base,
    ARRAY(SELECT e.enumlabel::text FROM pg_enum AS e
        WHERE e.enumtypid = t.oid ORDER BY e.enumsortorder) AS labels,
    ARRAY(SELECT pg_get_expr(c.conbin, 0) FROM pg_constraint AS c
        WHERE c.contypid = t.oid AND c.contype = 'c' ORDER BY c.conname) AS checks,
    ARRAY(SELECT format_type(a.atttypid, a.atttypmod) FROM pg_attribute AS a
        WHERE a.attrelid = t.typrelid AND a.attnum > 0 AND NOT a.attisdropped
            AND t.typtype = 'c'
        ORDER BY a.attnum) AS fields
FROM pg_type AS t
LEFT JOIN pg_range AS r ON r.rngtypid = t.oid
LEFT JOIN pg_range AS m ON m.rngmultitypid = t.oid
WHERE t.oid = to_regtype(%s)
"""


def samples(connection: Any, schema: Schema) -> dict[Type, tuple[str, ...]]:
    """Return values, as texts, of each type of a schema that is not PostgreSQL's own."""
    asking = Asking(connection)
    kinds = {
        column.type.element: None
        for table in schema.tables.values()
        for column in table.columns.values()
        if column.type.kind != "builtin"
    }
    labels = {
        Type(name=name.name, schema=name.schema, kind="enum"): enum.values
        for name, enum in schema.enums.items()
    }
    others = {kind: asking.values(kind.sql) for kind in kinds if kind not in labels}
    return labels | others


@dataclass(slots=True)
class Asking:
    """Asks for types, each but once; `known` are their values by their SQL."""

    connection: Any
    known: dict[str, tuple[str, ...]] = field(default_factory=dict)

    def values(self, sql: str) -> tuple[str, ...]:
        """Return values of a type; none where it is not known what they look like."""
        if sql not in self.known:
            self.known[sql] = ()  # a type may be made of itself
            self.known[sql] = tuple(dict.fromkeys(self.found(sql)))
        return self.known[sql]

    def found(self, sql: str) -> list[str]:
        if sql.endswith("[]"):
            element = self.values(sql.removesuffix("[]"))
            return [f"{{{one}}}" for one in element if one.isalnum()] or ["{}"]
        from psycopg.rows import namedtuple_row

        with self.connection.cursor(row_factory=namedtuple_row) as cursor:
            row = cursor.execute(QUERY, (sql,)).fetchone()
        if row is None:
            return []
        if row.kind == "d":
            return self.of_domain(row)
        if row.kind == "c":
            return self.of_composite(row)
        if row.kind == "r":
            ends = self.values(row.base)
            return [f'["{one}","{one}"]' for one in ends]
        if row.kind == "m":
            return [f"{{{one}}}" for one in self.values(row.base)]
        return list(row.labels) or builtin(sql, row.name)

    def of_composite(self, row: Any) -> list[str]:
        fields = [self.values(one) for one in row.fields]
        return [
            "("
            + ",".join(quoted(one[i % len(one)]) if one else "" for one in fields)
            + ")"
            for i in range(COUNT)
        ]

    def of_domain(self, row: Any) -> list[str]:
        """Return those values of a domain's type that its checks allow."""
        base = known_type(row.base)
        texts = list(self.values(row.base))
        for check in row.checks:
            texts += guesses(check, frozenset([("value", base)])).get("value", ())
        values: list[str | None] = [*dict.fromkeys(texts)]
        of, checks = {"value": base}, tuple(row.checks)
        found = true_ones(self.connection, "t", of, checks, {"value": values})
        return [one["value"] or "" for one in found]


def builtin(sql: str, name: str) -> list[str]:
    """Return values of a type that `fill.values` knows, perhaps under the name of an extension."""
    for text in (sql, name):
        kind = known_type(text)
        plain = replace(kind, name=kind.name.rsplit(".", 1)[-1].strip('"'))
        found = [value(plain, number, {}) for number in range(COUNT)]
        if texts := [one for one in found if one is not None]:
            return texts
    return []


def known_type(text: str) -> Type:
    """Return the type of a text of `format_type`."""
    try:
        return parse_type(text)
    except TypeMistake:
        return Type(name=text, kind="other")


def quoted(text: str) -> str:
    """Return a field of a composite value's text."""
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
