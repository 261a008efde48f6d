"""Random edits of a random spec, as an engineer would make them: renames, types, partitions, ….

What they give is valid by construction, or left out: an edit that the loader refuses is undone.
"""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, Any

import edits_of_columns
import edits_of_partitions
import edits_of_parts
import edits_of_tables
import edits_of_types
import strategies_of_domains
import strategies_of_functions
import strategies_of_marks
import strategies_of_members
import strategies_of_operators
import strategies_of_replication
import strategies_of_text_search
import strategies_of_types
import strategies_of_views
from gen_migration.base.errors import Error
from gen_migration.spec.load import load
from hypothesis import strategies as st
from strategies_of_marks import keep_marks
from strategies_of_partitions import keep_inherited, keep_own, without_states
from yaml_text import yaml_text

if TYPE_CHECKING:
    from collections.abc import Callable

    Edit = Callable[[st.DrawFn, dict[str, Any]], None]

EDITS: list[Edit] = [
    *edits_of_tables.EDITS,
    *edits_of_columns.EDITS,
    *edits_of_parts.EDITS,
    *edits_of_types.EDITS,
    *strategies_of_domains.EDITS,
    *strategies_of_functions.EDITS,
    *strategies_of_members.EDITS,
    *strategies_of_marks.EDITS,
    *strategies_of_replication.EDITS,
    *strategies_of_text_search.EDITS,
    *strategies_of_operators.EDITS,
    *strategies_of_types.EDITS,
    *strategies_of_views.EDITS,
    *edits_of_partitions.EDITS,
]


@st.composite
def edited(draw: st.DrawFn, old: dict[str, Any]) -> dict[str, Any]:
    """Return a document after one to five edits."""
    document: dict[str, Any] = without_hints(copy.deepcopy(old))
    for _ in range(draw(st.integers(1, 5))):
        changed = copy.deepcopy(document)
        draw(st.sampled_from(EDITS))(draw, changed)
        without_states(changed)
        for body in changed["tables"].values():
            keep_own(body, body["columns"])
            keep_inherited(body)
            keep_marks(body)
        strategies_of_views.fitted(document, changed)
        strategies_of_replication.fit(document, changed)
        try:
            load(yaml_text(changed), "edited.yaml")
        except Error:
            continue
        document = changed
    return document


def without_hints(document: Any) -> Any:
    """Return a document without what an edit before it has said of itself."""
    if isinstance(document, dict):
        return {
            name: without_hints(value)
            for name, value in document.items()
            # A column, or another object, may be called as a hint is.
            if name not in HINTS or (isinstance(value, dict) and OBJECTS & {*value})
        }
    return document


HINTS = frozenset(("renamed_from", "renamed_values", "using", "backfill"))
OBJECTS = frozenset(
    """
    type subtype columns attributes query values tables template mappings
    """.split()
)
