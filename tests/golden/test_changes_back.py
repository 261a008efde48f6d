"""Every golden change is an edit the other way as well: from its new spec to its old one."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING

import databases
import pytest
from both_ways import equal, keeps_marks, of_spec, read, unmarked, unordered
from cases import spec_of
from changes import all_changes, name_of
from edges import missing
from environment import is_superusers
from expected_catalog import expected
from gen_migration.base.errors import Error
from gen_migration.diff.access import completed
from gen_migration.diff.columns import Refusal
from gen_migration.history.drafts import first_revision
from gen_migration.model.schema import Schema
from gen_migration.operations.base import apply as applied
from gen_migration.operations.base import inverse
from gen_migration.replay.replay import replay
from loaded import Loaded
from round_trips import down, prepare, stays, unnamed, up
from servers import some_with_servers
from transitions import Transition, answered, later_revisions, visible, write

if TYPE_CHECKING:
    from pathlib import Path

    from cases import Case

CASES = [case for case in all_changes() if "revision.py" in case.sections]
LIVE = [case for case in CASES if "offline" not in case.sections]


@cache
def back(case: Case) -> Transition | None:
    """Return what leads from a case's new spec to its old one; None where that is refused."""
    old = spec_of(case, "new.yaml")
    new = spec_of(case, "old.yaml")
    held = completed(Schema(), old.schema)
    try:
        made = answered(held, new)
    except Error:
        return None
    if any(isinstance(one, Refusal) for one in made.questions):
        return None
    # It has the owners and the grants that it does not say.
    new = replace(new, schema=made.schema)
    return Transition(old=replace(old, schema=held), new=new, plan=made)


@pytest.mark.parametrize("case", CASES, ids=name_of)
def test_the_laws(case: Case) -> None:
    found = back(case)
    if found is None:
        pytest.skip("refused")
    made, new = found.plan, found.plan.schema
    assert completed(new, found.new.schema) == new
    old = completed(Schema(), found.old.schema)
    assert applied(old, made.operations) == new
    assert applied(new, inverse(made.operations)) == old
    assert applied(old, made.upgrade) == new
    assert applied(new, made.downgrade) == old
    schema = old
    for text, link in zip(found.texts, made.links, strict=True):
        operations, schema = replay(text, "revision.py", schema)
        assert list(operations) == visible(link.upgrade.operations)
    assert schema == new


@pytest.mark.parametrize(
    ("version", "case"),
    some_with_servers(LIVE, 12),
    ids=lambda one: one if isinstance(one, int) else name_of(one),
)
def test_live(version: int, case: Case, tmp_path: Path) -> None:
    found = back(case)
    if found is None:
        pytest.skip("refused")
    old, new = found.old, found.new
    if max(old.postgresql, new.postgresql) > version:
        pytest.skip(f"the spec is for PostgreSQL {new.postgresql}")
    draft = first_revision(old)
    text = draft.text(draft.header)
    (tmp_path / "first.py").write_text(text, encoding="utf-8")
    is_superuser = is_superusers(name_of(case))
    with databases.database(version, is_superuser=is_superuser) as url:
        connection = databases.connection(url)
        before_sql = case.sections.get("before.sql", "")
        given = unordered(prepare([new, old], before_sql, connection))
        up(url, Loaded(tmp_path))
        before = read(url)
        table = {
            key: value for key, value in before.items() if "alembic_version" in key
        }
        texts = later_revisions(found.plan, new, draft.header.revision)
        write(texts, tmp_path)
        directory = Loaded(tmp_path)
        text = "\n".join(texts)
        # It has the owners and the grants that it does not say.
        new = replace(new, schema=found.plan.schema)
        up(url, directory)
        wanted = given | table | unordered(expected(new, connection))
        equal(of_spec(url, new, wanted), wanted, "upgrade", text)
        assert unnamed(url, new) == {}
        assert missing(new.schema, connection) == []
        if "raise NotImplementedError" in text:
            # It stops before it has changed anything.
            stays(url, directory, draft.header.revision)
            equal(of_spec(url, new, wanted), wanted, "downgrade", text)
            return
        down(url, directory, draft.header.revision)
        left = read(url)
        if not keeps_marks(found.plan, old.schema):
            left, before = unmarked(left), unmarked(before)
        equal(left, before, "downgrade", text)
        assert unnamed(url, old) == {}
        up(url, directory)
        equal(of_spec(url, new, wanted), wanted, "second upgrade", text)
        down(url, directory)
        equal(read(url), given | table, "downgrade to base", text)
