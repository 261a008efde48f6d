"""A spec while expansions are open. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gen_migration.base.data_class import replace

if TYPE_CHECKING:
    from collections.abc import Iterable

    from gen_migration.diff.expansions import Expansion
    from gen_migration.diff.stand_ins import StandIn
    from gen_migration.model.hints import Hints
    from gen_migration.model.schema import Spec
    from gen_migration.plan.link import Plan


def waiting_spec(spec: Spec, made: Plan) -> Spec:
    """Return a spec with what is there while expansions are open, and without their hints."""
    if not made.waiting:
        return spec
    return replace(spec, schema=made.schema, hints=without(spec.hints, made.waiting))


def without(hints: Hints, found: Iterable[Expansion | StandIn]) -> Hints:
    """Return hints without the places of those of expansions, which do something still."""
    used = set().union(*(one.hints for one in found))
    places = {key: place for key, place in hints.places.items() if key not in used}
    return replace(hints, places=places)
