"""The picture of a schema as DBML, which dbdiagram.io and its kin read. Pure.

Source: dbml.dbdiagram.io/docs, and the parser of @dbml/core, which a test asks. DBML has no words
for views, triggers and policies: a view is a table that says so, the others are told in notes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from gen_migration.base.errors import visible
from gen_migration.kinds import BY_WORD
from gen_migration.kinds.members import by_holder
from gen_migration.model.given import columns_in
from gen_migration.model.schema import (
    Check,
    Element,
    ForeignKey,
    Index,
    PrimaryKey,
    Unique,
)
from gen_migration.review.diagram.model import shown

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping
    from typing import Any

    from gen_migration.model.schema import Column, Schema, Table
    from gen_migration.postgres.names import Member, Name
    from gen_migration.review.diagram.model import Box, Diagram

    # By the word of a kind and a relation.
    Held = Mapping[str, Mapping[Name, Mapping[Member, Any]]]

ACTIONS = frozenset(("CASCADE", "RESTRICT", "SET NULL", "SET DEFAULT"))


def dbml(schema: Schema, diagram: Diagram, title: str, description: str) -> str:
    """Return the boxes of a diagram, which is of this schema, as text."""
    parts = [project(title, description)]
    boxes = {box.key: box for box in diagram.boxes}
    parts += [enum(name, schema.enums[name].values) for name in enums_of(schema, boxes)]
    held = {
        word: by_holder(objects)
        for word, objects in schema.objects.items()
        if BY_WORD[word].holders
    }
    parts += [entity(schema, held, box) for box in diagram.boxes]
    parts += references(schema, boxes)
    for group in diagram.groups:
        names = (box.key for box in diagram.boxes if box.group == group)
        parts.append(block(f"TableGroup {quoted(group)}", map(called, names)))
    return "\n".join(part for part in parts if part)


def project(title: str, description: str) -> str:
    """Return what the whole is, where it has a name."""
    if not title:
        return ""
    said = ["database_type: 'PostgreSQL'"]
    said += [f"Note: {text(description)}"] if description else []
    return block(f"Project {quoted(title)}", said)


def block(head: str, lines: Iterable[str]) -> str:
    """Return lines in braces."""
    body = "".join(f"  {line}\n" for line in lines)
    return f"{head} {{\n{body}}}\n"


def enums_of(schema: Schema, names: Collection[Name]) -> list[Name]:
    """Return the enums that columns of the tables which are shown have."""
    used = {
        (one.type.schema, one.type.name)
        for name in names
        if name in schema.tables
        for one in columns_in(schema, schema.tables[name]).values()
    }
    return [name for name in schema.enums if (name.schema, name.name) in used]


def enum(name: Name, values: Iterable[str]) -> str:
    """Return an enum."""
    return block(f"Enum {called(name)}", map(quoted, values))


def entity(schema: Schema, held: Held, box: Box) -> str:
    """Return a table, or what stands for one; `held` is what stands on tables."""
    table = schema.tables.get(box.key)
    if table is None:
        lines = [
            f"{quoted(row.name)} {quoted(row.type or 'unknown')}"
            for row in box.rows
            if row.part in {"column", "referred"}
        ]
        # A table has at least one column there.
        lines = lines or ['"?" "unknown"']
        said = note([f"{box.word}: {box.note}" if box.note else box.word])
    else:
        columns = columns_in(schema, table)
        lines = [column(table, key, one) for key, one in columns.items()]
        lines = lines or ['"?" "unknown" [note: \'it has no column\']']
        lines += inner(table)
        said = note([table.comment or "", *members(held, box.key)])
    return block(f"Table {called(box.key)}", [*lines, *said])


def column(table: Table, name: str, value: Column) -> str:
    """Return a column with its settings."""
    settings = []
    key = next(
        (one for one in table.constraints.values() if isinstance(one, PrimaryKey)), None
    )
    if key is not None and key.columns == (name,):
        settings.append("pk")
    if any(
        isinstance(one, Unique) and one.columns == (name,)
        for one in table.constraints.values()
    ):
        settings.append("unique")
    if not value.nullable:
        settings.append("not null")
    if value.has_sequence:
        settings.append("increment")
    if value.default is not None:
        settings.append(f"default: {expression(value.default)}")
    if value.comment:
        settings.append(f"note: {text(value.comment)}")
    if value.generated is not None:
        said = f"generated: {value.generated.expression}"
        settings.append(f"note: {text(said)}" if not value.comment else "")
    listed = ", ".join(one for one in settings if one)
    kind = quoted(str(value.type.plain))
    return f"{quoted(name)} {kind}" + (f" [{listed}]" if listed else "")


def inner(table: Table) -> Iterator[str]:
    """Yield the lines of a table's indexes and checks."""
    keys = [
        (name, one)
        for name, one in table.constraints.items()
        if isinstance(one, PrimaryKey | Unique) and one.columns[1:]
    ]
    indexes = [constraint_line(*one) for one in keys]
    indexes += [index_line(*one) for one in table.indexes.items()]
    checks = [
        f"{expression(one.expression)} [name: {text(name)}]"
        for name, one in table.constraints.items()
        if isinstance(one, Check)
    ]
    for head, lines in (("indexes", indexes), ("checks", checks)):
        if lines:
            yield from block(head, lines).splitlines()


def constraint_line(name: str, value: PrimaryKey | Unique) -> str:
    """Return a key of several columns."""
    listed = ", ".join(map(quoted, value.columns))
    word = "pk" if isinstance(value, PrimaryKey) else "unique"
    return f"({listed}) [{word}, name: {text(name)}]"


def index_line(name: str, value: Index) -> str:
    """Return an index; what DBML has no words for is in its note."""
    settings = ["unique"] if value.unique else []
    settings.append(f"name: {text(name)}")
    if value.method in {"btree", "hash"}:
        settings.append(f"type: {value.method}")
    if value.method not in {"btree", "hash"} or value.where or value.include:
        from gen_migration.review.describe import definition

        settings.append(f"note: {text(definition(value))}")
    listed = ", ".join(map(element, value.elements))
    return f"({listed}) [{', '.join(settings)}]"


def element(value: Element) -> str:
    if value.column is not None:
        return quoted(value.column)
    return expression(value.expression or "")


def references(schema: Schema, names: Collection[Name]) -> Iterator[str]:
    """Yield foreign keys: but one of the same columns, and none to themselves, as DBML has it."""
    seen = set()
    for name in names:
        table = schema.tables.get(name)
        for key, value in table.foreign_keys.items() if table else ():
            ends = [
                (name, value.columns),
                (value.referred_table, value.referred_columns),
            ]
            both = frozenset(ends)
            if value.referred_table in names and both not in seen and len(both) == 2:
                seen.add(both)
                yield reference(key, value, ends)


def reference(
    key: str, value: ForeignKey, ends: Iterable[tuple[Name, tuple[str, ...]]]
) -> str:
    """Return a foreign key, whose columns refer to others."""
    child, parent = (
        f"{called(table)}.({', '.join(map(quoted, columns))})"
        for table, columns in ends
    )
    settings = [
        f"{word}: {action.lower()}"
        for word, action in (("delete", value.on_delete), ("update", value.on_update))
        if action in ACTIONS
    ]
    listed = f" [{', '.join(settings)}]" if settings else ""
    return f"Ref {quoted(key)}: {child} > {parent}{listed}\n"


def members(held: Held, name: Name) -> Iterator[str]:
    """Yield what stands on a table, in words."""
    for word, found in held.items():
        for key, value in found.get(name, {}).items():
            yield f"{word} {key.name}: {BY_WORD[word].definition(value)}"


def note(said: Iterable[str]) -> Iterator[str]:
    """Yield the line of a note, where there is something to say."""
    found = [one for one in said if one]
    if found:
        yield f"Note: {text(chr(10).join(found))}"


def called(name: Name) -> str:
    """Return a name, with its schema where it has one."""
    schema = "" if name.schema is None else f"{quoted(name.schema)}."
    return f"{schema}{quoted(name.name)}"


def quoted(name: str) -> str:
    """Return a name in quotes, in which no quote can stand."""
    line = shown(name or " ").replace("\\", "\\\\")
    return '"' + line.replace('"', '\\"') + '"'


def text(value: str) -> str:
    """Return a text in quotes: of one line, or of several."""
    safe = visible(value).replace("\\", "\\\\").replace("'", "\\'")
    return f"'''{safe}'''" if "\n" in safe else f"'{safe}'"


def expression(value: str) -> str:
    """Return SQL in back quotes, in which none can stand, nor the end of a line."""
    return f"`{visible(' '.join(value.split())).replace('`', chr(39))}`"
