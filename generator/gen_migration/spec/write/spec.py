"""A spec's value back to YAML, in the short forms that a person would write.

`load(dump(spec)) == spec` for every spec.
"""

from __future__ import annotations

import re
from dataclasses import fields
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import yaml

from gen_migration.base import yaml_scalars as scalars
from gen_migration.kinds import KINDS
from gen_migration.model.convention import ALEMBIC, POSTGRESQL, WORDS
from gen_migration.postgres.settings import Safety
from gen_migration.spec.write import tables
from gen_migration.spec.write.objects import objects
from gen_migration.spec.write.writer import Writer

if TYPE_CHECKING:
    from gen_migration.model.schema import Spec

WIDTH = 100
OF_TABLE = 3  # the level of `columns:` and `checks:`, counted from the document
AWKWARD = re.compile(r"[\[\]{},]")  # what YAML's flow style wants quotes for


# Whatever plain text the reader takes for something else than text.
CONSTANT_PATTERN = re.compile("(" + "|".join(scalars.CONSTANTS) + ")$")
NUMBER_PATTERN = re.compile(
    "("
    + "|".join(
        pattern.pattern
        for pattern in (
            scalars.INTEGER,
            scalars.OCTAL,
            scalars.HEXADECIMAL,
            scalars.FLOAT,
            scalars.INFINITY,
        )
    )
    + r"|\.(nan|NaN|NAN))$",
    re.ASCII,
)


class Dumper(yaml.SafeDumper):
    """Writes plain what the core schema of YAML 1.2 reads back as text."""

    yaml_implicit_resolvers: dict[str, Any] = {}  # noqa: RUF012 - PyYAML's own way

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:  # noqa: ARG002
        """Indent lists inside of mappings."""
        super().increase_indent(flow, indentless=False)

    def analyze_scalar(self, scalar: str) -> Any:
        """Keep in the literal style what has been found to fit it.

        PyYAML reads tabs there, and spaces before the end of a line, and writes neither.
        """
        found = super().analyze_scalar(scalar)
        found.allow_block |= getattr(self.event, "style", None) == "|"
        return found


for pattern, tag in (
    (CONSTANT_PATTERN, "null"),
    (NUMBER_PATTERN, "float"),
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
    """Tell a text that reads badly inside of braces: quotes would be doubled, lines joined."""
    if not isinstance(value, str):
        return False
    return is_block(value) or ("'" in value and AWKWARD.search(value) is not None)


def is_leaf(value: Any) -> bool:
    return all(not isinstance(item, dict | list) for item in value.values())


def scalar(value: Any) -> yaml.Node:
    if value is None or isinstance(value, bool):
        text = {None: "null", True: "true", False: "false"}[value]
        return yaml.ScalarNode("tag:yaml.org,2002:null", text)
    if isinstance(value, int | Decimal):
        return yaml.ScalarNode("tag:yaml.org,2002:float", number(value))
    style = None if printable(value) else "|" if is_block(value) else '"'
    return yaml.ScalarNode("tag:yaml.org,2002:str", value, style=style)


def is_block(text: str) -> bool:
    """Tell whether a text of several lines is kept as it is by YAML's literal style."""
    lines = text.removesuffix("\n").split("\n")
    return (
        len(lines) > 1
        # A tab at the beginning is taken for indentation.
        and text.lstrip(" \n")[:1] not in ("", "\t")
        and all(
            line.replace("\t", "").isprintable() and not line.endswith("\t")
            for line in lines
        )
    )


def printable(text: str) -> bool:
    """Tell whether PyYAML's plain and single-quoted styles keep a text as it is."""
    return text.isprintable()


def number(value: int | Decimal) -> str:
    if isinstance(value, Decimal) and not value.is_finite():
        return ".nan" if value.is_nan() else "-.inf" if value < 0 else ".inf"
    return str(value)


def naming(spec: Spec) -> Any:
    """Return the naming convention of a spec, in short where it is a known one."""
    if spec.naming == POSTGRESQL:
        return "postgresql"
    return {
        key: getattr(spec.naming, key)
        for key in WORDS
        if getattr(spec.naming, key) != getattr(ALEMBIC, key)
    }


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
        "python": writer.python("spec", ""),
        "schema": spec.default_schema,
        "naming": naming(spec),
        "external": {
            writer.name(name): {key: found.spelled for key, found in columns.items()}
            for name, columns in spec.external.items()
        },
        **{kind.key: objects(writer, kind) for kind in KINDS if not kind.holders},
        "tables": {
            writer.name(name): tables.table(writer, name, table)
            for name, table in spec.schema.tables.items()
            if table.parent is None
        },
    }
    return {key: value for key, value in result.items() if value not in (None, {}, [])}
