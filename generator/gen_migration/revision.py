"""One revision: its id, its checksum, its text.

Pure: the same input gives the same text.
"""

from __future__ import annotations

import ast
import hashlib
import json
import re
from dataclasses import MISSING, dataclass, fields, is_dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

from gen_migration.column_types import Type
from gen_migration.operations import inverse
from gen_migration.render import Header, render

if TYPE_CHECKING:
    from collections.abc import Iterable

    from gen_migration.operations import Operation

ID_LENGTH = 12
MARKER = re.compile(
    r"^# gen-migration: spec=(?P<spec>[A-Za-z0-9_-]+) checksum=(?P<checksum>[0-9a-f]{16})$",
    re.MULTILINE,
)


def revision_id(
    parents: Iterable[str], spec: str, operations: Iterable[Operation]
) -> str:
    """Return the id: the first 12 hex digits of a SHA-256 over parents, spec and operations."""
    value = [sorted(parents), spec, [canonical(operation) for operation in operations]]
    text = json.dumps(value, ensure_ascii=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()[:ID_LENGTH]


def canonical(value: Any) -> Any:
    """Return a value as JSON can hold it.

    Fields that have their default are left out, so that a field that is added to the model
    later changes no id.
    """
    if isinstance(value, Type):
        return [value.kind, str(value)]
    if is_dataclass(value) and not isinstance(value, type):
        found = [
            [name, canonical(item)]
            for name, default in defaults(type(value))
            if (item := getattr(value, name)) != default
        ]
        return [type(value).__name__, *found]
    if isinstance(value, dict):
        return [[canonical(key), canonical(item)] for key, item in value.items()]
    if isinstance(value, tuple | list):
        return [canonical(item) for item in value]
    return value


@cache
def defaults(of: type) -> tuple[tuple[str, Any], ...]:
    return tuple(
        (
            field.name,
            field.default_factory()
            if field.default_factory is not MISSING
            else field.default,
        )
        for field in fields(of)
    )


def revision_text(header: Header, operations: tuple[Operation, ...]) -> str:
    """Return the text of a revision, not formatted yet, with its marker and checksum."""
    back = inverse(operations)
    # The marker is a comment: it is no part of the tree that it holds the checksum of.
    unmarked = render(header, operations, back, "#")
    return unmarked.replace("\n#\n", f"\n{marker(header.spec, unmarked)}\n", 1)


def marker(spec: str, text: str) -> str:
    """Return the comment by which a revision names its spec and its own checksum."""
    return f"# gen-migration: spec={spec} checksum={checksum(text)}"


def remarked(text: str) -> str:
    """Return the text of a revision with the checksum that it has now. Raises SyntaxError."""
    mark = read_marker(text)
    return text if mark is None else MARKER.sub(marker(mark.spec, text), text, count=1)


def is_edited(text: str) -> bool:
    """Tell whether a file that carries a marker is not as it was written."""
    mark = read_marker(text)
    try:
        return mark is None or checksum(text) != mark.checksum
    except SyntaxError:
        return True


def checksum(text: str) -> str:
    """Return 16 hex digits of a SHA-256 over a file's syntax tree.

    A formatter's pass does not change it, a changed statement does. It is the same on every
    version of Python. Raises SyntaxError.
    """
    tree = ast.parse(text)
    return hashlib.sha256(json.dumps(outline(tree)).encode()).hexdigest()[:16]


# What parsers of different versions, or a formatter, put into a tree without a meaning.
IGNORED = frozenset(("type_params", "type_comment", "kind", "ctx", "type_ignores"))


def outline(node: Any) -> Any:
    """Return a syntax tree as nested lists, without positions and without what is empty."""
    if isinstance(node, ast.AST):
        pairs = (
            [name, outline(value)]
            for name in node._fields
            if name not in IGNORED
            and (value := getattr(node, name, None)) not in (None, [])
        )
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            # A docstring: formatters move its lines and its quotes.
            text = str(node.value.value)
            return ["docstring", [line.strip() for line in text.strip().splitlines()]]
        return [type(node).__name__, *pairs]
    if isinstance(node, list):
        return [outline(item) for item in node]
    return node if isinstance(node, str | int | bool) else repr(node)


@dataclass(frozen=True, slots=True)
class Mark:
    """What a file says of its origin."""

    spec: str
    checksum: str


def read_marker(text: str) -> Mark | None:
    """Return the mark of a file that this tool has written; None for any other."""
    match = MARKER.search(text)
    return None if match is None else Mark(match["spec"], match["checksum"])
