"""A law: a squash of a spec's revisions builds what they have built, up and down.

Of golden changes `make test` tries one in thirty kinds of operations, on 18 and 16 in turn, the
workflows one case of each on both, and GEN_MIGRATION_CHANGES=100 all.
"""

from __future__ import annotations

import os
from collections import Counter
from typing import TYPE_CHECKING

import pytest
from changes import all_changes, first_of, name_of, written
from databases import Shared
from environment import is_superusers
from gen_migration.history.directory import OutputDirectory
from gen_migration.scratch import databases
from gen_migration.spec.load import load
from gen_migration.verify import same_history
from gen_migration.verify.workbench import Workbench
from gen_migration.workflows.squash import Asked, squash
from servers import is_all

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from cases import Case

EACH = int(os.environ.get("GEN_MIGRATION_CHANGES", "0"))
STEP = 1 if EACH or is_all() else 60


def chosen(each: int) -> Iterator[Case]:
    """Yield some cases of each kind of operation."""
    seen: Counter[str] = Counter()
    for case in all_changes():
        if "revision.py" in case.sections and "offline" not in case.sections:
            seen[case.path.parent.name] += 1
            if seen[case.path.parent.name] <= each:
                yield case


CHOSEN = list(chosen(max(EACH, 1)))
CASES = [
    (version, case)
    for start, version in enumerate((18, 16))
    for case in CHOSEN[start * STEP // 2 :: STEP]
]


@pytest.mark.parametrize(
    ("version", "case"),
    CASES,
    ids=lambda one: one if isinstance(one, int) else name_of(one),
)
def test_a_golden_change(
    version: int, case: Case, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sections = case.sections
    if load(sections["new.yaml"], "spec.yaml").postgresql > version:
        pytest.skip(f"the spec is not for PostgreSQL {version}")
    first = first_of(case)
    versions = tmp_path / "versions"
    versions.mkdir()
    texts = [first.text, *written(case)]
    for number, text in enumerate(texts):
        (versions / f"r{number}.py").write_text(text, encoding="utf-8")
    path = tmp_path / "spec.yaml"
    path.write_text(sections["new.yaml"], encoding="utf-8")
    directory = OutputDirectory(versions)
    ids = tuple(one.id for one in directory.revisions())
    url = None
    if is_superusers(name_of(case)):
        url = databases.server(version).get_uri()
    monkeypatch.setattr(same_history, "databases", Shared(version))
    bench = Workbench(before=sections.get("before.sql", ""), dev_url=url)
    asked = Asked(force=True, drop_data=ids)
    found = squash(path, directory, asked, bench)
    assert found.sameness is not None
    assert found.sameness.is_good, found.sameness
    (left,) = directory.revisions()
    assert (left.id, left.parents, left.replaces) == (ids[-1], (), ids[:-1])
    assert squash(path, directory, asked, bench).drafts == ()
