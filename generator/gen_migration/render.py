"""Operations as the text of a revision: Python decides, Jinja prints.

A template gets plain strings and calls (`python_code.Call`), and writes them through the
filters `py` and `sql` alone, so that no text of a spec ever becomes code.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

from gen_migration import change_views, directives, python_code, rename_views
from gen_migration.errors import visible
from gen_migration.views import view

if TYPE_CHECKING:
    from collections.abc import Iterable

    import jinja2

    from gen_migration.operations import Operation


VIEWS = (change_views, rename_views)  # imported, they are registered with `view`


@dataclass(frozen=True, slots=True, kw_only=True)
class Header:
    """What a revision's file says of itself; the fields are Alembic's.

    One that `adopts` changes nothing: it declares what the revisions before it have built.
    """

    message: str
    revision: str
    spec: str
    destroys: tuple[str, ...] = ()
    adopts: bool = False
    down_revision: str | tuple[str, ...] | None = None
    branch_labels: tuple[str, ...] | None = None
    depends_on: str | tuple[str, ...] | None = None

    @property
    def parents(self) -> tuple[str, ...]:
        """The ids of the revisions that this one follows."""
        if isinstance(self.down_revision, str):
            return (self.down_revision,)
        return self.down_revision or ()


def render(
    header: Header,
    upgrade: Iterable[Operation],
    downgrade: Iterable[Operation],
    marker: str,
) -> str:
    """Return the text of a revision, not formatted yet.

    Where the revision adopts, what `upgrade` does is what it declares. `marker` is the comment
    that says which spec it came from. Pure: same input, same text.
    """
    modules: set[str] = set()
    up, down = body(upgrade, modules), body(downgrade, modules)
    statements = {"upgrade": up, "downgrade": down, "adopted": []}
    if header.adopts:
        statements = {"upgrade": [], "downgrade": [], "adopted": up}
    if directives.TYPE_CLASS in modules:
        modules.add("sa")
    text: str = (
        environment()
        .get_template("revision.py.j2")
        .render(
            docstring=python_code.docstring(docstring(header)),
            revision=header.revision,
            down_revision=header.down_revision,
            branch_labels=header.branch_labels,
            depends_on=header.depends_on,
            marker=marker,
            lost=[one_line(one) for one in header.destroys],
            custom_type=directives.TYPE_CLASS,
            modules=modules,
            **statements,
        )
    )
    return text


def docstring(header: Header) -> str:
    """Return the docstring of a revision, in the layout of Alembic's own template."""
    lines = [header.message.strip(), "", f"Revision ID: {header.revision}"]
    lines.append(f"Revises: {', '.join(header.parents)}".rstrip())
    lines += ["", f"Written by gen-migration from the spec {header.spec}.", ""]
    if header.adopts:
        lines += [
            "It changes nothing: the revisions before it have built what adopted() declares."
        ]
        lines += [""]
    if header.destroys:
        lines += ["It destroys, and its downgrade does not bring back:"]
        lines += [f"- {one_line(one)}" for one in header.destroys]
        lines += [""]
    return "\n".join(line.rstrip() for line in "\n".join(lines).split("\n"))


def one_line(text: str) -> str:
    """Return a text as a line of a comment, which no line break of a stranger's ends."""
    return visible(text).replace("\n", "\\n")


def body(operations: Iterable[Operation], modules: set[str]) -> list[str]:
    """Return operations as Python; some leave nothing to do on the way back."""
    texts = (statement(operation, modules) for operation in operations)
    return [text for text in texts if text]


def statement(operation: Operation, modules: set[str]) -> str:
    """Return an operation as Python, and add the modules that it uses to `modules`."""
    values = {**view(operation), "modules": modules}
    found = template(type(operation))
    # Not `render`, which copies the environment's globals for each of a thousand tables.
    return "".join(
        found.root_render_func(found.new_context(values, shared=True))
    ).rstrip("\n")


@cache
def template(of: type[Operation]) -> jinja2.Template:
    return environment().get_template(f"operations/{of.template()}.py.j2")


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
    )

    @jinja2.pass_context
    def py(context: jinja2.runtime.Context, value: Any) -> str:
        return python_code.source(value, context["modules"])

    result.filters["py"] = py
    result.filters["sql"] = lambda sql: python_code.string_lines(
        directives.escape_text(sql)
    )
    return result
