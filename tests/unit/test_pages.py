"""Links between README and the pages of `docs/` lead somewhere."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from readme import PAGES, ROOT

if TYPE_CHECKING:
    from pathlib import Path

LINK = re.compile(r"(?<!!)\[[^\]]*\]\(([^)\s]+)\)")
FENCE = re.compile(r"^( *)```.*?^\1```$", re.MULTILINE | re.DOTALL)


def prose(path: Path) -> str:
    """Return a page without its fenced blocks."""
    return FENCE.sub("", path.read_text(encoding="utf-8"))


def anchors(path: Path) -> set[str]:
    """Return the anchors of a page's headings, as GitHub and Sphinx make them."""
    titles = re.findall(r"^#+ (.+)$", prose(path), re.MULTILINE)
    plain = (re.sub(r"[^\w\- ]", "", title.lower()) for title in titles)
    return {title.strip().replace(" ", "-") for title in plain}


def test_links_lead_somewhere() -> None:
    broken = []
    others = (ROOT / "CONTRIBUTING.md", ROOT / "SECURITY.md")
    for page in (*PAGES, *others):
        for link in LINK.findall(prose(page)):
            name, _, anchor = link.partition("#")
            target = page.parent / name if name else page
            if "://" not in link and not (
                target.exists() and (not anchor or anchor in anchors(target))
            ):
                broken.append(f"{page.relative_to(ROOT)}: {link}")
    assert broken == []


def test_every_page_is_reached() -> None:
    """The page that begins the site lists each, by its name or a pattern."""
    index = ROOT / "docs" / "index.md"
    listed = re.findall(r"^[\w/*-]+$", index.read_text(encoding="utf-8"), re.MULTILINE)
    found = {path for one in listed for path in index.parent.glob(f"{one}.md")}
    assert found == {*PAGES} - {index, ROOT / "README.md"}
