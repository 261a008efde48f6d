"""Rules about text search: what was made with a configuration before it changes.

Source: the PostgreSQL manual, 12.6 and ALTER TEXT SEARCH DICTIONARY ("… will not notice").
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from gen_migration.diff.set_aside import concerned
from gen_migration.operations import every as op
from gen_migration.postgres.text_search import CONFIGURATIONS, DICTIONARIES
from gen_migration.rules.finding import WARNING
from gen_migration.rules.rule import rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gen_migration.kinds.nodes import Node
    from gen_migration.model.schema import Schema
    from gen_migration.rules.contexts import Edit, Hit


@rule(
    "GM128",
    WARNING,
    op.AlterObject,
    instead="REINDEX INDEX CONCURRENTLY once it is altered, and UPDATE of the rows of such columns",
)
def searched_before(edit: Edit, one: op.AlterObject) -> Iterator[Hit]:
    """A text search configuration or a dictionary changes, and what it made before stays.

    An index and a stored generated column keep the words that they had: what is looked for by the
    new ones is not found in them, until they are built or written anew.
    """
    if one.kind not in {CONFIGURATIONS, DICTIONARIES}:
        return
    schema = edit.spec.schema
    found = concerned(schema, {(one.kind, one.name)})
    kept = sorted(said for node in found if (said := keeps(schema, node)) is not None)
    if kept:
        what = "keep what they have" if kept[1:] else "keeps what it has"
        yield edit.hit(f"{one.summary}: {', '.join(kept)} {what}")


def keeps(schema: Schema, node: Node) -> str | None:
    """Return what keeps the words that it was made with is called; None for what does not."""
    match node:
        case ("index", table, name):
            return f"index {name} of table {table}"
        case ("column", table, name):
            column = schema.tables[table].columns.get(name)
            is_kept = column is not None and column.generated is not None
            if is_kept and column.generated.stored:  # type: ignore[union-attr]
                return f"column {name} of table {table}"
        case ("materialized view", name):
            return f"materialized view {name}"
    return None
