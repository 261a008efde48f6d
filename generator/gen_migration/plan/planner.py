"""The plan of an edit: its operations in an order that PostgreSQL accepts, as revisions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gen_migration.base.data_class import dataclass
from gen_migration.diff.differ import difference
from gen_migration.model.hints import Hints
from gen_migration.operations.base import apply
from gen_migration.operations.origins import Origins
from gen_migration.plan.chain import links, single
from gen_migration.plan.order import ordered

if TYPE_CHECKING:
    from gen_migration.diff.columns import Question, Refusal
    from gen_migration.model.schema import Schema
    from gen_migration.operations.base import (
        Operation,
    )
    from gen_migration.plan.link import PlannedRevision


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """The operations that lead from one schema to another, and the revisions that do them.

    `schema` is that other one, with the owners and the grants that it leaves as they were.
    """

    operations: tuple[Operation, ...]
    schema: Schema
    links: tuple[PlannedRevision, ...] = ()
    questions: tuple[Question | Refusal, ...] = ()

    @property
    def upgrade(self) -> tuple[Operation, ...]:
        """The steps of all revisions, one after the other."""
        return tuple(step for link in self.links for step in link.upgrade.operations)

    @property
    def downgrade(self) -> tuple[Operation, ...]:
        """The steps of all revisions on the way back."""
        back = reversed(self.links)
        return tuple(step for link in back for step in link.downgrade.operations)


def plan(
    old: Schema,
    new: Schema,
    hints: Hints | None = None,
    origins: Origins | None = None,
    postgresql: int = 14,
    *,
    online: bool = True,
) -> Plan:
    """Return how one schema becomes another on PostgreSQL of this version or later.

    Not `online`, nobody uses the tables meanwhile: it is one revision with one transaction.
    """
    found = difference(old, new, hints or Hints(), origins or Origins())
    operations = ordered(found)
    schema = apply(found.new, found.last)
    made = links(old, schema, operations, postgresql) if online else ()
    if not online and operations:
        made = (single(old, schema, operations, postgresql),)
    return Plan(
        operations=operations, schema=schema, links=made, questions=found.questions
    )
