"""What is wrong with a project, its environment and its database, each with the way out.

Files are read and databases asked; nothing of the project is run, and nothing written but a
scratch database.
"""

from __future__ import annotations

import contextlib
import re
import sys
from importlib import metadata, util
from pathlib import Path
from typing import TYPE_CHECKING

from gen_migration.base.configuration import SUPERUSER
from gen_migration.base.data_class import replace
from gen_migration.base.errors import Error
from gen_migration.base.files import from_here
from gen_migration.postgres.driver import driver
from gen_migration.workflows.configured import configuration_here, scratch_of, target_of
from gen_migration.workflows.database_health import database, positions
from gen_migration.workflows.health import Found, wrong

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from gen_migration.base.configuration import Configuration
    from gen_migration.history.revision import Directory
    from gen_migration.history.target import Target
    from gen_migration.model.schema import Spec
    from gen_migration.workflows.scratch_health import Wanted

# With the oldest that will do (pyproject.toml).
PACKAGES = {
    "gen-migration": (0,),
    "alembic": (1, 16),
    "sqlalchemy": (2, 0, 41),
    "psycopg": (3, 2),
}
# The module of a driver that SQLAlchemy's URLs call otherwise.
OURS = "psycopg"
DRIVERS = {"psycopg_async": OURS}
ANOTHER = f", or name another in the URL: postgresql+{OURS}://"
URL = re.compile(
    r"^\s*sqlalchemy\.url\s*=\s*(?P<database>\w+)(?:\+(?P<driver>\w+))?://",
    re.MULTILINE,
)


def doctor(
    url: str | None, output: Path | None, config: Path | None, dev_url: str | None
) -> Iterator[Found]:
    """Yield what was looked at, in the order in which a run would meet it."""
    from gen_migration.spec.load import load_file

    yield from versions()
    try:
        configured = configuration_here()
    except Error as error:
        yield wrong(error)
        return
    specs: dict[str, Spec] = {}
    for place in configured.places:
        try:
            specs[place.path] = load_file(Path(place.path))
        except Error as error:
            yield wrong_spec(error)
        else:
            yield of_spec(place.path, specs[place.path])
    if not configured.specs:
        yield Found(
            level="note",
            text="pyproject.toml names no spec",
            hint="gen-migration init writes one to begin with",
        )
    yield from checked(lambda: history(configured, output, config))
    try:
        driver()
    except Error as error:
        text = f"{error.message}, which every database needs: none was looked at"
        yield Found(level="error", text=text, hint=error.hint)
        return
    yield from checked(lambda: scratch(configured, specs, output, config, dev_url))
    if url is not None:
        yield from checked(lambda: database(url, specs.values()))
        yield from checked(lambda: positions(url, targets(configured, output, config)))


def checked(look: Callable[[], Iterator[Found]]) -> Iterator[Found]:
    """Yield what is found, an error as one of it."""
    try:
        yield from look()
    except Error as error:
        yield wrong(error)


def versions() -> Iterator[Found]:
    """Yield what is installed, and what of it is too old or missing."""
    held = [f"Python {'.'.join(map(str, sys.version_info[:3]))}"]
    faults = []
    for name, oldest in PACKAGES.items():
        try:
            found = metadata.version(name)
        except metadata.PackageNotFoundError:
            held.append(f"no {name}")  # psycopg, without which `doctor` ends early
            continue
        held.append(f"{name} {found}")
        numbers = tuple(map(int, re.findall(r"\d+", found)[:3]))
        if numbers < oldest:
            least = ".".join(map(str, oldest))
            faults.append(
                Found(
                    level="error",
                    text=f"{name} {found} is too old",
                    hint=f'pip install "{name}>={least}"',
                )
            )
    yield Found(level="ok", text=", ".join(held))
    yield from faults


def wrong_spec(error: Error) -> Found:
    """Return the first mistake of a spec, and how many there are."""
    first, *others = error.errors
    found = wrong(first)
    more = f" (and {len(others)} more)" if others else ""
    return replace(found, text=f"{found.text}{more}")


def of_spec(path: str, spec: Spec) -> Found:
    count = len(spec.schema.tables)
    return Found(level="ok", text=f"{path}: {count} table{'' if count == 1 else 's'}")


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
    from gen_migration.history.env_habits import habits
    from gen_migration.history.graph import heads

    revisions, root = directory.revisions(), from_here(directory.root)
    ends = heads(revisions)
    count = f"{len(revisions)} revision{'' if len(revisions) == 1 else 's'}"
    if ends[1:]:
        yield Found(
            level="error",
            text=f"{root}: {count}, {len(ends)} heads: {', '.join(ends)}",
            hint='join them with "alembic merge heads", or write this branch\'s anew:'
            " gen-migration SPEC --rebase",
        )
    else:
        ours = sum(one.mark is not None for one in revisions)
        written = f", {ours} of them generated" if revisions else ""
        yield Found(level="ok", text=f"{root}: {count}{written}")
    check(revisions)
    for note in env_file.notes(directory.root):
        first, _, hint = note.removeprefix("note: ").partition("\n  hint: ")
        yield Found(level="error", text=first, hint=hint)
    path = directory.root / "env.py"
    tree = env_file.tree_of(path)
    for one in [] if tree is None else habits(tree):
        yield Found(
            level=one.level,
            text=f"{from_here(path)}:{one.line}: {one.words}",
            hint=one.hint,
        )


def of_config(path: Path) -> Iterator[Found]:
    """Yield whether the driver that Alembic's configuration names is installed."""
    match = URL.search(path.read_text(encoding="utf-8", errors="replace"))
    if (
        match is None or match["database"] == "driver"
    ):  # as Alembic's own template has it
        return
    if match["database"] not in {"postgresql", "postgres"}:
        yield Found(
            level="error",
            text=f"{path}: sqlalchemy.url names {match['database']}, and revisions are for"
            " PostgreSQL",
            hint="write postgresql+psycopg://…, or leave it out where env.py has the URL",
        )
        return
    driver = match["driver"] or "psycopg2"
    module = DRIVERS.get(driver, driver)
    if module == OURS:  # which `doctor` looks for itself
        return
    if util.find_spec(module) is None:
        yield Found(
            level="error",
            text=f"{path}: sqlalchemy.url needs the driver {module}, which is not installed",
            hint=f"pip install {module}{ANOTHER}",
        )
    elif module == "asyncpg":
        yield Found(
            level="note",
            text=f"{path}: with asyncpg, progress within a statement is not told",
        )


def scratch(
    configured: Configuration,
    specs: Mapping[str, Spec],
    output: Path | None,
    config: Path | None,
    dev_url: str | None,
) -> Iterator[Found]:
    """Yield which server scratch databases are made on, once one has been. Raises Error."""
    from gen_migration.workflows.scratch_health import embedded, named

    url, before = scratch_of(configured, dev_url, None)
    if before is not None and not before.is_file():
        yield Found(
            level="error",
            text=f"{before}: no such file, which before in pyproject.toml names",
            hint="write it, or take the key out",
        )
    if url in (None, SUPERUSER):
        sql = ""
        if before is not None and before.is_file():
            sql = before.read_text(encoding="utf-8", errors="replace")
        found = wanted(configured, specs, output, config, sql)
        yield from embedded([*found], url)
        return
    yield from named(url, specs)


def wanted(
    configured: Configuration,
    specs: Mapping[str, Spec],
    output: Path | None,
    config: Path | None,
    before: str,
) -> Iterator[Wanted]:
    """Yield what the scratch databases of each spec need. Raises Error."""
    from gen_migration.scratch import needs
    from gen_migration.workflows.scratch_health import Wanted

    for path, spec in specs.items():
        texts: list[str] = []
        with contextlib.suppress(Error):  # which `history` has told
            directory = target_of(configured, path, output, config, {}).open()
            texts += (one.text for one in directory.files())
        found = needs.of_spec(spec) | needs.of_revisions(texts) | needs.of_sql(before)
        yield Wanted(name=path, needs=found)
