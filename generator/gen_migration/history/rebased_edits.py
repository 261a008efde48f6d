"""Edits of one branch on the state that another has built: the same operations, or a conflict.

An operation fits where it takes back what it does: where the other branch has changed what it
changes, it would bring back something else.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gen_migration.base.data_class import dataclass, replace
from gen_migration.base.errors import Error, Errors
from gen_migration.history.drafts import drafts_of
from gen_migration.history.edit_parts import goes_on, marked
from gen_migration.history.graph import ancestors
from gen_migration.history.request import Request
from gen_migration.history.squash_drafts import hints_of, question_of
from gen_migration.history.state import State, replayed
from gen_migration.history.titles import kept_message, summary
from gen_migration.model.schema import Schema
from gen_migration.plan.planner import plan
from gen_migration.replay.replay import replay, state_after
from gen_migration.spec.load import load
from gen_migration.spec.write.spec import dump

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

    from gen_migration.history.revision import Draft, Revision
    from gen_migration.history.revision_ids import Ids
    from gen_migration.model.hints import Hints
    from gen_migration.model.schema import Spec
    from gen_migration.operations.base import Operation


@dataclass(frozen=True, slots=True, kw_only=True)
class Edit:
    """An edit of a spec, in one revision or several parts, from a schema on.

    `rows` is what it does to rows or to the server.
    """

    revisions: tuple[Revision, ...]
    start: Schema
    operations: tuple[Operation, ...]
    rows: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Branches:
    """The revisions of a spec: `own`, `theirs` on the other branch, and those `before` both."""

    before: tuple[Revision, ...]
    own: tuple[Revision, ...]
    theirs: tuple[Revision, ...]


def branches(
    revisions: tuple[Revision, ...],
    spec: str,
    own: Collection[str],
    head: Sequence[str],
) -> Branches:
    """Return the revisions of a spec on both branches, those of the base leading to `head`."""
    ours, theirs = ancestors(revisions, own), ancestors(revisions, head)
    mine = [one for one in revisions if one.spec == spec]
    return Branches(
        before=tuple(one for one in mine if one.id in ours and one.id not in own),
        own=tuple(one for one in mine if one.id in own),
        theirs=tuple(one for one in mine if one.id in theirs - ours),
    )


def edits_of(found: Branches, revisions: tuple[Revision, ...]) -> list[Edit]:
    """Return the edits of the own branch, in their order. Raises Error as replay does."""
    mine = {one.id for one in (*found.before, *found.own)}
    own = {one.id for one in found.own}
    parts = dict(marked(found.own))
    schema = Schema()
    result: list[Edit] = []
    for one in revisions:
        if one.id not in mine:
            continue
        path = str(one.path)
        done = state_after(one.text, path, schema)
        if one.id in own:
            edit = Edit(
                revisions=(one,),
                start=schema,
                operations=tuple(done.operations),
                rows=tuple(words for _, words in done.passed),
            )
            result.append(edit)
            if goes_on(one, parts):
                result[-2:] = [joined(*result[-2:])]
        schema = done.schema
    return result


def joined(one: Edit, other: Edit) -> Edit:
    """Return an edit with its next part."""
    return Edit(
        revisions=(*one.revisions, *other.revisions),
        start=one.start,
        operations=(*one.operations, *other.operations),
        rows=(*one.rows, *other.rows),
    )


def rebased(
    edits: Sequence[Edit],
    found: Branches,
    spec: Spec,
    parents: tuple[str, ...],
    ids: Ids,
) -> Iterator[tuple[Edit, tuple[Draft, ...]]]:
    """Yield the drafts of each edit behind `parents`; none where the other branch has made it.

    `ids` says how they are called.
    Raises Error where both branches have changed the same, with both sides.
    """
    theirs = (*found.before, *found.theirs)
    gone = {one.id for one in found.own}
    state = replayed(theirs)
    schema, is_first = state.schema, not theirs
    for number, edit in enumerate(edits):
        try:
            operations, end = after(edit.operations, schema, spec)
        except MisfitError as misfit:
            raise conflict(misfit, edits[: number + 1], found, spec) from None
        way = (schema, end)
        drafts = drafts_on(
            edit, operations, way, spec, parents, gone, ids, is_first=is_first
        )
        yield edit, drafts
        ids = replace(ids, taken={*ids.taken, *(one.header.revision for one in drafts)})
        if drafts:
            parents, is_first = (drafts[-1].header.revision,), False
        schema = end


class MisfitError(Exception):
    """Operations do not fit a schema: why, in `words`, and which it is where it is one."""

    def __init__(self, words: str, operation: Operation | None = None) -> None:
        super().__init__(words)
        self.words = words
        self.operation = operation


def after(
    operations: Sequence[Operation], schema: Schema, spec: Spec
) -> tuple[tuple[Operation, ...], Schema]:
    """Return what operations do to another schema than theirs: those that do, and what comes out.

    Raises MisfitError.
    """
    done, start = [], schema
    for one in operations:
        try:
            now = one.apply(schema)
            fits = now == schema or one.inverse().apply(now) == schema
        except (KeyError, ValueError) as error:
            raise MisfitError(f"{error.args[0]} is not there", one) from None
        if not fits:
            raise MisfitError("there is something else", one)
        if now != schema:
            done.append(one)
        schema = now
    fault = fault_of(schema, spec)
    if done and fault is not None and fault_of(start, spec) is None:
        raise MisfitError(fault)
    return tuple(done), schema


def fault_of(schema: Schema, spec: Spec) -> str | None:
    """Return what a spec of a schema could not say: something refers to what is not there."""
    try:
        load(dump(replace(spec, schema=schema)), "both branches")
    except Errors as errors:
        return errors.errors[0].message
    except Error as error:
        return error.message
    return None


def conflict(
    misfit: MisfitError, edits: Sequence[Edit], found: Branches, spec: Spec
) -> Error:
    """Return what to say of an edit that does not fit: what either side does."""
    ours = edits[-1].revisions[0]
    one_of_them = misfit.operation
    what = summary(edits[-1].operations) if one_of_them is None else one_of_them.summary
    said = [f"{what} ({ours.path})"]
    for count in range(1, len(found.theirs) + 1):
        state = replayed((*found.before, *found.theirs[:count]))
        schema = state.schema
        try:
            for edit in edits:
                schema = after(edit.operations, schema, spec)[1]
        except MisfitError:
            one = found.theirs[count - 1]
            before = replayed((*found.before, *found.theirs[: count - 1])).schema
            operations, _ = replay(one.text, str(one.path), before)
            said.append(f"{summary(operations)} ({one.path})")
            break
    return Error(
        f"both branches change the same: {misfit.words}",
        where=str(ours.path),
        hint=f"this branch: {said[0]}; the base branch: {said[-1] if said[1:] else 'unknown'}."
        f" Where the spec is right as it is: delete the revisions of this branch, from {ours.id}"
        " on, and run without --rebase",
    )


def drafts_on(
    edit: Edit,
    operations: tuple[Operation, ...],
    way: tuple[Schema, Schema],
    spec: Spec,
    parents: tuple[str, ...],
    gone: Collection[str],
    ids: Ids,
    *,
    is_first: bool,
) -> tuple[Draft, ...]:
    """Return the revisions of an edit on another schema; nothing depends on what is `gone`.

    Raises Error where something is lost.
    """
    if not operations:
        return ()
    old, new = way
    hints = with_names(spec.hints, hints_of(operations))
    spec = replace(spec, schema=new, hints=hints)
    made = plan(old, new, hints, None, spec.postgresql, online=spec.online)
    first = edit.revisions[0]
    if made.questions:
        raise Error(question_of(made.questions[0]), where=str(first.path))
    message = kept_message(first, State(schema=edit.start))
    state = None if is_first else State(schema=old)
    asked = Request(message=message)
    found = drafts_of(spec, made, parents, asked, (), state, new_ids=ids)
    labels = [one for each in edit.revisions for one in each.branch_labels]
    needs = [
        one for each in edit.revisions for one in each.depends_on if one not in gone
    ]
    header = replace(
        found[0].header,
        branch_labels=tuple(labels) or None,
        depends_on=tuple(needs) or None,
    )
    found = (replace(found[0], header=header), *found[1:])
    check(edit, found, new, old)
    return found


def with_names(said: Hints, found: Hints) -> Hints:
    """Return what a spec says of values, with the names that operations have told."""
    names: dict[str, Any] = {
        one: getattr(found, one)
        for one in ("objects", "columns", "enum_values", "attributes")
    }
    using = {**said.using, **found.using}
    return replace(said, **names, constraints={}, indexes={}, using=using)


def check(edit: Edit, drafts: Sequence[Draft], end: Schema, schema: Schema) -> None:
    """Raise Error where drafts do something else than an edit has done."""
    path = str(edit.revisions[0].path)
    rows: list[str] = []
    for draft in drafts:
        text = draft.text(draft.header)
        done = state_after(text, path, schema)
        rows += [words for _, words in done.passed]
        schema = done.schema
    lost = [one for one in edit.rows if one not in rows]
    if lost:
        raise Error(
            f"written anew, it would not do this to rows: {lost[0]}",
            where=path,
            hint="say it in the spec again (backfill:), or delete this revision and run without"
            " --rebase",
        )
    if schema != end:
        raise Error(
            "written anew, it would build something else",
            where=path,
            hint="delete this revision and run without --rebase, and report this",
        )
