"""What is wrong with a project, its environment and its database, each with the way out.

Files are read and databases asked; nothing of the project is run, and nothing written but a
scratch database.
"""

from __future__ import annotations

import re
import sys
from importlib import metadata, util
from pathlib import Path
from typing import TYPE_CHECKING

from gen_migration.base.data_class import replace
from gen_migration.base.errors import Error
from gen_migration.workflows.configured import configuration_here, scratch_of, target_of
from gen_migration.workflows.database_health import database, positions
from gen_migration.workflows.health import Found

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from gen_migration.base.configuration import Configuration, SpecPlace
    from gen_migration.history.revision import Directory
    from gen_migration.history.target import Target

PACKAGES = ("gen-migration", "alembic", "sqlalchemy", "psycopg")
# The module of each driver that SQLAlchemy's URLs name, psycopg2 where they name none.
DRIVERS = {"": "psycopg2", "psycopg": "psycopg", "asyncpg": "asyncpg"}
URL = re.compile(r"^\s*sqlalchemy\.url\s*=\s*postgresql(?:\+(\w+))?://", re.MULTILINE)
# What an env.py does that the tool has a word for, and what that is.
HABITS = (
    (
        r"include_(object|name)\s*=",
        "leaves objects out of Alembic's own comparison; a spec says what is held",
    ),
    (
        r"\bversion_table(_schema)?\s*=",
        (
            "gives alembic_version another place: say it to gen-migration status with"
            " --version-table"
        ),
    ),
    (
        r"\btransaction_per_migration\s*=\s*False",
        "all revisions are one transaction, until one commits its statements one by one",
    ),
)


def doctor(
    url: str | None, output: Path | None, config: Path | None, dev_url: str | None
) -> Iterator[Found]:
    """Yield what was looked at, in the order in which a run would meet it."""
    yield versions()
    try:
        configured = configuration_here()
    except Error as error:
        yield wrong(error)
        return
    names = []
    for place in configured.places:
        found, tables = spec_of(place)
        yield found
        names += tables
    if not configured.specs:
        yield Found(
            level="note",
            text="pyproject.toml names no spec",
            hint="gen-migration init writes one to begin with",
        )
    yield from checked(lambda: history(configured, output, config))
    yield from checked(lambda: scratch(configured, dev_url))
    if url is not None:
        yield from checked(lambda: database(url, names))
        yield from checked(lambda: positions(url, targets(configured, output, config)))


def checked(look: Callable[[], Iterator[Found]]) -> Iterator[Found]:
    """Yield what is found, an error as one of it."""
    try:
        yield from look()
    except Error as error:
        yield wrong(error)


def wrong(error: Error) -> Found:
    text = f"{error.where}: {error.message}" if error.where else error.message
    return Found(level="error", text=text, hint=error.hint)


def versions() -> Found:
    """Return what is installed."""
    python = ".".join(map(str, sys.version_info[:3]))
    held = [f"Python {python}"]
    for name in PACKAGES:
        try:
            held.append(f"{name} {metadata.version(name)}")
        except metadata.PackageNotFoundError:
            held.append(f"no {name}")
    return Found(level="ok", text=", ".join(held))


def spec_of(place: SpecPlace) -> tuple[Found, list[str]]:
    """Return whether a spec can be read, and the names of its tables."""
    from gen_migration.spec.load import load_file

    try:
        spec = load_file(Path(place.path))
    except Error as error:
        first, *others = getattr(error, "errors", (error,))
        found = wrong(first)
        more = f" (and {len(others)} more)" if others else ""
        return replace(found, text=f"{found.text}{more}"), []
    names = [name.sql for name in spec.schema.tables]
    tables = f"{len(names)} table{'' if len(names) == 1 else 's'}"
    return Found(level="ok", text=f"{place.path}: {tables}"), names


def targets(
    configured: Configuration, output: Path | None, config: Path | None
) -> list[Target]:
    """Return where the revisions of the specs are, each place once. Raises Error."""
    specs: list[str | None] = [one.path for one in configured.places]
    found = {}
    for spec in specs or [None]:
        target = target_of(configured, spec, output, config, {})
        found[target.config, target.output] = target
    return [*found.values()]


def history(
    configured: Configuration, output: Path | None, config: Path | None
) -> Iterator[Found]:
    """Yield what is to be said of the histories of the specs. Raises Error."""
    for target in targets(configured, output, config):
        yield from of_directory(target.open())
        if target.config is not None:
            yield from of_config(target.config)


def of_directory(directory: Directory) -> Iterator[Found]:
    """Yield what is to be said of a directory of revisions. Raises Error."""
    from gen_migration.history import env_file
    from gen_migration.history.edit_parts import check
    from gen_migration.history.graph import heads

    revisions = directory.revisions()
    ends = heads(revisions)
    count = f"{len(revisions)} revision{'' if len(revisions) == 1 else 's'}"
    if ends[1:]:
        yield Found(
            level="error",
            text=f"{directory.root}: {count}, {len(ends)} heads: {', '.join(ends)}",
            hint='join them with "alembic merge heads", or write this branch\'s anew:'
            " gen-migration SPEC --rebase",
        )
    else:
        ours = sum(one.mark is not None for one in revisions)
        written = f", {ours} of them generated" if revisions else ""
        yield Found(level="ok", text=f"{directory.root}: {count}{written}")
    check(revisions)
    for note in env_file.notes(directory.root):
        first, _, hint = note.removeprefix("note: ").partition("\n  hint: ")
        yield Found(level="error", text=first, hint=hint)
    yield from habits(directory.root / "env.py")


def habits(path: Path) -> Iterator[Found]:
    """Yield what an `env.py`, which is not run, seems to do that matters here."""
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        return
    for pattern, words in HABITS:
        if match := re.search(pattern, text):
            line = text.count("\n", 0, match.start()) + 1
            yield Found(level="note", text=f"{path}:{line}: {words}")


def of_config(path: Path) -> Iterator[Found]:
    """Yield whether the driver that Alembic's configuration names is installed."""
    match = URL.search(path.read_text(encoding="utf-8", errors="replace"))
    if match is None:
        return
    module = DRIVERS.get(match[1] or "", match[1] or "")
    if util.find_spec(module) is None:
        yield Found(
            level="error",
            text=f"{path}: sqlalchemy.url needs the driver {module}, which is not installed",
            hint=f"pip install {module}, or name another in the URL: postgresql+psycopg://",
        )
    elif module == "asyncpg":
        yield Found(
            level="note",
            text=f"{path}: with asyncpg, progress within a statement is not told",
        )


def scratch(configured: Configuration, dev_url: str | None) -> Iterator[Found]:
    """Yield which server scratch databases are made on, once one has been. Raises Error."""
    from gen_migration.postgres import urls
    from gen_migration.scratch import databases

    url, before = scratch_of(configured, dev_url, None)
    with (
        databases.database(dev_url=url) as made,
        databases.connect(made) as connection,
    ):
        version = connection.info.server_version
    where = "the embedded server" if url is None else urls.masked(url)
    number = f"{version // 10_000}.{version % 10_000}"
    yield Found(level="ok", text=f"scratch databases: {where}, PostgreSQL {number}")
    if before is not None and not before.is_file():
        yield Found(
            level="error",
            text=f"{before}: no such file, which before in pyproject.toml names",
            hint="write it, or take the key out",
        )
