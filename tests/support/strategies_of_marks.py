"""Random marks of a table's indexes: replica identity, and clustering."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from edit_tools import some_table
from hypothesis import strategies as st

if TYPE_CHECKING:
    from collections.abc import Iterator

    Document = dict[str, Any]


def mark(draw: st.DrawFn, body: dict[str, Any]) -> None:
    """Mark indexes of a table, or take the marks off them."""
    ways: list[Any] = [None, "full", "nothing"]
    ways += [{"index": name} for name in knowing(body)] * 2
    body.pop("replica_identity", None)
    if (chosen := draw(st.sampled_from(ways))) is not None:
        body["replica_identity"] = chosen
    body.pop("cluster_on", None)
    if (index := draw(st.sampled_from([None, *ordering(body)]))) is not None:
        body["cluster_on"] = index


def knowing(body: dict[str, Any]) -> Iterator[str]:
    """Yield the indexes and keys of a table that rows can be known by."""
    columns = body["columns"]
    for name, one in body.get("uniques", {}).items():
        names = one["columns"]
        if "deferrable" not in one and not any(nullable(columns[key]) for key in names):
            yield name
    for name, one in body.get("indexes", {}).items():
        elements = one["columns"]
        if (
            one.get("unique")
            and "where" not in one
            and all(
                "column" in element and not nullable(columns[element["column"]])
                for element in elements
            )
        ):
            yield name


def nullable(column: dict[str, Any]) -> bool:
    return bool(column.get("nullable"))


def ordering(body: dict[str, Any]) -> Iterator[str]:
    """Yield the indexes and keys that the rows of a table can be ordered by."""
    if "partition_by" in body:
        return
    yield from body.get("uniques", {})
    for name, one in body.get("indexes", {}).items():
        if "where" not in one and one.get("method", "btree") in {"btree", "gist"}:
            yield name


def keep_marks(body: dict[str, Any]) -> None:
    """Take away the marks of indexes that are gone, or cannot have them any more."""
    identity = body.get("replica_identity")
    if isinstance(identity, dict) and identity["index"] not in knowing(body):
        del body["replica_identity"]
    if "cluster_on" in body and body["cluster_on"] not in ordering(body):
        del body["cluster_on"]


def change_marks(draw: st.DrawFn, document: Document) -> None:
    _, body = some_table(draw, document)
    mark(draw, body)


EDITS = [change_marks]
