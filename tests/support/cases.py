"""Golden cases: one file each, in tests/golden/cases/<topic>/<what>.txt.

A sentence why, then sections: `-- spec.yaml --`, and what is expected of it: `-- revision.py --`
or `-- error --`. `-- before.sql --` is run on a live database first; `-- offline --` gives the
reason why a case is not run live. A line stands for the helper of revisions, which is always the
same.
"""

from __future__ import annotations

import re
import subprocess
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from formatter import formatter
from gen_migration.base.errors import Error
from gen_migration.history.drafts import first_revision
from gen_migration.render import helpers
from gen_migration.render.checksum import checksum
from gen_migration.render.marker import marked
from gen_migration.spec.load import load
from ruff.__main__ import find_ruff_bin

if TYPE_CHECKING:
    from gen_migration.model.schema import Spec

ROOT = Path(__file__).parents[1] / "golden" / "cases"
SECTION = re.compile(r"^-- (\S+) --\n", re.MULTILINE)


@dataclass(frozen=True, eq=False)
class Case:
    """A case; each is read once, so that what is made of it can be kept (`functools.cache`)."""

    path: Path
    why: str
    sections: dict[str, str]

    @property
    def spec(self) -> str:
        return self.sections["spec.yaml"]

    def updated(self, found: dict[str, str]) -> str:
        """Return the file's text with what was found in the sections that are there."""
        parts = [self.why]
        for name, text in self.sections.items():
            parts.append(f"-- {name} --\n{found.get(name, text)}")
        return folded("".join(parts))


def stand_in(name: str) -> str:
    """Return the line that stands for a helper."""
    return f"# {name}(): see templates/{name}.py.j2\n"


@cache
def helper(name: str) -> str:
    return ruff("format", "--isolated", "-", text=helpers.text(name))


def folded(text: str) -> str:
    """Return the text of a case's file with a line for each helper in it."""
    for name in helpers.NAMES:
        text = text.replace(helper(name), stand_in(name))
    return text


def unfolded(text: str) -> str:
    for name in helpers.NAMES:
        text = text.replace(stand_in(name), helper(name))
    return text


def without_helpers(text: str) -> str:
    """Return the text of a revision up to its helpers."""
    return text.partition("\n@contextmanager\n")[0]


def read_case(path: Path) -> Case:
    why, *rest = SECTION.split(unfolded(path.read_text(encoding="utf-8")))
    return Case(path, why, dict(zip(rest[::2], rest[1::2], strict=True)))


@cache
def all_cases() -> tuple[Case, ...]:
    return tuple(read_case(path) for path in sorted(ROOT.rglob("*.txt")))


def name_of(case: Case) -> str:
    return str(case.path.relative_to(ROOT).with_suffix(""))


def ruff(*arguments: str, text: str | None = None) -> str:
    """Run ruff with its defaults; its output. Fails with what ruff says."""
    done = subprocess.run(
        [find_ruff_bin(), *arguments],
        input=text,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@cache
def formatted(text: str) -> str:
    """Return a revision as ruff's defaults format it."""
    return formatter().formatted(text)


@cache
def spec_of(case: Case, section: str = "spec.yaml") -> Spec:
    """Return the spec of a section, which is read once. Raises Error."""
    return load(case.sections[section], section)


def revision_of(spec: Spec) -> str:
    """Return the first revision of a spec, formatted with ruff's defaults."""
    draft = first_revision(spec)
    text = draft.text(draft.header)
    return marked(formatted(text), spec.name, checksum(text))


def outcome(case: Case) -> dict[str, str]:
    """Return what a case's spec leads to, by the name of the section that expects it."""
    try:
        return {"revision.py": revision_of(spec_of(case))}
    except Error as error:
        return {"error": f"{error}\n"}
