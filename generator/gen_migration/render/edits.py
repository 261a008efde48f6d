"""The statements of an edit, whatever it does. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gen_migration.plan.one_pass import in_one_pass
from gen_migration.render import alter, rename, tables
from gen_migration.render.alter_clauses import change_types
from gen_migration.render.create import plain

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from gen_migration.model.schema import Schema
    from gen_migration.operations import every as op
    from gen_migration.render.create import Part as Statement

__all__ = ("parts_of_edit", "plain")

# Imported, they are registered with `plain`.
FORMS = (alter, rename, tables)


def parts_of_edit(
    operations: Sequence[op.Operation], start: Schema
) -> list[Iterable[Statement]]:
    """Return the statements of each operation, from a schema on.

    One of several operations is with the first of them.
    """
    found: list[Iterable[Statement]] = [*map(plain, operations)]
    for position, one in in_one_pass(operations, start).items():
        others = [()] * (len(one) - 1)
        found[position : position + len(one)] = [(change_types(one),), *others]
    return found
