"""`verify` finds nothing wrong with golden changes, whatever rows there are.

`make test` tries one in forty kinds of operations, the workflows one case of each, and
GEN_MIGRATION_CHANGES=100 all.
"""

from __future__ import annotations

import os
from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from changes import all_changes, first_of, name_of, written
from environment import is_superusers
from gen_migration.base.errors import Error
from gen_migration.history.directory import OutputDirectory
from gen_migration.history.request import Request
from gen_migration.history.step_hints import HINTS
from gen_migration.scratch import databases
from gen_migration.spec.load import load
from gen_migration.verify.candidate import candidate
from gen_migration.verify.verify import verify
from gen_migration.verify.workbench import Workbench
from gen_migration.workflows.next_change import next_change
from servers import is_all

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from cases import Case

# A column that every row lacks a value for.
STOPPED = {"add_column/not_null"}
EACH = int(os.environ.get("GEN_MIGRATION_CHANGES", "0"))
STEP = 1 if EACH or is_all() else 40


def chosen() -> Iterator[Case]:
    """Yield some cases of each kind of operation, and those that are told apart here."""
    seen: Counter[str] = Counter()
    for case in all_changes():
        if "revision.py" in case.sections and "offline" not in case.sections:
            seen[case.path.parent.name] += 1
            is_one = seen[case.path.parent.name] <= max(EACH, 1)
            if name_of(case) in STOPPED or (is_one and len(seen) % STEP == 0):
                yield case


CHANGES = list(chosen())


@pytest.mark.parametrize("case", CHANGES, ids=name_of)
def test_a_golden_change_is_good(case: Case, tmp_path: Path) -> None:
    sections = case.sections
    (tmp_path / "first.py").write_text(first_of(case).text, encoding="utf-8")
    for number, text in enumerate(written(case)):
        (tmp_path / f"later_{number}.py").write_text(text, encoding="utf-8")
    path = tmp_path / "spec.yaml"
    path.write_text(sections["new.yaml"], encoding="utf-8")
    directory = OutputDirectory(tmp_path)
    change = next_change(
        load(sections["new.yaml"], "spec.yaml"), path, directory, Request(check=True)
    )
    with candidate(change, path, directory) as one:
        place = Workbench(before=sections.get("before.sql", ""))
        if is_superusers(name_of(case)):
            with pytest.raises(
                Error,
                match=r"must be (owner of|superuser)|permission denied|InsufficientPriv",
            ) as caught:
                verify(one, place)
            # What is wrong with what comes before is that file's.
            given = "before.sql" in sections
            assert given or caught.value.hint == HINTS["rights"]
            place = replace(place, dev_url=databases.server().get_uri())
        verdict = verify(one, place)
    if name_of(case) in STOPPED:
        assert 'have no value for the new column "' in verdict.problems[0]
        return
    assert verdict.is_good, "\n".join((verdict.text, *verdict.problems))
