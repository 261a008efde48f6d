"""An Alembic environment as `alembic init` makes it, read without Alembic.

Alembic brings all of SQLAlchemy with it (0.3 s). So what most configurations and histories say is
understood here, as Alembic understands it. Whatever goes beyond, and whatever is wrong, is
Alembic's to answer: the directory then asks AlembicDirectory, with the same words for the user.
"""

from __future__ import annotations

import configparser
import contextlib
import datetime as dt
import os
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gen_migration.base.data_class import dataclass
from gen_migration.base.errors import Error
from gen_migration.base.files import from_here, write_new
from gen_migration.history.alembic_files import creation_date, revisions
from gen_migration.history.file_names import LENGTH, slug
from gen_migration.history.graph import heads, in_order
from gen_migration.history.revision_ids import TEMPLATE, template_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from alembic.config import Config
    from alembic.script import ScriptDirectory

    from gen_migration.history.alembic_directory import AlembicDirectory
    from gen_migration.history.revision import Draft, Locations, Revision

# Options that say more than this module knows, unless they say no.
OTHERS = (
    "databases",
    "post_write_hooks",
    "recursive_version_locations",
    "sourceless",
    "timezone",
    "version_locations",
)
WORDS = re.compile(r"\w+")
# What an id must not hold (alembic.script.revision), and what has a meaning of its own.
ID = re.compile(r"(?!(?:head|heads|base|current)\Z)[^@+:-]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What a configuration says of revisions: where they are and what their files are called."""

    root: Path
    template: str = TEMPLATE
    slug_length: int = LENGTH

    @property
    def versions(self) -> Path:
        return self.root / "versions"

    def name(self, id_: str, words: str, created: dt.datetime) -> str:
        """Return the name of a revision's file (ScriptDirectory._rev_path).

        `words` are no longer than `slug_length`. Raises ValueError, KeyError or TypeError where
        the template is none.
        """
        parts = "year month day hour minute second".split()
        values = {one: getattr(created, one) for one in parts}
        values |= {"rev": id_, "slug": "_".join(WORDS.findall(words)).lower()}
        values |= {"epoch": int(created.timestamp())}
        return f"{template_of(id_, self.template) % values}.py"


class Options:
    """The options in an ini file or in the TOML file beside it (alembic.config.Config).

    Raises OSError, ValueError, configparser.Error or TypeError, here and later, where they are
    none.
    """

    def __init__(self, path: Path) -> None:
        here = {"here": path.absolute().parent.as_posix()}
        self.here = here
        self.ini = configparser.ConfigParser(here)
        toml = path
        if path.suffix == ".toml":
            self.ini.add_section("alembic")
        else:
            with path.open(encoding="locale") as lines:
                self.ini.read_file(lines)
            toml = path.parent / "pyproject.toml"
        self.toml = table(toml)

    def get(self, name: str) -> Any:
        """Return the value of an option; None where it has none."""
        if self.ini.has_option("alembic", name):
            return self.ini.get("alembic", name)
        value = self.toml.get(name)
        if value is None or isinstance(value, int):
            return value
        return value % self.here

    def says_no(self, name: str) -> bool:
        """Tell whether an option is left out or false."""
        if self.ini.has_option("alembic", name):
            return self.ini.get("alembic", name) == "false"
        return self.toml.get(name, False) is False


def table(path: Path) -> dict[str, Any]:
    """Return what a TOML file configures of Alembic. Raises OSError, ValueError or TypeError."""
    if not path.is_file():
        return {}
    text = path.read_text(encoding="utf-8")
    if "alembic" not in text:
        return {}
    import tomllib

    return {**tomllib.loads(text).get("tool", {}).get("alembic", {})}


def settings_of(config: Path) -> Settings | None:
    """Return what a configuration says; None where Alembic is to be asked."""
    try:
        options = Options(config)
        location = options.get("script_location")
        if (
            not options.ini.has_section("alembic")
            or not all(map(options.says_no, OTHERS))
            or options.ini.has_option("post_write_hooks", "hooks")
            or (":" in location and not os.path.isabs(location))  # noqa: PTH117 - in a package
        ):
            return None
        found = Settings(
            root=Path(location).absolute(),
            template=options.get("file_template") or TEMPLATE,
            slug_length=int(options.get("truncate_slug_length") or 0) or LENGTH,
        )
        name = found.name("1", "a", dt.datetime.now())  # noqa: DTZ005 - as Alembic does
    except (
        OSError,
        ValueError,
        LookupError,
        TypeError,
        AttributeError,
        configparser.Error,
    ):
        return None
    return found if found.versions.is_dir() and Path(name).name == name else None


class PlainDirectory:
    """The version location of a plain configuration, without options of the command line.

    `asked` is Alembic's directory, once it had to be asked.
    """

    depends_on: tuple[str, ...] = ()
    splice: bool = False

    def __init__(self, config: Path, settings: Settings) -> None:
        self.config = config
        self.settings = settings
        self.asked: AlembicDirectory | None = None

    @property
    def root(self) -> Path:
        return self.settings.root

    @property
    def locations(self) -> Locations:
        return ((str(self.settings.versions), False),)

    @property
    def slug_length(self) -> int:
        return self.settings.slug_length

    def alembics(self) -> AlembicDirectory:
        """Return Alembic's own directory. Raises Error."""
        if self.asked is None:
            from gen_migration.history.alembic_directory import AlembicDirectory

            self.asked = AlembicDirectory(self.config)
        return self.asked

    def environment(self) -> tuple[Config, ScriptDirectory]:
        return self.alembics().environment()

    def read(self) -> tuple[Revision, ...] | None:
        """Return all revisions in no order; None where Alembic is to be asked. Raises Error."""
        if self.asked is not None:
            return None
        found = tuple(revisions([self.settings.versions]))
        return found if are_plain(found) else None

    def files(self) -> tuple[Revision, ...]:
        found = self.read()
        return self.alembics().files() if found is None else found

    def revisions(self) -> tuple[Revision, ...]:
        found = self.read()
        if found is not None and not heads(found)[1:]:
            with contextlib.suppress(Error):
                return in_order(found)
        return self.alembics().revisions()

    def parents(
        self, revisions: tuple[Revision, ...], own: set[str]
    ) -> tuple[str, ...]:
        if self.asked is not None:
            return self.asked.parents(revisions, own)
        return tuple(heads(revisions))

    def preview(self, draft: Draft) -> str:
        path = self.settings.versions / f"{draft.header.revision}.py"
        return draft.final(draft.header, path)

    def write(self, draft: Draft) -> Path:
        if self.asked is not None:
            return self.asked.write(draft)
        return self.put(draft, self.settings.versions)

    def restore(self, draft: Draft, place: Path) -> Path:
        if self.asked is not None:
            return self.asked.restore(draft, place)
        return self.put(draft, place.absolute())

    def put(self, draft: Draft, place: Path) -> Path:
        """Write a revision into a directory and return its path. Raises Error."""
        created = creation_date(dt.datetime.now())  # noqa: DTZ005 - as Alembic does
        words = slug(draft.slug, self.slug_length)
        path = place / self.settings.name(draft.header.revision, words, created)
        write_new(path, draft.final(draft.header, path))
        return from_here(path)


def are_plain(found: Sequence[Revision]) -> bool:
    """Tell whether revisions have ids of their own, and no labels that others may go by."""
    ids = [one.id for one in found]
    return len(set(ids)) == len(ids) and not any(
        one.branch_labels
        or ID.fullmatch(one.id) is None
        or len(set(one.parents)) != len(one.parents)
        for one in found
    )
