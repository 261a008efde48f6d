"""The steps of a revision one way as Python: the body of `upgrade()` or of `downgrade()`.

Another process may begin it, where one is idle (`base.meanwhile`).
"""

from __future__ import annotations

from dataclasses import field
from itertools import chain, groupby, takewhile
from operator import itemgetter
from typing import TYPE_CHECKING, NamedTuple

from gen_migration.alembic_ops import calls
from gen_migration.base.data_class import dataclass
from gen_migration.base.meanwhile import begun
from gen_migration.operations import every as op
from gen_migration.render import helpers
from gen_migration.render.body_checks import OFF, first_unchecked
from gen_migration.render.create import CREATED_OR_DROPPED, plain
from gen_migration.render.hidden_rows import over_hidden, refused
from gen_migration.render.new_access import on_created
from gen_migration.render.new_children import on_children
from gen_migration.render.steps import count, numbered
from gen_migration.render.templates import DEFAULT, printed, sheet

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from gen_migration.model.schema import Schema, Spec
    from gen_migration.plan.link import Direction
    from gen_migration.render.create import Part as Statement


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """The body of `upgrade()` or `downgrade()`: statements, and then blocks of `with helper:`."""

    first: list[str] = field(default_factory=list)
    blocks: list[tuple[str, list[str]]] = field(default_factory=list)


NOTHING = Way()


def way(steps: Direction, spec: Spec) -> Callable[[set[str]], Way]:
    """Begin what a revision does one way, and return what makes Python of it.

    That adds the modules that it uses to those that it is given.
    """
    if steps.refusal is not None:
        stop = body([steps.refusal], steps.start)
        return lambda modules: Way(first=stop(modules).lines)
    if steps.autocommit:
        return lambda modules: in_autocommit(steps, spec, modules)
    # These come first, and commit.
    early = [*takewhile(lambda one: isinstance(one, op.AddEnumValue), steps.operations)]
    before = body(early, steps.start)
    rest = body(steps.operations[len(early) :], op.apply(steps.start, early))

    def made(modules: set[str]) -> Way:
        first, found = before(modules).lines, rest(modules)
        if not (steps.waits and found.lines):
            return Way(first=[*first, *found.lines])
        (numbers,) = numbered([found.executed])
        helper = helpers.call(spec.safety, numbers)
        return Way(first=first, blocks=[(calls.source(helper, modules), found.lines)])

    return made


def in_autocommit(steps: Direction, spec: Spec, modules: set[str]) -> Way:
    """Return statements that autocommit runs as Python."""
    from gen_migration.render.online import FormContext, of_all

    place = FormContext(steps.start, spec.safety, spec.postgresql)
    every = of_all(steps.operations, place)
    runs = [
        (concurrent, [*run])
        for concurrent, run in groupby(every, lambda one: one.concurrent)
    ]
    counts = [sum(count(one.part) for one in run) for _, run in runs]
    blocks = []
    for (concurrent, run), numbers in zip(runs, numbered(counts), strict=True):
        offending = [one.offending for one in run if one.offending is not None]
        helper = helpers.call_in_autocommit(
            spec.safety, offending, numbers, concurrent=concurrent
        )
        around = [calls.source(helper, modules)]
        if any(helpers.builds_beside_others(one.part) for one in run):
            around.append(calls.source(calls.Call(helpers.KEPT_INDEXES), modules))
        lines = [printed(DEFAULT, (one.part,), modules) for one in run]
        blocks.append((", ".join(around), lines))
    return Way(blocks=blocks)


class Body(NamedTuple):
    """Operations as Python, and how many statements are executed for them."""

    lines: list[str]
    executed: int


def body(
    operations: Iterable[op.Operation], start: Schema
) -> Callable[[set[str]], Body]:
    """Begin to make Python of operations, from a schema on, and return what gives it.

    Some leave nothing to do on the way back.
    """
    operations = tuple(operations)
    found = parts(operations, start)
    hidden = over_hidden(operations, start)
    access = on_created(operations, start)
    unsaid = on_children(operations, start)
    steps: list[tuple[str, Iterable[Statement]]] = [
        (
            sheet(one.wire),
            chain(
                refused(found[n]) if n in hidden else found[n],
                next(unsaid),
                next(access),
            ),
        )
        for n, one in enumerate(operations)
    ]
    position = first_unchecked(operations, start)
    if position is not None:
        steps.insert(position, (DEFAULT, (OFF,)))
    groups: list[tuple[str, Iterable[Statement]]] = []
    for wire, run in groupby(steps, key=itemgetter(0)):
        each = (statements for _, statements in run)
        # The default prints one statement after the other, whatever the operations are.
        runs = [chain.from_iterable([*each])] if wire == DEFAULT else each
        groups += [(wire, one) for one in runs]
    every = begun(text_of, groups)

    def made(modules: set[str]) -> Body:
        found = every()
        modules.update(*(used for _, used, _ in found))
        lines = [text for text, _, _ in found if text]
        return Body(lines, sum(number for *_, number in found))

    return made


def parts(
    operations: Sequence[op.Operation], start: Schema
) -> list[Iterable[Statement]]:
    """Return the statements of each operation, from a schema on.

    One of several operations is with the first of them.
    """
    if CREATED_OR_DROPPED.issuperset(map(type, operations)):
        return [*map(plain, operations)]
    from gen_migration.render.edits import parts_of_edit

    return parts_of_edit(operations, start)


def text_of(group: tuple[str, Iterable[Statement]]) -> tuple[str, list[str], int]:
    """Return the statements of an operation as Python, by its template.

    With it, what they import, and how many are executed.
    """
    wire, statements = group[0], [*group[1]]
    modules: set[str] = set()
    return printed(wire, statements, modules), [*modules], sum(map(count, statements))
