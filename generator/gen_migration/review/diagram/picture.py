"""A schema as a picture: boxes of its tables with foreign keys, views with what they read. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gen_migration.base.data_class import replace
from gen_migration.model.given import columns_in
from gen_migration.model.schema import ForeignKey, PrimaryKey, Schema, Table, Unique
from gen_migration.review.diagram import objects
from gen_migration.review.diagram.model import (
    Box,
    Diagram,
    End,
    Mark,
    Relation,
    Row,
    called,
    mark,
    merged,
    shortened,
    shown,
)
from gen_migration.review.diagram.parts import rows as rows_of_parts
from gen_migration.sql import ddl

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from gen_migration.model.schema import Column
    from gen_migration.postgres.names import Name


def diagram(new: Schema, old: Schema | None = None, home: str | None = None) -> Diagram:
    """Return the picture of a schema, and of what changed since `old`, by the names of things.

    What is in `old` alone is shown as well. Names of the schema `home` stand alone. Partitions
    stand in the box of the table that they belong to. Nothing is in a group yet.
    """
    sides = (new, new if old is None else old)
    tables = dict(merged(*(whole(one) for one in reversed(sides))))
    boxes = parts_of(tables, sides)
    places: dict[TableColumn, End] = {}
    for number, (name, parts) in enumerate(boxes.items()):
        places[name, None] = End(number, None)
        for position, part in enumerate(parts):
            places[part] = End(number, position)
    both, far = (sides[1], sides[0]), dict(referred(tables))
    members = objects.Members(both)
    held: dict[Name, list[Name]] = {}
    for name in tables:
        held.setdefault(root(name, sides), []).append(name)
    drawn = [
        Box(
            name=called(name, home),
            key=name,
            rows=(
                *(
                    row(part, tables[part[0]], home) if part[0] in tables else far[part]
                    for part in parts
                ),
                *(rows_of_parts(tables[name]) if name in tables else ()),
                *members.of(held.get(name, ())),
            ),
            word="table" if name in tables else "external",
            mark=mark(tables.get(name, (None, None))),
            note=note(tables.get(name, (None, None))),
        )
        for name, parts in boxes.items()
    ]
    for name, box in objects.boxes(both, home, members).items():
        places[name, None] = End(len(drawn), None)
        drawn.append(box)
    return Diagram(
        boxes=tuple(drawn),
        relations=(
            *relations(tables, places),
            *parents(tables, places),
            *objects.reads(both, places),
        ),
        compared=old is not None,
    )


def whole(schema: Schema) -> dict[Name, Table]:
    """Return the tables of a schema; of children and typed tables, with all of their columns."""
    return {
        name: replace(one, columns=columns_in(schema, one)) if one.is_heir else one
        for name, one in schema.tables.items()
    }


def parents(
    tables: Mapping[Name, Sides], places: Mapping[TableColumn, End]
) -> Iterator[Relation]:
    """Yield a line from each child to each of its parents."""
    for name, pair in tables.items():
        above = [dict.fromkeys(one.inherits if one else ()) for one in pair]
        for parent, _ in merged(*above):
            yield Relation(
                name=shown(f"{name} inherits {parent}"),
                child=places[name, None],
                parent=places[parent, None],
                reads=True,
                mark=mark((parent in above[0] or None, parent in above[1] or None)),
            )


TableColumn = tuple["Name", str | None]  # a table and its column; None is a partition
Sides = tuple[
    Table | None, Table | None
]  # of a table: in the old schema, in the new one


def parts_of(
    tables: Mapping[Name, Sides], sides: tuple[Schema, Schema]
) -> dict[Name, list[TableColumn]]:
    """Return the tables that have boxes, and what each box lists."""
    boxes: dict[Name, list[TableColumn]] = {}
    roots = {name: root(name, sides) for name in tables}
    for name, found in tables.items():
        if roots[name] == name:
            boxes[name] = [(name, column) for column in columns(found)]
    for name, top in roots.items():
        if top != name:
            boxes[top].append((name, None))
    for key, _ in keys(tables):
        far = key.referred_table
        if far not in tables:
            known = boxes.setdefault(far, [])
            given = [(far, column) for column in key.referred_columns]
            known += [part for part in given if part not in known]
    return boxes


def root(name: Name, sides: tuple[Schema, Schema]) -> Name:
    """Return the table whose box a table is in: itself, or what it is a partition of."""
    new, old = sides
    while True:
        table = new.tables.get(name) or old.tables[name]
        above = table.parent
        if above is None or (above not in new.tables and above not in old.tables):
            return name
        name = above


def columns(sides: Sides) -> list[str]:
    old, new = (each.columns if each else {} for each in sides)
    return [name for name, _ in merged(old, new)]


def keys(
    tables: Mapping[Name, Sides],
) -> Iterator[tuple[ForeignKey, tuple[Name, str, Mark, Table]]]:
    """Yield foreign keys, the new one of two, with the table, name, mark and that side."""
    for table, (old, new) in tables.items():
        found = merged(old.constraints if old else {}, new.constraints if new else {})
        for name, pair in found:
            key = pair[1] or pair[0]
            side = new if pair[1] else old
            if isinstance(key, ForeignKey) and side is not None:
                yield key, (table, name, mark(pair), side)


def relations(
    tables: Mapping[Name, Sides], places: Mapping[TableColumn, End]
) -> Iterator[Relation]:
    for key, (table, name, found, side) in keys(tables):
        far = key.referred_table
        yield Relation(
            name=shown(name),
            child=places.get((table, key.columns[0])) or places[table, None],
            parent=places.get((far, (*key.referred_columns, None)[0]))
            or places[far, None],
            many=not any(
                isinstance(other, PrimaryKey | Unique)
                and set(other.columns) <= set(key.columns)
                for other in side.constraints.values()
            ),
            mark=found,
        )


def referred(tables: Mapping[Name, Sides]) -> Iterator[tuple[TableColumn, Row]]:
    """Yield the columns that foreign keys refer to, with the types of those that refer to them."""
    for key, (_, _, _, side) in keys(tables):
        for mine, theirs in zip(key.columns, key.referred_columns, strict=False):
            column = side.columns.get(mine)
            of = "" if column is None else shown(str(column.type.plain))
            found = Row(name=shown(theirs), part="referred", type=of)
            yield (key.referred_table, theirs), found


def row(part: TableColumn, sides: Sides, home: str | None) -> Row:
    """Return the row of a column, or of a partition where the column is None."""
    table, name = part
    if name is None:
        return Row(
            name=called(table, home),
            part="partition",
            type="partition",
            mark=mark(sides),
            note=note(sides),
        )
    old, new = (each.columns.get(name) if each else None for each in sides)
    tags = [tags_of(each, name) if each else () for each in sides]
    value = new or old
    found = mark((old, new))
    if found is Mark.SAME and tags[0] != tags[1]:
        found = Mark.CHANGED
    types = [shown(str(each.type)) for each in (old, new) if each is not None]
    return Row(
        name=shown(name),
        type=" \N{RIGHTWARDS ARROW} ".join(dict.fromkeys(types)),
        nullable=value is not None and value.nullable,
        value=shortened(gets(value)) if value else "",
        keys=tags[1] if new else tags[0],
        mark=found,
        note=column_note(name, old, new),
    )


def gets(column: Column) -> str:
    """Return what a column gets where an INSERT leaves it out, as a row says it."""
    if column.default is not None:
        return f"= {column.default}"
    if column.generated is not None:
        return f"= ({column.generated.expression})"
    if column.identity is not None:
        return "= identity"
    return ""


def tags_of(table: Table, column: str) -> tuple[str, ...]:
    """Return the kinds of keys that a column is part of."""
    found = {
        tag
        for one in table.constraints.values()
        for kind, tag in TAGS.items()
        if isinstance(one, kind) and column in one.columns
    }
    return tuple(tag for tag in TAGS.values() if tag in found)


TAGS: dict[type[PrimaryKey | ForeignKey | Unique], str] = {
    PrimaryKey: "PK",
    ForeignKey: "FK",
    Unique: "UQ",
}


def column_note(name: str, old: Column | None, new: Column | None) -> str:
    lines = []
    for each in (old, new):
        if each is not None:
            comment = f" \N{EM DASH} {each.comment}" if each.comment else ""
            lines.append(shown(ddl.column(name, each) + comment))
    return " \N{RIGHTWARDS ARROW} ".join(dict.fromkeys(lines))


def note(sides: Sides) -> str:
    """Return what is to be said of a table: its comment, its partition's bound."""
    old, new = sides
    table = new or old
    if table is None:
        return ""
    bound = ddl.bound(table.partition_of.bound) if table.partition_of else ""
    above = ", ".join(map(str, table.inherits))
    said = (
        bound,
        f"inherits {above}" if above else "",
        f"of type {table.of_type}" if table.of_type else "",
        table.comment,
    )
    return " \N{EM DASH} ".join(shown(one) for one in said if one)
