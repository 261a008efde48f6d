"""Runs of a history, generated and hand-written revisions alike, on a scratch database.

As `alembic upgrade` does, but for the env.py, which would connect to the database that it
knows: Alembic's environment is set up here, so that `alembic.op` and `alembic.context` work in
a revision. Each revision runs in a transaction of its own, since what `ALTER TYPE … ADD VALUE`
adds can be used only after a commit; Alembic's default, one transaction for all, has to be asked
for.
"""

from __future__ import annotations

import contextlib
import logging
from functools import lru_cache
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any

from gen_migration.base import progress
from gen_migration.base.data_class import dataclass
from gen_migration.base.errors import Error
from gen_migration.catalog.reader import unreachable
from gen_migration.postgres import urls
from gen_migration.postgres.secret_values import Placeholders

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from alembic.runtime.migration import RevisionStep
    from alembic.script import ScriptDirectory
    from sqlalchemy import Connection, Engine

    from gen_migration.history.revision import Runnable

    # From the scripts and the revisions that a database is at, to what is to run.
    Steps = Callable[[ScriptDirectory, Any], list[RevisionStep]]


def upgrade(
    url: str,
    directory: Runnable,
    target: tuple[str, ...] | str = "heads",
    *,
    per_migration: bool = True,
) -> None:
    """Upgrade the database of a URL to a target of Alembic's, or to several revisions.

    `per_migration` is Alembic's `transaction_per_migration`. Each revision is told (`progress`).
    Raises Error with file and line where a revision fails; the database is left as it was before
    that revision.
    """
    steps = upgrade_to(target)
    run(url, directory, steps, per_migration=per_migration)


def downgrade(
    url: str,
    directory: Runnable,
    target: tuple[str, ...] | str = "base",
) -> None:
    """Downgrade the database of a URL to a target of Alembic's.

    Several revisions are what is left, with all that they need; none of them leaves nothing.
    Otherwise as `upgrade`.
    """
    run(url, directory, downgrade_to(target))


# What `alembic upgrade` and `alembic downgrade` do; Alembic's commands have no public way to
# run without an env.py.


def upgrade_to(target: tuple[str, ...] | str) -> Steps:
    def steps(scripts: ScriptDirectory, current: Any) -> list[RevisionStep]:
        if target == ():
            return []
        return scripts._upgrade_revs(target, current)  # type: ignore[arg-type]  # noqa: SLF001

    return steps


def downgrade_to(target: tuple[str, ...] | str) -> Steps:
    def steps(scripts: ScriptDirectory, current: Any) -> list[RevisionStep]:
        if isinstance(target, str):
            return scripts._downgrade_revs(target, current)  # noqa: SLF001
        from alembic.runtime.migration import MigrationStep

        # What the database has beyond the target and its needs, the newest first.
        gone = scripts.iterate_revisions(current, target, implicit_base=True)
        return [
            MigrationStep.downgrade_from_script(scripts.revision_map, one)
            for one in gone
        ]

    return steps


SILENT = logging.NullHandler()


@dataclass(slots=True)
class Running:
    """The revision that runs now; none before the first and after the last."""

    step: RevisionStep | None = None


def run(
    url: str,
    directory: Runnable,
    steps: Steps,
    *,
    per_migration: bool = True,
) -> None:
    """Run Alembic's steps from where a database is. Raises Error."""
    from alembic.runtime.environment import EnvironmentContext

    from gen_migration.history.alembic_errors import locations_of, of_step, told

    # What revisions say of their progress is for databases that somebody waits for.
    logging.getLogger("alembic.gen_migration").addHandler(SILENT)
    config, scripts = directory.environment()
    # A revision that asks for the project's database gets the scratch database.
    config.set_main_option("sqlalchemy.url", with_driver(url).replace("%", "%%"))
    running = Running()

    def each(current: Any, _: Any) -> Iterator[RevisionStep]:
        with named_functions():
            found = steps(scripts, current)
        for number, step in enumerate(found, 1):
            running.step = step
            progress.tell(line(step, number, len(found)))
            yield step
        running.step = None

    with (
        connection_to(url) as connection,
        told(str(directory.root), lambda: locations_of(scripts)),
        EnvironmentContext(config, scripts, fn=each) as environment,
    ):
        try:
            environment.configure(
                connection=connection,
                transaction_per_migration=per_migration,
                secrets=Placeholders(),  # no secret is for a scratch database
            )
            with environment.begin_transaction():
                environment.run_migrations()
        except (Error, KeyboardInterrupt):
            raise
        except BaseException as error:
            # A revision may raise anything, SystemExit too.
            if (interrupt := interruption(error)) is not None:
                raise interrupt from None
            if running.step is None:
                raise
            raise of_step(error, running.step) from None


def interruption(error: BaseException) -> BaseException | None:
    """Return Ctrl-C or SIGTERM, where one is behind what a revision or SQLAlchemy raised."""
    behind: BaseException | None = error
    while behind is not None and not isinstance(behind, KeyboardInterrupt):
        behind = behind.__cause__ or behind.__context__
    return behind


@contextlib.contextmanager
def named_functions() -> Iterator[None]:
    """Raise Error where a revision lacks the function that is to run."""
    from gen_migration.base.files import from_here

    try:
        yield
    except AttributeError as error:
        if not isinstance(error.obj, ModuleType):
            raise
        raise Error(
            f"the revision has no {error.name}()",
            where=str(from_here(Path(str(error.obj.__file__)))),
            hint="write it; where there is nothing to do, with `pass` in it",
        ) from None


def line(step: RevisionStep, number: int, count: int) -> str:
    """Return what is said of a step before it runs."""
    name = "upgrade" if step.is_upgrade else "downgrade"
    return f"{name} {number} of {count}: {step.revision.revision} {step.doc or ''}".rstrip()


def with_driver(url: str) -> str:
    """Return a URL as SQLAlchemy takes it."""
    return urls.for_libpq(url).replace("postgresql://", "postgresql+psycopg://", 1)


@lru_cache(maxsize=4)
def engine_of(url: str) -> Engine:
    """Return an engine of SQLAlchemy without connections.

    The first one of an engine asks the server for much that does not change.
    """
    from sqlalchemy import create_engine, pool

    return create_engine(with_driver(url), poolclass=pool.NullPool)


@contextlib.contextmanager
def connection_to(url: str) -> Iterator[Connection]:
    """Yield a connection of SQLAlchemy. Raises Error when there is none."""
    from sqlalchemy.exc import DBAPIError

    from gen_migration.postgres.driver import driver

    driver()
    try:
        connection = engine_of(url).connect()
    except DBAPIError as error:
        raise unreachable(url, error.orig) from None
    with connection:
        yield connection
