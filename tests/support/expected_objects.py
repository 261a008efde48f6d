"""What PostgreSQL's catalogs should hold of all but tables, as `expected_catalog` tells it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from catalog import Facts, rows
from catalog_queries import MATERIALIZED, TYPES, VIEWS
from gen_migration.sql.ddl import index_body
from probes import (
    dotted,
    quoted,
    type_sql,
)

if TYPE_CHECKING:
    from gen_migration.model.schema import (
        Schema,
    )
    from gen_migration.postgres.names import Name
    from gen_migration.postgres.types import Type


class ExpectedObjects:
    def __init__(self, schema: Schema, connection: Any) -> None:
        self.schema = schema
        self.connection = connection
        self.home: str = self.one("SELECT current_schema() AS value")

    def one(self, sql: str, *values: Any) -> Any:
        found = rows(self.connection, sql, values or None)
        return found[0]["value"] if found else None

    def full(self, name: Name) -> str:
        return f"{name.schema or self.home}.{name.name}"

    def printed(self, of: Type) -> str:
        """Return a type as PostgreSQL prints it."""
        found = self.type(f'CREATE TYPE "probe" AS (a {type_sql(of)})')
        return str(found["attributes"]["a"][0])

    def statistics(self) -> Facts:
        """Return statistics, of an expression nothing but that it is there; event triggers."""
        result: Facts = {}
        for name, one in self.schema.of("event trigger").items():
            result[f"event trigger {name}"] = {
                "event": one.event,
                "function": one.function.sql,
                "state": {"enabled": "O", "disabled": "D", "replica": "R"}.get(
                    one.state, "A"
                ),
                "tags": list(one.tags) or None,
                "comment": one.comment,
            }
        letters = {"ndistinct": "d", "dependencies": "f", "mcv": "m"}
        for name, one in self.schema.of("statistics").items():
            columns = sorted(each.column for each in one.elements if each.column)
            alone = len(one.elements) == 1
            kinds = "".join(sorted(letters[each] for each in one.kinds or letters))
            result[f"statistics {self.full(name)}"] = {
                "table": self.one("SELECT %s::regclass::text AS value", one.table.sql),
                "columns": columns or None,
                "expressions": len(one.elements) - len(columns) or None,
                "kinds": None if alone else kinds,
                "target": one.target,
                "comment": one.comment,
            }
        return result

    def publications(self) -> Facts:
        """Return publications, of a row filter nothing but that it is there; subscriptions."""
        result: Facts = {}
        for name, one in self.schema.of("subscription").items():
            result[f"subscription {name}"] = {
                "publications": list(one.publications),
                "slot": None if one.slot_name == "none" else one.slot_name,
                "binary": one.binary,
                "synchronous_commit": one.synchronous_commit,
                "origin": one.origin,
                "comment": one.comment,
            }
        for name, one in self.schema.of("publication").items():
            tables = [
                {
                    "table": self.one(
                        "SELECT %s::regclass::text AS value", each.table.sql
                    ),
                    "columns": list(each.columns) or None,
                    "where": each.where is not None,
                }
                for each in one.tables
            ]
            actions = ("insert", "update", "delete", "truncate")
            result[f"publication {name}"] = {
                "all_tables": one.all_tables,
                "via_root": one.publish_via_partition_root,
                "publish": [each in one.publish for each in actions],
                "generated": one.publish_generated_columns[0],
                "schemas": list(one.schemas) or None,
                "tables": sorted(tables, key=lambda each: str(each["table"])) or None,
                "comment": one.comment,
            }
        return result

    def types(self) -> Facts:
        """Return the types, and the collations of texts."""
        result: Facts = {}
        for name, enum in self.schema.enums.items():
            result[f"type {self.full(name)}"] = {
                "kind": "e",
                "values": list(enum.values) or None,
                "domain": None,
                "attributes": None,
                "range": None,
                "multirange": None,
                "comment": enum.comment,
            }
        for name, domain in self.schema.of("domain").items():
            result[f"type {self.full(name)}"] = {
                **self.domain(domain),
                "comment": domain.comment,
            }
        for name, composite in self.schema.of("composite type").items():
            result[f"type {self.full(name)}"] = {
                **self.composite_type(composite),
                "comment": composite.comment,
            }
        for name, one in self.schema.of("range type").items():
            result[f"type {self.full(name)}"] = {
                **self.range_type(one),
                "multirange": self.full(one.multirange),
                "comment": one.comment,
            }
        for name, one in self.schema.of("collation").items():
            result[f"collation {self.full(name)}"] = {
                "provider": one.provider,
                "collate": one.lc_collate or one.locale,
                "ctype": one.lc_ctype or one.locale,
                "deterministic": one.deterministic,
                "comment": one.comment,
            }
        return result

    def extension(self, name: str, extension: Any) -> Facts:
        """What the spec leaves open stands in the extension's control file."""
        sql = """
            SELECT v.schema, v.version, v.comment
            FROM pg_available_extensions AS e JOIN pg_available_extension_versions AS v
                ON v.name = e.name AND v.version = coalesce(%s, e.default_version)
            WHERE e.name = %s
        """
        found = rows(self.connection, sql, (extension.version, name))
        control = found[0] if found else dict.fromkeys(("schema", "version", "comment"))
        return {
            "schema": extension.schema or control["schema"] or self.home,
            "version": control["version"],
            "comment": extension.comment or control["comment"],
        }

    def domain(self, value: Any) -> dict[str, Any]:
        """Return a domain as PostgreSQL prints it under another name."""
        parts = [f'CREATE DOMAIN "probe" AS {type_sql(value.type)}']
        if value.collation is not None:
            parts.append(f"COLLATE {dotted(value.collation)}")
        if value.default is not None:
            parts.append(f"DEFAULT ({value.default})")
        parts += [] if value.nullable else ["NOT NULL"]
        parts += [
            f"CONSTRAINT {quoted(key)} CHECK ({check.expression})"
            for key, check in value.checks.items()
            if not check.not_valid
        ]
        later = []
        for key, check in value.checks.items():
            if check.not_valid:
                what = f"CONSTRAINT {quoted(key)} CHECK ({check.expression}) NOT VALID"
                later.append(f'ALTER DOMAIN "probe" ADD {what}')
            if check.comment is not None:
                text = self.one("SELECT quote_literal(%s) AS value", check.comment)
                what = f'{quoted(key)} ON DOMAIN "probe"'
                later.append(f"COMMENT ON CONSTRAINT {what} IS {text}")
        return self.type(" ".join(parts), *later)

    def composite_type(self, value: Any) -> dict[str, Any]:
        """Return a composite type as PostgreSQL prints it under another name."""
        parts, comments = [], []
        for key, one in value.attributes.items():
            collation = f" COLLATE {dotted(one.collation)}" if one.collation else ""
            parts.append(f"{quoted(key)} {type_sql(one.type)}{collation}")
            if one.comment is not None:
                text = self.one("SELECT quote_literal(%s) AS value", one.comment)
                comments.append(f'COMMENT ON COLUMN "probe".{quoted(key)} IS {text}')
        return self.type(f'CREATE TYPE "probe" AS ({", ".join(parts)})', *comments)

    def range_type(self, value: Any) -> dict[str, Any]:
        """Return a range type as PostgreSQL prints it under another name."""
        said = [f"subtype = {type_sql(value.subtype)}"]
        given = {
            "subtype_opclass": value.opclass,
            "collation": value.collation,
            "subtype_diff": value.difference,
        }
        said += [f"{key} = {dotted(one)}" for key, one in given.items() if one]
        return self.type(f'CREATE TYPE "probe" AS RANGE ({", ".join(said)})')

    def type(self, *statements: str) -> dict[str, Any]:
        """Return what PostgreSQL says of the type `probe`."""
        for one in statements:
            self.connection.execute(one, prepare=False)
        every = rows(self.connection, TYPES)
        found = next(row for row in every if row["name"] == f"{self.home}.probe")
        self.connection.execute('DROP TYPE "probe"', prepare=False)
        del found["name"]
        return found

    def view(self, value: Any) -> dict[str, Any]:
        """Return a view as PostgreSQL prints it under another name."""
        given = {
            "security_barrier": value.security_barrier,
            "security_invoker": value.security_invoker,
            "check_option": value.check_option,
        }
        options = ", ".join(
            f"{key}={one}" for key, one in given.items() if one is not None
        )
        columns = ", ".join(map(quoted, value.columns))
        parts = [
            'CREATE VIEW "probe"',
            f"({columns})" if columns else "",
            f"WITH ({options})" if options else "",
            f"AS {value.query}",
        ]
        self.connection.execute(" ".join(parts), prepare=False)
        for key, default in value.defaults.items():
            change = f"ALTER COLUMN {quoted(key)} SET DEFAULT {default}"
            self.connection.execute(f'ALTER VIEW "probe" {change}', prepare=False)
        every = rows(self.connection, VIEWS)
        found = next(row for row in every if row["name"] == f"{self.home}.probe")
        self.connection.execute('DROP VIEW "probe"', prepare=False)
        del found["name"]
        for column in found["columns"] or ():
            column[3] = value.column_comments.get(column[0])
        found["comment"] = value.comment
        return found

    def materialized(self, value: Any) -> dict[str, Any]:
        """Return a materialized view as PostgreSQL prints it under another name."""
        columns = ", ".join(map(quoted, value.columns))
        given = value.storage_parameters
        options = ", ".join(f"{key}={one}" for key, one in given.items())
        parts = [
            'CREATE MATERIALIZED VIEW "probe"',
            f"({columns})" if columns else "",
            f"WITH ({options})" if options else "",
            f"AS {value.query} WITH NO DATA",
        ]
        self.connection.execute(" ".join(parts), prepare=False)
        numbers = {}
        for number, (key, index) in enumerate(value.indexes.items()):
            numbers[f"probe_{number}"] = (key, index.comment)
            unique = "UNIQUE " if index.unique else ""
            create = (
                f'CREATE {unique}INDEX probe_{number} ON "probe" {index_body(index)}'
            )
            self.connection.execute(create, prepare=False)
        every = rows(self.connection, MATERIALIZED)
        found = next(row for row in every if row["name"] == f"{self.home}.probe")
        self.connection.execute('DROP MATERIALIZED VIEW "probe"', prepare=False)
        del found["name"]
        for column in found["columns"] or ():
            column[2] = value.column_comments.get(column[0])
        found["indexes"] = {
            numbers[key][0]: [*one[:2], numbers[key][1]]
            for key, one in found["indexes"].items()
        }
        found["comment"] = value.comment
        return found
