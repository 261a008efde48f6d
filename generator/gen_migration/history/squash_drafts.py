"""The draft of a squash: one revision that builds what a group of them has built. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gen_migration.base.data_class import dataclass
from gen_migration.base.errors import Error
from gen_migration.diff.columns import Refusal
from gen_migration.diff.data_loss import losses, losses_of_return
from gen_migration.diff.expansions import Refused
from gen_migration.history.drafts import texts
from gen_migration.history.graph import ancestors
from gen_migration.history.revision import Draft
from gen_migration.history.state import State, replayed
from gen_migration.history.titles import summary
from gen_migration.model.hints import Hints
from gen_migration.model.schema import Schema
from gen_migration.operations import every as op
from gen_migration.operations.origins import Origins
from gen_migration.plan.link import PlannedRevision
from gen_migration.plan.planner import plan
from gen_migration.postgres.names import Member
from gen_migration.render.docstring import Header
from gen_migration.replay.replay import state_after

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from gen_migration.diff.columns import Question
    from gen_migration.history.revision import Revision
    from gen_migration.history.squash_groups import Group
    from gen_migration.model.schema import Spec
    from gen_migration.postgres.names import Name

MAX_WORDS = 70  # characters of a statement that are shown


@dataclass(frozen=True, slots=True, kw_only=True)
class RowWork:
    """What a revision does to rows or to the server, at a line of its file."""

    revision: str
    path: Path
    line: int
    words: str

    @property
    def what(self) -> str:
        """It in few words."""
        short = self.words[: MAX_WORDS - 1] + "…"
        return self.words if len(self.words) <= MAX_WORDS else short


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """What a group leads from and to, with what is in between.

    Those are the operations, the work on rows, and the schemas after each revision.
    """

    group: Group
    old: State
    new: State
    operations: tuple[op.Operation, ...]
    rows: tuple[RowWork, ...]
    schemas: tuple[Schema, ...]


def span_of(group: Group, revisions: tuple[Revision, ...], spec: str) -> Span:
    """Return what the revisions of a group do. Raises Error where one cannot be replayed."""
    before = ancestors(revisions, group.needs)
    behind = ancestors(revisions, [group.newest.id])
    own = [one for one in revisions if one.spec == spec]
    old = replayed([one for one in own if one.id in before])
    # What is on another branch comes neither before nor in between.
    between = [one for one in own if one.id in behind and one.id not in before]
    schema = old.schema
    operations: list[op.Operation] = []
    rows: list[RowWork] = []
    schemas = [schema]
    for one in between:
        where = str(one.path)
        done = state_after(one.text, where, schema)
        # A backfill is there twice: a check is added in between.
        first = {words: line for line, words in reversed(done.passed)}
        rows += [
            RowWork(revision=one.id, path=one.path, line=line, words=words)
            for line, words in done.passed
            if first[words] == line
        ]
        operations += done.operations
        schema = done.schema
        schemas.append(schema)
    rows += statements_gone(operations, schema, group.newest)
    new = State(schema=schema, origins=old.origins.after(operations))
    return Span(
        group=group,
        old=old,
        new=new,
        operations=tuple(operations),
        rows=tuple(rows),
        schemas=tuple(schemas),
    )


def statements_gone(
    operations: Sequence[op.Operation], end: Schema, newest: Revision
) -> list[RowWork]:
    """Return the statements of a spec that came and went: they may do anything."""
    return [
        RowWork(
            revision=newest.id,
            path=newest.path,
            line=0,
            words=f"statements {one.name}: {'; '.join(one.new.create)}",
        )
        for one in operations
        if isinstance(one, op.CreateObject)
        and one.kind == "statement"
        and end.of(one.kind).get(one.name) != one.new
    ]


def draft_of(span: Span, spec: Spec, message: str | None) -> Draft:
    """Return the revision that stands for a group. Raises Error where none can."""
    group = span.group
    made = plan(
        span.old.schema,
        span.new.schema,
        hints_of(span.operations),
        Origins(),
        spec.postgresql,
        online=False,
    )
    if made.questions:
        raise Error(
            f"the revisions up to {group.newest.id} cannot be one:"
            f" {question_of(made.questions[0])}",
            where=str(group.newest.path),
            hint="give --up-to a revision before it",
        )
    link = made.links[0] if made.links else PlannedRevision()
    title = summary(made.operations)
    if span.old.schema == Schema():
        title = spec.description or spec.name
    header = Header(
        message=message or title,
        revision=group.newest.id,
        spec=spec.name,
        destroys=tuple(one.what for one in losses(link.operations, spec)),
        returns=losses_of_return(link.operations),
        replaces=group.replaces,
        leaves_out=tuple(f"{one.revision}: {one.what}" for one in span.rows),
        down_revision=group.parents
        if group.parents[1:]
        else next(iter(group.parents), None),
        branch_labels=group.branch_labels or None,
        depends_on=group.depends_on or None,
    )
    return Draft(header=header, slug=spec.name, text=texts(link, spec))


def hints_of(operations: Sequence[op.Operation]) -> Hints:
    """Return what operations one after the other tell beside where they lead: names, and casts."""
    parts: dict[str, dict[Any, Any]] = {field: {} for field in PARTS.values()}
    objects: dict[str, dict[Any, Any]] = {}
    for key, old in Origins().after(operations).names.items():
        match key:
            case (kind, new):
                objects.setdefault(kind, {})[new] = old
            case (kind, holder, new) if kind in PARTS:
                parts[PARTS[kind]][holder, new] = old
            case (kind, holder, new):
                of = Member(holder.schema, holder.name, new)
                objects.setdefault(kind, {})[of] = of._replace(name=old)
    return Hints(objects=objects, using=casts(operations), **parts)


PARTS = {"column": "columns", "value": "enum_values", "attribute": "attributes"}


def casts(operations: Sequence[op.Operation]) -> dict[tuple[Name, str], str]:
    """Return the last cast of each column, by what the column is called in the end."""
    found = {}
    for position, one in enumerate(operations):
        if isinstance(one, op.SetColumnType) and one.using is not None:
            later = Origins().after(operations[position + 1 :])
            now = {old: new for new, old in later.of("table").items()}
            table = now.get(one.table, one.table)
            columns = {old: new for new, old in later.within("column", table).items()}
            found[table, columns.get(one.name, one.name)] = one.using
    return found


def question_of(question: Question | Refusal | Refused) -> str:
    """Return what stands in the way of one change in place of several."""
    if isinstance(question, Refused):
        return f"table {question.table}: {question.why}"
    if isinstance(question, Refusal):
        return f"PostgreSQL cannot alter the {question.kind} {question.name} while it is in use"
    return (
        f"PostgreSQL cannot turn {question.old} into {question.new} by itself, in column"
        f" {question.column} of table {question.table}"
    )
