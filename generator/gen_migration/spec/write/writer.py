"""What the parts of a written document share: names, values and options in their short forms."""

from __future__ import annotations

import json
import re
from decimal import Decimal, InvalidOperation
from functools import cached_property
from typing import TYPE_CHECKING, Any

from gen_migration.base.data_class import replace
from gen_migration.kinds import KINDS, base_of
from gen_migration.kinds.members import by_holder
from gen_migration.postgres.arrays import lists
from gen_migration.postgres.names import Member, Name, spell_part
from gen_migration.postgres.names_in_texts import as_name
from gen_migration.postgres.signatures import spelled, with_types
from gen_migration.postgres.type_names import (
    ALIASES,
    BUILTIN,
    OTHERS,
    PSEUDO,
    SERIAL,
)
from gen_migration.spec.write import access
from gen_migration.sql import ddl
from gen_migration.sql.literals import LiteralMistake, literal

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from gen_migration.model.schema import SequenceOptions, Spec
    from gen_migration.postgres.types import Type


class Writer:
    """What the parts of a document need to know of the whole."""

    def __init__(self, spec: Spec) -> None:
        self.spec = spec
        self.enums = spec.schema.enums
        self.held: dict[str, dict[Name, dict[Member, Any]]] = {}

    def name(self, name: Name) -> str:
        """Return a name without the spec's default schema."""
        return spelled(with_types(self.local(name), self.bare_row))

    @cached_property
    def types(self) -> frozenset[str]:
        """The types of the spec that a word names, without a schema."""
        schema = self.spec.schema
        objects = [
            (kind, name, value)
            for kind in KINDS
            if kind.space == "types"
            for name, value in schema.of(kind.word).items()
        ]
        brought = (one for kind, *of in objects for one in kind.brings(*of))
        return words((*(name for _, name, _ in objects), *brought))

    @cached_property
    def rows(self) -> frozenset[str]:
        """The types of rows, which arguments and results have beside them."""
        schema = self.spec.schema
        kinds = [
            kind.word for kind in KINDS if kind.has_columns or kind.announces_types
        ]
        return words(name for word in ("table", *kinds) for name in schema.of(word))

    def type(self, of: Type) -> str:
        """Return a type of a column, as a spec writes it."""
        return self.bare(of).spelled

    def row_type(self, of: Type) -> str:
        """Return a type of an argument or of a result, as a spec writes it."""
        return self.bare_row(of).spelled

    def bare(self, of: Type) -> Type:
        """Return a type that is written without quotes, where the spec's readers know its name."""
        is_own = of.kind == "other" and of.schema is None and of.name in self.types
        return replace(of, kind="enum") if is_own else of

    def bare_row(self, of: Type) -> Type:
        """Return such a type of an argument or of a result."""
        is_own = of.kind == "other" and of.schema is None and of.name in self.rows
        return replace(of, kind="enum") if is_own else self.bare(of)

    def local(self, name: Name) -> Name:
        """Return a name without the spec's default schema."""
        is_home = name.schema == self.spec.default_schema
        return name._replace(schema=None) if is_home else name

    def members(self, kind: str, holder: Name) -> dict[Member, Any]:
        """Return what of a kind stands on a relation."""
        if kind not in self.held:
            self.held[kind] = by_holder(self.spec.schema.of(kind))
        return self.held[kind].get(holder, {})

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
                    made = literal(candidate, column_type, self.enums)
                    if sql in {made, as_name(made, column_type)}:
                        return candidate
                except LiteralMistake:
                    continue
        return {"sql": sql}


def words(names: Iterable[Name]) -> frozenset[str]:
    """Return those names without a schema that are a word, and none of PostgreSQL's types."""
    plain = (one.name for one in names if one.schema is None)
    return frozenset(filter(WORD.fullmatch, plain)) - TAKEN


WORD = re.compile("[a-z_][a-z0-9_]*")
TAKEN = frozenset((*BUILTIN, *ALIASES, *OTHERS, *PSEUDO, *SERIAL))


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
