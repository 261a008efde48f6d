"""What an edit drops while something that stays, or comes, still names it. Pure.

A server says so as well, but only when the revision runs.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gen_migration.base.errors import Problem
from gen_migration.kinds import BY_WORD
from gen_migration.kinds.graph import Graph
from gen_migration.kinds.nodes import NAMED
from gen_migration.kinds.references import Finder, words_of
from gen_migration.model.places import spec_path
from gen_migration.operations.base import DropObject, DropTable, only_builds
from gen_migration.postgres import own_functions

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gen_migration.base.errors import Place
    from gen_migration.kinds.nodes import Node
    from gen_migration.kinds.references import Reference
    from gen_migration.model.schema import Schema, Spec
    from gen_migration.plan.link import Plan

# The words of references by a name that leads to an object, and to nothing else.
BY_NAME = frozenset(("functions", *NAMED))


def dropped_names(made: Plan, spec: Spec) -> Iterator[Problem]:
    """Yield where a spec names what goes with an edit, and what nothing else is called by then."""
    gone = {*dropped(made, spec)}
    if not gone:
        return
    start = made.links[0].upgrade.start
    finder = Finder(words_of(name for node in gone for name in names_of(node, start)))
    before, after = Graph(start), Graph(spec.schema, finder)
    told: set[tuple[Node, Node]] = set()
    for node, references in after.references():
        for one in references:
            if one[0] not in BY_NAME or one[1] is None or after.nodes(one):
                continue
            if is_elsewhere(one, spec):
                continue
            for was in sorted(before.nodes(one) & gone, key=str):
                if (node, was) not in told:
                    told.add((node, was))
                    yield problem(node, was, spec)


def dropped(made: Plan, spec: Spec) -> Iterator[Node]:
    """Yield the objects that an edit drops for good."""
    if only_builds(made.operations):
        return
    for one in made.operations:
        match one:
            case DropObject(kind=word, name=name):
                found = word, name
            case DropTable(name=name):
                found = "table", name
            case _:
                continue
        if name not in spec.schema.of(found[0]):
            yield found


def names_of(node: Node, schema: Schema) -> Iterator[str]:
    """Yield the names, without their schemas, by which SQL may mean an object of a schema."""
    word, name = node
    found: list[Any] = [name]
    value = schema.of(word).get(name)
    if word in BY_WORD and value is not None:
        kind = BY_WORD[word]
        found += kind.brings(name, value)
        found += [one for _, one in kind.brings_others(value)]
    for one in found:
        yield getattr(one, "name", None) or str(one)


def is_elsewhere(reference: Reference, spec: Spec) -> bool:
    """Tell whether a name may mean what no spec has: PostgreSQL's own, or a table of others."""
    word, name, *_ = reference
    if word == "functions":
        return name.schema is None and name.name in own_functions.names()
    return name in spec.external


def problem(node: Node, was: Node, spec: Spec) -> Problem:
    word, name = was
    return Problem(
        message=f"it names {word} {name}, which this edit drops",
        path=path_of(node, spec),
        hint=f"change it, or drop it as well; or keep {word} {name}",
    )


def path_of(node: Node, spec: Spec) -> Place:
    """Return where a node stands in a spec."""
    word, name, *part = node
    match word:
        case "column" | "default":
            return spec_path(spec, name, "columns", *part)
        case "constraint" | "index":
            return spec.places.get(("part", (name, *part)), spec_path(spec, name))
        case _:
            return spec.places.get((word, name), ())
