"""Golden cases of changes: tests/golden/changes/<operation>/<what>.txt.

A sentence why, then `-- old.yaml --`, `-- new.yaml --`, and what the second leads to after the
first: `-- revision.py --`, with `-- revision_2.py --` and so on where one edit takes several, or
`-- error --` where it is refused. `-- allow --` stands for --allow-data-loss, `-- rows.sql --` is
run before the change, `-- offline --` gives the reason why a case is not run live.
"""

from __future__ import annotations

import atexit
import tempfile
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cases import SECTION, Case, folded, formatted, spec_of, unfolded
from gen_migration.base.errors import Error
from gen_migration.history.drafts import Change, first_revision
from gen_migration.history.file_names import LENGTH
from gen_migration.history.graph import head_of
from gen_migration.history.offline_sql import both_ways
from gen_migration.history.request import Request
from gen_migration.history.revision import Draft, Revision
from gen_migration.operations.base import inverse
from gen_migration.plan.together import Together
from gen_migration.render.checksum import checksum
from gen_migration.render.marker import marked
from gen_migration.workflows.next_change import next_change

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gen_migration.operations.base import Operation
    from gen_migration.plan.link import Plan

ROOT = Path(__file__).parents[1] / "golden" / "changes"


def read_change(path: Path) -> Case:
    why, *rest = SECTION.split(unfolded(path.read_text(encoding="utf-8")))
    return Case(path, why, dict(zip(rest[::2], rest[1::2], strict=True)))


@cache
def all_changes() -> tuple[Case, ...]:
    return tuple(read_change(path) for path in sorted(ROOT.rglob("*.txt")))


def name_of(case: Case) -> str:
    return str(case.path.relative_to(ROOT).with_suffix(""))


def is_outcome(section: str) -> bool:
    return section == "error" or section.startswith("revision")


def written(case: Case) -> list[str]:
    """Return the texts of a case's revisions, in their order."""
    return [text for name, text in case.sections.items() if name.startswith("revision")]


def updated(case: Case, found: dict[str, str]) -> str:
    """Return the text of a case's file with what was found."""
    given = {k: v for k, v in case.sections.items() if not is_outcome(k)}
    parts = [f"-- {name} --\n{text}" for name, text in (given | found).items()]
    return folded("".join((case.why, *parts)))


def text_of(draft: Draft) -> str:
    """Return a revision, formatted with ruff's defaults."""
    text = draft.text(draft.header)
    return marked(formatted(text), draft.header.spec, checksum(text), draft.header.part)


@dataclass(frozen=True)
class Memory:
    """A directory of revisions that is nowhere on the disk."""

    held: tuple[Revision, ...]
    root: Path = Path("memory")
    locations: None = None
    depends_on: tuple[str, ...] = ()
    splice: bool = False
    slug_length: int = LENGTH

    def files(self) -> tuple[Revision, ...]:
        return self.held

    def revisions(self) -> tuple[Revision, ...]:
        return self.held

    def parents(
        self, revisions: tuple[Revision, ...], own: set[str]
    ) -> tuple[str, ...]:
        return head_of(revisions, own, self.root)

    def write(self, draft: Draft) -> Path:
        raise NotImplementedError

    def restore(self, draft: Draft, place: Path) -> Path:
        raise NotImplementedError

    def preview(self, draft: Draft) -> str:
        return text_of(draft)

    def environment(self) -> Any:
        raise NotImplementedError


@cache
def first_of(case: Case) -> Revision:
    """Return the revision of a case's old spec, which nobody reads, and so is not formatted."""
    draft = first_revision(spec_of(case, "old.yaml"))
    text = draft.text(draft.header)
    return Revision(
        id=draft.header.revision,
        parents=(),
        path=Path("first.py"),
        text=marked(text, draft.header.spec, checksum(text), draft.header.part),
    )


@cache
def planned(case: Case) -> Change:
    """Return what leads from a case's old spec to its new one."""
    return change_of(case, (first_of(case),))


def operations_of(plan: Plan) -> Iterator[Operation]:
    """Yield the operations of a plan, of both ways and of its links, and those of links as one."""
    yield from (*plan.operations, *inverse(plan.operations))
    yield from (*plan.upgrade, *plan.downgrade)
    for link in plan.links:
        yield from link.operations
        yield Together(operations=link.operations)


@cache
def sql_of(case: Case) -> tuple[str, str]:
    """Return the SQL of a case's change, up and down."""
    drafts = planned(case).drafts
    both = both_ways(
        [draft.text(draft.header) for draft in drafts],
        [draft.header for draft in drafts],
    )
    up, _, down = both.partition("-- downgrade\n")
    return up, down


def change_of(case: Case, held: tuple[Revision, ...]) -> Change:
    """Return what follows on revisions to get to a case's new spec."""
    text = case.sections["new.yaml"]
    path = directory() / "new.yaml"
    path.write_text(text, encoding="utf-8")
    spec = spec_of(case, "new.yaml")
    request = Request(allow_data_loss="allow" in case.sections)
    return next_change(spec, path, Memory(held), request)


@cache
def directory() -> Path:
    """Return the directory of the specs of this process, one at a time."""
    made = tempfile.TemporaryDirectory()
    atexit.register(made.cleanup)
    return Path(made.name)


def outcome(case: Case) -> tuple[Change | None, dict[str, str]]:
    """Return a change, if it is none that is refused.

    With it, by the name of the section that expects it, what it leads to.
    """
    try:
        change = planned(case)
        return change, {
            f"revision{f'_{number}' if number > 1 else ''}.py": text_of(draft)
            for number, draft in enumerate(change.drafts, 1)
        }
    except Error as error:
        lines = str(error).splitlines()
        shown = [
            f"error: new.yaml{line.partition('new.yaml')[2]}"
            if "new.yaml" in line
            else line
            for line in lines
        ]
        return None, {"error": "\n".join(shown) + "\n"}
