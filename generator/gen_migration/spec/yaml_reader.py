"""YAML text to plain values, read as the core schema of YAML 1.2.

`no`, `on`, `12:30`, `1_000` and `2024-01-01` are strings, as chapter 10.3 of the YAML 1.2
specification says; keys are always strings. Anchors, aliases and merge keys (`<<`) work, and
what they expand to is bounded. Lines are not kept: `yaml_positions` finds them when an error
needs one, so that a correct file does not pay for them.
"""

from __future__ import annotations

import re
from typing import Any

import yaml

from gen_migration.base.errors import Error, Errors, quoted
from gen_migration.base.yaml_scalars import resolve
from gen_migration.spec.texts import behind

MAX_DEPTH = 40
MAX_VALUES = 300_000  # scalars and collections, after aliases are expanded

# libyaml where PyYAML was built with it (a tenth of the time), else the same in Python.
Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

TOO_DEEP = f"nested deeper than {MAX_DEPTH} levels"
NO_DEEPER = "a spec needs no more than ten"
STRING_TAG = "tag:yaml.org,2002:str"
MERGE = "<<"


def read(text: str, source: str) -> Any:
    """Return the one document of a YAML text as dict, list, str, int, Decimal, bool and None.

    Raises Error or Errors (duplicate keys: all of them) with `source:line:column`.
    """
    builder = Builder(source)
    try:
        handlers = {
            yaml.ScalarEvent: builder.scalar,
            yaml.MappingStartEvent: builder.mapping,
            yaml.SequenceStartEvent: builder.sequence,
            yaml.MappingEndEvent: builder.end,
            yaml.SequenceEndEvent: builder.end,
            yaml.AliasEvent: builder.alias,
            yaml.DocumentStartEvent: builder.start_document,
        }
        # Not `yaml.parse`, which asks twice for each event: half of the time.
        for event in iter(Loader(text).get_event, None):
            handler = handlers.get(type(event))
            if handler is not None:
                handler(event)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        if error.context_mark and "unexpected end" in str(error.problem):
            mark = error.context_mark  # where it opens what it does not close
        problem = str(error.problem or error.context)
        where = f"{source}:{mark.line + 1}:{mark.column + 1}" if mark else source
        if "nesting depth" in problem:  # libyaml has a limit of its own since 0.2.6
            raise Error(TOO_DEEP, where=where, hint=NO_DEEPER) from None
        hint = syntax_hint(text, mark, left_open(error)) if mark else ""
        raise Error(problem, where=where, hint=hint) from None
    except yaml.reader.ReaderError as error:
        character = error.character
        code = character if isinstance(character, int) else ord(character)
        raise Error(
            f"the character U+{code:04X} is not allowed in YAML",
            where=behind(text[: error.position], source),
            hint="remove it",
        ) from None
    if builder.errors:
        raise Errors(builder.errors) if builder.errors[1:] else builder.errors[0]
    return builder.document


# What stands in { } before a bracket that the parser did not expect.
BARE_TYPE = re.compile(r"[{,:]\s*([\w. ]*\w(?:\([\d, ]*\))?)\s*\Z")


# What the parser says that it is inside of, and what to do there.
OPENED = {
    "quoted scalar": "close the quote that opens at {}",
    "flow mapping": "close the bracket that opens at {}, or see that what it holds has its commas"
    " and quotes",
}
OPENED["flow sequence"] = OPENED["flow mapping"]


def left_open(error: yaml.MarkedYAMLError) -> str:
    """Return how to mend what is open where the parser stops, a quote or a bracket."""
    if (at := error.context_mark) is not None:
        for inside, hint in OPENED.items():
            if str(error.context).endswith(inside):
                return hint.format(f"{at.line + 1}:{at.column + 1}")
    return ""


def syntax_hint(text: str, mark: Any, opened: str) -> str:
    """Return how to mend the most common mistakes of YAML's syntax, seen from where it stops.

    `opened` says how to mend what is open there (see `left_open`).
    """
    lines = text.split("\n")
    for number, one in enumerate(lines, 1):
        if one.startswith("<<<<<<< "):
            return f"a merge has a conflict at line {number}: keep what is right, without its marks"
    line = lines[mark.line] if mark.line < len(lines) else ""
    if "\t" in line[: mark.column + 1] and not line[: mark.column].strip():
        return "indent with spaces, not tabs"
    if line[mark.column : mark.column + 1] in {"@", "`", "%"}:
        return "put text that starts with this character in quotes"
    bare = BARE_TYPE.search(line[: mark.column])
    if bare is not None and line[mark.column :].startswith("[]"):
        return f'inside of {{ }} a type with brackets stands in quotes: "{bare[1]}[]"'
    return (
        opened
        or "look at the line above as well: its indentation, a quote, a bracket or a colon is wrong"
    )


class Builder:
    """Builds a value from the events of a YAML parser, one after the other."""

    def __init__(self, source: str) -> None:
        self.source = source
        self.errors: list[Error] = []
        self.document: Any = None
        self.documents = 0
        self.count = 0
        # The open collections: the collection, its pending key, its anchor, its count at start.
        self.collection: Any = None
        self.key: Any = None
        self.stack: list[tuple[Any, Any, str | None, int]] = []
        self.anchors: dict[str, tuple[Any, int]] = {}
        # The keys of an open mapping that came from a merge and may be overridden.
        self.merged: dict[int, set[str]] = {}

    def start_document(self, event: Any) -> None:
        self.documents += 1
        if self.documents > 1:
            raise self.error(
                event, "a second document starts here", "a spec is one YAML document"
            )

    def mapping(self, event: Any) -> None:
        self.start(event, {})

    def sequence(self, event: Any) -> None:
        self.start(event, [])

    def error(self, event: yaml.Event, message: str, hint: str) -> Error:
        mark: Any = event.start_mark
        return Error(
            message, hint=hint, where=f"{self.source}:{mark.line + 1}:{mark.column + 1}"
        )

    def grow(self, event: yaml.Event, by: int) -> None:
        self.count += by
        if self.count > MAX_VALUES:
            raise self.error(
                event,
                f"the file holds more than {MAX_VALUES:,} values, aliases expanded",
                "use fewer aliases, or split the schema into several specs",
            )

    def scalar(self, event: Any) -> None:
        self.count += 1
        if self.count > MAX_VALUES:
            self.grow(event, 0)
        text, style = event.value, event.style
        collection, key = self.collection, self.key
        # What nearly all of them are takes no call: a key, and the value of one. In double quotes
        # there may be an escape of NUL.
        if event.tag is None and event.anchor is None and style != '"':
            if key is None and type(collection) is dict:
                if text not in collection and (style or text != MERGE):
                    self.key = text
                    return
            elif key is not None and key is not Merge:
                collection[key] = text if style else resolve(text)
                self.key = None
                return
        self.any_scalar(event)

    def any_scalar(self, event: Any) -> None:
        """Add a scalar, whatever it is."""
        text, tag, style = event.value, event.tag, event.style
        if tag is not None and tag not in {STRING_TAG, "!"}:
            raise self.error(
                event, f"unknown tag {quoted(tag)}", "write the value without a tag"
            )
        if style == '"' and "\0" in text:  # as an escape
            raise self.error(
                event, "the character NUL is not allowed", "PostgreSQL holds no NUL"
            )
        if self.key is None and type(self.collection) is dict:
            value: Any = text if style or text != MERGE else Merge
        elif style or tag is not None:
            value = text
        else:
            value = resolve(text)
        if event.anchor is not None:
            self.anchors[event.anchor] = (value, 1)
        self.add(event, value)

    def start(self, event: Any, collection: Any) -> None:
        self.count += 1
        if self.count > MAX_VALUES:
            self.grow(event, 0)
        if event.tag is not None and not event.implicit:
            raise self.error(
                event,
                f"unknown tag {quoted(event.tag)}",
                "write the value without a tag",
            )
        if len(self.stack) >= MAX_DEPTH:
            raise self.error(event, TOO_DEEP, NO_DEEPER)
        if self.key is None and type(self.collection) is dict:
            raise self.error(event, "a key must be a scalar", "write the key as text")
        anchor = event.anchor
        if anchor is not None:
            self.anchors.pop(anchor, None)
        self.stack.append((self.collection, self.key, anchor, self.count))
        self.collection, self.key = collection, None

    def end(self, event: Any) -> None:
        done = self.collection
        if self.merged:
            self.merged.pop(id(done), None)
        self.collection, key, anchor, before = self.stack.pop()
        if anchor is not None:
            self.anchors[anchor] = (done, self.count - before + 1)
        if key is not None and key is not Merge:
            self.collection[key], self.key = done, None
        else:
            self.key = key
            self.add(event, done)

    def alias(self, event: Any) -> None:
        if event.anchor not in self.anchors:
            raise self.error(
                event,
                f"unknown anchor {quoted(event.anchor)}",
                "an anchor stands before its aliases",
            )
        value, size = self.anchors[event.anchor]
        self.grow(event, size)
        self.add(event, value)

    def add(self, event: Any, value: Any) -> None:
        collection = self.collection
        if type(collection) is list:
            collection.append(value)
        elif collection is None:
            self.document = value
        elif self.key is None:
            if value is not Merge and not isinstance(value, str):
                raise self.error(event, "a key must be text", "write the key out")
            self.key = value
            if value in collection:
                merged = self.merged.get(id(collection), set())
                if value in merged:
                    merged.remove(value)
                else:
                    self.errors.append(
                        self.error(
                            event,
                            f"duplicate key {quoted(value)}",
                            "remove one of the two",
                        )
                    )
        elif self.key is Merge:
            self.merge(event, value)
            self.key = None
        else:
            collection[self.key] = value
            self.key = None

    def merge(self, event: Any, value: Any) -> None:
        merged = self.merged.setdefault(id(self.collection), set())
        for mapping in value if isinstance(value, list) else [value]:
            if not isinstance(mapping, dict):
                raise self.error(
                    event,
                    '"<<" merges mappings only',
                    "give an alias of a mapping: <<: *name",
                )
            self.grow(event, len(mapping))
            for key, item in mapping.items():
                if key not in self.collection:
                    self.collection[key] = item
                    merged.add(key)


class Merge:
    """Stands for the key `<<` while a mapping is read."""
