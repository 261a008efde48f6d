"""The laws of the design, over random changes; numbered as there. Law 6 is in test_changes_live.

Each change is made once, and obeys all of them.
"""

from __future__ import annotations

import ast
import random
from itertools import chain
from typing import TYPE_CHECKING, Any

from gen_migration.diff.differ import difference
from gen_migration.diff.spent_hints import idle
from gen_migration.kinds import KINDS
from gen_migration.kinds.graph import Graph
from gen_migration.model.hints import Hints
from gen_migration.model.schema import ForeignKey
from gen_migration.operations.alterations import SetInherited
from gen_migration.operations.base import (
    CreateConstraint,
    DropConstraint,
    Refusal,
    apply,
    inverse,
)
from gen_migration.operations.origins import Origins
from gen_migration.operations.renames import Rename
from gen_migration.plan.effects import subject
from gen_migration.plan.order import arranged, ordered
from gen_migration.plan.order_of_moves import with_renames
from gen_migration.plan.planner import plan
from gen_migration.replay.replay import replay
from gen_migration.review.spec_diff import difference_text
from gen_migration.spec.load import load
from gen_migration.spec.write.spec import dump
from hypothesis import given
from programs import ALLOWED, FUNCTIONS, accepted, called, without_helper
from strategies import pairs
from transitions import answered, later_revisions, transition, visible

if TYPE_CHECKING:
    from gen_migration.kinds.nodes import Node
    from gen_migration.kinds.references import Reference
    from gen_migration.model.schema import Schema, Spec
    from gen_migration.operations.base import Operation
    from transitions import Pair, Transition


@given(pairs())
def test_laws(pair: Pair) -> None:
    found = transition(pair)
    for spec in (found.old, found.new):
        law_1(spec)
    for law in (law_2_3, law_4, law_5, law_7, law_8, law_9, law_13, law_13_alone):
        law(found)
    a_text_says_what_differs(found)
    # Whatever the order of objects in a spec.
    again = transition((reordered(pair[0]), reordered(pair[1]), pair[2]))
    law_7_of_order(found, again)
    law_13(again)


def a_text_says_what_differs(found: Transition) -> None:
    """It is empty where nothing does."""
    old, new = found.old.schema, found.new.schema
    names = ("old", "new")
    assert difference_text(old, old, names=names) == ""
    text = difference_text(old, new, names=names)
    assert (text == "") == (old == new)
    if text:
        # Something is said beside the names.
        assert len(text.splitlines()) > 3
        assert any(line.startswith(("-", "+")) for line in text.splitlines()[3:])


def law_1(spec: Spec) -> None:
    """A dumped spec loads as itself."""
    assert load(dump(spec), "dump.yaml") == spec


def law_2_3(found: Transition) -> None:
    """Operations lead there and back."""
    old, new, made = found.old.schema, found.plan.schema, found.plan
    assert apply(old, made.operations) == new
    assert apply(new, inverse(made.operations)) == old
    assert inverse(inverse(made.operations)) == made.operations
    assert apply(old, made.upgrade) == new
    assert apply(new, made.downgrade) == old


def law_4(found: Transition) -> None:
    """From a schema to itself is nothing."""
    new = found.new
    origins = Origins().after(found.plan.upgrade)
    # Without hints, and with those that history has consumed: where all of them did something.
    consumed = [] if idle(new.hints, found.plan.operations) else [(new.hints, origins)]
    for hints, known in ((Hints(), Origins()), *consumed):
        made = plan(new.schema, new.schema, hints, known, new.postgresql)
        assert (made.operations, made.upgrade, made.downgrade) == ((), (), ())


def law_5(found: Transition) -> None:
    """Replay gives what was rendered."""
    schema = found.old.schema
    for text, link in zip(found.texts, found.plan.links, strict=True):
        operations, schema = replay(text, "revision.py", schema)
        assert list(operations) == visible(link.upgrade.operations)
    assert schema == found.plan.schema


def law_7(found: Transition) -> None:
    """The same input gives the same bytes."""
    again = [load(dump(spec), "elsewhere.yaml") for spec in (found.old, found.new)]
    made = answered(again[0].schema, again[1])
    assert found.texts == later_revisions(made, again[1], "first")


def law_7_of_order(found: Transition, again: Transition) -> None:
    """The order of objects means nothing."""
    one, other = found.plan, again.plan
    # What is set aside depends on the rename that comes first.
    if not any(isinstance(operation, Rename) for operation in one.operations):
        assert said(one.upgrade) == said(other.upgrade)
        assert said(one.downgrade) == said(other.downgrade)


def reordered(document: dict[str, Any]) -> dict[str, Any]:
    """Return a document whose objects, but schemas, stand in another order."""
    result = dict(document)
    kinds = [kind.key for kind in KINDS if kind.in_schema and not kind.holders]
    for key in (*kinds, "tables"):
        objects = list(document.get(key, {}).items())
        random.Random(1).shuffle(objects)  # noqa: S311 - any other order will do
        if objects:
            result[key] = dict(objects)
    return result


def said(operations: tuple[Operation, ...]) -> list[str]:
    """Return what operations say, but for foreign keys: where a cycle is cut is by their order.

    So is what partitions have otherwise of a foreign key: it goes before one that goes by itself.
    """
    return sorted(
        operation.summary for operation in operations if not is_foreign_key(operation)
    )


def is_foreign_key(operation: Operation) -> bool:
    match operation:
        case CreateConstraint(new=ForeignKey()) | DropConstraint(old=ForeignKey()):
            return True
        case SetInherited(of=ForeignKey()):
            return True
    return False


def law_8(found: Transition) -> None:
    """Ruff and the compiler accept what is written."""
    accepted(found.texts)


def law_9(found: Transition) -> None:
    """No text is ever code. That each text comes back as itself is what law 5 says of changes."""
    for text in found.texts:
        tree = without_helper(ast.parse(text))
        for node in ast.walk(tree):
            if is_refusal(node):
                continue
            assert isinstance(node, (*ALLOWED, ast.Pass)), ast.dump(node)
            if isinstance(node, ast.Call):
                assert called(node) in FUNCTIONS | CHANGING, called(node)


def is_refusal(node: ast.AST) -> bool:
    """Tell whether a way back that PostgreSQL does not have is refused, with the reason."""
    if isinstance(node, ast.Raise):
        return isinstance(node.exc, ast.Call) and is_refusal(node.exc)
    return (
        isinstance(node, ast.Call)
        and ast.unparse(node.func) == "NotImplementedError"
        and all(isinstance(one, ast.Constant) for one in node.args)
    )


def unmet(schema: Schema) -> set[Reference]:
    """Return the references of a schema that lead to none of its nodes."""
    graph = Graph(schema)
    return {
        one
        for _, references in graph.references()
        for one in references
        if one[-1] is not None
        # No name, but what types choose, if there is one.
        and one[0] not in {"standard", "transforms"}
        and not graph.nodes(one)
        and not of_view(graph, one)
    }


def of_view(graph: Graph, reference: Reference) -> bool:
    """Tell whether it is a column of what is no table: those are no nodes."""
    word, name, *_ = reference
    return word == "field" and any(
        one[0] != "table" for one in graph.named("relations", name)
    )


def law_13(found: Transition) -> None:
    """Nothing ever refers to what is not there; what both sides leave open is not theirs."""
    before, after, made = found.old.schema, found.new.schema, found.plan
    open_ = unmet(before) | unmet(after)
    ways = [(before, made.operations), (before, made.upgrade)]
    # Where PostgreSQL has no way back, it raises.
    if not any(isinstance(one, Refusal) for one in made.downgrade):
        ways.append((after, made.downgrade))
    for schema, operations in ways:
        for number, operation in enumerate(operations):
            schema = operation.apply(schema)  # noqa: PLW2901 - step by step
            lines = [one.summary for one in operations[: number + 1]]
            assert unmet(schema) <= open_, lines


def law_13_alone(found: Transition) -> None:
    """The graph alone orders an edit, also where the order of reading is the wrong way round."""
    old, new = found.old.schema, found.new.schema
    edit = difference(old, new, found.new.hints, Origins())
    renames = (*edit.renames, *chain.from_iterable(edit.detached.values()))
    apart = {id(one) for one in (*edit.first, *renames, *edit.last)}
    operations = [one for one in ordered(edit) if id(one) not in apart]
    open_ = unmet(edit.old) | unmet(edit.new)
    schema = edit.old
    order = arranged(backwards(operations), edit.old, edit.new)
    for operation in with_renames(order, edit.detached):
        schema = operation.apply(schema)
        assert unmet(schema) <= open_, operation.summary
    assert schema == edit.new


def backwards(operations: list[Operation]) -> list[Operation]:
    """Return operations the wrong way round, but for the steps of one thing."""
    steps: dict[Node, list[Operation]] = {}
    for one in operations:
        steps.setdefault(subject(one).node, []).append(one)
    return [one for found in reversed(steps.values()) for one in found]


def test_a_partition_that_moves_does_not_follow_its_table_meanwhile() -> None:
    """A name of a NOT NULL has it move: it allows NULL by itself, and once."""
    part = {"from": 1, "to": 9, "columns": {"a": {"not_null": "x"}}}
    columns: dict[str, Any] = {"a": {"type": "integer"}, "b": {"type": "integer"}}
    old: dict[str, Any] = {
        "columns": columns,
        "partition_by": {"range": [{"column": "a"}]},
        "partitions": {"p": part},
    }
    new = {
        **old,
        "columns": {**columns, "b": {"type": "integer", "nullable": True}},
        "partitions": {"p": {"from": 1, "to": 9}},
    }
    one, other = ({"name": "n", "tables": {"t": table}} for table in (old, new))
    found = transition((one, other, True))
    assert "detach partition p from t" in said(found.plan.upgrade)
    law_5(found)


CHANGING = frozenset(
    """
    op.add_column op.drop_column op.alter_column op.rename_table op.create_table_comment
    op.drop_table_comment op.get_context op.create_primary_key op.create_unique_constraint
    op.create_check_constraint op.get_context().autocommit_block statements
    """.split()
)
