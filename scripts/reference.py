"""Pages of reference that the code says: commands, from click, and keys of a spec, from its schema.

`python scripts/reference.py` writes them anew; a test tells when they are old.
"""

from __future__ import annotations

import inspect
import re
import textwrap
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from gen_migration.cli import main
from gen_migration.spec import json_schema

if TYPE_CHECKING:
    from collections.abc import Iterator

REFERENCE = Path(__file__).parents[1] / "docs" / "reference"
WRITTEN = "<!-- python scripts/reference.py -->"
# What most specs consist of stands before the rest, which is in the order of its names.
FIRST = """
    Table Column PrimaryKey Unique ForeignKey Target Check Exclude ExcludeElement Index Element
    Generated Identity NotNull PartitionBy Partition PartitionColumn Inherited
""".split()
LONGEST = 100
PLAIN = {
    "string": "text",
    "boolean": "`true` or `false`",
    "integer": "number",
    "number": "number",
    "null": "`null`",
}


def pages() -> dict[Path, str]:
    """Return the pages, by their paths."""
    return {REFERENCE / "commands.md": commands(), REFERENCE / "keys.md": keys()}


def commands() -> str:
    """Return the page of all commands and options."""
    context = click.Context(main, info_name="gen-migration")
    parts = [
        "# Commands and options",
        WRITTEN,
        "What `--help` says of each. [The command line](command-line.md) is the overview.",
    ]
    for name in main.list_commands(context):
        command = main.get_command(context, name)
        assert command is not None  # noqa: S101 - it was listed
        own = click.Context(command, parent=context, info_name=name)
        usage = " ".join(command.collect_usage_pieces(own))
        parts += [
            f"## `gen-migration {name}`",
            f"```text\n{own.command_path} {usage}\n```",
            *described(inspect.cleandoc(command.help or "")),
            table("option", command_options(command, own)),
        ]
    return "\n\n".join(parts) + "\n"


def described(text: str) -> Iterator[str]:
    """Yield the paragraphs of a help text; what has a layout of its own is a block of text."""
    for paragraph in text.split("\n\n"):
        laid_out, plain = paragraph.startswith("\b"), paragraph.strip("\b\n")
        yield (
            f"```text\n{plain}\n```" if laid_out else textwrap.fill(escaped(plain), 100)
        )


def command_options(
    command: click.Command, context: click.Context
) -> Iterator[tuple[str, str]]:
    """Yield options and what they mean; words to choose from stand with the meaning."""
    for parameter in command.get_params(context):
        record = parameter.get_help_record(context)
        if record is None or "--help" in parameter.opts:
            continue
        names, meaning = record
        if isinstance(parameter.type, click.Choice):
            names = ", ".join(parameter.opts)
            words = ", ".join(f"`{one}`" for one in parameter.type.choices)
            meaning = f"{words}: {meaning}"
        if isinstance(parameter, click.Option):
            meaning = re.sub(r"\s+", " ", meaning)
            yield f"`{names.replace(', ', '`, `')}`", escaped(meaning)


def keys() -> str:
    """Return the page of all keys of a spec."""
    schema = json_schema.schema()
    shapes = {name.removesuffix("Shape"): one for name, one in schema["$defs"].items()}
    names = [*FIRST, *sorted(shapes.keys() - FIRST)]
    parts = [
        "# Keys of a spec",
        WRITTEN,
        "What `gen-migration schema` says of each. [The spec](spec.md) is the overview.",
        "## Spec",
        table("key", keys_of(schema), "is"),
    ]
    for name in names:
        mapping = long_form(shapes[name])
        parts += [f"## {title(name)}", prose(shapes[name]["description"])]
        if mapping["properties"]:
            parts.append(table("key", keys_of(mapping), "is"))
    return "\n\n".join(parts) + "\n"


def long_form(shape: dict[str, Any]) -> dict[str, Any]:
    """Return the mapping of a shape, which may have a short form beside it."""
    forms: list[dict[str, Any]] = [shape, *shape.get("anyOf", ())]
    return next((one for one in forms if "properties" in one), {"properties": {}})


def keys_of(mapping: dict[str, Any]) -> Iterator[tuple[str, str, str]]:
    for key, value in mapping["properties"].items():
        words = kind(value)
        # What takes a paragraph to say, the meaning says better by examples.
        words = words if len(words) <= LONGEST else ""
        yield f"`{key}`", words, prose(value["description"]).replace("\n", " ")


def kind(value: dict[str, Any]) -> str:
    """Return in words what a value of the schema may be."""
    if "$ref" in value:
        name = value["$ref"].rpartition("/")[2].removesuffix("Shape")
        return f"[{title(name).lower()}](#{title(name).lower().replace(' ', '-')})"
    if "enum" in value:
        return ", ".join(f"`{one}`" for one in value["enum"])
    if "const" in value:
        return f"`{value['const']}`"
    if either := value.get("anyOf") or value.get("oneOf"):
        parts = [kind(one) for one in either if one.get("type") != "null"]
        return " or ".join(dict.fromkeys(filter(None, parts)))
    if value.get("type") == "array":
        return f"list of {kind(value.get('items', {})) or 'values'}"
    if value.get("type") == "object":
        inner = value.get("additionalProperties")
        inner = kind(inner) if isinstance(inner, dict) else ""
        return f"by name: {inner or 'a value'}"
    types = value.get("type", [])
    types = [types] if isinstance(types, str) else types
    return " or ".join(PLAIN[one] for one in types if one != "null")


def title(name: str) -> str:
    """Return the heading of a shape: `ForeignKey` is "Foreign key"."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name).capitalize()


def prose(text: str) -> str:
    return escaped(text.strip())


def escaped(text: str) -> str:
    """Return a text whose words in angle brackets and lines are none of Markdown's."""
    parts = re.split(r"(`[^`]*`)", text)
    return "".join(
        part if part.startswith("`") else re.sub(r"([<*])", r"\\\1", part)
        for part in parts
    )


def table(first: str, rows: Iterator[tuple[str, ...]], *more: str) -> str:
    """Return a table with a column `first`, others, and what a row means."""
    heads = (first, *more, "meaning")
    lines = [heads, tuple("---" for _ in heads), *rows]
    return "\n".join(
        f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in line)} |"
        for line in lines
    )


if __name__ == "__main__":
    for path, text in pages().items():
        path.write_text(text, encoding="utf-8")
