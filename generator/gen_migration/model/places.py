"""Places of a spec's document."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from gen_migration.base.errors import Place
    from gen_migration.model.schema import Spec
    from gen_migration.postgres.names import Name


def spec_path(spec: Spec, table: Name, *rest: str) -> Place:
    """Return where a table stands in a spec, or what is below it."""
    return (*spec.places.get(("table", table), ("tables",)), *rest)
