"""The picture of a schema as a page of its own, with search. Pure: same diagram, same bytes."""

from __future__ import annotations

import base64
import hashlib
from importlib.resources import files
from typing import TYPE_CHECKING

from gen_migration.review.diagram import svg

if TYPE_CHECKING:
    from gen_migration.review.diagram.model import Diagram


def page(diagram: Diagram, title: str) -> str:
    """Return a picture as one HTML file that asks for nothing else.

    Its policy lets no style and no script run but the ones that it comes with (source: Content
    Security Policy Level 3).
    """
    import jinja2
    from markupsafe import Markup

    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("gen_migration.templates", ""),
        undefined=jinja2.StrictUndefined,
        autoescape=True,
        keep_trailing_newline=True,
    )
    style, script = own("diagram_page.css"), own("diagram.js")
    styles = " ".join(map(hashed, (style, svg.style())))
    # These three are ours, and the picture has escaped what is not.
    return environment.get_template("diagram.html.j2").render(
        policy=f"default-src 'none'; style-src {styles}; script-src {hashed(script)};"
        " base-uri 'none'; form-action 'none'",
        title=title,
        style=Markup(style),  # noqa: S704
        picture=Markup(svg.svg(diagram, title)),  # noqa: S704
        script=Markup(script),  # noqa: S704
    )


def own(name: str) -> str:
    """Return a file of the templates."""
    return files("gen_migration.templates").joinpath(name).read_text("utf-8")


def hashed(text: str) -> str:
    """Return a policy's name for an inline style or script."""
    digest = hashlib.sha256(text.encode()).digest()
    return f"'sha256-{base64.b64encode(digest).decode()}'"
