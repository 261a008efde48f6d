"""The Jinja templates that print a revision and its operations, and the filters in them.

A template gets statements, which are SQL or calls (`calls.Call`), and plain values, and writes them
through the filters `py` and `sql` alone, so that no text of a spec ever becomes code.
"""

from __future__ import annotations

import os
import sys
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gen_migration.alembic_ops import calls, write
from gen_migration.base.own_files import own_directory
from gen_migration.postgres.secret_values import Secretive
from gen_migration.render import helpers, sql_layout

if TYPE_CHECKING:
    from collections.abc import Iterable

    import jinja2

    from gen_migration.render.create import Part as Statement


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

    def is_sql(value: Any) -> bool:
        return isinstance(value, str) and not isinstance(value, calls.Directed)

    result.tests["sql"] = is_sql

    @jinja2.pass_context
    def runner(context: jinja2.runtime.Context, value: str) -> str:
        if isinstance(value, Secretive):
            name = helpers.WITH_SECRETS
        elif "\t" in value and "\t" in write.escape_text(value):
            name = helpers.WITH_TABS
        else:
            return "op.execute"
        context["modules"].add(name)
        return name

    result.filters["runner"] = runner
    return result


def compiled() -> jinja2.BytecodeCache | None:
    """Return where Jinja keeps templates as Python: with what Python keeps of its own modules."""
    import jinja2

    place = str(own_directory("templates") / "__pycache__")
    if sys.dont_write_bytecode or not os.access(place, os.W_OK):
        return None
    # How a filter is called is compiled as well, and is said here.
    stamp = Path(__file__).stat().st_mtime_ns

    class Compiled(jinja2.FileSystemBytecodeCache):
        def get_source_checksum(self, source: str) -> str:
            return super().get_source_checksum(f"{stamp}{source}")

    return Compiled(place, "%s.jinja")
