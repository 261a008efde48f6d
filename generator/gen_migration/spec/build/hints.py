"""The hints of a spec: renames, casts and values for rows that are there."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import field
from typing import TYPE_CHECKING, Any

from gen_migration.base.data_class import dataclass
from gen_migration.base.errors import nearest
from gen_migration.kinds import BY_WORD, KINDS
from gen_migration.model.hints import NO_ROWS, Hints
from gen_migration.spec.build.columns import default, expression
from gen_migration.spec.build.context import UNKNOWN
from gen_migration.spec.build.ignores import at, ignores

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gen_migration.base.errors import Place
    from gen_migration.kinds.kind import Kind
    from gen_migration.model.schema import Column
    from gen_migration.postgres.names import Name
    from gen_migration.spec.build.context import Body, Build
    from gen_migration.spec.shapes import ColumnShape


def places(state: Build) -> dict[tuple[str, Any], Place]:
    """Return where each object stands, by its kind and name; columns stand in their tables."""
    found: dict[tuple[str, Any], Place] = {
        ("table", body.name): body.path for body in state.bodies.values()
    }
    found |= {("part", part): path for part, path in state.places.items()}
    for kind in KINDS:
        named = state.shapes(kind)
        for number, key in enumerate(named):
            step = key if isinstance(named, dict) else number
            name = silent_name(state, key) if kind.in_schema else key
            if name is not None:
                found[kind.word, name] = (kind.key, step)
    return found


def silent_name(state: Build, text: str) -> Name | None:
    """Return a name whose mistakes are reported elsewhere."""
    return type(state)(shape=state.shape).name(text)


# Each is a statement whose references are followed through every table: the time of an edit grows
# with their number times that of the tables. Nobody reviews more in one edit.
MAX_RENAMES = 1000


@dataclass(frozen=True, slots=True)
class Collected:
    """Hints while they are collected, by the fields of Hints or the word of a kind.

    `renamed` has the old names.
    """

    state: Build
    values: defaultdict[str, dict[Any, Any]]
    places: dict[tuple[str, Any], Place]
    renamed: set[tuple[str, Any, Any]] = field(default_factory=set)

    def add(self, kind: str, key: Any, value: Any, path: Place) -> None:
        self.values[kind][key] = value
        self.places[kind, key] = path

    def rename(self, kind: str, new: Any, old: Any, path: Place) -> None:
        """Add a rename, and report it where it is none, or the second of one thing."""
        mine = new[1] if isinstance(new, tuple) and not hasattr(new, "sql") else new
        if mine == old:
            self.state.problem(
                f'"{old}" is what it is called now',
                *path,
                hint="write the name it had before, or remove renamed_from",
            )
        holder = new[0] if mine is not new else None
        if (kind, holder, old) in self.renamed:
            self.state.problem(
                f'two were renamed from "{old}"', *path, hint="remove one of the two"
            )
        self.renamed.add((kind, holder, old))
        if len(self.renamed) == MAX_RENAMES + 1:
            self.state.problem(
                f"more than {MAX_RENAMES:,} renames",
                *path,
                hint="make several edits of it, and remove what history has renamed already",
            )
        self.add(kind, new, old, path)


def hints(state: Build) -> Hints:
    """Return the hints of a spec; their mistakes are in the state's problems."""
    found = Collected(state, defaultdict(dict), {})
    for body in state.bodies.values():
        if body.parent is None:
            of_columns(found, body)
    tables(found)
    parts(found)
    for kind in KINDS:
        objects(found, kind)
    values(found)
    for key, codes, path in ignores(state, places(state)):
        found.add("ignores", key, codes, path)
    whole = {word: found.values.pop(word, {}) for word in ("table", *BY_WORD)}
    objects_ = {word: renamed for word, renamed in whole.items() if renamed}
    return Hints(**found.values, objects=objects_, places=found.places)


def objects(found: Collected, kind: Kind) -> None:
    """Add the renamed objects of a kind."""
    state, shapes = found.state, found.state.shapes(kind)
    for key, shape in shapes.items() if isinstance(shapes, dict) else ():
        text = getattr(shape, "renamed_from", None)
        if text is None:
            continue
        path = (kind.key, key, "renamed_from")
        if not kind.in_schema:
            if state.identifier(text, *path, at_key=False):
                found.rename(kind.word, key, text, path)
            continue
        old, new = state.name(text, *path, at_key=False), silent_name(state, key)
        if old is not None and new is not None:
            found.rename(kind.word, new, old, path)


def tables(found: Collected) -> None:
    state = found.state
    for body in state.bodies.values():
        if body.shape.renamed_from is not None:
            path = (*body.path, "renamed_from")
            old = state.name(body.shape.renamed_from, *path, at_key=False)
            if old is not None:
                found.rename("table", body.name, old, path)


def values(found: Collected) -> None:
    """Add the renamed values of enums."""
    state = found.state
    for key, shape in state.shapes(BY_WORD["enum"]).items():
        name = silent_name(state, key)
        for new, old in shape.renamed_values.items():
            path = ("enums", key, "renamed_values", new)
            if new not in shape.values:
                state.problem(
                    f'"{new}" is no value of this enum',
                    *path,
                    hint=nearest(new, shape.values)
                    or "write new: old, with the value as it is now first",
                    at_key=True,
                )
            elif name is not None:
                found.rename("enum_values", (name, new), old, path)


def parts(found: Collected) -> None:
    """Add the renamed constraints, and the renamed indexes."""
    state = found.state
    for (table, name), path in state.places.items():
        if (len(path) > 1 and path[-2] == "columns") or path[-1] in COLUMN_KEYS:
            continue  # at a column there is no place for it
        shape = at(state.shape, path)
        old = getattr(shape, "renamed_from", None)
        where = (*path, "renamed_from")
        if old is not None and state.identifier(old, *where, at_key=False):
            kind = "indexes" if "indexes" in path else "constraints"
            found.rename(kind, (table, name), old, where)


COLUMN_KEYS = frozenset(("unique", "references", "check"))


HINT_FIELDS = frozenset(("renamed_from", "using", "rewrite", "backfill"))


def of_columns(found: Collected, body: Body) -> None:
    """Add the hints of a table's columns."""
    state = found.state
    for name, shape in hinted(body):
        path, key = (*body.path, "columns", name), (body.name, name)
        column = body.columns[name]
        if shape.renamed_from is not None:
            where = (*path, "renamed_from")
            if state.identifier(shape.renamed_from, *where, at_key=False):
                found.rename("columns", key, shape.renamed_from, where)
        if shape.using is not None:
            where = (*path, "using")
            renamed = {} if shape.renamed_from is None else {shape.renamed_from: name}
            cast = expression(
                state, shape.using, body.columns, where, body.name.name, renamed
            )
            if cast is not None:
                found.add("using", key, cast.sql, where)
        if shape.rewrite:
            found.add("rewrite", key, True, (*path, "rewrite"))
        if shape.backfill is None or not may_fill(state, column, path):
            continue
        if shape.backfill == NO_ROWS:
            found.add("no_rows", key, True, (*path, "backfill"))
        else:
            sql = fill(state, body, shape, column, path)
            if sql is not None:
                found.add("backfill", key, sql, (*path, "backfill"))


def hinted(body: Body) -> Iterator[tuple[str, ColumnShape]]:
    """Yield the columns that carry a hint."""
    for name, shape in body.shape.columns.items():  # type: ignore[attr-defined]
        if name in body.columns and shape.model_fields_set & HINT_FIELDS:
            yield name, shape


def may_fill(state: Build, column: Column, path: Place) -> bool:
    """Tell whether a column may have a backfill, and report where it may not."""
    where = (*path, "backfill")
    if column.nullable:
        state.problem(
            "a column that may hold NULL needs no backfill",
            *where,
            hint='remove "backfill", or "nullable: true"',
            at_key=True,
        )
        return False
    if column.generated or column.has_sequence:
        state.problem(
            "the values of this column come from elsewhere",
            *where,
            hint='remove "backfill"',
            at_key=True,
        )
        return False
    return True


def fill(
    state: Build, body: Body, shape: ColumnShape, column: Column, path: Place
) -> str | None:
    """Return what rows get that hold NULL, as SQL."""
    where = (*path, "backfill")
    value = shape.backfill
    if (
        isinstance(value, dict)
        and list(value) == ["sql"]
        and isinstance(value["sql"], str)
    ):
        found = expression(
            state, value["sql"], body.columns, (*where, "sql"), body.name.name
        )
        if found is not None and found.sql.upper() == "NULL":
            state.problem("NULL fills nothing", *where, hint="write a value")
        return None if found is None else found.sql
    return (
        default(state, value, column.type, path, "backfill")
        if column.type is not UNKNOWN
        else None
    )
