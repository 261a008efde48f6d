"""What the person at the terminal should know of a change."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from gen_migration.base.errors import Error, parts
from gen_migration.plan.seldom_meant import seldom_meant
from gen_migration.spec.documents import located, read_document

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from gen_migration.base.errors import Problem
    from gen_migration.diff.data_loss import Loss
    from gen_migration.history.request import Request
    from gen_migration.model.schema import Spec
    from gen_migration.plan.link import Plan

MOST = 10  # notes with the same hint that are told one by one


def notes(
    path: Path,
    made: Plan,
    spec: Spec,
    lost: list[Loss],
    costly: list[Problem],
    request: Request,
) -> tuple[str, ...]:
    """Return what the person at the terminal should know of a change."""
    problems = seldom_meant(made.operations, spec)
    used: list[Problem] = []
    if not made.only_builds:
        from gen_migration.workflows.edit_notes import told_of_edit

        problems += told_of_edit(made, spec, lost, costly, request)
    if spec.hints.places:
        from gen_migration.diff.spent_hints import idle

        used = idle(spec.hints, made.operations)
    if not (problems or used):
        return ()
    document = read_document(path)
    told_of = abridged(located(document, problems).errors) if problems else []
    told_of += [used_hints(located(document, used).errors)] if used else []
    return tuple(str(one).replace("error: ", "note: ", 1) for one in told_of)


def abridged(found: Sequence[Error]) -> list[Error]:
    """Return what is said, of which all beyond the first ones with the same hint are counted."""
    seen: dict[str, int] = defaultdict(int)
    told: list[Error] = []
    for one in found:
        seen[one.hint] += 1
        if not one.hint or seen[one.hint] <= MOST:
            told.append(one)
    for hint, count in seen.items():
        if hint and count > MOST:
            first = next(one for one in found if one.hint == hint)
            file, _, _ = parts(first.where)
            message = f"{count - MOST} more notes have this hint"
            told.append(Error(message, where=file, hint=hint))
    return told


def used_hints(found: Sequence[Error]) -> Error:
    """Return one thing to say of all hints that history has consumed."""
    message = found[0].message
    if found[1:]:
        lines: dict[str, list[str]] = {}
        for one in found:
            word = one.message.partition(" does nothing")[0].rpartition(": ")[2]
            lines.setdefault(word, []).append(one.where.rsplit(":", 2)[1])
        listed = ", ".join(
            f"{word} (line{'s' if numbers[1:] else ''} {', '.join(numbers)})"
            for word, numbers in lines.items()
        )
        message = f"{len(found)} hints do nothing any more: {listed}"
    return Error(
        message,
        where=found[0].where,
        hint="gen-migration format --drop-used SPEC takes out what history has consumed",
    )
