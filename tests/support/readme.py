"""README and the pages of `docs/`, and what they show."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
PAGES = (ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md")))
TEXT = "\n".join(path.read_text(encoding="utf-8") for path in PAGES)
BLOCKS: list[tuple[str, str]] = [
    (language, text)
    for path in PAGES
    for language, text in re.findall(
        r"```(\w+)\n(.*?)```", path.read_text(encoding="utf-8"), re.DOTALL
    )
]


def edited(text: str, diff: str) -> str:
    """Return a text after a diff without line numbers."""
    before, after = (
        "".join(line[1:] for line in diff.splitlines(keepends=True) if line[0] in kinds)
        for kinds in (" -", " +")
    )
    assert text.count(before) == 1
    return text.replace(before, after)
