"""Where in a YAML text a value stands: line and column, also of a position inside of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import yaml

from gen_migration.errors import Error, Errors, Problem
from gen_migration.yaml_reader import MERGE, Loader

if TYPE_CHECKING:
    from collections.abc import Iterable

    from gen_migration.errors import Place


def located(problems: Iterable[Problem], text: str, source: str) -> Errors:
    """Return the problems of a document that `yaml_reader.read` accepts, in file order."""
    root = yaml.compose(text, Loader=Loader)
    found = []
    for problem in problems:
        line, column = position(root, text, problem)
        found.append((line, column, problem))
    found.sort(key=lambda item: item[:2])
    unique: dict[str, Error] = {}
    for line, column, problem in found:
        owner = describe(problem.path)
        message = f"{owner}: {problem.message}" if owner else problem.message
        error = Error(message, hint=problem.hint, where=f"{source}:{line}:{column}")
        unique.setdefault(str(error), error)
    return Errors(unique.values())


def position(root: yaml.Node | None, text: str, problem: Problem) -> tuple[int, int]:
    """Return line and column, counted from 1, of a problem's path or of what encloses it."""
    if root is None:
        return 1, 1
    node = key = root
    complete = True
    for part in problem.path:
        if isinstance(part, str) and not isinstance(node, yaml.MappingNode):
            continue  # a short form: the field's value stands where its object does
        step = child(node, part)
        if step is None:
            complete = False
            break
        key, node = step
    if problem.at_key:
        return key.start_mark.line + 1, key.start_mark.column + 1
    if complete and problem.offset is not None and isinstance(node, yaml.ScalarNode):
        return inside(node, text, problem.offset)
    if not isinstance(node, yaml.ScalarNode) and not complete:
        # Something is missing from this collection: its key names it, its first line does not.
        node = key
    return node.start_mark.line + 1, node.start_mark.column + 1


def child(node: yaml.Node, part: str | int) -> tuple[yaml.Node, yaml.Node] | None:
    """Return the key's node and the value's node of one step into a collection."""
    if isinstance(node, yaml.SequenceNode):
        if isinstance(part, int) and part < len(node.value):
            return node.value[part], node.value[part]
        return None
    if not isinstance(node, yaml.MappingNode):
        return None
    merged = None
    for key, value in node.value:
        if key.value == str(part) and isinstance(key, yaml.ScalarNode):
            return key, value
        if key.value == MERGE and merged is None:
            for mapping in (
                value.value if isinstance(value, yaml.SequenceNode) else [value]
            ):
                merged = merged or child(mapping, part)
    return merged


def inside(node: yaml.ScalarNode, text: str, offset: int) -> tuple[int, int]:
    """Return line and column of the character at `offset` of a scalar's value.

    Exact for plain and quoted text on one line without escapes, and for literal blocks (`|`);
    otherwise the start of the scalar.
    """
    start, end = node.start_mark, node.end_mark
    lines = text.splitlines()
    if node.style == "|":
        before = node.value[:offset]
        row = start.line + 1 + before.count("\n")
        indent = next(
            len(line) - len(line.lstrip(" "))
            for line in lines[start.line + 1 :]
            if line.strip()
        )
        return row + 1, indent + len(before) - before.rfind("\n")
    quote = 1 if node.style in {"'", '"'} else 0
    if start.line == end.line and node.style != ">":
        raw = lines[start.line][start.column + quote : end.column - quote]
        if raw == node.value:
            return start.line + 1, start.column + quote + offset + 1
    return start.line + 1, start.column + 1


NOUNS = {
    "schemas": "schema",
    "extensions": "extension",
    "enums": "enum",
    "sequences": "sequence",
    "external": "external table",
    "blocks": "block",
    "tables": "table",
    "partitions": "partition",
    "columns": "column",
    "uniques": "unique constraint",
    "foreign_keys": "foreign key",
    "checks": "check",
    "excludes": "exclusion constraint",
    "indexes": "index",
}


# What has no objects of its own inside.
LEAVES = (
    "column",
    "index",
    "unique",
    "foreign",
    "check",
    "exclusion",
    "enum",
    "sequence",
)


def describe(path: Place) -> str:
    """Return the objects that a path leads through, such as `table "t", index "i"`."""
    words: list[str] = []
    for kind, name in zip(path[::2], path[1::2], strict=False):
        noun = NOUNS.get(str(kind))
        if noun is None or (words and words[-1].startswith(LEAVES)):
            break
        words.append(
            f"{noun} {name + 1}" if isinstance(name, int) else f'{noun} "{name}"'
        )
    if path[2:3] == ("primary_key",):
        words.append("primary key")
    return ", ".join(words)
