"""Runs the revisions of a directory on a database, through Alembic, without an env.py."""

from __future__ import annotations

import io
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from alembic.script import ScriptDirectory

    from gen_migration.render import Header

    Steps = Callable[[ScriptDirectory, Any], Any]


def upgrade(url: str, versions: Path, target: str = "heads") -> None:
    """Upgrade a database to a revision, each revision in a transaction of its own."""
    run(url, versions, upgrade_to(target))


def downgrade(url: str, versions: Path, target: str = "base") -> None:
    """Downgrade a database to a revision."""
    run(url, versions, downgrade_to(target))


# What `alembic upgrade` and `alembic downgrade` do; Alembic's commands have no public way to
# run without an env.py.


def upgrade_to(target: str) -> Steps:
    return lambda scripts, revision: scripts._upgrade_revs(target, revision)  # noqa: SLF001


def downgrade_to(target: str) -> Steps:
    return lambda scripts, revision: scripts._downgrade_revs(target, revision)  # noqa: SLF001


def scripts_of(versions: Path) -> ScriptDirectory:
    """Return Alembic's view of a directory of revisions."""
    from alembic.script import ScriptDirectory

    return ScriptDirectory(str(versions), version_locations=[str(versions)])


def run(url: str, versions: Path, steps: Steps) -> None:
    """Run Alembic's steps from where the database is."""
    from sqlalchemy import create_engine, pool

    scripts = scripts_of(versions)
    driver = url.replace("postgresql://", "postgresql+psycopg://", 1)
    engine = create_engine(driver, poolclass=pool.NullPool)
    with engine.connect() as connection:
        migrate(
            {"fn": lambda revision, _: steps(scripts, revision), "script": scripts},
            connection,
        )


def migrate(options: Mapping[str, Any], connection: Any = None) -> None:
    """Run migrations as `alembic.context` would."""
    from alembic.operations import Operations
    from alembic.runtime.migration import MigrationContext

    context = MigrationContext.configure(
        connection=connection,
        dialect_name=None if connection is not None else "postgresql",
        # Without a driver, `%` is a character like any other.
        dialect_opts={} if connection is not None else {"paramstyle": "named"},
        opts={"transaction_per_migration": True, **options},
    )
    with Operations.context(context), context.begin_transaction():
        context.run_migrations()


def both_ways(text: str, header: Header) -> str:
    """Return the SQL of a revision's upgrade and downgrade, as Alembic's offline mode makes it."""
    with tempfile.TemporaryDirectory() as name:
        versions = Path(name)
        for parent in (*header.parents, *(header.depends_on or ())):
            stub = f"revision = {parent!r}\ndown_revision = None\n"
            stub += "def upgrade() -> None: ...\ndef downgrade() -> None: ...\n"
            (versions / f"{parent}.py").write_text(stub, encoding="utf-8")
        (versions / f"{header.revision}.py").write_text(text, encoding="utf-8")
        up = offline_sql(versions, upgrade_to(header.revision), header.parents)
        target = f"{header.revision}@{header.parents[0]}" if header.parents else "base"
        try:
            down = offline_sql(versions, downgrade_to(target), (header.revision,))
        except NotImplementedError as error:
            down = f"-- no way back: {error}\n"
    return f"-- upgrade\n{up}\n-- downgrade\n{down}"


def upgrade_sql(versions: Path, target: str = "heads") -> str:
    """Return the SQL that Alembic's offline mode makes of an upgrade from nothing."""
    return offline_sql(versions, upgrade_to(target), ())


def offline_sql(versions: Path, steps: Steps, start: tuple[str, ...]) -> str:
    """Return the SQL of Alembic's steps from where a database would be."""
    scripts = scripts_of(versions)
    output = io.StringIO()
    migrate(
        {
            "fn": lambda revision, _: steps(scripts, revision),
            "script": scripts,
            "as_sql": True,
            "output_buffer": output,
            "starting_rev": start or None,
        }
    )
    return output.getvalue()
