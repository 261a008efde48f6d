"""The statements of the indexes of materialized views."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gen_migration.base.data_class import replace
from gen_migration.postgres.names import aside, quote_name
from gen_migration.sql import ddl

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from gen_migration.model.schema import Index


def created_index(of: Any, name: str, value: Index) -> Iterator[str]:
    """Yield what creates an index."""
    yield ddl.create_index(of, name, value)
    if value.comment is not None:
        yield ddl.comment(called(of, name), value.comment)


def called(of: Any, name: str) -> str:
    """Return an index, which is in the schema of its view."""
    return f"INDEX {of._replace(name=name).sql}"


def built(value: Index) -> Index:
    """Return an index without what PostgreSQL can set on one that is there."""
    return replace(value, storage_parameters={}, comment=None)


def renamed(
    old: Mapping[str, Index], new: Mapping[str, Index]
) -> Iterator[tuple[str, str]]:
    """Yield the old and the new name of indexes that are the same but for those."""
    left = {key: one for key, one in old.items() if key not in new}
    for key, one in new.items():
        if key not in old:
            before = next((k for k, each in left.items() if each == one), None)
            if before is not None:
                del left[before]
                yield before, key


def are_built(old: Mapping[str, Index], new: Mapping[str, Index]) -> bool:
    """Tell whether indexes are built or dropped, and not only set or called otherwise."""
    pairs = [*renamed(old, new)]
    left = old.keys() - new.keys() - {before for before, _ in pairs}
    kept = {after for _, after in pairs}
    return bool(left) or any(
        key not in kept and (key not in old or built(old[key]) != built(one))
        for key, one in new.items()
    )


def parameter_statements(
    what: str, old: Mapping[str, str], new: Mapping[str, str]
) -> Iterator[str]:
    """Yield what sets storage parameters that are new or others, and resets what is gone."""
    if given := {key: text for key, text in new.items() if old.get(key) != text}:
        yield f"ALTER {what} SET ({ddl.parameters(given)})"
    if gone := [key for key in old if key not in new]:
        yield f"ALTER {what} RESET ({', '.join(gone)})"


def setting_statements(what: str, old: Index, new: Index) -> Iterator[str]:
    """Yield what sets on an index what is otherwise than it was built."""
    yield from parameter_statements(
        what, old.storage_parameters, new.storage_parameters
    )
    if old.comment != new.comment:
        yield ddl.comment(what, new.comment)


def index_statements(
    of: Any, old: Mapping[str, Index], new: Mapping[str, Index], *, concurrently: bool
) -> Iterator[str]:
    """Yield what makes other indexes of some; what is the same but for its name is renamed.

    What PostgreSQL can set on one that is there is set. One that is otherwise built under its name
    is built aside, so that REFRESH CONCURRENTLY always finds a unique one. Concurrently, each
    statement can be repeated: what a run has left behind goes first.
    """
    drop = "DROP INDEX CONCURRENTLY IF EXISTS" if concurrently else "DROP INDEX"
    there = {
        key: one
        for key, one in old.items()
        if key in new and built(one) == built(new[key])
    }
    names = {} if concurrently else {to: one for one, to in renamed(old, new)}
    stay = {*there, *names.values()}
    left = {key: one for key, one in old.items() if key not in stay}
    for key, one in new.items():
        if key in there:
            yield from setting_statements(called(of, key), there[key], one)
            continue
        if key in names:
            yield f"ALTER {called(of, names[key])} RENAME TO {quote_name(key)}"
            continue
        in_place = aside(key) if key in left else key
        if concurrently:
            yield f"{drop} {of._replace(name=in_place).sql}"
        yield ddl.create_index(of, in_place, one, concurrently=concurrently)
        if key in left:
            del left[key]
            yield f"{drop} {of._replace(name=key).sql}"
            yield f"ALTER {called(of, in_place)} RENAME TO {quote_name(key)}"
        if one.comment is not None:
            yield ddl.comment(called(of, key), one.comment)
    for key in left:
        yield f"{drop} {of._replace(name=key).sql}"
