"""Objects of a database that a spec refuses, left out of an import with the reason.

The document of an import is built like anybody's. What is refused is taken out at the smallest
part that stands by itself (a default, an index, a column, a table), and the rest is built again,
which refuses in turn what stood on that. Pure.
"""

from __future__ import annotations

from operator import attrgetter
from typing import TYPE_CHECKING, Any

from gen_migration.base.data_class import dataclass
from gen_migration.base.errors import TooManyError, quoted
from gen_migration.catalog.values import Unheld
from gen_migration.kinds import KINDS
from gen_migration.postgres.names import quote_name, quote_text, split_name
from gen_migration.spec.load import parse

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from gen_migration.base.errors import Place, Problem
    from gen_migration.postgres.names import Name

# What a column can be without, by its key in a spec: it is the same column all the same.
OF_COLUMN = {
    "default": "default",
    "comment": "comment",
    "references": "foreign key",
    "on_delete": "foreign key",
    "on_update": "foreign key",
    "check": "check",
    "unique": "unique constraint",
    "primary_key": "primary key",
    "not_null": "constraint of NOT NULL",
    "storage": "storage",
    "compression": "compression",
    "statistics_target": "statistics target",
    "n_distinct": "n_distinct",
    "n_distinct_inherited": "n_distinct_inherited",
}
OF_REFERENCE = ("references", "on_delete", "on_update")
OF_TABLE = {
    "comment": "comment",
    "primary_key": "primary key",
    "storage_parameters": "storage parameters",
    "tablespace": "tablespace",
    "access_method": "access method",
    "replica_identity": "replica identity",
    "cluster_on": "clustering",
    "unlogged": "UNLOGGED",
    "grants": "grants",
    "owner": "owner",
}
MEMBERS = {kind.key: kind.word for kind in KINDS if kind.holders}
LISTED = {
    "columns": "column",
    "indexes": "index",
    "checks": "check",
    "uniques": "unique constraint",
    "foreign_keys": "foreign key",
    "excludes": "exclusion constraint",
    "inherited": "inherited part",
    **MEMBERS,
}
OF_OTHERS = {
    "comment": "comment",
    "owned_by": "owner",
    "version": "version",
    "grants": "grants",
    "owner": "owner",
}
TOP = {
    **{kind.key: kind.word for kind in KINDS if not kind.holders},
    "external": "table of others",
}


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a document that stands by itself: `keys` of what is at `path`, or all of that.

    `kind` and `name` are what it is called; `table` is the key of its table.
    """

    path: Place
    kind: str
    name: str
    table: str | None = None
    keys: tuple[str, ...] = ()

    @property
    def order(self) -> tuple[int, ...]:
        """What gives its turn: parts of lists go from the end, so that others keep their places."""
        positions = [-one for one in self.path if isinstance(one, int)]
        return (len(self.path), bool(self.keys), *positions)


def held(
    document: dict[str, Any], tables: Mapping[str, Name]
) -> tuple[dict[str, Any], list[Unheld]]:
    """Return what of a document a spec can hold, and what it cannot, with the reason of each.

    `tables` are the names of the tables by their keys. What is wrong with the document as a
    whole, such as its name, stays.
    """
    document, left_out = copied(document), []
    while problems := problems_of(document):
        reasons: dict[Piece, str] = {}
        for one in problems:
            part = part_of(document, one.path)
            if part is not None:
                reasons.setdefault(part, one.message)
        gone = [
            part
            for part in sorted(reasons, key=attrgetter("order"))
            if take(document, part)
        ]
        for part in gone:
            left_out.append(unheld(part, reasons[part], tables))
            left_out += [
                unheld(one, f"the sequence {quoted(part.path[1])} is left out", tables)
                for one in counting(document, part)
                if take(document, one)
            ]
        if not gone:
            break
    return document, left_out


def copied(value: Any) -> Any:
    """Return a document whose collections can be changed."""
    if isinstance(value, dict):
        return {key: copied(item) for key, item in value.items()}
    return [copied(item) for item in value] if isinstance(value, list) else value


def problems_of(document: dict[str, Any]) -> list[Problem]:
    """Return what the builder refuses of a document, or as much of that as is told at once."""
    try:
        return parse(document)[1]
    except TooManyError as too_many:
        return list(too_many.args[0])


def unheld(part: Piece, reason: str, tables: Mapping[str, Name]) -> Unheld:
    return Unheld(
        kind=part.kind,
        name=part.name,
        table=tables.get(part.table or ""),
        reason=reason,
    )


def part_of(document: dict[str, Any], path: Place) -> Piece | None:
    """Return the smallest part around a place that a spec can be without."""
    match path:
        case ("tables", key, *rest):
            return of_body(document, ("tables", key), tuple(rest), str(key))
        case (kind, key, of, name, *_) if kind in TOP and of in MEMBERS:
            return Piece(path[:4], MEMBERS[str(of)], f"{name} of {key}")
        case (kind, key, *rest) if kind in TOP:
            word = TOP[str(kind)]
            listed = isinstance(document[str(kind)], list)
            name = str(at(document, path[:2]) if listed else key)
            attribute = str(rest[0]) if rest else ""
            if attribute in OF_OTHERS:
                what = f"{OF_OTHERS[attribute]} of {word}"
                return Piece(path[:2], what, name, keys=(attribute,))
            return Piece(path[:2], word, name)
    return None


def of_body(
    document: dict[str, Any], start: Place, rest: Place, table: str
) -> Piece | None:
    """Return the part of a table, or of a partition, whose place is `start`."""
    name = str(start[-1])
    match rest:
        case ("partitions", key, *more):
            return of_body(document, (*start, "partitions", key), tuple(more), table)
        case ("columns", column, attribute, *_) if attribute in OF_COLUMN:
            what = OF_COLUMN[str(attribute)]
            keys = OF_REFERENCE if attribute in OF_REFERENCE else (str(attribute),)
            place = (*start, "columns", column)
            return Piece(place, what, f"{column} of {name}", table, keys)
        case (kind, key, *_) if kind in LISTED:
            place = (*start, kind, key)
            called = listed_name(at(document, place)) if isinstance(key, int) else key
            return Piece(place, LISTED[str(kind)], f"{called} of {name}", table)
        case (key, *_) if key in OF_TABLE:
            return Piece(start, OF_TABLE[str(key)], name, table, (str(key),))
    word = "table" if start[:-1] == ("tables",) else "partition"
    return Piece(start, word, name, table)


def listed_name(value: Any) -> str:
    """Return what a constraint of a list is called here: the convention names it."""
    columns = value.get("columns", value) if isinstance(value, dict) else value
    return f"({', '.join(map(str, columns))})"


def at(document: Any, path: Iterable[str | int]) -> Any:
    """Return what is at a place. Raises KeyError or IndexError where nothing is."""
    for key in path:
        document = document[key]
    return document


def take(document: dict[str, Any], part: Piece) -> bool:
    """Take a part out of a document; False where it went with what it was in."""
    *around, last = part.path
    try:
        container = at(document, around)
        value = container[last]
    except (KeyError, IndexError):
        return False
    if not part.keys:
        del container[last]
        return True
    return any([value.pop(key, None) is not None for key in part.keys])  # noqa: C419 - all of them


def counting(document: dict[str, Any], part: Piece) -> Iterator[Piece]:
    """Yield the defaults that take their values from a sequence that is gone."""
    if part.path[0] != "sequences" or part.keys:
        return
    # As a default ends that names it, whatever schema stands before.
    name = quote_text(quote_name(split_name(str(part.path[1]))[-1])).lstrip("E")[1:]
    for table, body in document.get("tables", {}).items():
        for column, value in body["columns"].items():
            default = value.get("default") if isinstance(value, dict) else None
            if isinstance(default, dict) and name in str(default.get("sql", "")):
                place = ("tables", table, "columns", column)
                called = f"{column} of {table}"
                yield Piece(place, "default", called, table, ("default",))
