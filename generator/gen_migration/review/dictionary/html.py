"""A data dictionary as the pages of a static site, which ask for nothing else. Pure.

All that comes of a schema is escaped by the templates; the policy of a page lets no style and no
script run but the ones that it comes with (source: Content Security Policy Level 3).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from gen_migration.base.data_class import replace
from gen_migration.review.diagram import html, selection, svg

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gen_migration.review.diagram.model import Diagram
    from gen_migration.review.dictionary.values import Dictionary, Entry

MARK = "gen-migration docs"
DIAGRAM = "diagram.html"


def files(found: Dictionary) -> Iterator[tuple[str, str]]:
    """Yield the path and the text of each file of the site."""
    from markupsafe import Markup

    style, script = html.own("dictionary.css"), html.own("dictionary.js")
    common = {
        "mark": MARK,
        "title": found.title,
        "style": Markup(style),  # noqa: S704 - our own
        "script": Markup(script),  # noqa: S704 - our own
    }
    index = html.environment().get_template("dictionary_index.html.j2")
    yield (
        "index.html",
        index.render(
            **common,
            policy=html.policy((style,), script),
            description=found.description,
            kinds=found.by_kind,
            has_diagram=bool(found.whole.boxes),
            root="",
        ),
    )
    if found.whole.boxes:
        level = selection.fitting(found.whole)
        title = f"Diagram of {found.title}"
        yield (
            DIAGRAM,
            html.page(
                linked(found.whole, "", ".html"),
                title,
                level,
                home="index.html",
                mark=MARK,
            ),
        )
    page = html.environment().get_template("dictionary_page.html.j2")
    policy = html.policy((style, svg.style()), script)
    for one in found.entries:
        yield (
            f"{one.path}.html",
            page.render(
                **common,
                policy=policy,
                entry=one,
                picture=Markup(picture(one)),  # noqa: S704 - it has escaped what is not ours
                root="../",
            ),
        )


def picture(entry: Entry) -> str:
    """Return the picture of a page as SVG whose names lead to other pages; empty without one."""
    if entry.picture is None or len(entry.picture.boxes) < 2:
        return ""
    return svg.svg(around(entry, ".html"), f"{entry.name} and its neighbours")


def around(entry: Entry, end: str) -> Diagram:
    """Return the picture of a page with the addresses of other pages as it sees them."""
    assert entry.picture is not None  # noqa: S101 - it is asked for where there is one
    return linked(entry.picture, "../", end, entry.path)


def linked(diagram: Diagram, root: str, end: str, here: str = "") -> Diagram:
    """Return a picture whose boxes lead to files: from a page `here`, to all others."""
    boxes = (
        replace(
            box, link=f"{root}{box.link}{end}" if box.link not in {"", here} else ""
        )
        for box in diagram.boxes
    )
    return replace(diagram, boxes=tuple(boxes))
