"""Rules run over the operations of a change in their context. Pure."""

from __future__ import annotations

from itertools import chain
from operator import attrgetter
from typing import TYPE_CHECKING, Any

from gen_migration.base.data_class import replace
from gen_migration.diff.expansions import opened
from gen_migration.diff.stand_ins import standing
from gen_migration.kinds import BY_WORD
from gen_migration.kinds.graph import Graph
from gen_migration.model.constraints import key_of
from gen_migration.model.partitions import standalone
from gen_migration.operations import every as op
from gen_migration.operations.origins import Origins
from gen_migration.plan.modes import unused
from gen_migration.plan.one_pass import in_one_pass
from gen_migration.rules.contexts import (
    Design,
    Edit,
    Ignores,
    ObjectDesign,
    OfOperation,
    OfSizes,
    OnlineStep,
    Shared,
    UpgradeStep,
)
from gen_migration.rules.extents import measured, takes_long
from gen_migration.rules.finding import Severity
from gen_migration.rules.ignores import is_ignored
from gen_migration.rules.registry import Rules
from gen_migration.rules.touched import WHOLE, touched, touched_objects
from gen_migration.spec.documents import positions

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from gen_migration.model.schema import Schema, Spec
    from gen_migration.plan.link import Direction, Plan, PlannedRevision
    from gen_migration.postgres.names import Name
    from gen_migration.rules.finding import Finding
    from gen_migration.rules.rule import Rule
    from gen_migration.spec.documents import Document
    from gen_migration.stats.sizes import Sizes

ORDER = {severity: number for number, severity in enumerate(Severity)}
LOSSES = "GM10"  # what the codes of rules start with that tell what is destroyed


def findings(
    made: Plan, spec: Spec, asked: Rules | None = None, sizes: Sizes | None = None
) -> tuple[Finding, ...]:
    """Return what rules (left out: this tool's) find in a plan that leads to a spec.

    The worst comes first.

    What the spec ignores is left out, and an `ignore` that does nothing is a finding. Where
    `sizes` are known, findings say what they mean for tables of such.
    """
    asked = asked or Rules()
    found = [
        *of_edit(made, spec, asked, sizes),
        *of_statements(made, spec, asked, sizes),
    ]
    if sizes is not None:
        found += of_sizes(made, spec, asked, sizes)
    kept = [*found, *of_design(made, spec, asked)]
    if spec.hints.ignores:
        of_whole = of_tables(spec, spec.schema.tables, None, asked)
        every = ((kind, name) for kind in BY_WORD for name in spec.schema.of(kind))
        of_rest = of_objects(spec, every, asked)
        ignores = Ignores(spec=spec, found=(*found, *of_whole, *of_rest), sizes=sizes)
        kept = [one for one in kept if not is_ignored(one, spec.hints)]
        kept += chain.from_iterable(
            one.findings(ignores) for one in asked.of_family("0")
        )
    # The same may be true of several statements.
    return tuple(sorted(dict.fromkeys(kept), key=order))


def waits(
    made: Plan, spec: Spec, asked: Rules, sizes: Sizes | None = None
) -> list[Finding]:
    """Return what makes readers or writers wait, without what the spec ignores."""
    return [
        one
        for one in dict.fromkeys(of_statements(made, spec, asked, sizes))
        if one.severity is not Severity.NOTE and not is_ignored(one, spec.hints)
    ]


def dangers(
    made: Plan, spec: Spec, asked: Rules, sizes: Sizes | None = None
) -> list[Finding]:
    """Return what of an edit makes production stop, without losses and what the spec ignores.

    Losses are asked for, and told by themselves (`data_loss`).
    """
    return [
        one
        for one in dict.fromkeys(of_edit(made, spec, asked, sizes))
        if one.severity is Severity.DANGER
        and not is_loss(one)
        and not is_ignored(one, spec.hints)
    ]


def order(finding: Finding) -> tuple[int, str, tuple[str, ...], str]:
    path = tuple(str(part) for part in finding.path)
    return ORDER[finding.severity], finding.code, path, finding.message


def located(
    found: Iterable[Finding], document: Document, revision: str = ""
) -> tuple[Finding, ...]:
    """Return findings with the `file:line:column` of each in the document of the spec.

    `revision` is what stands before the names of files that come from git.
    """
    found = tuple(found)
    places = positions(document, [one.path for one in found])
    return tuple(
        replace(one, where=one.where or place.removeprefix(revision))
        for one, place in zip(found, places, strict=True)
    )


def of_edit(
    made: Plan, spec: Spec, asked: Rules, sizes: Sizes | None = None
) -> Iterator[Finding]:
    """Yield what the operations of an edit do to data and running code."""
    if made.is_first:
        return
    within, rules = edits(made, spec, sizes), asked.of_family("1")
    for operation in made.operations:
        yield from found_by(rules, within(operation), asked)


def edits(
    made: Plan, spec: Spec, sizes: Sizes | None = None
) -> Callable[[op.Operation], Edit]:
    """Return what puts an operation of an edit into its context: the same for all of them."""
    start = made.links[0].upgrade.start
    shared, idle = Shared(start, made, spec), unused(made.operations)
    origins = Origins().after(made.operations).of("table")

    def within(operation: op.Operation) -> Edit:
        return Edit(
            operation=operation,
            made=made,
            shared=shared,
            spec=spec,
            unused=idle,
            start=start,
            origins=origins,
            sizes=sizes,
        )

    return within


def found_by(
    rules: Iterable[Rule], context: OfOperation, asked: Rules
) -> Iterator[Finding]:
    """Yield what rules find in a context, with what sizes say of it.

    A level that the project has set stays.
    """
    for rule in rules:
        for one in rule.findings(context):
            if context.sizes is None:
                yield one
            else:
                is_set = rule.code in asked.levels
                yield measured(one, context.sizes, is_set=is_set)


def breaking(made: Plan, spec: Spec) -> tuple[tuple[Finding, ...], ...]:
    """Return what each revision of an edit does that code of the version before fails at."""
    if made.is_first:
        return ((),) * len(made.links)
    asked, within = Rules(), edits(made, spec)
    rules = asked.of_family("1")

    def of(link: PlannedRevision) -> Iterator[Finding]:
        for operation in link.operations:
            yield from filter(breaks, found_by(rules, within(operation), asked))

    return tuple(tuple(dict.fromkeys(of(link))) for link in made.links)


breaks = attrgetter("breaks")


def is_loss(finding: Finding) -> bool:
    """Tell whether a finding is of something that goes; that is told by itself (`data_loss`)."""
    return finding.code.startswith(LOSSES)


def of_statements(
    made: Plan, spec: Spec, asked: Rules, sizes: Sizes | None = None
) -> Iterator[Finding]:
    """Yield what the statements of an upgrade lock, read and write."""
    rules = asked.of_family("2")
    for step in steps(made, spec, sizes):
        if not isinstance(step, OnlineStep):
            yield from found_by(rules, step, asked)


def of_sizes(made: Plan, spec: Spec, asked: Rules, sizes: Sizes) -> Iterator[Finding]:
    """Yield what there is to say only because sizes are known."""
    for rule in asked.of_family("5"):
        yield from rule.findings(OfSizes(sizes=sizes))
    rules = asked.of_family("4")
    for step in steps(made, spec, sizes):
        if isinstance(step, OnlineStep):
            for one in found_by(rules, step, asked):
                if one.extent is not None and takes_long(one.extent):
                    yield one


def steps(made: Plan, spec: Spec, sizes: Sizes | None) -> Iterator[UpgradeStep]:
    """Yield the steps of an upgrade, each in its context."""
    if made.is_first:
        return
    idle, origins = unused(made.operations), Origins()
    for link in made.links:
        at = link.upgrade.start
        passes = columns_in_one_pass(link.upgrade)
        for position, operation in enumerate(link.upgrade.operations):
            is_online = link.upgrade.autocommit and not is_felt(operation, at)
            yield (OnlineStep if is_online else UpgradeStep)(
                operation=operation,
                before=at,
                one_pass=passes.get(position, ()),
                spec=spec,
                unused=idle,
                start=made.links[0].upgrade.start,
                origins=origins.of("table"),
                sizes=sizes,
            )
            at = operation.apply(at)
            if isinstance(operation, op.Rename):
                origins = origins.after([operation])


def columns_in_one_pass(upgrade: Direction) -> dict[int, tuple[str, ...]]:
    """Return the columns whose types one statement changes, by the position of each change."""
    found = in_one_pass(upgrade.operations, upgrade.start)
    return {
        first + nth: tuple(each.name for each in one)
        for first, one in found.items()
        for nth in range(len(one))
    }


def is_felt(operation: op.Operation, schema: Schema) -> bool:
    """Tell whether others feel what runs in autocommit.

    It fills all rows at once, drops, or holds a type against the rows of all its tables.
    """
    return isinstance(operation, op.DropConstraint | op.AlterObject) or (
        isinstance(operation, op.Backfill)
        and not key_of(standalone(schema, operation.table))
    )


def of_design(made: Plan, spec: Spec, asked: Rules) -> Iterator[Finding]:
    """Yield what there is to say of the design of what an edit adds or changes."""
    looked_at = set(touched(made, spec))
    tables = dict.fromkeys(table for table, _, _ in looked_at)
    there = [one for one in spec.schema.tables if one in tables]
    yield from of_tables(spec, there, looked_at, asked)
    # What waits for its contract is told in every review.
    waiting: list[tuple[str, Any]]
    waiting = [("trigger", name) for name in opened(spec.schema)]
    waiting += [("view", one.old) for one in standing(spec.schema)]
    objects = dict.fromkeys((*touched_objects(made, spec), *waiting))
    yield from of_objects(spec, objects, asked)


def of_objects(
    spec: Spec, objects: Iterable[tuple[str, Any]], asked: Rules
) -> Iterator[Finding]:
    """Yield what there is to say of the design of objects, by their kinds and names."""
    of_designs, graph = asked.of_family("3"), Graph(spec.schema)
    for kind, name in objects:
        design = ObjectDesign(kind=kind, name=name, spec=spec, graph=graph)
        for rule in of_designs:
            yield from rule.findings(design)


def of_tables(
    spec: Spec,
    tables: Iterable[Name],
    looked_at: set[tuple[Name, str, str]] | None,
    asked: Rules,
) -> Iterator[Finding]:
    """Yield what there is to say of the design of tables; without `looked_at`, of all of them."""
    of_designs, graph = asked.of_family("3"), Graph(spec.schema)
    for name in tables:

        def looks(kind: str, part: str, name: Name = name) -> bool:
            return (
                looked_at is None
                or (name, WHOLE, "") in looked_at
                or (name, kind, part) in looked_at
            )

        design = Design(name=name, spec=spec, looked_at=looks, graph=graph)
        for rule in of_designs:
            yield from rule.findings(design)
