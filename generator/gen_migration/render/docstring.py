"""What the file of a revision says of itself, and its docstring, which tells it a reader. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from gen_migration.base.data_class import dataclass
from gen_migration.base.errors import visible

if TYPE_CHECKING:
    from collections.abc import Iterable

    from gen_migration.plan.link import PlannedRevision
    from gen_migration.render.marker import Part


@dataclass(frozen=True, slots=True, kw_only=True)
class Header:
    """What a revision's file says of itself; the fields are Alembic's.

    `destroys` is what the upgrade does, `returns` what the downgrade does to rows that came
    meanwhile. One that `adopts` changes nothing: it declares what others have built before it.
    `part` is for one edit that takes several revisions. `breaks` is what running code of the
    version before fails at, and `broken_by` the parts that do such things. A squash `replaces`
    the revisions of these ids, and `leaves_out` what they did to rows.
    """

    message: str
    revision: str
    spec: str
    destroys: tuple[str, ...] = ()
    returns: tuple[str, ...] = ()
    adopts: bool = False
    part: Part | None = None
    breaks: tuple[str, ...] = ()
    broken_by: tuple[int, ...] = ()
    replaces: tuple[str, ...] = ()
    leaves_out: tuple[str, ...] = ()
    down_revision: str | tuple[str, ...] | None = None
    branch_labels: tuple[str, ...] | None = None
    depends_on: str | tuple[str, ...] | None = None

    @property
    def parents(self) -> tuple[str, ...]:
        """The ids of the revisions that this one follows."""
        if isinstance(self.down_revision, str):
            return (self.down_revision,)
        return self.down_revision or ()


class Harm(NamedTuple):
    """What a revision does to rows and to running code, in the fields of its `Header`.

    `is_breaking` where running code fails at it, be it at a loss, which `breaks` does not repeat.
    """

    destroys: tuple[str, ...] = ()
    returns: tuple[str, ...] = ()
    breaks: tuple[str, ...] = ()
    is_breaking: bool = False


def docstring(header: Header, link: PlannedRevision) -> str:
    """Return the docstring of a revision, in the layout of Alembic's own template."""
    lines = [header.message.strip(), "", f"Revision ID: {header.revision}"]
    lines.append(f"Revises: {', '.join(header.parents)}".rstrip())
    lines += ["", f"Written by gen-migration from the spec {header.spec}.", ""]
    if header.adopts:
        lines += [
            "It changes nothing: the revisions before it have built what adopted() declares.",
            "",
        ]
    if header.replaces:
        count = len(header.replaces)
        many = "s" if count > 1 else ""
        lines += [
            f"It takes the place of {count} revision{many} before it, and builds the same.",
            "",
        ]
    lines += listed(
        "What those did to rows, or beside the schema, it leaves out:",
        header.leaves_out,
    )
    if header.part is not None:
        lines += [f"Part {header.part} of one edit: {TOGETHER}", going_on(header), ""]
    lines += listed(
        "It breaks the application's old code, where that is running:", header.breaks
    )
    up, down = link.upgrade.autocommit, link.downgrade.autocommit
    if up or down:
        whose = "Its" if up and down else f"Its {'up' if up else 'down'}grade's"
        lines += [f"{whose} {REPEATABLE}", ""]
    lines += listed(
        "It destroys, and its downgrade does not bring back:", header.destroys
    )
    lines += listed(
        "Its downgrade loses, or stops at, if there are any by then:", header.returns
    )
    return "\n".join(line.rstrip() for line in "\n".join(lines).split("\n"))


def listed(title: str, items: Iterable[str]) -> list[str]:
    """Return the lines of a list, and a blank one; none where there are no items."""
    found = [f"- {one_line(one)}" for one in items]
    return [title, *found, ""] if found else []


TOGETHER = """the others come with it, and run with it.
What adds comes first, then what builds and checks while the tables are in use, and last what
takes away."""


def going_on(header: Header) -> str:
    """Return how long the application's old code goes on while the parts of an edit run."""
    if not header.broken_by:
        return "After each part, the application's old code goes on."
    first = min(header.broken_by)
    if first == 1:
        return "The application's old code breaks with part 1."
    return f"The application's old code goes on until part {first}, which breaks it."


REPEATABLE = """statements commit one by one, and each of them can be repeated: where one fails, or
the connection breaks, mend the reason and run the same command again."""


def one_line(text: str) -> str:
    """Return a text as a line of a comment, which no line break of a stranger's ends."""
    return visible(text).replace("\n", "\\n")
