"""Notes that say the same of many places are counted."""

from __future__ import annotations

from gen_migration.base.errors import Error
from gen_migration.workflows.notes import MOST, abridged


def test_of_many_with_one_hint_the_first_ones_are_told() -> None:
    alike = [
        Error(f"column a{number} waits", where=f"s.yaml:{number}:1", hint="wait")
        for number in range(1, MOST + 3)
    ]
    without = [Error("it is lost", where="s.yaml:9:1") for _ in range(MOST + 1)]
    other = Error("it is slow", where="s.yaml:99:1", hint="hurry")
    told = abridged([*alike, *without, other])
    assert told[:-1] == [*alike[:MOST], *without, other]
    assert str(told[-1]) == "error: s.yaml: 2 more notes have this hint\n  hint: wait"
    assert abridged(alike[:MOST]) == alike[:MOST]
