"""Views and functions of hand-written revisions that may stand on what an edit takes away.

A spec does not know them. Of the revisions, only the text is read.
"""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING

from gen_migration.operations import columns as col
from gen_migration.operations.base import DropTable

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from gen_migration.history.revision import Revision
    from gen_migration.operations.base import Operation

CREATES = re.compile(
    r"\bcreate\s+(or\s+replace\s+)?((materialized|temp|temporary|recursive)\s+)*"
    r"(view|function|procedure|rule)\b",
    re.IGNORECASE,
)
# What PostgreSQL refuses where a view, or the body of a function, names it.
STOOD_ON = (col.SetColumnType, col.SetColumnGenerated, col.DropColumn, DropTable)


def note(
    operations: Iterable[Operation], revisions: Iterable[Revision]
) -> tuple[str, ...]:
    """Return what to say where nobody has looked whether anything stands on what changes."""
    changed = next((one for one in operations if isinstance(one, STOOD_ON)), None)
    if changed is None:
        return ()
    found = [
        one
        for one in revisions
        if one.mark is None and any(map(CREATES.search, texts(one.text)))
    ]
    if not found:
        return ()
    count = f"{len(found)} revision{'' if len(found) == 1 else 's'} by hand"
    verb = "creates" if len(found) == 1 else "create"
    told = (
        f"note: {found[0].path}: {count} {verb} views or functions; nobody has looked whether one"
        f" of them is in the way: {changed.summary}\n"
        "  hint: gen-migration SPEC --verify looks"
    )
    return (told,)


def texts(source: str) -> Iterator[str]:
    """Yield the strings of a revision; all of a text that is no Python."""
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError, RecursionError):
        yield source
        return
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value
