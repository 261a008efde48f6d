"""Titles of revisions: what they do, in a line."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Any

from gen_migration.base.errors import Error, listed
from gen_migration.history.file_names import PART
from gen_migration.operations import every as op
from gen_migration.render.marker import message_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from gen_migration.history.revision import Revision
    from gen_migration.history.state import State
    from gen_migration.model.schema import Spec
    from gen_migration.plan.link import PlannedRevision
    from gen_migration.render.marker import Part


def titled(
    link: PlannedRevision,
    spec: Spec,
    part: Part | None,
    message: str | None,
    *,
    is_first: bool,
) -> tuple[str, str]:
    """Return the message of a revision, and what its file is called after."""
    title, slug = spec.description or spec.name, spec.name
    if not is_first:
        title = summary(link.operations)
        slug = f"{spec.name} {part or ''} {title}"
    if part is None:
        return message or title, message or slug
    slug = slug if message is None else f"{part} {message}"
    return f"{message or title} (part {part})", slug


def kept_message(replaced: Revision, state: State | None) -> str | None:
    """Return the message of a revision that is replaced; None where it only said what it did."""
    message = PART.sub("", message_of(replaced.text))
    if state is not None:
        from gen_migration.replay.replay import replay

        with suppress(Error):  # of a hand edit that is given up
            operations, _ = replay(replaced.text, str(replaced.path), state.schema)
            if message in messages(operations):
                return None
    return message


# With the quotes of a docstring and "(part 1 of 2)", lines of 80 and of 100.
WIDTH, WIDEST = 63, 83


def summary(operations: tuple[op.Operation, ...]) -> str:
    """Return what operations do, as a message."""
    two, one, without = messages(operations)
    if len(two) <= WIDTH:
        return two
    return one if len(one) <= WIDEST else without


def messages(operations: tuple[op.Operation, ...]) -> tuple[str, str, str]:
    """Return what operations do as messages: of two of them, of one, of one without values."""
    from gen_migration.plan.absorbed import absorbed

    steps = absorbed(operations)
    lines = list(dict.fromkeys(lasting(steps))) or [one.summary for one in steps]
    first, *rest = lines or ["nothing"]
    texts = (
        listed([first, *rest], 2),
        listed([first, *rest], 1),
        listed([without_values(first), *rest], 1),
    )
    two, one, without = (text[:1].upper() + text[1:] for text in texts)
    return two, one, without


def lasting(operations: Iterable[op.Operation]) -> Iterator[str]:
    """Yield what operations do, each in a line, without what is in the end as it was before.

    What goes and comes back otherwise (a view, for the sake of a column's type) is one change. Not
    so a table, whose rows do not come back.
    """
    from gen_migration.plan.together import place_of

    found: dict[Any, list[Any]] = {}
    for position, one in enumerate(operations):
        place = place_of(one) if is_whole(one) else position
        found[place] = [*found.pop(place, ()), one]
    for steps in found.values():
        first, last = steps[0], steps[-1]
        if not steps[1:]:
            yield last.summary
        elif first.old is None or last.new is None:
            yield from [last.summary] if first.old != last.new else ()
        elif first.old != last.new:
            yield changed(last)


def is_whole(operation: op.Operation) -> bool:
    """Tell whether an operation creates or drops what can be made anew."""
    if isinstance(operation, op.CreateTable | op.DropTable):
        return False
    return isinstance(operation, op.WholeObject | op.WholePart)


def changed(operation: op.CreateObject | op.CreatePart) -> str:
    """Return what an operation does that creates again what was there otherwise."""
    if isinstance(operation, op.CreatePart):
        return f"change {operation.noun} {operation.name} of table {operation.table}"
    return f"change {operation.kind} {operation.name}"


def without_values(line: str) -> str:
    """Return what a line says that changes, without from what to what."""
    return line.partition(" from ")[0] if line.startswith("change ") else line
