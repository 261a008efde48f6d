"""The way back of a revision is planned once somebody asks; what builds alone is told so."""

from __future__ import annotations

from typing import Any

import pytest
from gen_migration.model.schema import Schema
from gen_migration.operations.base import DropTable, inverse, only_builds
from gen_migration.plan import chain, first
from gen_migration.plan.planner import plan
from gen_migration.spec.load import load

SPEC = "name: shop\ntables: {orders: {columns: {id: bigint}, indexes: {ix: [id]}}}\n"


@pytest.mark.parametrize(
    ("spec", "module", "name"),
    [
        (SPEC, first, "as_wholes"),
        (f"{SPEC}enums: {{size: [s, l]}}\n", chain, "way_back"),
    ],
    ids=["tables alone", "more than tables"],
)
def test_the_way_back_is_planned_once(
    spec: str, module: Any, name: str, monkeypatch: pytest.MonkeyPatch
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
    # The index goes with its table.
    others = [one for one in found.operations if not isinstance(one, DropTable)]
    assert [one.wire for one in others] == ["drop_enum"] * len(others)
    assert len(found.operations) == 1 + len(others)


def test_what_builds_does_nothing_else() -> None:
    made = plan(Schema(), load(SPEC, "shop.yaml").schema)
    assert only_builds(made.operations)
    assert not only_builds(inverse(made.operations))
