"""What a project needs to begin: a spec, and what names it, found out and not asked for.

No file that is there is changed but `pyproject.toml`, which gets a table at its end; what other
files lack is said.
"""

from __future__ import annotations

import re
from dataclasses import field
from pathlib import Path
from typing import TYPE_CHECKING

from gen_migration.base.configuration import FILE, TABLE
from gen_migration.base.data_class import dataclass
from gen_migration.base.errors import Error
from gen_migration.base.files import is_yaml, locked, replace_file, write_new
from gen_migration.history.revision_ids import NUMBERED
from gen_migration.history.target import find_target
from gen_migration.spec.json_schema import text as json_schema
from gen_migration.workflows import starter
from gen_migration.workflows.import_files import REST

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

WORKFLOW = """\
name: Schema
on: pull_request
permissions:
  contents: read
jobs:
  check:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@08c6903cd8c0fde910a37f88322edcfb5dd907a8 # v5.0.0
        with:
          fetch-depth: 0 # the base of the pull request, too
          persist-credentials: false
      - uses: actions/setup-python@83679a892e2d95755f2dac6acb0bfd1e9ac5d548 # v6.1.0
        with:
          python-version: "3.13"
      - run: python -m pip install gen-migration
      - run: gen-migration --check
"""
REVIEW = """\
      - run: gen-migration diff {path} --format github --fail-on danger --rules-from "$BASE"
        env:
          BASE: ${{{{ github.event.pull_request.base.sha }}}}
"""
HOOKS = """\
repos:
  - repo: local
    hooks:
      - id: gen-migration-format
        name: gen-migration format
        language: system
        entry: gen-migration format
        require_serial: true
        files: ^{files}$
      - id: gen-migration-check
        name: gen-migration check
        language: system
        entry: gen-migration --check
        pass_filenames: false
        files: \\.(ya?ml|sql|py)$
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Start:
    """What is written, by path; how `pyproject.toml` goes on; and what is left to a person.

    `spec` is the first of the project, which `is_there` already or is one of `files`.
    """

    spec: Path
    is_there: bool = False
    files: Mapping[Path, str] = field(default_factory=dict)
    table: str = ""
    notes: tuple[str, ...] = ()

    def write(self, root: Path) -> tuple[Path, ...]:
        """Write what the directory lacks; return the paths. Raises Error where one cannot be."""
        with locked(root):
            for path, text in self.files.items():
                (root / path).parent.mkdir(parents=True, exist_ok=True)
                write_new(root / path, text)
            before = read(root / FILE)
            gap = "" if not before else "\n" if before.endswith("\n") else "\n\n"
            replace_file(root / FILE, f"{before}{gap}{self.table}")
        return (*self.files, Path(FILE))


def start(root: Path, name: str | None, spec: Path | None) -> Start:
    """Return what a directory lacks to begin with. Raises Error where it has begun."""
    text = read(root / FILE)
    if re.search(rf"^\s*\[\s*{re.escape(TABLE)}\s*\]", text, re.MULTILINE):
        raise Error(
            f"the table [{TABLE}] is there already",
            where=str(root / FILE),
            hint="write a further spec into its specs",
        )
    if spec is not None and not is_yaml(spec):
        raise Error(f'"{spec}" is no file of YAML', hint=f"write --spec {spec}.yaml")
    specs = [] if name or spec else specs_of(root)
    called = name or name_of(text, root)
    path = specs[0] if specs else spec or Path("spec") / f"{called}.yaml"
    files = {}
    if not specs:
        if (root / path).exists():
            raise Error(
                "the file is there already", where=str(path), hint="name another"
            )
        files[path] = starter.text(called)
    home = path.parent if is_yaml(path) else path
    files[home / "schema.json"] = json_schema()
    paths = specs or [path]
    files[Path(".pre-commit-config.yaml")] = HOOKS.format(files=pattern(paths))
    if (root / ".github").is_dir():
        workflow = Path(".github/workflows/schema.yml")
        files[workflow] = WORKFLOW + "".join(map(review, paths))
    there = [one for one in files if (root / one).exists()]
    return Start(
        spec=path,
        is_there=bool(specs),
        files={one: held for one, held in files.items() if one not in there},
        table=table(paths, numbered=is_numbered(root)),
        notes=tuple(
            f"{one} is there, and stays as it is; it may hold:\n\n{files[one]}"
            for one in there
            if one.name != "schema.json"
        ),
    )


def specs_of(root: Path) -> list[Path]:
    """Return the specs in a project's directory `spec`: the files, or the directory as one."""
    home = Path("spec")
    named = [
        home / one.name
        for one in sorted((root / home).glob("*"))
        if is_yaml(one) and re.search(r"^name:", read(one), re.MULTILINE)
    ]
    return [home] if home / REST in named else named


def pattern(specs: Iterable[Path]) -> str:
    """Return the regular expression of the files of specs."""
    found = [
        re.escape(one.as_posix()) + ("" if is_yaml(one) else r"/.*\.ya?ml")
        for one in specs
    ]
    return found[0] if len(found) == 1 else f"({'|'.join(found)})"


def review(spec: Path) -> str:
    """Return the step of the workflow that tells what a change of a spec does."""
    return REVIEW.format(path=spec.as_posix())


def table(specs: Iterable[Path], *, numbered: bool) -> str:
    """Return the table of the configuration."""
    listed = ", ".join(f'"{one.as_posix()}"' for one in specs)
    lines = [f"[{TABLE}]", f"specs = [{listed}]"]
    if numbered:
        lines.append('revision-ids = "numbered" # as those of the history are')
    return "\n".join([*lines, ""])


def is_numbered(root: Path) -> bool:
    """Tell whether most revisions of the history have numbers for ids."""
    try:
        found = find_target(None, None, root, {}).open().revisions()
    except Error:
        return False  # what is wrong with it, the first command that needs it says
    numbers = [one for one in found if (match := NUMBERED.match(one.id)) and match[2]]
    return bool(found) and 2 * len(numbers) > len(found)


def name_of(text: str, root: Path) -> str:
    """Return the name of a project, from `pyproject.toml` or else of its directory."""
    section = re.search(
        r"^\[project\]\s*$(.*?)(?=^\[|\Z)", text, re.MULTILINE | re.DOTALL
    )
    found = re.search(
        r"^name\s*=\s*[\"']([^\"']+)", section[1] if section else "", re.MULTILINE
    )
    words = found[1] if found else root.resolve().name
    return re.sub(r"[^A-Za-z0-9_]+", "_", words).strip("_")[:80] or "app"


def read(path: Path) -> str:
    """Return the text of a file; none where there is no such one. Raises Error."""
    try:
        return path.read_text(encoding="utf-8")
    except FileNotFoundError:
        return ""
    except (OSError, UnicodeDecodeError) as error:
        raise Error(f"cannot be read: {error}", where=str(path)) from None
