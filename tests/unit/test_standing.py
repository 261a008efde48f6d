"""What stands on what is found once for schemas that name alike, and is what each would say."""

from __future__ import annotations

import gc
import weakref
from typing import TYPE_CHECKING

from cases import spec_of
from changes import all_changes
from gen_migration.kinds.graph import Graph
from gen_migration.kinds.standing import Names, Standing
from gen_migration.spec.load import load

if TYPE_CHECKING:
    from gen_migration.kinds.nodes import Node

TEXT = """
name: app
tables:
  t: {columns: {id: {type: bigint, identity: always}, a: integer, b: text}}
views: {v: "SELECT a FROM t", w: "SELECT a FROM v"}
"""


def names(old: str = "", new: str = "") -> Names:
    return Names(load(TEXT.replace(old, new) if old else TEXT, "spec.yaml").schema)


def test_types_are_no_names() -> None:
    assert names() == names("a: integer", "a: bigint")
    for edit in (
        ("identity: always", "identity: {generated: always, sequence: s}"),
        ("b: text", "c: text"),
        ("SELECT a FROM v", "SELECT b AS a FROM t"),
        ("w:", "x:"),
        ("  t:", "  u:"),
    ):
        assert names() != names(*edit)


def test_schemas_that_name_alike_say_the_same() -> None:
    found = 0
    for case in all_changes():
        old, new = (spec_of(case, f"{one}.yaml").schema for one in ("old", "new"))
        if Names(old) == Names(new) and old.objects:
            found += 1
            before, after = Graph(old), Graph(new)
            alike = before.needs() == after.needs()
            assert alike or not (before.is_by_names and after.is_by_names)
    assert found > 10


def test_what_needs_others_comes_first() -> None:
    needs: dict[Node, set[Node]] = {
        ("a", 1): {("t",)},
        ("b", 2): {("a", 1)},
        ("c", 3): set(),
    }
    assert Standing(needs).on([("t",)], set()) == [("b", 2), ("a", 1)]
    assert Standing(needs).on([("t",)], {"a"}) == [("b", 2)]
    assert Standing(needs).on([("c", 3)], set()) == []


def test_a_graph_does_not_hold_itself() -> None:
    """A run collects no garbage, and a plan makes thousands of graphs."""
    gc.disable()
    try:
        graph = Graph(names().schema)
        graph.edges()
        gone = weakref.ref(graph)
        del graph
        assert gone() is None
    finally:
        gc.enable()


CHOSEN = """
name: app
enums: {kind: [a, b]}
functions:
  same(kind, kind): {returns: boolean, language: sql, body: SELECT true}
operators:
  ===(kind, kind): same
tables:
  t: {columns: {a: kind}}
views: {v: "SELECT a === a AS b FROM t"}
"""


def test_an_operator_is_chosen_by_types() -> None:
    mine = load(CHOSEN, "spec.yaml").schema
    theirs = load(CHOSEN.replace("{a: kind}", "{a: integer}"), "spec.yaml").schema
    assert Names(mine) == Names(theirs)
    ((name, _),) = mine.of("operator").items()
    (view,) = (("view", one) for one in mine.of("view"))
    for _ in range(2):  # also of what is kept
        assert view in Graph(mine).standing_on({("operator", name)})
        assert view not in Graph(theirs).standing_on({("operator", name)})
