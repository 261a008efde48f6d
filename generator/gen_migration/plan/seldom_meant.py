"""Notes on what a spec may say, and seldom means. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gen_migration.base.errors import Problem
from gen_migration.model.places import spec_path
from gen_migration.operations.base import CreateTable

if TYPE_CHECKING:
    from collections.abc import Iterable

    from gen_migration.model.schema import Spec
    from gen_migration.operations.base import Operation


def seldom_meant(operations: Iterable[Operation], spec: Spec) -> list[Problem]:
    """Return what new tables of a spec are asked about: those that have no columns."""
    return [
        Problem(
            message="this table has no columns, which PostgreSQL allows and is seldom meant",
            path=spec_path(spec, one.name, "columns"),
            hint="list them: id: {type: bigint, primary_key: true}",
            at_key=True,
        )
        for one in operations
        if isinstance(one, CreateTable)
        and not one.new.columns
        and not one.new.has_given
    ]
