"""Golden cases and servers: none is left out."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import servers
from cases import all_cases
from changes import all_changes
from gen_migration.scratch.databases import VERSIONS
from repositories import git
from servers import NEWER, some_with_servers, with_servers

if TYPE_CHECKING:
    from pathlib import Path

CASES = [*all_cases(), *all_changes()]
FOLDERS = {case.path.parent for case in CASES}


@pytest.fixture
def some(monkeypatch: pytest.MonkeyPatch) -> None:
    """Take what a run of a clean checkout takes."""
    monkeypatch.delenv("GEN_MIGRATION_ALL", raising=False)
    monkeypatch.setattr(servers, "uncommitted", frozenset)


@pytest.mark.usefixtures("some")
def test_one_of_a_folder_meets_the_newest_server_and_one_the_others() -> None:
    newest = max(VERSIONS)
    found = with_servers(CASES)
    met = {server: [case for on, case in found if on == server] for server in VERSIONS}
    assert {case.path.parent for case in met[newest]} == FOLDERS
    assert len(met[newest]) == len(FOLDERS)
    for version in VERSIONS[:-1]:
        older = [
            case
            for case in CASES
            if not any(NEWER.search(text) for text in case.sections.values())
        ]
        folders = [case.path.parent for case in met[version]]
        assert set(folders) == {case.path.parent for case in older}
        assert len(folders) == len(set(folders))
        # Of folders with several cases, one more is tried.
        more = [case for case in met[version] if case not in met[newest]]
        assert len(more) > len(FOLDERS) / 3


@pytest.mark.usefixtures("some")
def test_what_no_commit_holds_meets_each_server(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    before = with_servers(CASES)
    one = next(case for case in CASES if case not in {case for _, case in before})
    monkeypatch.setattr(servers, "uncommitted", lambda: frozenset({one.path}))
    found = with_servers(CASES)
    assert {*found} == {*before} | {(version, one) for version in VERSIONS}
    assert len(found) == len({*found})


@pytest.mark.usefixtures("some")
def test_what_no_commit_holds_is_with_those_of_some_folders(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    before = servers.some(CASES, 4)
    folders = [case.path.parent for case in before]
    assert len(folders) == len({*folders})
    assert len(FOLDERS) <= 4 * len(folders) < len(FOLDERS) + 4
    one = next(case for case in CASES if case not in before)
    monkeypatch.setattr(servers, "uncommitted", lambda: frozenset({one.path}))
    assert servers.some(CASES, 4) == [*before, one]
    assert some_with_servers(CASES, 4)[-1] == (max(VERSIONS), one)


def test_what_no_commit_holds_is_what_git_says(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    golden = tmp_path / "tests" / "golden"
    (golden / "changes" / "add column").mkdir(parents=True)
    assert servers.uncommitted(tmp_path / "tests") == frozenset()  # no repository
    monkeypatch.chdir(tmp_path)
    git("init", "--quiet")
    old, other, new = (
        golden / "changes" / "add column" / f"{name}.txt"
        for name in ("old", "other", "ü")
    )
    old.write_text("1", encoding="utf-8")
    other.write_text("1", encoding="utf-8")
    git("add", ".")
    git("commit", "--message", "two cases")
    old.write_text("2", encoding="utf-8")
    new.write_text("1", encoding="utf-8")
    (tmp_path / "elsewhere").write_text("1", encoding="utf-8")
    assert servers.uncommitted(golden) == {old, new}


def test_all_meet_all_where_that_is_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GEN_MIGRATION_ALL", "1")
    for chosen in (with_servers, some_with_servers):
        assert len(chosen(CASES)) == len(VERSIONS) * len(CASES)
