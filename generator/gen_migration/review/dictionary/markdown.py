"""A data dictionary as Markdown, with its pictures as SVG files. Pure.

Whatever stands in a schema is text: a name is a code span, of all else only plain characters stand
as they are (source: GitHub Flavored Markdown Spec, chapters 2.5, 4.10 and 6.3).
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from gen_migration.base.errors import printable
from gen_migration.review.diagram import svg
from gen_migration.review.dictionary.html import MARK, around
from gen_migration.review.formats.markdown import fence

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from gen_migration.review.dictionary.values import Cell, Dictionary, Entry, Text

HEAD = f"<!-- {MARK} -->\n"
PLAIN = re.compile(r"[^\W_]|[ ,;()→…]|\.(?=\s|$)|(?<=\w)_(?=\w)")


def files(found: Dictionary) -> Iterator[tuple[str, str]]:
    """Yield the path and the text of each file."""
    yield "README.md", index(found)
    for one in found.entries:
        picture = one.picture is not None and bool(one.picture.boxes[1:])
        yield f"{one.path}.md", page(one, picture=picture)
        if picture:
            title = f"{one.name} and its neighbours"
            yield f"{one.path}.svg", f"{HEAD}{svg.svg(around(one, '.md'), title)}"


def index(found: Dictionary) -> str:
    """Return the page that leads to all others."""
    parts = [f"{HEAD}\n# {prose(found.title)}\n"]
    parts += [f"{prose(found.description)}\n"] if found.description else []
    for word, entries in found.by_kind.items():
        rows = [
            [
                f"[{code(one.name)}]({one.path}.md)",
                str(len(one.parts) or ""),
                code(one.brief) if one.brief else "",
                prose(one.group),
                prose(one.comment),
            ]
            for one in entries
        ]
        heads = ["name", "columns", "definition", "group", "comment"]
        kept = [at for at in range(len(heads)) if any(row[at] for row in rows)]
        parts.append(f"## {word.capitalize()}\n")
        parts.append(
            table(
                [heads[at] for at in kept], ([row[at] for at in kept] for row in rows)
            )
        )
    return "\n".join(parts)


def page(entry: Entry, *, picture: bool) -> str:
    """Return the page of an object."""
    said = f"{entry.word} of group {entry.group}" if entry.group else entry.word
    parts = [
        f"{HEAD}\n# {code(entry.name)}\n",
        f"{prose(said)} · [index](../README.md)\n",
    ]
    parts += [f"{prose(entry.comment)}\n"] if entry.comment else []
    if entry.facts:
        facts = "".join(f"- {prose(what)}: {cell(one)}\n" for what, one in entry.facts)
        parts.append(facts)
    for one in entry.sections:
        parts.append(f"## {one.title}\n")
        parts.append(
            table(one.heads, ([cell(each) for each in row] for row in one.rows))
        )
    if picture:
        name = entry.path.rpartition("/")[2]
        parts.append(f"## Picture\n\n![The table and its neighbours]({name}.svg)\n")
    if entry.sql:
        parts.append(f"## SQL\n\n{fence('sql', printable(entry.sql))}")
    return "\n".join(parts)


def table(heads: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    """Return a table of cells that are Markdown already."""
    heads = [*heads]
    lines = [heads, ["---"] * len(heads), *rows]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


def cell(pieces: Cell) -> str:
    """Return a cell."""
    return "".join(map(piece, pieces))


def piece(one: Text) -> str:
    """Return a piece of a cell, with a link where it has one."""
    text = code(one.text) if one.code else prose(one.text)
    return f"[{text}](../{one.to}.md)" if one.to else text


def code(text: str) -> str:
    """Return a text as code on one line: as a span, where none of its characters ends one."""
    line = printable(" ".join(text.split())) or " "
    if set(line).isdisjoint("`|") and line.strip():
        return f"`{line}`"
    return f"<code>{prose(line)}</code>"


def prose(text: str) -> str:
    """Return a text as words and nothing else: no markup, link or mention."""
    line = printable(" ".join(text.split()))
    return "".join(
        one if PLAIN.match(line, at) else f"&#{ord(one)};"
        for at, one in enumerate(line)
    )
