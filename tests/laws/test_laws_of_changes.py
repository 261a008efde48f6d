"""The laws of the design, over random changes; numbered as there. Law 6 is in test_changes_live."""

from __future__ import annotations

import ast
import random
from typing import TYPE_CHECKING, Any

from cases import ruff
from gen_migration.diff.spent_hints import idle
from gen_migration.kinds.graph import Graph
from gen_migration.model.hints import Hints
from gen_migration.model.schema import ForeignKey
from gen_migration.operations.base import (
    CreateConstraint,
    DropConstraint,
    apply,
    inverse,
)
from gen_migration.operations.origins import Origins
from gen_migration.operations.renames import Rename
from gen_migration.plan.planner import plan
from gen_migration.render.checksum import checksum
from gen_migration.render.marker import marked, read_marker
from gen_migration.replay.replay import replay
from gen_migration.spec.load import load
from gen_migration.spec.write.spec import dump
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from programs import ALLOWED, FUNCTIONS, called, without_helper
from strategies import pairs
from transitions import Pair, answered, later_revisions, transition, visible
from yaml_text import yaml_text

if TYPE_CHECKING:
    from gen_migration.kinds.references import Reference
    from gen_migration.model.schema import Schema
    from gen_migration.operations.base import Operation


@given(pairs())
def test_1_a_dumped_spec_loads_as_itself(pair: Pair) -> None:
    for document in pair[:2]:
        spec = load(yaml_text(document), "spec.yaml")
        assert load(dump(spec), "dump.yaml") == spec


@given(pairs())
def test_2_3_operations_lead_there_and_back(pair: Pair) -> None:
    found = transition(pair)
    old, new, made = found.old.schema, found.new.schema, found.plan
    assert apply(old, made.operations) == new
    assert apply(new, inverse(made.operations)) == old
    assert inverse(inverse(made.operations)) == made.operations
    assert apply(old, made.upgrade) == new
    assert apply(new, made.downgrade) == old


@given(pairs())
def test_4_from_a_schema_to_itself_is_nothing(pair: Pair) -> None:
    found = transition(pair)
    new = found.new
    origins = Origins().after(found.plan.upgrade)
    # Without hints, and with those that history has consumed: where all of them did something.
    consumed = [] if idle(new.hints, found.plan.operations) else [(new.hints, origins)]
    for hints, known in ((Hints(), Origins()), *consumed):
        made = plan(new.schema, new.schema, hints, known, new.postgresql)
        assert (made.operations, made.upgrade, made.downgrade) == ((), (), ())


@given(pairs())
def test_5_replay_gives_what_was_rendered(pair: Pair) -> None:
    found = transition(pair)
    schema = found.old.schema
    for text, link in zip(found.texts, found.plan.links, strict=True):
        operations, schema = replay(text, "revision.py", schema)
        assert list(operations) == visible(link.upgrade.operations)
    assert schema == found.new.schema


@given(pairs())
def test_7_same_input_same_bytes(pair: Pair) -> None:
    found = transition(pair)
    again = [load(dump(spec), "elsewhere.yaml") for spec in (found.old, found.new)]
    made = answered(again[0].schema, again[1])
    assert found.texts == later_revisions(made, again[1], "first")


def reordered(document: dict[str, Any]) -> dict[str, Any]:
    """Return a document whose objects, but schemas, stand in another order."""
    result = dict(document)
    for key in ("enums", "domains", "sequences", "tables"):
        objects = list(document.get(key, {}).items())
        random.Random(1).shuffle(objects)  # noqa: S311 - any other order will do
        if objects:
            result[key] = dict(objects)
    return result


@given(pairs())
def test_7_the_order_of_tables_means_nothing(pair: Pair) -> None:
    one = transition(pair).plan
    other = transition((reordered(pair[0]), reordered(pair[1]), pair[2])).plan
    # What is set aside depends on the rename that comes first.
    if not any(isinstance(operation, Rename) for operation in one.operations):
        assert said(one.upgrade) == said(other.upgrade)
        assert said(one.downgrade) == said(other.downgrade)


def is_foreign_key(operation: Operation) -> bool:
    match operation:
        case CreateConstraint(new=ForeignKey()) | DropConstraint(old=ForeignKey()):
            return True
    return False


def said(operations: tuple[Operation, ...]) -> list[str]:
    """Return what operations say, but for foreign keys: where a cycle is cut is by their order."""
    return sorted(
        operation.summary for operation in operations if not is_foreign_key(operation)
    )


def unmet(schema: Schema) -> set[Reference]:
    """Return the references of a schema that lead to none of its nodes."""
    graph = Graph(schema)
    return {
        one
        for _, references in graph.references()
        for one in references
        if one[-1] is not None and not graph.nodes(one)
    }


@given(pairs(), st.booleans())
def test_13_nothing_ever_refers_to_what_is_not_there(pair: Pair, again: bool) -> None:
    """Whatever the order of objects in a spec; what both sides leave open is not theirs."""
    old, new, related = pair
    if again:
        old, new = reordered(old), reordered(new)
    found = transition((old, new, related))
    before, after, made = found.old.schema, found.new.schema, found.plan
    open_ = unmet(before) | unmet(after)
    ways = ((before, made.operations), (before, made.upgrade), (after, made.downgrade))
    for schema, operations in ways:
        for number, operation in enumerate(operations):
            schema = operation.apply(schema)  # noqa: PLW2901 - step by step
            lines = [one.summary for one in operations[: number + 1]]
            assert unmet(schema) <= open_, lines


@settings(max_examples=40)
@given(pairs())
def test_8_ruff_and_the_compiler_accept_what_is_written(pair: Pair) -> None:
    found = transition(pair)
    assume(found.plan.operations)  # nothing is written where nothing changed
    for text in found.texts:
        final = marked(
            ruff("format", "--isolated", "-", text=text), "random", checksum(text)
        )
        compile(final, "revision.py", "exec")
        ruff("check", "--isolated", "--quiet", "-", text=final)
        assert final == ruff("format", "--isolated", "-", text=final)
        mark = read_marker(final)
        assert mark is not None
        assert mark.checksum == checksum(final)


@given(pairs())
def test_9_no_text_is_ever_code(pair: Pair) -> None:
    """That each text comes back as itself is what law 5 says of changes."""
    for text in transition(pair).texts:
        tree = without_helper(ast.parse(text))
        for node in ast.walk(tree):
            assert isinstance(node, (*ALLOWED, ast.Pass)), ast.dump(node)
            if isinstance(node, ast.Call):
                assert called(node) in FUNCTIONS | CHANGING, called(node)


CHANGING = frozenset(
    """
    op.add_column op.drop_column op.alter_column op.rename_table op.create_table_comment
    op.drop_table_comment op.get_context op.create_primary_key op.create_unique_constraint
    op.create_check_constraint op.get_context().autocommit_block
    """.split()
)
