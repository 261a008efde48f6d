"""Projects that are measured: one schema as a spec, and as models in an Alembic environment."""

from __future__ import annotations

import compileall
import contextlib
import re
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING

import schemas
from children import Run, run

if TYPE_CHECKING:
    from collections.abc import Iterator

BIN = Path(sys.executable).parent


@dataclass(frozen=True, slots=True)
class Measured:
    """The runs of one command on one schema."""

    runs: tuple[Run, ...]

    @property
    def median(self) -> float:
        return median(run.seconds for run in self.runs)

    @property
    def least(self) -> float:
        return min(run.seconds for run in self.runs)

    @property
    def memory(self) -> int:
        return max(run.memory for run in self.runs)


@dataclass(frozen=True, slots=True)
class Project:
    """A directory with the same schema as a spec and as models in an Alembic environment."""

    directory: Path

    @property
    def spec(self) -> Path:
        return self.directory / "spec.yaml"

    @property
    def output(self) -> Path:
        return self.directory / "output"

    @property
    def versions(self) -> Path:
        return self.directory / "migrations" / "versions"

    def run_ours(self) -> Run:
        """Write the first revision with gen-migration, into an empty directory."""
        emptied(self.output)
        options = ["--output", str(self.output)]
        return run([BIN / "gen-migration", self.spec, *options], self.directory)

    def run_alembic(self) -> Run:
        """Write the first revision with autogenerate, into an empty directory."""
        emptied(self.versions)
        options = ["--autogenerate", "-m", "first"]
        return run([BIN / "alembic", "revision", *options], self.directory)


def emptied(directory: Path) -> None:
    shutil.rmtree(directory, ignore_errors=True)
    directory.mkdir()


@contextlib.contextmanager
def project(count: int, url: str) -> Iterator[Project]:
    """Yield a project with this many tables, whose models belong to the database at `url`."""
    with tempfile.TemporaryDirectory(prefix="gen-migration-bench-") as name:
        result = Project(Path(name))
        schema = schemas.tables(count)
        result.spec.write_text(schemas.spec(schema))
        (result.directory / "models.py").write_text(schemas.models(schema))
        subprocess.run(
            [BIN / "alembic", "init", "migrations"],
            cwd=result.directory,
            stdout=subprocess.DEVNULL,
            check=True,
        )
        driver = url.replace("postgresql://", "postgresql+psycopg://", 1)
        fill_in(
            result.directory / "alembic.ini",
            r"(?m)^sqlalchemy.url = .*$",
            f"sqlalchemy.url = {driver.replace('%', '%%')}",
        )
        fill_in(
            result.directory / "migrations" / "env.py",
            r"(?m)^target_metadata = None$",
            "from models import metadata as target_metadata",
        )
        # As after the first run of a working day: nothing is left to compile.
        compileall.compile_dir(result.directory, quiet=1)
        yield result


def fill_in(path: Path, pattern: str, text: str) -> None:
    new, count = re.subn(pattern, lambda _: text, path.read_text())
    if count != 1:
        raise RuntimeError(f"{path.name} of this Alembic has no {pattern}")
    path.write_text(new)
