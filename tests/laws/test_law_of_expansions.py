"""An open expansion is a state like any other: laws 2 to 5 hold for what opens and closes it."""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING, NamedTuple

import pytest
from gen_migration.base.data_class import replace
from gen_migration.diff.access import completed
from gen_migration.diff.expansions import opened
from gen_migration.history.drafts import drafts_of
from gen_migration.history.request import Request
from gen_migration.model.hints import Hints
from gen_migration.model.schema import Schema
from gen_migration.operations.base import apply, inverse
from gen_migration.plan.planner import plan
from gen_migration.replay.replay import replay
from gen_migration.spec.load import load
from transitions import visible

if TYPE_CHECKING:
    from gen_migration.model.schema import Spec
    from gen_migration.plan.link import Plan

# A column before and after: what it is called, its type, and the hint.
COLUMNS = {
    "rename": ("a", "text", "b", "text", "renamed_from: a, expand: true"),
    "type": ("a", "integer", "a", "bigint", "expand: true"),
    "both": ("a", "integer", "b", "numeric", "renamed_from: a, expand: true"),
    "sql": (
        "a",
        "text",
        "a",
        "bytea",
        "expand: {up: \"convert_to(a, 'UTF8')\", down: \"convert_from(a, 'UTF8')\"}",
    ),
}
WITH = ("", ", unique: true", ", check: X IS NOT NULL", ", references: r.key")
REST = ("", "    indexes: {one: [X], two: [id, X desc]}\n")
VIEW = ("", "views: {v: SELECT X AS c FROM t}\n")


class Case(NamedTuple):
    kind: str
    more: str
    rest: str
    view: str
    nullable: bool


CASES = [
    Case(*one)
    for one in product(COLUMNS, WITH, REST, VIEW, (True, False))
    if not ("references" in one[1] and one[0] != "rename")
]


def text(case: Case, name: str, column: str) -> str:
    """Return a spec with a column."""
    null = ", nullable: true" if case.nullable else ""
    spec = (
        "name: s\ntables:\n"
        "  r: {columns: {key: {type: text, primary_key: true}}}\n"
        "  t:\n    columns:\n      id: {type: bigint, primary_key: true}\n"
        f"      X: {{{column}{null}{case.more}}}\n{case.rest}{case.view}"
    )
    return (
        spec.replace("r: {columns: {X", "r: {columns: {a")
        .replace("r.X", "r.a")
        .replace("X", name)
    )


def lawful(made: Plan, spec: Spec, old: Schema, new: Schema) -> Schema:
    """Return what a plan leads to; it obeys the laws."""
    assert made.questions == ()
    old = completed(Schema(), old)
    assert completed(made.schema, new) == made.schema
    assert apply(old, made.operations) == made.schema
    assert apply(made.schema, inverse(made.operations)) == old
    assert apply(old, made.upgrade) == made.schema
    assert apply(made.schema, made.downgrade) == old
    schema = old
    drafts = drafts_of(replace(spec, schema=made.schema), made, (), Request())
    for draft, link in zip(drafts, made.links, strict=True):
        operations, schema = replay(draft.text(draft.header), "revision.py", schema)
        assert list(operations) == visible(link.upgrade.operations)
    assert schema == made.schema
    assert plan(schema, schema).operations == ()
    return schema


@pytest.mark.parametrize("kind", COLUMNS)
def test_what_opens_and_what_closes_one(kind: str) -> None:
    for case in CASES[:: 3 if kind == "rename" else 5]:
        if case.kind != kind:
            continue
        before, of, after, to, hint = COLUMNS[kind]
        old = load(text(case, before, f"type: {of}"), "old.yaml")
        new = load(text(case, after, f"type: {to}, {hint}"), "new.yaml")
        made = plan(old.schema, new.schema, new.hints)
        there = lawful(made, new, old.schema, made.schema)
        assert len(opened(there)) == 1
        # A second run finds nothing; the next one that asks for no expansion closes it.
        assert plan(there, new.schema, new.hints).operations == ()
        end = lawful(plan(there, new.schema, Hints()), new, there, new.schema)
        assert end == completed(end, new.schema)
        assert opened(end) == {}
        # The spec as it was before leads back, and is another way to close it.
        assert lawful(plan(there, old.schema), old, there, old.schema) == completed(
            Schema(), old.schema
        )
