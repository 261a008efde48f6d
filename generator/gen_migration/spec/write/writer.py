"""What the parts of a written document share: names, values and options in their short forms."""

from __future__ import annotations

import json
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any

from gen_migration.kinds import base_of
from gen_migration.postgres.arrays import lists
from gen_migration.postgres.names import Member, Name, spell_part
from gen_migration.spec.write import access
from gen_migration.sql import ddl
from gen_migration.sql.literals import LiteralMistake, literal

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gen_migration.model.schema import SequenceOptions, Spec
    from gen_migration.postgres.types import Type


class Writer:
    """What the parts of a document need to know of the whole."""

    def __init__(self, spec: Spec) -> None:
        self.spec = spec
        self.enums = spec.schema.enums
        self.by_holder: dict[str, dict[Name, list[tuple[Member, Any]]]] = {}

    def name(self, name: Name) -> str:
        """Return a name without the spec's default schema."""
        if name.schema == self.spec.default_schema:
            return str(name._replace(schema=None))
        return str(name)

    def local(self, name: Name) -> Name:
        """Return a name without the spec's default schema."""
        is_home = name.schema == self.spec.default_schema
        return name._replace(schema=None) if is_home else name

    def members(self, kind: str, holder: Name) -> list[tuple[Member, Any]]:
        """Return what of a kind stands on a relation."""
        if kind not in self.by_holder:
            found = self.by_holder[kind] = {}
            for name, value in self.spec.schema.of(kind).items():
                found.setdefault(name.holder, []).append((name, value))
        return self.by_holder[kind].get(holder, [])

    def grants(self, held: Any) -> dict[str, Any]:
        """Return grants by the names of roles."""
        return {role: access.privileges(one) for role, one in held.items()}

    def column(self, table: Name, column: str) -> str:
        """Return `table.column`."""
        return f"{self.name(table)}.{spell_part(column)}"

    def old_name(self, kind: str, name: Any) -> str | None:
        """Return what a table or an object of a kind was called."""
        old: Any = self.spec.hints.of(kind).get(name)
        if isinstance(old, Member):
            return old.name
        old = getattr(old, "called", old)
        return self.name(old) if isinstance(old, Name) else old

    def ignore(self, kind: str, name: Any) -> dict[str, str]:
        """Return the findings of an object that are left out, with their reasons."""
        return dict(self.spec.hints.ignores.get((kind, name), {}))

    def python(self, kind: str, name: Any) -> dict[str, Any]:
        """Return what models say of an object."""
        return dict(self.spec.hints.python.get((kind, name), {}))

    def part_hints(self, kind: str, table: Name, name: str) -> dict[str, Any]:
        """Return the hints of a constraint or an index."""
        old = getattr(self.spec.hints, kind).get((table, name))
        ignored = self.ignore("part", (table, name))
        python = self.python("part", (table, name))
        return without_empty({"python": python, "renamed_from": old, "ignore": ignored})

    def sequence_options(
        self, options: SequenceOptions, integer: str
    ) -> dict[str, Any]:
        """Return those options that are not the standard, by their keys."""
        return sequence_options(options, integer)

    def value(
        self, sql: str, column_type: Type | None, reserved: tuple[str, ...] = ()
    ) -> Any:
        """Return the YAML value whose literal is `sql`, or `{sql: …}`."""
        if column_type is not None:
            column_type = base_of(self.spec.schema, column_type)
            for candidate in candidates(sql.removesuffix(f"::{column_type}")):
                if isinstance(candidate, dict) and list(candidate) == ["sql"]:
                    continue
                if isinstance(candidate, str) and candidate.lower() in reserved:
                    continue
                try:
                    if literal(candidate, column_type, self.enums) == sql:
                        return candidate
                except LiteralMistake:
                    continue
        return {"sql": sql}


def candidates(sql: str) -> list[Any]:
    """Return the values of YAML that a SQL literal may have come from, the nicest first."""
    if sql in {"true", "false"}:
        return [sql == "true"]
    if ddl.CONSTANT.fullmatch(sql) is None:
        return []
    if "'" not in sql:
        try:
            return [int(sql)]
        except ValueError:
            pass
        try:
            return [Decimal(sql)]
        except InvalidOperation:
            return []
    text = sql.removeprefix("E")[1:-1].replace("''", "'")
    return texts(text.replace("\\\\", "\\") if sql.startswith("E") else text)


def texts(text: str) -> list[Any]:
    """Return the values that a literal in quotes may have come from, the nicest first."""
    found: list[Any] = []
    try:
        decoded = json.loads(text, parse_float=Decimal)
    except (ValueError, RecursionError):
        decoded = None
    if isinstance(decoded, dict | list) and is_flat(decoded):
        found.append(decoded)
    if text.startswith("{"):
        found += lists(text)
    if text in {"Infinity", "-Infinity", "NaN"}:
        found.append(Decimal(text))
    return [*found, text]


def is_flat(value: Any, depth: int = 20) -> bool:
    """Tell whether a value of JSON is not nested deeper than YAML's reader lets it be."""
    if not isinstance(value, dict | list):
        return True
    items = value.values() if isinstance(value, dict) else value
    return depth > 0 and all(is_flat(item, depth - 1) for item in items)


def of(value: Any, *fields: str) -> dict[str, Any]:
    """Return those fields that a value of the model has."""
    return {key: getattr(value, key) for key in fields if hasattr(value, key)}


def without_empty(mapping: Mapping[str, Any]) -> dict[str, Any]:
    """Return a mapping without what says nothing: None, False and empty collections."""
    return {
        key: plain(value)
        for key, value in mapping.items()
        if value is not None and value is not False and value not in ({}, [], ())
    }


def plain(value: Any) -> Any:
    """Return a value of the model as YAML has it."""
    if isinstance(value, Name):
        return str(value)
    return list(value) if isinstance(value, tuple) else value


OPTIONS = {
    "start": "start",
    "increment": "increment",
    "min_value": "minimum",
    "max_value": "maximum",
    "cache": "cache",
    "cycle": "cycle",
}


def sequence_options(options: SequenceOptions, integer: str) -> dict[str, Any]:
    """Return those options that are not the standard, by their keys."""
    found = options.unlike(options.standard(integer))
    return {key: found[field] for key, field in OPTIONS.items() if field in found}
