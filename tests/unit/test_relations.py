"""Columns of views that stand on each other, however deep."""

from __future__ import annotations

import pytest
from gen_migration.base.errors import Errors
from gen_migration.kinds.relations import MAX_DEPTH, Known
from gen_migration.postgres.names import Name
from gen_migration.spec.load import load

COUNT = 3 * MAX_DEPTH


def spec(last: str, columns: str) -> str:
    """Return a spec of views, each over the one after it, and the last over another relation."""
    below = [*(f"v{number}" for number in range(1, COUNT)), last]
    views = "".join(
        f"  v{number}: SELECT {columns} FROM {one}\n"
        for number, one in enumerate(below)
    )
    return f"name: app\ntables: {{t: {{columns: {{a: bigint}}}}}}\nviews:\n{views}"


def test_a_star_far_above_a_table_stands_for_its_columns() -> None:
    schema = load(spec("t", "*"), "app.yaml").schema
    assert schema.of("view")[Name(None, "v0")].query == "SELECT a FROM v1"
    # Asked from above, when nothing of what is below is known yet.
    found = Known(schema)(Name(None, "v0"))
    assert found is not None
    assert [name for name, _ in found] == ["a"]


def test_a_long_circle_is_told() -> None:
    with pytest.raises(Errors, match="it selects from") as caught:
        load(spec("v0", "*"), "app.yaml")
    assert len(caught.value.errors) > 1
