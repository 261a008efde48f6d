"""What sizes make of findings: times, severities, and where they come from."""

from __future__ import annotations

import datetime as dt
import subprocess
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest
from environment import Environment, forked, written
from gen_migration.base.configuration import Level, configured
from gen_migration.base.errors import Error
from gen_migration.history.request import Request
from gen_migration.plan.planner import plan
from gen_migration.postgres.names import Name
from gen_migration.rules.engine import findings
from gen_migration.rules.extents import measured, words
from gen_migration.rules.finding import (
    BUILD,
    DANGER,
    NOTE,
    REWRITE,
    SCAN,
    WARNING,
    Finding,
    Severity,
    Work,
)
from gen_migration.rules.registry import Rules
from gen_migration.rules.rule import Lock
from gen_migration.spec.load import load
from gen_migration.stats.load import load as load_stats
from gen_migration.stats.sizes import Assumed, Sizes
from gen_migration.stats.values import Stats, TableStats
from gen_migration.workflows.sizes import sizes
from reviews import SIZED_NEW, SIZED_OLD, SIZED_STATS, sized

if TYPE_CHECKING:
    from pathlib import Path

    from gen_migration.review.review import Review

TODAY = dt.date(2026, 11, 30)
T, U = Name(None, "t"), Name(None, "u")
MB = 10**6


def finding(severity: Severity, lock: Lock | None, work: Work | None) -> Finding:
    return Finding(
        code="GM201",
        severity=severity,
        message="m",
        path=(),
        lock=lock and lock.value,
        blocks="writers",
        work=work,
        tables=(T,),
        waiting=(T, U),
    )


def known(size: int, writes: int | None = 0, **assumed: int) -> Sizes:
    """Return sizes of a table of `size` MB, with an index as large, and of another one."""
    tables = {
        Name("public", "t"): TableStats(
            rows=1,
            size=size * MB,
            index_size=size * MB,
            writes_per_second=None if writes is None else Decimal(writes),
        ),
        Name("public", "u"): TableStats(rows=1, size=1, writes_per_second=Decimal(1)),
    }
    stats = Stats(taken=TODAY, postgresql="18.1", tables=tables)
    return Sizes(stats=stats, source="s", today=TODAY, assumed=Assumed(**assumed))


@pytest.mark.parametrize(
    ("work", "size", "seconds"),
    [
        (SCAN, 84_000, 840),
        (REWRITE, 84_000, 3360),
        (BUILD, 84_000, 1680),
        (None, 1, None),
    ],
)
def test_a_time_is_bytes_by_a_rate(
    work: Work | None, size: int, seconds: float | None
) -> None:
    found = measured(finding(WARNING, Lock.SHARE, work), known(size)).extent
    assert found is not None
    assert found.seconds == seconds
    assert found.size == size * MB * (1 if work in {SCAN, BUILD} else 2)


@pytest.mark.parametrize(
    ("before", "lock", "work", "size", "writes", "after"),
    [
        # What is over at once is no danger; what others wait for is one.
        (DANGER, Lock.ACCESS_EXCLUSIVE, REWRITE, 1, 0, NOTE),
        (DANGER, Lock.ACCESS_EXCLUSIVE, REWRITE, 100, 0, DANGER),
        (WARNING, Lock.SHARE, SCAN, 99, 0, NOTE),
        (WARNING, Lock.SHARE, SCAN, 100, 0, WARNING),
        (WARNING, Lock.SHARE, SCAN, 1000, 0, DANGER),
        # Many writes make a lock felt, be it for a moment.
        (NOTE, Lock.ACCESS_EXCLUSIVE, None, 1, 99, WARNING),
        (NOTE, Lock.ACCESS_EXCLUSIVE, None, 1, 98, NOTE),
        (NOTE, Lock.ACCESS_EXCLUSIVE, None, 1, None, NOTE),
        (DANGER, Lock.ACCESS_EXCLUSIVE, REWRITE, 1, 500, WARNING),
        (WARNING, Lock.SHARE, SCAN, 500, 500, DANGER),
        # Nobody waits.
        (NOTE, Lock.SHARE_UPDATE_EXCLUSIVE, SCAN, 84_000, 500, NOTE),
        (WARNING, None, None, 84_000, 500, WARNING),
    ],
)
def test_a_severity_follows_from_time_and_writes(
    before: Severity,
    lock: Lock | None,
    work: Work | None,
    size: int,
    writes: int | None,
    after: Severity,
) -> None:
    found = measured(finding(before, lock, work), known(size, writes))
    assert found.severity is after
    assert found.extent is not None
    assert found.extent.usual is (None if before is after else before)


def test_a_table_that_is_not_known_changes_nothing() -> None:
    before = finding(DANGER, Lock.ACCESS_EXCLUSIVE, REWRITE)
    stats = Stats(taken=TODAY, postgresql="18.1")
    nothing = Sizes(stats=stats, source="s", today=TODAY)
    found = measured(before, nothing)
    assert found.severity is DANGER
    assert [*words(found)] == [
        "size: unknown, since the file of sizes has no such table"
    ]


def line(work: Work | None, size: int, **assumed: int) -> str:
    found = finding(NOTE, Lock.SHARE, work)
    return next(words(measured(found, known(size, **assumed))))


def test_the_assumed_rate_is_said() -> None:
    assert line(SCAN, 84_000) == (
        "work: scans 84 GB (1 row): about 14 min at 100 MB/s, writers wait"
    )
    assert line(SCAN, 84_000, scan=400 * MB) == (
        "work: scans 84 GB (1 row): about 4 min at 400 MB/s, writers wait"
    )
    assert line(REWRITE, 1) == (
        "work: rewrites 2 MB (1 row): below a second, writers wait"
    )
    assert "about 44 h at" in line(BUILD, 8_000_000)
    assert line(None, 84) == "size: 170 MB with indexes, 1 row"


def codes(made: Review) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for one in made.findings:
        found.setdefault(one.code, []).append(one.severity.value)
    return found


def test_thresholds_are_settable() -> None:
    assert codes(sized())["GM208"] == ["danger", "note"]
    assert codes(sized(rewrite=1000))["GM208"] == ["danger", "danger"]
    assert "GM501" not in codes(sized(days=60))
    assert "GM501" in codes(sized(days=59))
    assert "GM401" not in codes(sized(build=10**12))


def test_names_are_those_before_the_edit() -> None:
    old = load(SIZED_OLD, "old.yaml")
    renamed = SIZED_NEW.replace("  plans:\n", "  tariffs:\n    renamed_from: plans\n")
    new = load(renamed, "new.yaml")
    stats = load_stats(SIZED_STATS, "stats.yaml")
    made = plan(old.schema, new.schema, new.hints)
    known_ = Sizes(stats=stats, source="s", today=TODAY)
    found = findings(made, new, sizes=known_)
    of_tariffs = [one for one in found if "tariffs" in one.path and one.extent]
    assert {one.extent.rows for one in of_tariffs if one.extent} == {200}


def test_a_level_that_a_project_has_set_stays() -> None:
    slow = Rules(levels={"GM208": Level(level="warning")})
    made = sized()
    found = findings(made.plan, made.spec, slow, made.sizes)
    of_types = [one for one in found if one.code == "GM208"]
    assert [one.severity for one in of_types] == [WARNING, WARNING]
    assert all(one.extent is not None for one in of_types)


def test_a_configuration_names_the_file_and_what_is_assumed(tmp_path: Path) -> None:
    path = tmp_path / "stats.yaml"
    path.write_text(SIZED_STATS, encoding="utf-8")
    text = f"[tool.gen-migration]\nstats = '{path}'\n"
    text += "assume = {scan-rate = '2 GB/s', busy-writes = 7, stats-age = 3}\n"
    found = sizes(None, configured(text.encode(), "pyproject.toml"), TODAY)
    assert found is not None
    assert found.assumed == Assumed(scan=2000 * MB, busy=7, days=3)
    assert found.source == str(path)
    assert found.is_old
    assert sizes(None, configured(b"", "pyproject.toml"), TODAY) is None
    other = tmp_path / "none.yaml"
    with pytest.raises(Error, match=r"none\.yaml: no such file"):
        sizes(other, configured(text.encode(), "pyproject.toml"), TODAY)


@pytest.mark.parametrize(
    ("given", "said", "hint"),
    [
        (
            "scan-rate = '100'",
            '.scan-rate: expected a rate, found the text "100"',
            'such as scan-rate = "200 MB/s"',
        ),
        (
            "busy-writes = 0",
            ".busy-writes: expected a whole number from 1 on, found the number 0",
            "such as busy-writes = 500",
        ),
        ("scan-rat = 1", ': unknown key "scan-rat"', 'did you mean "scan-rate"?'),
    ],
)
def test_a_mistake_in_what_is_assumed_has_its_place(
    given: str, said: str, hint: str
) -> None:
    text = f"[tool.gen-migration]\nrules = []\n[tool.gen-migration.assume]\n{given}\n"
    with pytest.raises(Error) as error:
        configured(text.encode(), "pyproject.toml")
    assert str(error.value) == (
        f"error: pyproject.toml:4:1: tool.gen-migration.assume{said}\n  hint: {hint}"
    )


@pytest.fixture
def app(generic: Environment) -> Environment:
    """Return a project with a revision, an edit, and sizes."""
    written(generic.generate(spec=SIZED_OLD))
    generic.spec(SIZED_NEW)
    generic.spec(SIZED_STATS, "stats.yaml")
    return generic


def run(project: Environment, *arguments: str) -> Any:
    return forked(["gen-migration", *arguments], project.root)


def git(directory: Path, *arguments: str) -> None:
    command = ["git", "-c", "user.name=a", "-c", "user.email=a@example.org", *arguments]
    subprocess.run(command, cwd=directory, check=True)


def test_notes_of_a_revision_say_them_and_its_bytes_do_not(app: Environment) -> None:
    plain = run(app, "shop.yaml", "--dry-run")
    told = run(app, "shop.yaml", "--dry-run", "--stats", "stats.yaml")
    assert plain.stdout == told.stdout != ""
    assert "rewrites 120 GB (410,000,000 rows): about 38 min at 50 MB/s" in told.stderr
    assert "GB" not in plain.stderr
    assert Request().sizes is None


def test_a_rewrite_that_nobody_has_agreed_to_says_its_size(app: Environment) -> None:
    app.spec(SIZED_NEW.replace(", rewrite: true", ""))
    done = run(app, "shop.yaml", "--stats", "stats.yaml")
    assert done.status == 2
    assert "wait (work: rewrites 65 kB (200 rows): below a second" in done.stderr
    assert "write rewrite: true" in done.stderr


def test_the_file_of_the_project_is_read_by_itself(app: Environment) -> None:
    named = run(app, "diff", "shop.yaml", "--stats", "stats.yaml")
    app.spec('[tool.gen-migration]\nstats = "stats.yaml"\n', "pyproject.toml")
    assert run(app, "diff", "shop.yaml").stdout == named.stdout
    assert "sizes: stats.yaml of 2026-10-01" in named.stdout
    done = run(app, "diff", "shop.yaml", "--rules-from", "HEAD")
    assert done.status == 2  # no repository yet
    for words_ in (["init", "-q"], ["add", "shop.yaml"], ["commit", "-qm", "a"]):
        git(app.root, *words_)
    done = run(app, "diff", "shop.yaml", "--rules-from", "HEAD")
    assert "sizes:" not in done.stdout  # its configuration names none
    git(app.root, "add", "pyproject.toml")
    git(app.root, "commit", "-qm", "b")
    assert run(app, "diff", "shop.yaml", "--rules-from", "HEAD").stdout == named.stdout
    app.spec("taken: yesterday\n", "stats.yaml")
    broken = run(app, "diff", "shop.yaml")
    assert broken.status == 2
    assert "stats.yaml:1:8: " in broken.stderr
