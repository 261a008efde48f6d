"""One schema of any size, written as a spec, as SQLAlchemy models, and in drizzle's TypeScript.

Each table has 10 columns, 3 indexes, a foreign key, a unique constraint and a check. Names and
numbers differ from table to table, as they do in real life, so that no cache sees a thing twice.
The models are `Table` objects, the form that Alembic reads fastest.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

THINGS = ("invoices", "payments", "shipments", "projects", "documents", "sessions")
MEASURES = ("quantity", "weight", "seats", "attempts", "pages", "priority", "credits")


@dataclass(frozen=True, slots=True)
class Table:
    """A table of the schema, by its number."""

    number: int
    edited: bool = False

    @property
    def added_column(self) -> str:
        """The column that an edit adds, as a line of a spec."""
        line = "\n      archived_at: {type: timestamptz, nullable: true}"
        return line if self.edited else ""

    @property
    def added_model(self) -> str:
        """The column that an edit adds, as a line of a model."""
        line = '\n    sa.Column("archived_at", sa.DateTime(timezone=True)),'
        return line if self.edited else ""

    @property
    def added_field(self) -> str:
        """The column that an edit adds, as a line of TypeScript."""
        line = '\n  archived_at: timestamp("archived_at", { withTimezone: true }),'
        return line if self.edited else ""

    @property
    def name(self) -> str:
        return f"{THINGS[self.number % len(THINGS)]}_{self.number:04}"

    @property
    def parent(self) -> Table:
        """The table that the foreign key points at; the first one points at itself."""
        return Table((self.number - 1) // 3) if self.number else self

    @property
    def measure(self) -> str:
        return MEASURES[self.number % len(MEASURES)]

    @property
    def foreign_key(self) -> str:
        return f"fk_{self.name}_parent_id_{self.parent.name}"

    @property
    def check(self) -> str:
        return f"{self.measure} >= {self.number} AND amount < {self.number + 1000}"


def tables(count: int, *, edited: int = 0) -> list[Table]:
    """Return the tables of the schema of this size; the last ones have a column more."""
    return [Table(number, number >= count - edited) for number in range(count)]


def spec(schema: Iterable[Table]) -> str:
    """Return the schema as a spec."""
    return SPEC + "".join(
        SPEC_TABLE.format(table=table, parent=table.parent) for table in schema
    )


def models(schema: Iterable[Table]) -> str:
    """Return the schema as a module with SQLAlchemy's MetaData."""
    return MODELS + "".join(
        MODEL.format(table=table, parent=table.parent) for table in schema
    )


def drizzle(schema: Iterable[Table]) -> str:
    """Return the schema as a TypeScript module for drizzle-kit."""
    return DRIZZLE + "".join(
        DRIZZLE_TABLE.format(table=table, parent=table.parent) for table in schema
    )


SPEC = """\
name: benchmark
description: Create the tables of the benchmark.

tables:
"""
SPEC_TABLE = """\
  {table.name}:
    columns:
      id: {{type: uuid, primary_key: true}}
      parent_id: {{type: uuid, nullable: true, references: {parent.name}.id, on_delete: cascade}}
      code: varchar(40)
      status: {{type: varchar(20), default: open}}
      amount: numeric(12,2)
      {table.measure}: {{type: integer, default: {table.number}}}
      data: {{type: jsonb, default: {{}}}}
      active: {{type: boolean, default: true}}
      note: {{type: text, nullable: true}}
      created_at: timestamptz{table.added_column}
    uniques:
      uq_{table.name}_code: [code]
    checks:
      ck_{table.name}_{table.measure}: {table.check}
    indexes:
      ix_{table.name}_parent_id: [parent_id]
      ix_{table.name}_status_{table.measure}: [status, {table.measure}]
      ix_{table.name}_created_at: [created_at desc]
"""
MODELS = """\
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

metadata = sa.MetaData()
"""
MODEL = """
sa.Table(
    "{table.name}",
    metadata,
    sa.Column("id", postgresql.UUID(as_uuid=True), nullable=False),
    sa.Column("parent_id", postgresql.UUID(as_uuid=True)),
    sa.Column("code", sa.String(40), nullable=False),
    sa.Column("status", sa.String(20), server_default="open", nullable=False),
    sa.Column("amount", sa.Numeric(12, 2), nullable=False),
    sa.Column(
        "{table.measure}", sa.Integer(), server_default=sa.text("{table.number}"), nullable=False
    ),
    sa.Column("data", postgresql.JSONB(), server_default=sa.text("'{{}}'"), nullable=False),
    sa.Column("active", sa.Boolean(), server_default=sa.true(), nullable=False),
    sa.Column("note", sa.Text()),
    sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),{table.added_model}
    sa.PrimaryKeyConstraint("id", name="pk_{table.name}"),
    sa.ForeignKeyConstraint(
        ["parent_id"], ["{parent.name}.id"], name="{table.foreign_key}", ondelete="CASCADE"
    ),
    sa.UniqueConstraint("code", name="uq_{table.name}_code"),
    sa.CheckConstraint("{table.check}", name="ck_{table.name}_{table.measure}"),
    sa.Index("ix_{table.name}_parent_id", "parent_id"),
    sa.Index("ix_{table.name}_status_{table.measure}", "status", "{table.measure}"),
    sa.Index("ix_{table.name}_created_at", sa.text("created_at DESC")),
)
"""
DRIZZLE = """\
import { sql } from "drizzle-orm";
import {
  boolean, check, foreignKey, index, integer, jsonb, numeric, pgTable, primaryKey, text,
  timestamp, unique, uuid, varchar,
} from "drizzle-orm/pg-core";
"""
DRIZZLE_TABLE = """
export const {table.name} = pgTable("{table.name}", {{
  id: uuid("id").notNull(),
  parent_id: uuid("parent_id"),
  code: varchar("code", {{ length: 40 }}).notNull(),
  status: varchar("status", {{ length: 20 }}).default("open").notNull(),
  amount: numeric("amount", {{ precision: 12, scale: 2 }}).notNull(),
  {table.measure}: integer("{table.measure}").default({table.number}).notNull(),
  data: jsonb("data").default({{}}).notNull(),
  active: boolean("active").default(true).notNull(),
  note: text("note"),
  created_at: timestamp("created_at", {{ withTimezone: true }}).notNull(),{table.added_field}
}}, (table) => [
  primaryKey({{ name: "pk_{table.name}", columns: [table.id] }}),
  foreignKey({{
    name: "{table.foreign_key}", columns: [table.parent_id], foreignColumns: [{parent.name}.id],
  }}).onDelete("cascade"),
  unique("uq_{table.name}_code").on(table.code),
  check("ck_{table.name}_{table.measure}", sql`{table.check}`),
  index("ix_{table.name}_parent_id").on(table.parent_id),
  index("ix_{table.name}_status_{table.measure}").on(table.status, table.{table.measure}),
  index("ix_{table.name}_created_at").on(table.created_at.desc()),
]);
"""
