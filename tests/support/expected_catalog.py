"""What PostgreSQL's catalogs should hold of a spec's value, as `catalog` tells it.

None of the code that writes SQL or revisions is used. An expression cannot be compared as text,
since PostgreSQL prints it in its own way; so `expected` lets PostgreSQL print it too, on a probe of
the table that lives in a transaction which is rolled back.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import databases
from access_facts import expected_access
from catalog import SEQUENCE_KEYS, Facts, facts_of_tables, rows
from columns_of_tables import columns_of, parents_of
from expected_objects import ExpectedObjects
from foreign_facts import expected_foreign
from gen_migration.model.automatic_names import sequence_name
from gen_migration.model.schema import (
    Check,
    Column,
    Exclude,
    ForeignKey,
    PrimaryKey,
    Unique,
)
from members_of_tables import expected_members
from operators_of_catalog import expected_operators
from probes import (
    PROBE,
    SERIAL,
    dotted,
    key_elements,
    method_of,
    probe_sql,
    quoted,
)
from statements import undone
from text_search_facts import expected_text_search

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from gen_migration.model.schema import (
        Constraint,
        Element,
        PartitionBy,
        Schema,
        SequenceOptions,
        Spec,
        Table,
    )
    from gen_migration.postgres.names import Name


def is_serial(column: Column) -> bool:
    return column.type.kind == "builtin" and column.type.name in SERIAL


def parts_of(only: Mapping[Any, Any] | None) -> list[str] | None:
    """Return the names of the parts of an index that is ON ONLY its table, and of theirs."""
    if only is None:
        return None
    found = [
        each
        for one in only.values()
        for each in (one.name, *(parts_of(one.only) or ()))
    ]
    return sorted(found)


def expected(spec: Spec, connection: Any) -> Facts:
    """Return what `facts` gives where a spec and nothing else was built.

    The database holds the spec's types and functions, so that expressions can be printed.
    """
    own = databases.beside(connection)
    with undone(own):
        return Expectation(spec.schema, own).facts()


class Expectation(ExpectedObjects):
    def __init__(self, schema: Schema, connection: Any) -> None:
        super().__init__(schema, connection)
        self.probes = {name: PROBE.format(n) for n, name in enumerate(schema.tables)}
        self.probed = self.probe()

    def facts(self) -> Facts:
        result: Facts = {}
        for key, namespace in self.schema.of("schema").items():
            if key != "public" or namespace.comment is not None:
                result[f"schema {key}"] = {"comment": namespace.comment or None}
        for key, extension in self.schema.of("extension").items():
            result[f"extension {key}"] = self.extension(key, extension)
        result.update(self.types())
        result.update(self.statistics())
        result.update(self.publications())
        result.update(expected_text_search(self.schema, self.full))
        result.update(expected_foreign(self.schema, self.full, self.printed))
        for name, view in self.schema.of("view").items():
            result[f"view {self.full(name)}"] = self.view(view)
        for name, view in self.schema.of("materialized view").items():
            result[f"materialized view {self.full(name)}"] = self.materialized(view)
        for name, sequence in self.schema.sequences.items():
            owner = sequence.owned_by
            result[f"sequence {self.full(name)}"] = {
                "owned_by": f"{self.full(owner[0])}.{owner[1]}" if owner else None,
                "type": sequence.type,
                **sequence_options(sequence.options),
                "unlogged": sequence.unlogged,
                "comment": sequence.comment,
            }
        for name, table in self.schema.tables.items():
            result.update(self.table(name, table))
        access = expected_access(self.schema, self.connection)
        operators = expected_operators(self.schema, self.home)
        return result | operators | self.members | access

    def root(self, name: Name, key: str) -> Name:
        """Return the table whose columns a table has; any other table is its own."""
        for parent in parents_of(self.schema.tables[name]):
            if key in columns_of(self.schema, parent):
                return self.root(parent, key)
        return name

    def table(self, name: Name, table: Table) -> Facts:
        columns = columns_of(self.schema, name)
        probe, place = self.probed, self.probes[name]
        full, shadow = self.full(name), f"{place}.{name.name}"
        printed = probe.get(f"table {shadow}", {})
        by, of = table.partition_by, table.partition_of
        identity = table.replica_identity
        result: Facts = {
            f"table {full}": {
                "kind": "p" if by else "r",
                "columns": list(columns),
                "unlogged": table.unlogged,
                "tablespace": tablespace(table.tablespace),
                "access_method": table.access_method,
                "row_security": table.row_security in {"enabled", "forced"},
                "forced": str(table.row_security).startswith("forced"),
                "replica_identity": identity.rows[0] if identity else "d",
                "replica_index": identity and identity.index,
                "cluster_on": table.cluster_on,
                "inherits": [self.full(one) for one in table.inherits],
                "of_type": table.of_type and self.full(table.of_type),
                "comment": table.comment,
                "options": dict(table.storage_parameters),
                "partition_by": by and self.partition_by(by, printed["partition_by"]),
                "partition_of": of
                and {
                    "parent": self.full(of.parent),
                    "bound": printed["partition_of"]["bound"],
                },
            }
        }
        for key, column in columns.items():
            shown = probe[f"column {shadow}.{key}"]
            result |= self.column(name, key, column, shown)
        for key, constraint in table.constraints.items():
            shown = probe.get(f"constraint {shadow}.{key}", {})
            elements = (probe.get(f"index {place}.{key}") or shown).get("elements", [])
            result[f"constraint {full}.{key}"] = {
                **self.constraint(constraint, shown, elements),
                "comment": constraint.comment,
                "index_comment": getattr(constraint, "index_comment", None),
            }
        for key, index in table.indexes.items():
            shown = probe[f"index {place}.{key}"]
            result[f"index {name.schema or self.home}.{key}"] = {
                "table": full,
                "unique": index.unique,
                "nulls_not_distinct": index.nulls_not_distinct,
                "method": index.method,
                "include": list(index.include),
                "where": shown["where"],
                "options": dict(index.storage_parameters),
                "tablespace": tablespace(index.tablespace),
                "elements": self.elements(
                    index.elements, shown["elements"], index.method
                ),
                "comment": index.comment,
                "valid": index.only is None,
                "parts": parts_of(index.only),
            }
        return result

    def partition_by(self, by: PartitionBy, shown: Facts) -> Facts:
        elements = self.elements(by.elements, shown["elements"], "btree")
        keys = ("column", "opclass", "collation")
        return {
            "strategy": by.strategy,
            "elements": [{key: element[key] for key in keys} for element in elements],
            "expressions": shown["expressions"],
        }

    def column(self, table: Name, key: str, column: Column, shown: Facts) -> Facts:
        partition = self.schema.tables[table].partition_of is not None
        identity = None
        if column.identity is not None and not partition:
            options = sequence_options(column.identity.options)
            sequence = column.identity.sequence or sequence_name(table, key).name
            identity = {
                "always": column.identity.always,
                "sequence": self.full(table._replace(name=sequence)),
                **options,
            }
        result: Facts = {}
        default = shown["default"]
        if is_serial(column):
            sequence, default = self.serial(self.root(table, key), key)
            if self.root(table, key) == table:
                result[f"sequence {sequence}"] = {
                    "owned_by": f"{self.full(table)}.{key}",
                    "type": SERIAL[column.type.name][0],
                    "start": 1,
                    "increment": 1,
                    "minimum": 1,
                    "maximum": SERIAL[column.type.name][1],
                    "cache": 1,
                    "cycle": False,
                    "unlogged": self.schema.tables[table].unlogged,
                    "comment": None,
                }
        result[f"column {self.full(table)}.{key}"] = {
            "type": shown["type"],
            "not_null": not column.nullable,
            "default": default,
            "generated": shown["generated"],
            "identity": identity,
            "collation": shown["collation"],
            "storage": column.storage or shown["storage"],
            "compression": column.compression,
            "local": is_local(self.schema.tables[table], key),
            "statistics_target": column.statistics_target,
            "options": {
                key: text
                for key in ("n_distinct", "n_distinct_inherited")
                if (text := getattr(column, key)) is not None
            },
            "comment": column.comment,
        }
        return result

    def serial(self, table: Name, column: str) -> tuple[str, str]:
        """Return the sequence that PostgreSQL chose for a serial column, and the default."""
        name = f"{quoted(table.schema or self.home)}.{quoted(table.name)}"
        found = rows(
            self.connection,
            """
            SELECT n.nspname || '.' || c.relname AS name,
                'nextval(''' || replace(c.oid::regclass::text, '''', '''''')
                    || '''::regclass)' AS default
            FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace
            WHERE c.oid = pg_get_serial_sequence(%s, %s)::regclass
            """,
            (name, column),
        )
        if not found:
            return f"of {self.full(table)}.{column}", "nextval"
        return found[0]["name"], found[0]["default"]

    def constraint(self, constraint: Constraint, shown: Facts, elements: Any) -> Facts:
        if isinstance(constraint, Check):
            return {
                "type": "c",
                "expression": shown["expression"],
                "no_inherit": constraint.no_inherit,
                "validated": not (constraint.not_valid or constraint.not_enforced),
                "enforced": not constraint.not_enforced,
            }
        result: Facts = {
            "deferrable": constraint.deferrable,
            "deferred": constraint.initially_deferred,
        }
        if isinstance(constraint, ForeignKey):
            return {
                **result,
                "type": "f",
                "columns": list(constraint.columns),
                "referred_table": self.full(constraint.referred_table),
                "referred_columns": list(constraint.referred_columns),
                "on_delete": constraint.on_delete,
                "on_delete_columns": list(constraint.on_delete_columns),
                "on_update": constraint.on_update,
                "match_full": constraint.match_full,
                "period": constraint.period,
                "validated": not (constraint.not_valid or constraint.not_enforced),
                "enforced": not constraint.not_enforced,
            }
        result |= {
            "include": list(constraint.include),
            "options": dict(constraint.storage_parameters),
            "tablespace": tablespace(constraint.tablespace),
        }
        if isinstance(constraint, Exclude):
            method = constraint.method
            wanted = tuple(element.element for element in constraint.elements)
            return {
                **result,
                "type": "x",
                "operators": shown["operators"],
                "elements": self.elements(wanted, elements, method),
                "method": method,
                "where": shown["where"],
            }
        method = method_of(constraint)
        return {
            **result,
            "type": "p" if isinstance(constraint, PrimaryKey) else "u",
            "columns": list(constraint.columns),
            "elements": self.elements(key_elements(constraint), elements, method),
            "method": method,
            "where": None,
            "nulls_not_distinct": isinstance(constraint, Unique)
            and constraint.nulls_not_distinct,
            "period": constraint.without_overlaps,
        }

    def elements(self, elements: Iterable[Element], shown: Any, method: str) -> Any:
        return [
            {
                "column": element.column,
                "expression": printed.get("expression"),
                "collation": self.collation(element.collation)
                if element.collation
                else printed["collation"],
                "opclass": self.opclass(element.opclass, method)
                if element.opclass
                else printed["opclass"],
                "parameters": dict(element.opclass_parameters),
                "descending": element.descending,
                "nulls_first": element.nulls_first,
            }
            for element, printed in zip(elements, shown, strict=True)
        ]

    def collation(self, name: Name) -> Any:
        return self.one(
            """
            SELECT n.nspname || '.' || l.collname AS value
            FROM pg_collation AS l JOIN pg_namespace AS n ON n.oid = l.collnamespace
            WHERE l.oid = %s::regcollation
            """,
            dotted(name),
        )

    def opclass(self, name: Name, method: str) -> Any:
        return self.one(
            """
            SELECT n.nspname || '.' || q.opcname AS value
            FROM pg_opclass AS q JOIN pg_namespace AS n ON n.oid = q.opcnamespace
            JOIN pg_am AS m ON m.oid = q.opcmethod
            WHERE q.opcname = %s AND m.amname = %s
                AND CASE WHEN %s::text IS NULL THEN pg_opclass_is_visible(q.oid)
                    ELSE n.nspname = %s END
            """,
            name.name,
            method,
            name.schema,
            name.schema,
        )

    def probe(self) -> Facts:
        """Return the facts of tables of the same names with all expressions of these ones.

        The names are the same because an expression may use it; the schemas are others.
        """
        with undone(self.connection):
            for number, name in enumerate(self.schema.tables):
                sql = ";\n".join(probe_sql(name, self.schema, number))
                self.connection.execute(sql, prepare=False)
            found = facts_of_tables(self.connection, self.asked())
            self.members = expected_members(
                self.schema, self.connection, self.probes, self.home
            )
            return found

    def asked(self) -> set[str]:
        """Return what is looked up of probes: what no spec says as PostgreSQL prints it."""
        tables = self.schema.tables.values()
        constraints = [one for table in tables for one in table.constraints.values()]
        printed = {
            "column": bool(tables),
            "table": any(one.partition_by or one.partition_of for one in tables),
            "constraint": any(isinstance(one, Check | Exclude) for one in constraints),
            "index": any(one.indexes for one in tables)
            or any(isinstance(one, PrimaryKey | Unique) for one in constraints),
        }
        return {word for word, is_printed in printed.items() if is_printed}


def is_local(table: Table, column: str) -> bool:
    """Tell whether a table has a column by itself; a partition is not asked."""
    return not table.inherits or column in table.columns


def sequence_options(options: SequenceOptions) -> Facts:
    return {key: getattr(options, key) for key in SEQUENCE_KEYS}


def tablespace(name: str | None) -> str | None:
    return None if name == "pg_default" else name
