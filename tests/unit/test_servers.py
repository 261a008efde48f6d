"""Golden cases and servers: none is left out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cases import all_cases
from changes import all_changes
from gen_migration.scratch.databases import VERSIONS
from servers import (
    NEWER,
    half_with_servers,
    some_with_servers,
    with_servers,
)

if TYPE_CHECKING:
    import pytest

CASES = [*all_cases(), *all_changes()]


def test_each_case_meets_the_newest_server_and_one_of_a_folder_the_others(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delenv("GEN_MIGRATION_ALL", raising=False)
    found = with_servers(CASES)
    for version in VERSIONS:
        met = [case for server, case in found if server == version]
        if version == max(VERSIONS):
            assert met == CASES
            continue
        able = [
            case
            for case in CASES
            if not any(NEWER.search(text) for text in case.sections.values())
        ]
        folders = [case.path.parent for case in met]
        assert {case.path.parent for case in able} == set(folders)
        assert len(folders) == len(set(folders))


def test_half_of_the_cases_meet_the_newest_server_where_time_is_short(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delenv("GEN_MIGRATION_ALL", raising=False)
    newest = max(VERSIONS)
    every = {case.path.parent for case in CASES}
    found = half_with_servers(CASES)
    met = {server: [case for on, case in found if on == server] for server in VERSIONS}
    assert len(CASES) / 2 <= len(met[newest]) < len(CASES) * 0.7
    assert {case.path.parent for case in met[newest]} == every
    assert {*with_servers(CASES)} > {(newest, case) for case in met[newest]}
    for version in VERSIONS[:-1]:
        # Of folders with several cases, one more is tried.
        more = [case for case in met[version] if case not in met[newest]]
        assert len(more) > len(every) / 3
        assert len(met[version]) == len({case.path.parent for case in met[version]})


def test_all_meet_all_where_that_is_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GEN_MIGRATION_ALL", "1")
    for chosen in (with_servers, half_with_servers, some_with_servers):
        assert len(chosen(CASES)) == len(VERSIONS) * len(CASES)
