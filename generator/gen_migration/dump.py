"""A spec's value back to YAML, in the short forms that a person would write.

`load(dump(spec)) == spec` for every spec.
"""

from __future__ import annotations

import json
import re
from dataclasses import fields
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any

import yaml

from gen_migration import ddl, dump_table, yaml_reader
from gen_migration.array_text import lists
from gen_migration.dump_table import without_empty
from gen_migration.kinds import KINDS
from gen_migration.literals import LiteralMistake, literal
from gen_migration.safety import Safety
from gen_migration.sql import Name, spell_part

if TYPE_CHECKING:
    from gen_migration.column_types import Type
    from gen_migration.kinds.kind import Kind
    from gen_migration.schema import SequenceOptions, Spec

WIDTH = 100
OF_TABLE = 3  # the level of `columns:` and `checks:`, counted from the document
AWKWARD = re.compile(r"[\[\]{},]")  # what YAML's flow style wants quotes for


class Dumper(yaml.SafeDumper):
    """Writes plain what the core schema of YAML 1.2 reads back as text."""

    yaml_implicit_resolvers: dict[str, Any] = {}  # noqa: RUF012 - PyYAML's own way

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:  # noqa: ARG002
        """Indent lists inside of mappings."""
        super().increase_indent(flow, indentless=False)


for pattern, tag in (
    (yaml_reader.CONSTANT_PATTERN, "null"),
    (yaml_reader.NUMBER_PATTERN, "float"),
):
    Dumper.add_implicit_resolver(f"tag:yaml.org,2002:{tag}", pattern, None)


def dump(spec: Spec) -> str:
    """Return a spec as YAML."""
    return text_of(document(spec))


def text_of(values: dict[str, Any], depth: int = 0) -> str:
    """Return the plain values of a document as YAML.

    What is small stands on one line, from the second level below `depth` on.
    """
    return yaml.serialize(
        node(values, depth), Dumper=Dumper, allow_unicode=True, width=WIDTH
    )


def node(value: Any, depth: int, flow: bool = False) -> yaml.Node:
    """Return a value as a node of YAML; what is small stands on one line."""
    if isinstance(value, dict):
        inline = flow or (depth > 1 and is_small(value))
        if depth <= OF_TABLE and any(map(is_awkward, value.values())):
            inline = flow
        pairs = [
            (scalar(key), node(item, depth + 1, inline)) for key, item in value.items()
        ]
        return yaml.MappingNode("tag:yaml.org,2002:map", pairs, flow_style=inline)
    if isinstance(value, list):
        inline = flow or is_small(value)
        items = [node(item, depth + 1, inline) for item in value]
        return yaml.SequenceNode("tag:yaml.org,2002:seq", items, flow_style=inline)
    return scalar(value)


def is_small(value: Any) -> bool:
    """Tell whether a collection reads best on one line."""
    if isinstance(value, dict):
        return all(not isinstance(v, dict) or is_leaf(v) for v in value.values()) and (
            len(str(value)) < WIDTH - 20
        )
    return not any(isinstance(item, dict) for item in value) or len(value) == 0


def is_awkward(value: Any) -> bool:
    """Tell a text that reads badly inside of braces: its quotes would be doubled."""
    return isinstance(value, str) and "'" in value and AWKWARD.search(value) is not None


def is_leaf(value: Any) -> bool:
    return all(not isinstance(item, dict | list) for item in value.values())


def scalar(value: Any) -> yaml.Node:
    if value is None or isinstance(value, bool):
        text = {None: "null", True: "true", False: "false"}[value]
        return yaml.ScalarNode("tag:yaml.org,2002:null", text)
    if isinstance(value, int | Decimal):
        return yaml.ScalarNode("tag:yaml.org,2002:float", number(value))
    style = None if printable(value) else '"'
    return yaml.ScalarNode("tag:yaml.org,2002:str", value, style=style)


def printable(text: str) -> bool:
    """Tell whether PyYAML's plain and single-quoted styles keep a text as it is."""
    return text.isprintable()


def number(value: int | Decimal) -> str:
    if isinstance(value, Decimal) and not value.is_finite():
        return ".nan" if value.is_nan() else "-.inf" if value < 0 else ".inf"
    return str(value)


def document(spec: Spec) -> dict[str, Any]:
    """Return a spec as the plain values of its document."""
    writer = Writer(spec)
    result = {
        "name": spec.name,
        "description": spec.description,
        "postgresql": None if spec.postgresql == 14 else spec.postgresql,
        "online": None if spec.online else False,
        "safety": {
            one.name: getattr(spec.safety, one.name)
            for one in fields(Safety)
            if getattr(spec.safety, one.name) != one.default
        },
        "ignore": writer.ignore("spec", ""),
        "schema": spec.default_schema,
        "external": {
            writer.name(name): {key: str(found) for key, found in columns.items()}
            for name, columns in spec.external.items()
        },
        **{kind.key: objects(writer, kind) for kind in KINDS},
        "tables": {
            writer.name(name): dump_table.table(writer, name, table)
            for name, table in spec.schema.tables.items()
            if table.partition_of is None
        },
    }
    return {key: value for key, value in result.items() if value not in (None, {}, [])}


def objects(writer: Writer, kind: Kind) -> Any:
    """Return the objects of a kind; as a list where they have nothing but their names."""
    found = {
        writer.name(name) if kind.in_schema else name: whole(writer, kind, name, value)
        for name, value in writer.spec.schema.of(kind.word).items()
    }
    return found if kind.in_schema or any(found.values()) else list(found)


def whole(writer: Writer, kind: Kind, name: Any, value: Any) -> Any:
    """Return an object with its hints; in short, where that says it all."""
    said = kind.dump(writer, name, value)
    rest = without_empty(
        {
            **said,
            "renamed_from": writer.old_name(kind.word, name),
            "ignore": writer.ignore(kind.word, name),
            "comment": value.comment,
        }
    )
    if kind.short is None:
        return rest
    # It says something even where it is empty.
    result = {kind.short: said[kind.short], **rest}
    return result if result.keys() != {kind.short} else said[kind.short]


class Writer:
    """What the parts of a document need to know of the whole."""

    def __init__(self, spec: Spec) -> None:
        self.spec = spec
        self.enums = spec.schema.enums

    def name(self, name: Name) -> str:
        """Return a name without the spec's default schema."""
        if name.schema == self.spec.default_schema:
            return spell_part(name.name)
        return str(name)

    def column(self, table: Name, column: str) -> str:
        """Return `table.column`."""
        return f"{self.name(table)}.{spell_part(column)}"

    def old_name(self, kind: str, name: Any) -> str | None:
        """Return what a table or an object of a kind was called."""
        old: Any = self.spec.hints.of(kind).get(name)
        return self.name(old) if isinstance(old, Name) else old

    def ignore(self, kind: str, name: Any) -> dict[str, str]:
        """Return the findings of an object that are left out, with their reasons."""
        return dict(self.spec.hints.ignores.get((kind, name), {}))

    def sequence_options(
        self, options: SequenceOptions, integer: str
    ) -> dict[str, Any]:
        """Return those options that are not the standard, by their keys."""
        return dump_table.sequence_options(options, integer)

    def value(
        self, sql: str, column_type: Type | None, reserved: tuple[str, ...] = ()
    ) -> Any:
        """Return the YAML value whose literal is `sql`, or `{sql: …}`."""
        if column_type is not None:
            for candidate in candidates(sql):
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
