"""The SQL of a change, there and back: what its revisions do to the schema, and nothing else."""

from __future__ import annotations

import inspect
import io
import textwrap
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, nullcontext
from typing import TYPE_CHECKING, Any

from gen_migration.postgres.hidden import shown

if TYPE_CHECKING:
    from gen_migration.model.schema import Spec
    from gen_migration.plan.link import Direction
    from gen_migration.review.review import Review

ALONE = "each statement commits by itself"


def render(review: Review) -> str:
    """Return the SQL of upgrade and downgrade by parts, without transactions and timeouts.

    As `gen-migration SPEC --sql` prints it, it has those as well, and Alembic's own table.
    """
    from gen_migration.history.titles import summary
    from gen_migration.render.marker import Part

    links, spec = review.plan.links, review.spec
    if not links:
        return ""
    there, back = ["-- upgrade"], ["-- downgrade"]
    for number, link in enumerate(links, 1):
        part = Part(number, len(links)) if links[1:] else None
        title = f"part {part}: {summary(link.operations)}" if part else None
        there += section(link.upgrade, spec, title)
        back[1:1] = section(link.downgrade, spec, title and f"back from {title}")
    return "\n".join(there) + "\n\n" + "\n".join(back) + "\n"


def section(steps: Direction, spec: Spec, title: str | None) -> list[str]:
    """Return the lines of one part."""
    alone = ALONE if steps.autocommit and steps.refusal is None else None
    said = "; ".join(one for one in (title, alone) if one)
    head = ["", *(f"-- {line}" for line in shown(said).splitlines())] if said else []
    return [*head, *sql_of(steps, spec).splitlines()]


def sql_of(steps: Direction, spec: Spec) -> str:
    """Return the SQL that Alembic's offline mode makes of the statements of a revision."""
    import sqlalchemy as sa
    from alembic.operations import Operations, ops
    from alembic.runtime.migration import MigrationContext
    from sqlalchemy.dialects import postgresql

    from gen_migration.render.helpers import (
        KEPT_INDEXES,
        WITH_SECRETS,
        WITH_TABS,
        text,
    )
    from gen_migration.render.ways import way

    class Laid(Operations):
        """Operations whose SQL is not as deep as in a revision."""

        def execute(self, sqltext: Any, **_: Any) -> None:
            self.invoke(ops.ExecuteSQLOp(inspect.cleandoc(sqltext)))

        def with_tabs(self, sql: str) -> None:
            """Do as the helper of this name does in a revision."""
            impl = self.get_context().impl
            whole = sa.text(textwrap.dedent(sql)).compile(dialect=impl.dialect)
            impl.static_output(str(whole).strip() + impl.command_terminator)

        def statements(self, sql: Sequence[str], **_: Any) -> None:
            """Do as the helper of this name does in a revision."""
            for one in sql:
                self.execute(one.replace(":", r"\:"))

    output = io.StringIO()
    context = MigrationContext.configure(
        dialect_name="postgresql",
        # Without a driver, `%` is a character like any other.
        dialect_opts={"paramstyle": "named"},
        # Without transactions of its own, it writes no BEGIN and no COMMIT.
        opts={"as_sql": True, "output_buffer": output, "transactional_ddl": False},
    )
    found = way(steps, spec)(set())
    op = Laid(context)
    names: dict[str, Any] = {"op": op, "sa": sa, "postgresql": postgresql}
    names |= {"textwrap": textwrap, "statements": op.statements}
    names[WITH_SECRETS], names[WITH_TABS] = op.execute, op.with_tabs
    names |= {"contextmanager": contextmanager, "Iterator": Iterator, "Any": Any}
    exec(text(KEPT_INDEXES), names)  # noqa: S102 - our own text
    try:
        for around, body in (("", found.first), *found.blocks):
            with names[KEPT_INDEXES]() if KEPT_INDEXES in around else nullcontext():
                for statement in body:
                    exec(compile(statement, "revision.py", "exec"), names)  # noqa: S102 - our own text
    except NotImplementedError as error:
        return f"-- no way back: {error}"
    return shown("\n".join(one for one in output.getvalue().split("\n") if one))
