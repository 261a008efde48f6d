"""Random views for specs, over tables and over each other, and edits of them.

A query knows what it was made of, so that an edit of what is below it makes it anew.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from edit_tools import fresh, renamed_key
from gen_migration.postgres.names import split_name
from hypothesis import strategies as st
from vocabulary import literal, nonempty, place_and_name, quoted

if TYPE_CHECKING:
    from collections.abc import Callable

    Document = dict[str, Any]

COUNT, STAR = "count(*) OVER () AS n", "*"
KEPT = "materialized_views"
SECTIONS = ("views", KEPT)


@dataclass(frozen=True)
class Parts:
    """What a query selects: columns of a table, or all of a view."""

    of: str
    columns: tuple[str, ...] = ()
    extra: str = ""
    names: tuple[tuple[str, str], ...] = field(default=())

    @property
    def sql(self) -> str:
        """The query."""
        place, bare = place_and_name(self.of)
        name = place + (bare if bare.startswith('"') else quoted(bare))
        found = [f"q.{quoted(one)}{self.label(one)}" for one in self.columns]
        found += [self.extra] if self.extra else []
        where = (
            f" WHERE q.{quoted(self.columns[0])} IS NOT NULL" if self.columns else ""
        )
        return f"SELECT {', '.join(found) or 'count(*) AS m'} FROM {name} q{where}"

    def label(self, column: str) -> str:
        called = dict(self.names).get(column)
        return "" if called is None else f" AS {quoted(called)}"


class Query(str):
    """A query with its parts."""

    __slots__ = ("parts",)
    parts: Parts

    @classmethod
    def of(cls, parts: Parts) -> Query:
        found = cls(parts.sql)
        found.parts = parts
        return found

    def __deepcopy__(self, memo: Any) -> Query:
        return self


def random_parts(draw: st.DrawFn, document: Document) -> Parts:
    """Return what a view over a table, or over another view, selects."""
    held = [name for section in SECTIONS for name in document.get(section, ())]
    if draw(st.booleans()) and held:
        return Parts(draw(st.sampled_from(held)), (), STAR)
    name = draw(st.sampled_from(list(document["tables"])))
    every = list(document["tables"][name]["columns"])
    chosen = draw(st.lists(st.sampled_from(every), unique=True, max_size=3))
    extras = ["", COUNT] if chosen else ["", COUNT, STAR]
    extra = draw(st.sampled_from(extras))
    columns = tuple(one for one in chosen if one != "n")
    return Parts(name, columns, extra)


def view(draw: st.DrawFn, parts: Parts) -> dict[str, Any]:
    result: dict[str, Any] = {"query": Query.of(parts)}
    if draw(st.booleans()):
        result["comment"] = draw(nonempty)
    if draw(st.booleans()):
        result["security_barrier"] = True
    return with_comments(draw, result, parts)


def with_comments(draw: st.DrawFn, result: Document, parts: Parts) -> Document:
    """Give some columns of a view a comment."""
    result.pop("column_comments", None)
    names = [dict(parts.names).get(one, one) for one in parts.columns]
    if draw(st.booleans()) and names:
        result["column_comments"] = {names[0]: draw(nonempty)}
    return result


def add_views(draw: st.DrawFn, document: Document, name: Callable[[], str]) -> None:
    """Give a spec some views."""
    for _ in range(draw(st.integers(0, 3))):
        made = view(draw, random_parts(draw, document))
        section = "views"
        if draw(st.integers(0, 2)) == 0:
            section = KEPT
            made = materialized(draw, made, name())
            if reads_empty(document, made["query"].parts.of):
                made["with_data"] = False
        document.setdefault(section, {})[name()] = made


def reads_empty(document: Document, of: str) -> bool:
    """Tell whether a view leads to one that keeps no rows yet."""
    while of not in document["tables"]:
        if of in document.get(KEPT, {}):
            return "with_data" in document[KEPT][of]
        of = document["views"][of]["query"].parts.of
    return False


def materialized(draw: st.DrawFn, made: Document, index: str) -> Document:
    """Return a view that keeps its rows, with an index now and then."""
    made = {key: one for key, one in made.items() if key != "security_barrier"}
    if draw(st.booleans()):
        made["storage_parameters"] = {"fillfactor": draw(st.integers(50, 100))}
    if draw(st.booleans()):
        made["with_data"] = False
    if made["query"].parts.extra == COUNT and draw(st.booleans()):
        (*_, name) = split_name(index)
        made["indexes"] = {name: ["n"]}
    return made


def fitted(before: Document, document: Document) -> None:
    """Let views follow what an edit has renamed, and go with what is gone."""
    tables = renames(before["tables"], document["tables"])
    views: dict[str, str] = {}
    for section in SECTIONS:
        views |= renames(before.get(section, {}), document.get(section, {}))
    for section in SECTIONS:
        held = document.get(section, {})
        for name, one in held.items():
            parts: Parts = one["query"].parts
            is_view = any(parts.of in before.get(each, {}) for each in SECTIONS)
            of = (views if is_view else tables).get(parts.of, parts.of)
            if not is_view and of in document["tables"]:
                body = before["tables"].get(parts.of, {"columns": {}})
                present = document["tables"][of]["columns"]
                columns = renames(body["columns"], present)
                parts = followed(parts, columns, present)
            held[name] = {**one, "query": Query.of(replace(parts, of=of))}
            keep_comments(held[name])
    while gone := [
        (section, key)
        for section in SECTIONS
        for key, one in document.get(section, {}).items()
        if not stands(one, document)
    ]:
        for section, key in gone:
            del document[section][key]


def stands(view: Document, document: Document) -> bool:
    of = view["query"].parts.of
    return any(of in document.get(one, ()) for one in ("tables", *SECTIONS))


def followed(parts: Parts, columns: dict[str, str], present: Document) -> Parts:
    """Return parts after renames of columns: what comes out is called as before."""
    names = dict(parts.names)
    found, labels = [], {}
    for one in parts.columns:
        new = columns.get(one, one)
        if new in present:
            found.append(new)
            called = names.get(one, one)
            if called != new:
                labels[new] = called
    return replace(parts, columns=tuple(found), names=tuple(labels.items()))


def keep_comments(view: Document) -> None:
    parts = view["query"].parts
    names = {dict(parts.names).get(one, one) for one in parts.columns}
    comments = view.pop("column_comments", {})
    if kept := {key: one for key, one in comments.items() if key in names}:
        view["column_comments"] = kept
    if parts.extra != COUNT:
        view.pop("indexes", None)


def renames(before: Document, after: Document) -> dict[str, str]:
    """Return the new names of what an edit has renamed, by the old ones."""
    return {
        one["renamed_from"]: name
        for name, one in after.items()
        if isinstance(one, dict) and "renamed_from" in one
        if (before.get(name) or {}).get("renamed_from") != one["renamed_from"]
    }


def add_view(draw: st.DrawFn, document: Document) -> None:
    made = view(draw, random_parts(draw, document))
    document.setdefault("views", {}).setdefault("v" + fresh(draw), made)


def drop_view(draw: st.DrawFn, document: Document) -> None:
    if document.get("views"):
        del document["views"][draw(st.sampled_from(list(document["views"])))]


def change_view(draw: st.DrawFn, document: Document) -> None:
    """Select more at the end, or something else."""
    for name, one in document.get("views", {}).items():
        parts: Parts = one["query"].parts
        kept = {key: one[key] for key in ("renamed_from",) if key in one}
        more: list[str] = []
        if parts.of in document["tables"] and draw(st.booleans()):
            every = document["tables"][parts.of]["columns"]
            more = [key for key in every if key not in (*parts.columns, "n")][:1]
            labelled = {called for _, called in parts.names}
            if more and more[0] not in labelled and parts.extra != STAR:
                parts = replace(parts, columns=(*parts.columns, *more), extra="")
        elif not any(
            name == each["query"].parts.of
            for section in SECTIONS
            for each in document.get(section, {}).values()
        ):
            below = {**document, "views": {}, KEPT: {}}
            parts = random_parts(draw, below)
        document["views"][name] = {**view(draw, parts), **kept}


def rename_view(draw: st.DrawFn, document: Document) -> None:
    for name in list(document.get("views", {})):
        if "renamed_from" in document["views"][name]:
            continue
        places = ["", *(f"{schema}." for schema in document.get("schemas", ()))]
        place = draw(st.sampled_from([place_and_name(name)[0], *places]))
        new = place + "v" + fresh(draw)
        if new in document["views"]:
            return
        document["views"] = renamed_key(document["views"], name, new)
        document["views"][new]["renamed_from"] = name
        return


def drop_materialized(draw: st.DrawFn, document: Document) -> None:
    if document.get(KEPT):
        del document[KEPT][draw(st.sampled_from(list(document[KEPT])))]


def change_materialized(draw: st.DrawFn, document: Document) -> None:
    """Give a materialized view another query, other settings, or an index."""
    for name, one in document.get(KEPT, {}).items():
        parts: Parts = one["query"].parts
        kept = {key: one[key] for key in ("renamed_from",) if key in one}
        if parts.of in document["tables"] and not parts.names:
            every = document["tables"][parts.of]["columns"]
            more = [key for key in every if key not in (*parts.columns, "n")][:1]
            if more and parts.extra == "" and draw(st.booleans()):
                parts = replace(parts, columns=(*parts.columns, *more))
        made = view(draw, parts)
        document[KEPT][name] = {**materialized(draw, made, "i" + fresh(draw)), **kept}


def rename_materialized(draw: st.DrawFn, document: Document) -> None:
    for name in list(document.get(KEPT, {})):
        if "renamed_from" in document[KEPT][name]:
            continue
        new = place_and_name(name)[0] + "m" + fresh(draw)
        if new not in document[KEPT]:
            document[KEPT] = renamed_key(document[KEPT], name, new)
            document[KEPT][new]["renamed_from"] = name
        return


def label_column(draw: st.DrawFn, document: Document) -> None:
    """Give a column of a view another name, or its own again."""
    for name, one in document.get("views", {}).items():
        parts: Parts = one["query"].parts
        if draw(st.booleans()) and parts.columns:
            label = () if parts.names else ((parts.columns[0], literal("x")),)
            one["query"] = Query.of(replace(parts, names=label))
            document["views"][name] = with_comments(draw, one, one["query"].parts)


EDITS = [
    add_view,
    drop_view,
    change_view,
    rename_view,
    label_column,
    drop_materialized,
    change_materialized,
    rename_materialized,
]
