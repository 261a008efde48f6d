"""The way back of a revision is planned once somebody asks; what builds alone is told so."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gen_migration.model.schema import Schema
from gen_migration.operations.base import DropTable, inverse, only_builds
from gen_migration.plan import chain, names_back
from gen_migration.plan.planner import plan
from gen_migration.spec.load import load

if TYPE_CHECKING:
    import pytest

SPEC = "name: shop\ntables: {orders: {columns: {id: bigint}, indexes: {ix: [id]}}}\n"


def test_the_way_back_is_planned_once(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[Any] = []

    def way_back(*given: Any) -> Any:
        asked.append(given)
        return names_back.way_back(*given)

    monkeypatch.setattr(chain, "way_back", way_back)
    (link,) = plan(Schema(), load(SPEC, "shop.yaml").schema).links
    assert not asked
    first = link.downgrade
    assert link.downgrade is first
    assert len(asked) == 1
    # The index goes with its table.
    assert [type(one) for one in first.operations] == [DropTable]


def test_what_builds_does_nothing_else() -> None:
    made = plan(Schema(), load(SPEC, "shop.yaml").schema)
    assert only_builds(made.operations)
    assert not only_builds(inverse(made.operations))
