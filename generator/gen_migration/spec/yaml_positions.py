"""Where in a YAML text a value stands: line and column, also of a position inside of it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import yaml

from gen_migration.base.errors import MAX_PROBLEMS, Error, Errors, Problem, quoted
from gen_migration.kinds import KINDS, held
from gen_migration.spec.yaml_reader import MERGE, Loader

if TYPE_CHECKING:
    from collections.abc import Iterable

    from gen_migration.base.errors import Place

    Step = tuple[yaml.Node, yaml.Node]


def located(problems: Iterable[Problem], text: str, source: str) -> Errors:
    """Return the problems of a document that `yaml_reader.read` accepts, in file order."""
    document = YamlText(text)
    found = [(*document.position(problem), problem) for problem in problems]
    found.sort(key=lambda item: item[:2])
    unique: dict[str, Error] = {}
    for line, column, problem in found:
        owner = describe(problem.path)
        message = f"{owner}: {problem.message}" if owner else problem.message
        error = Error(message, hint=problem.hint, where=f"{source}:{line}:{column}")
        unique.setdefault(str(error), error)
    return Errors(unique.values(), more=len(found) > MAX_PROBLEMS)


class YamlText:
    """A YAML text and the nodes in it."""

    def __init__(self, text: str) -> None:
        self.lines = text.splitlines()
        self.root = compose(text)
        self.children: dict[int, dict[str, Step]] = {}

    def position(self, problem: Problem) -> tuple[int, int]:
        """Return line and column, counted from 1, of a path or of what encloses it."""
        if self.root is None:
            return 1, 1
        node = key = self.root
        complete = True
        for part in problem.path:
            if isinstance(part, str) and not isinstance(node, yaml.MappingNode):
                continue  # a short form: the field's value stands where its object does
            step = self.child(node, part)
            if step is None:
                complete = False
                break
            key, node = step
        if problem.at_key:
            return place(key)
        if not isinstance(node, yaml.ScalarNode):
            # Something is missing from a collection: its key names it.
            return place(node if complete else key)
        if complete and problem.offset is not None:
            return self.inside(node, problem.offset)
        return place(node if node.value or node.style else key)

    def child(self, node: yaml.Node, part: str | int) -> Step | None:
        """Return the key's node and the value's node of one step into a collection."""
        if isinstance(node, yaml.SequenceNode):
            if isinstance(part, int) and part < len(node.value):
                return node.value[part], node.value[part]
            return None
        if not isinstance(node, yaml.MappingNode):
            return None
        if id(node) not in self.children:
            self.children[id(node)] = steps(node)
        return self.children[id(node)].get(str(part))

    def inside(self, node: yaml.ScalarNode, offset: int) -> tuple[int, int]:
        """Return line and column of the character at `offset` of a scalar's value.

        Exact for text on one line, and for literal blocks (`|`); otherwise the start.
        """
        start, end = node.start_mark, node.end_mark
        if node.style == "|":
            before = node.value[:offset]
            row = start.line + 1 + before.count("\n")
            following = (line for line in self.lines[start.line + 1 :] if line.strip())
            first = next(following, "")
            indent = len(first) - len(first.lstrip(" "))
            return row + 1, indent + len(before) - before.rfind("\n")
        if start.line != end.line or node.style == ">":
            return place(node)
        raw = self.lines[start.line][start.column : end.column]
        return start.line + 1, start.column + 1 + raw_offset(
            raw, node.style or "", offset
        )


ESCAPE = re.compile(r"\\(?:x..|u....|U........|.)", re.DOTALL)


def raw_offset(raw: str, style: str, offset: int) -> int:
    """Return where the character at `offset` of a scalar stands in the scalar as written."""
    if not style:
        return offset
    at = 1  # behind the opening quote
    for _ in range(offset):
        escape = ESCAPE.match(raw, at) if style == '"' else None
        if escape is not None:
            at = escape.end()
        else:
            at += 2 if style == "'" and raw.startswith("''", at) else 1
    return at


def place(node: yaml.Node) -> tuple[int, int]:
    return node.start_mark.line + 1, node.start_mark.column + 1


def steps(node: yaml.MappingNode) -> dict[str, Step]:
    """Return what stands under each key of a mapping; what is merged gives way."""
    found: dict[str, Step] = {}
    for key, value in node.value:
        if isinstance(key, yaml.ScalarNode) and key.value != MERGE:
            found.setdefault(key.value, (key, value))
    for key, value in node.value:
        if key.value == MERGE:
            for mapping in (
                value.value if isinstance(value, yaml.SequenceNode) else [value]
            ):
                if isinstance(mapping, yaml.MappingNode):
                    found = {**steps(mapping), **found}
    return found


def compose(text: str) -> yaml.Node | None:
    """Return the nodes of a YAML text.

    PyYAML's own composer refuses an anchor that stands twice, which YAML allows.
    """
    anchors: dict[str | None, yaml.Node] = {}
    root: yaml.Node | None = None
    stack: list[tuple[Any, list[yaml.Node]]] = []
    event: Any
    for event in yaml.parse(text, Loader=Loader):
        opening: Any = event
        node: yaml.Node | None = None
        if isinstance(event, yaml.CollectionStartEvent):
            stack.append((event, []))
        elif isinstance(event, yaml.CollectionEndEvent):
            opening, items = stack.pop()
            node = collection(opening, items)
        elif isinstance(event, yaml.ScalarEvent):
            start: Any = event.start_mark
            end: Any = event.end_mark
            node = yaml.ScalarNode("", event.value, start, end, style=event.style)
        elif isinstance(event, yaml.AliasEvent):
            node = anchors[event.anchor]
        if node is None:
            continue
        if opening.anchor is not None:
            anchors[opening.anchor] = node
        if stack:
            stack[-1][1].append(node)
        else:
            root = node
    return root


def collection(opening: yaml.Event, items: list[yaml.Node]) -> yaml.Node:
    mark: Any = opening.start_mark
    if isinstance(opening, yaml.MappingStartEvent):
        pairs = list(zip(items[::2], items[1::2], strict=True))
        return yaml.MappingNode("", pairs, mark)
    return yaml.SequenceNode("", items, mark)


NOUNS = {
    **{kind.key: kind.word for kind in KINDS},
    "external": "external table",
    "blocks": "block",
    "tables": "table",
    "partitions": "partition",
    "columns": "column",
    "attributes": "attribute",
    "uniques": "unique constraint",
    "foreign_keys": "foreign key",
    "checks": "check",
    "excludes": "exclusion constraint",
    "indexes": "index",
    "inherited": "inherited",
}


# What has no objects of its own inside.
LEAVES = (
    "column",
    "index",
    "unique",
    "foreign",
    "check",
    "exclusion",
    "inherited",
    *(
        kind.word
        for kind in KINDS
        if kind.in_schema and kind.part is None and not held(kind.word)
    ),
)


def describe(path: Place) -> str:
    """Return the objects that a path leads through, such as `table "t", index "i"`."""
    words: list[str] = []
    for kind, name in zip(path[::2], path[1::2], strict=False):
        noun = NOUNS.get(str(kind))
        if noun is None or (words and words[-1].startswith(LEAVES)):
            break
        words.append(
            f"{noun} {name + 1}" if isinstance(name, int) else f"{noun} {quoted(name)}"
        )
    if path[2:3] == ("primary_key",):
        words.append("primary key")
    return ", ".join(words)
