"""The hints of a spec: renames, casts and values for rows that are there."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import field
from typing import TYPE_CHECKING, Any

from gen_migration.base.data_class import dataclass
from gen_migration.base.errors import nearest, quoted
from gen_migration.kinds import BY_WORD, KINDS
from gen_migration.model.hints import NO_ROWS, Hints
from gen_migration.postgres.names import member
from gen_migration.spec.build.column_values import default
from gen_migration.spec.build.context import UNKNOWN
from gen_migration.spec.build.expansions import expansions
from gen_migration.spec.build.expressions import is_sql, of_body
from gen_migration.spec.build.ignores import ignores
from gen_migration.spec.build.objects import maker
from gen_migration.spec.build.python_hints import python_hints

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from gen_migration.base.errors import Place
    from gen_migration.kinds.kind import Kind
    from gen_migration.model.schema import Column
    from gen_migration.postgres.names import Name
    from gen_migration.spec.build.context import Body, Build, Spot
    from gen_migration.spec.column_shapes import ColumnShape
    from gen_migration.spec.table_shapes import PartitionColumnShape

# Each is a statement whose references are followed through every table: the time of an edit grows
# with their number times that of the tables. Nobody reviews more in one edit.
MAX_RENAMES = 1000
HINT_FIELDS = frozenset(("renamed_from", "using", "rewrite", "backfill", "expansion"))
# As a spec says them, of tables and of what is in them.
HINT_WORDS = HINT_FIELDS - {"expansion"} | {"expand"}


def places(build: Build) -> dict[tuple[str, Any], Place]:
    """Return where each object stands, by its kind and name; columns stand in their tables."""
    found: dict[tuple[str, Any], Place] = {
        ("table", body.name): body.at.path for body in build.bodies.values()
    }
    found |= {("part", part): at.path for part, at in build.spots.items()}
    for kind in KINDS:
        if kind.holders:
            found |= {
                (kind.word, member(holder, key)): place
                for holder, key, place, _ in build.members(kind)
            }
            continue
        named = build.shapes(kind)
        for number, key in enumerate(named):
            step = key if isinstance(named, dict) else number
            name = kind.name_at(maker(build.silent(), ()), key)
            if name is not None:
                found[kind.word, name] = (kind.key, step)
    return found


@dataclass(frozen=True, slots=True)
class Collected:
    """Hints while they are collected, by the fields of Hints or the word of a kind.

    `renamed` has the old names.
    """

    values: defaultdict[str, dict[Any, Any]]
    places: dict[tuple[str, Any], Place]
    renamed: set[tuple[str, Any, Any]] = field(default_factory=set)

    def add(self, kind: str, key: Any, value: Any, at: Spot) -> None:
        """Add a hint that stands at a place."""
        self.values[kind][key] = value
        self.places[kind, key] = at.path

    def rename(self, kind: str, new: Any, old: Any, at: Spot) -> None:
        """Add a rename, and report it where it is none, or the second of one thing."""
        mine = new[1] if isinstance(new, tuple) and not hasattr(new, "sql") else new
        if mine == old:
            at.wrong(
                f"{quoted(old)} is what it is called now",
                "write the name it had before, or remove renamed_from",
            )
        holder = new[0] if mine is not new else None
        if (kind, holder, old) in self.renamed:
            at.wrong(f"two were renamed from {quoted(old)}", "remove one of the two")
        self.renamed.add((kind, holder, old))
        if len(self.renamed) == MAX_RENAMES + 1:
            at.wrong(
                f"more than {MAX_RENAMES:,} renames",
                "make several edits of it, and remove what history has renamed already",
            )
        self.add(kind, new, old, at)


def hints(build: Build, places: Mapping[tuple[str, Any], Place]) -> Hints:
    """Return the hints of a spec; their mistakes are in the problems of the build.

    `places` are those of its objects.
    """
    found = Collected(defaultdict(dict), {})
    if not build.words.isdisjoint(HINT_WORDS):
        of_tables(found, build)
    for kind in KINDS:
        objects(found, build, kind)
    enum_values(found, build)
    attributes(found, build)
    columns_of_objects(found, build)
    for key, codes, path in ignores(build, places):
        found.add("ignores", key, codes, build.at(*path))
    found.values["python"] = dict(python_hints(build))
    found.values["groups"] = dict(groups(build))
    whole = {word: found.values.pop(word, {}) for word in ("table", *BY_WORD)}
    objects_ = {word: renamed for word, renamed in whole.items() if renamed}
    return Hints(**found.values, objects=objects_, places=found.places)


def groups(build: Build) -> Iterator[tuple[Name, str]]:
    """Yield the groups of tables."""
    for body in build.bodies.values():
        group = getattr(body.shape, "group", None)  # a partition stands with its table
        if group is not None:
            yield body.name, group


def objects(found: Collected, build: Build, kind: Kind) -> None:
    """Add the renamed objects of a kind."""
    if kind.holders:
        members(found, build, kind)
        return
    shapes = build.shapes(kind)
    for key, shape in shapes.items() if isinstance(shapes, dict) else ():
        text = getattr(shape, "renamed_from", None)
        is_rewritten = getattr(shape, "rewrite", False)
        if text is None and not is_rewritten:
            continue
        new = kind.name_at(maker(build.silent(), ()), key)
        if is_rewritten and new is not None:
            found.add("queries", new, True, build.at(kind.key, key, "rewrite"))
        if text is None:
            continue
        at = maker(build, (kind.key, key, "renamed_from"))
        old = None if new is None else kind.old_name(at, text, new)
        if old is None or new is None:
            continue
        found.rename(kind.word, new, old, at)
        if (value := build.objects[kind.word].get(new)) is not None:
            for along in kind.renamed_along(new, value, old):
                found.add(*along, at)


def members(found: Collected, build: Build, kind: Kind) -> None:
    """Add the renamed objects of a kind that stand on relations."""
    for holder, key, place, shape in build.members(kind):
        at, old = build.at(*place, "renamed_from"), shape.renamed_from
        if old is not None and at.identifier(old, at_key=False):
            before, now = (member(holder, one) for one in (old, key))
            found.rename(kind.word, now, before, at)


def of_tables(found: Collected, build: Build) -> None:
    """Add the hints of tables, and of what is in them."""
    bodies = build.bodies.values()
    for body in bodies:
        if body.parent is None:
            of_columns(found, body)
        else:
            of_partition(found, body)
    for body in bodies:
        of_table(found, body)
    parts(found, build)


def of_table(found: Collected, body: Body) -> None:
    """Add the old name of a table."""
    if body.shape.renamed_from is not None:
        at = body.at / "renamed_from"
        old = at.name(body.shape.renamed_from, at_key=False)
        if old is not None:
            found.rename("table", body.name, old, at)
            if body.shape.expansion:
                found.add("stand_ins", body.name, old, body.at / "expand")
    elif body.shape.expansion:
        (body.at / "expand").wrong_key(
            "expand goes with renamed_from", "write the name it had before, too"
        )


def enum_values(found: Collected, build: Build) -> None:
    """Add the renamed values of enums."""
    for key, shape in build.shapes(BY_WORD["enum"]).items():
        name = build.silent_name(key)
        for new, old in shape.renamed_values.items():
            at = build.at("enums", key, "renamed_values", new)
            if new not in shape.values:
                at.wrong_key(
                    f"{quoted(new)} is no value of this enum",
                    nearest(new, shape.values)
                    or "write new: old, with the value as it is now first",
                )
            elif name is not None:
                found.rename("enum_values", (name, new), old, at)


def attributes(found: Collected, build: Build) -> None:
    """Add the renamed attributes of composite types."""
    for key, shape in build.shapes(BY_WORD["composite type"]).items():
        name = build.silent_name(key)
        for new, one in shape.attributes.items():
            at = build.at("composite_types", key, "attributes", new, "renamed_from")
            old = one.renamed_from
            if old is None or name is None or not at.identifier(old, at_key=False):
                continue
            found.rename("attributes", (name, new), old, at)


def columns_of_objects(found: Collected, build: Build) -> None:
    """Add the renamed columns of relations that declare some and are no tables."""
    for kind in (one for one in KINDS if one.has_columns and build.shapes(one)):
        for key, shape in build.shapes(kind).items() if kind.declares_columns else ():
            name = build.silent_name(key)
            for new, one in shape.columns.items():
                at = build.at(kind.key, key, "columns", new, "renamed_from")
                old = one.renamed_from
                if old is None or name is None or not at.identifier(old, at_key=False):
                    continue
                found.rename("columns", (name, new), old, at)


def parts(found: Collected, build: Build) -> None:
    """Add the renamed constraints, and the renamed indexes."""
    for key, shape in build.parts.items():
        if shape.renamed_from is None:
            continue
        at = build.spots[key] / "renamed_from"
        if at.identifier(shape.renamed_from, at_key=False):
            kind = "indexes" if "indexes" in at.path else "constraints"
            found.rename(kind, key, shape.renamed_from, at)


def of_columns(found: Collected, body: Body) -> None:
    """Add the hints of a table's columns."""
    for name, shape in body.shape.columns.items():  # type: ignore[attr-defined]
        if name in body.columns and shape.written & HINT_FIELDS:
            of_column(found, body, name, shape)
    for key, expand, at in expansions(body):
        found.add("expand", key, expand, at)


def of_partition(found: Collected, body: Body) -> None:
    """Add the hints of what a partition has otherwise of columns."""
    for name, shape in body.shape.columns.items():  # type: ignore[attr-defined]
        if name in body.columns:
            of_fill(found, body, name, shape)


def of_column(found: Collected, body: Body, name: str, shape: ColumnShape) -> None:
    """Add the hints of a column."""
    at, key, old = body.at / "columns" / name, (body.name, name), shape.renamed_from
    if old is not None and (at / "renamed_from").identifier(old, at_key=False):
        found.rename("columns", key, old, at / "renamed_from")
    if shape.using is not None:
        renamed = {} if old is None else {old: name}
        cast = of_body(body, shape.using, at / "using", renamed)
        if cast is not None:
            found.add("using", key, cast.sql, at / "using")
    if shape.rewrite:
        found.add("rewrite", key, True, at / "rewrite")
    of_fill(found, body, name, shape)


def of_fill(
    found: Collected, body: Body, name: str, shape: ColumnShape | PartitionColumnShape
) -> None:
    """Add what fills the rows of a column."""
    if shape.backfill is None:
        return
    at, key = body.at.under("columns", name, "backfill"), (body.name, name)
    column = body.columns[name]
    has_rows = shape.backfill != NO_ROWS
    if (has_rows or not is_numbered(column, body)) and not may_fill(column, at):
        return
    if not has_rows:
        found.add("no_rows", key, True, at)
    elif (sql := fill(body, shape.backfill, column, at)) is not None:
        found.add("backfill", key, sql, at)


def is_numbered(column: Column, body: Body) -> bool:
    """Tell whether a column is an identity of a table from which others have columns.

    PostgreSQL does not always number the rows of those (`diff.refused_identities`).
    """
    others = body.build.bodies.values() if column.identity is not None else ()
    return any(body.name in (one.parent, *one.inherits) for one in others)


def may_fill(column: Column, at: Spot) -> bool:
    """Tell whether a column may have a backfill, and report where it may not."""
    if column.nullable:
        at.wrong_key(
            "a column that may hold NULL needs no backfill",
            'remove "backfill", or let the column be NOT NULL',
        )
        return False
    if column.generated or column.has_sequence:
        at.wrong_key(
            "the values of this column come from elsewhere", 'remove "backfill"'
        )
        return False
    return True


def fill(body: Body, value: Any, column: Column, at: Spot) -> str | None:
    """Return what rows get that hold NULL, as SQL."""
    if is_sql(value) and isinstance(value["sql"], str):
        found = of_body(body, value["sql"], at / "sql")
        if found is not None and found.sql.upper() == "NULL":
            at.wrong("NULL fills nothing", "write a value")
        return None if found is None else found.sql
    return (
        None if column.type is UNKNOWN else default(at, value, column.type, "backfill")
    )
