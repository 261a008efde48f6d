"""The picture of a schema as a page of its own, with search. Pure: same diagram, same bytes."""

from __future__ import annotations

import base64
import hashlib
import json
from functools import cache
from typing import TYPE_CHECKING, Any

from gen_migration.base.errors import printable
from gen_migration.base.own_files import own_text
from gen_migration.review.diagram import svg
from gen_migration.review.diagram.views import views

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from jinja2 import Environment

    from gen_migration.review.diagram.model import Box, Detail, Diagram, Row

MARK = "gen-migration diagram"


def page(
    diagram: Diagram,
    title: str,
    detail: Detail,
    others: Mapping[str, Sequence[Row]] | None = None,
    *,
    home: str = "",
    mark: str = MARK,
) -> str:
    """Return a picture as one HTML file that asks for nothing else.

    `others` are what a schema has without a box, by what they are; `home` is the address of a page
    that leads here, and `mark` what has written it. The policy lets no style and no script run but
    the ones that it comes with (source: Content Security Policy Level 3).
    """
    from markupsafe import Markup

    style, script = own("diagram_page.css"), own("diagram.js")
    # The picture has escaped what is not ours, and the views are numbers.
    return (
        environment()
        .get_template("diagram.html.j2")
        .render(
            policy=policy((style, svg.style()), script),
            title=title,
            mark=mark,
            home=home,
            style=Markup(style),  # noqa: S704
            groups=listed(diagram),
            others=[*(others or {}).items()],
            picture=Markup(svg.svg(diagram, title)),  # noqa: S704
            views=Markup(packed(views(diagram, detail))),  # noqa: S704
            script=Markup(script),  # noqa: S704
        )
    )


def listed(diagram: Diagram) -> list[tuple[str, list[tuple[int, Box]]]]:
    """Return the boxes with their numbers, in the order of their names, by group."""
    found: dict[str, list[tuple[int, Box]]] = {
        group: [] for group in diagram.groups or ("",)
    }
    for number, box in sorted(enumerate(diagram.boxes), key=lambda one: one[1].name):
        found[box.group].append((number, box))
    return [(group or "tables and views", one) for group, one in found.items()]


def packed(value: Any) -> str:
    """Return a value of JSON as the text of a script; no character of it ends one."""
    return json.dumps(value, separators=(",", ":")).replace("<", "\\u003c")


@cache
def environment() -> Environment:
    """Return what makes HTML of templates: all that comes in is escaped, and can be seen."""
    import jinja2

    return jinja2.Environment(
        loader=jinja2.PackageLoader("gen_migration.templates", ""),
        undefined=jinja2.StrictUndefined,
        autoescape=True,
        trim_blocks=True,
        finalize=lambda value: printable(value) if type(value) is str else value,
        keep_trailing_newline=True,
    )


def policy(styles: Sequence[str], script: str) -> str:
    """Return the policy of a page: these styles and this script, and nothing else."""
    return (
        f"default-src 'none'; style-src {' '.join(map(hashed, styles))};"
        f" script-src {hashed(script)}; base-uri 'none'; form-action 'none'"
    )


def own(name: str) -> str:
    """Return a file of the templates."""
    return own_text("templates", name)


def hashed(text: str) -> str:
    """Return a policy's name for an inline style or script."""
    digest = hashlib.sha256(text.encode()).digest()
    return f"'sha256-{base64.b64encode(digest).decode()}'"
