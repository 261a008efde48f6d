"""Databases beside their history: where they are in it, how large they are, what is wrong."""

from __future__ import annotations

import datetime as dt
from contextlib import contextmanager
from typing import TYPE_CHECKING

from gen_migration.api.places import HISTORY, PLAIN, SCRATCH

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from gen_migration.api.places import History, Scratch
    from gen_migration.base.configuration import Configuration
    from gen_migration.model.schema import Spec
    from gen_migration.scratch.templates import Template
    from gen_migration.status.report import Status
    from gen_migration.workflows.health import Found
    from gen_migration.workflows.stats import Reading


def status(
    url: str,
    *,
    version_table: str | None = None,
    history: History = HISTORY,
    configuration: Configuration = PLAIN,
) -> Status:
    """Return where the database of a URL is in a history, what is half done, and what comes next.

    Both are only read. `version_table` is Alembic's, where it has another name. Raises Error.
    """
    from gen_migration.workflows.status import status as workflow

    return workflow(url, history.target(configuration).open(), version_table)


def stats(
    url: str, specs: Iterable[Path] = (), *, primary: str | None = None
) -> Reading:
    """Return the sizes of the tables of specs in a database, or of all that it has.

    Sizes and counters are read, and no row. `primary` is the URL of the server that takes the
    writes, where `url` is a replica's. Raises Error.
    """
    from gen_migration.history.alembic_files import creation_date
    from gen_migration.workflows.stats import read_stats

    today = creation_date(dt.datetime.now(dt.UTC)).date()
    return read_stats(url, specs, primary, today)


def doctor(
    url: str | None = None, *, history: History = HISTORY, scratch: Scratch = SCRATCH
) -> Iterator[Found]:
    """Yield what is right and wrong with the project in the working directory, and its way out.

    Files are read, a scratch database is made, and the database of `url` is asked.
    """
    from gen_migration.workflows.doctor import doctor as workflow

    return workflow(url, history.output, history.config, scratch.dev_url)


@contextmanager
def template(
    *specs: Spec, configuration: Configuration = PLAIN, scratch: Scratch = SCRATCH
) -> Iterator[Template]:
    """Yield a scratch database with the schemas of specs, dropped at the end.

    Its `copy()` is a context with the URL of a copy, which takes some milliseconds. Raises Error
    where PostgreSQL refuses a spec.
    """
    from gen_migration.scratch import templates

    dev_url, before = scratch.configured(configuration)
    with templates.template(specs, dev_url=dev_url, before=before) as found:
        yield found
