"""A directive of Alembic's writes the statements that stand beside it."""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import postgast
import pytest
import sqlalchemy as sa
from alembic.migration import MigrationContext
from alembic.operations import Operations
from changes import all_changes, name_of, planned, written
from gen_migration.alembic_ops import calls
from gen_migration.alembic_ops.calls import Directed
from gen_migration.render import helpers
from gen_migration.render.online import FormContext, statements
from sqlalchemy.dialects import postgresql

if TYPE_CHECKING:
    from cases import Case
    from gen_migration.alembic_ops.calls import Call
    from gen_migration.history.drafts import Change
    from gen_migration.render.repeatable import Statement

CASES = [
    case
    for case in all_changes()
    if any("with one_by_one(" in text for text in written(case))
]


def repeated(change: Change) -> Iterator[Statement]:
    """Yield the statements of a change that commit one by one."""
    spec = change.spec
    for link in change.plan.links:
        for steps in (link.upgrade, link.downgrade):
            at = steps.start
            for operation in steps.operations if steps.autocommit else ():
                yield from statements(
                    operation, FormContext(at, spec.safety, spec.postgresql)
                )
                at = operation.apply(at)


def sql_of(directive: Call) -> str:
    """Return the SQL that Alembic makes of a directive."""
    output = io.StringIO()
    context = MigrationContext.configure(
        dialect_name="postgresql",
        dialect_opts={"paramstyle": "named"},
        opts={"as_sql": True, "output_buffer": output},
    )
    names = {"op": Operations(context), "sa": sa, "postgresql": postgresql, "Any": Any}
    names |= {"contextmanager": contextmanager, "Iterator": Iterator}
    exec(helpers.text(helpers.KEPT_INDEXES), names)  # noqa: S102 - our own
    source = calls.source(directive, set())
    exec(f"with {helpers.KEPT_INDEXES}(): {source}", names)  # noqa: S102 - our own
    return output.getvalue()


def canonical(sql: str) -> str:
    found: str = postgast.deparse(postgast.parse(sql))
    return found.rstrip(";")


@pytest.mark.parametrize("case", CASES, ids=name_of)
def test_both_are_the_same(case: Case) -> None:
    for one in repeated(planned(case)):
        if one.directive is not None:
            found = "; ".join((one.sql, *one.also))
            assert canonical(sql_of(one.directive)) == canonical(found)
        if isinstance(one.sql, Directed):
            assert canonical(sql_of(one.sql.directive)) == canonical(one.sql)


def test_there_are_enough_of_them() -> None:
    assert len(CASES) > 20
