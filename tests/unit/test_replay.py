"""The history is the state: what is rendered is read back as it was (law 5)."""

from __future__ import annotations

import pytest
from cases import Case, all_cases, name_of, spec_of
from gen_migration.diff.creation import creation
from gen_migration.model.schema import Schema
from gen_migration.replay.replay import replay
from gen_migration.workflows.adopt import draft_of

CASES = [case for case in all_cases() if "revision.py" in case.sections]


@pytest.mark.parametrize("case", CASES, ids=name_of)
def test_a_first_revision_is_read_back(case: Case) -> None:
    spec = spec_of(case)
    operations, schema = replay(case.sections["revision.py"], "revision.py", Schema())
    assert schema == spec.schema
    assert operations == creation(spec.schema)


@pytest.mark.parametrize("case", CASES, ids=name_of)
def test_what_is_adopted_is_read_back(case: Case) -> None:
    spec = spec_of(case)
    draft = draft_of(spec, ("parent",), None)
    operations, schema = replay(draft.text(draft.header), "revision.py", Schema())
    assert schema == spec.schema
    assert operations == creation(spec.schema)
