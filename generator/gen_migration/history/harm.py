"""The harm that each revision of an edit does, as its header tells it. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gen_migration.diff.data_loss import losses, losses_of_return
from gen_migration.render.docstring import Harm
from gen_migration.rules.engine import breaking, is_loss

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gen_migration.model.schema import Spec
    from gen_migration.plan.link import Plan


def harms(made: Plan, spec: Spec) -> Iterator[Harm]:
    """Yield the harm of each revision of a plan that leads to a spec, in their order."""
    for link, found in zip(made.links, breaking(made, spec), strict=True):
        yield Harm(
            destroys=tuple(one.what for one in losses(link.operations, spec)),
            returns=losses_of_return(link.operations),
            breaks=tuple(one.message for one in found if not is_loss(one)),
            is_breaking=bool(found),
        )
