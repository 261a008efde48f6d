"""The one layout of a spec's text, so that a diff of two specs shows what was changed.

What is listed by name stands one to a line; what fits on the rest of a line stands in `{…}` or
`[…]`; a comment, an anchor and an empty line stay with what they stand at. The text of a value is
as it was written, in its quotes or without.
"""

from __future__ import annotations

import itertools
import json
import re
from typing import TYPE_CHECKING, Any

from gen_migration.base.errors import Error
from gen_migration.spec.write import key_order
from gen_migration.spec.write.remarks import comments
from gen_migration.spec.write.tree import Collection, Scalar, tree, walk
from gen_migration.spec.yaml_reader import read

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from gen_migration.base.errors import Place
    from gen_migration.spec.write.key_order import KeyOrder
    from gen_migration.spec.write.tree import Item, SpecText

WIDTH = 100
STEP = 2
# What a plain scalar may hold in a block, and not inside of brackets.
INDICATORS = re.compile(r"[\[\]{},?]|^:")


def formatted(text: str, source: str, dropped: Sequence[Place] = ()) -> str:
    """Return a spec's text in the layout; `source` is its name in errors.

    What stands at the places `dropped` is left out. Lines end as the first one does. Raises Error
    when it is no mapping of YAML, and for the rare text that cannot be laid out so that its values
    stay as they are.
    """
    value = read(text, source)
    if not isinstance(value, dict):
        raise Error(
            "the file is no mapping of keys", where=source, hint="it is no spec"
        )
    first = text.find("\n")
    ends_in_crlf = first > 0 and text[first - 1] == "\r"
    before = text.replace("\r\n", "\n").replace("\r", "\n")
    made = tree(before)
    if dropped:
        from gen_migration.spec.write.pruning import drop, without

        drop(made.root, dropped)
        value = without(value, dropped)
    result = Printer().text(made)
    try:
        same = plain(read(result, source)) == plain(value)
        same = same and sorted(comments(result)) == sorted(comments(before))
    except Error:
        same = False
    if not same and dropped:
        raise Error(
            "a hint that is to be taken out stands where others share it, behind an alias or <<",
            where=source,
            hint="take it out by hand",
        )
    if not same:
        raise Error(
            "the file cannot be laid out without a change of its values or comments",
            where=source,
            hint="write very long keys and unusual line breaks as escapes in double quotes",
        )
    return result.replace("\n", "\r\n") if ends_in_crlf else result


def plain(value: Any) -> str:
    """Return a document as a text that is the same for the same values."""
    return json.dumps(value, sort_keys=True, default=repr)


class Printer:
    """Prints a document, line after line."""

    def __init__(self) -> None:
        self.lines: list[str] = []

    def text(self, document: SpecText) -> str:
        """Return a document as text."""
        self.remarks(document.head, 0)
        self.block(document.root, key_order.spec(), 0)
        return "\n".join([*self.lines, ""])

    def remarks(self, lines: Iterable[str], indent: int) -> None:
        """Print comments, and empty lines where there is none above."""
        for line in lines:
            if line:
                self.lines.append(" " * indent + line)
            elif self.lines and self.lines[-1]:
                self.lines.append("")

    def block(self, collection: Collection, kind: KeyOrder, indent: int) -> None:
        """Print a collection, each of its items on lines of its own."""
        for number, item in enumerate(ordered(collection, kind)):
            # Of several comments on one line, the last one can stay there.
            above = [*item.before, *item.after[:-1]]
            if number == 0:
                above = list(itertools.dropwhile(lambda line: not line, above))
            self.remarks(above, indent)
            of = kind.of_entry() if item.key is None else kind.of(item.name)
            self.item(item, of, indent, collection.column)
        self.remarks(collection.tail, indent)

    def item(self, item: Item, kind: KeyOrder, indent: int, column: int) -> None:
        """Print an item without what stands above; `column` is where its collection stood."""
        lead = " " * indent + ("-" if item.key is None else key(item.key))
        after = "".join(f" {comment}" for comment in item.after[-1:])
        value = item.value
        marks = properties(value)
        if isinstance(value, Scalar):
            first, *rest = scalar(value, indent + STEP, column)
            if value.style in {"|", ">"}:
                self.lines += [joined(lead, marks, first) + after, *rest]
            else:
                self.lines += [joined(lead, marks, first), *rest]
                self.lines[-1] += after
            return
        short = inline(value, kind)
        if short is not None and (
            not value.items or len(joined(lead, marks, short)) <= WIDTH
        ):
            self.lines.append(joined(lead, marks, short) + after)
            return
        start = len(self.lines)
        self.lines.append(joined(lead, marks) + after)
        self.block(value, kind, indent + STEP)
        below = self.lines[start + 1]
        is_bare = self.lines[start] == lead and not below.lstrip().startswith("#")
        if item.key is None and is_bare:
            self.lines[start : start + 2] = [lead + below[indent + 1 :]]


def joined(*parts: str) -> str:
    return " ".join(part for part in parts if part)


def ordered(collection: Collection, kind: KeyOrder) -> list[Item]:
    """Return the items in the order of their keys; those of a list as they are.

    An anchor has to stay before its aliases, so what holds one is left in its order.
    """
    if collection.is_list or not kind.order or any(map(is_anchored, walk(collection))):
        return collection.items
    ranks = {name: rank for rank, name in enumerate(("", *kind.order))}
    return sorted(collection.items, key=lambda item: ranks.get(item.name, len(ranks)))


def is_anchored(item: Item) -> bool:
    return bool(item.value.anchor or (item.key is not None and item.key.anchor))


def properties(value: Scalar | Collection) -> str:
    """Return the anchor and the tag of a value."""
    anchor = f"&{value.anchor}" if value.anchor else ""
    return joined(anchor, value.tag if isinstance(value, Scalar) else "")


def key(value: Scalar) -> str:
    """Return a key and its colon, outside of brackets."""
    raw = value.raw
    if "\n" in raw:
        raw = json.dumps(value.value, ensure_ascii=False)
    return with_colon(value, raw)


def with_colon(value: Scalar, raw: str) -> str:
    # The name of an anchor may end in a colon (YAML 1.2.2, chapter 6.9.2).
    return joined(properties(value), raw) + (" :" if value.style == "*" else ":")


def scalar(value: Scalar, indent: int, column: int) -> list[str]:
    """Return the lines of a scalar; all but the first one are indented."""
    first, *rest = value.raw.split("\n")
    if value.style not in {"|", ">"}:
        return [
            first,
            *(" " * indent + line.lstrip() if line.strip() else "" for line in rest),
        ]
    return block_scalar(value, first, rest, indent, column)


def block_scalar(
    value: Scalar, header: str, lines: list[str], indent: int, column: int
) -> list[str]:
    """Return the lines of a literal or folded block, which stood in a collection at a column."""
    indicators = header.split("#", maxsplit=1)[0].strip()
    digits = [int(one) for one in indicators if one.isdigit()]
    filled = [line for line in lines if line.strip(" ")]
    if digits:
        margin = column + digits[0]
    elif filled:
        margin = len(filled[0]) - len(filled[0].lstrip(" "))
    else:
        margin = max(map(len, lines), default=0)
    body = [line[margin:] for line in lines]
    while body and not body[-1]:
        body.pop()
    ends = len(value.value) - len(value.value.rstrip("\n"))
    # What keeps one line break is the short form; one that ends in none may have had no room.
    chomping = "-" if not ends else "+" if ends > 1 or not body else ""
    if chomping == "+":
        body += [""] * (ends - bool(body))
    start = next((line for line in body if line), "")
    digit = str(STEP) if start.startswith(" ") else ""
    return [
        value.style + digit + chomping,
        *(" " * indent + line if line else "" for line in body),
    ]


def inline(value: Scalar | Collection, kind: KeyOrder) -> str | None:
    """Return a value for the inside of a line; None where it needs lines of its own."""
    if isinstance(value, Scalar):
        return bracketed(value)
    if kind.opened and value.items:
        scalars = all(isinstance(item.value, Scalar) for item in value.items)
        if not (value.is_list and scalars):
            return None
    if value.tail:
        return None
    parts = []
    for item in ordered(value, kind):
        name = None if item.key is None else bracketed(item.key)
        of = kind.of_entry() if item.key is None else kind.of(item.name)
        part = inline(item.value, of)
        named = item.key is None or name is not None
        if part is None or not named or item.after or any(item.before):
            return None
        lead = with_colon(item.key, name) if item.key and name else ""
        parts.append(joined(lead, properties(item.value), part))
    text = ", ".join(parts)
    return f"[{text}]" if value.is_list else f"{{{text}}}"


def bracketed(value: Scalar) -> str | None:
    """Return a scalar for the inside of brackets; None where it reads better outside."""
    raw = value.raw
    if not raw or "\n" in raw or value.style in {"|", ">"}:
        return None
    if value.style or not INDICATORS.search(raw):
        return raw
    if "'" not in raw:
        return f"'{raw}'"
    return None if '"' in raw or "\\" in raw else f'"{raw}"'
