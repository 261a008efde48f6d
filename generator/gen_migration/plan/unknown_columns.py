"""Columns that the queries of a change name, and that nothing has. Pure.

What does not change was right before. A server says so as well, but only when the revision runs.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gen_migration import kinds
from gen_migration.base.errors import Problem
from gen_migration.kinds import BY_WORD
from gen_migration.kinds.unknown_columns import Names
from gen_migration.operations.alterations import AlterObject
from gen_migration.operations.base import CreateObject, only_builds
from gen_migration.operations.columns import DropColumn

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gen_migration.model.schema import Spec
    from gen_migration.plan.link import Plan


def unknown_columns(made: Plan, spec: Spec) -> Iterator[Problem]:
    """Yield the names of columns in queries that stand for nothing in a spec."""
    names = Names(spec.schema)
    for word, name in concerned(made, spec):
        kind, value = BY_WORD[word], spec.schema.of(word)[name]
        for one in dict.fromkeys(kind.unknown_columns(name, value, names)):
            yield Problem(
                message=one.message,
                path=spec.places.get((word, name), ()),
                hint=one.alike or "write a column of what stands in FROM",
            )


def concerned(made: Plan, spec: Spec) -> Iterator[tuple[str, Any]]:
    """Yield the objects of a spec that change; all of them, where columns go."""
    if only_builds(made.operations):
        return
    if any(isinstance(one, DropColumn) for one in made.operations):
        yield from (
            (kind.word, name)
            for kind in kinds.of(spec.schema)
            for name in spec.schema.of(kind.word)
        )
        return
    for one in made.operations:
        match one:
            case CreateObject(kind=word, name=name) | AlterObject(kind=word, name=name):
                if word in BY_WORD and name in spec.schema.of(word):
                    yield word, name
