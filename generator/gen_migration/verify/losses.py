"""What a run of a revision takes away that no spec says. Pure."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from gen_migration.kinds import access
from gen_migration.kinds.relations import Known

if TYPE_CHECKING:
    from collections.abc import Callable

    from gen_migration.catalog.values import Catalog
    from gen_migration.kinds.relations import Columns
    from gen_migration.model.schema import Schema


def gone(before: Catalog, after: Catalog, when: str, *specs: Schema) -> list[str]:
    """Return what no spec says, and is not there any more though what it is on is there.

    That is what no spec can hold, of tables, and what roles were granted where no spec says it:
    PostgreSQL keeps that for no object that is made anew.
    """
    left = set(after.unheld)
    lost = [
        f"the {when} loses the {one}"
        for one in before.unheld
        if one not in left and one.table in after.schema.tables
    ]
    columns = Known(after.schema)
    for word, name, value in access.every(before.schema):
        said = (getattr(one.of(word).get(name), "grants", None) for one in specs)
        now = after.schema.of(word).get(name)
        if now is None or any(one is not None for one in said):
            continue
        if roles := taken(value, now, partial(columns, name)):
            what = f"what {word} {name} grants to {', '.join(roles)}"
            lost.append(f"the {when} loses {what}")
    return lost


def taken(before: Any, after: Any, columns: Callable[[], Columns | None]) -> list[str]:
    """Return the roles that may do less with an object than before, but for columns that go."""
    held, now = (getattr(one, "grants", None) or {} for one in (before, after))

    def is_lost(role: str, column: str | None, word: str) -> bool:
        if (word, column) in now.get(role, {}):
            return False
        return column is None or column in {key for key, _ in columns() or ()}

    return [
        role
        for role, given in held.items()
        if any(is_lost(role, column, word) for word, column in given)
    ]
