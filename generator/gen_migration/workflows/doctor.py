"""What is wrong with a project, its environment and its database, each with the way out.

Files are read and databases asked; nothing of the project is run, and nothing written but a
scratch database.
"""

from __future__ import annotations

import re
import sys
from importlib import metadata, util
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from gen_migration.base.data_class import dataclass, replace
from gen_migration.base.errors import Error
from gen_migration.workflows.configured import configuration_here, scratch_of, target_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from gen_migration.base.configuration import Configuration, SpecPlace
    from gen_migration.history.revision import Directory

Level = Literal["ok", "note", "error"]
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
OLDEST = 14
RIGHTS = """
SELECT current_user, current_setting('server_version_num')::int / 10000,
    has_database_privilege(current_database(), 'CREATE'),
    (SELECT has_schema_privilege(oid, 'CREATE') FROM pg_namespace WHERE nspname = current_schema()),
    current_schema(), pg_has_role('pg_monitor', 'MEMBER'),
    current_setting('max_locks_per_transaction')::int, current_setting('lock_timeout')
"""
OWNERS = """
SELECT c.oid::regclass::text, pg_get_userbyid(relowner) FROM unnest(%s::text[]) AS name
JOIN pg_class AS c ON c.oid = to_regclass(name)
WHERE NOT pg_has_role(relowner, 'MEMBER') ORDER BY 1
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What was looked at: as it should be, worth to know, or wrong; and how to mend it."""

    level: Level
    text: str
    hint: str = ""


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


def history(
    configured: Configuration, output: Path | None, config: Path | None
) -> Iterator[Found]:
    """Yield what is to be said of the histories of the specs. Raises Error."""
    targets = {}
    specs: list[str | None] = [one.path for one in configured.places]
    for spec in specs or [None]:
        target = target_of(configured, spec, output, config, {})
        targets[target.config, target.output] = target
    for target in targets.values():
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


def database(url: str, tables: Iterable[str]) -> Iterator[Found]:
    """Yield what the user of a database may do of what revisions do. Raises Error."""
    from gen_migration.catalog.reader import connection_to
    from gen_migration.postgres import urls

    with connection_to(url) as connection:
        row = connection.execute(RIGHTS).fetchone()
        strange = connection.execute(OWNERS, [[*tables]]).fetchall()
    user, version, in_database, in_schema, schema, monitors, locks, timeout = row
    name = urls.masked(url)
    level: Level = "ok" if version >= OLDEST else "error"
    yield Found(
        level=level,
        text=f"{name}: PostgreSQL {version}, as {user}",
        hint="" if level == "ok" else f"{OLDEST} is the oldest that is held",
    )
    if not in_schema:
        yield Found(
            level="error",
            text=f"{user} may not create anything in the schema {schema}",
            hint=f"as its owner: GRANT CREATE ON SCHEMA {schema} TO {user}"
            if schema
            else "create a schema that is in search_path",
        )
    if not in_database:
        yield Found(
            level="note",
            text=f"{user} may not create schemas or extensions in this database",
            hint="where a spec has some: GRANT CREATE ON DATABASE",
        )
    for table, owner in strange:
        yield Found(
            level="error",
            text=f"the table {table} belongs to {owner}, and {user} is no member",
            hint=f"ALTER TABLE needs that: GRANT {owner} TO {user}",
        )
    if not monitors:
        yield Found(
            level="note",
            text=f"{user} does not see who others are that hold a lock",
            hint=f"GRANT pg_monitor TO {user}",
        )
    if locks < 64:
        yield Found(
            level="note",
            text=f"max_locks_per_transaction is {locks}: revisions of many tables need more",
        )
    if timeout not in {"0", "0s"}:
        yield Found(
            level="note",
            text=f"lock_timeout is {timeout} for {user}; revisions set their own",
        )
