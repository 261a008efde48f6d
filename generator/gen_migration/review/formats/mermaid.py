"""A review as an entity-relationship diagram of Mermaid, which GitHub renders. Pure.

Whatever a name holds is text: it stands in quotes, with every character that means something to
Mermaid or to HTML as an entity (mermaid.js.org, "Entity codes to escape characters").
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from gen_migration.base.data_class import replace
from gen_migration.base.errors import visible
from gen_migration.kinds import KINDS
from gen_migration.model.given import columns_in
from gen_migration.model.schema import ForeignKey, PrimaryKey, Unique
from gen_migration.review.changes import Action
from gen_migration.review.diagram.objects import sources, views

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping

    from gen_migration.model.schema import Column, Table
    from gen_migration.postgres.names import Name
    from gen_migration.review.changes import Change
    from gen_migration.review.review import Review

# What has a box: tables, and what queries select from beside them.
RELATIONS = {"table", *(kind.word for kind in KINDS if kind.has_columns)}
WORDS = {
    Action.ADD: "new",
    Action.CHANGE: "changed",
    Action.DROP: "dropped",
    Action.REPLACE: "replaced",
}
# Borders alone, so that the text stays readable on a light and on a dark page.
CLASSES = """\
    classDef new stroke:#1a7f37,stroke-width:3px
    classDef changed stroke:#bf8700,stroke-width:3px
    classDef dropped stroke:#cf222e,stroke-width:3px,stroke-dasharray:5
    classDef replaced stroke:#cf222e,stroke-width:3px
"""


def render(review: Review) -> str:
    """Return the diagram of the new schema, with what is added, changed and dropped marked."""
    schema = review.spec.schema
    return diagram(review, schema.tables, [*views(schema)])


def concerned(review: Review) -> str:
    """Return the diagram of the tables and views that change, and of those that they refer to.

    Empty where none changes.
    """
    schema = review.spec.schema
    found = {one.name for one in review.changes if one.kind in RELATIONS}
    shown = {name: one for name, one in schema.tables.items() if str(name) in found}
    seen = [name for name in views(schema) if str(name) in found]
    return diagram(review, shown, seen) if found else ""


def diagram(
    review: Review, tables: Mapping[Name, Table], seen: Collection[Name]
) -> str:
    """Return the diagram of tables and views, those that go, and those that they refer to."""
    changed = {one.name: one for one in review.changes if one.kind in RELATIONS}
    ids: dict[str, str] = {}
    lines: list[str] = []
    for name, table in tables.items():
        columns = columns_in(review.spec.schema, table) if table.is_heir else None
        shown = table if columns is None else replace(table, columns=columns)
        lines += entity(name, shown, changed.get(str(name)), ids)
    for name in seen:
        lines.append(f"    {head(str(name), changed.get(str(name)), ids)}")
    for change in changed.values():
        if change.action is Action.DROP:
            lines.append(f"    {head(change.name, change, ids)}")
    for name, table in tables.items():
        lines += relations(name, table, ids)
        for parent in table.inherits:
            if str(parent) not in ids:
                lines.append(f"    {head(str(parent), None, ids)}")
            lines.append(f"    {ids[str(name)]} ||..|| {ids[str(parent)]} : inherits")
    for name, read in (sources(review.spec.schema) if seen else {}).items():
        lines += reads(name, read, ids) if name in seen else ()
    marks = CLASSES if any(":::" in line for line in lines) else ""
    return "\n".join(["erDiagram", *lines]) + f"\n{marks}"


def head(name: str, change: Change | None, ids: dict[str, str]) -> str:
    """Return an entity without its columns, under a new id; the label has its name."""
    ids[name] = f"t{len(ids) + 1}"
    if change is None:
        return f'{ids[name]}["{escaped(name)}"]'
    words = WORDS[change.action]
    said = f"renamed from {change.old_name}" if change.old_name else words
    return f'{ids[name]}["{escaped(f"{name} ({said})")}"]:::{words}'


def entity(
    name: Name, table: Table, change: Change | None, ids: dict[str, str]
) -> Iterator[str]:
    """Yield the lines of a table."""
    parts = change.parts if change is not None else ()
    altered = {one.name: one for one in parts if one.kind == "column"}
    dropped = [one for one in altered.values() if one.action is Action.DROP]
    if not (table.columns or dropped):
        yield f"    {head(str(name), change, ids)}"
        return
    yield f"    {head(str(name), change, ids)} {{"
    for key, column in table.columns.items():
        # In a new table, everything is.
        part = None if change and change.action is Action.ADD else altered.get(key)
        yield f"        {attribute(key, column, table, part)}"
    for part in dropped:
        kind = word((part.definition or "").partition(" ")[0], NO_TYPE)
        said = escaped(remark(part.name, part))
        yield f'        {kind} {word(part.name)} "{said}"'
    yield "    }"


def attribute(name: str, column: Column, table: Table, change: Change | None) -> str:
    """Return the line of a column: type, name, keys, and what is to be said of it."""
    keys = ",".join(
        letters
        for letters, kind in (("PK", PrimaryKey), ("FK", ForeignKey), ("UK", Unique))
        if any(
            isinstance(one, kind) and name in one.columns
            for one in table.constraints.values()
        )
    )
    said = remark(name, change)
    comment = f'"{escaped(said)}"' if said else ""
    return " ".join(
        filter(None, (word(str(column.type), NO_TYPE), word(name), keys, comment))
    )


def remark(name: str, change: Change | None) -> str:
    """Return what is to be said of a column: its name, where it is no word, and its change."""
    said = [] if word(name) == name else [name]
    if change is not None:
        said.append(WORDS[change.action])
        if change.old_name is not None:
            said.append(f"was {change.old_name}")
        said += [
            f"{one.what} {one.old or 'none'} → {one.new or 'none'}"
            for one in change.details
            if change.action is Action.CHANGE and not one.is_how
        ]
    return ", ".join(said)


def relations(name: Name, table: Table, ids: dict[str, str]) -> Iterator[str]:
    """Yield a line for each foreign key, and first the tables of others that they point at."""
    for key, value in table.constraints.items():
        if not isinstance(value, ForeignKey):
            continue
        target = str(value.referred_table)
        if target not in ids:
            yield f"    {head(target, None, ids)}"
        optional = any(
            column in table.columns and table.columns[column].nullable
            for column in value.columns
        )
        one = "o|" if optional else "||"
        yield f'    {ids[str(name)]} }}o--{one} {ids[target]} : "{escaped(key)}"'


NO_NAME, NO_TYPE = re.compile(r"[^A-Za-z0-9_]"), re.compile(r"[^A-Za-z0-9_()\[\]]")
LONGEST = 80


def word(text: str, unfit: re.Pattern[str] = NO_NAME) -> str:
    """Return a text as a word, which is all that the name and the type of an attribute may be."""
    found = unfit.sub("_", text)[:LONGEST]
    return found if re.match("[A-Za-z_]", found) else f"_{found}"


PLAIN = re.compile(r"[A-Za-z0-9_ .,()→-]")


def escaped(text: str) -> str:
    """Return a text as it may stand in quotes: all but plain characters as entities."""
    line = visible(" ".join(text.split()))
    if len(line) > LONGEST:
        line = line[: LONGEST - 1] + "…"
    return "".join(one if PLAIN.match(one) else f"#{ord(one)};" for one in line) or " "


def reads(name: Name, read: Iterable[Name], ids: dict[str, str]) -> Iterator[str]:
    """Yield a line from a view to each relation that it reads, and first those without a box."""
    for source in read:
        if str(source) not in ids:
            yield f"    {head(str(source), None, ids)}"
        yield f"    {ids[str(name)]} }}o..o{{ {ids[str(source)]} : reads"
