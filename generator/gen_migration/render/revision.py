"""Operations as the text of a revision: Python decides, Jinja prints.

A template gets statements, which are SQL or calls (`calls.Call`), and plain values, and writes them
through the filters `py` and `sql` alone, so that no text of a spec ever becomes code.
"""

from __future__ import annotations

import os
import sys
from dataclasses import field
from functools import cache
from importlib import resources
from itertools import chain, groupby, takewhile
from operator import itemgetter
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from gen_migration.alembic_ops import calls, write
from gen_migration.base.data_class import dataclass
from gen_migration.base.errors import visible
from gen_migration.base.meanwhile import begun
from gen_migration.operations import every as op
from gen_migration.postgres.secret_values import Secretive
from gen_migration.render import (
    alter,
    helpers,
    rename,
    returned_columns,
    sql_layout,
    tables,
)
from gen_migration.render.body_checks import OFF, first_unchecked
from gen_migration.render.create import plain
from gen_migration.render.hidden_rows import over_hidden, refused
from gen_migration.render.marker import UNMARKED
from gen_migration.render.new_access import on_created
from gen_migration.render.new_children import on_children
from gen_migration.render.steps import count, numbered

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    import jinja2

    from gen_migration.model.schema import Schema, Spec
    from gen_migration.plan.link import Direction, PlannedRevision
    from gen_migration.render.create import Part as Statement
    from gen_migration.render.marker import Part

# Imported, they are registered with `plain`.
FORMS = (alter, rename, tables)


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """The body of `upgrade()` or `downgrade()`: statements, and then blocks of `with helper:`."""

    first: list[str] = field(default_factory=list)
    blocks: list[tuple[str, list[str]]] = field(default_factory=list)

    @property
    def statements(self) -> list[str]:
        """The statements in the blocks, without what is around them."""
        return [one for _, body in self.blocks for one in body]


NOTHING = Way()


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
            returned=[one_line(one) for one in returned_columns.told(link.downgrade)],
            modules=modules,
            helpers=helpers.needed(modules),
            waits=not modules.isdisjoint(helpers.WAITS),
            upgrade=upgrade,
            downgrade=downgrade,
            adopted=adopted,
        )
    )
    return text


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
    rest = body(steps.operations[len(early) :], steps.start)

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
        lines = [printed(DEFAULT, (one.part,), modules) for one in run]
        blocks.append((calls.source(helper, modules), lines))
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
    hidden = over_hidden(operations, start)
    access = on_created(operations, start)
    unsaid = on_children(operations, start)
    steps: list[tuple[str, Iterable[Statement]]] = [
        (
            sheet(one.wire),
            chain(
                refused(plain(one)) if n in hidden else plain(one),
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


def text_of(group: tuple[str, Iterable[Statement]]) -> tuple[str, list[str], int]:
    """Return the statements of an operation as Python, by its template.

    With it, what they import, and how many are executed.
    """
    wire, statements = group[0], [*group[1]]
    modules: set[str] = set()
    return printed(wire, statements, modules), [*modules], sum(map(count, statements))


@cache
def sheet(wire: str) -> str:
    """Return whose template prints an operation: its own, or the default."""
    return wire if template(wire) is not template(DEFAULT) else DEFAULT


def printed(wire: str, statements: Iterable[Statement], modules: set[str]) -> str:
    """Return the statements of an operation as Python, by its template.

    The modules that they use are added to `modules`.
    """
    values = {"statements": [*statements], "modules": modules}
    found = template(wire)
    # Not `render`, which copies the environment's globals for each of a thousand tables.
    context = found.new_context(values, shared=True)
    return "".join(found.root_render_func(context)).rstrip("\n")


@cache
def template(wire: str) -> jinja2.Template:
    """Return the template of an operation; most have none of their own."""
    names = (f"operations/{wire}.py.j2", f"operations/{DEFAULT}.py.j2")
    return environment().select_template(names)


DEFAULT = "default"


def prepare() -> None:
    """Load what every first revision of tables is printed by."""
    environment().get_template("revision.py.j2")
    for wire in ("create_table", DEFAULT):
        template(wire)


@cache
def environment() -> jinja2.Environment:
    """Return Jinja with our filters, imported when it is first needed (0.1 s)."""
    import jinja2

    result = jinja2.Environment(  # noqa: S701 - what is written is Python, not HTML
        loader=jinja2.PackageLoader("gen_migration.templates", ""),
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        auto_reload=False,
        bytecode_cache=compiled(),
    )

    @jinja2.pass_context
    def py(context: jinja2.runtime.Context, value: Any) -> str:
        return calls.source(value, context.parent["modules"])  # what it was made with

    result.filters["py"] = py

    @jinja2.pass_context
    def sql(context: jinja2.runtime.Context, value: str) -> str:
        text = sql_layout.literal(write.escape_text(value))
        if sql_layout.DEDENT in text:
            context["modules"].add("textwrap")
        return text

    result.filters["sql"] = sql

    @jinja2.pass_context
    def runner(context: jinja2.runtime.Context, value: str) -> str:
        if not isinstance(value, Secretive):
            return "op.execute"
        context["modules"].add(helpers.WITH_SECRETS)
        return helpers.WITH_SECRETS

    result.filters["runner"] = runner
    return result


def compiled() -> jinja2.BytecodeCache | None:
    """Return where Jinja keeps templates as Python: with what Python keeps of its own modules."""
    import jinja2

    place = str(resources.files("gen_migration.templates") / "__pycache__")
    if sys.dont_write_bytecode or not os.access(place, os.W_OK):
        return None
    # How a filter is called is compiled as well, and is said here.
    stamp = Path(__file__).stat().st_mtime_ns

    class Compiled(jinja2.FileSystemBytecodeCache):
        def get_source_checksum(self, source: str) -> str:
            return super().get_source_checksum(f"{stamp}{source}")

    return Compiled(place, "%s.jinja")
