"""What the rules say that a statement locks and writes anew, PostgreSQL does."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from cases import spec_of
from finding_cases import all_finding_cases, found_in, name_of
from gen_migration.history.drafts import drafts_of
from gen_migration.history.offline_sql import both_ways
from gen_migration.history.request import Request
from gen_migration.history.state import State
from gen_migration.model.schema import Schema, Spec
from gen_migration.review.review import review
from gen_migration.rules.finding import Work
from gen_migration.scratch import databases

if TYPE_CHECKING:
    from cases import Case

LOCKING = [
    case
    for case in all_finding_cases()
    if case.path.parent.name[2] == "2" and case.path.stem.startswith("found")
]
# Of tables that are there before, what a transaction holds when it ends.
SEEN = """
INSERT INTO pg_temp.seen
SELECT mode FROM pg_locks JOIN pg_temp.there ON oid = relation
WHERE pid = pg_backend_pid() AND granted;
COMMIT;
"""
START = """
CREATE TEMP TABLE seen (mode text);
CREATE TEMP TABLE there AS
SELECT oid, pg_relation_filenode(oid) AS file FROM pg_class
WHERE relkind IN ('r', 'p') AND relnamespace = 'public'::regnamespace
"""
ANEW = """
SELECT count(*) FROM there JOIN pg_class USING (oid)
WHERE pg_relation_filenode(oid) IS DISTINCT FROM file
"""


def upgrade_sql(old: Schema, new: Spec) -> str:
    """Return what an upgrade runs, but for what it says of itself to Alembic's table."""
    made = review(old, new, names=("old", "new"))
    drafts = drafts_of(new, made.plan, ("old",), Request(), state=State(schema=old))
    headers = [draft.header for draft in drafts]
    text = both_ways([draft.text(draft.header) for draft in drafts], headers)
    up = text.partition("-- downgrade")[0]
    return "\n".join(line for line in up.splitlines() if "alembic_version" not in line)


@pytest.mark.parametrize("case", LOCKING, ids=name_of)
def test_a_lock_is_taken_and_a_table_written_anew(case: Case, database: str) -> None:
    old = spec_of(case, "old.yaml")
    new = spec_of(case, "new.yaml")
    finding = next(one for one in found_in(case) if one.code == case.path.parent.name)
    with databases.connect(database) as connection:
        connection.execute(case.sections.get("before.sql", "SELECT"))
        connection.execute(upgrade_sql(Schema(), old))
        connection.execute(START)
        connection.execute(upgrade_sql(old.schema, new).replace("COMMIT;", SEEN))
        modes = {mode for (mode,) in connection.execute("SELECT mode FROM seen")}
        ((anew,),) = connection.execute(ANEW).fetchall()
    assert finding.lock is not None
    words = [word.capitalize() for word in finding.lock.split()]
    assert f"{''.join(words)}Lock" in modes
    assert (anew > 0) == (finding.work is Work.REWRITE)
