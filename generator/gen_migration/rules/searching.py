"""Rules about what was made with a function or a configuration of text search before it changes.

Source: the PostgreSQL manual, 38.7 (Function Volatility Categories), 12.6 and ALTER TEXT SEARCH
DICTIONARY ("… will not notice").
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
def made_before(edit: Edit, one: op.AlterObject) -> Iterator[Hit]:
    """A function or a configuration of text search changes, and what it made before stays.

    An index and a stored generated column keep what they had: what is looked for by the new text,
    or by the new words, is not found in them, until they are built or written anew.
    """
    is_other = one.kind == "function" and one.old.body != one.new.body
    if not is_other and one.kind not in {CONFIGURATIONS, DICTIONARIES}:
        return
    schema = edit.spec.schema
    found = concerned(schema, {(one.kind, one.name)}, apart=given_columns(schema))
    kept = sorted(said for node in found if (said := keeps(schema, node)) is not None)
    if kept:
        what = "keep what they have" if kept[1:] else "keeps what it has"
        yield edit.hit(f"{one.summary}: {', '.join(kept)} {what}")


def given_columns(schema: Schema) -> frozenset[Node]:
    """Return the columns that are not computed: what their defaults gave is theirs."""
    return frozenset(
        ("column", name, key)
        for name, table in schema.tables.items()
        for key, column in table.columns.items()
        if column.generated is None
    )


def keeps(schema: Schema, node: Node) -> str | None:
    """Return what keeps what it was made with is called; None for what does not."""
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
