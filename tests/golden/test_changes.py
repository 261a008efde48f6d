"""Every golden change gives what it says, obeys the laws, and does on PostgreSQL what it says."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations
from typing import TYPE_CHECKING

import databases
import pytest
from both_ways import of_spec, read, unordered
from cases import Case, ruff, spec_of
from catalog import difference
from changes import (
    all_changes,
    change_of,
    first_of,
    is_outcome,
    name_of,
    operations_of,
    outcome,
    planned,
    updated,
    written,
)
from edges import missing
from environment import is_superusers
from expected_catalog import expected
from gen_migration.diff.access import completed
from gen_migration.diff.expanded import expanded
from gen_migration.diff.stand_ins import with_views
from gen_migration.history.revision import Revision
from gen_migration.model.partitions import parents_of
from gen_migration.model.schema import Schema
from gen_migration.operations.base import apply as applied
from gen_migration.operations.base import inverse
from gen_migration.plan.dependencies import Company, contacts, holds_on
from gen_migration.plan.expansions import expansions
from gen_migration.render.checksum import checksum
from gen_migration.render.marker import read_marker
from gen_migration.replay.replay import replay
from gen_migration.rules.engine import findings
from gen_migration.rules.finding import Severity
from loaded import Loaded
from names_of_parts import other_parts
from round_trips import down, prepare, unnamed, up
from servers import some, with_servers
from transitions import visible

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from catalog import Facts
    from gen_migration.history.revision import Draft
    from gen_migration.plan.accesses import Thing
    from gen_migration.plan.link import Plan

CASES = all_changes()
WRITTEN = [case for case in CASES if "revision.py" in case.sections]
LIVE = [case for case in WRITTEN if "offline" not in case.sections]


# Those after which the tool is run again. Of all others, the laws say that it would find nothing.
AGAIN = {*some(WRITTEN, 4)}
SEVERITIES = [*Severity]


@pytest.mark.parametrize("case", CASES, ids=name_of)
def test_change(case: Case, request: pytest.FixtureRequest) -> None:
    """It gives what it says, and obeys the laws; a second run finds nothing."""
    change, found = outcome(case)
    if request.config.getoption("--update"):
        case.path.write_text(updated(case, found), encoding="utf-8")
        return
    expected_ = {k: v for k, v in case.sections.items() if is_outcome(k)}
    command = f"pytest tests/golden/test_changes.py --update -k '{name_of(case)}'"
    assert expected_ == found, f"accept with: {command}"
    if change is not None:
        obeys_the_laws(case, change.plan)
        made = findings(change.plan, change.spec)
        assert made == findings(change.plan, change.spec)
        severities = [SEVERITIES.index(one.severity) for one in made]
        assert severities == sorted(severities)
        assert len({*made}) == len(made)
    if change is not None and case in AGAIN:
        assert change_of(case, (first_of(case), *later(case, change.drafts))).is_empty


def test_there_are_enough_of_them() -> None:
    assert len(WRITTEN) >= 120
    assert [name_of(case) for case in CASES if not case.why.strip()] == []


def obeys_the_laws(case: Case, made: Plan) -> None:
    old = spec_of(case, "old.yaml").schema
    spec = spec_of(case, "new.yaml")
    found = expansions(old, spec.schema, spec.hints, spec.postgresql)
    new = with_views(old, spec.schema, [*found.views], spec.postgresql)
    new = expanded(old, new, found.columns)
    assert completed(made.schema, new) == made.schema
    old, new = completed(Schema(), old), made.schema
    assert applied(old, made.operations) == new
    assert applied(new, inverse(made.operations)) == old
    assert applied(old, made.upgrade) == new
    assert applied(new, made.downgrade) == old
    for one in operations_of(made):
        assert one.inverse().inverse() == one
        assert one.summary
        assert one.summary.splitlines() == [one.summary]
    assert all(is_met(*pair) for pair in held_on(made))
    schema = old
    for text, link in zip(written(case), made.links, strict=True):
        operations, schema = replay(text, "revision.py", schema)
        assert list(operations) == visible(link.upgrade.operations)
        compile(text, "revision.py", "exec")
        mark = read_marker(text)
        assert mark is not None
        assert mark.checksum == checksum(text)
    assert schema == new


Contacts = tuple[set["Thing"], set["Thing"]]


def held_on(made: Plan) -> Iterator[tuple[Contacts, Contacts]]:
    """Yield the contacts of two operations that cannot be repeated one after the other."""
    parents = parents_of(made.schema)
    found = [(one, contacts(one, parents)) for one in made.operations]
    for (one, its), (other, those) in combinations(found, 2):
        if holds_on(one, other, parents):
            yield its, those


def is_met(one: Contacts, other: Contacts) -> bool:
    """Tell whether each of two operations offers what is asked of the other one."""
    return not (one[0].isdisjoint(other[1]) or other[0].isdisjoint(one[1]))


def test_some_hold_on_to_others() -> None:
    name = "alter_constraint/key_that_a_partitioned_table_refers_to"
    made = planned(next(one for one in WRITTEN if name_of(one) == name)).plan
    assert [*held_on(made)]
    assert Company(parents_of(made.schema)).clashes(made.operations)


def later(case: Case, drafts: Sequence[Draft]) -> list[Revision]:
    """Return the revisions that a case's change has written."""
    return [
        Revision(
            id=draft.header.revision,
            parents=draft.header.parents,
            path=case.path.with_name(f"{draft.header.revision}.py"),
            text=text,
        )
        for draft, text in zip(drafts, written(case), strict=True)
    ]


def test_ruff_accepts_every_revision(tmp_path: Path) -> None:
    for number, case in enumerate(WRITTEN):
        for part, text in enumerate(written(case), 1):
            name = f"{number:03}_{part}_{case.path.stem}.py"
            (tmp_path / name).write_text(text, encoding="utf-8")
    ruff("check", "--isolated", str(tmp_path))
    ruff("format", "--isolated", "--check", str(tmp_path))


def equal(found: Facts, wanted: Facts, when: str) -> None:
    if lines := difference(found, wanted):
        pytest.fail(f"after the {when}:\n{lines}", pytrace=False)


# Those that are taken up again, and down to nothing.
TWICE = {*some(LIVE, 8)}


@pytest.mark.parametrize(
    ("version", "case"),
    with_servers(LIVE),
    ids=lambda one: one if isinstance(one, int) else name_of(one),
)
def test_live(version: int, case: Case, tmp_path: Path) -> None:
    old = spec_of(case, "old.yaml")
    new = spec_of(case, "new.yaml")
    if max(old.postgresql, new.postgresql) > version:
        pytest.skip(f"the spec is for PostgreSQL {new.postgresql}")
    first = first_of(case)
    (tmp_path / "first.py").write_text(first.text, encoding="utf-8")
    is_superuser = is_superusers(name_of(case))
    with databases.database(version, is_superuser=is_superuser) as url:
        connection = databases.connection(url)
        before_sql = case.sections.get("before.sql", "")
        given = unordered(prepare([old, new], before_sql, connection))
        up(url, Loaded(tmp_path))
        before = read(url)
        connection.execute(case.sections.get("rows.sql", ""), prepare=False)
        # It has the owners and the grants that it does not say.
        new = replace(new, schema=planned(case).plan.schema)
        table = {
            key: value for key, value in before.items() if "alembic_version" in key
        }
        for number, text in enumerate(written(case)):
            (tmp_path / f"later_{number}.py").write_text(text, encoding="utf-8")
        directory = Loaded(tmp_path)
        up(url, directory)
        wanted = unordered(expected(new, connection))
        equal(
            of_spec(url, new, given | table | wanted), given | table | wanted, "upgrade"
        )
        assert unnamed(url, new) == {}
        assert other_parts(new.schema, connection) == {}
        assert missing(new.schema, connection) == []
        down(url, directory, first.id)
        equal(read(url), before, "downgrade")
        assert unnamed(url, old) == {}
        assert other_parts(old.schema, connection) == {}
        if case not in TWICE:
            return  # all is as it was before
        up(url, directory)
        equal(
            of_spec(url, new, given | table | wanted),
            given | table | wanted,
            "second upgrade",
        )
        assert unnamed(url, new) == {}
        down(url, directory)
        equal(read(url), given | table, "downgrade to base")
