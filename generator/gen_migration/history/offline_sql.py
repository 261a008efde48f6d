"""Revisions run on a database, or written as the SQL of Alembic's offline mode."""

from __future__ import annotations

import io
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from gen_migration.history import migrate
from gen_migration.history.directory import OutputDirectory
from gen_migration.history.migrate import downgrade_to, upgrade_to
from gen_migration.postgres.hidden import shown

if TYPE_CHECKING:
    from collections.abc import Sequence

    from alembic.config import Config
    from alembic.script import ScriptDirectory

    from gen_migration.history.migrate import Steps
    from gen_migration.render.docstring import Header


def upgrade(url: str, versions: Path, target: str = "heads") -> None:
    """Upgrade a database to a revision. Raises Error."""
    migrate.upgrade(url, OutputDirectory(versions), target)


def downgrade(url: str, versions: Path, target: str = "base") -> None:
    """Downgrade a database to a revision. Raises Error."""
    migrate.downgrade(url, OutputDirectory(versions), target)


def both_ways(texts: Sequence[str], headers: Sequence[Header]) -> str:
    """Return the SQL of revisions' upgrade and downgrade, as Alembic's offline mode makes it.

    They follow one another.
    """
    first, last = headers[0], headers[-1]
    with tempfile.TemporaryDirectory() as name:
        versions = Path(name)
        for parent in (*first.parents, *(first.depends_on or ())):
            stub = f"revision = {parent!r}\ndown_revision = None\n"
            stub += "def upgrade() -> None: ...\ndef downgrade() -> None: ...\n"
            (versions / f"{parent}.py").write_text(stub, encoding="utf-8")
        for text, header in zip(texts, headers, strict=True):
            (versions / f"{header.revision}.py").write_text(text, encoding="utf-8")
        environment = OutputDirectory(versions).environment()
        up = offline_sql(environment, upgrade_to(last.revision), first.parents)
        target = f"{last.revision}@{first.parents[0]}" if first.parents else "base"
        try:
            down = offline_sql(environment, downgrade_to(target), (last.revision,))
        except NotImplementedError as error:
            down = f"-- no way back: {error}\n"
    return f"-- upgrade\n{up}\n-- downgrade\n{down}"


def offline_sql(
    environment: tuple[Config, ScriptDirectory], steps: Steps, start: tuple[str, ...]
) -> str:
    """Return the SQL of Alembic's steps from where a database would be."""
    from alembic.runtime.environment import EnvironmentContext

    config, scripts = environment
    output = io.StringIO()
    with EnvironmentContext(
        config, scripts, fn=lambda current, _: steps(scripts, current), as_sql=True
    ) as context:
        context.configure(
            dialect_name="postgresql",
            # Without a driver, `%` is a character like any other.
            dialect_opts={"paramstyle": "named"},
            transaction_per_migration=True,
            output_buffer=output,
            starting_rev=start or None,  # type: ignore[arg-type]
        )
        with context.begin_transaction():
            context.run_migrations()
    # Names in directives are as they are.
    return shown(output.getvalue())
