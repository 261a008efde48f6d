"""A spec's YAML text to a tree of what is written, every comment beside what it speaks of.

PyYAML's tokens say where each piece stands; what is between two of them is white space and
comments. ruamel.yaml, which keeps comments as well, loses those inside of `{…}` and `[…]`
(0.19.1), moves others, and takes twice as long.
"""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import yaml

from gen_migration.spec.write.remarks import Remark, Text
from gen_migration.spec.yaml_reader import MERGE, STRING_TAG, Loader

if TYPE_CHECKING:
    from collections.abc import Iterator

TAGS = {None: "", STRING_TAG: "!!str", "!": "!"}  # the reader refuses all others


@dataclass(slots=True)
class Scalar:
    """A scalar as it is written, and its value; an alias as well.

    `style` is that of YAML: `'`, `"`, `|`, `>`, or empty for a plain one.
    """

    start: int
    end: int
    raw: str
    value: str
    style: str
    anchor: str
    tag: str = ""


@dataclass(slots=True)
class Item:
    """An entry of a collection: its key (None in a list), its value and its comments.

    In `before`, an empty text is an empty line.
    """

    start: int
    key: Scalar | None
    value: Scalar | Collection
    before: list[str] = field(default_factory=list)
    after: list[str] = field(default_factory=list)

    @property
    def end(self) -> int:
        """Where it ends in the text."""
        return self.value.end

    @property
    def name(self) -> str:
        """The key's text; empty in a list and for `<<`."""
        if self.key is None or (self.key.raw == MERGE and not self.key.style):
            return ""
        return self.key.value


@dataclass(slots=True)
class Collection:
    """A mapping or a list. `tail` are the comments after its last item."""

    start: int
    end: int
    column: int
    is_list: bool
    flow: bool
    anchor: str
    items: list[Item] = field(default_factory=list)
    tail: list[str] = field(default_factory=list)


@dataclass(slots=True)
class SpecText:
    """A text: its mapping, and what stands above: comments, directives and `---`."""

    head: list[str]
    root: Collection


def tree(text: str) -> SpecText:
    """Return what a text holds that `yaml_reader.read` reads as a mapping; its lines end in LF."""
    known = Text(text)
    root = Builder(known).root(yaml.parse(text, Loader=Loader))
    result = SpecText([], root)
    for item in walk(root):
        if known.is_alone(item.start) and known.is_parted(item.start):
            item.before.append("")
    first = root.items[0] if root.items else None
    for remark in sorted([*known.remarks(), *known.openings()]):
        gap = [""] if remark.alone and known.is_parted(remark.at) else []
        if remark.at < root.start or (first and remark.at < first.start):
            result.head += [*(gap if result.head else ()), remark.text]
        else:
            attach(remark, gap, root, None)
    if first and result.head and first.before[:1] == [""]:
        result.head.append(first.before.pop(0))
    return result


def walk(collection: Collection) -> Iterator[Item]:
    """Yield all items, each before those inside of it."""
    for item in collection.items:
        yield item
        if isinstance(item.value, Collection):
            yield from walk(item.value)


def attach(
    remark: Remark, gap: list[str], inside: Collection, owner: Item | None
) -> None:
    """Put a comment to the item that it stands beside or above, or to the end of a collection.

    `owner` is the item whose value the collection is, None for the document's.
    """
    items = inside.items
    index = bisect_left(items, remark.at, key=lambda item: item.start)
    after = items[index] if index < len(items) else None
    lines = [*gap, remark.text]
    if index == 0:
        if owner is not None and (after is None or not remark.alone):
            # `[ # …`, and what has no item to stand at
            (owner.before if remark.alone else owner.after).append(remark.text)
        elif after is not None:
            put_before(after, lines)
        return
    item = items[index - 1]
    value = item.value
    is_block = isinstance(value, Collection) and bool(value.items) and not value.flow
    if remark.at < item.end:
        if isinstance(value, Collection) and (
            remark.at > value.start or (remark.alone and not value.flow)
        ):
            attach(remark, gap, value, item)
        else:
            (item.before if remark.alone else item.after).append(remark.text)
    elif not remark.alone and not is_block:
        item.after.append(remark.text)
    elif (
        isinstance(value, Collection)
        and is_block
        and (
            not remark.alone
            or (remark.column >= value.column and remark.column > inside.column)
        )
    ):
        attach(remark, gap, value, item)
    elif after is not None:
        put_before(after, lines)
    else:
        inside.tail += lines


def put_before(item: Item, lines: list[str]) -> None:
    """Put a comment above an item; an empty line between the two stays between them."""
    if item.before[-1:] == [""]:
        item.before[-1:-1] = lines
    else:
        item.before += lines


class Builder:
    """Builds the tree from the events of PyYAML."""

    def __init__(self, known: Text) -> None:
        self.known = known
        self.text = known.text
        # An event of a scalar starts at its anchor or tag; the token is the scalar alone.
        self.starts = {
            token.end_mark.index: token.start_mark.index
            for token in known.tokens
            if isinstance(token, yaml.ScalarToken)
        }
        self.dashes = [
            token.start_mark.index
            for token in known.tokens
            if isinstance(token, yaml.BlockEntryToken)
        ]

    def root(self, events: Iterator[Any]) -> Collection:
        """Return the collection that the document is."""
        for event in events:
            if isinstance(event, yaml.MappingStartEvent):
                return self.collection(event, events)
        raise AssertionError("the document is no mapping")

    def node(self, event: Any, events: Iterator[Any]) -> Scalar | Collection:
        """Return the value that an event starts."""
        if isinstance(event, yaml.CollectionStartEvent):
            return self.collection(event, events)
        start, end = event.start_mark.index, event.end_mark.index
        if isinstance(event, yaml.AliasEvent):
            name = str(event.anchor)
            return Scalar(start, end, f"*{name}", name, "*", "")
        anchor, tag = event.anchor or "", TAGS[event.tag]
        written = start < end and end in self.starts
        begin = self.starts[end] if written else end
        raw = self.text[begin:end] if written else ""
        return Scalar(begin, end, raw, event.value, event.style or "", anchor, tag)

    def collection(self, event: Any, events: Iterator[Any]) -> Collection:
        """Return the collection that an event starts."""
        # A block collection's event ends where its first item starts (or behind its first
        # dash), a flow one's behind its bracket.
        end = event.end_mark.index
        is_list = isinstance(event, yaml.SequenceStartEvent)
        flow = bool(event.flow_style)
        start = end
        if flow:
            start = end - 1 if self.text[end - 1] in "[{" else end  # `[a: 1]`
        elif is_list:
            start = self.dash(end - 1)
        column = self.known.column(start)
        result = Collection(start, end, column, is_list, flow, event.anchor or "")
        for inner in events:
            if isinstance(inner, yaml.CollectionEndEvent):
                if flow:
                    mark: Any = inner.end_mark
                    result.end = max(result.end, mark.index)
                return result
            key = None
            at: int = inner.start_mark.index
            if is_list:
                at = (
                    at
                    if flow
                    else self.dash(result.items[-1].end if result.items else start)
                )
                value = self.node(inner, events)
            else:
                key = self.node(inner, events)
                value = self.node(next(events), events)
            assert not isinstance(key, Collection)  # noqa: S101 - the reader refuses it
            result.items.append(Item(at, key, value))
            result.end = value.end
        return result

    def dash(self, at: int) -> int:
        """Return where the next entry of a block list starts."""
        found: int = self.dashes[bisect_left(self.dashes, at)]
        return found
