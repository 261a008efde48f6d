"""The picture of a schema as PNG: its SVG, drawn by resvg (MIT or Apache-2.0).

`resvg_py` (PyPI) brings it in wheels that need nothing else of a system, but for a font.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

from gen_migration.base.errors import Error
from gen_migration.review.diagram.svg import style

if TYPE_CHECKING:
    from collections.abc import Callable

# Twice the size of the SVG, as long as the memory that resvg takes (4 bytes each) allows it.
SCALE, PIXELS = 2.0, 60_000_000


def png(svg: str) -> bytes:
    """Return an SVG of ours as PNG, light, twice as large where that is not too much.

    Raises Error without what draws it, and where it would have no text for want of a font.
    """
    try:
        import resvg_py
    except ImportError:
        raise Error(
            "PNG needs resvg_py, which is not installed",
            hint="pip install 'gen-migration[png]', or write an .svg file",
        ) from None
    drawn: Callable[..., bytes] = resvg_py.svg_to_bytes
    if drawn(svg_string=sample("x")) == drawn(svg_string=sample("")):
        raise Error(
            "there is no font on this machine, and PNG has its texts drawn",
            hint="install one (apt-get install fonts-dejavu-core), or write an .svg file",
        )
    size = ET.fromstring(svg)  # noqa: S314 - our own
    area = int(size.get("width", "1")) * int(size.get("height", "1"))
    return drawn(svg_string=svg, zoom=min(SCALE, (PIXELS / area) ** 0.5))


def sample(text: str) -> str:
    """Return a small picture with a text as ours have it."""
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" width="20" height="20" class="schema">'
        f'<style>{style()}</style><text y="15">{text}</text></svg>'
    )
