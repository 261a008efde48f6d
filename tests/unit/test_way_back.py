"""The way back of a revision is planned once somebody asks; what builds alone is told so."""

from __future__ import annotations

from typing import Any

import pytest
from gen_migration.model.schema import Schema
from gen_migration.operations.base import inverse, only_builds
from gen_migration.plan import chain, first
from gen_migration.plan.planner import plan
from gen_migration.spec.load import load

SPEC = "name: shop\ntables: {orders: {columns: {id: bigint}, indexes: {ix: [id]}}}\n"


@pytest.mark.parametrize(
    ("spec", "module", "name", "expected"),
    [
        # The index goes with its table.
        (SPEC, first, "as_wholes", ["drop_table"]),
        (
            f"{SPEC}enums: {{size: [s, l]}}\n",
            chain,
            "way_back",
            ["drop_table", "drop_enum"],
        ),
    ],
    ids=["tables alone", "more than tables"],
)
def test_the_way_back_is_planned_once(
    spec: str,
    module: Any,
    name: str,
    expected: list[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked: list[Any] = []
    plain = getattr(module, name)

    def planned(*given: Any) -> Any:
        asked.append(given)
        return plain(*given)

    monkeypatch.setattr(module, name, planned)
    (link,) = plan(Schema(), load(spec, "shop.yaml").schema).links
    assert not asked
    found = link.downgrade
    assert link.downgrade is found
    assert len(asked) == 1
    assert [one.wire for one in found.operations] == expected


def test_what_builds_does_nothing_else() -> None:
    made = plan(Schema(), load(SPEC, "shop.yaml").schema)
    assert only_builds(made.operations)
    assert not only_builds(inverse(made.operations))
