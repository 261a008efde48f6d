"""A migration that dies at any statement is completed by running it once more, up and down.

Each statement of each revision is a place to die at, in several ways (`crashes`). A run takes
every nth golden change and some random ones; GEN_MIGRATION_CRASHES=1 takes all, and
GEN_MIGRATION_EXAMPLES more random ones.
"""

from __future__ import annotations

import os
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import databases
import pytest
from both_ways import catalog, comes_back
from cases import spec_of
from catalog import difference
from changes import all_changes, first_of, name_of, written
from crashes import APART, run_crashing
from environment import as_superuser, is_superusers
from gen_migration.history import offline_sql
from gen_migration.history.drafts import first_revision
from gen_migration.scratch import databases as scratch
from gen_migration.scratch.prerequisites import make_roles
from hypothesis import given, seed
from random_examples import EXAMPLES, SEED, live
from round_trips import prepare
from rows import insert
from servers import is_all
from strategies import pairs
from transitions import Pair, later_revisions, transition, write

if TYPE_CHECKING:
    from cases import Case
    from catalog import Facts

pytestmark = pytest.mark.fuzz
EACH = int(os.environ.get("GEN_MIGRATION_CRASHES", "40" if is_all() else "320"))
CASES = [
    case for case in all_changes() if written(case) and "offline" not in case.sections
]


def facts_of(url: str) -> Facts:
    return catalog(databases.connection(url))


def equal(found: Facts, wanted: Facts, when: str) -> None:
    if lines := difference(found, wanted):
        pytest.fail(f"after the {when}:\n{lines}", pytrace=False)


def survives(
    url: str,
    other: str,
    versions: Path,
    base: str | None,
    *,
    per_migration: bool = True,
) -> None:
    """Let an upgrade and its downgrade die everywhere; `other` is a database that is left alone.

    There is no downgrade where no `base` is to be reached. Where a transaction is not
    `per_migration`, all revisions share one, as in Alembic's own env.py.
    """
    before = facts_of(url)
    offline_sql.upgrade(other, versions)
    wanted = facts_of(other)
    run_crashing(url, versions, "heads", modes=APART, per_migration=per_migration)
    equal(facts_of(url), wanted, "upgrade")
    if base is None:
        return
    run_crashing(
        url, versions, base, down=True, modes=APART, per_migration=per_migration
    )
    equal(facts_of(url), before, "downgrade")


@pytest.mark.parametrize("case", CASES[::EACH], ids=name_of)
def test_a_golden_change(case: Case, tmp_path: Path) -> None:
    per_migration = CASES[::EACH].index(case) % 2 == 0
    old = spec_of(case, "old.yaml")
    new = spec_of(case, "new.yaml")
    first = first_of(case)
    (tmp_path / "first.py").write_text(first.text, encoding="utf-8")
    with databases.database() as own, databases.database() as others:
        one, other = own, others
        if is_superusers(name_of(case)):
            one, other = as_superuser(own), as_superuser(others)
        for url in (one, other):
            with scratch.connect(url) as connection:
                prepare([old, new], case.sections.get("before.sql", ""), connection)
            offline_sql.upgrade(url, tmp_path)
            with scratch.connect(url) as connection:
                connection.execute(case.sections.get("rows.sql", ""))
        write(written(case), tmp_path)
        survives(one, other, tmp_path, first.id, per_migration=per_migration)


@live(EXAMPLES // 10)
@seed(SEED)
@given(pairs())
def test_a_random_change(pair: Pair) -> None:
    found = transition(pair)
    draft = first_revision(found.old)
    related = pair[2] and comes_back(found.plan, found.old.schema)
    with (
        tempfile.TemporaryDirectory() as name,
        databases.database() as one,
        databases.database() as other,
    ):
        versions = Path(name)
        text = draft.text(draft.header)
        (versions / "first.py").write_text(text, encoding="utf-8")
        for url in (one, other):
            for statement in (
                *make_roles(found.old.schema),
                *make_roles(found.new.schema),
            ):
                databases.connection(url).execute(statement)
            offline_sql.upgrade(url, versions)
            if related:
                with scratch.connect(as_superuser(url)) as connection:
                    insert(connection, found.old, found.new)
        texts = later_revisions(found.plan, found.new, draft.header.revision)
        write(texts, versions)
        is_one_way = any("raise NotImplementedError" in text for text in texts)
        base = None if is_one_way else draft.header.revision
        survives(one, other, versions, base)
