"""The statements of the indexes of materialized views."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

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


def is_renamed(old: Mapping[str, Index], new: Mapping[str, Index]) -> bool:
    """Tell whether indexes are others by their names alone."""
    left = [one for key, one in old.items() if key not in new]
    for key, one in new.items():
        if key not in old and one in left:
            left.remove(one)
        elif old.get(key) != one:
            return False
    return not left


def index_statements(
    of: Any, old: Mapping[str, Index], new: Mapping[str, Index], *, concurrently: bool
) -> Iterator[str]:
    """Yield what makes other indexes of some; what is the same but for its name is renamed.

    One that changes under its name is built aside, so that REFRESH CONCURRENTLY always finds a
    unique one. Concurrently, each statement can be repeated: what a run has left behind goes first.
    """
    drop = "DROP INDEX CONCURRENTLY IF EXISTS" if concurrently else "DROP INDEX"
    left = {key: one for key, one in old.items() if new.get(key) != one}
    for key, one in new.items():
        if old.get(key) == one:
            continue
        before = next((k for k, each in left.items() if each == one), None)
        if (
            before is not None
            and key not in old
            and before not in new
            and not concurrently
        ):
            del left[before]
            yield f"ALTER {called(of, before)} RENAME TO {quote_name(key)}"
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
