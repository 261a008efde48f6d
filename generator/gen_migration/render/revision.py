"""A planned revision as the text of its file: Python decides, Jinja prints. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gen_migration.alembic_ops import calls
from gen_migration.operations.columns import AddColumn
from gen_migration.render import helpers
from gen_migration.render.docstring import Header, docstring, one_line
from gen_migration.render.marker import UNMARKED
from gen_migration.render.templates import environment
from gen_migration.render.ways import NOTHING, Way, body, way

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from gen_migration.model.schema import Spec
    from gen_migration.plan.link import Direction, PlannedRevision


def render(header: Header, link: PlannedRevision, spec: Spec) -> str:
    """Return the text of a revision, not formatted yet, and without its checksum.

    Where the revision adopts, what its upgrade does is what it declares. Pure: same input, same
    text.
    """
    if not header.adopts:
        return rendering(link, spec)(header)
    modules: set[str] = set()
    found = body(link.upgrade.operations, link.upgrade.start)(modules)
    return file_of(header, link, modules, adopted=found.lines)


def rendering(link: PlannedRevision, spec: Spec) -> Callable[[Header], str]:
    """Begin the text of a revision, and return what `render` does, but for one that adopts."""
    up, down = way(link.upgrade, spec), way(link.downgrade, spec)

    def text(header: Header) -> str:
        modules: set[str] = set()
        return file_of(header, link, modules, up(modules), down(modules))

    return text


def file_of(
    header: Header,
    link: PlannedRevision,
    modules: set[str],
    upgrade: Way = NOTHING,
    downgrade: Way = NOTHING,
    adopted: Sequence[str] = (),
) -> str:
    """Return the text of a file of its functions, which use these modules."""
    text: str = (
        environment()
        .get_template("revision.py.j2")
        .render(
            docstring=calls.docstring(docstring(header, link)),
            revision=header.revision,
            down_revision=header.down_revision,
            branch_labels=header.branch_labels,
            depends_on=header.depends_on,
            replaces=header.replaces,
            marker=UNMARKED,
            lost=[one_line(one) for one in header.destroys],
            returned=[one_line(one) for one in returned(link.downgrade)],
            modules=modules,
            helpers=helpers.needed(modules),
            waits=not modules.isdisjoint(helpers.WAITS),
            upgrade=upgrade,
            downgrade=downgrade,
            adopted=adopted,
        )
    )
    return text


def returned(downgrade: Direction) -> Iterable[str]:
    """Return what rows get in the columns that a downgrade brings back, a line for each."""
    if not any(isinstance(one, AddColumn) for one in downgrade.operations):
        return ()
    from gen_migration.render import returned_columns

    return returned_columns.told(downgrade)
