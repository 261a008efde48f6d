"""The revisions of an Alembic environment, through Alembic's own ScriptDirectory.

Imported only when an Alembic configuration is used.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import os
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from alembic import util
from alembic.config import Config
from alembic.script import Script, ScriptDirectory

from gen_migration.errors import Error
from gen_migration.files import write_new
from gen_migration.formatter import formatted
from gen_migration.history import Revision, is_of_spec, several_heads

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gen_migration.history import Draft


class Scripts(ScriptDirectory):
    """A ScriptDirectory that takes the text of a revision from us, and the rest from Alembic.

    Alembic decides where the file goes, checks heads, splice and version path, and runs the
    configuration's hooks afterwards.
    """

    draft: Draft | None = None

    def _generate_template(self, src: Path, dest: Path, **kw: Any) -> None:  # noqa: ARG002
        assert self.draft is not None  # noqa: S101 - set by `write`
        header = replace(
            self.draft.header,
            branch_labels=kw["branch_labels"],
            depends_on=kw["depends_on"],
        )
        write_new(Path(dest), formatted(self.draft.text(header), Path(dest).absolute()))

    def _generate_create_date(self) -> dt.datetime:
        epoch = os.environ.get("SOURCE_DATE_EPOCH")
        if epoch is None:
            return super()._generate_create_date()
        try:
            return dt.datetime.fromtimestamp(int(epoch), tz=dt.UTC)
        except (ValueError, OverflowError, OSError):
            raise Error(
                f"SOURCE_DATE_EPOCH is {epoch!r}",
                hint="set it to seconds since 1970, or unset it",
            ) from None


class AlembicDirectory:
    """The version locations of an Alembic configuration; the options are Alembic's own."""

    def __init__(
        self,
        config: Path,
        *,
        head: str | None = None,
        splice: bool = False,
        branch_label: str | None = None,
        version_path: str | None = None,
        depends_on: tuple[str, ...] = (),
    ) -> None:
        self.config = config
        self.head = head
        self.splice = splice
        self.branch_label = branch_label
        self.version_path = version_path
        self.depends_on = depends_on
        self._scripts: Scripts | None = None
        with self.errors():
            self.scripts_config = read_config(config)
            self._root = Path(Scripts.from_config(self.scripts_config).dir).absolute()

    @property
    def root(self) -> Path:
        return self._root

    @property
    def scripts(self) -> Scripts:
        """The scripts, read when they are first asked for: by then the directory is held."""
        if self._scripts is None:
            self._scripts = cast("Scripts", Scripts.from_config(self.scripts_config))
        return self._scripts

    @contextlib.contextmanager
    def errors(self) -> Iterator[None]:
        """Turn what Alembic, or a revision that it imports, raises into an Error."""
        try:
            yield
        except Error:
            raise
        except util.CommandError as error:
            raise Error(f"Alembic: {error}", where=str(self.config)) from None
        except Exception as error:
            raise Error(
                f"a revision cannot be imported: {type(error).__name__}: {error}",
                where=str(self.config),
                hint='see what "alembic history" says',
            ) from error

    def of_spec(self, spec: str) -> list[Revision]:
        found = []
        with self.errors():
            for script in self.scripts.walk_revisions():
                path = Path(script.path)
                text = path.read_text(encoding="utf-8", errors="replace")
                if is_of_spec(text, spec):
                    found.append(
                        Revision(
                            id=script.revision,
                            parents=parents_of(script),
                            path=path,
                            text=text,
                        )
                    )
        return found

    def parents(self) -> tuple[str, ...]:
        with self.errors():
            if self.head == "base":
                return ()
            if self.head is None:
                heads = sorted(self.scripts.get_heads())
                if heads[1:]:
                    raise several_heads(heads, self.root)
                return tuple(heads)
            found = self.scripts.get_revisions(self.head)
            return tuple(script.revision for script in found)

    def write(self, draft: Draft) -> Path:
        self.scripts.draft = draft
        with self.errors():
            script = self.scripts.generate_revision(
                draft.header.revision,
                draft.slug,
                head=self.head or "head",
                splice=self.splice,
                branch_labels=self.branch_label,
                version_path=self.version_path,
                depends_on=list(self.depends_on) or None,
            )
        assert script is not None  # noqa: S101 - it was written a moment ago
        path = Path(script.path)
        with contextlib.suppress(ValueError):
            path = path.relative_to(Path.cwd())
        return path


def parents_of(script: Script) -> tuple[str, ...]:
    down = script.down_revision
    return (down,) if isinstance(down, str) else tuple(down or ())


def read_config(path: Path) -> Config:
    """Return an Alembic configuration: an ini file, or a TOML file with [tool.alembic].

    Raises Error when there is none, or when it is one for several databases.
    """
    if not path.is_file():
        raise Error(
            "no such file", where=str(path), hint="give the path of alembic.ini"
        )
    toml = path if path.suffix == ".toml" else path.parent / "pyproject.toml"
    config = Config(
        file_=None if path.suffix == ".toml" else str(path),
        toml_file=str(toml) if toml.is_file() else None,
    )
    if config.get_main_option("databases"):
        raise Error(
            "an environment for several databases (multidb) is not supported",
            where=str(path),
            hint="a spec describes one database: keep a configuration for each, and give it"
            " with -c",
        )
    return config
