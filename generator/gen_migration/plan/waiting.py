"""A spec while expansions are open. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gen_migration.base.data_class import replace

if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Any

    from gen_migration.diff.expansions import Expansion
    from gen_migration.model.hints import Hints
    from gen_migration.model.schema import Spec
    from gen_migration.plan.planner import Plan


def waiting_spec(spec: Spec, made: Plan) -> Spec:
    """Return a spec with what is there while expansions are open, and without their hints."""
    if not made.waiting:
        return spec
    return replace(spec, schema=made.schema, hints=without(spec.hints, made.waiting))


def without(hints: Hints, found: Iterable[Expansion]) -> Hints:
    """Return hints without those of the columns of expansions, which do something still."""
    names = {(one.table, name) for one in found for name in (one.label, *one.names)}

    def is_left(kind: str, key: Any) -> bool:
        return kind not in FIELDS or key not in names

    return replace(
        hints,
        **{
            field: {k: v for k, v in getattr(hints, field).items() if k not in names}
            for field in FIELDS
        },
        places={key: place for key, place in hints.places.items() if is_left(*key)},
    )


FIELDS = ("columns", "using", "expand")


FIELDS = ("columns", "using", "expand")
